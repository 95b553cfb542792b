"""Which phantom is due on which scanner, by when, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from provident.acquisition.phantoms.model import PhantomRule, Submission


class Standing(StrEnum):
    """How a phantom stands on one day, worst first."""

    OVERDUE = "overdue"
    BRIDGING = "bridging"
    REPEAT = "repeat"
    DUE = "due"
    WAITING = "waiting"
    PLANNED = "planned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A change of a scanner that was seen in its headers or reported."""

    id: str
    scanner: str
    day: date
    what: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """One phantom on one scanner with one protocol: due `on`, on time `until`."""

    phantom: str
    scanner: str
    protocol: str
    on: date
    until: date
    standing: Standing
    words: str
    change: str | None = None


def schedule(
    rules: Iterable[PhantomRule],
    submissions: Sequence[Submission],
    changes: Sequence[Changed] = (),
    *,
    today: date,
    first_use: Mapping[str, date],
    ahead: float = 14.0,
) -> tuple[Due, ...]:
    """What is due on a day, the most pressing first.

    The clock runs from the last scan that was not rejected; before any, from the scanner's
    first day of use. A rejected scan asks for a repeat at once. After a change a phantom
    with `after: scanner change` is asked for again, whatever was scanned before it.

    Args:
        first_use: the first day of use of each scanner; one without it is due today.
        ahead: how many days before its date a scan counts as due, not as planned.
    """
    found = [
        _due(rule, scanner, protocol, submissions, changes, today, first_use, ahead)
        for rule in rules
        for scanner in rule.scanners
        for protocol in rule.protocols
    ]
    order = list(Standing)
    return tuple(
        sorted(
            found,
            key=lambda d: (
                order.index(d.standing),
                d.until,
                d.scanner,
                d.phantom,
                d.protocol,
            ),
        )
    )


def _due(
    rule: PhantomRule,
    scanner: str,
    protocol: str,
    submissions: Sequence[Submission],
    changes: Sequence[Changed],
    today: date,
    first_use: Mapping[str, date],
    ahead: float,
) -> Due:
    made = sorted(
        (
            s
            for s in submissions
            if (s.phantom, s.scanner, s.protocol) == (rule.id, scanner, protocol)
            and s.acquired <= today
        ),
        key=lambda s: s.acquired,
    )
    grace = timedelta(days=rule.grace)

    def due(on: date, standing: Standing, words: str, change: str | None = None) -> Due:
        if today > on + grace and standing is not Standing.WAITING:
            late = (today - on).days
            standing, words = Standing.OVERDUE, f"{words} It is {late} days late."
        return Due(
            phantom=rule.id,
            scanner=scanner,
            protocol=protocol,
            on=on,
            until=on + grace,
            standing=standing,
            words=words,
            change=change,
        )

    open_change = next(_unbridged(rule, scanner, made, changes, today), None)
    if open_change is not None:
        what = ", ".join(open_change.what) or "something"
        words = f"The scanner changed ({what}) on {open_change.day}: scan the phantom before further reads count."
        return due(open_change.day, Standing.BRIDGING, words, open_change.id)
    if made and made[-1].accepted is False:
        return due(
            made[-1].acquired,
            Standing.REPEAT,
            f"The scan of {made[-1].acquired:%-d %B %Y} was not accepted: scan it again.",
        )
    if not made:
        on = first_use.get(scanner, today)
        return due(
            on, _near(on, today, ahead), "It has not been scanned on this scanner yet."
        )
    last = made[-1]
    on = last.acquired + timedelta(days=rule.every)
    if last.accepted is None and on > today:
        return due(
            on,
            Standing.WAITING,
            f"The scan of {last.acquired:%-d %B %Y} waits to be accepted.",
        )
    return due(
        on,
        _near(on, today, ahead),
        f"It was last scanned on {last.acquired:%-d %B %Y}.",
    )


def _near(on: date, today: date, ahead: float) -> Standing:
    return Standing.DUE if (on - today).days <= ahead else Standing.PLANNED


def _unbridged(
    rule: PhantomRule,
    scanner: str,
    made: Sequence[Submission],
    changes: Sequence[Changed],
    today: date,
) -> Iterator[Changed]:
    """Changes after which no scan was accepted, and none waits to be."""
    if not rule.after_change:
        return
    for change in sorted(changes, key=lambda c: c.day):
        if change.scanner != scanner or change.day > today:
            continue
        if not any(_answers(one, change) for one in made):
            yield change


def _answers(one: Submission, change: Changed) -> bool:
    """A scan of the day of the change answers it only if it says so."""
    later = one.acquired > change.day or one.change == change.id
    return later and one.accepted is not False
