"""A multireader multicase study as one value: ratings of treatments x readers x cases."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, get_args

import numpy as np

from provident.kernel import InvalidInput
from provident.statistics.ratings import column, is_blank
from provident.statistics.values import Floats


Metric: TypeAlias = Literal["auc", "sensitivity", "specificity"]
METRICS: tuple[Metric, ...] = get_args(Metric)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadStudy:
    """Ratings (NaN where a case was not read) and the truth (1 diseased, 0 not) of cases.

    Cases nested in readers or treatments, and readers nested in treatments, are told by
    which cells are there: give a case a name of its own wherever it is another case.
    """

    treatments: tuple[Any, ...]
    readers: tuple[Any, ...]
    cases: tuple[Any, ...]
    truth: Floats  # cases
    ratings: Floats  # treatments x readers x cases

    def __post_init__(self) -> None:
        shape = (len(self.treatments), len(self.readers), len(self.cases))
        if self.ratings.shape != shape or self.truth.shape != shape[2:]:
            raise InvalidInput(
                "Ratings are treatments x readers x cases, truth is one for each case."
            )
        if not np.isin(self.truth, (0, 1)).all():
            raise InvalidInput("Truth is 1 (diseased) or 0 (not diseased).")
        if np.isinf(self.ratings).any():
            raise InvalidInput("A rating is infinite.")

    @property
    def read(self) -> Any:
        """True where a treatment and reader has any case: treatments x readers."""
        return (~np.isnan(self.ratings)).any(axis=2)

    @property
    def complete(self) -> bool:
        """True where every reader read every case in every treatment."""
        return not np.isnan(self.ratings).any()

    @property
    def readers_nested(self) -> bool:
        """True where each reader read in one treatment alone."""
        return bool((self.read.sum(axis=0) == 1).all()) and len(self.treatments) > 1

    def counted(self, metric: Metric) -> int:
        """The number of cases that the metric rests on: of one truth or of both."""
        if metric == "auc":
            return len(self.cases)
        return int((self.truth == (1 if metric == "sensitivity" else 0)).sum())

    @property
    def design(self) -> str:
        """The design in words, from the cells that are there."""
        there = ~np.isnan(self.ratings)
        if there.all():
            return "fully crossed"
        readers = "readers in treatments" if self.readers_nested else ""
        by_case = there.any(axis=1).sum(axis=0)
        by_reader = there.any(axis=0).sum(axis=0)
        if (by_case == 1).all() and len(self.treatments) > 1:
            cases = "cases in treatments"
        elif (by_reader == 1).all():
            cases = "cases in readers"
        else:
            cases = "" if readers and self._whole(there) else "cells missing"
        return ", ".join(word for word in (readers, cases) if word)

    def _whole(self, there: Any) -> bool:
        return bool(there[self.read].all())

    def calls(self, threshold: float) -> ReadStudy:
        """The same study with ratings of `threshold` or more as 1 (positive), else 0."""
        called = np.where(self.ratings >= threshold, 1.0, 0.0)
        called[np.isnan(self.ratings)] = np.nan
        return ReadStudy(
            treatments=self.treatments,
            readers=self.readers,
            cases=self.cases,
            truth=self.truth,
            ratings=called,
        )


def read_study(
    *,
    reader: Sequence[Hashable],
    treatment: Sequence[Hashable],
    case: Sequence[Hashable],
    truth: Sequence[Any],
    rating: Sequence[Any],
) -> ReadStudy:
    """A `ReadStudy` from columns as long as there are readings; a blank rating is no reading.

    Raises `InvalidInput` where a case has two truths or is read twice in a cell.
    """
    lengths = {len(one) for one in (reader, treatment, case, truth, rating)}
    if len(lengths) != 1 or 0 in lengths:
        raise InvalidInput("The columns must be as long as each other, and not empty.")
    there = [not is_blank(value) for value in rating]
    t_names, t = _index(treatment)
    r_names, r = _index(reader)
    c_names, c = _index(case)
    known = _truth(column(truth, "truth"), c, c_names)
    cells = np.full((len(t_names), len(r_names), len(c_names)), np.nan)
    kept = np.flatnonzero(there)
    flat = np.ravel_multi_index((t[kept], r[kept], c[kept]), cells.shape)
    twice = np.flatnonzero(np.bincount(flat, minlength=cells.size) > 1)
    if len(twice):
        at = np.unravel_index(twice[0], cells.shape)
        raise InvalidInput(
            f"Case {c_names[at[2]]} is read more than once by reader {r_names[at[1]]} in {t_names[at[0]]} "
            f"({len(twice)} such cells). Keep the first read; repeats are for intra-reader agreement."
        )
    cells.flat[flat] = column([rating[i] for i in kept.tolist()], "rating")
    return ReadStudy(
        treatments=t_names, readers=r_names, cases=c_names, truth=known, ratings=cells
    )


def _index(values: Sequence[Hashable]) -> tuple[tuple[Any, ...], Any]:
    """Names in the order in which they come, and the number of each value's name."""
    numbers: dict[Hashable, int] = {}
    found = np.array([numbers.setdefault(v, len(numbers)) for v in values])
    return tuple(numbers), found


def _truth(values: Floats, c: Any, names: tuple[Any, ...]) -> Floats:
    known = np.full(len(names), np.nan)
    known[c] = values
    wrong = np.flatnonzero(known[c] != values)
    if len(wrong):
        raise InvalidInput(f"Case {names[c[wrong[0]]]} has two different truths.")
    return known
