"""The variance components of Obuchowski and Rockette's model, and its analysis of variance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from provident.statistics.values import Floats


# Figures are shares: a variance below this is rounding.
_ROUNDING = 1e-15


def variance_or_none(value: float) -> float:
    """The variance, 0 where nothing but rounding is left of it."""
    return value if value > _ROUNDING else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorComponents:
    """Means of the covariance matrix of cells: one cell with itself (`var`), the same reader
    in two treatments (`cov1`), two readers in one (`cov2`), both different (`cov3`)."""

    var: float
    cov1: float
    cov2: float
    cov3: float


def error_components(matrix: Floats, read: Any) -> ErrorComponents:
    """From cells x cells, over the cells that are read (treatments x readers)."""
    readers = read.shape[1]
    cell = np.flatnonzero(read.ravel())
    kept = matrix[np.ix_(cell, cell)]
    t, r = np.divmod(cell, readers)
    same_t, same_r = t[:, None] == t[None, :], r[:, None] == r[None, :]
    return ErrorComponents(
        var=_mean(kept, same_t & same_r),
        cov1=_mean(kept, ~same_t & same_r),
        cov2=_mean(kept, same_t & ~same_r),
        cov3=_mean(kept, ~same_t & ~same_r),
    )


def _mean(matrix: Floats, where: Any) -> float:
    return float(matrix[where].mean()) if where.any() else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderSquares:
    """Mean squares of treatments, readers and their interaction: one figure a cell."""

    treatment: float
    reader: float
    interaction: float


def reader_squares(figures: Floats) -> ReaderSquares:
    """Of treatments x readers without gaps."""
    t, r = figures.shape
    grand = figures.mean()
    by_t, by_r = figures.mean(axis=1), figures.mean(axis=0)
    rest = figures - by_t[:, None] - by_r[None, :] + grand
    return ReaderSquares(
        treatment=_over(r * float(((by_t - grand) ** 2).sum()), t - 1),
        reader=_over(t * float(((by_r - grand) ** 2).sum()), r - 1),
        interaction=_over(float((rest**2).sum()), (t - 1) * (r - 1)),
    )


def _over(squares: float, df: int) -> float:
    return variance_or_none(squares / df) if df > 0 else 0.0
