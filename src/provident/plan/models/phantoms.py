"""imaging/phantoms.yaml: phantoms, their schedule and limits; what a scanner change does."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from provident.plan.base import PlanModel
from provident.plan.words import Duration, Id, Name


class Phantom(PlanModel):
    """A phantom: on which scanners, how often, and what it must show."""

    scanners: Annotated[tuple[Id, ...], Field(min_length=1)] = Field(
        description="The scanners it is scanned on."
    )
    every: Duration = Field(description="How often.")
    after: Literal["scanner change"] | None = Field(
        None, description="What makes it necessary at once."
    )
    accept: dict[Id, Name] = Field({}, description="The limits of each measure.")


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
