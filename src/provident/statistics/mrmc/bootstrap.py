"""The bootstrap of a multireader multicase study: cases, readers or both are drawn anew."""

from __future__ import annotations

import math
from itertools import combinations
from typing import Any, Literal, TypeAlias, get_args

import numpy as np

from provident.kernel import InvalidInput
from provident.statistics.choices import check_choice
from provident.statistics.mrmc.cells import cells_of, kernels
from provident.statistics.mrmc.data import Metric, ReadStudy
from provident.statistics.mrmc.results import ReadersAndCases
from provident.statistics.resampling import Bootstrap, percentile_interval, spread
from provident.statistics.values import Estimate, Floats


Drawn: TypeAlias = Literal["cases", "readers", "both"]
# Above this number of pairs of cases a sorted sum is quicker than the matrix of pairs.
_PAIRS = 400_000


def bootstrap_study(
    study: ReadStudy,
    bootstrap: Bootstrap,
    *,
    metric: Metric = "auc",
    drawn: Drawn = "both",
    level: float = 0.95,
) -> ReadersAndCases:
    """Percentile intervals of treatments (mean over readers) and of their differences.

    Cases are drawn within each truth, and keep all their readings; readers are drawn with
    all theirs. `both` generalises to both and, being a plug-in, is somewhat wide (Gallas et
    al., Commun Stat Theory 2009;38:2586). Every reader must read in every treatment; cells
    may lack cases. Raises `InvalidInput`.
    """
    check_choice("way to draw", drawn, get_args(Drawn))
    if not study.read.all():
        raise InvalidInput(
            "The bootstrap needs every reader in every treatment; the U-statistic does not."
        )
    t, r = len(study.treatments), len(study.readers)
    figures = cells_of(study, metric).figures.reshape(t, r)
    if drawn == "readers":
        cells = np.broadcast_to(figures, (bootstrap.samples, t, r))
    else:
        cells = bootstrap_figures(study, bootstrap, metric=metric)
    if drawn == "cases":
        means = cells.mean(axis=2)
    else:
        means = np.einsum("btr,br->bt", cells, bootstrap.counts(r)) / r
    names = {"cases": "cases", "readers": "readers", "both": "readers and cases"}
    method = f"bootstrap of {names[drawn]}, {bootstrap.samples} samples"

    def estimate(
        statistic: str, value: float, replicates: Floats, about: dict[str, Any]
    ) -> Estimate:
        return Estimate(
            statistic=statistic,
            method=method,
            estimate=value,
            se=spread(replicates),
            ci=percentile_interval(replicates, level),
            level=level,
            n=study.counted(metric),
            details=about,
        )

    of = figures.mean(axis=1)
    pairs = [
        estimate(
            f"{metric}_difference",
            float(of[i] - of[j]),
            means[:, i] - means[:, j],
            {
                "of": [study.treatments[i], study.treatments[j]],
                "p": _achieved(means[:, i] - means[:, j]),
            },
        )
        for i, j in combinations(range(t), 2)
    ]
    return ReadersAndCases(
        metric=metric,
        method=method,
        design=study.design,
        treatments=study.treatments,
        readers=study.readers,
        figures=figures,
        per_treatment=tuple(
            estimate(metric, float(of[i]), means[:, i], {"treatment": name})
            for i, name in enumerate(study.treatments)
        ),
        differences=tuple(pairs),
        test=None,
        components={},
    )


def bootstrap_figures(
    study: ReadStudy, bootstrap: Bootstrap, *, metric: Metric = "auc"
) -> Floats:
    """Each cell's figure in each replicate of the cases: samples x treatments x readers.

    A replicate is counts of cases, so that no rating is sorted twice: an area is
    counts (diseased) x matrix of pairs x counts (not diseased). NaN where a replicate
    holds none of the cases that a cell needs.
    """
    sick = study.truth == 1
    x = study.ratings.reshape(-1, len(study.cases))
    up, down = x[:, sick], x[:, ~sick]
    cells_of(study, metric)  # refuses what cannot be analysed
    if metric == "auc":
        drawn = bootstrap.counts(up.shape[1]), bootstrap.counts(down.shape[1])
        found = _areas(up, down, *drawn)
    else:
        side = up if metric == "sensitivity" else 1 - down
        found = _shares(side, bootstrap.counts(side.shape[1]))
    return np.asarray(found.T.reshape(-1, len(study.treatments), len(study.readers)))


def _shares(calls: Floats, drawn: Floats) -> Floats:
    there = (~np.isnan(calls)).astype(np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((np.nan_to_num(calls) @ drawn.T) / (there @ drawn.T))


def _areas(up: Floats, down: Floats, sick: Floats, healthy: Floats) -> Floats:
    """Cells x samples."""
    if up.shape[1] * down.shape[1] > _PAIRS:
        return np.stack(
            [_sorted_areas(a, b, sick, healthy) for a, b in zip(up, down, strict=True)]
        )
    # Counts, halves and their sums are exact in single precision, which is twice as fast.
    first, second = sick.astype(np.float32), healthy.astype(np.float32)
    size = _sizes(~np.isnan(up), sick) * _sizes(~np.isnan(down), healthy)
    found = np.empty((len(up), len(sick)))
    for cell in range(len(up)):
        pairs = kernels(up[cell : cell + 1], down[cell : cell + 1])[0]
        found[cell] = np.einsum("bj,bj->b", first @ pairs, second)
    with np.errstate(invalid="ignore", divide="ignore"):
        return found / size


def _sizes(there: Any, drawn: Floats) -> Floats:
    """How many of its cases each cell has in each replicate: cells x samples."""
    if there.all():
        return np.broadcast_to(drawn.sum(axis=1), (len(there), len(drawn)))
    return np.asarray(there.astype(np.float64) @ drawn.T)


def _sorted_areas(up: Floats, down: Floats, sick: Floats, healthy: Floats) -> Floats:
    """One cell by running sums over the sorted ratings, in blocks of replicates."""
    there1, there0 = np.flatnonzero(~np.isnan(up)), np.flatnonzero(~np.isnan(down))
    down_order = there0[np.argsort(down[there0], kind="stable")]
    ordered = down[down_order]
    low = np.searchsorted(ordered, up[there1], side="left")
    high = np.searchsorted(ordered, up[there1], side="right")
    found = np.empty(len(sick))
    step = max(1, 20_000_000 // (len(up) + len(down)))
    for start in range(0, len(sick), step):
        rows = slice(start, start + step)
        below = np.zeros((len(sick[rows]), len(ordered) + 1))
        np.cumsum(healthy[rows][:, down_order], axis=1, out=below[:, 1:])
        weights = sick[rows][:, there1]
        wins = (weights * (below[:, low] + below[:, high])).sum(axis=1) / 2
        size = weights.sum(axis=1) * below[:, -1]
        with np.errstate(invalid="ignore", divide="ignore"):
            found[rows] = wins / size
    return found


def _achieved(replicates: Floats) -> float:
    """Twice the smaller share of replicates on one side of 0, never 0 itself."""
    known = replicates[~np.isnan(replicates)]
    if not len(known):
        return math.nan
    low = (int((known <= 0).sum()) + 1) / (len(known) + 1)
    high = (int((known >= 0).sum()) + 1) / (len(known) + 1)
    return min(1.0, 2 * min(low, high))
