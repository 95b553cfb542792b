"""From a plan, a day and a seed to all that happens before that day: a pure function.

Three kinds of site make a study what it is: one that does everything on the day, one in between whose MR scanner gets
new software in the last week, and one that scans late and sends later. Sites send on Thursdays.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import numpy as np

from provident.kernel import InvalidInput
from provident.plan import Plan
from provident.rehearsal.courses import course
from provident.rehearsal.days import moment
from provident.rehearsal.happenings import Booking, Happening, NotDone, Scan, Withdrawal
from provident.rehearsal.people import people as everybody
from provident.rehearsal.phantoms import phantom_days
from provident.rehearsal.routine import reading, weeks
from provident.rehearsal.wrong import gone_wrong, left_by, with_new_software


def timeline(
    plan: Plan, *, today: date, seed: int, participants: int | None = None, readers: Sequence[str] = (),
) -> list[Happening]:  # fmt: skip
    """All that happens before `today`, in order of time; the same arguments give the same list.

    Args:
        plan: the plan whose visits, sites and scanners are followed.
        today: the day on which the study is looked at; nothing happens on it.
        seed: of every draw.
        participants: how many are enrolled; the plan's number when not given.
        readers: usernames of two readers, of whom the second reads less, and of an adjudicator.

    Raises:
        InvalidInput: no participants, or more than the sites' numbers reach.
    """
    count = plan.study.population.participants if participants is None else participants
    if not 1 <= count <= 300:
        raise InvalidInput(f"A rehearsal has 1 to 300 participants, not {count}.")
    rng = np.random.default_rng([seed, 11])
    people = list(everybody(plan, today, count))
    smooth = [h for person in people for h in course(plan, person, rng)]
    real = list(_possible(list(gone_wrong(plan, smooth, people, today)), today))
    real = list(with_new_software(plan, real))
    scans = [h for h in real if isinstance(h, Scan)]
    left = {f"left_by_{w}": left_by(plan, people, w) for w in ("site", "physicist")}
    begins = min(h.at for h in real).date()
    team = [
        *weeks(scans, today, **left),
        *reading(today, readers),
        *phantom_days(plan, begins, today),
    ]
    return sorted([*real, *_before(team, today)], key=lambda h: (h.at, str(h)))


def _before(happenings: Sequence[Happening], today: date) -> Iterator[Happening]:
    return (h for h in happenings if h.at < moment(today, 0))


def _possible(happenings: Sequence[Happening], today: date) -> Iterator[Happening]:
    """Nothing from today on, nothing after a withdrawal, no booking of what was not done or of a day long past."""
    left = {h.code: h.at for h in happenings if isinstance(h, Withdrawal)}
    undone = {(h.code, h.visit, h.exam) for h in happenings if isinstance(h, NotDone)}
    for h in _before(happenings, today):
        code = getattr(h, "code", "")
        if code in left and h.at > left[code]:
            continue
        if isinstance(h, Booking) and (h.code, h.visit, h.exam) in undone:
            continue
        yield h
