"""Reading exams: for jobs, which act for the platform; pages go through `people.access`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from provident.acquisition import Waiver
from provident.kernel import NotFound
from provident.web.exams.drift import LABELS as DRIFT_LABELS
from provident.web.exams.drift import LOOKS_BACK, Fingerprint
from provident.web.exams.models import Exam as Exam
from provident.web.exams.models import Preview as Preview
from provident.web.exams.models import RuleWaiver as RuleWaiver
from provident.web.exams.models import Series as Series
from provident.web.exams.objects import object_store
from provident.web.exams.stored import signed_waiver
from provident.web.people.access import Thing, check, one, scoped
from provident.web.people.models import Membership
from provident.web.planning.acknowledging import version_at
from provident.web.planning.models import Amendment as Amendment


_WITH = ("study", "participant__site", "slot", "scanner", "plan")


def exam_by_id(pk: str | int) -> Exam:
    """One exam with what it belongs to, for a job.

    Raises:
        NotFound: there is none.
    """
    exam = Exam.objects.select_related(*_WITH).filter(pk=pk).first()
    if exam is None:
        raise NotFound("There is no such exam.")
    return exam


def preview_by_id(pk: str | int) -> Preview:
    """One preview, for a job.

    Raises:
        NotFound: there is none.
    """
    row = Preview.objects.select_related("study").filter(pk=pk).first()
    if row is None:
        raise NotFound("There is no such preview.")
    return row


def previews(by: Membership) -> list[Preview]:
    """What was judged ahead in the study, the latest first; without the files."""
    check(by, "review", Thing.AMENDMENT)
    return list(Preview.objects.filter(study=by.study_id).defer("files", "effects"))


def preview(by: Membership, pk: int) -> Preview:
    """One preview.

    Raises:
        Denied, NotFound: as the access table says.
    """
    check(by, "review", Thing.AMENDMENT)
    row = Preview.objects.filter(study=by.study_id, pk=pk).defer("files").first()
    if row is None:
        raise NotFound("There is no such preview in this study.")
    return row


def drafts(by: Membership) -> list[Amendment]:
    """Amendments that are not in force and not withdrawn."""
    check(by, "review", Thing.AMENDMENT)
    closed = (Amendment.State.IN_FORCE, Amendment.State.WITHDRAWN)
    return list(Amendment.objects.filter(study=by.study_id).exclude(state__in=closed))


def draft(by: Membership, pk: int) -> Amendment:
    """One such amendment.

    Raises:
        NotFound: there is none.
    """
    row = next((a for a in drafts(by) if a.pk == pk), None)
    if row is None:
        raise NotFound("There is no such draft of the plan, or it is in force.")
    return row


def undecided_by_an_older_plan(by: Membership, on: date) -> QuerySet[Exam]:
    """Exams that nobody has decided about, judged by a version that is not the one their site works by."""
    rows = exams(by).filter(state=Exam.State.JUDGED)
    # A site works by the version before until its day of an amendment.
    sites = by.study.sites.values_list("code", flat=True)
    by_theirs = Q(pk__in=[])
    for code in sites:
        version = version_at(by.study, code, on)
        by_theirs |= Q(participant__site__code=code, plan=version)
    return rows.exclude(by_theirs)


def exams(by: Membership) -> QuerySet[Exam]:
    """The exams that a person may see, the newest first."""
    return scoped(by, Thing.EXAM, Exam.objects.select_related(*_WITH))


def exam(by: Membership, pk: int) -> Exam:
    """One exam.

    Raises:
        Denied, NotFound: as the access table says.
    """
    rows = Exam.objects.select_related(*_WITH).prefetch_related("series")
    return one(by, Thing.EXAM, rows, pk=pk)


def waivers(exam: Exam) -> list[RuleWaiver]:
    """What was let go for an exam, also what has ended, the oldest first."""
    return list(exam.waivers.select_related("by__user"))


def waiver(by: Membership, exam_pk: int, pk: int) -> RuleWaiver:
    """One waiver that holds.

    Raises:
        Denied, NotFound: as the access table says, or there is none.
    """
    row = exam(by, exam_pk).waivers.select_related("by__user", "exam").filter(pk=pk, ended_at=None).first()  # fmt: skip
    if row is None:
        raise NotFound("There is no such waiver, or it has ended.")
    return row


def signed_waivers(exam: Exam, on: date) -> list[Waiver]:
    """The waivers of an exam that hold on a day, as the library takes them."""
    rows = exam.waivers.filter(ended_at=None).select_related("by__user")
    return [signed_waiver(w) for w in rows if w.until is None or on <= w.until]


def expired_waivers(on: date) -> list[RuleWaiver]:
    """Waivers whose last day is over and that nobody ended yet."""
    rows = RuleWaiver.objects.filter(ended_at=None, until__lt=on)
    return list(rows.select_related("exam__participant__site", "exam__study"))


def manifest(series: Series) -> dict[str, Any]:
    """The newest manifest of a series: `instances` with `sop_uid`, `sha256`, `size`, `key`."""
    if not series.manifest_key:
        return {"instances": []}
    return dict(json.loads(object_store().read(series.manifest_key)))


def instance_keys(series: Series) -> Iterator[str]:
    """The object keys of a series' images, in the order of the manifest."""
    for row in manifest(series)["instances"]:
        yield str(row["key"])


def fingerprints_before(study: str, device: str, exam_pk: int) -> list[Fingerprint]:
    """The fingerprints of a device's latest exams that came before an exam, the newest version of each."""
    latest: dict[int, str] = {}
    for key in object_store().keys(_fingerprints(study, device)):
        pk = int(key.rpartition("/")[2].partition("-")[0])
        if pk < exam_pk:
            latest[pk] = key
    chosen = [latest[pk] for pk in sorted(latest)[-LOOKS_BACK:]]
    return [Fingerprint.decoded(object_store().read(key)) for key in chosen]


def fingerprint_key(study: str, device: str, exam: Exam) -> str:
    """Where an exam's fingerprint is kept: a new one where late images came."""
    return f"{_fingerprints(study, device)}{exam.pk:09}-{exam.received:06}.json"


def _fingerprints(study: str, device: str) -> str:
    return f"{study}/devices/{device}/"


def drifted(by: Membership) -> list[Exam]:
    """Exams with a sign of drift that nobody has decided about yet, the newest first."""
    rows = exams(by).filter(state=Exam.State.JUDGED).order_by("-first_received_at")
    return [exam for exam in rows if set(exam.labels) & set(DRIFT_LABELS)]


def baseline_of(exam: Exam) -> Exam | None:
    """The exam of the same kind that this participant's later ones are compared with: the first good one before it."""
    rows = exam.participant.exams.filter(kind=exam.kind).exclude(pk=exam.pk)
    if exam.acquired_on is not None:
        rows = rows.filter(acquired_on__lt=exam.acquired_on)
    else:
        rows = rows.none()
    return rows.exclude(state=Exam.State.REJECTED).order_by("acquired_on", "pk").first()


def others_of_slot(exam: Exam) -> bool:
    """Whether another exam came for the same slot before."""
    if exam.slot_id is None:
        return False
    others = Exam.objects.filter(slot_id=exam.slot_id).exclude(pk=exam.pk)
    return others.filter(first_received_at__lt=exam.first_received_at).exists()


def newest_of_scanner(exam: Exam, scanner_pk: int) -> bool:
    """Whether no exam of this scanner was acquired later: an old scan that comes late is no change."""
    if exam.acquired_on is None:
        return False
    later = Exam.objects.filter(scanner_id=scanner_pk, acquired_on__gt=exam.acquired_on)
    return not later.exclude(pk=exam.pk).exists()
