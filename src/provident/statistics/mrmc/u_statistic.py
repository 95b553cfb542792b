"""The U-statistic analysis (BDG: Barrett, Clarkson, Gallas) of iMRMC, any design."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from provident.kernel import InvalidInput
from provident.statistics.intervals import t_interval, t_p_value
from provident.statistics.mrmc.cells import Cells, PairSums, cells_of, pair_sums
from provident.statistics.mrmc.data import Metric, ReadStudy
from provident.statistics.mrmc.results import ReadersAndCases
from provident.statistics.values import Estimate, Floats


# Figures are shares: a variance nearer to 0 than this is rounding.
_ROUNDING = 1e-15


def u_statistic(
    study: ReadStudy,
    *,
    metric: Metric = "auc",
    centred: bool = False,
    level: float = 0.95,
) -> ReadersAndCases:
    """Compare treatments over random readers and cases, with any cells missing.

    A treatment's figure pools all pairs (diseased, not diseased) that a reader compared, so
    readers count by what they read; in complete designs it is the mean over readers. The
    variances are unbiased: Gallas, Acad Radiol 2006;13:353; missing cells, unpaired readers
    and cases: Gallas & Brown, Neural Netw 2008;21:387, Gallas et al., Commun Stat Theory
    2009;38:2586. Degrees of freedom: Satterthwaite over the mean squares of readers and of
    both kinds of cases as in iMRMC, which rounds them down. `components` also holds the
    plug-in ("mle") variances, which are biased upwards but never negative.

    Where cells are missing the published variance is noisy, even negative (then there is no
    interval), because it changes when a constant is added to all comparisons. `centred`
    takes each treatment's own figure off first: the same variance in complete designs, a
    much steadier one elsewhere, no longer iMRMC's. Raises `InvalidInput`.
    """
    cells = cells_of(study, metric)
    readers = len(study.readers)
    size = len(study.treatments)
    if study.read.any(axis=0).sum() < 2:
        raise InvalidInput("Two readers at least are needed to generalise to readers.")
    n = study.counted(metric)
    blocks = _Blocks.of(_sums(study, cells, metric, None), size, readers)
    means = blocks.means()
    if centred:
        off = np.repeat(means, readers)
        blocks = _Blocks.of(_sums(study, cells, metric, off), size, readers)
    parts: dict[str, float] = {}
    treatments = []
    for i, name in enumerate(study.treatments):
        variance = blocks.variance([(i, 1.0)])
        parts[f"var[{name}]"] = variance
        parts[f"var_mle[{name}]"] = blocks.plug_in([(i, 1.0)])
        df = blocks.df([(i, 1.0)], variance)
        treatments.append(_estimate(metric, means[i], variance, df, level, n, [name]))
    pairs = []
    for i, j in combinations(range(size), 2):
        contrast = [(i, 1.0), (j, -1.0)]
        variance = blocks.variance(contrast)
        names = [study.treatments[i], study.treatments[j]]
        parts[f"var[{names[0]}-{names[1]}]"] = variance
        parts[f"var_mle[{names[0]}-{names[1]}]"] = blocks.plug_in(contrast)
        df = blocks.df(contrast, variance)
        gap = float(means[i] - means[j])
        pairs.append(
            _estimate(f"{metric}_difference", gap, variance, df, level, n, names)
        )
    return ReadersAndCases(
        metric=metric,
        method="U-statistic (BDG), unbiased variances, Satterthwaite df rounded down",
        design=study.design,
        treatments=study.treatments,
        readers=study.readers,
        figures=cells.figures.reshape(size, readers),
        per_treatment=tuple(treatments),
        differences=tuple(pairs),
        test=None,
        components=parts,
    )


def _estimate(
    statistic: str,
    value: float,
    variance: float,
    df: float,
    level: float,
    n: int,
    names: list[object],
) -> Estimate:
    se = math.sqrt(variance) if variance > 0 else math.nan
    whole = math.floor(df) if math.isfinite(df) else math.nan
    known = se > 0 and whole >= 1
    p = t_p_value(float(value) / se, whole) if known else math.nan
    about = {"of": names, "p": p} if len(names) == 2 else {"treatment": names[0]}
    return Estimate(
        statistic=statistic,
        method="U-statistic (BDG)",
        estimate=float(value),
        se=se,
        ci=t_interval(float(value), se, whole, level) if known else (math.nan,) * 2,
        level=level,
        n=n,
        details={**about, "df": df},
    )


def _sums(
    study: ReadStudy, cells: Cells, metric: Metric, centre: Floats | None
) -> PairSums:
    if metric == "auc":
        return pair_sums(study, cells, centre)
    return _proportions(study, metric, centre)


def _proportions(study: ReadStudy, metric: Metric, centre: Floats | None) -> PairSums:
    """Sums for a proportion: one kind of case, so nothing but that case can be shared."""
    wanted = 1 if metric == "sensitivity" else 0
    x = study.ratings.reshape(-1, len(study.cases))[:, study.truth == wanted]
    there = (~np.isnan(x)).astype(np.float64)
    right = np.nan_to_num(x if wanted else 1 - x)
    if centre is not None:
        right = right - centre[:, None] * there
    nothing = np.zeros((len(x), len(x)))

    def sums(of: Floats) -> dict[str, Floats]:
        total = of.sum(axis=1)
        return {
            "both": nothing,
            "sick": of @ of.T,
            "healthy": nothing,
            "all": np.outer(total, total),
        }

    return PairSums(of=sums(right), count=sums(there))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Blocks:
    """Sums over readers, the same or any two: treatments x treatments for each kind.

    The kinds say which cases two readings share; `same` readings by one reader, `any` by
    any two readers, one and the same included.
    """

    same: dict[str, Floats]
    any: dict[str, Floats]
    same_count: dict[str, Floats]
    any_count: dict[str, Floats]
    reader_pairs: Floats  # treatments x readers: numbers of terms

    @staticmethod
    def of(sums: PairSums, treatments: int, readers: int) -> _Blocks:
        def split(kinds: dict[str, Floats]) -> tuple[dict[str, Floats], ...]:
            shaped = {
                kind: matrix.reshape(treatments, readers, treatments, readers)
                for kind, matrix in kinds.items()
            }
            same = {k: np.einsum("arbr->ab", m) for k, m in shaped.items()}
            every = {k: m.sum(axis=(1, 3)) for k, m in shaped.items()}
            return same, every

        same, every = split(sums.of)
        same_count, every_count = split(sums.count)
        own = np.sqrt(np.diag(sums.count["all"])).reshape(treatments, readers)
        return _Blocks(
            same=same,
            any=every,
            same_count=same_count,
            any_count=every_count,
            reader_pairs=own,
        )

    def means(self) -> Floats:
        """Each treatment's figure: all pairs of all its readers together."""
        total = np.sqrt(np.diag(self.any["all"]))
        return np.asarray(total / self.reader_pairs.sum(axis=1))

    def variance(self, contrast: list[tuple[int, float]]) -> float:
        """Unbiased: A_a A_b less the mean of products that share neither reader nor case."""
        gone = self._apart(self.any) - self._apart(self.same)
        terms = self._apart(self.any_count) - self._apart(self.same_count)
        together = _mean(self.any["all"], self.any_count["all"])
        found = _quadratic(contrast, together - _mean(gone, terms))
        return 0.0 if abs(found) < _ROUNDING else found

    @staticmethod
    def _apart(kinds: dict[str, Floats]) -> Floats:
        return np.asarray(
            kinds["all"] - kinds["sick"] - kinds["healthy"] + kinds["both"]
        )

    def plug_in(self, contrast: list[tuple[int, float]]) -> float:
        """The variance that holds if the sample were the population (Gallas 2006: MLE)."""
        total = self.any_count["all"]
        covariance = np.zeros_like(total)
        for kind, exact in (
            ("both", lambda k: k["both"]),
            ("sick", lambda k: k["sick"] - k["both"]),
            ("healthy", lambda k: k["healthy"] - k["both"]),
            ("all", self._apart),
        ):
            same, every = exact(self.same_count), exact(self.any_count)
            covariance += same / total * _mean(self.same[kind], self.same_count[kind])
            covariance += (
                (every - same) / total * _mean(self.any[kind], self.any_count[kind])
            )
        covariance -= _mean(self.any["all"], total)
        return _quadratic(contrast, covariance)

    def df(self, contrast: list[tuple[int, float]], variance: float) -> float:
        """Satterthwaite over readers and both kinds of cases; at least their smallest df."""
        if not variance > 0:
            return math.nan
        grand = _mean(self.any["all"], self.any_count["all"])
        bottom, least = 0.0, math.inf
        for sums, counts in (
            (self.any["healthy"], self.any_count["healthy"]),
            (self.any["sick"], self.any_count["sick"]),
            (self.same["all"], self.same_count["all"]),
        ):
            if not counts.any():
                continue
            spread = np.where(counts > 0, _mean(sums, counts) - grand, 0.0)
            share = np.diag(counts) / np.diag(self.any_count["all"])
            dfs = np.rint(1 / share - 1)
            chosen = [i for i, _ in contrast]
            least = min(least, float(dfs[chosen].min()))
            bottom += self._squared(contrast, spread, dfs, counts)
        found = variance**2 / bottom if bottom > 0 else math.inf
        return max(found, least, 1.0)

    @staticmethod
    def _squared(
        contrast: list[tuple[int, float]], spread: Floats, dfs: Floats, counts: Floats
    ) -> float:
        """(mean square / df)^2 / df: of the contrast where paired, else of each treatment."""
        chosen = [i for i, _ in contrast]
        if (dfs[chosen] < 1).any():
            return 0.0
        if (counts[np.ix_(chosen, chosen)] > 0).all():
            df = float(dfs[chosen].min())
            return (_quadratic(contrast, spread) / df) ** 2 / df
        return float(sum((spread[i, i] / dfs[i]) ** 2 / dfs[i] for i in chosen))


def _mean(sums: Floats, counts: Floats) -> Floats:
    return np.divide(sums, counts, out=np.zeros_like(sums), where=counts > 0)


def _quadratic(contrast: list[tuple[int, float]], matrix: Floats) -> float:
    return float(sum(a * b * matrix[i, j] for i, a in contrast for j, b in contrast))
