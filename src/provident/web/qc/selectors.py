"""Reading reviews and queries, and what waits for them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from provident.kernel import NotFound
from provident.plan import Plan
from provident.web.exams.models import Exam as Exam
from provident.web.exams.models import Series as Series
from provident.web.exams.selectors import instance_keys as instance_keys
from provident.web.people.access import Thing, one, scoped
from provident.web.people.models import Membership
from provident.web.qc.indicators import Arrived
from provident.web.qc.models import CorrectiveAction as CorrectiveAction
from provident.web.qc.models import Message, PilotRelease, Review, SeriesMeasures
from provident.web.qc.models import Query as Query
from provident.web.qc.pilot import PilotStage
from provident.web.sites.models import Site as Site
from provident.web.studies.models import Study


TRIES = 8  # of sending a message


def _full(rows: QuerySet[Query]) -> QuerySet[Query]:
    return rows.select_related(
        "exam__participant__site", "exam__slot"
    ).prefetch_related("messages__by__user")


def queries(by: Membership, state: str = "") -> QuerySet[Query]:
    """The queries that a person may see, those due first on top."""
    rows = _full(scoped(by, Thing.QUERY, Query.objects.all()))
    return rows.filter(state=state) if state else rows


def query(by: Membership, pk: int, verb: str = "see") -> Query:
    """One query.

    Raises:
        Denied, NotFound: as the access table says.
    """
    return one(by, Thing.QUERY, _full(Query.objects.all()), verb, pk=pk)


def exams_to_review(by: Membership, *, looked_at: bool | None = None) -> QuerySet[Exam]:
    """Judged exams without a decision, oldest first; those that a person has to look at, need not, or all."""
    undecided = scoped(by, Thing.EXAM, Exam.objects.filter(state=Exam.State.JUDGED))
    open_query = Query.objects.filter(exam=OuterRef("pk")).exclude(
        state=Query.State.CLOSED
    )
    rows = undecided.annotate(has_open_query=Exists(open_query))
    if looked_at is not None:
        need_not = Q(selection__looked_at=False)
        rows = rows.exclude(need_not) if looked_at else rows.filter(need_not)
    return rows.select_related(
        "participant__site", "slot", "scanner", "selection"
    ).order_by("judged_at")


def exam(by: Membership, pk: int, verb: str = "see") -> Exam:
    """One exam with what the review page shows."""
    rows = Exam.objects.select_related(
        "participant__site", "slot", "plan", "study", "scanner", "selection"
    ).prefetch_related("series")
    return one(by, Thing.EXAM, rows, verb, pk=pk)


def next_to_review(by: Membership, after: Exam) -> int | None:
    """The number of the next exam to decide after one, in the order of the worklist."""
    pks = list(exams_to_review(by, looked_at=True).values_list("pk", flat=True)[:200])
    if after.pk not in pks:
        return pks[0] if pks else None
    at = pks.index(after.pk) + 1
    return pks[at] if at < len(pks) else None


def reviews(of: Exam) -> QuerySet[Review]:
    """An exam's reviews, the newest first."""
    return of.reviews.select_related("by__user", "signature")


def open_queries(of: Exam) -> QuerySet[Query]:
    """An exam's queries that are not closed."""
    return of.queries.exclude(state=Query.State.CLOSED)


def exam_by_id(pk: str) -> Exam:
    """One exam for a job, which acts for the platform and not for a person."""
    return Exam.objects.select_related(
        "participant__site", "slot", "plan", "study"
    ).get(pk=pk)


def people_of(study: Study, role: str, site: str = "") -> QuerySet[Membership]:
    """Who has a role in a study now, at one site where the role is a site's."""
    rows = Membership.objects.filter(study=study, role=role, until__isnull=True)
    rows = rows.filter(user__is_active=True).select_related("user", "study")
    return rows.filter(site=site) if site else rows


def unmeasured(exam: Exam) -> list[Series]:
    """The series of an exam whose present images were not measured yet."""
    measured = SeriesMeasures.objects.filter(
        series=OuterRef("pk"), manifest_sha256=OuterRef("manifest_sha256")
    )
    rows = exam.series.exclude(manifest_key="").exclude(facts={})
    return list(rows.filter(~Exists(measured)))


# -- pilot stage and selection


def pilot_of(site: Site, of: Plan) -> PilotStage:
    """How far a site's pilot stage is: its first exams by arrival, and how many of them were decided."""
    first = of.quality.pilot.first if of.quality.pilot else 0
    rows = Exam.objects.filter(participant__site=site, study=site.study)
    rows = rows.exclude(state__in=(Exam.State.RECEIVING, Exam.State.COMPLETE))
    states = rows.order_by("first_received_at", "pk").values_list("state", flat=True)[:first]  # fmt: skip
    decided = (Exam.State.ACCEPTED, Exam.State.REJECTED)
    release = PilotRelease.objects.filter(site=site).select_related("by__user").first() if first else None  # fmt: skip
    return PilotStage(
        site=site.name, first=first, came=len(states), decided=sum(s in decided for s in states), pk=site.pk,
        released=f"{release.reason} ({release.by.user.name or release.by.user.username}, {release.at:%d %B %Y})" if release else "",
    )  # fmt: skip


def in_pilot(exam: Exam, of: Plan) -> bool:
    """Whether an exam is among its site's first ones."""
    first = of.quality.pilot.first if of.quality.pilot else 0
    rows = Exam.objects.filter(participant__site=exam.participant.site_id)
    pks = rows.order_by("first_received_at", "pk").values_list("pk", flat=True)[:first]
    return exam.pk in set(pks)


def sites(by: Membership) -> list[Site]:
    """The study's sites that this person may see the quality of."""
    return list(scoped(by, Thing.SITE, Site.objects.select_related("study")))


def site_by(by: Membership, pk: int) -> Site:
    """One such site.

    Raises:
        Denied, NotFound: as the access table says.
    """
    return one(by, Thing.SITE, Site.objects.select_related("study"), pk=pk)


# -- indicators


def arrived(rows: QuerySet[Exam]) -> list[Arrived]:
    """What indicators need of exams, in the order of arrival."""
    told = rows.order_by("first_received_at", "pk").values_list(
        "outcome", "labels", "acquired_on", "first_received_at"
    )
    return [
        Arrived(
            outcome=outcome, repeat="repeat" in labels,
            lag=(at.date() - day).days if day else None,
        )
        for outcome, labels, day, at in told
    ]  # fmt: skip


def exams_of(by: Membership) -> QuerySet[Exam]:
    """The exams that a person may see."""
    return scoped(by, Thing.EXAM, Exam.objects.all())


def site_exams(site: Site, trigger: str) -> QuerySet[Exam]:
    """A site's exams since the last action that this trigger opened was closed: a mended cause counts no more."""
    rows = Exam.objects.filter(participant__site=site, study=site.study)
    closed = CorrectiveAction.objects.filter(site=site, trigger=trigger, closed_at__isnull=False)  # fmt: skip
    last = closed.order_by("-closed_at").values_list("closed_at", flat=True).first()
    return rows.filter(first_received_at__gt=last) if last else rows


# -- corrective actions


def corrective_actions(by: Membership, state: str = "") -> QuerySet[CorrectiveAction]:
    """The actions that a person may see: those due first on top, closed ones last."""
    rows = scoped(by, Thing.ACTION, CorrectiveAction.objects.all()).select_related(
        "site", "scanner", "owner__user", "opened_by__user", "signature__user", "study"
    )
    rows = rows.order_by(F("closed_at").asc(nulls_first=True), "due_on", "pk")
    return rows.filter(state=state) if state else rows


def overdue_actions(by: Membership, today: date) -> QuerySet[CorrectiveAction]:
    """Open actions past the day they were due."""
    return corrective_actions(by, "open").filter(due_on__lt=today)


def corrective_action(by: Membership, pk: int, verb: str = "see") -> CorrectiveAction:
    """One action.

    Raises:
        Denied, NotFound: as the access table says.
    """
    rows = CorrectiveAction.objects.select_related(
        "site", "scanner", "owner__user", "opened_by__user", "signature__user", "study"
    )
    return one(by, Thing.ACTION, rows, verb, pk=pk)


def possible_owners(study: Study, site: Site | None) -> list[Membership]:
    """Who may own an action: the study's quality control and management, and the people of its site."""
    rows = Membership.objects.filter(study=study, until__isnull=True).select_related("user")  # fmt: skip
    wanted = rows.filter(role__in=("trial_manager", "qc"))
    if site is not None:
        wanted |= rows.filter(role="site", site=site.code)
    return list(wanted.order_by("role", "user__name"))


def site_people(study: Study) -> list[Membership]:
    """Everybody who works at a site of a study now."""
    rows = Membership.objects.filter(study=study, role="site", until__isnull=True)
    return list(rows.select_related("user").order_by("site", "user__name"))


def owner(study: Study, pk: int) -> Membership:
    """One member of a study by number.

    Raises:
        NotFound: there is none.
    """
    found = Membership.objects.filter(study=study, pk=pk).select_related("user").first()
    if found is None:
        raise NotFound("There is nobody of that number in this study.")
    return found


# -- clocks and messages


def studies() -> QuerySet[Study]:
    """All studies, for the job of the clocks."""
    return Study.objects.all()


def late_queries(study: Study, today: date) -> QuerySet[Query]:
    """Open queries of a study past the day their answer was due."""
    rows = Query.objects.filter(exam__study=study, state=Query.State.OPEN, due_on__lt=today)  # fmt: skip
    return rows.select_related("exam__participant__site", "exam__study", "exam__plan")


def unsent(study: str) -> list[tuple[Membership, Sequence[Message]]]:
    """Messages of a study that wait, by person: urgent ones, with the rest once a day.

    The day's collected message goes out with the next urgent one, or a day after the first of them was kept.
    """
    rows = Message.objects.filter(study_id=study, sent_at__isnull=True, failures__lt=TRIES)  # fmt: skip
    people: dict[int, list[Message]] = {}
    for row in rows.select_related("to__user", "to__study"):
        people.setdefault(row.to_id, []).append(row)
    return [(found[0].to, found) for found in people.values()]


def due_now(messages: Sequence[Message], now: datetime) -> bool:
    """Whether what waits for one person goes out now."""
    day = timedelta(days=1)
    return any(not m.digest or m.made_at + day <= now for m in messages)
