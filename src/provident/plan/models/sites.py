"""sites.yaml: the hospitals, their scanners, the feasibility survey, what opens a site."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, field_validator

from provident.plan.base import PlanModel
from provident.plan.words import (
    Count,
    DayOrMonth,
    FieldStrength,
    Frequency,
    Hours,
    Id,
    Name,
    Prose,
)


AETitle = Annotated[str, StringConstraints(pattern=r"^[!-\[\]-~]{1,16}$")]
"""A DICOM application entity title: 1 to 16 printable characters, no backslash (PS3.5 6.2)."""

Prefix = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9]{0,3}$")]

ActivationStep = Literal[
    "survey_accepted",
    "agreement_signed",
    "documents_acknowledged",
    "delegation_complete",
    "training_complete",
    "scanners_registered",
    "phantom_accepted",
    "volunteer_scan_accepted",
    "transfer_test_passed",
]


class Contact(PlanModel):
    """A function that can be reached; never a patient, and no private address."""

    role: Id = Field(description="The role that answers.")
    how: Prose = Field(description="How to reach it.")


class Site(PlanModel):
    """A hospital that acquires images."""

    name: Name = Field(
        "",
        description="The name that people read; the id with a capital when it is not given.",
    )
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] = Field(
        description="ISO 3166 code of the country, such as GB."
    )
    target: Count = Field(description="Participants to recruit here.")
    aet: AETitle = Field(
        "",
        description="Called AE title of the site's gateway, at most 16 characters; the id in capitals when it is not given.",
    )
    prefix: Prefix = Field(
        "",
        description="Start of the participant numbers, such as L; from the id when it is not given.",
    )
    pathway: Prose | None = Field(
        None, description="Who books, who confirms, how fast."
    )
    contacts: dict[Id, Contact] = Field(
        {}, description="Who answers for what at this site."
    )
    scanners: tuple[Id, ...] = Field((), description="The scanners used, by id.")
    hours: dict[Id, Hours] = Field(
        {}, description="Hours per week of each role that images."
    )


class Bridging(PlanModel):
    """How a scanner that takes over is shown to give the same results."""

    phantoms: tuple[Id, ...] = Field((), description="Phantoms measured on both.")
    volunteers: Count = Field(0, description="Volunteers scanned on both.")
    with_: Id = Field(alias="with", description="The scanner it is compared with.")


class Scanner(PlanModel):
    """A scanner of the register."""

    modality: Literal[
        "MR", "CT", "DX", "CR", "US", "PT", "NM", "MG", "XA", "RF", "OCT", "OP"
    ] = Field(description="DICOM modality.")
    make: Name = Field(description="Manufacturer as the headers write it (0008,0070).")
    model: Name = Field(description="Model as the headers write it (0008,1090).")
    field: FieldStrength | None = Field(
        None, description="Field strength of an MR scanner."
    )
    software: Name | None = Field(
        None, description="Software version (0018,1020), in quotes."
    )
    serial: Name | None = Field(
        None, description="Serial number (0018,1000), in quotes."
    )
    station: Name | None = Field(None, description="Station name (0008,1010).")
    slots: Frequency | None = Field(
        None, description="Slots kept for the study, such as `6 per week`."
    )
    from_: DayOrMonth | None = Field(
        None, alias="from", description="First day of use in the study."
    )
    end_of_life: DayOrMonth | None = Field(None, description="When it leaves service.")
    then: Id | None = Field(None, description="The scanner that takes over.")
    bridging: Bridging | None = Field(
        None, description="How it was compared with the one before it."
    )


class SurveyQuestion(PlanModel):
    """A question of the feasibility survey, and the answers that accept a site."""

    ask: Prose = Field(description="The question.")
    accept: Name | tuple[Name, ...] = Field(
        description="The answer, or answers, that accept."
    )
    required: bool = Field(True, description="Whether another answer refuses the site.")


def _prefixes(ids: list[str]) -> dict[str, str]:
    """The shortest start of each id, in capitals, that no other has."""
    found: dict[str, str] = {}
    for name in ids:
        clean = name.replace("_", "").upper()
        lengths = range(1, 5)
        taken = set(found.values())
        found[name] = next(
            (clean[:n] for n in lengths if clean[:n] not in taken), clean[:4]
        )
    return found


class Sites(PlanModel):
    """sites.yaml: sites, scanners, feasibility survey, activation."""

    sites: Annotated[dict[Id, Site], Field(min_length=1)] = Field(
        description="The sites by id."
    )
    scanners: dict[Id, Scanner] = Field({}, description="The scanner register, by id.")
    survey: tuple[SurveyQuestion, ...] = Field(
        (), description="The feasibility survey."
    )
    activation: tuple[ActivationStep, ...] = Field(
        (), description="What must be done before a site may submit participant images."
    )

    @field_validator("sites")
    @classmethod
    def _named(cls, sites: dict[str, Site]) -> dict[str, Site]:
        """Each site gets the name, AE title and prefix that it does not state."""
        prefixes = _prefixes(list(sites))
        return {
            key: site.model_copy(
                update={
                    "name": site.name or key.replace("_", " ").title(),
                    "aet": site.aet or key.upper()[:16],
                    "prefix": site.prefix or prefixes[key],
                }
            )
            for key, site in sites.items()
        }

    def site_of(self, scanner: str) -> str | None:
        """The site that a scanner stands at."""
        return next(
            (s for s, site in self.sites.items() if scanner in site.scanners), None
        )
