"""flows.yaml: organisations, agreements, data, stores, flows, retention."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from provident.kernel import PlanError
from provident.plan import quantities as q
from provident.plan.base import PlanModel
from provident.plan.words import (
    BitRate,
    DataSize,
    Date,
    Duration,
    Id,
    Name,
    Prose,
    grammar,
)


Level = Literal["identifiable", "pseudonymised", "anonymous"]
"""How far the data still name a person."""

CompanyRole = Literal["controller", "joint controller", "processor", "recipient"]


class Organisation(PlanModel):
    """Who holds or handles data."""

    name: Name = Field(description="The name.")
    kind: Literal["nhs", "university", "company", "charity", "public body"] = Field(
        description="What it is."
    )
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] = Field(
        description="ISO 3166 code of the country."
    )
    role: CompanyRole = Field(description="Its role in data protection law.")
    security_contact: Literal["required", "not required"] = Field(
        "required", description="Whether a security contact must be named."
    )
    hosts: tuple[Literal["site", "centre", "reading"], ...] = Field(
        (),
        description="Whose people work there; from its id and kind when it is not given.",
    )

    def people_of(self, name: str) -> tuple[str, ...]:
        """Whose people work there: as stated, else from its id, else from its kind."""
        if self.hosts:
            return self.hosts
        by_id = {
            "site": "site", "sites": "site", "unit": "centre", "ctu": "centre", "centre": "centre",
            "readers": "reading", "reading": "reading", "core": "reading",
        }  # fmt: skip
        if name in by_id:
            return (by_id[name],)
        return ("site",) if self.kind == "nhs" else ()


class Agreement(PlanModel):
    """What allows data to pass between two organisations."""

    between: Annotated[tuple[Id, ...], Field(min_length=2)] = Field(
        description="The organisations."
    )
    level: Level = Field(description="The most identifying level that it allows.")
    until: Date = Field(description="When it ends.")
    ready_by: Date | None = Field(None, description="When it will be, or was, signed.")
    lead_time: Duration | None = Field(None, description="How long it takes to get.")


class ImpactAssessment(PlanModel):
    """The data protection impact assessment."""

    id: Name = Field(description="Its number.")
    state: Literal["draft", "submitted", "approved"] = Field(
        description="Where it stands."
    )
    on: Date = Field(description="Since when.")
    covers: Name = Field(description="The plan version that it covers, in quotes.")
    lead_time: Duration | None = Field(None, description="How long it takes.")


class DataKind(PlanModel):
    """A kind of data."""

    kind: Literal["image", "derived", "allocation", "form", "document", "crosswalk"] = (
        Field(description="What it is.")
    )
    per_exam: DataSize | None = Field(None, description="Size per exam.")
    retain: Duration | None = Field(None, description="How long it is kept.")
    basis: Name | None = Field(None, description="Why so long.")
    unblinding: bool = Field(False, description="Whether it tells the arm.")


_KEEPS = "a duration, or `until verified`"


def _keeps(value: Any) -> q.Quantity | str:
    if value == "until verified":
        return "until verified"
    found = q.quantity(str(value))
    if q.UNITS[found.unit][0] not in ("time", "calendar", "working time"):
        raise PlanError(f'"{value}" is not {_KEEPS}')
    return found


Keeps = Annotated[
    q.Quantity | str,
    grammar(_keeps, expected=_KEEPS, examples=["8 years", "until verified"]),
]


class Store(PlanModel):
    """Where data lie."""

    at: Id = Field(description="The organisation.")
    holds: tuple[Id, ...] = Field((), description="The data it holds.")
    level: Level | None = Field(None, description="How identifying what it holds is.")
    does: Literal["deidentify", "pass on"] | None = Field(
        None, description="What it does to what passes through."
    )
    keeps: Keeps | None = Field(None, description="How long it keeps them.")
    backup: Literal["nightly", "hourly", "weekly", "none"] | None = Field(
        None, description="How often it is backed up."
    )
    access: tuple[Id, ...] = Field((), description="The roles with access.")
    granted_by: Id | None = Field(None, description="The role that grants access.")
    deputy: Id | None = Field(
        None, description="The role that grants it when the other is away."
    )
    holds_crosswalk: bool = Field(
        False, description="Whether it holds the list of codes and names."
    )
    capacity: DataSize | None = Field(None, description="How much it can hold.")


class Tested(PlanModel):
    """The transfer test of a flow."""

    on: Date = Field(description="When it was passed.")
    evidence: Name = Field(description="Where the record is.")


class Flow(PlanModel):
    """Data that pass from one place or role to another."""

    from_: Id = Field(alias="from", description="A store or a role.")
    to: Id = Field(description="A store or a role.")
    what: Annotated[tuple[Id, ...], Field(min_length=1)] = Field(
        description="The data."
    )
    level: Level | None = Field(
        None, description="How identifying they are on the way."
    )
    by: Literal[
        "dicom",
        "dicomweb",
        "web",
        "upload",
        "hospital viewer",
        "sftp",
        "email",
        "courier",
        "paper",
    ] = Field(description="The channel.")
    every: (
        Literal["exam", "hour", "day", "week", "month", "end of trial", "on request"]
        | None
    ) = Field(None, description="How often a batch goes.")
    within: Duration | None = Field(None, description="By when after the exam.")
    speed: BitRate | None = Field(None, description="The speed of the line.")
    tested: Tested | None = Field(None, description="The transfer test.")
    purpose: Literal[
        "trial", "share", "future_research", "commercial", "ai", "archive", "care"
    ] = Field(
        "trial",
        description="What for; each use but the trial and care needs a consent option.",
    )
    why: Prose | None = Field(None, description="Anything people should know.")


class Flows(PlanModel):
    """flows.yaml: who moves what to where, under which agreement, kept how long."""

    organisations: Annotated[dict[Id, Organisation], Field(min_length=1)] = Field(
        description="The organisations by id."
    )
    agreements: dict[Id, Agreement] = Field({}, description="The agreements by id.")
    impact_assessment: ImpactAssessment | None = Field(
        None, description="The data protection impact assessment."
    )
    data: Annotated[dict[Id, DataKind], Field(min_length=1)] = Field(
        description="The kinds of data by id."
    )
    stores: Annotated[dict[Id, Store], Field(min_length=1)] = Field(
        description="The stores by id."
    )
    flows: Annotated[dict[Id, Flow], Field(min_length=1)] = Field(
        description="The flows by id."
    )
