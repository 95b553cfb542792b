"""Cases that show images again, to the same reader or to a new one, and their places in an order. Called by actions.

Such a case has copies, names, labels and a token of its own, and it goes among cases that nobody has opened; those
behind it get new tokens too, so that comparing two lists does not find it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import F

from provident import reading
from provident.kernel import Clock
from provident.kernel.ids import new_token
from provident.reading import CaseState, ReadState
from provident.reading.repeats import UNTOUCHED, Waiting, place
from provident.web.people.models import Membership
from provident.web.reading.designs import design_of
from provident.web.reading.models import Assignment, Case, CaseSeries, Draw
from provident.web.studies.plans import version_in_force


_FAR = 1_000_000  # two steps keep positions unique while they move up
AGAIN = (Case.Purpose.REPEAT, Case.Purpose.BRIDGING)


def show_again(source: Case, purpose: str, reader: Membership, clock: Clock) -> Case:
    """A case that shows the images of a study case again; its copies are still to be made."""
    made = Case.objects.create(
        study=source.study, design=source.design, plan_version=version_in_force(source.study).version, purpose=purpose,
        source=source, key=f"{purpose} {reader.pk} {source.pk}", visits=source.visits, state=CaseState.WAITING,
        created_at=clock.now(), changed_at=clock.now(),
    )  # fmt: skip
    CaseSeries.objects.bulk_create(
        CaseSeries(case=made, visit=row.visit, role=row.role, series=row.series)
        for row in source.series.all()
    )
    return made


def renew(source: Case) -> list[Case]:
    """Have the cases that show a case again follow it to its newest series; returns those that need copies."""
    waiting = source.read_again_as.exclude(state=CaseState.FINAL)
    for again in waiting:
        for row in source.series.all():
            CaseSeries.objects.update_or_create(
                case=again, visit=row.visit, role=row.role, defaults={"series": row.series}
            )  # fmt: skip
    return list(waiting)


def place_again(case: Case, clock: Clock) -> Assignment:
    """Put a case whose copies are there into the order of the reader for whom it was drawn."""
    drawn, told = _drawn_for(case)
    reader = Membership.objects.get(pk=told["reader"])
    design = design_of(case)
    assert case.source is not None  # the database asks for one
    ahead = Assignment.objects.filter(reader=reader, design=case.design)
    rows = list(
        ahead.filter(state=ReadState.ASSIGNED)
        .exclude(case__purpose=Case.Purpose.QUALIFICATION)
        .select_related("case__participant", "case__source__participant")
        .order_by("position")
    )
    opened = ahead.exclude(opened_at__isnull=True).order_by("-position").first()
    index = place(
        [Waiting(key=str(a.pk), block=a.block, participant=_shown(a.case)) for a in rows], _shown(case),
        block=opened.block if opened else 0, gap=design.order.gap, seed=drawn.seed,
        purpose=(case.design, str(reader.pk), str(case.source_id)),
    )  # fmt: skip
    position, block = _make_room(reader, case.design, rows, index)
    labels = reading.labels_for(
        design,
        reading.Case(id=str(case.source_id), participant=_shown(case), visits=tuple(case.visits)),
        drawn.seed,
        occasion=2,
    )  # fmt: skip
    return Assignment.objects.create(
        case=case, design=case.design, reader=reader, role=Assignment.Role.PRIMARY, seat=told["seat"], occasion=2,
        position=position, block=block, labels=[list(pair) for pair in labels], draw=drawn, token=new_token(),
        state=ReadState.ASSIGNED,
    )  # fmt: skip


def _drawn_for(case: Case) -> tuple[Draw, Mapping[str, Any]]:
    """The draw that placed a case, and what it says of it."""
    kinds = (Draw.Kind.REPEATS, Draw.Kind.BRIDGING)
    rows = Draw.objects.filter(study=case.study, design=case.design, kind__in=kinds)
    for drawn in rows.order_by("-pk"):
        for told in drawn.placed:
            if told["again"] == case.pk:
                return drawn, told
    raise LookupError("a case that is shown again was drawn")


def _shown(case: Case) -> str:
    return (case.source or case).code


def _make_room(
    reader: Membership, design: str, rows: list[Assignment], index: int
) -> tuple[int, int]:
    """A free position before the unopened case at an index, or at the end, and its block."""
    every = Assignment.objects.filter(reader=reader, design=design)
    if index >= len(rows):
        last = every.order_by("-position").first()
        return (last.position + 1, last.block) if last else (1, 1)
    position, block = rows[index].position, rows[index].block
    every.filter(position__gte=position).update(position=F("position") + _FAR)
    every.filter(position__gte=_FAR).update(position=F("position") - (_FAR - 1))
    for row in rows[UNTOUCHED:]:
        row.token = new_token()
    Assignment.objects.bulk_update(rows[UNTOUCHED:], ["token"])
    return position, block
