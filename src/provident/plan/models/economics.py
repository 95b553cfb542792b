"""economics/*.yaml: decision models: a cohort of states, or a tree of tests."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, model_validator

from provident.plan.base import PlanModel
from provident.plan.words import Name, Prose


Key = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$")]
Expr = Annotated[str | float, Field(description="An expression, or a number.")]


class ModelHead(PlanModel):
    """Which model it is."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$")] = Field(
        description="Its name."
    )
    kind: Literal["cohort", "test-tree"] = Field(
        description="A cohort of states, or a tree of tests."
    )
    version: int | str | None = Field(None, description="Its version.")
    source: Prose = Field(description="Where it comes from.")


class Perspective(PlanModel):
    """Whose costs and benefits, over how long, discounted how."""

    payer: Name | None = Field(None, description="Who pays.")
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = Field(
        description="ISO 4217 code."
    )
    price_year: int | None = Field(None, description="The year that prices are of.")
    horizon: Name = Field(description="How long, such as `20 a`.")
    cycle: Name | None = Field(
        None, description="The length of a cycle, such as `1 a`."
    )
    discount: dict[Key, Annotated[float, Field(ge=0, lt=1)]] = Field(
        {}, description="Yearly discount rates."
    )
    start_age: Annotated[int, Field(ge=0, le=120)] | None = Field(
        None, description="Age at the start."
    )


class Parameter(PlanModel):
    """A number that the model needs, how sure it is, and where it comes from."""

    value: float = Field(description="The base case.")
    unit: Name | None = Field(None, description="Its unit.")
    dist: Name | None = Field(
        None, description="Its uncertainty, such as `beta(52, 135)`."
    )
    src: Prose = Field(description="Where it comes from.")


class State(PlanModel):
    """A state of the cohort."""

    init: Annotated[float, Field(ge=0, le=1)] = Field(
        0.0, description="The share that starts here."
    )
    cost: Expr | None = Field(None, description="Cost of a cycle in it.")
    effect: Expr | None = Field(None, description="Effect of a cycle in it.")
    absorbing: bool = Field(False, description="Whether nobody leaves it.")


class ModelOutcome(PlanModel):
    """A named outcome of a tree: its base and what each leaf adds."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Expr] = Field(init=False)

    unit: Name = Field(description="Its unit.")
    base: Expr | None = Field(None, description="What every path has.")


class ModelClaim(PlanModel):
    """What the model shall show."""

    outcome: Key = Field(description="The outcome.")
    direction: Literal["lower", "higher", "non-inferior"] = Field(
        description="Which way."
    )
    margin: float = Field(0.0, description="By how much.")
    role: Literal["primary", "secondary"] | None = Field(None, description="Its place.")


class EconomicModel(PlanModel):
    """economics/*.yaml: strategies, parameters, states with transitions or a tree, outcomes."""

    model: ModelHead = Field(description="Which model it is.")
    perspective: Perspective = Field(description="Whose costs and benefits.")
    within_cycle: (
        Literal["none", "end", "start", "half-cycle", "simpson", "darth-simpson"] | None
    ) = Field(None, description="Correction within a cycle.")
    thresholds: tuple[float, ...] = Field((), description="Willingness to pay.")
    strategies: Annotated[dict[Key, dict[Key, Expr]], Field(min_length=2)] = Field(
        description="What is compared."
    )
    parameters: Annotated[dict[Key, Parameter], Field(min_length=1)] = Field(
        description="The numbers it needs."
    )
    let: dict[Key, Expr] = Field({}, description="Names for expressions.")
    states: dict[Key, State] = Field({}, description="The states of a cohort.")
    transitions: dict[Key, dict[Key, Expr]] = Field(
        {}, description="From state to state, by expression."
    )
    tree: dict[str, Any] | None = Field(
        None, description="A tree: node, branches with `when`, `p`, `outcome`."
    )
    outcomes: dict[Key, ModelOutcome] = Field({}, description="The outcomes of a tree.")
    claims: tuple[ModelClaim, ...] = Field((), description="What the model shall show.")

    @model_validator(mode="after")
    def _whole(self) -> EconomicModel:
        if self.model.kind == "cohort" and not (self.states and self.transitions):
            raise ValueError("a cohort needs `states` and `transitions`")
        if self.model.kind == "test-tree" and not (self.tree and self.outcomes):
            raise ValueError("a test-tree needs `tree` and `outcomes`")
        return self

    @property
    def id(self) -> str:
        """The model's name."""
        return self.model.id
