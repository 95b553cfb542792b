"""Jobs of exams. Each may run again at any time: the same images give the same facts and the same verdict."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Sequence
from typing import Any

from provident import dicom
from provident.acquisition import amending
from provident.dicom import SeriesFacts
from provident.web.exams import drift, judging, selectors
from provident.web.exams.actions import (
    SeriesFound,
    expire_waiver,
    keep_preview,
    keep_thumbnail,
    note_scanner,
    record_verdict,
    store_facts,
)
from provident.web.exams.facts import (
    headers,
    make_thumbnail,
    middle,
    scanner_facts,
    series_number,
)
from provident.web.exams.objects import object_store
from provident.web.exams.selectors import Exam, Series
from provident.web.exams.stored import circumstances, effects
from provident.web.jobs.queue import job
from provident.web.ledger.clock import clock
from provident.web.planning.acknowledging import version_at
from provident.web.studies.plans import (
    as_bytes,
    checked,
    plan_of,
)


@job
def judge_exam(exam_id: str) -> None:
    """Facts, verdict, labels, scanner: what follows from an exam's headers. Pictures are a job of their own.

    Reading and judging happen outside of any transaction; two short ones keep what was found.
    """
    exam = selectors.exam_by_id(exam_id)
    found: list[SeriesFound] = []
    facts: list[SeriesFacts] = []
    prints: list[drift.Fingerprint] = []
    for series in exam.series.all():
        one, its_facts, its_print = _read(series)
        found.append(one)
        facts += its_facts
        prints.append(its_print)
    store_facts(exam=exam, found=found, clock=clock())
    _judge(exam, facts, drift.together(prints))


@job
def make_thumbnails(exam_id: str) -> None:
    """The small picture of each series, from the image in its middle."""
    exam = selectors.exam_by_id(exam_id)
    store = object_store()
    for series in exam.series.all():
        key = middle(list(headers(store, list(selectors.instance_keys(series)))))
        if key is not None:
            prefix = f"{exam.study.slug}/{exam.uid}/{series.uid}"
            keep_thumbnail(series=series, key=make_thumbnail(store, key, prefix))


@job
def rejudge_exam(exam_id: str) -> None:
    """Judge stored facts by the plan now in force; no pixel or header is touched."""
    exam = selectors.exam_by_id(exam_id)
    _judge(exam, stored_facts(exam))


@job
def expire_waivers(_: str = "") -> None:
    """End the waivers whose last day is over; what they let go decides again."""
    for waiver in selectors.expired_waivers(clock().now().date()):
        expire_waiver(waiver=waiver, clock=clock())


@job
def judge_by_draft(preview_id: str) -> None:
    """Judge all stored exams by a plan that is not in force, and keep what would change."""
    preview = selectors.preview_by_id(preview_id)
    begun = time.process_time()
    files = {name: as_bytes(text) for name, text in preview.files.items()}
    told = list(effects(preview.study, judging.manuals(checked(files))))
    seconds = time.process_time() - begun
    keep_preview(
        preview=preview,
        exams=len(told),
        groups=[presentable(group) for group in amending.by_scanner(told)],
        effects=[one.as_json() for one in told if one.changes],
        seconds=seconds,
        clock=clock(),
    )


def presentable(group: amending.Group) -> dict[str, Any]:
    """A group as it is kept: moves as a list of from, to and how many."""
    return {
        "site": group.site, "scanner": group.scanner, "exams": group.exams, "other_reasons": group.other_reasons,
        "moves": [[before, after, n] for (before, after), n in sorted(group.moves.items())],
    }  # fmt: skip


def stored_facts(exam: Exam) -> list[SeriesFacts]:
    """The facts that are kept with an exam."""
    return [SeriesFacts.from_json(s.facts) for s in exam.series.all() if s.facts]


def _read(
    series: Series,
) -> tuple[SeriesFound, list[SeriesFacts], drift.Fingerprint]:
    store = object_store()
    read = list(headers(store, list(selectors.instance_keys(series))))
    facts = dicom.series_facts(read)
    first = read[0][1] if read else None
    found = SeriesFound(
        uid=series.uid,
        facts=facts[0].as_json() if facts else {},
        number=series_number(first) if first is not None else None,
        description=str(first.get("SeriesDescription") or "") if first is not None else "",
    )  # fmt: skip
    return found, facts, drift.fingerprint(header for _, header in read)


def _drift(
    exam: Exam, told: dict[str, str], now: drift.Fingerprint | None
) -> list[dict[str, Any]]:
    """What drifted at this device, by the headers; without them what was found when they were read."""
    if now is None:
        return list(exam.verdict.get("drift", []))
    study, site = exam.study.slug, exam.participant.site.code
    device = drift.device_key(site, exam.kind, told)
    before = selectors.fingerprints_before(study, device, exam.pk)
    # The same job may run again: the fingerprint of these images is there then.
    with contextlib.suppress(FileExistsError):
        object_store().create(selectors.fingerprint_key(study, device, exam), now.encoded())  # fmt: skip
    found = drift.findings(now, before, uid=exam.uid, anonymised=drift.ANOTHER in exam.labels)  # fmt: skip
    return [finding.as_json() for finding in found]


def _judge(
    exam: Exam,
    facts: Sequence[SeriesFacts],
    now: drift.Fingerprint | None = None,
) -> None:
    # A site works by the version before until its day of an amendment.
    version = version_at(exam.study, exam.participant.site.code, clock().now().date())
    plan = plan_of(version)
    kind = judging.kind_of(facts, plan)
    exam.kind = kind or ""
    before = selectors.baseline_of(exam) if kind else None
    told = scanner_facts(facts)
    scanner = exam.scanner = _scanner(exam, told, facts)
    verdict = judging.judged(
        facts,
        plan,
        uid=exam.uid,
        visit=exam.visit,
        kind=kind,
        baseline=stored_facts(before) if before else (),
        circumstances=circumstances(exam),
        signed=selectors.signed_waivers(exam, clock().now().date()),
    )
    verdict["drift"] = _drift(exam, told, now)
    verdict["device"] = drift.device(told)
    exam.slot = exam.participant.slots.filter(visit=exam.visit, exam_kind=kind or "").first()  # fmt: skip
    labels = judging.labels_of(
        plan,
        kind=kind,
        visit=exam.visit,
        anchor=exam.participant.anchor_on,
        acquired=exam.acquired_on,
        outcome=verdict["outcome"],
        registered=scanner is not None,
        repeat=selectors.others_of_slot(exam),
    )
    labels += drift.labels(verdict["drift"])
    record_verdict(
        exam=exam,
        kind=exam.kind,
        verdict=verdict,
        labels=labels,
        scanner=scanner,
        plan=version,
        slot=exam.slot,
        clock=clock(),
    )
    if scanner is not None and selectors.newest_of_scanner(exam, scanner.pk):
        seen = {name: told.get(name, "") for name in judging.watched(plan)}
        note_scanner(exam=exam, scanner=scanner, seen=seen, clock=clock())


def _scanner(exam: Exam, told: dict[str, str], facts: Sequence[SeriesFacts]):
    rows = {s.pk: s for s in exam.participant.site.scanners.all()}
    register = [
        judging.Registered(
            pk=s.pk, modality=s.modality, make=s.make, model=s.model, serial=s.serial
        )
        for s in rows.values()
    ]
    modality = facts[0].modality if facts else ""
    pk = judging.scanner_of(told, modality, register)
    return rows.get(pk) if pk is not None else None
