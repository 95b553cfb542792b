"""Whether series were acquired one after the other as the manual asks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise

from provident.acquisition import remarks
from provident.acquisition.manual import Manual, Role
from provident.dicom.facts import SeriesFacts
from provident.kernel import Finding, Outcome


Placed = tuple[Role, SeriesFacts, datetime]


def out_of_order(
    there: Sequence[tuple[Role, list[SeriesFacts]]], manual: Manual
) -> Iterator[tuple[Outcome, Finding]]:
    """What is wrong with the order of the series that are there, as (outcome, finding).

    All series of a role come before all of the next one; of those that begin at the same
    second neither is later. A time that is not in the header is not assessable.

    Args:
        there: the roles of the order with the series that count, in the order asked for.
    """
    if len(there) < 2:  # what is absent is said as such; one series alone has no order
        return
    placed: list[tuple[Role, list[Placed]]] = []
    for role, series in there:
        timed = [(role, one, at) for one in series if (at := _when(one)) is not None]
        if len(timed) < len(series):
            untimed = next(one for one in series if _when(one) is None)
            yield Outcome.NOT_ASSESSABLE, remarks.no_time(role, untimed)
        if timed:
            placed.append((role, timed))
    for (_, earlier), (_, later) in pairwise(placed):
        last = max(earlier, key=lambda p: p[2])
        first = min(later, key=lambda p: p[2])
        if last[2] > first[2]:
            outcome = remarks.graded(Outcome.FAIL, manual.order_severity)
            yield outcome, remarks.wrong_order(last, first, manual, outcome)


def _when(series: SeriesFacts) -> datetime | None:
    said = series.value("acquired_at")
    try:
        return datetime.fromisoformat(str(said)) if said else None
    except ValueError:
        return None
