"""The sections of a report on measurements: intraclass correlation, limits of agreement, error."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import combinations
from typing import Any

import numpy as np

from provident.kernel import InvalidInput
from provident.statistics.figures import (
    Figure,
    Table,
    agreement_figure,
    bland_altman_figure,
    estimates_table,
    forest_figure,
)
from provident.statistics.icc import icc, icc_forms
from provident.statistics.limits import LimitsOfAgreement, limits_of_agreement
from provident.statistics.repeatability import (
    repeatability,
    smallest_detectable_change,
)
from provident.statistics.report.section import Section
from provident.statistics.report.trying import tried
from provident.statistics.values import Floats


_MOST_FIGURES = 6


def measurement_sections(
    cells: Sequence[Sequence[Any]],
    columns: Sequence[str],
    cases: Sequence[str],
    *,
    unit: str,
    log: bool,
    level: float,
) -> Iterator[Section]:
    """`cells` are cases x columns, None where there is nothing."""
    table = np.array(cells, dtype=np.float64)
    yield _correlation(table, level)
    yield _limits(table, columns, cases, unit=unit, log=log, level=level)
    if len(columns) > 2:
        yield _pairs(table, columns)
    yield _error(table, level, unit)


def _correlation(table: Floats, level: float) -> Section:
    heading = "Intraclass correlation"
    try:
        forms = icc_forms(table, level=level)
    except InvalidInput as error:
        return Section(heading=heading, words=(str(error),))
    named = list(forms.items())
    return Section(
        heading=heading,
        words=(
            "A: absolute agreement, which counts a constant difference between readers as error; "
            "C: consistency, which does not; 1 in front: readers not told apart. "
            "1 behind: of one reader; k: of the mean of all.",
        ),
        figures=(
            forest_figure(named, title="The six forms", of="Intraclass correlation"),
        ),
        tables=(estimates_table("Intraclass correlations", named),),
    )


def _limits(
    table: Floats,
    columns: Sequence[str],
    cases: Sequence[str],
    *,
    unit: str,
    log: bool,
    level: float,
) -> Section:
    figures: list[Figure] = []
    rows: list[tuple[Any, ...]] = []
    words: list[str] = []
    for i, j in combinations(range(len(columns)), 2):
        both = np.asarray(~np.isnan(table[:, [i, j]]).any(axis=1))
        a, b = table[both, i], table[both, j]
        names = columns[i], columns[j]
        try:
            found = limits_of_agreement(a, b, log=log, level=level)
            if len(figures) < _MOST_FIGURES:
                named = [cases[at] for at in np.flatnonzero(both).tolist()]
                figures.append(
                    bland_altman_figure(
                        a.tolist(),
                        b.tolist(),
                        found,
                        names=names,
                        unit=unit,
                        cases=named,
                    )
                )
        except InvalidInput as error:
            words.append(f"{names[0]} and {names[1]}: {error}")
            continue
        rows.append(_limit_row(names, found))
    what = "ratio" if log else "bias"
    return Section(
        heading="Limits of agreement (Bland and Altman)",
        words=tuple(words),
        figures=tuple(figures),
        tables=(
            Table(
                caption=f"Limits of agreement of each pair{f', in {unit}' if unit and not log else ''}",
                columns=(
                    "pair",
                    "cases",
                    what,
                    "from",
                    "to",
                    "lower limit",
                    "from",
                    "to",
                    "upper limit",
                    "from",
                    "to",
                ),
                rows=tuple(rows),
            ),
        )
        if rows
        else (),
    )


def _limit_row(names: tuple[str, str], found: LimitsOfAgreement) -> tuple[Any, ...]:
    return (
        f"{names[0]} - {names[1]}",
        found.n,
        found.bias,
        *found.bias_ci,
        found.lower,
        *found.lower_ci,
        found.upper,
        *found.upper_ci,
    )


def _pairs(table: Floats, columns: Sequence[str]) -> Section:
    matrix = np.full((len(columns), len(columns)), np.nan)
    for i, j in combinations(range(len(columns)), 2):
        try:
            one = icc(table[:, [i, j]], "ICC(A,1)", missing="leave_out").estimate
        except InvalidInput:
            continue  # drawn as a blank
        matrix[i, j] = matrix[j, i] = one
    return Section(
        heading="Every pair",
        figures=(agreement_figure(matrix, columns, statistic="ICC(A,1)"),),
    )


def _error(table: Floats, level: float, unit: str) -> Section:
    of = f", in {unit}" if unit else ""
    answer = tried(
        [
            (
                f"smallest detectable change{of}",
                lambda: smallest_detectable_change(table, level=level),
            ),
            (
                f"the same, without constant differences{of}",
                lambda: smallest_detectable_change(
                    table, kind="consistency", level=level
                ),
            ),
        ]
    )
    return Section(
        heading="Error of measurement",
        words=(
            "A change of one case that exceeds the smallest detectable change is more than error between readers.",
            *answer.refused,
        ),
        tables=(estimates_table("Smallest detectable change", answer.found),)
        if answer.found
        else (),
    )


def repeated_measurements(
    pairs: dict[str, list[tuple[float, float]]], *, unit: str, log: bool, level: float
) -> Section:
    """The same reader again: of each column, first and later measurement of a case."""
    answer = tried(
        (name, partial(repeatability, both, log=log, level=level))
        for name, both in pairs.items()
    )
    of = "ratio" if log else (unit or "units of the measurement")
    return Section(
        heading="The same reader again",
        words=(
            f"Two readings of the same case by the same reader differ by less than this in 95 of 100 ({of}).",
            *answer.refused,
        ),
        figures=(
            forest_figure(
                answer.found,
                title="Repeatability coefficient",
                of=f"Repeatability coefficient, {of}",
            ),
        )
        if answer.found
        else (),
        tables=(estimates_table("Repeatability coefficients", answer.found),)
        if answer.found
        else (),
    )
