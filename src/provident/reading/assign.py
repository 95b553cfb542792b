"""Who reads which case, and who may adjudicate it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

from provident.kernel import NotReady, PlanError
from provident.reading.cases import Case, Placed
from provident.reading.design import ReadDesign
from provident.reading.lots import lot, shuffled


Seats = tuple[str, ...]
"""The readers of a case; the first is reader 1 for the rule `first`."""


def assign(
    design: ReadDesign,
    cases: Iterable[Case],
    readers: Sequence[str],
    seed: int,
    existing: Sequence[Placed] = (),
) -> dict[str, Seats]:
    """The primary readers of each case, by case id.

    Where the pool is larger than needed, every pair of readers gets the same number of cases
    (differing by at most one within one draw), and so does each seat.

    Raises:
        PlanError: too few readers, a reader twice, or more readers than `everyone_reads` allows.
    """
    _check_readers(design, readers)
    teams = list(combinations(sorted(readers), design.primaries))
    used = _teams_so_far(existing)
    load = Counter(placed.reader for placed in existing)
    firsts = Counter(placed.reader for placed in existing if placed.seat == 1)
    given: dict[str, Seats] = {}
    ids = [case.id for case in cases]
    for case in shuffled(seed, (design.endpoint, "assign"), ids):

        def cost(team: Seats, case: str = case) -> tuple[int, int, int]:
            chance = lot(seed, design.endpoint, "team", case, *team)
            return used[team], sum(load[r] for r in team), chance

        team = min(teams, key=cost)
        used[team] += 1
        load.update(team)
        seats = _seated(design, team, firsts, seed, case)
        firsts[seats[0]] += 1
        given[case] = seats
    return given


def _check_readers(design: ReadDesign, readers: Sequence[str]) -> None:
    if len(set(readers)) < len(readers):
        raise PlanError("a reader is named twice")
    if len(readers) < design.primaries:
        raise PlanError(
            f"{design.endpoint} needs {design.primaries} readers from the role {design.pool}, "
            f"there are {len(readers)}"
        )
    if design.everyone_reads and len(readers) != design.primaries:
        raise PlanError(
            f"{design.endpoint}: everyone reads each case, so there must be exactly "
            f"{design.primaries} readers, there are {len(readers)}; or write assignment: balanced"
        )


def _teams_so_far(existing: Sequence[Placed]) -> Counter[Seats]:
    teams: dict[str, set[str]] = {}
    for placed in existing:
        if placed.occasion == 1:
            teams.setdefault(placed.case, set()).add(placed.reader)
    return Counter(tuple(sorted(team)) for team in teams.values())


def _seated(
    design: ReadDesign, team: Seats, firsts: Counter[str], seed: int, case: str
) -> Seats:
    """The team in the order of its seats: whoever was first less often is first now."""

    def turn(reader: str) -> tuple[int, int]:
        return firsts[reader], lot(seed, design.endpoint, "seat", case, reader)

    return tuple(sorted(team, key=turn))


def adjudicator_for(
    design: ReadDesign,
    case: str,
    primaries: Iterable[str],
    adjudicators: Sequence[str],
    seed: int,
    load: Mapping[str, int] | None = None,
) -> str:
    """The adjudicator of a discordant case: never one of its readers, the least busy first.

    Raises:
        NotReady: nobody is left who has not read the case.
    """
    read_it = set(primaries)
    free = [person for person in adjudicators if person not in read_it]
    if not free:
        raise NotReady(
            f"{design.endpoint}: no adjudicator is left who has not read this case; "
            f"name another person for the role {design.adjudicator_pool}"
        )
    busy = load or {}
    return min(
        free,
        key=lambda p: (
            busy.get(p, 0),
            lot(seed, design.endpoint, "adjudicator", case, p),
        ),
    )
