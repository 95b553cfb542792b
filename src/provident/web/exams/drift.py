"""Drift at arrival: what changed in a device's de-identified headers since its last exams, pure of writing.

A retained tag that has gone or a new private creator says that a scanner, a PACS or somebody's script between them
has changed; another anonymiser before us takes away what the study needs; a pattern of an identifier in retained
text says that a rule misses something. Each is a label and a finding; nothing is held back.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from provident.deid.patterns import without_patterns
from provident.kernel import Finding, Place, Severity
from provident.kernel.ids import sha256


if TYPE_CHECKING:
    from pydicom import Dataset

    from provident.plan import Plan

GONE, CREATOR = "tag_gone", "new_private_creator"
ANOTHER, PATTERN = "another_anonymiser", "identifier_pattern"
INDICATOR = "header_drift"  # in quality.yaml: signs in one exam
LABELS = (GONE, CREATOR, ANOTHER, PATTERN)
CODES = {GONE: "DRIFT.TAG_GONE", CREATOR: "DRIFT.NEW_PRIVATE_CREATOR", ANOTHER: "DRIFT.ANOTHER_ANONYMISER", PATTERN: "DRIFT.IDENTIFIER_PATTERN"}  # fmt: skip
ENOUGH = 2  # earlier exams of the device before a missing tag says anything
LOOKS_BACK = 6  # exams
# These come and go with the participant, the visit or the image, not with the device.
_CHANGING = frozenset({"PatientAge", "PatientSize", "PatientWeight", "PatientSex", "PatientBirthDate", "PregnancyStatus"})  # fmt: skip
_TRIAL = 0x0012
_TEXTS = (
    "StudyDescription", "SeriesDescription", "ProtocolName", "PerformedProcedureStepDescription",
    "RequestedProcedureDescription", "AcquisitionProtocolDescription", "DerivationDescription", "ImageComments",
)  # fmt: skip
_FREE = ("LT", "ST", "UT")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """What an exam's headers hold, over all its images: no value, only what is there."""

    tags: frozenset[str]
    creators: frozenset[str]
    suspects: frozenset[str]  # attributes whose text looks like an identifier

    def encoded(self) -> bytes:
        """As it is kept beside the exams; what is suspect is of this exam alone."""
        return json.dumps({"tags": sorted(self.tags), "creators": sorted(self.creators)}).encode()  # fmt: skip

    @classmethod
    def decoded(cls, data: bytes) -> Fingerprint:
        """What `encoded` wrote."""
        told = json.loads(data)
        return cls(
            tags=frozenset(told["tags"]), creators=frozenset(told["creators"]), suspects=frozenset()
        )  # fmt: skip


def fingerprint(headers: Iterable[Dataset]) -> Fingerprint:
    """The fingerprint of images."""
    tags: set[str] = set()
    creators: set[str] = set()
    suspects: set[str] = set()
    for header in headers:
        there = header.keys()  # iterating over a data set itself decodes every element
        for tag in there:
            group, element = int(tag) >> 16, int(tag) & 0xFFFF
            if group & 1:
                if 0x10 <= element <= 0xFF:
                    creators.add(str(header[tag].value))
            elif group != _TRIAL:
                _note(header, int(tag), tags, suspects)
    return Fingerprint(
        tags=frozenset(tags - _CHANGING), creators=frozenset(creators), suspects=frozenset(suspects)
    )  # fmt: skip


def together(prints: Iterable[Fingerprint]) -> Fingerprint:
    """One fingerprint of several series."""
    every = list(prints)
    return Fingerprint(
        tags=frozenset().union(*(p.tags for p in every)),
        creators=frozenset().union(*(p.creators for p in every)),
        suspects=frozenset().union(*(p.suspects for p in every)),
    )


def _note(header: Dataset, tag: int, tags: set[str], suspects: set[str]) -> None:
    found = header[tag]
    if found.is_empty or not found.keyword:
        return
    tags.add(found.keyword)
    if found.keyword in _TEXTS or found.VR in _FREE:
        text = str(found.value)
        if without_patterns(text) != text:
            suspects.add(found.keyword)


def device_key(site: str, kind: str, told: Mapping[str, str]) -> str:
    """The name of a device at a site for one kind of exam, for the store."""
    parts = (site, kind, *(told.get(name, "").upper() for name in ("make", "model", "serial")))  # fmt: skip
    return sha256("\0".join(parts).encode())[:24]


def device(told: Mapping[str, str]) -> dict[str, str]:
    """What an exam's headers say of the device, as it is kept with the verdict: no serial number, no station."""
    return {
        name: str(told.get(name, ""))[:64] for name in ("make", "model", "software")
    }


def asks_the_site(of: Plan, signs: int) -> bool:
    """Whether the plan wants the site asked about so many signs of drift in one exam.

    That is a trigger of quality.yaml on the indicator `header_drift` which opens a query.
    """
    for trigger in of.quality.triggers:
        limit = of.quality.indicators.get(trigger.indicator)
        if (
            trigger.indicator == INDICATOR
            and trigger.open == "query"
            and limit is not None
        ):
            level = limit.act if trigger.when.endswith("acts") else limit.warn
            if level.contains(signs, level.unit):
                return True
    return False


def findings(
    now: Fingerprint, before: Sequence[Fingerprint], *, uid: str, anonymised: bool
) -> list[Finding]:
    """What drifted against the device's earlier exams; `anonymised` is what the gateway says of the originals."""
    return list(_findings(now, before, Place(uid=uid), anonymised))


def _findings(
    now: Fingerprint, before: Sequence[Fingerprint], where: Place, anonymised: bool
) -> Iterator[Finding]:
    def finding(label: str, message: str, found: Iterable[str], remedy: str) -> Finding:
        return Finding(
            code=CODES[label], severity=Severity.WARNING, where=where, message=message,
            found=", ".join(sorted(found)), remedy=remedy,
        )  # fmt: skip

    if len(before) >= ENOUGH:
        gone = frozenset.intersection(*(f.tags for f in before)) - now.tags
        if gone:
            yield finding(GONE, "Attributes that this device always sent are missing.", gone, "Ask the site whether scanner, PACS or export has changed.")  # fmt: skip
    if before:
        fresh = now.creators - frozenset.union(*(f.creators for f in before))
        if fresh:
            yield finding(CREATOR, "The device sends private elements of a creator that was not there before.", fresh, "Ask the site what has changed; check whether the profile still covers it.")  # fmt: skip
    if anonymised:
        yield finding(ANOTHER, "Another program had de-identified the images before the site's gateway.", (), "Ask the site to send originals: what that program took out is lost.")  # fmt: skip
    if now.suspects:
        yield finding(PATTERN, "Retained text looks like a date, a long number or an address.", now.suspects, "Look at the text; tighten the profile if it identifies anybody.")  # fmt: skip


def labels(found: Iterable[Mapping[str, Any]]) -> list[str]:
    """The labels of findings as they are kept."""
    codes = {row["code"] for row in found}
    return [label for label in LABELS if CODES[label] in codes]
