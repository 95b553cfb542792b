"""Where scanners stand today: what the plan asks of them, which phantoms are due, and whether they are accredited.

Values alone; rows are read in `selectors`. A change of a scanner suspends its accreditation when it is looked at, not
when somebody runs a job: what was seen on an image holds at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from provident.acquisition.phantoms import (
    ENGINE,
    Accreditation,
    Changed,
    Due,
    Evidence,
    PhantomRule,
    Submission,
    Value,
    days,
    phantom_rules,
    schedule,
)
from provident.acquisition.phantoms.accreditation import State, Step, after_change
from provident.plan import Plan
from provident.programme.ionising import IONISING


DECIDED = {"accepted": True, "rejected": False}  # states of a phantom scan
WARN_EXPIRY = 60  # days before an accreditation ends
WARN_END_OF_LIFE = 365  # days before a scanner leaves service


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change that was seen: when, and from which day on the scanner was different."""

    pk: int
    fact: str
    old: str
    new: str
    seen_at: datetime
    day: date
    open: bool
    words: str = ""  # how it was closed


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """A phantom scan as schedules and accreditation need it."""

    pk: int
    phantom: str
    protocol: str
    acquired_on: date
    accepted: bool | None
    change: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """All that is known of one scanner besides the plan."""

    code: str
    site: str
    opened: date | None
    changes: tuple[Change, ...] = ()
    scans: tuple[Scan, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    steps: Mapping[str, tuple[tuple[Step, ...], datetime]] = field(default_factory=dict)
    """By protocol: the steps that were taken, and when the last was."""


def rules_of(plan: Plan, scanner: str) -> tuple[PhantomRule, ...]:
    """The phantoms that the plan wants scanned on a scanner."""
    if plan.phantoms is None:
        return ()
    return tuple(r for r in phantom_rules(plan.phantoms) if scanner in r.scanners)


def rule_of(plan: Plan, phantom: str) -> PhantomRule | None:
    """A phantom of the plan, or None when the plan in force has it no more."""
    found = phantom_rules(plan.phantoms) if plan.phantoms else ()
    return next((r for r in found if r.id == phantom), None)


def in_use(plan: Plan, scanner: str, on: date) -> bool:
    """Whether the plan has a scanner in use on a day."""
    told = plan.sites.scanners.get(scanner)
    if told is None:
        return False
    begins = told.from_ is None or told.from_.first <= on
    return begins and (told.end_of_life is None or on <= told.end_of_life.last)


def due(plan: Plan, known: Sequence[Known], today: date) -> tuple[Due, ...]:
    """What is due on these scanners, the most pressing first; a scanner that has left service owes nothing."""
    rules = phantom_rules(plan.phantoms) if plan.phantoms else ()
    theirs = {k.code for k in known if not _left(plan, k.code, today)}
    rows = schedule(
        [r for r in rules if theirs & set(r.scanners)],
        [_submission(s, k.code) for k in known for s in k.scans],
        [
            Changed(id=str(c.pk), scanner=k.code, day=c.day, what=(c.fact,))
            for k in known
            for c in k.changes
            if c.open
        ],
        today=today,
        first_use={k.code: _first_use(plan, k, today) for k in known},
    )
    return tuple(d for d in rows if d.scanner in theirs)


def _left(plan: Plan, scanner: str, today: date) -> bool:
    told = plan.sites.scanners.get(scanner)
    return told is None or (
        told.end_of_life is not None and told.end_of_life.last < today
    )


def _first_use(plan: Plan, known: Known, today: date) -> date:
    begins = plan.sites.scanners[known.code].from_ if known.code in plan.sites.scanners else None  # fmt: skip
    opened = known.opened or today
    return max(begins.first, opened) if begins else opened


def _submission(scan: Scan, scanner: str) -> Submission:
    return Submission(
        id=str(scan.pk), phantom=scan.phantom, scanner=scanner, protocol=scan.protocol, acquired=scan.acquired_on,
        engine=ENGINE, accepted=scan.accepted, change=str(scan.change) if scan.change else None,
    )  # fmt: skip


# -- accreditation


def needs(plan: Plan, scanner: str) -> tuple[str, ...]:
    """What the plan's accreditation needs of one scanner; empty where it can need nothing.

    A phantom is needed where the plan has one for the scanner, a volunteer's scan where it does not irradiate.
    """
    asked = plan.quality.accreditation
    told = plan.sites.scanners.get(scanner)
    if asked is None or told is None:
        return ()
    left_out = set()
    if not rules_of(plan, scanner):
        left_out.add("phantom")
    # Nobody is irradiated to show that a scanner works: there a phantom has to do.
    if told.modality in IONISING:
        left_out.add("volunteer_scan")
    return tuple(n for n in asked.needs if n not in left_out)


def protocols(plan: Plan, scanner: str) -> tuple[str, ...]:
    """The protocols that a scanner is accredited for: those of its phantoms, else one without a name."""
    found = dict.fromkeys(p for r in rules_of(plan, scanner) for p in r.protocols)
    return tuple(found) or ("",)


def accreditation(plan: Plan, known: Known, protocol: str) -> Accreditation:
    """The accreditation as it stands with every change that was seen since its last step."""
    asked = plan.quality.accreditation
    steps, at = known.steps.get(protocol, ((), None))
    change = plan.phantoms.change if plan.phantoms else None
    made = Accreditation(
        scanner=known.code, protocol=protocol, needs=needs(plan, known.code),
        valid_days=days(asked.valid) if asked else 0.0, ends_on=tuple(change.watch) if change else (), steps=steps,
    )  # fmt: skip
    for seen in sorted(known.changes, key=lambda c: c.seen_at):
        if at is not None and seen.seen_at > at and made.steps:
            day = max(seen.day, made.steps[-1].day)
            made = after_change(made, [seen.fact], day=day, by="system")
    return made


def evidence_for(plan: Plan, known: Known, protocol: str) -> tuple[Evidence, ...]:
    """The evidence there is: accepted phantoms (of several phantoms the oldest counts), and what was recorded."""
    newest: list[Evidence] = []
    rules = [r for r in rules_of(plan, known.code) if protocol in r.protocols]
    for rule in rules:
        fitting = [
            s
            for s in known.scans
            if s.accepted and (s.phantom, s.protocol) == (rule.id, protocol)
        ]
        if not fitting:
            return known.evidence  # one of the phantoms is missing
        last = max(fitting, key=lambda s: s.acquired_on)
        newest.append(Evidence(need="phantom", id=str(last.pk), day=last.acquired_on))
    oldest = min(newest, key=lambda e: e.day, default=None)
    return (*known.evidence, oldest) if oldest else known.evidence


def holds(plan: Plan, known: Known, exam_kind: str, on: date) -> bool:
    """Whether a scanner is accredited for an exam on a day.

    A protocol that is named like the exam decides alone; else all protocols must hold.
    """
    if not needs(plan, known.code):
        return True
    named = protocols(plan, known.code)
    asked = [exam_kind] if exam_kind in named else list(named)
    return all(accreditation(plan, known, p).holds(on) for p in asked)


def booking_refusal(
    plan: Plan, known: Sequence[Known], *, site: str, exam_kind: str, on: date
) -> str:
    """Why an exam may not be booked at a site on a day; empty where it may."""
    asked = plan.quality.accreditation
    if asked is None or asked.gates != "booking":
        return ""
    manual = plan.imaging.get(exam_kind)
    modalities = set(manual.modality) if manual else set()
    able = [
        k
        for k in known
        if plan.sites.scanners[k.code].modality in modalities
        and in_use(plan, k.code, on)
    ]
    if not able:
        return f"{site} has no scanner in use for it on {on:%-d %B %Y}. "
    if any(holds(plan, k, exam_kind, on) for k in able):
        return ""
    told = " ".join(f"{k.code}: {_why(plan, k, exam_kind, on)}" for k in able)
    return f"{site} has no accredited scanner for it on {on:%-d %B %Y}. {told}"


def _why(plan: Plan, known: Known, exam_kind: str, on: date) -> str:
    named = protocols(plan, known.code)
    asked = [exam_kind] if exam_kind in named else list(named)
    found = (accreditation(plan, known, p) for p in asked)
    return next(a.words(on) for a in found if not a.holds(on))


@dataclass(frozen=True, slots=True, kw_only=True)
class Expiry:
    """An accreditation or a scanner that ends soon or has ended."""

    scanner: str
    words: str
    on: date
    over: bool


def expiries(plan: Plan, known: Sequence[Known], today: date) -> list[Expiry]:
    """Accreditations that end within 60 days, and scanners that leave service within a year."""
    found = []
    for one in known:
        told = plan.sites.scanners.get(one.code)
        for protocol in protocols(plan, one.code) if needs(plan, one.code) else ():
            stands = accreditation(plan, one, protocol)
            until = stands.until
            expired = stands.on(today) is State.EXPIRED
            if until and (expired or stands.holds(today)) and until <= today + timedelta(days=WARN_EXPIRY):  # fmt: skip
                words = f"accreditation{f' for {protocol}' if protocol else ''}"
                found.append(Expiry(scanner=one.code, words=words, on=until, over=expired))  # fmt: skip
        ends = told.end_of_life.last if told and told.end_of_life else None
        if ends and ends <= today + timedelta(days=WARN_END_OF_LIFE):
            found.append(Expiry(scanner=one.code, words="end of life", on=ends, over=ends < today))  # fmt: skip
    return sorted(found, key=lambda e: e.on)


# -- as they are kept


def steps_as_json(steps: Sequence[Step]) -> list[dict[str, Any]]:
    """Steps, ready to be stored."""
    return [
        {
            "state": str(s.state), "day": s.day.isoformat(), "by": s.by, "note": s.note,
            "evidence": [{"need": e.need, "id": e.id, "day": e.day.isoformat()} for e in s.evidence],
        }
        for s in steps
    ]  # fmt: skip


def steps_from_json(told: Sequence[Mapping[str, Any]]) -> tuple[Step, ...]:
    """The steps that `steps_as_json` wrote."""
    return tuple(
        Step(
            state=State(s["state"]), day=date.fromisoformat(s["day"]), by=s["by"], note=s["note"],
            evidence=tuple(Evidence(need=e["need"], id=e["id"], day=date.fromisoformat(e["day"])) for e in s["evidence"]),
        )
        for s in told
    )  # fmt: skip


def measured(values: Mapping[str, Any]) -> dict[str, Value]:
    """The values of a measurement as they are kept."""
    return {
        n: Value(value=float(v["value"]), unit=v["unit"], method=v["method"])
        for n, v in values.items()
    }
