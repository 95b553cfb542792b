"""The dose of one participant for the study, against the constraints of the plan.

A pure value: one entry for each exam, kept under the exam's UID so that a second
judging replaces and never adds. Research exposures count; routine ones, which the
participant would have had anyway, are kept beside them. An exam whose dose is not known
counts with its expected dose until the query is answered, and never as zero.

At 80 % (or what the plan says) people are told; at 100 % further research exposures are
held until a practitioner signs for them. Images that were acquired, and care, are never held.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from math import fsum, isfinite

from provident.acquisition.dose import codes
from provident.acquisition.dose.codes import DoseCode, finding
from provident.acquisition.dose.model import ExamDose, Kind
from provident.kernel import Finding, PlanError, Refused, Severity
from provident.plan.models.imaging_dose import DOSES, DoseLimit, Exposure
from provident.plan.quantities import convert


WARN_AT = 0.8
_SLACK = 1e-9  # relative: sums of floats that meet a limit exactly

# Which quantities of a constraint each kind of exposure has.
_APPLIES = {
    Kind.CT: ("DLP", "CTDIvol", "E"),
    Kind.PROJECTION: ("DAP", "E"),
    Kind.MAMMOGRAPHY: ("AGD", "E"),
    Kind.ADMINISTRATION: ("activity", "E"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """The largest dose that is allowed, in the unit of `plan.models.imaging_dose.DOSES`."""

    quantity: str
    high: float

    def __post_init__(self) -> None:
        if self.quantity not in DOSES:
            raise PlanError(f'unknown dose "{self.quantity}"; {", ".join(DOSES)}')
        if not (isfinite(self.high) and self.high > 0):
            raise PlanError(f"the limit of {self.quantity} must be above 0")

    def __str__(self) -> str:
        return f"{self.quantity} <= {self.high:.6g} {DOSES[self.quantity]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Constraint:
    """What one exam, and one participant in the whole study, may receive for research."""

    exam: Limit | None = None
    participant: Limit | None = None
    warn_at: float = WARN_AT
    repeats: int = 0

    def __post_init__(self) -> None:
        if not 0 < self.warn_at <= 1:
            raise PlanError("warn_at is a share above 0 and at most 100 %")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One exam in the ledger. `amounts` are what it gave, `expected` what the plan foresees.

    A reserved entry is a repeat that has been asked for and not made: it counts as expected.
    """

    exam_uid: str
    exam: str
    kinds: tuple[Kind, ...]
    research: bool
    amounts: Mapping[str, float] = field(default_factory=dict)
    expected: Mapping[str, float] = field(default_factory=dict)
    reserved: bool = False
    repeat_of: str | None = None

    def has(self, quantity: str) -> bool:
        """Whether exposures of these kinds have this quantity at all."""
        return any(quantity in _APPLIES[kind] for kind in self.kinds)

    def counted(self, quantity: str) -> float | None:
        """What counts: the dose itself, else the expected one, else None."""
        known = self.amounts.get(quantity)
        return self.expected.get(quantity) if known is None else known


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOff:
    """A practitioner's signature that lets research go on up to a higher dose."""

    by: str
    role: str
    reason: str
    quantity: str
    up_to: float

    def __post_init__(self) -> None:
        if not (self.by.strip() and self.role.strip() and self.reason.strip()):
            raise Refused("A release needs the person, the role and the reason.")
        Limit(quantity=self.quantity, high=self.up_to)


class Level(StrEnum):
    """Where a participant stands."""

    CLEAR = "clear"
    NEAR = "near"
    HELD = "held"
    NOT_ASSESSABLE = "not_assessable"  # further research exposures are held as well


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The used dose beside the limit; `share` is None without a limit or when it is not known."""

    level: Level
    used: float | None
    limit: Limit | None
    share: float | None
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """Whether the next exposure may be booked or asked for, and the dose that it would lead to."""

    allowed: bool
    projected: float | None
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """All exams of one participant, in the order of their UIDs."""

    participant: str
    entries: tuple[Entry, ...] = ()
    signed: tuple[SignOff, ...] = ()

    def with_entry(self, entry: Entry) -> Ledger:
        """The ledger with this exam; what it held under the same UID is replaced."""
        others = [e for e in self.entries if e.exam_uid != entry.exam_uid]
        entries = sorted([*others, entry], key=lambda e: e.exam_uid)
        return replace(self, entries=tuple(entries))

    def without(self, exam_uid: str) -> Ledger:
        """The ledger without an exam: one that was not made, or was another participant's."""
        return replace(
            self, entries=tuple(e for e in self.entries if e.exam_uid != exam_uid)
        )

    def with_signature(self, signature: SignOff) -> Ledger:
        """The ledger with a release."""
        return replace(self, signed=(*self.signed, signature))

    def repeats_of(self, exam_uid: str) -> int:
        """How often an exam was repeated, or is about to be."""
        return sum(e.repeat_of == exam_uid for e in self.entries)

    def standing(self, constraint: Constraint) -> Standing:
        """Where the participant stands against the cumulative constraint."""
        return _standing(self, constraint)

    def gate(
        self,
        constraint: Constraint,
        expected: Mapping[str, float],
        *,
        research: bool = True,
    ) -> Gate:
        """Whether another exposure may be made. Routine ones always may."""
        return _gate(self, constraint, expected, research=research)


def constraint_of(exposure: Exposure) -> Constraint:
    """The constraint of a plan's exposure, in canonical units."""
    stated = exposure.constraint
    warn = WARN_AT if exposure.warn_at is None else exposure.warn_at.to("%") / 100
    if stated is None:
        return Constraint(warn_at=warn)
    return Constraint(
        exam=_limit(stated.exam),
        participant=_limit(stated.participant),
        warn_at=warn,
        repeats=stated.repeats,
    )


def _limit(dose: DoseLimit | None) -> Limit | None:
    if dose is None:
        return None
    high = convert(dose.limit.high, dose.limit.unit, DOSES[dose.name])
    return Limit(quantity=dose.name, high=high)


def expected_of(exposure: Exposure) -> dict[str, float]:
    """What one exam is expected to give: the plan's word, and where it has none the limit of one exam."""
    stated = exposure.constraint
    limits = [_limit(stated.exam if stated else None), _limit(exposure.expected)]
    return {one.quantity: one.high for one in limits if one is not None}


def entry_of(
    dose: ExamDose,
    *,
    exam: str,
    research: bool,
    expected: Mapping[str, float] | None = None,
    repeat_of: str | None = None,
) -> Entry:
    """The entry of an exam whose dose was assessed; what is not known has no amount."""
    totals = dose.totals
    breasts = [totals.get("agd_left_mgy"), totals.get("agd_right_mgy")]
    known = [one for one in breasts if one is not None]
    unknown = {"agd_left_mgy", "agd_right_mgy"} & set(dose.unknown)
    found = {
        "DLP": totals.get("dlp_mgycm"),
        "DAP": totals.get("dap_gycm2"),
        "CTDIvol": totals.get("ctdivol_max_mgy"),
        "AGD": None if unknown else max(known, default=None),
        "activity": totals.get("activity_mbq"),
        "E": totals.get("effective_msv"),
    }
    return Entry(
        exam_uid=dose.uid,
        exam=exam,
        kinds=dose.kinds,
        research=research,
        amounts={name: value for name, value in found.items() if value is not None},
        expected=dict(expected or {}),
        repeat_of=repeat_of,
    )


def exam_findings(entry: Entry, constraint: Constraint) -> tuple[Finding, ...]:
    """What is wrong with one exam against the constraint of one exam."""
    limit = constraint.exam
    if limit is None or not entry.has(limit.quantity) or not entry.research:
        return ()
    amount = entry.amounts.get(limit.quantity)
    if amount is None:
        message = f"The {limit.quantity} of the exam is not known and cannot be held against its constraint."
        return (
            finding(
                codes.NOT_COUNTED,
                entry.exam_uid,
                message,
                expected=str(limit),
                found="not known",
            ),
        )
    code: DoseCode | None = None
    if amount > limit.high * (1 + _SLACK):
        code = codes.EXAM_ABOVE
    elif amount >= constraint.warn_at * limit.high * (1 - _SLACK):
        code = codes.EXAM_NEAR
    found = f"{amount:.6g} {DOSES[limit.quantity]}"
    return (
        (finding(code, entry.exam_uid, expected=str(limit), found=found),)
        if code
        else ()
    )


def _standing(ledger: Ledger, constraint: Constraint) -> Standing:
    limit = constraint.participant
    if limit is None:
        return Standing(level=Level.CLEAR, used=None, limit=None, share=None)
    counting = [e for e in ledger.entries if e.research and e.has(limit.quantity)]
    findings = [f for e in counting for f in _provisional(e, limit)]
    amounts = [e.counted(limit.quantity) for e in counting]
    used = fsum(sorted(a for a in amounts if a is not None))
    level, code = _level(ledger, constraint, limit, used)
    if code is not None:
        findings.append(_said(code, ledger, limit, used))
    unknown = any(a is None for a in amounts)
    if unknown and level is not Level.HELD:
        level = Level.NOT_ASSESSABLE
    return Standing(
        level=level,
        used=None if unknown else used,
        limit=limit,
        share=None if unknown else used / limit.high,
        findings=tuple(findings),
    )


def _level(
    ledger: Ledger, constraint: Constraint, limit: Limit, used: float
) -> tuple[Level, DoseCode | None]:
    ceiling = _ceiling(ledger, limit)
    if used >= ceiling * (1 - _SLACK):
        return Level.HELD, codes.AT_CONSTRAINT
    if used >= constraint.warn_at * limit.high * (1 - _SLACK):
        return Level.NEAR, codes.NEAR_CONSTRAINT
    return Level.CLEAR, None


def _ceiling(ledger: Ledger, limit: Limit) -> float:
    """The limit, or the highest dose that was signed for."""
    signed = [s.up_to for s in ledger.signed if s.quantity == limit.quantity]
    return max([limit.high, *signed])


def _provisional(entry: Entry, limit: Limit) -> list[Finding]:
    if limit.quantity in entry.amounts or entry.reserved:
        return []
    known = limit.quantity in entry.expected
    return [
        finding(
            codes.EXPECTED_COUNTED if known else codes.NOT_COUNTED,
            entry.exam_uid,
            expected=f"{limit.quantity} of the exam",
            found="not known",
        )
    ]


def _said(code: DoseCode, ledger: Ledger, limit: Limit, used: float) -> Finding:
    return finding(
        code,
        ledger.participant,
        expected=str(limit),
        found=f"{used:.6g} {DOSES[limit.quantity]} ({used / limit.high:.0%})",
    )


def _gate(
    ledger: Ledger,
    constraint: Constraint,
    expected: Mapping[str, float],
    *,
    research: bool,
) -> Gate:
    limit = constraint.participant
    standing = _standing(ledger, constraint)
    if not research or limit is None:
        return Gate(allowed=True, projected=standing.used)
    if standing.level in (Level.HELD, Level.NOT_ASSESSABLE):
        return Gate(allowed=False, projected=None, findings=standing.findings)
    more = expected.get(limit.quantity)
    if more is None or standing.used is None:
        missing = finding(
            codes.NOT_COUNTED,
            ledger.participant,
            f"The next exposure has no expected {limit.quantity}, so that it cannot be counted beforehand.",
            expected=str(limit),
            found="not stated",
        )
        return Gate(allowed=False, projected=None, findings=(missing,))
    projected = standing.used + more
    if projected > _ceiling(ledger, limit) * (1 + _SLACK):
        above = _said(codes.WOULD_EXCEED, ledger, limit, projected)
        return Gate(allowed=False, projected=projected, findings=(above,))
    warnings = tuple(f for f in standing.findings if f.severity is not Severity.ERROR)
    return Gate(allowed=True, projected=projected, findings=warnings)
