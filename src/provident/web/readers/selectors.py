"""What is known of readers, and whether they may read a design today."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from provident.kernel import NotFound
from provident.plan import Plan
from provident.reading.admission import (
    Demand,
    Known,
    Missing,
    Passed,
    Shown,
    demands,
    missing,
)
from provident.web.ledger.clock import clock
from provident.web.people.access import Role, Thing, check, one, scoped
from provident.web.people.models import Membership
from provident.web.readers.models import Declaration, Evidence, Hold
from provident.web.readers.models import Qualification as Qualification
from provident.web.studies.plans import plan_in_force


WHO_READ = (Role.READER.value, Role.ADJUDICATOR.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Whether a reader may begin a new study case of a design, and what is missing."""

    may_read: bool
    why: str
    missing: tuple[Missing, ...]
    known: Known
    asked: tuple[Demand, ...]


def readers(by: Membership) -> list[Membership]:
    """The readers and adjudicators of a study that a person may see: all, or themselves.

    Raises:
        Denied: the role sees no readers.
    """
    rows = scoped(by, Thing.READER, Membership.objects.filter(role__in=WHO_READ))
    return list(
        rows.filter(until__isnull=True)
        .select_related("user", "study")
        .order_by("role", "code", "pk")
    )


def reader(by: Membership, pk: int) -> Membership:
    """One reader.

    Raises:
        Denied, NotFound: as the access table says.
    """
    rows = Membership.objects.filter(role__in=WHO_READ).select_related("user", "study")
    return one(by, Thing.READER, rows, pk=pk)


def design_names(plan: Plan, of: Membership) -> list[str]:
    """The designs that a person reads or adjudicates by their role in the plan, where one is named."""
    found = []
    for endpoint, design in plan.reading.items():
        readers_ = design.readers
        adjudicates = of.role == Role.ADJUDICATOR
        if adjudicates and not readers_.adjudicator:
            continue
        pool = readers_.adjudicator_pool if adjudicates else readers_.pool
        if of.plan_role in ("", pool):
            found.append(endpoint)
    return found


def plan_role(plan: Plan, design: str, of: Membership) -> str:
    """The plan's role in which a person reads a design."""
    told = plan.reading[design].readers
    pool = told.adjudicator_pool if of.role == Role.ADJUDICATOR else told.pool
    return of.plan_role or pool


def standing(of: Membership, design: str, on: date | None = None) -> Standing:
    """Whether somebody may begin a study case of a design on a day (today). Fails closed.

    Raises:
        NotFound: the plan in force has no such design.
    """
    plan = plan_in_force(of.study)
    if design not in plan.reading:
        raise NotFound("The plan has no such read design.")
    told = plan.reading[design]
    asked = demands(told, plan.people, plan_role(plan, design, of), told.form)
    state = known(of, design)
    found = missing(told, asked, state, on or clock().now().date())
    stops = [m.words for m in found if m.stops]
    return Standing(
        may_read=not stops, why="; ".join(stops), missing=found, known=state, asked=asked,
    )  # fmt: skip


def known(of: Membership, design: str) -> Known:
    """What is recorded of a reader in a design."""
    tried = list(qualifications(of, design))
    passed = [q for q in tried if q.passed]
    newest = passed[-1] if passed else None
    since = [q for q in tried if not q.passed and (newest is None or q.at > newest.at)]
    return Known(
        shown=[
            Shown(kind=e.kind, name=e.name, on=e.on, until=e.until, form=e.form)  # type: ignore[arg-type]  # a Kind
            for e in newest_evidence(of, design)
        ],
        conflicts=_conflicts(declaration(of)),
        passed=Passed(on=newest.on, form=newest.form) if newest else None,
        read_on=_last_read(of, design),
        holds=[h.why for h in open_holds(of, design)],
        tries=len(since),
        left=of.until is not None or of.replaced_by.filter(design=design).exists(),
    )


def _conflicts(told: Declaration | None) -> Any:
    if told is None:
        return None
    if not told.says:
        return "none"
    return "accepted" if told.accepted else "open"


def _last_read(of: Membership, design: str) -> date | None:
    # Assignments belong to the app above; their reverse relation is there to be read.
    rows = of.assignments.filter(design=design, submitted_at__isnull=False)
    last = rows.order_by("-submitted_at").values_list("submitted_at", flat=True).first()
    return last.date() if last else None


def newest_evidence(of: Membership, design: str) -> list[Evidence]:
    """The newest evidence of each criterion and course."""
    rows = Evidence.objects.filter(reader=of, design=design).order_by("at", "pk")
    return list({(e.kind, e.name): e for e in rows}.values())


def declaration(of: Membership) -> Declaration | None:
    """A reader's newest declaration of conflicts."""
    return Declaration.objects.filter(reader=of).order_by("-at", "-pk").first()


def qualifications(of: Membership, design: str) -> QuerySet[Qualification]:
    """A reader's qualifications in a design, the oldest first."""
    rows = Qualification.objects.filter(reader=of, design=design)
    return rows.select_related("by__user").order_by("at", "pk")


def open_holds(of: Membership, design: str) -> QuerySet[Hold]:
    """What holds a reader now, the oldest first."""
    return Hold.objects.filter(reader=of, design=design, lifted_at__isnull=True)


def hold(by: Membership, pk: int) -> Hold:
    """One open hold of a study.

    Raises:
        Denied: the role lifts none. NotFound: there is none that is open.
    """
    check(by, "hold", Thing.READER)
    row = Hold.objects.filter(
        pk=pk, reader__study=by.study_id, lifted_at__isnull=True
    ).first()
    if row is None:
        raise NotFound("There is no such hold, or it was lifted.")
    return row


def holds(of: Membership, design: str) -> list[Hold]:
    """All holds of a reader in a design, the newest first."""
    return list(Hold.objects.filter(reader=of, design=design).order_by("-at", "-pk"))


def able(rows: Iterable[Membership], design: str, on: date) -> list[Membership]:
    """Those of some readers who may begin a case of a design."""
    return [m for m in rows if standing(m, design, on).may_read]
