"""Stored exams as values that can be judged again, a participant at a time, so that baselines are at hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Prefetch

from provident import acquisition
from provident.acquisition import Circumstances, Manual, Waiver
from provident.acquisition.amending import Effect, Stored, judged_anew
from provident.dicom import SeriesFacts
from provident.web.exams.models import Exam, RuleWaiver, Series
from provident.web.studies.models import Study


AT_ONCE = 500  # exams whose facts are in memory at a time


def effects(study: Study, manuals: Mapping[str, Manual]) -> Iterator[Effect]:
    """What each stored exam of a study would be judged by these manuals; facts alone, no image is opened."""
    earlier = _Earlier(0)
    for exam in _exams(study):
        if exam.participant_id != earlier.participant:
            earlier = _Earlier(exam.participant_id)
        series = [SeriesFacts.from_json(s.facts) for s in exam.series.all() if s.facts]
        effect = judged_anew(
            _stored(exam, series), manuals, baselines=earlier.before(exam)
        )
        earlier.keep(exam, effect.exam, series)
        yield effect


def _exams(study: Study) -> Iterator[Exam]:
    """Exams that were judged once, by participant and day."""
    series = Series.objects.only("exam_id", "number", "facts")
    rows = study.exams.exclude(outcome="").select_related("participant__site", "scanner")  # fmt: skip
    rows = rows.order_by("participant_id", "acquired_on", "pk")
    waivers = RuleWaiver.objects.filter(ended_at=None).select_related("by__user")
    return rows.prefetch_related(
        Prefetch("series", series), Prefetch("waivers", waivers)
    ).iterator(AT_ONCE)


def _stored(exam: Exam, series: Sequence[SeriesFacts]) -> Stored:
    found = [
        *exam.verdict.get("findings", ()),
        *(f for s in exam.verdict.get("series", ()) for f in s.get("findings", ())),
    ]
    return Stored(
        key=str(exam.pk),
        series=series,
        visit=exam.visit or None,
        outcome=exam.outcome,
        codes=frozenset(f["code"] for f in found if f["severity"] != "note"),
        circumstances=circumstances(exam),
        signed=tuple(
            signed_waiver(w) for w in exam.waivers.all() if w.ended_at is None
        ),
    )


def circumstances(exam: Exam) -> Circumstances:
    """Where, of whom and when an exam was made, for waivers."""
    return Circumstances(
        site=exam.participant.site.code,
        scanner=exam.scanner.code if exam.scanner is not None else None,
        participant=exam.participant.code,
        acquired_on=exam.acquired_on,
    )


def signed_waiver(row: RuleWaiver) -> Waiver:
    """What a signed row means to the library."""
    return acquisition.signed_waiver(
        row.rule,
        reason=row.reason,
        by=row.by.user.name or row.by.user.username,
        on=row.at.date(),
        until=row.until,
    )


@dataclass(slots=True)
class _Earlier:
    """The first good exam of each kind that one participant has so far."""

    participant: int
    first: dict[str, tuple[date, Sequence[SeriesFacts]]] = field(default_factory=dict)

    def before(self, exam: Exam) -> dict[str, Sequence[SeriesFacts]]:
        if exam.acquired_on is None:
            return {}
        return {
            kind: facts
            for kind, (day, facts) in self.first.items()
            if day < exam.acquired_on
        }

    def keep(self, exam: Exam, kind: str, facts: Sequence[SeriesFacts]) -> None:
        day = exam.acquired_on
        if day is None or exam.state == Exam.State.REJECTED or not kind:
            return
        self.first.setdefault(kind, (day, facts))
