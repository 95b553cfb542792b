"""Effective dose of one event by the first set of factors that fits it, with its derivation."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from provident.acquisition.dose.factors import CTFactor, FactorSet
from provident.acquisition.dose.model import Effective, Event, Kind


Reckoner = Callable[[Event], Effective]
ADULT = 15.0  # years; the tables' adult stands for 15 and above

# The words of DICOM regions (CID 4031), Body Part Examined and vendors, brought to the tables' regions.
_REGIONS = {
    "head": "head", "brain": "head", "skull": "head", "cerebrum": "head",
    "headneck": "head and neck", "head and neck": "head and neck",
    "neck": "neck", "cervical spine": "neck", "cspine": "neck",
    "chest": "chest", "thorax": "chest", "lung": "chest",
    "abdomen": "abdomen and pelvis", "pelvis": "abdomen and pelvis", "abdomen and pelvis": "abdomen and pelvis",
    "abdomenpelvis": "abdomen and pelvis",
    "chest and abdomen": "trunk", "chestabdomen": "trunk", "chest abdomen and pelvis": "trunk",
    "chestabdpelvis": "trunk", "trunk": "trunk", "torso": "trunk",
}  # fmt: skip

# Tracers by the codes of CID 25 and 4021 (SCT, SRT), and by the words of the header.
_TRACER_CODES = {
    "35321007": "fdg", "C-B1031": "fdg",
    "5811000122108": "fluorodopa", "19495007": "pertechnetate",
    "96390006": "tc-99m phosphonate", "53951001": "tc-99m phosphonate",
    "85693008": "tc-99m maa", "24511001": "tc-99m dmsa",
    "446536001": "tc-99m mag3",
}  # fmt: skip
_TRACER_WORDS = (
    (r"fdg|flu(?:oro)?-?\s?de(?:s)?oxy-?\s?glucose", "fdg"),
    (r"f-?dopa|fluoro-?l?-?dopa", "fluorodopa"),
    (r"\bmdp\b|\bhdp\b|\bdpd\b|medronate|oxidronate", "tc-99m phosphonate"),
    (r"\bmaa\b|macro-?aggregated albumin", "tc-99m maa"),
    (r"\bdmsa\b|succimer", "tc-99m dmsa"),
    (r"\bmag-?3\b|mertiatide", "tc-99m mag3"),
    (r"gallium citrate", "gallium citrate"),
    (r"pertechnetate", "pertechnetate"),
    (r"\bwater\b", "water o-15"),
)


def region(words: str) -> str:
    """The tables' region of a report's or header's words; the words themselves when unknown."""
    plain = re.sub(r"[^a-z]+", " ", words.lower()).strip()
    return _REGIONS.get(plain, plain)


def tracer(code: str, words: str) -> str:
    """The tables' tracer of a code, else of the words; the words themselves when unknown."""
    if code in _TRACER_CODES:
        return _TRACER_CODES[code]
    plain = words.strip().lower()
    return next(
        (name for pattern, name in _TRACER_WORDS if re.search(pattern, plain)), plain
    )


def reckoner(factors: Sequence[FactorSet], age_years: float | None) -> Reckoner:
    """Gives each event's effective dose for a participant of this age.

    Between the ages of a table the younger one's factor is taken, which is the higher.
    """
    age = ADULT if age_years is None else age_years
    years = "adult (age not stated)" if age_years is None else f"{age:.3g} years"
    by_kind = {
        Kind.CT: _ct,
        Kind.PROJECTION: _projection,
        Kind.ADMINISTRATION: _administration,
    }

    def effective(event: Event) -> Effective:
        if event.without_dose:
            return Effective(msv=0.0, derivation="localizer without a stated dose")
        main, by = event.main, by_kind.get(event.kind)
        if main is None:
            return Effective(msv=None, derivation="the dose of the event is not known")
        if by is None:
            return Effective(msv=None, derivation="no factors for mammography")
        factor, why = by(event, factors, age)
        if factor is None:
            return Effective(msv=None, derivation=why)
        return Effective(
            msv=main * factor, derivation=f"{factor:.4g} x {main:.6g}: {why}, {years}"
        )

    return effective


_Found = tuple[float | None, str]


def _ct(event: Event, factors: Sequence[FactorSet], age: float) -> _Found:
    where = region(event.region or ("" if event.localizer else event.protocol))
    for one in factors:
        rows = [r for r in _of_age(one.ct, age) if r.phantom_cm == event.phantom_cm]
        fitting = [r.msv_per_mgycm for r in rows if region(r.region) == where]
        if fitting:
            return (
                max(fitting),
                f"mSv/mGy.cm, {where}, {event.phantom_cm} cm phantom, {one.title}",
            )
        if event.localizer and rows:
            # A localizer is stated in the body phantom whatever it shows: no region of
            # that phantom has a higher factor, so that it is never reckoned too low.
            return (
                max(r.msv_per_mgycm for r in rows),
                f"mSv/mGy.cm, localizer: highest of the {event.phantom_cm} cm phantom, {one.title}",
            )
    if event.phantom_cm is None:
        return None, "the CTDI phantom of the DLP is not stated"
    return (
        None,
        f'no factor for region "{where or "not stated"}" in the {event.phantom_cm} cm phantom at this age',
    )


def _of_age(rows: Sequence[CTFactor], age: float) -> list[CTFactor]:
    """For each region the rows of the oldest age that the participant has reached, in whatever phantom."""
    reached = {
        r.region: max(
            o.from_age for o in rows if o.region == r.region and o.from_age <= age
        )
        for r in rows
        if r.from_age <= age
    }
    return [r for r in rows if reached.get(r.region) == r.from_age]


def _projection(event: Event, factors: Sequence[FactorSet], age: float) -> _Found:
    where, view = region(event.region), event.view.lower()
    for one in factors:
        rows = [
            r
            for r in one.projection
            if region(r.region) == where and r.view in ("", view) and r.from_age <= age
        ]
        if rows:
            row = max(rows, key=lambda r: (r.from_age, r.view))
            return (
                row.msv_per_gycm2,
                f"mSv/Gy.cm2, {where} {row.view}".rstrip() + f", {one.title}",
            )
    return (
        None,
        f'no factor for region "{where or "not stated"}", view "{view or "not stated"}"',
    )


def _administration(event: Event, factors: Sequence[FactorSet], age: float) -> _Found:
    name = tracer(event.tracer_code, event.tracer)
    for one in factors:
        rows = [
            r for r in one.tracers if tracer("", r.tracer) == name and r.from_age <= age
        ]
        if rows:
            row = max(rows, key=lambda r: r.from_age)
            return row.msv_per_mbq, f"mSv/MBq, {name}, {one.title}"
    return None, "no factor for this tracer at this age"
