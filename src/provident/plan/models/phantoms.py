"""imaging/phantoms.yaml: phantoms, their schedule and limits; what a scanner change does."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from provident.kernel import PlanError
from provident.plan.base import PlanModel
from provident.plan.models.phantom_limits import AcceptedWithin
from provident.plan.quantities import Quantity, quantity
from provident.plan.words import Duration, Id, Positive, grammar


PhantomKind = Literal[
    "uniform",
    "acr_mri_large",
    "acr_mri_medium",
    "ct_water",
    "acr_ct",
    "catphan",
    "pet_uniform",
    "volunteer",
    "other",
]
Engine = Literal["provident", "hazen", "pylinac"]


def _length(value: Any) -> Quantity:
    found = quantity(value)
    if found.unit not in ("mm", "cm") or found.value <= 0:
        raise PlanError(f'"{value}" is not a length, such as 190 mm')
    return found


Length = Annotated[Quantity, grammar(_length, expected="a length", examples=["190 mm"])]


class Phantom(PlanModel):
    """A phantom: on which scanners, how often, and what it must show."""

    scanners: Annotated[tuple[Id, ...], Field(min_length=1)] = Field(
        description="The scanners it is scanned on."
    )
    every: Duration = Field(description="How often.")
    after: Literal["scanner change"] | None = Field(
        None, description="What makes it necessary at once."
    )
    accept: dict[Id, AcceptedWithin] = Field(
        {}, description="The limits of each measure."
    )
    kind: PhantomKind = Field("other", description="What it is.")
    protocols: tuple[Id, ...] = Field(
        (),
        description="The protocols it is scanned with, each with a schedule and charts of its own.",
    )
    grace: Duration | None = Field(
        None, description="How long after it is due it counts as on time."
    )
    engine: Engine = Field(
        "provident",
        description="What measures it; values of different engines are never trended together.",
    )
    diameter: Length | None = Field(
        None, description="Its true inside diameter, for geometry."
    )
    baseline: Annotated[Positive, Field(ge=5)] = Field(
        10, description="How many accepted scans the chart's limits come from."
    )
    scanned_by: Id | None = Field(None, description="The role that scans it.")
    accepted_by: Id | None = Field(None, description="The role that accepts its scans.")


class Change(PlanModel):
    """What is watched in the headers, and what happens when it changes."""

    watch: Annotated[
        tuple[
            Literal[
                "make", "model", "software", "serial", "station", "coil", "institution"
            ],
            ...,
        ],
        Field(min_length=1),
    ] = Field(description="What is compared with the scanner before.")
    on_change: OnChange = Field(description="What happens.")


class OnChange(PlanModel):
    """What a scanner change does until somebody has looked."""

    tell: Id = Field(description="The role that is told.")
    hold: Literal["reads", "nothing"] = Field("nothing", description="What waits.")
    until: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]* accepted$")] | None = Field(
        None, description="What ends it, such as `acr_mri accepted`."
    )


class Phantoms(PlanModel):
    """imaging/phantoms.yaml: phantoms, and the watch on scanner changes."""

    phantoms: dict[Id, Phantom] = Field(description="The phantoms by id.")
    change: Change | None = Field(None, description="The watch on scanner changes.")


Change.model_rebuild()
