"""Reading charts and alarms. A lead who reads too is told nothing that would tell of their own cases."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import QuerySet

from provident.kernel import NotFound
from provident.reading.drift import Board
from provident.reading.drift_rules import Of
from provident.web.drift import boards
from provident.web.drift.models import Alarm, Run
from provident.web.people.access import Role, Thing, check, scoped
from provident.web.people.models import Membership as Membership
from provident.web.people.selectors import members
from provident.web.reading import analysis
from provident.web.reading.designs import designs
from provident.web.reading.models import Read
from provident.web.studies.models import Study


READING = (Role.READER.value, Role.ADJUDICATOR.value)


def latest(study: Study) -> dict[str, Run]:
    """The newest run of each design."""
    newest: dict[str, Run] = {}
    for run in Run.objects.filter(study=study).order_by("at", "pk"):
        newest[run.design] = run
    return newest


def own_readers(by: Membership) -> set[int]:
    """The memberships under which a person reads in the study of this one."""
    rows = Membership.objects.filter(
        user_id=by.user_id, study_id=by.study_id, role__in=READING
    )
    return set(rows.values_list("pk", flat=True))


@dataclass(frozen=True, slots=True)
class Veil:
    """What a person must not be told of a design's charts, since they read in it themselves.

    `own`: their own lines. `mirrored`: charts that with two readers tell of their own reads. `everything`: the order of
    the cases is the same for all, so that another's line could be laid beside their own reads.
    """

    own: frozenset[int] = frozenset()
    mirrored: bool = False
    everything: bool = False

    def hides(self, chart: str, reader: int) -> bool:
        """Whether this line, or an alarm on it, is not for the person."""
        return (
            self.everything
            or reader in self.own
            or (self.mirrored and chart in (Of.BIAS, Of.DISCORDANT))
        )


def veil(by: Membership, endpoint: str) -> Veil:
    """What this person must not be told of a design's charts."""
    own = own_readers(by)
    rows = analysis.assignments(by.study).filter(design=endpoint, role="primary")
    readers = set(rows.values_list("reader_id", flat=True))
    mine = frozenset(own & readers)
    if not mine:
        return Veil(own=frozenset(own))
    design = designs(by.study).get(endpoint)
    same_order = design is not None and not design.order.per_reader
    return Veil(own=frozenset(own), mirrored=len(readers) == 2, everything=same_order)


def alarms(by: Membership) -> list[Alarm]:
    """The alarms that a person may know of, open ones first.

    Raises:
        Denied: the role sees none.
    """
    rows = scoped(by, Thing.DRIFT, _rows())
    veils: dict[str, Veil] = {}
    seen = []
    for row in rows:
        veils.setdefault(row.design, veil(by, row.design))
        if not veils[row.design].hides(row.chart, row.reader_id):
            seen.append(row)
    return sorted(seen, key=lambda a: (a.state == "closed", -a.raised_at.timestamp(), -a.pk))  # fmt: skip


def _rows() -> QuerySet[Alarm]:
    return Alarm.objects.select_related(
        "study", "reader__user", "run", "acknowledged_by__user", "acted_by__user", "signature__user",
    )  # fmt: skip


def alarm(by: Membership, pk: int, verb: str = "see") -> Alarm:
    """One alarm.

    Raises:
        Denied: the role may not.
        NotFound: there is no such alarm, or not for this person; the two look the same.
    """
    check(by, verb, Thing.DRIFT)
    for row in alarms(by):
        if row.pk == pk:
            return row
    raise NotFound("There is no such alarm, or it is not yours to see.")


def charts(by: Membership, endpoint: str) -> tuple[Run, list[Board], int]:
    """The newest charts of a design as this person may see them, and how many lines are kept from them.

    Raises:
        Denied: the role sees no charts.
        NotFound: nothing was charted yet.
    """
    check(by, "chart", Thing.DRIFT)
    run = latest(by.study).get(endpoint)
    if run is None:
        raise NotFound("Nothing of this read design was charted yet.")
    over = veil(by, endpoint)
    shown, hidden = [], 0
    for board in boards.read_back(run.boards):
        lines = tuple(ln for ln in board.lines if not over.hides(board.of, int(ln.reader)))  # fmt: skip
        hidden += len(board.lines) - len(lines)
        shown.append(replace(board, lines=lines))
    return run, shown, hidden


def states(by: Membership) -> dict[str, tuple[Run, list[Board]]]:
    """The newest run of each design with the lines that a person may know of; a summary, for every role that sees drift.

    Raises:
        Denied: the role sees none.
    """
    check(by, "see", Thing.DRIFT)
    found = {}
    for endpoint, run in latest(by.study).items():
        over = veil(by, endpoint)
        told = [
            replace(b, lines=tuple(ln for ln in b.lines if not over.hides(b.of, int(ln.reader))))
            for b in boards.read_back(run.boards)
        ]  # fmt: skip
        found[endpoint] = (run, told)
    return found


def codes(study: Study, readers: Iterable[int]) -> dict[int, str]:
    """How readers are called where names must not show: their code, else a number of their own."""
    rows = members(study.slug).filter(role__in=READING).order_by("pk")
    named = {m.pk: m.code or f"Reader {n}" for n, m in enumerate(rows, 1)}
    return {pk: named.get(pk, "Reader") for pk in readers}


def starts(study: Study, endpoint: str) -> dict[Of, dict[str, int]]:
    """After how many reads of a reader a chart began anew: those signed when its last alarm was closed."""
    found: dict[Of, dict[str, int]] = {}
    rows = Alarm.objects.filter(study=study, design=endpoint, state="closed")
    for row in rows.order_by("closed_at"):
        found.setdefault(Of(row.chart), {})[str(row.reader_id)] = row.reads_at_close or 0  # fmt: skip
    return found


def open_alarms(study: Study, endpoint: str) -> set[tuple[int, str]]:
    """Reader and chart of the alarms that are not closed."""
    rows = Alarm.objects.filter(study=study, design=endpoint).exclude(state="closed")
    return set(rows.values_list("reader_id", "chart"))


def read_by_id(pk: str) -> Read:
    """One signed read, for a job, which acts for the platform."""
    return Read.objects.select_related("assignment__case__study").get(pk=pk)


def leads(study: Study) -> list[Membership]:
    """Who watches the readers of a study now: the lead readers, else the trial managers."""
    rows = members(study.slug).filter(until__isnull=True, user__is_active=True)
    found = list(rows.filter(role=Role.READING_LEAD.value))
    return found or list(rows.filter(role=Role.TRIAL_MANAGER.value))


def pace(by: Membership) -> list[float]:
    """A reader's own minutes, read by read in the order of signing: all of them, whatever they were for."""
    rows: Any = Read.objects.filter(assignment__reader=by, version=1).order_by("at")
    return [s / 60 for s in rows.values_list("active_seconds", flat=True) if s]
