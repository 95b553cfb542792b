"""The report on agreement of readings: readers, repeats or modalities."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, cast

from provident.kernel import InvalidInput
from provident.statistics import readings as long_table
from provident.statistics.agreement_questions import (
    AgreementQuestion,
    compared_by,
    suited,
)
from provident.statistics.readings import Reading, Readings
from provident.statistics.report.categories import (
    category_sections,
    repeated_categories,
)
from provident.statistics.report.compared import Occasions, counted, occasions
from provident.statistics.report.measurements import (
    measurement_sections,
    repeated_measurements,
)
from provident.statistics.report.model import Report
from provident.statistics.report.section import Section


def agreement_report(
    rows: Readings,
    question: AgreementQuestion | None = None,
    *,
    title: str = "Agreement of readings",
    about: tuple[str, ...] = (),
    unit: str = "",
    measured: bool | None = None,
) -> Report:
    """Every agreement statistic that suits the readings, with figures.

    `measured` says that scores are measurements (else told from the scores). Rows of a case
    that come again by the same reader are repeats: they are compared with the reader's
    first answer and with nothing else. Raises `InvalidInput` with file and line.
    """
    asked = question or AgreementQuestion()
    found = occasions(rows)
    by = compared_by(found.first, asked)
    names = dict.fromkeys(by(row) for row in found.first.rows)
    numeric = (
        suited(found.first, asked) == "icc" if measured is None else measured
    ) and asked.categories is None
    what = (
        "reader"
        if by(found.first.rows[0]) == found.first.rows[0].reader
        else "modality"
    )
    sections = [
        Section(heading="What was compared", tables=(counted(found.first, by, what),))
    ]
    if len(names) > 1:
        sections += _between(found.first, by, asked, numeric=numeric, unit=unit)
    if found.again:
        sections.append(_within(found, by, asked, numeric=numeric, unit=unit))
    if len(sections) == 1:
        raise InvalidInput(
            f"{rows.file}: two readers or modalities, or repeats by one, are needed at least."
        )
    return Report(title=title, about=about, sections=tuple(sections))


def _between(
    rows: Readings,
    by: Callable[[Reading], str],
    asked: AgreementQuestion,
    *,
    numeric: bool,
    unit: str,
) -> Iterator[Section]:
    cells, columns = long_table.table(rows, by, numeric=numeric)
    cases = tuple(dict.fromkeys(row.case for row in rows.rows))
    if numeric:
        return measurement_sections(
            cells, columns, cases, unit=unit, log=asked.log, level=asked.level
        )
    return category_sections(
        cells,
        columns,
        categories=asked.categories,
        weights=cast(Any, asked.weights),
        level=asked.level,
        seed=asked.seed,
    )


def _within(
    found: Occasions,
    by: Callable[[Reading], str],
    asked: AgreementQuestion,
    *,
    numeric: bool,
    unit: str,
) -> Section:
    rows = tuple(
        replace(row, case=str(number), reader=name)
        for number, pair in enumerate(found.again)
        for name, row in zip(("first", "again"), pair, strict=True)
    )
    file = found.first.file
    cells, _ = long_table.table(
        Readings(file=file, rows=rows), lambda row: row.reader, numeric=numeric
    )
    pairs: dict[str, list[tuple[Any, Any]]] = {}
    for (first, _), (before, after) in zip(found.again, cells, strict=True):
        if before is not None and after is not None:
            pairs.setdefault(by(first), []).append((before, after))
    if numeric:
        return repeated_measurements(pairs, unit=unit, log=asked.log, level=asked.level)
    return repeated_categories(
        pairs,
        categories=asked.categories,
        weights=cast(Any, asked.weights),
        level=asked.level,
    )
