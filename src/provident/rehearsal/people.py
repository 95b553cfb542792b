"""Who takes part in the rehearsed study, where and since when, and how their sites work."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from provident.plan import Plan
from provident.rehearsal.days import THURSDAY, TUESDAY


FIRST, LAST = (
    285,
    2,
)  # days before today on which the first and the last participant are randomised
EARLY_SHARE = 0.7  # of the participants come early enough for a visit half a year later
EARLY, LATE = (
    178,
    158,
)  # days before today between which nobody is randomised: a summer break


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A participant of the timeline. `number` counts from 1 over the study, `nth` from 0 in the site."""

    number: int
    site: str
    nth: int
    code: str
    anchor: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """How a site works.

    Attributes:
        place: where in the window it scans, 0 its first day, 1 its last.
        weekday: on which it scans.
        lag: Thursdays that pass before a scan is sent, at least and at most.
        books: modalities whose exams it books in the platform.
        by_trial_number: whether its scanners are given the trial number in place of the hospital's.
    """

    place: tuple[float, float]
    weekday: int
    lag: tuple[int, int]
    books: frozenset[str]
    by_trial_number: bool = False


EXCELLENT = Habits(place=(0.4, 0.6), weekday=THURSDAY, lag=(0, 0), books=frozenset({"MR", "DX", "CR", "US"}), by_trial_number=True)  # fmt: skip
MIDDLE = Habits(place=(0.3, 0.8), weekday=TUESDAY, lag=(0, 0), books=frozenset({"MR"}))
SLOW = Habits(place=(0.75, 1.0), weekday=2, lag=(1, 2), books=frozenset())


@dataclass(frozen=True, slots=True, kw_only=True)
class Kinds:
    """Three sites of a plan by what they are like; with fewer sites one is several."""

    excellent: str
    middle: str
    slow: str


def kinds_of_site(plan: Plan) -> Kinds:
    """The plan's first site is excellent, its last slow, one between them in between."""
    order = list(plan.sites.sites)
    return Kinds(excellent=order[0], middle=order[len(order) // 2], slow=order[-1])


def habits(plan: Plan, site: str) -> Habits:
    """How a site of the plan works."""
    kinds = kinds_of_site(plan)
    if site == kinds.excellent:
        return EXCELLENT
    return SLOW if site == kinds.slow else MIDDLE


def people(plan: Plan, today: date, count: int) -> Iterator[Person]:
    """The participants in order of randomisation; each site gets its share, spread over the time."""
    targets = {site: told.target for site, told in plan.sites.sites.items()}
    seen = dict.fromkeys(targets, 0)
    # Counted from a Tuesday, so that the weekly rhythm of the sites meets the same days of everybody's windows.
    counted_from = today - timedelta(days=(today.weekday() - TUESDAY) % 7)
    middle = kinds_of_site(plan).middle
    last = max((n for n, s in enumerate(_sites(targets, count)) if s == middle), default=-1)  # fmt: skip
    early = math.ceil(EARLY_SHARE * count)
    for index, site in enumerate(_sites(targets, count)):
        ago = (
            _between(FIRST, EARLY, index, early)
            if index < early
            else _between(LATE, LAST, index - early, count - early)
        )
        # The last one at the middle site comes now, so that its scanner's update is of last week.
        ago = LAST if index == last and seen[site] else ago
        yield Person(
            number=index + 1, site=site, nth=seen[site], code=code_of(plan, site, seen[site]),
            anchor=counted_from - timedelta(days=round(ago)),
        )  # fmt: skip
        seen[site] += 1


def _sites(targets: Mapping[str, int], count: int) -> Iterator[str]:
    """The site of each participant: the one that is farthest from its target."""
    seen = dict.fromkeys(targets, 0)
    for _ in range(count):
        site = min(targets, key=lambda s: (seen[s] + 0.5) / targets[s])
        seen[site] += 1
        yield site


def code_of(plan: Plan, site: str, nth: int) -> str:
    """The trial number that the platform gives the nth participant of a site, from 0."""
    return f"{plan.sites.sites[site].prefix}-{101 + nth}"


def _between(first: float, last: float, index: int, count: int) -> float:
    return first + (last - first) * (index / (count - 1) if count > 1 else 0)


def modalities(plan: Plan, exam: str) -> tuple[str, ...]:
    """The modalities that an exam of the plan may have."""
    return tuple(plan.imaging[exam].modality)


def scanner_of(plan: Plan, site: str, exam: str, day: date) -> str | None:
    """The site's scanner for an exam: the first in use on that day of a modality that the exam may have."""
    for name in plan.sites.sites[site].scanners:
        scanner = plan.sites.scanners[name]
        in_use = scanner.from_ is None or scanner.from_.first <= day
        if in_use and scanner.modality in modalities(plan, exam):
            return name
    return None


def first_exam(plan: Plan, modality: str) -> str | None:
    """The plan's first exam of a modality."""
    return next((e for e in plan.imaging if modality in modalities(plan, e)), None)
