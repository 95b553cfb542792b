"""Count each irradiation event once, whatever came, in whatever order and how often.

An event is told apart by its UID and plane. Where a machine writes none, by what the
event says and by its place among equals of the same report, so that a report that is
sent again adds nothing and two equal exposures in one report stay two.
Where the same event is stated with different doses the larger is kept and said.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from math import fsum

from provident.acquisition.dose.model import (
    BESIDE,
    MAIN,
    TOTALS_OF,
    Event,
    Kind,
    Report,
    Source,
)
from provident.acquisition.dose.units import ABSENT


Key = tuple[str, ...]
_SAME = 1e-6  # relative: the same number, written twice
_MEASURED = 1e-4  # relative: a total that a meter sums by itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A stated total that the events do not add up to."""

    report: str
    total: str
    stated: float
    summed: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """Events that count once each, and what was odd about them."""

    events: tuple[Event, ...]
    conflicts: tuple[Event, ...] = ()
    nameless: tuple[Event, ...] = ()
    repeated: tuple[str, ...] = ()
    cumulative: bool = False
    differences: tuple[Difference, ...] = ()
    # what the machine's own totals add to the sums of the events
    more: Mapping[str, float] = field(default_factory=dict)
    # totals of which neither the events nor the machine know all
    unsettled: frozenset[str] = frozenset()


def keyed(events: Sequence[Event]) -> list[tuple[Key, Event]]:
    """Each event of one report or image with what tells it apart."""
    seen: Counter[Key] = Counter()
    found = []
    for event in events:
        key: Key = ("uid", event.uid, event.plane)
        if not event.uid:
            said = _said(event)
            seen[said] += 1
            key = (*said, str(seen[said]))
        found.append((key, event))
    return found


def _said(event: Event) -> Key:
    # An acquisition of many CT images, or an injection that heads every image, is one event.
    amounts = (
        ""
        if event.source is Source.IMAGE and event.kind is Kind.CT
        else _written(event)
    )
    where = "" if event.started else event.read_from
    # Reports and screens are compared with one another; one injection heads every image.
    together = event.source in (Source.REPORT, Source.SCREEN)
    if together or event.kind is Kind.ADMINISTRATION:
        where = ""
    return (
        "says", str(event.kind), event.started, event.protocol, event.technique, event.plane,
        event.side, event.view, event.tracer, amounts, where,
    )  # fmt: skip


def _written(event: Event) -> str:
    return ";".join(f"{n}={v:.9g}" for n, v in sorted(event.amounts.items()))


def once(keyed_events: Iterable[tuple[Key, Event]]) -> Counted:
    """The events, each once; of several readings of one event the larger dose is kept."""
    groups: dict[Key, list[Event]] = defaultdict(list)
    for key, event in keyed_events:
        groups[key].append(event)
    events, conflicts, nameless = [], [], []
    for key in sorted(groups):
        event, agreed = _merged(groups[key])
        events.append(event)
        if not agreed:
            conflicts.append(event)
        if key[0] == "says":
            nameless.append(event)
    return Counted(
        events=tuple(events), conflicts=tuple(conflicts), nameless=tuple(nameless)
    )


def _merged(group: Sequence[Event]) -> tuple[Event, bool]:
    if all(e.kind is Kind.CT and e.source is Source.IMAGE for e in group):
        return _acquisition(group), True
    # The most complete reading that states the largest dose, whatever the order of arrival.
    chosen = max(group, key=_weight)
    return chosen, all(_agree(chosen, other) for other in group)


def _weight(event: Event) -> tuple[float, int, int, str, str]:
    main = event.main
    return (
        -1.0 if main is None else main,
        len(event.amounts),
        -len(event.unread),
        _written(event),
        repr(event.as_json()),
    )


def _agree(a: Event, b: Event) -> bool:
    # Totals are made of these; what only one reading states is no contradiction.
    both = set(a.amounts) & set(b.amounts)
    known = (a.main is None) == (b.main is None)
    return known and all(_close(a.amounts[n], b.amounts[n], _SAME) for n in both)


def _acquisition(images: Sequence[Event]) -> Event:
    """The acquisition of CT images: the mean of CTDIvol, which varies with tube current along the body."""
    values = sorted(
        e.amounts["ctdivol_mgy"] for e in images if "ctdivol_mgy" in e.amounts
    )
    first = min(images, key=lambda e: (e.started, e.read_from, repr(e.as_json())))
    amounts = {"ctdivol_mgy": fsum(values) / len(values)} if values else {}
    unread = {n: why for n, why in first.unread.items() if n not in amounts}
    if values and len(values) < len(images):
        unread["ctdivol_mgy"] = "not all images of the acquisition state it"
    return replace(first, amounts=amounts, unread=unread)


def count_reports(reports: Sequence[Report]) -> Counted:
    """The events of all reports of one machine on one exam, checked against the totals it states."""
    distinct, repeated = _distinct(reports)
    parts = [keyed(report.events) for report in distinct]
    counted = once(pair for pairs in parts for pair in pairs)
    stated = {name for report in distinct for name in report.stated}
    checks = {name: _check(name, distinct, parts) for name in sorted(stated - BESIDE)}
    cumulative = _overlap(parts) or any(c.cumulative for c in checks.values())
    more = {name: check.missing for name, check in checks.items() if check.missing > 0}
    for name in sorted(stated & BESIDE):
        total = _beside(name, distinct, cumulative=cumulative)
        if total is not None:
            more[name] = max(0.0, total - total_of(name, counted.events))
    return replace(
        counted,
        repeated=repeated,
        cumulative=cumulative,
        differences=tuple(d for c in checks.values() for d in c.differences),
        more=more,
        unsettled=frozenset(
            name
            for kind in MAIN
            for name in TOTALS_OF[kind]
            if _unsettled(name, kind, distinct)
        ),
    )


def _beside(name: str, reports: Sequence[Report], *, cumulative: bool) -> float | None:
    """A total that events need not state: that of the last part, or of all reports together."""
    values = [
        v
        for r in reports
        if name in r.stated and (v := r.stated[name].value) is not None
    ]
    if not values:
        return None
    return max(values) if cumulative else fsum(sorted(values))


def _unsettled(name: str, kind: Kind, reports: Sequence[Report]) -> bool:
    """Whether a report has events without a dose, or none at all, and no total that covers them."""
    return any(
        lacking(report, kind) and not _states(report, name)
        for report in reports
        if kind in report.kinds
    )


def _states(report: Report, name: str) -> bool:
    names = (name, "agd_both_mgy") if name.startswith("agd_") else (name,)
    return any(report.stated.get(n, ABSENT).value is not None for n in names)


def lacking(report: Report, kind: Kind) -> bool:
    """Whether the events of a kind do not tell the whole of a report."""
    of_kind = [e for e in report.events if e.kind is kind]
    return not of_kind or any(e.main is None and not e.without_dose for e in of_kind)


def _distinct(reports: Sequence[Report]) -> tuple[list[Report], tuple[str, ...]]:
    """Reports that say something of their own, in a fixed order; and those that came again."""
    kept: dict[str, Report] = {}
    ordered = sorted(reports, key=lambda r: (r.at, r.uid, repr(r)))
    repeated = tuple(
        report.uid
        for report in ordered
        if kept.setdefault(_content(report), report) is not report
    )
    return list(kept.values()), repeated


def _content(report: Report) -> str:
    """What a report says, without its own UID and time."""
    events = [
        (key, _written(event), sorted(event.unread.items()))
        for key, event in keyed(report.events)
    ]
    return repr(
        (sorted(events), sorted(report.stated.items(), key=str), report.partial)
    )


def _overlap(parts: Sequence[Sequence[tuple[Key, Event]]]) -> bool:
    keys = [{key for key, _ in part} for part in parts]
    return any(a & b for n, a in enumerate(keys) for b in keys[n + 1 :])


@dataclass(frozen=True, slots=True)
class _Check:
    missing: float
    differences: tuple[Difference, ...]
    cumulative: bool


def _check(
    name: str, reports: Sequence[Report], parts: Sequence[Sequence[tuple[Key, Event]]]
) -> _Check:
    """Explain each report's total by its own events, or by those of all parts up to it.

    The totals of a report in parts rise, so that its parts are taken in that order.
    """
    stated = [
        (value, report, part)
        for report, part in zip(reports, parts, strict=True)
        if (value := report.stated.get(name, ABSENT).value) is not None
    ]
    if not stated:
        return _Check(0.0, (), False)
    so_far: list[tuple[Key, Event]] = [
        pair
        for report, part in zip(reports, parts, strict=True)
        if report.stated.get(name, ABSENT).value is None
        for pair in part
    ]
    missing, differences, cumulative = 0.0, list[Difference](), False
    for total, report, part in sorted(stated, key=lambda s: (not s[2], s[0], s[1].uid)):
        so_far = [*so_far, *part]
        own, all_parts = _sum(name, part), _sum(name, so_far)
        if _add_up(name, total, part):
            continue
        if len(stated) > 1 and _add_up(name, total, so_far):
            cumulative = cumulative or bool(part)
            continue
        missing = max(missing, total - all_parts)
        # An event without a dose explains why the machine's total is larger.
        if total < own or not any(lacking(report, kind) for kind in report.kinds):
            differences.append(
                Difference(report=report.uid, total=name, stated=total, summed=own)
            )
    return _Check(missing, tuple(differences), cumulative)


def _sum(name: str, part: Iterable[tuple[Key, Event]]) -> float:
    return total_of(name, once(part).events)


def total_of(name: str, events: Iterable[Event]) -> float:
    """The sum of one total over events; those that do not know it add nothing here."""
    if name.startswith("agd_"):
        side = name.removeprefix("agd_").removesuffix("_mgy")
        return fsum(
            e.amounts.get("agd_mgy", 0.0)
            for e in events
            if side == "both" or e.side == side
        )
    return fsum(sorted(e.amounts.get(name, 0.0) for e in events))


def _close(a: float, b: float, share: float) -> bool:
    return abs(a - b) <= max(share * max(a, b), 1e-12)


def _add_up(name: str, total: float, part: Sequence[tuple[Key, Event]]) -> bool:
    """Whether a stated total is the sum of events, each and the total rounded as they are printed.

    Wider margins would hide a localizer that was lost.
    """
    events = once(part).events
    printed = [e.amounts[_amount(name)] for e in events if _amount(name) in e.amounts]
    margin = fsum(_step(value) for value in (total, *printed)) / 2
    summed = total_of(name, events)
    return abs(total - summed) <= margin + _MEASURED * max(total, summed)


def _amount(total: str) -> str:
    return "agd_mgy" if total.startswith("agd_") else total


def _step(value: float) -> float:
    """The last decimal that a number is printed with (of whole numbers, one)."""
    exponent = Decimal(f"{value:.10g}").as_tuple().exponent
    return float(10.0 ** min(int(exponent), 0))
