"""Pages' values: the matrix, a slot, a participant, the list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from provident import plan
from provident.web.participants.cells import GROUPS, IN, Cell, cell, overdue
from provident.web.participants.selectors import (
    Membership,
    Participant,
    ParticipantFact,
    Site,
    Slot,
    SlotFact,
)
from provident.web.people.access import Field, Thing, visible
from provident.web.studies.words import (
    exam_name,
    exam_short,
    option_words,
    plain,
    reason_name,
    visit_name,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitHead:
    """A column of the matrix: a visit with its exams."""

    id: str
    name: str
    exams: tuple[tuple[str, str, str], ...]  # id, two letters, name


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixRow:
    """One participant: cells by visit, in the order of the exams; None where none is expected."""

    code: str
    site: str
    status: str
    visits: tuple[tuple[Cell | None, ...], ...]
    needs: int
    stopped: int
    oldest: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """The whole matrix, rows that need someone first."""

    heads: tuple[VisitHead, ...]
    rows: tuple[MatrixRow, ...]
    everybody: int
    target: int
    due: int
    arrived: int
    late: int


def heads(of: plan.Plan) -> tuple[VisitHead, ...]:
    """The visits of a plan with the exams each has."""
    return tuple(
        VisitHead(
            id=name,
            name=visit_name(of, name),
            exams=tuple(
                (e, exam_short(of, e), exam_name(of, e)) for e in visit.imaging
            ),
        )
        for name, visit in of.study.visits.items()
        if visit.imaging
    )


def _row(
    participant: ParticipantFact,
    columns: Sequence[VisitHead],
    of: plan.Plan,
    today: date,
) -> MatrixRow:
    cells = {(s.visit, s.exam_kind): cell(s, of, today) for s in participant.slots}
    made = list(cells.values())
    return MatrixRow(
        code=participant.code,
        site=participant.site_name,
        status=participant.status,
        visits=tuple(
            tuple(cells.get((v.id, exam)) for exam, _, _ in v.exams) for v in columns
        ),
        needs=sum(c.colour == "amber" for c in made),
        stopped=sum(c.colour == "red" and c.sign == "!" for c in made),
        oldest=max((c.age for c in made if c.colour in {"amber", "red"}), default=0),
    )


def _fits(row: MatrixRow, asked: Mapping[str, str]) -> bool:
    """Whether any cell of a row has the state and the age that the address asks for."""
    colours = GROUPS.get(asked.get("state", ""), ())
    days = asked.get("age", "")
    cells = [c for visit in row.visits for c in visit if c]
    if asked.get("state") == "late":
        cells = [c for c in cells if c.outline == "due"]
    elif colours:
        cells = [c for c in cells if c.colour in colours]
    if days.isdecimal():
        cells = [c for c in cells if c.age > int(days)]
    return bool(cells)


def matrix(
    everybody: Sequence[ParticipantFact],
    of: plan.Plan,
    today: date,
    asked: Mapping[str, str],
) -> Matrix:
    """The matrix as the address asks for it."""
    columns = heads(of)
    chosen = [p for p in everybody if not asked.get("site") or p.site == asked["site"]]
    rows = [_row(p, columns, of, today) for p in chosen]
    if asked.get("state") or asked.get("age"):
        rows = [r for r in rows if _fits(r, asked)]
    rows.sort(
        key=lambda r: (
            -(r.needs + r.stopped > 0),
            -r.stopped,
            -r.needs,
            -r.oldest,
            r.code,
        )
    )
    slots = [s for p in chosen for s in p.slots]
    arrived = sum(s.state in IN for s in slots)
    late = sum(overdue(s, today) for s in slots)
    return Matrix(
        heads=columns, rows=tuple(rows), everybody=len(chosen), target=of.study.population.participants,
        due=arrived + late, arrived=arrived, late=late,
    )  # fmt: skip


def matrix_csv(shown: Matrix) -> tuple[list[str], list[list[object]]]:
    """The matrix as a table of states: header and rows."""
    header = ["Participant", "Site", "Needs someone"]
    header += [f"{v.name} {short}" for v in shown.heads for _, short, _ in v.exams]
    rows: list[list[object]] = [
        [
            r.code,
            r.site,
            r.needs,
            *(c.state if c else "" for visit in r.visits for c in visit),
        ]
        for r in shown.rows
    ]
    return header, rows


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotPage:
    """One slot with what can be done about it."""

    pk: int
    participant: str
    site: str
    visit: str
    exam: str
    state: str
    opens_on: date
    closes_on: date
    booked_on: date | None
    reason: str
    cell: Cell
    may_move: bool


def slot_page(row: Slot, fact: SlotFact, of: plan.Plan, today: date) -> SlotPage:
    """A slot as its page shows it."""
    return SlotPage(
        pk=row.pk, participant=row.participant.code, site=row.participant.site.name,
        visit=visit_name(of, row.visit), exam=exam_name(of, row.exam_kind), state=row.state, opens_on=row.opens_on,
        closes_on=row.closes_on, booked_on=row.booked_on, reason=reason_name(of, row.reason) if row.reason else "",
        cell=cell(fact, of, today),
        may_move=row.state in {"expected", "booked", "not_done"} and row.participant.status == "active",
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipantLine:
    """One participant of the list."""

    code: str
    site: str
    status: str
    enrolled_at: datetime
    anchor_on: date | None
    needs: int
    arrived: int
    expected: int
    next_visit: str
    next_opens: date | None


def participant_lines(
    rows: Sequence[Participant],
    facts: Sequence[ParticipantFact],
    of: plan.Plan,
    today: date,
    dates: bool,
) -> list[ParticipantLine]:
    """The list of participants; `dates` says whether this person may see dates."""
    slots_of = {f.pk: f.slots for f in facts}
    return [_line(p, slots_of.get(p.pk, ()), of, today, dates) for p in rows]


def _line(
    p: Participant, slots: Sequence[SlotFact], of: plan.Plan, today: date, dates: bool
) -> ParticipantLine:
    cells = [cell(s, of, today) for s in slots]
    ahead = [
        s for s in slots if s.state in {"expected", "booked"} and s.closes_on >= today
    ]
    first = min(ahead, key=lambda s: s.opens_on, default=None)
    active = p.status == "active"
    return ParticipantLine(
        code=p.code, site=p.site.name, status=p.status, enrolled_at=p.enrolled_at,
        anchor_on=p.anchor_on if dates else None, needs=sum(c.colour == "amber" for c in cells),
        arrived=sum(s.state in IN for s in slots), expected=len(slots),
        next_visit=visit_name(of, first.visit) if first and active else "",
        next_opens=first.opens_on if first and dates and active else None,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentLine:
    """One consent option with the participant's answer."""

    id: str
    words: str
    given: bool
    required: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipantPage:
    """One participant."""

    code: str
    site: str
    status: str
    enrolled_at: datetime
    anchor_on: date
    withdrawal: str
    withdrawn_on: date | None
    arm: str
    consent: tuple[ConsentLine, ...]
    visits: tuple[tuple[str, tuple[Cell, ...]], ...]


def participant_page(
    row: Participant,
    facts: Sequence[SlotFact],
    of: plan.Plan,
    today: date,
    member: Membership,
) -> ParticipantPage:
    """A participant as the page shows it: no arm before this person may see it."""
    by_visit: dict[str, list[Cell]] = {}
    for fact in facts:
        by_visit.setdefault(fact.visit, []).append(cell(fact, of, today))
    options = of.consent.options if of.consent else {}
    return ParticipantPage(
        code=row.code, site=row.site.name, status=row.status, enrolled_at=row.enrolled_at, anchor_on=row.anchor_on,
        withdrawal=plain(row.withdrawal), withdrawn_on=row.withdrawn_on,
        arm=row.arm if Field.ARM in visible(member, Thing.PARTICIPANT) else "",
        consent=tuple(
            ConsentLine(id=name, words=option_words(of, name), given=bool(row.consent.get(name)),
                        required=bool(option.required))
            for name, option in options.items()
        ),
        visits=tuple((visit_name(of, v), tuple(cells)) for v, cells in by_visit.items()),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class LateSite:
    """A site with the exams that it is asked for."""

    code: str
    name: str
    exams: tuple[str, ...]
    oldest: int


def late_lines(
    by_site: Sequence[tuple[Site, Sequence[Slot]]], of: plan.Plan, today: date
) -> list[LateSite]:
    """What each site would be asked for."""
    return [
        LateSite(
            code=site.code,
            name=site.name,
            exams=tuple(
                f"{s.participant.code}, {visit_name(of, s.visit)}, {exam_name(of, s.exam_kind)}: closed {(today - s.closes_on).days} d ago"
                for s in late
            ),
            oldest=max((today - s.closes_on).days for s in late),
        )
        for site, late in by_site
    ]
