"""deidentification.yaml: one profile for every site, as deviations from the standard's table.

What is not said here is done as the table of PS3.15 Annex E and the options named say.
Attribute keywords and SOP classes are checked where the profile is made (`programme.deid_profile`):
the plan knows no DICOM dictionary.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from provident.plan.base import PlanModel
from provident.plan.models.problems import Problem, refuse
from provident.plan.words import Name, Positive, Prose, ShareLimit, YesNo


ProfileId = Annotated[
    str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]*$", max_length=40)
]
Attribute = Annotated[
    str,
    StringConstraints(
        pattern=r"^([A-Z][A-Za-z0-9]+|\([0-9a-fA-F]{4},[0-9a-fA-F]{4}\))$"
    ),
]
"""An attribute's keyword (PatientID) or tag in brackets ((0010,0020))."""

Group = Annotated[int, Field(ge=0x0009, le=0xFFFF, strict=True)]
ElementByte = Annotated[int, Field(ge=0x00, le=0xFF, strict=True)]
ValueRepresentation = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
Option = Literal[
    113101,
    113102,
    113103,
    113104,
    113105,
    113106,
    113107,
    113108,
    113109,
    113110,
    113111,
    113112,
]
ModalityCode = Annotated[
    str, StringConstraints(pattern=r"^([A-Z]{2,16}|derived|other)$")
]

_DATES_FULL, _DATES_MODIFIED = 113106, 113107
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
PLACEHOLDERS = (
    "study.sponsor",
    "study.id",
    "study.title",
    "site.id",
    "visit.id",
    "visit.label",
)


def _refuse(key: str, words: str) -> None:
    refuse("deidentification", [Problem((key,), words)])


class Standard(PlanModel):
    """Where the profile starts from."""

    table: Literal["PS3.15-2026c"] = Field(
        "PS3.15-2026c", description="The edition of the standard's table."
    )
    profile: Literal["basic"] = Field("basic", description="The standard's profile.")
    options: tuple[Option, ...] = Field(
        (),
        description="The options by their code of PS3.16 CID 7050, 113101 to 113112.",
    )


class Shift(PlanModel):
    """By how much dates move."""

    days: tuple[int, int] = Field(
        (-3650, -30), description="First and last day of the range that is drawn from."
    )
    per: Literal["participant"] = Field(
        "participant", description="One shift for all dates of a participant."
    )

    @model_validator(mode="after")
    def _in_order(self) -> Shift:
        if self.days[0] > self.days[1]:
            _refuse("days", f"the range of days {list(self.days)} runs backwards")
        if self.days == (0, 0):
            _refuse("days", "a shift of 0 days is none")
        return self


class Dates(PlanModel):
    """What becomes of dates and times."""

    shift: Shift | None = Field(None, description="By how many days dates are moved.")
    keep_time: YesNo = Field(True, description="Whether times of the day stay.")


class BirthDate(PlanModel):
    """What stays of the date of birth."""

    keep: Literal["year", "shifted"] = Field(
        description="Its (shifted) year, or the whole shifted date."
    )


class Age(PlanModel):
    """Ages above a cap are given as the cap + 1."""

    cap: Positive = Field(89, description="The cap in years.")


class SubjectIdentity(PlanModel):
    """Who the participant is in the output."""

    id: Literal["enrolment"] = Field(
        "enrolment", description="Patient ID: the number from enrolment."
    )
    name: Literal["enrolment"] = Field(
        "enrolment", description="Patient's Name: the number from enrolment."
    )
    birth_date: BirthDate | None = Field(None, description="Left out: it is removed.")
    age: Age = Field(
        default_factory=lambda: Age.model_validate({}), description="The cap of ages."
    )


class TrialIdentity(PlanModel):
    """What the Clinical Trial attributes say; words in braces come from the plan."""

    sponsor: Name = Field("{study.sponsor}", description="(0012,0010).")
    protocol: Name = Field("{study.id}", description="(0012,0020).")
    protocol_name: Name | None = Field(None, description="(0012,0021).")
    site: Name = Field("{site.id}", description="(0012,0030).")
    site_name: Name | None = Field(None, description="(0012,0031).")
    timepoint: Name = Field("{visit.id}", description="(0012,0050).")

    @model_validator(mode="after")
    def _known_placeholders(self) -> TrialIdentity:
        for key in type(self).model_fields:
            for word in _PLACEHOLDER.findall(getattr(self, key) or ""):
                if word not in PLACEHOLDERS:
                    _refuse(
                        key,
                        f"{{{word}}} is not known; write one of {', '.join(PLACEHOLDERS)}",
                    )
        return self


class Text(PlanModel):
    """What becomes of words."""

    descriptors: Literal["clean", "remove"] = Field(
        "clean",
        description="Descriptions: identifiers out and the rest stays, or all out.",
    )
    unapproved: Literal["hold", "clean"] = Field(
        "hold",
        description="Words that are not approved: the series waits for a person, or they are taken out.",
    )
    approved: Name | None = Field(
        None, description="A CSV file of approved values in the plan's folder."
    )
    comments: Literal["remove", "clean"] = Field(
        "remove", description="Free-text elements (LT, ST, UT)."
    )


class PrivateElements(PlanModel):
    """Private elements of one creator that stay."""

    creator: Name = Field(description="The private creator, as the vendor writes it.")
    group: Group = Field(description="The group, such as 0x0019.")
    elements: tuple[ElementByte, ...] = Field(
        description="The last byte of each element, such as 0x0C.", min_length=1
    )
    vr: ValueRepresentation | None = Field(
        None, description="Their value representation, where files do not tell it."
    )
    keep: Literal[True] = Field(
        True, description="Private elements not named are removed."
    )
    why: Prose = Field(description="Why they are needed and hold no identifier.")

    @model_validator(mode="after")
    def _is_private(self) -> PrivateElements:
        if self.group % 2 == 0:
            _refuse(
                "group",
                f"0x{self.group:04X} is a group of the standard; private groups are odd",
            )
        return self


class Deviation(PlanModel):
    """One attribute that is treated unlike the standard's table says."""

    tag: Attribute = Field(description="Its keyword, or its tag in brackets.")
    sop_class: Name | None = Field(
        None, description="Only in this SOP class, by name or UID; else in all."
    )
    action: Literal["keep", "remove", "empty", "dummy", "clean", "hash", "shift"] = (
        Field(description="What is done with it.")
    )
    why: Prose = Field(description="The reason, for the data protection officer.")


class PlainDevice(PlanModel):
    """A device that burns in nothing of a person."""

    make: Name = Field(description="Manufacturer, as its images say.")
    model: Name = Field(description="Model name, as its images say.")
    why: Prose = Field(description="How that is known.")


class Pixels(PlanModel):
    """Whose pixels are looked at for burned-in text."""

    examine: tuple[ModalityCode, ...] = Field(
        ("other", "derived"),
        description="Modalities, `derived` images, and `other`: whatever is no slice of CT, MR or PET.",
    )
    series_once: tuple[ModalityCode, ...] = Field(
        (),
        description="Modalities of which the first, the middle and the last image of a series are looked at; if one must wait, the series does.",
    )
    plain: tuple[PlainDevice, ...] = Field(
        (),
        description="Devices that burn in nothing. Where no reader of text is installed, images of all others wait for a person, unless they are slices or their device is in `regions`.",
    )
    found: Literal["hold", "redact"] = Field(
        "hold",
        description="Text that is found: the file waits for a person, or it is painted out.",
    )
    keep_text: tuple[Name, ...] = Field(
        (),
        description="Regular expressions of text that may stay, such as measurements.",
    )
    regions: Name | None = Field(
        None,
        description="A CSV file of where devices show their settings, which may stay (make, model, rows, columns, left, top, right, bottom).",
    )

    @model_validator(mode="after")
    def _expressions(self) -> Pixels:
        for expression in self.keep_text:
            try:
                re.compile(expression)
            except re.error as error:
                _refuse(
                    "keep_text", f'"{expression}" is no regular expression: {error}'
                )
        return self


class FacesWhen(PlanModel):
    """Which exams show a face."""

    body_part: tuple[Name, ...] = Field(
        ("HEAD", "BRAIN"), description="Body parts examined."
    )


class FacesVerified(PlanModel):
    """When the removal of a face counts as done."""

    left: ShareLimit = Field(description="The share of face and ears that may be left.")
    brain_lost: ShareLimit = Field(description="The share of brain that may be lost.")


class Faces(PlanModel):
    """Removal of faces from images of the head."""

    when: FacesWhen = Field(default_factory=lambda: FacesWhen.model_validate({}))
    remove: tuple[Literal["face", "ears"], ...] = Field(
        ("face", "ears"), description="What is removed."
    )
    verify: FacesVerified | None = Field(None, description="When it counts as done.")
    template: Name | None = Field(
        None,
        description="The study's own template head, an npz file in the plan's folder; else the shipped one.",
    )
    on_fail: Literal["hold"] = Field(
        "hold", description="What fails waits for a person."
    )


class Documents(PlanModel):
    """Things that are no images."""

    encapsulated_pdf: Literal["quarantine", "remove"] = Field(
        "quarantine",
        description="Encapsulated documents wait for a person, or are left out.",
    )
    overlays: Literal["remove"] = Field("remove", description="Overlays and curves.")
    icons: Literal["remove"] = Field("remove", description="Icon images.")
    presentation_states: Literal["clean"] = Field(
        "clean",
        description="Their text is cleaned and their references go on to resolve.",
    )


class DeidentificationProfile(PlanModel):
    """The profile."""

    id: ProfileId = Field(description="Its name, written into every file.")
    version: Positive = Field(description="Counted up at each change.")
    standard: Standard = Field(description="Where it starts from.")
    key: Literal["site"] = Field(
        "site", description="Whose key hides UIDs: made and held at each site."
    )
    dates: Dates = Field(
        default_factory=lambda: Dates.model_validate({}), description="Dates and times."
    )
    subject: SubjectIdentity = Field(
        default_factory=lambda: SubjectIdentity.model_validate({}),
        description="Who the participant is in the output.",
    )
    trial: TrialIdentity = Field(
        default_factory=lambda: TrialIdentity.model_validate({}),
        description="What the Clinical Trial attributes say.",
    )
    text: Text = Field(
        default_factory=lambda: Text.model_validate({}), description="Words."
    )
    private: tuple[PrivateElements, ...] = Field(
        (), description="Private elements that stay."
    )
    overrides: tuple[Deviation, ...] = Field(
        (), description="Deviations from the table."
    )
    pixels: Pixels = Field(
        default_factory=lambda: Pixels.model_validate({}), description="Burned-in text."
    )
    faces: Faces | None = Field(None, description="Faces.")
    documents: Documents = Field(
        default_factory=lambda: Documents.model_validate({}),
        description="What is no image.",
    )

    @model_validator(mode="after")
    def _dates_fit_options(self) -> DeidentificationProfile:
        options = set(self.standard.options)
        if {_DATES_FULL, _DATES_MODIFIED} <= options:
            _refuse(
                "standard",
                "113106 (full dates) and 113107 (modified dates) exclude each other",
            )
        if self.dates.shift is not None and _DATES_MODIFIED not in options:
            _refuse("dates", "dates are shifted, but option 113107 is not named")
        if self.dates.shift is None and _DATES_MODIFIED in options:
            _refuse(
                "dates",
                "option 113107 is named, but no shift; write `shift: {days: [-3650, -30]}`",
            )
        return self

    @model_validator(mode="after")
    def _unique(self) -> DeidentificationProfile:
        named = [(o.tag, o.sop_class) for o in self.overrides]
        for tag, sop_class in named:
            if named.count((tag, sop_class)) > 1:
                _refuse("overrides", f"{tag} is named twice")
        return self


class Deidentification(PlanModel):
    """deidentification.yaml."""

    deidentification: DeidentificationProfile = Field(description="The profile.")
