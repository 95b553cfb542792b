"""costs.yaml: cost items whose quantities come from the plan."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from provident.kernel import PlanError
from provident.plan import quantities as q
from provident.plan.base import PlanModel
from provident.plan.words import Date, Id, Name, Prose, grammar


Money = Annotated[float, Field(ge=0)]

Line = Literal[
    "scanners and sequences",
    "training",
    "extra expertise",
    "de-identification storage access",
    "site variation",
    "interpretation",
    "mobile scanners",
    "hosting for scoring",
    "archiving",
]
"""The cost lines of the framework (Biscombe 2026, Table 3), in our words."""

Attribution = Literal["research", "treatment", "service support"]


class SplitAttribution(PlanModel):
    """An item of which the usual part is paid by care."""

    usual: Attribution = Field(description="What is done anyway.")
    beyond: Attribution = Field(description="What the study adds.")


class Inflation(PlanModel):
    """Price indices by year, and where they come from."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, float] = Field(init=False)

    source: Name = Field(description="Where the indices come from.")

    @model_validator(mode="before")
    @classmethod
    def _years(cls, value: Any) -> Any:
        """Years may be written as numbers."""
        if isinstance(value, dict):
            return {str(k): v for k, v in value.items()}
        return value


class Item(PlanModel):
    """One thing that costs money."""

    line: Line = Field(description="The framework's cost line.")
    per: Name | None = Field(
        None,
        description="What it is counted by, such as `scan of hands_mri`; never a typed number.",
    )
    price: Money | None = Field(
        None, description="The price of one, in the plan's currency."
    )
    attribution: Attribution | SplitAttribution | None = Field(
        None, description="Who pays (AcoRD)."
    )
    pays: Id | None = Field(
        None, description="The role whose work it pays, such as safety_reader."
    )
    usual_care: Name | None = Field(
        None, description="What is done anyway, such as `1 per participant and year`."
    )
    result_to_clinicians: bool | None = Field(
        None, description="Whether the result goes to the treating team."
    )
    basis: Prose | None = Field(None, description="Why it is attributed so.")
    source: Prose | None = Field(None, description="Where the price comes from.")
    year: int | None = Field(
        None, ge=1990, le=2100, description="The price's year, where it is another."
    )
    why: Prose | None = Field(None, description="Why the price is 0 or unusual.")
    waived: Prose | None = Field(None, description="Why the study does not need it.")


_BUDGET = "an amount of money"


def _amount(value: Any) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    found = q.quantity(str(value))
    if not q.UNITS[found.unit][0].startswith("money"):
        raise PlanError(f'"{value}" is not {_BUDGET}')
    return found.value


class Costs(PlanModel):
    """costs.yaml: currency, prices, items, budget."""

    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] = Field(
        description="ISO 4217 code, such as GBP."
    )
    price_year: int = Field(
        ge=1990, le=2100, description="The year that prices are of."
    )
    inflation: Inflation | None = Field(None, description="Price indices by year.")
    attribution: Name | None = Field(
        None, description="The rules of attribution, such as AcoRD."
    )
    prices: Name | None = Field(
        None, description="A CSV file beside this one: item, price, year, source."
    )
    items: Annotated[dict[Id, Item], Field(min_length=1)] = Field(
        description="The items by id."
    )
    budget: dict[
        Id,
        Annotated[
            float,
            grammar(
                _amount, expected=_BUDGET, examples=[160000], kind=["number", "string"]
            ),
        ],
    ] = Field({}, description="What there is, by source.")
    agreed_on: Date | None = Field(None, description="When the funder agreed to it.")
