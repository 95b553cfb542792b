"""Reading the work on the plan, amendments and what waits for closed flows."""

from __future__ import annotations

from django.db.models import QuerySet

from provident.kernel import NotFound
from provident.web.people.access import Thing, can, check, one, scoped
from provident.web.people.models import Membership
from provident.web.planning.models import (
    Amendment,
    Comment,
    DomainSignature,
    FlowException,
    HeldTransfer,
    Task,
    Waiver,
)
from provident.web.studies.models import PlanVersion
from provident.web.studies.plans import plan_in_force


def open_tasks(by: Membership) -> dict[str, Task]:
    """Who looks after what now, by item."""
    rows = scoped(by, Thing.PLAN, Task.objects.filter(ended_at__isnull=True), "work")
    return {t.item: t for t in rows.select_related("assignee__user")}


def my_tasks(by: Membership) -> QuerySet[Task]:
    """What was given to this person and is not ended, the first due first; nothing for who does not see the plan."""
    if not can(by, "work", Thing.PLAN):
        return Task.objects.none()
    rows = scoped(by, Thing.PLAN, Task.objects.filter(ended_at__isnull=True), "work")
    return rows.filter(assignee__user=by.user_id)


def tasks_of(by: Membership, item: str) -> list[Task]:
    """All who ever looked after an item, the latest last."""
    rows = scoped(by, Thing.PLAN, Task.objects.filter(item=item), "work")
    return list(rows.select_related("assignee__user").order_by("assigned_at", "id"))


def open_task(by: Membership, item: str) -> Task:
    """The open task of an item.

    Raises:
        NotFound: nobody looks after it.
    """
    rows = Task.objects.filter(ended_at__isnull=True)
    return one(by, Thing.PLAN, rows, "work", item=item)


def comments(by: Membership) -> dict[str, int]:
    """How many comments each item has."""
    found: dict[str, int] = {}
    rows = scoped(by, Thing.PLAN, Comment.objects.all(), "work")
    for item in rows.values_list("item", flat=True):
        found[item] = found.get(item, 0) + 1
    return found


def thread(by: Membership, item: str) -> list[Comment]:
    """What was said about an item, in order."""
    rows = scoped(by, Thing.PLAN, Comment.objects.filter(item=item), "work")
    return list(rows.select_related("by__user"))


def remarks(by: Membership, amendment: Amendment) -> list[Comment]:
    """What was said about an amendment, for those who review it."""
    if not can(by, "review", Thing.AMENDMENT):
        return []
    rows = Comment.objects.filter(study=by.study_id, item=f"amendment:{amendment.pk}")
    return list(rows.select_related("by__user"))


def waivers(by: Membership) -> dict[str, Waiver]:
    """The waivers of the platform that hold, by item."""
    rows = scoped(by, Thing.PLAN, Waiver.objects.filter(ended_at__isnull=True))
    return {w.item: w for w in rows.select_related("by__user", "signature")}


def waiver(by: Membership, item: str) -> Waiver:
    """The waiver of an item that holds.

    Raises:
        NotFound: there is none.
    """
    rows = Waiver.objects.filter(ended_at__isnull=True)
    return one(by, Thing.PLAN, rows, "waive", item=item)


def domain_signatures(
    by: Membership, version: PlanVersion
) -> dict[str, list[DomainSignature]]:
    """Who signed which domain for a version of the plan."""
    found: dict[str, list[DomainSignature]] = {}
    rows = scoped(by, Thing.PLAN, DomainSignature.objects.filter(version=version))
    for row in rows.select_related("by__user"):
        found.setdefault(row.domain, []).append(row)
    return found


def workers(by: Membership) -> list[Membership]:
    """Everybody of the team to whom an item can be given: each person once."""
    rows = scoped(by, Thing.PLAN, Membership.objects.filter(until__isnull=True), "work")
    seen: dict[int, Membership] = {}
    for row in rows.select_related("user").order_by("user__name", "id"):
        if can(row, "work", Thing.PLAN):
            seen.setdefault(row.user_id, row)
    return list(seen.values())


def plan_names(by: Membership) -> dict[str, str]:
    """The names that the study has by its plan in force, by question of a plan that is started."""
    check(by, "draft", Thing.AMENDMENT)
    now = plan_in_force(by.study).study
    return {"id": now.id, "title": now.title, "sponsor": now.sponsor}


def amendments(by: Membership) -> QuerySet[Amendment]:
    """The amendments that a person may know of: those who only acknowledge see none before it is approved."""
    rows = scoped(by, Thing.AMENDMENT, Amendment.objects.all())
    if not can(by, "review", Thing.AMENDMENT):
        rows = rows.filter(
            state__in=(Amendment.State.APPROVED, Amendment.State.IN_FORCE)
        )
    return rows.select_related("base", "by__user", "study").prefetch_related("starts")


def amendment(by: Membership, pk: int, verb: str = "see") -> Amendment:
    """One amendment.

    Raises:
        Denied: the role may not.
        NotFound: there is none, or not for this person.
    """
    check(by, verb, Thing.AMENDMENT)
    row = amendments(by).filter(pk=pk).first()
    if row is None:
        raise NotFound("There is no such amendment, or it is not yours to see.")
    return row


def members_who(by: Membership) -> list[Membership]:
    """The study's team as it is now, for the list of who has acknowledged."""
    check(by, "review", Thing.AMENDMENT)
    rows = Membership.objects.filter(study=by.study_id, until__isnull=True)
    return list(rows.select_related("user").order_by("site", "role", "id"))


def held_transfers(by: Membership) -> QuerySet[HeldTransfer]:
    """Transfers that wait for a closed flow, of the sites that a person may see."""
    check(by, "see", Thing.TRANSFER)
    rows = HeldTransfer.objects.filter(study=by.study_id, passed_at__isnull=True)
    return rows.filter(site=by.site) if by.site else rows


def exceptions(by: Membership) -> QuerySet[FlowException]:
    """What was let pass over closed flows, the latest first."""
    return scoped(by, Thing.PLAN, FlowException.objects.all()).select_related(
        "by__user"
    )


def exception(by: Membership, pk: int) -> FlowException:
    """One exception that holds."""
    return one(
        by,
        Thing.PLAN,
        FlowException.objects.filter(ended_at__isnull=True),
        "load",
        pk=pk,
    )
