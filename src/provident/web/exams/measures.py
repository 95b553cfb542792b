"""Image measures beside an exam: each with its place among those of this scanner and this site."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from provident import plan
from provident.acquisition.measures import MEASURES, Measure, Placement, place
from provident.web.exams.pages import Exam, Series
from provident.web.studies.words import role_name
from provident.web.ui.numbers import plain


LATEST = 200  # series of the site that a value is compared with, at most


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureRow:
    """One measure for a person: its value, where it lies, and how it is got."""

    name: str
    words: str
    value: str
    unit: str
    unusual: bool
    scanner: str
    site: str
    limits: str
    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesMeasured:
    """The measures of one series; `unusual` are those that lie far from what is usual here."""

    series: int
    role: str
    seconds: str
    rows: tuple[MeasureRow, ...]

    @property
    def unusual(self) -> tuple[MeasureRow, ...]:
        """What a person should look at."""
        return tuple(row for row in self.rows if row.unusual)


def image_measures(exam: Exam, of: plan.Plan) -> list[SeriesMeasured]:
    """The newest measures of each series of an exam; those not measured yet are not there."""
    made = []
    for series in exam.series.all():
        kept = series.image_measures.first()
        if kept is None:
            continue
        before = _before(series, exam)
        rows = tuple(
            _row(Measure.from_json(m), before, exam.scanner_id) for m in kept.measures
        )
        role = (
            role_name(of, exam.kind, series.role) if series.role else series.description
        )
        made.append(
            SeriesMeasured(series=series.pk, role=role or "a series of no role", seconds=f"{kept.cpu_seconds:.1f}", rows=rows)
        )  # fmt: skip
    return made


def _before(series: Series, exam: Exam) -> Sequence[Mapping[str, Any]]:
    """What was measured in series of the same role at the same site, each in its newest version."""
    if not series.role:
        return ()
    others = (
        Series.objects.filter(
            role=series.role, exam__kind=exam.kind, exam__participant__site=exam.participant.site_id,
            image_measures__isnull=False,
        )
        .exclude(exam=exam)
        .order_by("-pk", "-image_measures__at")
    )  # fmt: skip
    told = others.values("pk", "exam__scanner", "image_measures__measures")[:LATEST]
    newest: dict[int, Mapping[str, Any]] = {}
    for row in told:
        newest.setdefault(row["pk"], row)
    return list(newest.values())


def _values(rows: Iterable[Mapping[str, Any]], name: str) -> list[float]:
    found = (
        m["value"]
        for row in rows
        for m in row["image_measures__measures"]
        if m["name"] == name
    )
    return [float(v) for v in found if v is not None]


def _row(
    one: Measure, before: Sequence[Mapping[str, Any]], scanner: int | None
) -> MeasureRow:
    spec = MEASURES[one.name]
    mine = [row for row in before if scanner and row["exam__scanner"] == scanner]
    by_scanner, by_site = _placed(one, mine), _placed(one, before)
    return MeasureRow(
        name=one.name, words=spec.words, value="" if one.value is None else plain(one.value), unit=spec.unit,
        unusual=any(p is not None and p.level == "unusual" for p in (by_scanner, by_site)),
        scanner=by_scanner.words if by_scanner else "", site=by_site.words if by_site else "",
        limits=f"not assessable because {one.because}" if one.because else one.note, method=spec.method,
    )  # fmt: skip


def _placed(one: Measure, rows: Sequence[Mapping[str, Any]]) -> Placement | None:
    if one.value is None:
        return None
    return place(one.value, _values(rows, one.name), measure=one.name)
