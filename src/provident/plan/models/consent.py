"""consent.yaml: what participants are told, what they may agree to, how they withdraw."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from provident.plan.base import PlanModel
from provident.plan.words import Duration, Id, Name, Positive, Prose, YesNo


DuoTerm = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2,8}$")]
"""A term of the Data Use Ontology (GA4GH), such as GRU or NPUNCU."""


class UnexpectedFindings(PlanModel):
    """Who looks for what nobody expected, by when, and who tells the participant."""

    who: Id = Field(description="The role that looks.")
    within: Duration = Field(description="By when.")
    told_by: Id = Field(description="The role that tells the participant.")
    looked_for: YesNo = Field(
        True, description="Whether anybody looks at all; say no only with a reason."
    )
    why: Prose | None = Field(None, description="The reason, where nobody looks.")


class Information(PlanModel):
    """The imaging pieces of the participant information."""

    purpose: dict[Id, Prose] = Field({}, description="What each exam is for.")
    visit: dict[Id, Prose] = Field(
        {}, description="What happens at each visit, in words."
    )
    risks: dict[Id, tuple[Prose, ...]] = Field(
        {}, description="The risks of each exam."
    )
    benefits: Prose | None = Field(None, description="What the participant gains.")
    unexpected_findings: UnexpectedFindings | None = Field(
        None, description="The policy on unexpected findings."
    )
    recall: Prose | None = Field(
        None, description="That they may be asked to come again."
    )
    identity: Prose | None = Field(
        None, description="What happens to names and numbers."
    )
    storage: Prose | None = Field(
        None, description="Where images are kept, and how long."
    )
    diagnosis: Prose | None = Field(
        None, description="How possible diagnoses are worded, and when they are told."
    )


class Option(PlanModel):
    """One thing a participant may agree to."""

    required: bool = Field(False, description="Whether taking part needs it.")
    words: Prose | None = Field(
        None, description="The words that the participant agrees to."
    )
    years: Positive | None = Field(None, description="For how many years.")
    duo: tuple[DuoTerm, ...] = Field((), description="Data Use Ontology terms.")
    covers: tuple[
        Literal["share", "future_research", "commercial", "ai", "follow_up", "archive"],
        ...,
    ] = Field(
        (), description="The uses it covers; from its name when they are not given."
    )


class Withdrawal(PlanModel):
    """What a level of withdrawal does to images, derived data, reads and copies."""

    images: Name = Field(description="keep, quarantine or erase.")
    derived: Name = Field(description="What happens to scores and other derived data.")
    new_reads: YesNo = Field(False, description="Whether images may still be read.")
    decided_by: tuple[Name, ...] = Field(
        (), description="Who decides, where it is not the participant alone."
    )
    backups: Name | None = Field(None, description="What happens in backups.")
    shared: Name | None = Field(None, description="What happens to copies elsewhere.")


class Consent(PlanModel):
    """consent.yaml: information pieces, consent options, withdrawal rules."""

    information: Information = Field(
        {}, validate_default=True, description="The imaging pieces of the information."
    )
    options: Annotated[dict[Id, Option], Field(min_length=1)] = Field(
        description="The consent options by id."
    )
    withdrawal: dict[Id, Withdrawal] = Field(
        {}, description="The levels of withdrawal by id."
    )
