"""Waivers of an imaging manual: a rule that is let go somewhere, with a reason and a name."""

from __future__ import annotations

from pydantic import Field, model_validator

from provident.plan.base import PlanModel
from provident.plan.words import Date, Id, Name, Prose, YesNo


class RuleWaiver(PlanModel):
    """One rule that does not decide for some exams; what it finds is said all the same."""

    rule: Name = Field(
        description="role.fact, or a fact of every role, role.count, or order."
    )
    why: Prose = Field(description="Why the exam may stand without it.")
    by: Name = Field(description="Who answers for it.")
    on: Date = Field(description="Since when it is decided.")
    site: Id | None = Field(None, description="Only at this site of sites.yaml.")
    scanner: Id | None = Field(None, description="Only on this scanner of sites.yaml.")
    participants: tuple[Name, ...] = Field(
        (), description="Only for these participant numbers."
    )
    first: Date | None = Field(
        None, alias="from", description="Only for exams acquired on this day or later."
    )
    until: Date | None = Field(
        None, description="Only for exams acquired on this day or earlier."
    )
    critical: YesNo = Field(
        False, description="Holds for a critical rule too; else a critical rule stays."
    )
    unreadable: YesNo = Field(
        False,
        description="Holds too where the value cannot be read; else that is not assessable.",
    )

    @model_validator(mode="after")
    def _somewhere(self) -> RuleWaiver:
        """A waiver that holds everywhere and always is a rule that nobody asks for."""
        if not (
            self.site or self.scanner or self.participants or self.first or self.until
        ):
            raise ValueError(
                "a waiver names a site, a scanner, participants or a period (from, until); "
                "to let a rule go everywhere, take it out of the manual"
            )
        if self.first and self.until and self.first > self.until:
            raise ValueError(f"from ({self.first}) is after until ({self.until})")
        return self


def fact_of(rule: str) -> str:
    """The fact that a waiver's rule names, or `count` or `order`."""
    return rule.rpartition(".")[2]


def role_of(rule: str) -> str | None:
    """The role that a waiver's rule is limited to; None means every role."""
    role, dot, _ = rule.partition(".")
    return role if dot else None
