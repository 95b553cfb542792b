"""The dose of a stored exam: headers, structured reports and what people entered, read outside of any transaction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pydicom import Dataset

from provident import dicom
from provident.acquisition import dose
from provident.kernel import InvalidInput, NotFound
from provident.kernel.ids import sha256
from provident.plan import Plan
from provident.programme.exposures import ExamRules, exam_rules, factors_of
from provident.web.exams.objects import object_store
from provident.web.exams.selectors import instance_keys
from provident.web.ledger.chain import canonical


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessed:
    """An exam's dose as it is kept. `read_from` is the hash over everything that it was reckoned from."""

    known: dose.ExamDose
    entry: dose.Entry
    findings: tuple[Any, ...]
    factors: str
    read_from: str


def fingerprint(exam: Any, plan: Plan, entered: Sequence[Any], repeat_of: str) -> str:
    """What an exam's dose is reckoned from: when this is the same, so is the dose."""
    series = sorted((s.uid, s.manifest_sha256) for s in exam.series.all())
    told = [series, [row.pk for row in entered], exam.kind, plan.hash, repeat_of]
    return sha256(canonical(told))


def assessed(
    exam: Any, plan: Plan, entered: Sequence[Any], repeat_of: str
) -> Assessed | None:
    """The dose of an exam; None when nothing of it exposes."""
    rules, unread = exam_rules(plan, exam.kind), list[str]()
    sets = _factors(plan, exam.kind)
    found = dose.exam_doses(
        _headers(exam, unread),
        factors=sets,
        entered=[_event(exam, row) for row in entered],
        unreadable=lambda: unread,
    )
    known = found[0] if found else None
    if known is None or not known.ionising:
        return None
    entry = _entry(known, rules, repeat_of)
    return Assessed(
        known=known,
        entry=entry,
        findings=(*known.findings, *dose.exam_findings(entry, rules.constraint)),
        factors=", ".join(one.title for one in sets),
        read_from=fingerprint(exam, plan, entered, repeat_of),
    )


def _factors(plan: Plan, exam: str) -> tuple[dose.FactorSet, ...]:
    """The plan's factors. A table that cannot be used is a finding on the plan; the dose is counted all the same."""
    try:
        return factors_of(plan, exam)
    except (NotFound, InvalidInput):
        return dose.BUILT_IN


def _entry(known: dose.ExamDose, rules: ExamRules, repeat_of: str) -> dose.Entry:
    return dose.entry_of(
        known,
        exam=rules.exam,
        research=rules.research,
        expected=rules.expected,
        repeat_of=repeat_of or None,
    )


def _headers(exam: Any, unread: list[str]) -> Iterator[tuple[str, Dataset]]:
    """The header of each instance; one that does not open is named by its place, never left out in silence.

    An exam at the centre is one study, whatever a header says. A series of which nothing can be read still tells
    its modality, so that an exam that exposed is never taken for one that did not.
    """
    store = object_store()
    for series in exam.series.all():
        opened = False
        for n, key in enumerate(instance_keys(series), 1):
            try:
                with store.open(key) as stream:
                    header = dicom.read_header(stream, only=dose.DOSE_TAGS)
            except (InvalidInput, OSError):
                unread.append(f"image {n} of series {series.number or series.pk}")
                continue
            opened = True
            header.StudyInstanceUID = exam.uid
            yield key, header
        if not opened:
            bare = Dataset()
            bare.StudyInstanceUID, bare.Modality = exam.uid, series.modality
            yield series.uid, bare


def _event(exam: Any, row: Any) -> dose.Event:
    return dose.entered_event(
        exam.uid, dose.Kind(row.kind), row.value, row.unit, number=row.number, region=row.region,
        phantom_cm=row.phantom_cm, side=row.side, tracer=row.tracer,
    )  # fmt: skip


_OURS = {"DOSE.NOT_COUNTED"}  # says of the ledger what another finding says of the exam


def asks_the_site(findings: Sequence[Any], unknown: dict[str, str]) -> list[Any]:
    """The findings that only the site can answer: errors, and a dose that should be there and is not.

    Effective dose is reckoned at the centre: a factor that lacks is no question to a site.
    """
    errors = [
        f for f in findings if f["severity"] == "error" and f["code"] not in _OURS
    ]
    lacking = set(unknown) - {"effective_msv"}
    if lacking and not errors:
        return [f for f in findings if f["code"] == "DOSE.NO_REPORT"]
    return errors
