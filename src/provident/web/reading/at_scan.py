"""Scores given at the scan by the person who scans (ultrasound): which are due, and what waits for them."""

from __future__ import annotations

import re

from django.db.models import QuerySet

from provident.plan import Plan
from provident.plan.models.imaging import ReadAtScan
from provident.web.exams.models import Exam
from provident.web.participants.models import Slot
from provident.web.people.access import Thing, one, scoped
from provident.web.people.models import Membership
from provident.web.reading.models import Assignment, ScanRead
from provident.web.studies.plans import plan_in_force


def rules(plan: Plan) -> dict[str, ReadAtScan]:
    """The rule of each kind of exam that is scored at the scan."""
    manuals = plan.imaging.items()
    return {kind: m.read_at_scan for kind, m in manuals if m.read_at_scan}


def locks_before(plan: Plan, kind: str) -> frozenset[str]:
    """The kinds of exams that nobody reads before a score at the scan is locked.

    Those that the plan's words name (`hands_mri reads`), else all others.
    """
    rule = rules(plan)[kind]
    words = set(re.findall(r"\w+", str(rule.lock_before or "")))
    others = frozenset(plan.imaging) - {kind}
    return others & words or others


def waits_for(exam: Exam) -> list[str]:
    """The kinds of scores at the scan that must be locked before an exam is read, and are not.

    A score is waited for once its images have come, or the scan is booked or done, while the study has
    somebody in the role that gives it.
    """
    plan = plan_in_force(exam.study)
    kinds = [k for k in rules(plan) if exam.kind in locks_before(plan, k)]
    if not kinds:
        return []
    missing = Exam.objects.filter(
        participant=exam.participant_id, visit=exam.visit, kind__in=kinds, slot__scan_read__isnull=True,
    ).exclude(state=Exam.State.REJECTED)  # fmt: skip
    found = sorted(set(missing.values_list("kind", flat=True)))
    return [kind for kind in found if _somebody(exam, rules(plan)[kind].by)]


def _somebody(exam: Exam, role: str) -> bool:
    rows = Membership.objects.filter(
        study=exam.study_id, plan_role=role, until__isnull=True
    )
    return rows.exists()


def others_have_begun(slot: Slot) -> bool:
    """Whether a reader has opened an exam that was to wait for the score of this slot."""
    participant = slot.participant
    kinds = locks_before(plan_in_force(participant.study), slot.exam_kind)
    opened = Assignment.objects.filter(
        case__participant=participant, opened_at__isnull=False, case__series__series__exam__kind__in=kinds,
        case__series__visit=slot.visit,
    )  # fmt: skip
    return opened.exists()


def due(by: Membership) -> QuerySet[Slot]:
    """The slots whose scan a person may score now: of their site and role, and not scored yet."""
    plan = plan_in_force(by.study)
    kinds = [k for k, rule in rules(plan).items() if rule.by == by.plan_role]
    rows = Slot.objects.filter(exam_kind__in=kinds, scan_read__isnull=True)
    rows = rows.exclude(state__in=("expected", "not_done", "withdrawn"))
    found = scoped(by, Thing.SLOT, rows).select_related("participant__site")
    return found.order_by("booked_on", "participant__code")


def slot(by: Membership, pk: int) -> Slot:
    """One slot whose scan is scored where it is made.

    Raises:
        Denied, NotFound: as the access table says.
    """
    kinds = list(rules(plan_in_force(by.study)))
    rows = Slot.objects.filter(exam_kind__in=kinds).select_related("participant__site")
    return one(by, Thing.SLOT, rows, pk=pk)


def scan_reads(by: Membership) -> QuerySet[ScanRead]:
    """The scores that were given, without what they say."""
    rows = ScanRead.objects.select_related("slot__participant__site", "exam").defer("answers", "derived")  # fmt: skip
    return scoped(by, Thing.SCAN_READ, rows).order_by("-at")
