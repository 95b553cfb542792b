"""What is known of one irradiation event, and of the dose of one exam."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from provident.acquisition.dose.units import Reading
from provident.kernel import Finding, Outcome


class Kind(StrEnum):
    """What kind of exposure an event is; each has one quantity that must be known."""

    CT = "ct"
    PROJECTION = "projection"  # radiography and fluoroscopy
    MAMMOGRAPHY = "mammography"
    ADMINISTRATION = "administration"  # of a radiopharmaceutical


class Source(StrEnum):
    """Where an event was read, in order of trust."""

    REPORT = "report"
    IMAGE = "image"
    PERSON = "person"  # read from a dose screen and entered
    SCREEN = "screen"  # the header of a dose screen, or its text read by a program


TRUST = tuple(Source)

# amount -> what it measures (units.unit_of gives the unit in which it is kept)
AMOUNTS = {
    "dlp_mgycm": "dose length product",
    "ctdivol_mgy": "absorbed dose",
    "dap_gycm2": "dose area product",
    "air_kerma_rp_mgy": "absorbed dose",
    "entrance_dose_mgy": "absorbed dose",
    "agd_mgy": "absorbed dose",
    "activity_mbq": "activity",
    "fluoro_s": "time",
    "effective_stated_msv": "effective dose",
}
MAIN = {
    Kind.CT: "dlp_mgycm",
    Kind.PROJECTION: "dap_gycm2",
    Kind.MAMMOGRAPHY: "agd_mgy",
    Kind.ADMINISTRATION: "activity_mbq",
}


# the totals that must be known for each kind, and those that reports state beside them
TOTALS_OF = {
    Kind.CT: ("dlp_mgycm",),
    Kind.PROJECTION: ("dap_gycm2",),
    Kind.MAMMOGRAPHY: ("agd_left_mgy", "agd_right_mgy"),
    Kind.ADMINISTRATION: ("activity_mbq",),
}
BESIDE = frozenset(("air_kerma_rp_mgy", "fluoro_s"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One irradiation event (PS3.3 C.7.6.16: from start to stop of one exposure) or one administration.

    `amounts` are in the units that their names end in; `unread` says why another is not
    known. `read_from` is the SOP Instance UID of the report or image.
    """

    kind: Kind
    source: Source
    uid: str = ""
    plane: str = ""
    study_uid: str = ""
    read_from: str = ""
    started: str = ""
    protocol: str = ""
    region: str = ""
    view: str = ""
    technique: str = ""
    localizer: bool = False
    side: str = ""
    phantom_cm: int | None = None
    tracer: str = ""
    tracer_code: str = ""
    amounts: Mapping[str, float] = field(default_factory=dict)
    unread: Mapping[str, str] = field(default_factory=dict)

    @property
    def main(self) -> float | None:
        """The quantity that counts for this kind of event, None when it is not known."""
        return self.amounts.get(MAIN[self.kind])

    @property
    def without_dose(self) -> bool:
        """A CT localizer whose report leaves its dose out, which TID 10013 allows."""
        return self.localizer and not self.amounts and "dlp_mgycm" in self.unread

    def as_json(self) -> dict[str, Any]:
        """The event as `provident dose` prints it; what is not known is null."""
        return {
            "uid": self.uid or None,
            "kind": str(self.kind),
            "source": str(self.source),
            "study_uid": self.study_uid or None,
            "read_from": self.read_from or None,
            "plane": self.plane or None,
            "started": self.started or None,
            "protocol": self.protocol or None,
            "region": self.region or None,
            "view": self.view or None,
            "technique": self.technique or None,
            "localizer": self.localizer,
            "side": self.side or None,
            "phantom_cm": self.phantom_cm,
            "tracer": self.tracer or None,
            **{name: self.amounts.get(name) for name in AMOUNTS},
            "unread": dict(self.unread),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What one dose report says: its events, and the totals that the machine keeps itself."""

    uid: str
    study_uid: str
    device: str
    at: str
    kinds: tuple[Kind, ...]
    events: tuple[Event, ...]
    stated: Mapping[str, Reading]
    events_stated: int | None = None
    partial: bool = False
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effective:
    """Effective dose of one event (mSv) and how it was reckoned, or why it could not be."""

    msv: float | None
    derivation: str


TOTALS = (
    "dlp_mgycm",
    "ctdivol_max_mgy",
    "dap_gycm2",
    "air_kerma_rp_mgy",
    "fluoro_s",
    "agd_left_mgy",
    "agd_right_mgy",
    "activity_mbq",
    "effective_msv",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamDose:
    """The dose of one exam (DICOM study).

    `totals` has every name of `TOTALS`; None when it does not apply or is not known.
    `unknown` names those that apply and are not known: they are never zero.
    """

    uid: str
    kinds: tuple[Kind, ...]
    events: tuple[Event, ...]
    effective: tuple[Effective, ...]
    totals: Mapping[str, float | None]
    unknown: Mapping[str, str]
    findings: tuple[Finding, ...]
    outcome: Outcome
    ionising: bool

    def as_json(self) -> dict[str, Any]:
        """The exam as `provident dose` prints it."""
        return {
            "uid": self.uid,
            "ionising": self.ionising,
            "kinds": [str(kind) for kind in self.kinds],
            "outcome": str(self.outcome),
            "events": self.events_json(),
            "totals": dict(self.totals),
            "unknown": dict(self.unknown),
            "findings": [f.as_json() for f in self.findings],
        }

    def events_json(self) -> list[dict[str, Any]]:
        """The events, each with its effective dose."""
        return [
            {
                **event.as_json(),
                "effective_msv": effective.msv,
                "effective_derivation": effective.derivation,
            }
            for event, effective in zip(self.events, self.effective, strict=True)
        ]
