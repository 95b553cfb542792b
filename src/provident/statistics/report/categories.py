"""The sections of a report on categories: agreement beyond chance, pairs, cross tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import combinations
from typing import Any, cast

import numpy as np

from provident.kernel import InvalidInput
from provident.statistics.figures import (
    Figure,
    agreement_figure,
    cross_table_figure,
    estimates_table,
    forest_figure,
)
from provident.statistics.kappa import cross_table, kappa
from provident.statistics.krippendorff import krippendorff
from provident.statistics.ratings import is_blank, ratings
from provident.statistics.reader_pairs import light_kappa, percent_agreement
from provident.statistics.readers import agreement
from provident.statistics.report.section import Section
from provident.statistics.report.trying import Asked, tried
from provident.statistics.resampling import Bootstrap
from provident.statistics.weights import Weights


_MOST_FIGURES = 6
_SAMPLES = 2000


def category_sections(
    cells: Sequence[Sequence[Any]],
    columns: Sequence[str],
    *,
    categories: tuple[Any, ...] | None,
    weights: Weights,
    level: float,
    seed: int,
) -> Iterator[Section]:
    """`cells` are cases x columns, None where there is nothing.

    A scale with an order is also weighted (by `weights`, else quadratic).
    """
    try:
        rated = ratings(cells, categories=categories)
    except InvalidInput as error:
        yield Section(heading="Agreement beyond chance", words=(str(error),))
        return
    how: dict[str, Any] = {"categories": rated.categories, "level": level}
    ordered = rated.ordered and rated.q > 2
    yield _chance("Agreement beyond chance", cells, None, how, seed)
    if ordered or weights is not None:
        named = weights if weights is not None else "quadratic"
        word = named if isinstance(named, str) else "own"
        heading = (
            f"The same with {word} weights, by which near misses count for something"
        )
        yield _chance(heading, cells, named, how, seed)
    yield _pairs(
        cells, columns, rated.categories, weights or ("quadratic" if ordered else None)
    )


def _chance(
    heading: str,
    cells: Sequence[Sequence[Any]],
    weights: Weights,
    how: dict[str, Any],
    seed: int,
) -> Section:
    answer = tried(_asked(cells, weights, how, seed))
    title = "Estimates with their intervals"
    return Section(
        heading=heading,
        words=tuple(answer.refused),
        figures=(forest_figure(answer.found, title=title, of="Coefficient"),)
        if answer.found
        else (),
        tables=(estimates_table(heading, answer.found),) if answer.found else (),
    )


def _asked(
    cells: Sequence[Sequence[Any]], weights: Weights, how: dict[str, Any], seed: int
) -> Iterator[Asked]:
    weighted: dict[str, Any] = {**how, "weights": weights}
    if weights is None:
        yield (
            "percentage agreement",
            lambda: percent_agreement(cells, level=how["level"]),
        )
    if len(cells[0]) == 2:
        a, b = ([line[i] for line in cells] for i in (0, 1))
        yield "Cohen", lambda: kappa(a, b, missing="leave_out", **weighted)
    else:
        yield "Light", lambda: light_kappa(cells, **weighted)
    named = {
        "Conger": "conger",
        "Fleiss": "fleiss",
        "Gwet": "gwet",
        "Brennan-Prediger": "brennan_prediger",
    }
    for name, coefficient in named.items():
        if name == "Conger" and len(cells[0]) == 2:
            continue  # the same as Cohen's
        yield (
            name,
            partial(agreement, cells, cast(Any, coefficient), **weighted),
        )
    bootstrap = Bootstrap(rng=np.random.default_rng(seed), samples=_SAMPLES)
    yield "Krippendorff", lambda: krippendorff(cells, bootstrap=bootstrap, **weighted)


def _pairs(
    cells: Sequence[Sequence[Any]],
    columns: Sequence[str],
    scale: tuple[Any, ...],
    weights: Weights,
) -> Section:
    matrix = np.full((len(columns), len(columns)), np.nan)
    figures: list[Figure] = []
    for i, j in combinations(range(len(columns)), 2):
        both = [
            (line[i], line[j])
            for line in cells
            if not (is_blank(line[i]) or is_blank(line[j]))
        ]
        if len(both) < 2:
            continue
        if len(figures) < _MOST_FIGURES and len(scale) <= 20:
            counts = cross_table(ratings(both, categories=scale))
            figures.append(
                cross_table_figure(counts, scale, names=(columns[i], columns[j]))
            )
        a, b = ([pair[at] for pair in both] for at in (0, 1))
        try:
            one = kappa(a, b, categories=scale, weights=weights).estimate
        except InvalidInput:
            continue  # drawn as a blank
        matrix[i, j] = matrix[j, i] = one
    name = f"kappa ({weights} weights)" if isinstance(weights, str) else "kappa"
    if len(columns) > 2:
        figures.insert(0, agreement_figure(matrix, columns, statistic=name))
    return Section(heading="Every pair", figures=tuple(figures))


def repeated_categories(
    pairs: dict[str, list[tuple[Any, Any]]],
    *,
    categories: tuple[Any, ...] | None,
    weights: Weights,
    level: float,
) -> Section:
    """The same reader again: of each column, first and later answer to a case."""

    def asked() -> Iterator[Asked]:
        for name, both in pairs.items():
            a, b = ([pair[at] for pair in both] for at in (0, 1))
            yield (
                f"{name}, percentage",
                partial(percent_agreement, both, level=level),
            )
            yield (
                f"{name}, kappa",
                partial(
                    kappa, a, b, categories=categories, weights=weights, level=level
                ),
            )

    answer = tried(asked())
    return Section(
        heading="The same reader again",
        words=tuple(answer.refused),
        figures=(
            forest_figure(
                answer.found,
                title="Agreement of readers with themselves",
                of="Share, kappa",
            ),
        )
        if answer.found
        else (),
        tables=(estimates_table("Agreement within readers", answer.found),)
        if answer.found
        else (),
    )
