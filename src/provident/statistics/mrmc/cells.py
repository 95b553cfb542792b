"""The figure of each treatment and reader, and the covariances between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, get_args

import numpy as np

from provident.kernel import InvalidInput
from provident.statistics.choices import check_choice
from provident.statistics.mrmc.data import METRICS, Metric, ReadStudy
from provident.statistics.roc import placements
from provident.statistics.values import Floats


Covariance: TypeAlias = Literal["jackknife", "delong", "unbiased"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """Cells in the order treatment, reader; cases apart by truth; 0 where not read.

    `shares` are the structural components: each case's part in its cell's figure.
    """

    figures: Floats  # cells; NaN where nothing is read
    diseased: Floats  # cells x diseased cases: shares
    healthy: Floats  # cells x cases without disease
    read_diseased: Floats  # 1 where read
    read_healthy: Floats
    metric: Metric


def cells_of(study: ReadStudy, metric: Metric = "auc") -> Cells:
    """Raises `InvalidInput` where a cell has too few cases of either truth, or no calls."""
    check_choice("metric", metric, METRICS)
    x = study.ratings.reshape(-1, len(study.cases))
    sick = study.truth == 1
    up, down = x[:, sick], x[:, ~sick]
    there = (~np.isnan(up)).astype(np.float64), (~np.isnan(down)).astype(np.float64)
    _check(study, metric, *there)
    if metric == "auc":
        shares = _areas(up, down)
    else:
        if not np.isin(x[~np.isnan(x)], (0, 1)).all():
            raise InvalidInput(
                f"For {metric} ratings are 1 (positive) or 0; turn scores into calls at a threshold first."
            )
        shares = np.nan_to_num(up), np.nan_to_num(1 - down)
    part = 1 if metric == "specificity" else 0
    with np.errstate(invalid="ignore", divide="ignore"):
        figures = shares[part].sum(axis=1) / there[part].sum(axis=1)
    return Cells(
        figures=figures,
        diseased=shares[0],
        healthy=shares[1],
        read_diseased=there[0],
        read_healthy=there[1],
        metric=metric,
    )


def _check(study: ReadStudy, metric: Metric, sick: Floats, healthy: Floats) -> None:
    needed = {"auc": (sick, healthy), "sensitivity": (sick,), "specificity": (healthy,)}
    for there in needed[metric]:
        few = np.flatnonzero((there.sum(axis=1) < 2) & study.read.ravel())
        if len(few):
            t, r = divmod(int(few[0]), len(study.readers))
            raise InvalidInput(
                f"Reader {study.readers[r]} in {study.treatments[t]} read fewer than 2 cases "
                f"{'with' if there is sick else 'without'} disease; 2 are needed."
            )


def _areas(up: Floats, down: Floats) -> tuple[Floats, Floats]:
    diseased, healthy = np.zeros_like(up), np.zeros_like(down)
    whole = not (np.isnan(up).any() or np.isnan(down).any())
    for cell in range(len(up)):
        if whole:
            diseased[cell], healthy[cell] = placements(up[cell], down[cell])
            continue
        a, b = ~np.isnan(up[cell]), ~np.isnan(down[cell])
        if a.any() and b.any():
            diseased[cell, a], healthy[cell, b] = placements(up[cell, a], down[cell, b])
    return diseased, healthy


def covariance(study: ReadStudy, cells: Cells, method: Covariance) -> Floats:
    """Cells x cells, readers fixed, cases random; 0 between cells without a case in common.

    jackknife: cases left out one at a time (of the truth that the metric uses); delong:
    structural components (DeLong et al. 1988; pairs of cells by the cases in common);
    unbiased: U-statistic (Gallas, Acad Radiol 2006;13:353).
    """
    check_choice("covariance", method, get_args(Covariance))
    if method == "unbiased" and cells.metric == "auc":
        return _unbiased(study, cells)
    parts = [
        _deviations(shares, there, cells.figures)
        for shares, there, used in (
            (cells.diseased, cells.read_diseased, cells.metric != "specificity"),
            (cells.healthy, cells.read_healthy, cells.metric != "sensitivity"),
        )
        if used
    ]
    if method == "jackknife":
        total = sum(gone.shape[1] for gone, _, _ in parts)
        moved = np.concatenate(
            [gone / np.maximum(n - 1, 1)[:, None] for gone, _, n in parts], axis=1
        )
        return np.asarray((total - 1) / total * moved @ moved.T)
    return np.asarray(sum(_structural(*part) for part in parts))


def _deviations(
    shares: Floats, there: Floats, figures: Floats
) -> tuple[Floats, Floats, Floats]:
    gone = (np.nan_to_num(figures)[:, None] - shares) * there
    return gone, there, there.sum(axis=1)


def _structural(gone: Floats, there: Floats, n: Floats) -> Floats:
    common = there @ there.T
    with np.errstate(invalid="ignore", divide="ignore"):
        found = gone @ gone.T / np.outer(n, n) * common / (common - 1)
    return np.where(common > 1, found, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class PairSums:
    """Sums of products of two cells' kernels over pairs of (diseased, healthy) pairs.

    Cells x cells each: `both` same two cases, `sick` same diseased case, `healthy` same
    case without disease, `all` any; as sums (`of`) or as numbers of terms (`count`).
    """

    of: dict[str, Floats]
    count: dict[str, Floats]

    def apart(self) -> tuple[Floats, Floats]:
        """Sums and numbers of terms in which no case is shared."""
        return _apart(self.of), _apart(self.count)


def _apart(sums: dict[str, Floats]) -> Floats:
    return np.asarray(sums["all"] - sums["sick"] - sums["healthy"] + sums["both"])


def pair_sums(study: ReadStudy, cells: Cells, centre: Floats | None = None) -> PairSums:
    """All sums that U-statistic variances of areas are made of, in blocks of bounded size.

    `centre` (one for each cell) is taken off every kernel that was read.
    """
    a, b = cells.read_diseased, cells.read_healthy
    n1, n0 = a.sum(axis=1), b.sum(axis=1)
    off = np.zeros(len(a)) if centre is None else centre
    # Sums over the other kind of case.
    sick = (cells.diseased - off[:, None] * a) * n0[:, None]
    healthy = (cells.healthy - off[:, None] * b) * n1[:, None]
    total = sick.sum(axis=1)
    of = {
        "both": _same_pair(study, centre),
        "sick": sick @ sick.T,
        "healthy": healthy @ healthy.T,
        "all": np.outer(total, total),
    }
    alike1, alike0 = a @ a.T, b @ b.T
    count = {
        "both": alike1 * alike0,
        "sick": alike1 * np.outer(n0, n0),
        "healthy": alike0 * np.outer(n1, n1),
        "all": np.outer(n1 * n0, n1 * n0),
    }
    return PairSums(of=of, count=count)


def _same_pair(
    study: ReadStudy, centre: Floats | None, block: int = 4_000_000
) -> Floats:
    x = study.ratings.reshape(-1, len(study.cases))
    up, down = x[:, study.truth == 1], x[:, study.truth == 0]
    step = max(1, block // max(1, up.size))
    found = np.zeros((len(x), len(x)))
    for start in range(0, down.shape[1], step):
        beside = down[:, start : start + step]
        kernel = kernels(up, beside)
        if centre is not None:
            there = ~np.isnan(up)[:, :, None] & ~np.isnan(beside)[:, None, :]
            kernel = kernel - centre[:, None, None] * there
        flat = kernel.reshape(len(x), -1)
        # Products are of 0, 1/2 and 1: sums of 4 million of them are exact in single precision.
        found += (flat @ flat.T).astype(np.float64)
    return found


def kernels(up: Any, down: Any) -> Any:
    """1 where the diseased case has the higher rating, 1/2 for ties, 0 else or unread."""
    above = (up[:, :, None] > down[:, None, :]).astype(np.float32)
    above += (up[:, :, None] >= down[:, None, :]).astype(np.float32)
    above *= 0.5
    return above


def _unbiased(study: ReadStudy, cells: Cells) -> Floats:
    """A_a A_b less the mean of products that share no case, which estimates E A_a E A_b."""
    sums, terms = pair_sums(study, cells).apart()
    figures = np.nan_to_num(cells.figures)
    with np.errstate(invalid="ignore", divide="ignore"):
        apart = np.where(terms > 0, sums / terms, np.nan)
    return np.asarray(np.nan_to_num(np.outer(figures, figures) - apart))
