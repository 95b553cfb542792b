"""study.yaml: what is studied, on whom, when, and by which milestones."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from provident.plan.base import PlanModel
from provident.plan.words import (
    Accrual,
    Date,
    Id,
    Minutes,
    Name,
    Positive,
    Prose,
    Share,
    ShareRate,
    Window,
    YesNo,
)


class Exclusion(PlanModel):
    """A reason of imaging for which people cannot take part."""

    reason: Prose = Field(
        description="Why imaging excludes, such as an MR-unsafe implant."
    )
    expected: Share = Field(description="The share of those screened that it excludes.")
    equity: Prose | None = Field(
        None, description="Whom it leaves out, and what is offered to them."
    )


class Population(PlanModel):
    """Who takes part."""

    participants: Positive = Field(description="The number to recruit over all sites.")
    include: tuple[Prose, ...] = Field((), description="Who may join.")
    exclude_by_imaging: tuple[Exclusion, ...] = Field(
        (), description="Who is excluded for the imaging's sake."
    )


class BlindedTo(PlanModel):
    """Who must not see what: roles per kind of thing."""

    arm: tuple[Id, ...] = Field((), description="Roles blind to the allocation.")
    images: tuple[Id, ...] = Field((), description="Roles that do not see the images.")
    scores: tuple[Id, ...] = Field((), description="Roles that do not see the scores.")


class Burden(PlanModel):
    """What a visit asks of a participant beyond the scans themselves."""

    with_clinic: YesNo = Field(
        description="Whether it is combined with a clinic visit."
    )
    travel: Minutes | None = Field(
        None, description="Usual travel there and back, in minutes."
    )
    paid: YesNo = Field(False, description="Whether expenses or time are paid.")


class Visit(PlanModel):
    """One visit: its window in days from the anchor, and the exams made at it."""

    window: Window = Field(
        description="First and last day, counted from the anchor (day 0)."
    )
    imaging: tuple[Id, ...] = Field(
        description="The exams made, each an `exam:` of imaging/*.yaml."
    )
    label: Name | None = Field(None, description="How people call it, such as Week 12.")
    burden: Burden | None = Field(None, description="What it asks of the participant.")


class Unblinding(PlanModel):
    """When the arms may be told, and what happens in an emergency."""

    after: Annotated[
        tuple[
            Literal["data_lock", "reads_final", "adjudications_closed", "export_made"],
            ...,
        ],
        Field(min_length=1),
    ] = Field(description="All that must have happened before.")
    emergency: Literal["allowed and recorded", "by the pharmacy alone"] = Field(
        "allowed and recorded",
        description="Emergency unblinding is never stopped by the system.",
    )


class Milestones(PlanModel):
    """The dates that the study has promised."""

    first_participant: Date = Field(description="First participant in.")
    last_participant: Date = Field(description="Last participant in.")
    first_read: Date | None = Field(None, description="First read of a study case.")
    last_visit: Date | None = Field(
        None, description="Last visit of the last participant."
    )
    data_lock: Date = Field(description="All data final and locked.")
    report: Date | None = Field(None, description="Main report.")
    other: dict[Id, Date] = Field({}, description="Any other milestone, by name.")
    unblinding: Unblinding | None = Field(
        None, description="When the arms may be told."
    )

    def dates(self) -> dict[str, date]:
        """All milestones that have a date, by name."""
        named = {
            name: getattr(self, name)
            for name in (
                "first_participant",
                "last_participant",
                "first_read",
                "last_visit",
                "data_lock",
                "report",
            )
        }
        return {n: d for n, d in {**named, **self.other}.items() if d is not None}


class RecruitmentRate(PlanModel):
    """How fast people join."""

    mean: Accrual = Field(description="Participants, such as `1.2 per site and month`.")
    cv: float = Field(
        0.0, ge=0, le=5, description="Coefficient of variation between sites."
    )


class RecruitmentForecast(PlanModel):
    """What the forecast starts from."""

    sites_open: Accrual = Field(
        description="How fast sites open, such as `1 per month`."
    )
    rate: RecruitmentRate = Field(description="How fast people join.")
    drop_out: ShareRate = Field(description="Those who leave, such as `8 % per year`.")
    scan_missed: Share = Field(
        description="Scans of those in the study that do not happen."
    )


class Involvement(PlanModel):
    """What patients said, and what was changed for it."""

    on: Date = Field(description="When.")
    who: Prose = Field(description="With whom.")
    changed: Prose = Field(description="What was changed for it.")


class Recruitment(PlanModel):
    """How people are found, kept and not burdened."""

    forecast: RecruitmentForecast = Field(description="What the forecast starts from.")
    measures: tuple[Prose, ...] = Field(
        (),
        description="What lowers the burden (shorter scans, flexible slots, payment).",
    )
    involvement: tuple[Involvement, ...] = Field(
        (), description="What patients said, and what was changed."
    )


class Outcome(PlanModel):
    """An outcome that imaging gives."""

    role: Literal["primary", "secondary", "exploratory", "safety"] = Field(
        description="Its place in the analysis."
    )
    source: Name = Field(
        alias="from",
        description="The file of its read design, such as reading/erosion.yaml.",
    )
    at: Id = Field(description="The visit at which it is analysed.")
    label: Name | None = Field(None, description="How people call it.")


class Waiver(PlanModel):
    """A finding or a subdomain that somebody answers for, with a reason."""

    finding: Name | None = Field(
        None, description="The finding's code, such as READ.ONE_READER."
    )
    subdomain: Name | None = Field(
        None,
        description="A subdomain of the framework that the study does not have, such as costs.standard.",
    )
    where: Name | None = Field(
        None,
        description="Only findings in this file, or at this place in it (file:key.key).",
    )
    why: Prose = Field(description="Why it may stand.")
    by: Name = Field(description="Who answers for it.")
    on: Date = Field(description="Since when.")

    @model_validator(mode="after")
    def _one_thing(self) -> Waiver:
        if (self.finding is None) == (self.subdomain is None):
            raise ValueError("a waiver names either a finding or a subdomain")
        return self


class OpenPoint(PlanModel):
    """A placeholder in the plan that only the team can replace."""

    where: Annotated[str, Field(pattern=r"^[^:\s]+(:\S+)?$")] = Field(
        description="The file, or a place in it (file:key.key)."
    )
    what: Prose = Field(description="What is to be found out or decided.")
    by: Name | None = Field(None, description="Who settles it.")


DEFAULT_NOT_DONE = {
    "participant_declined": "Participant declined the scan",
    "withdrawn": "Participant withdrew from the study",
    "unwell": "Participant unwell",
    "contraindication": "Contraindication found at the visit",
    "no_slot": "No scanner slot within the window",
    "scanner_down": "Scanner out of order",
    "missed": "Participant did not come",
    "stopped_early": "Scan stopped before it was complete",
    "other": "Other (say what)",
}


class Study(PlanModel):
    """study.yaml: title, arms, population, visits with windows, milestones, outcomes."""

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$")] = Field(
        description="The study's short name; it stands in the images as protocol id."
    )
    title: Name = Field(description="The full title.")
    version: Annotated[str, Field(min_length=1)] = Field(
        description="The plan's version, in quotes; an amendment is a new version."
    )
    registration: dict[Id, Name] = Field(
        {}, description="Registrations, such as isrctn."
    )
    sponsor: Name = Field(description="The sponsor.")
    phase: Name | None = Field(None, description="The trial's phase, where it has one.")
    kind: Literal[
        "trial", "cohort", "diagnostic accuracy", "pathway", "reader study"
    ] = Field("trial", description="The study's design.")
    arms: dict[Id, Name] = Field({}, description="The arms by id; none for a cohort.")
    blinded_to: BlindedTo = Field(
        {}, validate_default=True, description="Which roles are blind to what."
    )
    population: Population = Field(description="Who takes part.")
    anchor: Literal["enrolment", "randomisation", "first_treatment"] = Field(
        "randomisation", description="The event that is day 0 of every visit window."
    )
    visits: Annotated[dict[Id, Visit], Field(min_length=1)] = Field(
        description="The visits, in order."
    )
    milestones: Milestones = Field(description="The dates that the study has promised.")
    recruitment: Recruitment | None = Field(
        None, description="How people are found and kept."
    )
    not_done: dict[Id, Name] = Field(
        DEFAULT_NOT_DONE, description="Codes and words for a scan that was not done."
    )
    outcomes: dict[Id, Outcome] = Field(
        {}, description="The outcomes that imaging gives."
    )
    waived: tuple[Waiver, ...] = Field(
        (), description="Findings that somebody answers for."
    )
    to_settle: tuple[OpenPoint, ...] = Field(
        (), description="Placeholders that only the team can replace."
    )
