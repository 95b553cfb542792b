"""Judge everything that was found in one place: exam by exam, files that cannot be read included."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from provident.acquisition import codes
from provident.acquisition.judging import exam_kind, judge
from provident.acquisition.manual import Manual
from provident.acquisition.remarks import SUBDOMAIN, unmatched_exam
from provident.acquisition.verdict import ExamVerdict, SeriesVerdict
from provident.dicom.facts import SeriesFacts
from provident.kernel import Finding, Outcome, Place, Severity


def by_exam(series: Sequence[SeriesFacts]) -> dict[str, list[SeriesFacts]]:
    """The series of each exam (DICOM study), in the order in which they came."""
    exams: dict[str, list[SeriesFacts]] = {}
    for one in series:
        exams.setdefault(one.study_uid, []).append(one)
    return exams


def judge_exams(
    series: Sequence[SeriesFacts],
    manuals: Mapping[str, Manual],
    *,
    exam: str | None = None,
    visit: str | None = None,
    visits: frozenset[str] = frozenset(),
    baseline: Sequence[SeriesFacts] = (),
) -> list[ExamVerdict]:
    """Judge each exam by the manual of its kind.

    Args:
        exam: the exam kind, when it is known; else it is recognised.
        visit: the visit, when it is known; else the header's time point, if it is one of `visits`.
    """
    verdicts = []
    for uid, many in by_exam(series).items():
        when = visit or _timepoint(many, visits)
        kind = exam or exam_kind(many, manuals)
        if kind is None:
            verdicts.append(_unknown(uid, many, when))
        else:
            verdicts.append(judge(many, manuals[kind], visit=when, baseline=baseline))
    return verdicts


def _timepoint(series: Sequence[SeriesFacts], visits: frozenset[str]) -> str | None:
    said = {str(one.value("timepoint")) for one in series}
    return said.pop() if len(said) == 1 and said <= visits else None


def _unknown(uid: str, series: Sequence[SeriesFacts], visit: str | None) -> ExamVerdict:
    finding = unmatched_exam(uid)
    return ExamVerdict(
        uid=uid,
        exam="",
        manual="",
        visit=visit,
        outcome=Outcome.NOT_ASSESSABLE,
        findings=(finding,),
        series=tuple(
            SeriesVerdict(
                uid=one.uid,
                role=None,
                outcome=Outcome.NOT_ASSESSABLE,
                counts=False,
                label=str(one.value("description") or ""),
            )
            for one in series
        ),
        sentence=f"{finding.message} {finding.remedy}",
    )


def with_cut_short(
    verdict: ExamVerdict, series_uid: str, words: str, file: str
) -> ExamVerdict:
    """The verdict with an image whose pixels are not all there, which fails."""
    finding = Finding(
        code=codes.FILE_TRUNCATED.code,
        severity=Severity.ERROR,
        where=Place(uid=series_uid),
        message=f"An image is cut short ({file}). {words}",
        expected="all pixels",
        found="some",
        remedy="Send the series again.",
        subdomain=SUBDOMAIN,
    )
    return _worse(verdict, finding, Outcome.FAIL)


def with_unread(verdict: ExamVerdict, file: str, reason: str) -> ExamVerdict:
    """The verdict with a damaged file that may belong to the exam, which then cannot pass."""
    finding = Finding(
        code=codes.FILE_UNREADABLE.code,
        severity=Severity.ERROR,
        where=Place(uid=verdict.uid),
        message=f"A file cannot be read ({file}: {reason.replace('_', ' ')}) and may belong to this exam.",
        expected="a readable file",
        found=reason,
        remedy="Send it again, or leave it out.",
        subdomain=SUBDOMAIN,
    )
    return _worse(verdict, finding, Outcome.NOT_ASSESSABLE)


def _worse(verdict: ExamVerdict, finding: Finding, outcome: Outcome) -> ExamVerdict:
    worst = Outcome.worst([verdict.outcome, outcome])
    sentence = verdict.sentence
    if verdict.outcome in (Outcome.PASS, Outcome.WARN):
        sentence = f"{finding.message} {finding.remedy}"
    return replace(
        verdict, outcome=worst, findings=(*verdict.findings, finding), sentence=sentence
    )
