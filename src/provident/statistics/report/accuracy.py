"""The report on accuracy: curves, areas, sensitivity and specificity, over readers and cases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import combinations
from typing import Any

import numpy as np

from provident.kernel import InvalidInput
from provident.statistics import readings as long_table
from provident.statistics.accuracy_questions import AccuracyQuestion
from provident.statistics.figures import (
    Table,
    estimates_table,
    forest_figure,
    roc_figure,
)
from provident.statistics.mrmc import (
    ReadersAndCases,
    ReadStudy,
    dorfman_berbaum_metz,
    obuchowski_rockette,
    u_statistic,
)
from provident.statistics.mrmc.data import Metric
from provident.statistics.readings import Readings
from provident.statistics.report.compared import occasions
from provident.statistics.report.model import Report
from provident.statistics.report.section import Section
from provident.statistics.report.trying import Asked, tried
from provident.statistics.roc import auc, compare_auc, sensitivity, specificity


Analysis = Callable[[], ReadersAndCases]


def accuracy_report(
    rows: Readings,
    question: AccuracyQuestion | None = None,
    *,
    title: str = "Accuracy of readings",
    about: tuple[str, ...] = (),
) -> Report:
    """Accuracy of each reader and modality, and what holds for readers and cases like these.

    Calls of 1 and 0, or scores cut at the question's threshold, give sensitivity and
    specificity; other scores give curves and areas. Rows that come again are left out.
    Raises `InvalidInput` with file and line.
    """
    asked = question or AccuracyQuestion()
    found = occasions(rows)
    if not long_table.has_truth(found.first):
        raise InvalidInput(f"{rows.file}:1: there is no column truth.")
    study = long_table.study(found.first, positive=asked.positive)
    sections = [_compared(study, len(found.again))]
    calls = set(np.unique(study.ratings[~np.isnan(study.ratings)])) <= {0.0, 1.0}
    if not calls:
        sections += _areas(study, asked)
    if calls or asked.threshold is not None:
        called = study if calls else study.calls(float(asked.threshold or 0))
        sections += _proportions(called, asked)
    return Report(title=title, about=about, sections=tuple(sections))


def _compared(study: ReadStudy, repeats: int) -> Section:
    sick = int(study.truth.sum())
    words = [
        f"{_many(len(study.readers), 'reader', 'readers')}, "
        f"{_many(len(study.treatments), 'modality', 'modalities')}, {len(study.cases)} cases "
        f"({sick} with disease, {len(study.cases) - sick} without); design: {study.design}."
    ]
    if repeats:
        words.append(
            f"{repeats} repeats of a reading are left out: the first one counts."
        )
    there = ~np.isnan(study.ratings)
    return Section(
        heading="What was compared",
        words=tuple(words),
        tables=(
            Table(
                caption="Cases read",
                columns=("modality", "reader", "with disease", "without disease"),
                rows=tuple(
                    (
                        treatment,
                        reader,
                        int((there[t, r] & (study.truth == 1)).sum()),
                        int((there[t, r] & (study.truth == 0)).sum()),
                    )
                    for t, treatment in enumerate(study.treatments)
                    for r, reader in enumerate(study.readers)
                ),
            ),
        ),
    )


def _many(count: int, one: str, several: str) -> str:
    return f"{count} {one if count == 1 else several}"


def _areas(study: ReadStudy, asked: AccuracyQuestion) -> Iterator[Section]:
    try:
        yield Section(heading="ROC curves", figures=(roc_figure(study),))
    except InvalidInput as error:
        yield Section(heading="ROC curves", words=(str(error),))
    yield _each(
        study, "Areas under the curves", "Area under the curve", auc, asked.level
    )
    if len(study.readers) == 1:
        if len(study.treatments) > 1:
            yield _one_reader(study, asked.level)
        return
    yield from _over_readers(study, "auc", asked.level)


def _proportions(study: ReadStudy, asked: AccuracyQuestion) -> Iterator[Section]:
    measures: tuple[tuple[Metric, Any], ...] = (
        ("sensitivity", sensitivity),
        ("specificity", specificity),
    )
    for metric, measure in measures:
        name = metric.capitalize()
        yield _each(study, name, name, measure, asked.level)
        if len(study.readers) > 1:
            yield from _over_readers(study, metric, asked.level)


def _cells(study: ReadStudy) -> Iterator[tuple[str, Any, Any]]:
    """Name, truth and ratings of each modality and reader that read something."""
    for t, treatment in enumerate(study.treatments):
        for r, reader in enumerate(study.readers):
            x = study.ratings[t, r]
            there = ~np.isnan(x)
            if there.any():
                name = " ".join(str(one) for one in (treatment, reader) if str(one))
                yield name or "all", study.truth[there], x[there]


def _each(
    study: ReadStudy, heading: str, of: str, measure: Any, level: float
) -> Section:
    answer = tried(
        (name, partial(measure, y, x, level=level)) for name, y, x in _cells(study)
    )
    return Section(
        heading=heading,
        words=tuple(answer.refused),
        figures=(
            forest_figure(
                answer.found, title="Each reader, for the cases alone", of=of
            ),
        )
        if answer.found
        else (),
    )


def _one_reader(study: ReadStudy, level: float) -> Section:
    def asked() -> Iterator[Asked]:
        for i, j in combinations(range(len(study.treatments)), 2):
            x = study.ratings[[i, j], 0]
            there = ~np.isnan(x).any(axis=0)
            yield (
                f"{study.treatments[i]} - {study.treatments[j]}",
                partial(
                    compare_auc,
                    study.truth[there],
                    x[0, there],
                    x[1, there],
                    level=level,
                ),
            )

    answer = tried(asked())
    return Section(
        heading="Differences between modalities, for this reader",
        words=tuple(answer.refused),
        figures=(
            forest_figure(
                answer.found,
                title="Differences on the same cases (DeLong)",
                of="Difference of areas",
                reference=0.0,
            ),
        )
        if answer.found
        else (),
        tables=(estimates_table("Differences", answer.found),) if answer.found else (),
    )


def _over_readers(study: ReadStudy, metric: Metric, level: float) -> Iterator[Section]:
    analyses: tuple[tuple[str, Analysis], ...] = (
        (
            "Obuchowski-Rockette",
            lambda: obuchowski_rockette(study, metric=metric, level=level),
        ),
        (
            "Dorfman-Berbaum-Metz",
            lambda: dorfman_berbaum_metz(study, metric=metric, level=level),
        ),
        (
            "U-statistic",
            lambda: u_statistic(
                study, metric=metric, centred=not study.complete, level=level
            ),
        ),
    )
    what = "area" if metric == "auc" else metric
    for name, analyse in analyses:
        if name == "Dorfman-Berbaum-Metz" and len(study.treatments) == 1:
            continue  # it compares treatments
        heading = f"Mean {what} over readers and cases: {name}"
        try:
            result = analyse()
        except InvalidInput as error:
            yield Section(heading=heading, words=(str(error),))
            continue
        yield _analysed(heading, what, result, figures=name == "Obuchowski-Rockette")


def _analysed(
    heading: str, what: str, result: ReadersAndCases, *, figures: bool
) -> Section:
    single = [
        (str(one.details["treatment"]) or "all", one) for one in result.per_treatment
    ]
    apart = [
        (" - ".join(map(str, one.details["of"])), one) for one in result.differences
    ]
    drawn = [forest_figure(single, title=f"Mean {what} of each modality", of=what)]
    tables = [estimates_table("Modalities", single)]
    words = [f"{result.method}. These hold for readers and cases like these."]
    if apart:
        drawn.append(
            forest_figure(
                apart,
                title="Differences between modalities",
                of=f"Difference of {what}",
                reference=0.0,
            )
        )
        tables.append(estimates_table("Differences", apart))
        words += [
            f"{name}: p = {one.details['p']:.3g}."
            for name, one in apart
            if np.isfinite(one.details.get("p", np.nan))
        ]
    tables.append(
        Table(
            caption="Parts of the variance",
            columns=("part", "value"),
            rows=tuple(result.components.items()),
        )
    )
    return Section(
        heading=heading,
        words=tuple(words),
        figures=tuple(drawn) if figures else (),
        tables=tuple(tables),
    )
