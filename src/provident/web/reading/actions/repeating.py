"""The only writer of hidden repeats."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction

from provident import reading
from provident.kernel import Clock
from provident.kernel.ids import new_seed
from provident.reading.repeats import FirstRead, due, rule_of, tertiles
from provident.web.jobs.queue import enqueue
from provident.web.ledger.record import SYSTEM, record
from provident.web.people.models import Membership
from provident.web.reading import analysis, placing
from provident.web.reading.designs import designs
from provident.web.reading.models import Assignment, Case, Draw, Read
from provident.web.studies.models import Study
from provident.web.studies.plans import plan_in_force, version_in_force


@transaction.atomic
def draw_repeats(
    *, study: Study, endpoint: str, clock: Clock, seed: int | None = None
) -> Draw | None:
    """Draw the hidden repeats that are due in a design: by share and stratum, of reads whose washout has passed.

    Nothing is drawn after the plan's closing day, of a locked study, or for a reader who has left.
    They get their places when their copies are made.
    """
    plan = plan_in_force(study)
    told = plan.reading[endpoint].repeats if endpoint in plan.reading else None
    study = Study.objects.select_for_update().get(pk=study.pk)
    if told is None or study.locked_at is not None:
        return None
    rule = rule_of(told, plan.study.milestones.dates())
    seed = new_seed() if seed is None else seed
    design, today = designs(study)[endpoint], clock.now().date()
    made: list[dict[str, Any]] = []
    for reader, rows in _by_reader(study, endpoint).items():
        chosen = _chosen(rule, told.strata, design, reader, rows, today, seed)
        made += [_again(r, clock) for r in chosen]
    if not made:
        return None
    drawn = Draw.objects.create(
        study=study, design=endpoint, kind=Draw.Kind.REPEATS, plan_version=version_in_force(study).version, seed=seed,
        placed=made, at=clock.now(),
    )  # fmt: skip
    for row in made:
        enqueue("provident.web.reading.tasks.make_copies", row["again"])
    record(clock=clock, by=SYSTEM, study=study.slug, action="reading.repeats_drawn", thing="draw", thing_id=str(drawn.pk),
           new={"endpoint": endpoint, "repeats": len(made), "seed": str(seed)})  # fmt: skip
    return drawn


def _by_reader(study: Study, endpoint: str) -> dict[Membership, list[Read]]:
    """The first signed version of each primary read that counts, by reader who is still there."""
    rows = analysis.reads(study, serves=None).filter(
        version=1,
        assignment__design=endpoint,
        assignment__role=Assignment.Role.PRIMARY,
        assignment__reader__until__isnull=True,
    )
    rows = rows.exclude(assignment__case__participant__status="withdrawn")
    found: dict[Membership, list[Read]] = {}
    for read in rows.select_related(
        "assignment__reader", "assignment__case__participant__site"
    ).order_by("assignment__reader", "assignment__position"):
        found.setdefault(read.assignment.reader, []).append(read)
    gone = Membership.objects.filter(replaced_by__design=endpoint, study=study)
    return {m: reads for m, reads in found.items() if m not in set(gone)}


def _chosen(
    rule: Any, strata: Iterable[str], design: reading.ReadDesign, reader: Membership, rows: list[Read], today: date,
    seed: int,
) -> list[Read]:  # fmt: skip
    thirds = tertiles({str(r.assignment.case_id): analysed(design, r) for r in rows})
    firsts = [
        FirstRead(
            case=str(r.assignment.case_id),
            on=r.at.date(),
            stratum=tuple(_stratum(name, r, thirds) for name in strata),
        )
        for r in rows
    ]
    again = Case.objects.filter(purpose=Case.Purpose.REPEAT, key__startswith=f"repeat {reader.pk} ", study=reader.study)  # fmt: skip
    repeated = {str(pk) for pk in again.filter(design=design.endpoint).values_list("source", flat=True)}  # fmt: skip
    by_case = {str(r.assignment.case_id): r for r in rows}
    chosen = due(rule, firsts, repeated, today, seed=seed, reader=str(reader.pk))
    return [by_case[c.case] for c in chosen]


def _stratum(name: str, read: Read, thirds: dict[str, str]) -> str:
    case = read.assignment.case
    values = {
        "site": case.site_code,
        "visit": str(case.visits[0]),
        "score_tertile": thirds[str(case.pk)],
    }
    return values[name]


def analysed(design: reading.ReadDesign, read: Read) -> float | None:
    """The number that a design compares, as a stored read has it; None where it has none."""
    visit, _, name = design.value.rpartition(".") if design.per_participant else (next(iter(read.derived), ""), "", design.value)  # fmt: skip
    if design.per_participant and visit not in design.visits:
        visit, _, name = design.value.partition(".")
    for stored in (read.derived, read.answers):
        value = stored.get(visit, {}).get(name)
        if isinstance(value, int | float):
            return float(value)
    return None


def _again(read: Read, clock: Clock) -> dict[str, Any]:
    place = read.assignment
    made = placing.show_again(place.case, Case.Purpose.REPEAT, place.reader, clock)
    return {"again": made.pk, "case": place.case_id, "reader": place.reader_id, "seat": place.seat}  # fmt: skip
