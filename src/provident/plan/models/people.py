"""people.yaml: the roles, what they must have learnt, who answers for what."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from provident.plan.base import PlanModel
from provident.plan.words import Duration, Id, Positive, Prose, Share


PlatformRole = Literal[
    "trial_manager",
    "site",
    "qc",
    "reader",
    "adjudicator",
    "reading_lead",
    "statistician",
    "monitor",
]

Decision = Literal[
    "image_quality",
    "recall",
    "justification",
    "scanner_change",
    "protocol_deviation",
    "reader_replacement",
]

# What a role's name alone says about its place on the platform.
_KNOWN: dict[str, PlatformRole] = {
    "trial_manager": "trial_manager",
    "data_manager": "trial_manager",
    "physicist": "qc",
    "reader": "reader",
    "adjudicator": "adjudicator",
    "reading_lead": "reading_lead",
    "monitor": "monitor",
}


class Role(PlanModel):
    """A role: where it works, how many hold it, what it decides."""

    at: Literal["centre", "site", "reading"] = Field(description="Where it works.")
    people: Positive = Field(
        1, description="How many people hold it, at each site for a site's role."
    )
    acts_as: PlatformRole | None = Field(
        None,
        description="Its rights on the platform; from its name or place when it is not given.",
    )
    decides: tuple[Decision, ...] = Field((), description="What it decides.")
    deputy: Literal["required", "none"] = Field(
        "none", description="Whether somebody must stand in."
    )
    delegated: bool = Field(
        True, description="Whether it must stand in the delegation log."
    )
    note: Prose | None = Field(None, description="Anything people should know.")

    def on_platform(self, name: str) -> PlatformRole:
        """Its rights on the platform: as stated, else from its name, else from its place."""
        if self.acts_as:
            return self.acts_as
        if name in _KNOWN:
            return _KNOWN[name]
        if "statistic" in name:
            return "statistician"
        by_place: dict[str, PlatformRole] = {
            "site": "site",
            "reading": "reader",
            "centre": "monitor",
        }
        return by_place[self.at]


class Course(PlanModel):
    """One line of the training matrix: for whom, how long it holds, what proves it."""

    for_: Annotated[tuple[Id, ...], Field(min_length=1)] = Field(
        alias="for", description="The roles that need it."
    )
    kind: (
        Literal[
            "clinical",
            "technology",
            "safety",
            "interpretation",
            "data_capture",
            "readers",
        ]
        | None
    ) = Field(
        None,
        description="The training subdomain it serves; from its name when it is not given.",
    )
    modality: Literal["MR", "CT", "DX", "US", "PT", "NM", "MG"] | None = Field(
        None, description="The modality it is about."
    )
    valid: Duration | None = Field(
        None, description="How long it holds, such as `1 year`."
    )
    again: (
        Literal["each manual version", "each form version", "each major form version"]
        | None
    ) = Field(None, description="What makes it necessary again.")
    evidence: Literal["certificate", "quiz", "qualification", "record"] = Field(
        description="What proves it."
    )
    passing: Share | None = Field(
        None, alias="pass", description="The quiz score that passes."
    )
    gates: Literal["booking", "sending", "scoring", "reading", "none"] | None = Field(
        None,
        description="What may not be done without it; never an acquired image or an urgent finding.",
    )


class People(PlanModel):
    """people.yaml: roles, training matrix, responsibilities."""

    roles: Annotated[dict[Id, Role], Field(min_length=1)] = Field(
        description="The roles by id."
    )
    training: dict[Id, Course] = Field({}, description="The courses by id.")
    responsibilities: dict[Id, Id] = Field(
        {}, description="Which role answers for which imaging component."
    )
