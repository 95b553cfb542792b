"""Values of the pages of scanners and phantoms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from markupsafe import Markup

from provident.acquisition.phantoms import Due
from provident.acquisition.phantoms.accreditation import State
from provident.kernel import Finding
from provident.plan import Plan
from provident.web.scanners import charting, holds, standing
from provident.web.scanners.charting import Drawn
from provident.web.scanners.selectors import PhantomScan, Scanner, Seen
from provident.web.scanners.standing import Change, Expiry, Known
from provident.web.ui.numbers import plain


STANDING = {
    "overdue": ("red", "overdue"), "bridging": ("amber", "asked after a change"), "repeat": ("amber", "scan again"),
    "due": ("amber", "due"), "waiting": ("blue", "waits to be accepted"), "planned": ("grey", "planned"),
}  # fmt: skip
SCAN_STATE = {
    "measuring": ("blue", "being measured"), "measured": ("amber", "to be decided"), "accepted": ("green", "accepted"),
    "rejected": ("red", "rejected"),
}  # fmt: skip
OUTCOME = {
    "pass": ("green", "within limits"), "warn": ("amber", "look at it"), "fail": ("red", "outside limits"),
    "not_assessable": ("grey", "not assessable"),
}  # fmt: skip
ACCREDITED = {
    State.APPLIED: "grey", State.ACCREDITED: "green", State.SUSPENDED: "amber", State.EXPIRED: "red", State.WITHDRAWN: "red",
}  # fmt: skip
FACTS = ("make", "model", "software", "serial", "station", "coil")


@dataclass(frozen=True, slots=True, kw_only=True)
class AccreditationLine:
    """The accreditation of one protocol."""

    protocol: str
    colour: str
    state: str
    words: str
    until: date | None
    steps: tuple[tuple[str, date, str, str, str], ...]  # state, day, by, note, evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class DueLine:
    """One phantom that is due on one scanner."""

    scanner: int
    code: str
    site: str
    phantom: str
    protocol: str
    on: date
    until: date
    colour: str
    state: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeLine:
    """A change with what waits for it."""

    pk: int
    fact: str
    old: str
    new: str
    day: date
    seen_at: datetime
    open: bool
    waits: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScannerLine:
    """One scanner of the register."""

    pk: int
    code: str
    site: str
    modality: str
    name: str
    field: str
    seen: Seen
    observed: tuple[tuple[str, str], ...]
    used: bool
    begins: str
    ends: str
    ends_soon: bool
    ended: bool
    successor: str
    open_changes: int
    accredited: tuple[AccreditationLine, ...]
    due: DueLine | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FactLine:
    """What the plan says of a fact of a scanner, and what its images show."""

    name: str
    plan: str
    seen: str
    differs: bool


NOTHING = Seen(first=None, last=None, exams=0)


def due_lines(found: Iterable[Due], rows: Mapping[str, Scanner]) -> list[DueLine]:
    """What is due, as the page shows it."""
    lines = []
    for d in found:
        colour, word = STANDING[str(d.standing)]
        row = rows[d.scanner]
        lines.append(DueLine(
            scanner=row.pk, code=d.scanner, site=row.site.name, phantom=d.phantom, protocol=d.protocol, on=d.on,
            until=d.until, colour=colour, state=word, words=d.words,
        ))  # fmt: skip
    return lines


def register(
    plan: Plan, rows: Sequence[Scanner], known: Mapping[int, Known], seen: Mapping[int, Seen], dues: Sequence[DueLine],
    ends: Sequence[Expiry], today: date,
) -> list[ScannerLine]:  # fmt: skip
    """All scanners, by site."""
    return [
        scanner_line(plan, r, known[r.pk], seen.get(r.pk, NOTHING), dues, ends, today)
        for r in rows
    ]


def scanner_line(
    plan: Plan, row: Scanner, known: Known, seen: Seen, dues: Sequence[DueLine], ends: Sequence[Expiry], today: date
) -> ScannerLine:  # fmt: skip
    """One scanner."""
    told = plan.sites.scanners.get(row.code)
    warned = [e for e in ends if e.scanner == row.code and e.words == "end of life"]
    observed = row.observed if isinstance(row.observed, dict) else {}
    return ScannerLine(
        pk=row.pk, code=row.code, site=row.site.name, modality=row.modality, name=f"{row.make} {row.model}".strip(),
        field=str(told.field) if told and told.field else "", seen=seen,
        observed=tuple((n, str(observed[n])) for n in FACTS[2:] if observed.get(n)),
        used=standing.in_use(plan, row.code, today),
        begins=str(told.from_) if told and told.from_ else "",
        ends=str(told.end_of_life) if told and told.end_of_life else "",
        ends_soon=bool(warned), ended=any(e.over for e in warned), successor=(told.then or "") if told else "",
        open_changes=sum(c.open for c in known.changes), accredited=tuple(accreditations(plan, known, today)),
        due=next((d for d in dues if d.scanner == row.pk), None),
    )  # fmt: skip


def accreditations(plan: Plan, known: Known, today: date) -> list[AccreditationLine]:
    """The accreditation of each protocol; none where the plan needs nothing of the scanner."""
    if not standing.needs(plan, known.code):
        return []
    lines = []
    for protocol in standing.protocols(plan, known.code):
        found = standing.accreditation(plan, known, protocol)
        state = found.on(today)
        steps = tuple(
            (str(s.state), s.day, s.by, s.note, ", ".join(f"{e.need.replace('_', ' ')} of {e.day:%-d %b %Y}" for e in s.evidence))
            for s in reversed(found.steps)
        )  # fmt: skip
        lines.append(AccreditationLine(
            protocol=protocol, colour=ACCREDITED[state], state=str(state), words=found.words(today), until=found.until,
            steps=steps,
        ))  # fmt: skip
    return lines


def fact_lines(plan: Plan, row: Scanner) -> list[FactLine]:
    """Each fact, with what was seen last."""
    told = plan.sites.scanners.get(row.code)
    observed = row.observed if isinstance(row.observed, dict) else {}
    lines = []
    for name in FACTS:
        asked = str(getattr(told, name, None) or "") if told else ""
        found = str(observed.get(name, ""))
        differs = bool(asked and found) and asked.upper() not in found.upper()
        lines.append(FactLine(name=name, plan=asked, seen=found, differs=differs))
    return [f for f in lines if f.plan or f.seen]


def change_lines(plan: Plan, known: Known) -> list[ChangeLine]:
    """Every change, the newest first, with what waits for it or how it was closed."""
    return [
        ChangeLine(pk=c.pk, fact=c.fact, old=c.old, new=c.new, day=c.day, seen_at=c.seen_at, open=c.open,
                   waits=_waits(plan, known, c))
        for c in reversed(known.changes)
    ]  # fmt: skip


def _waits(plan: Plan, known: Known, change: Change) -> str:
    if not change.open:
        return change.words
    held = "The reads of its exams are not prepared." if holds.holds_reads(plan) else "Nothing is held."  # fmt: skip
    missing = holds.lacking(plan, known, change.day)
    if missing:
        return f"{held} {' and '.join(missing)} has to be scanned and accepted."
    return f"{held} It can be released."


# -- phantoms


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanLine:
    """One phantom scan of a list."""

    pk: int
    scanner: int
    code: str
    site: str
    phantom: str
    protocol: str
    acquired_on: date
    sent_at: datetime
    state: str
    colour: str
    word: str
    outcome_colour: str
    outcome: str
    values: str
    engine: str


def scan_line(plan: Plan, row: PhantomScan) -> ScanLine:
    """One phantom scan."""
    rests = ruling_of(plan, row)
    colour, word = SCAN_STATE[row.state]
    outcome_colour, outcome = OUTCOME[rests.outcome] if rests else ("grey", "")
    limits = _limits_of(plan, row.phantom)
    names = [n for n in limits if rests and n in rests.values] or (list(rests.values)[:3] if rests else [])  # fmt: skip
    return ScanLine(
        pk=row.pk, scanner=row.scanner_id, code=row.scanner.code, site=row.scanner.site.name, phantom=row.phantom,
        protocol=row.protocol, acquired_on=row.acquired_on, sent_at=row.sent_at, state=row.state, colour=colour, word=word,
        outcome_colour=outcome_colour, outcome=outcome,
        values=", ".join(f"{n.replace('_', ' ')} {_number(rests.values[n])}" for n in names) if rests else "",
        engine=f"{rests.engine} {rests.version}" if rests else "",
    )  # fmt: skip


def engine_words(engine: str) -> str:
    """An engine after the word "by": `provident 1`, `hand ACR manual 2022`."""
    return engine.removeprefix("by ")


def ruling_of(plan: Plan, row: PhantomScan) -> Any:
    """The measurement that the state of a scan rests on: that of the plan's engine, else the latest."""
    told = plan.phantoms.phantoms.get(row.phantom) if plan.phantoms else None
    rows = list(row.measurements.all())
    mine = [m for m in rows if told and m.engine == told.engine]
    return next(reversed(mine or rows), None)


def _limits_of(plan: Plan, phantom: str) -> Mapping[str, Any]:
    told = plan.phantoms.phantoms.get(phantom) if plan.phantoms else None
    return told.accept if told else {}


def _number(value: Mapping[str, Any]) -> str:
    number = plain(float(f"{value['value']:.4g}"))
    return f"{number} {value['unit']}".rstrip()


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueLine:
    """One value of a scan against its limit."""

    name: str
    found: str
    limit: str
    colour: str
    word: str
    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasurementLine:
    """What one engine measured."""

    engine: str
    colour: str
    outcome: str
    values: tuple[ValueLine, ...]
    findings: tuple[Finding, ...]


def measurement_lines(plan: Plan, row: PhantomScan) -> list[MeasurementLine]:
    """What each engine measured of a scan."""
    limits = _limits_of(plan, row.phantom)
    lines = []
    for m in row.measurements.all():
        colour, word = OUTCOME[m.outcome]
        findings = tuple(Finding.from_json(f) for f in m.findings)
        wrong = " ".join(f.message for f in findings)
        names = [*limits, *(n for n in m.values if n not in limits)]
        values = tuple(
            _value_line(n, m.values.get(n), m.unknown.get(n, ""), limits.get(n), wrong)
            for n in names
        )
        lines.append(MeasurementLine(engine=engine_words(f"{m.engine} {m.version}"), colour=colour, outcome=word, values=values, findings=findings))  # fmt: skip
    return lines


def _value_line(
    name: str, value: Mapping[str, Any] | None, why: str, limit: Any, wrong: str
) -> ValueLine:
    words = name.replace("_", " ")
    if value is None:
        return ValueLine(name=words, found=f"not measured: {why or 'the engine does not give it'}",
                         limit=str(limit or ""), colour="grey", word="not assessable", method="")  # fmt: skip
    bad = f"{name} of" in wrong
    unclear = limit is not None and f"no limit of {name} " in wrong
    colour, word = ("red", "outside") if bad else ("grey", "no limit for this field strength") if unclear else ("green", "within") if limit else ("grey", "")  # fmt: skip
    return ValueLine(name=words, found=_number(value), limit=str(limit or ""), colour=colour, word=word, method=value.get("method", ""))  # fmt: skip


# -- charts


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartCard:
    """One chart with its words."""

    title: str
    picture: Markup
    engine: str
    flagged: str
    words: str
    false_alarms: str
    bridges: tuple[str, ...]
    points: tuple[tuple[str, date, str, str], ...]  # scan, day, value, engine


def chart_cards(lines: Sequence[Drawn], plan: Plan, phantom: str) -> list[ChartCard]:
    """The charts; measures with a limit of the plan before those without, flagged ones first of all."""
    limits = _limits_of(plan, phantom)
    ordered = sorted(lines, key=lambda d: (not (d.drifts or d.jumps), d.measure not in limits))  # fmt: skip
    return [_card(d, str(limits.get(d.measure, ""))) for d in ordered]


def _card(line: Drawn, limit: str) -> ChartCard:
    name = line.measure.replace("_", " ")
    title = f"{name}{f', {line.unit}' if line.unit else ''}"
    performance = line.now.performance
    return ChartCard(
        title=title[:1].upper() + title[1:], picture=charting.svg(line, title=f"{title} by {line.engine}"), engine=engine_words(line.engine),
        flagged=" and ".join(w for w, there in (("drift", line.drifts), ("jump", line.jumps)) if there),
        words=f"{line.now.words}{f' The plan accepts {limit}.' if limit else ''}",
        false_alarms=performance.words if performance else "", bridges=line.bridges,
        points=tuple((p.submission, p.day, f"{p.value:.4g} {line.unit}".rstrip(), str(p.measured_by)) for p in reversed(line.points)),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """A line that drifts or jumps."""

    scanner: int
    code: str
    phantom: str
    protocol: str
    measure: str
    words: str


def alarms(scans: Iterable[PhantomScan]) -> list[Alarm]:
    """The lines whose newest scan was flagged when it was measured."""
    return [
        Alarm(scanner=row.scanner_id, code=row.scanner.code, phantom=row.phantom, protocol=row.protocol,
              measure=flag["measure"].replace("_", " "), words=flag["words"])
        for row in scans
        for flag in row.flags
    ]  # fmt: skip


def which_choices(plan: Plan, rows: Sequence[Scanner]) -> list[tuple[str, str]]:
    """Each scanner with each of its phantoms and protocols."""
    return [
        (f"{row.pk}|{rule.id}|{protocol}", f"{row.code} ({row.site.name}) · {rule.id.replace('_', ' ')}{f' · {protocol}' if protocol else ''}")
        for row in rows
        for rule in standing.rules_of(plan, row.code)
        for protocol in rule.protocols
    ]  # fmt: skip


def measures_of(plan: Plan) -> list[tuple[str, str]]:
    """The measures that any phantom of the plan has a limit for, with the limit's unit."""
    found: dict[str, str] = {}
    for rule in plan.phantoms.phantoms.values() if plan.phantoms else ():
        for name, limit in rule.accept.items():
            found.setdefault(name, next((c.within.unit or "" for c in limit.cases), ""))
    return list(found.items())
