"""The only writer of reading orders and of figures that the plan leaves open."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from provident import reading
from provident.kernel import Clock, InvalidInput, NotReady
from provident.kernel.ids import new_seed, new_token
from provident.reading import CaseState, ReadState
from provident.web.jobs.queue import enqueue
from provident.web.ledger.record import record
from provident.web.people.access import Thing, check
from provident.web.people.actions import actor
from provident.web.people.models import Membership
from provident.web.readers.selectors import standing
from provident.web.reading import analysis
from provident.web.reading.designs import (
    designs,
    open_limits,
    placed,
)
from provident.web.reading.models import (
    Assignment,
    Case,
    Draw,
    FixedLimit,
)
from provident.web.reading.selectors import pool_of
from provident.web.studies.models import Study
from provident.web.studies.plans import version_in_force


@transaction.atomic
def draw(
    *,
    study: Study,
    endpoint: str,
    by: Membership,
    clock: Clock,
    seed: int | None = None,
) -> Draw:
    """Draw the reading order of the cases that are ready and have no reader yet; kept with its seed.

    What was drawn before stays as it is.

    Raises:
        NotReady: no case is ready.
        PlanError: too few readers for the design.
    """
    check(by, "assign", Thing.CASE)
    design = designs(study)[endpoint]
    ready = list(_undrawn(study, endpoint))
    if not ready:
        raise NotReady(
            "No case is ready to be read: a case needs all its visits accepted."
        )
    people = {str(m.pk): m for m in _able(study, design, clock)}
    before = [placed(a) for a in _drawn(study, endpoint)]
    seed = new_seed() if seed is None else seed
    cases = [
        reading.Case(
            id=str(c.pk), participant=c.code, visits=tuple(c.visits),
            strata={"site": c.site_code, "visit": c.visits[0]},
        )
        for c in ready
    ]  # fmt: skip
    order = reading.extend_order(design, before, cases, sorted(people), seed)
    made = Draw.objects.create(
        study=study, design=endpoint, plan_version=version_in_force(study).version, seed=seed,
        placed=[p.as_json() for p in order.placed], unmet=[u.words for u in order.unmet], at=clock.now(),
    )  # fmt: skip
    Assignment.objects.bulk_create(
        _assignment(p, people[p.reader], made) for p in order.placed
    )
    enqueue("provident.web.reading.tasks.draw_repeats", study.pk)
    record(clock=clock, by=actor(by), study=study.slug, action="reading.order_drawn", thing="draw",
           thing_id=str(made.pk), new={"endpoint": endpoint, "cases": len(cases), "seed": str(seed),
                                       "unmet": made.unmet})  # fmt: skip
    return made


def _able(study: Study, design: reading.ReadDesign, clock: Clock) -> list[Membership]:
    """The readers of a design who may begin a case now.

    Raises:
        NotReady: too few of them; what is missing of the others.
    """
    pool = pool_of(study, design)
    found = {m: standing(m, design.endpoint, clock.now().date()) for m in pool}
    able = [m for m, s in found.items() if s.may_read]
    if len(able) < design.primaries <= len(pool):
        lacking = [f"{m.user.name or m.user.username}: {s.why}" for m, s in found.items() if not s.may_read]  # fmt: skip
        raise NotReady(
            f"Too few readers may begin a case of {design.endpoint.replace('_', ' ')}. {'. '.join(lacking)}."
        )
    return able


def _undrawn(study: Study, endpoint: str) -> Sequence[Case]:
    rows = analysis.cases(study).filter(
        design=endpoint, state=CaseState.OPEN, assignments__isnull=True
    )
    return list(
        rows.select_related("participant__site").select_for_update(of=("self",))
    )


def _drawn(study: Study, endpoint: str) -> Sequence[Assignment]:
    rows = Assignment.objects.filter(
        case__study=study, design=endpoint, role=Assignment.Role.PRIMARY
    )
    rows = rows.select_related("case__participant", "case__source__participant")
    return list(rows.order_by("position"))


def _assignment(place: reading.Placed, reader: Membership, draw_: Draw) -> Assignment:
    return Assignment(
        case_id=int(place.case), design=draw_.design, reader=reader, role=Assignment.Role.PRIMARY, seat=place.seat,
        occasion=place.occasion, position=place.position, block=place.block,
        labels=[list(pair) for pair in place.labels], draw=draw_, token=new_token(), state=ReadState.ASSIGNED,
    )  # fmt: skip


@transaction.atomic
def fix_limit(
    *,
    study: Study,
    endpoint: str,
    name: str,
    value: float,
    reason: str,
    by: Membership,
    clock: Clock,
) -> FixedLimit:
    """Fix a figure that the plan leaves to the qualification; once, with the reason.

    Raises:
        InvalidInput: the design has no such open figure, or no reason is given.
    """
    check(by, "assign", Thing.CASE)
    if name not in open_limits(study, designs(study)[endpoint]):
        raise InvalidInput(
            f'The read design {endpoint} has no figure "{name}" that waits to be fixed.'
        )
    if not reason.strip() or value < 0:
        raise InvalidInput(
            "Give a value that is not below 0, and say where it comes from."
        )
    made = FixedLimit.objects.create(
        study=study, design=endpoint, name=name, value=value, at=clock.now()
    )
    record(clock=clock, by=actor(by), study=study.slug, action="reading.limit_fixed", thing="design",
           thing_id=endpoint, new={name: value}, reason=reason)  # fmt: skip
    return made
