"""Intraclass correlation: the six forms, with intervals, complete or with missing cells."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, get_args

import numpy as np

from provident.kernel import InvalidInput
from provident.statistics.choices import check_choice
from provident.statistics.intervals import check_level, f_p_value, f_quantile
from provident.statistics.ratings import numbers
from provident.statistics.reml import Components, crossed
from provident.statistics.values import NO_INTERVAL, Estimate, Floats, Interval


Form: TypeAlias = Literal[
    "ICC(1,1)", "ICC(A,1)", "ICC(C,1)", "ICC(1,k)", "ICC(A,k)", "ICC(C,k)"
]
MissingCells: TypeAlias = Literal["reml", "leave_out", "refuse"]
FORMS: tuple[Form, ...] = get_args(Form)

# Shrout & Fleiss number the two-way models; McGraw & Wong say Agreement and Consistency.
_ALIASES = {
    "ICC(2,1)": "ICC(A,1)",
    "ICC(3,1)": "ICC(C,1)",
    "ICC(2,k)": "ICC(A,k)",
    "ICC(3,k)": "ICC(C,k)",
    "ICC1": "ICC(1,1)",
    "ICC2": "ICC(A,1)",
    "ICC3": "ICC(C,1)",
    "ICC1k": "ICC(1,k)",
    "ICC2k": "ICC(A,k)",
    "ICC3k": "ICC(C,k)",
}


_ALIKE = "All measurements are the same: there is nothing to compare."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Squares:
    """Mean squares of cases (rows), readers (columns), rest, and within cases."""

    rows: float
    rows_one_way: float
    columns: float
    error: float
    within: float
    df_error: float
    df_within: float
    n: int
    k: float  # ratings a case
    readers: int
    missing: int
    how: str


def icc(
    table: Any,
    form: str = "ICC(A,1)",
    *,
    level: float = 0.95,
    missing: MissingCells = "reml",
) -> Estimate:
    """One form of the intraclass correlation of cases x readers; see `icc_forms`."""
    wanted = _ALIASES.get(form, form)
    if wanted not in FORMS:
        raise InvalidInput(
            f'There is no form "{form}"; there are {", ".join(FORMS)} and Shrout and Fleiss\' ICC(2,1), ICC(3,1), ICC(2,k), ICC(3,k).'
        )
    return _forms(_squares(table, missing), level, (wanted,))[0]


def icc_forms(
    table: Any, *, level: float = 0.95, missing: MissingCells = "reml"
) -> dict[str, Estimate]:
    """All six forms: ICC(1,1), ICC(A,1), ICC(C,1), ICC(1,k), ICC(A,k), ICC(C,k).

    Shrout & Fleiss, Psychol Bull 1979;86:420; McGraw & Wong, Psychol Methods 1996;1:30,
    whose intervals these are (ICC(A,.): Satterthwaite df). Standard errors by the delta
    method from the mean squares. With missing cells: `reml` fits the variance components
    of the two-way model by restricted maximum likelihood to all cells (missing at random)
    and puts the mean squares that they imply, with the cells' own error df and (two-way
    forms) the harmonic mean number of ratings a case, into the same interval formulas,
    which are then approximate; `leave_out` uses cases that all rated; `refuse` refuses.
    Raises `InvalidInput`.
    """
    found = _forms(_squares(table, missing), level, FORMS)
    return {one.statistic: one for one in found}


def _squares(table: Any, missing: MissingCells) -> _Squares:
    check_choice("way with missing cells", missing, get_args(MissingCells))
    x = numbers(table)
    if x.shape[1] < 2:
        raise InvalidInput("The intraclass correlation needs 2 readers at least.")
    blank = np.isnan(x)
    lacking = int(blank.sum())
    known = x[~blank]
    if not len(known) or np.ptp(known) <= 1e-13 * np.abs(known).max():
        raise InvalidInput(_ALIKE)
    if lacking and missing == "refuse":
        raise InvalidInput(
            f'{lacking} cells are blank: say missing="reml" (uses all cells) or "leave_out".'
        )
    if lacking and missing == "reml":
        return _implied(x, lacking)
    whole = x[~blank.any(axis=1)] if lacking else x
    return _anova(whole, lacking)


def _anova(x: Floats, lacking: int) -> _Squares:
    n, k = x.shape
    if n < 2:
        raise InvalidInput(f"{n} cases are rated by all readers; 2 are needed.")
    centred = x - x.mean()
    by_row, by_column = centred.mean(axis=1), centred.mean(axis=0)
    rows = k * float(by_row @ by_row)
    columns = n * float(by_column @ by_column)
    total = float(np.einsum("ij,ij->", centred, centred))
    if total <= 1e-26 * float(np.abs(x).max()) ** 2 * x.size:
        raise InvalidInput(_ALIKE)
    within = max(total - rows, 0.0)
    error = max(within - columns, 0.0)
    if error < 1e-13 * total:
        error = 0.0  # rounding, not disagreement
    if error == 0 and rows < 1e-13 * total:
        raise InvalidInput(
            "No case differs from another: the correlation needs cases that differ."
        )
    df_error, df_within = (n - 1) * (k - 1), n * (k - 1)
    return _Squares(
        rows=rows / (n - 1),
        rows_one_way=rows / (n - 1),
        columns=columns / (k - 1),
        error=error / df_error,
        within=within / df_within,
        df_error=df_error,
        df_within=df_within,
        n=n,
        k=k,
        readers=k,
        missing=lacking,
        how="ANOVA" if not lacking else "ANOVA, cases with a blank left out",
    )


def _implied(x: Floats, lacking: int) -> _Squares:
    x = x[~np.isnan(x).all(axis=1)]
    n, readers = x.shape
    each = (~np.isnan(x)).sum(axis=1)
    cells = int(each.sum())
    if n < 3 or cells - n - readers + 1 < 1:
        raise InvalidInput(
            "Too few cells for an intraclass correlation: more cases must be rated more than once."
        )
    two = crossed(x)
    k = n / float((1 / each).sum())
    return _Squares(
        rows=k * two.cases + two.error,
        rows_one_way=readers * two.cases + two.error,
        columns=n * two.readers + two.error,
        error=two.error,
        within=two.readers + two.error,
        df_error=cells - n - readers + 1,
        df_within=cells - n,
        n=n,
        k=k,
        readers=readers,
        missing=lacking,
        how=_words(two),
    )


def _words(two: Components) -> str:
    return (
        "REML on all cells; intervals approximate"
        f" (variances: cases {two.cases:.6g}, readers {two.readers:.6g}, error {two.error:.6g})"
    )


def _forms(s: _Squares, level: float, wanted: tuple[str, ...]) -> tuple[Estimate, ...]:
    check_level(level)
    made = {
        "1": (_one_way, "one-way"),
        "A": (_absolute, "two-way, absolute agreement"),
        "C": (_consistent, "two-way, consistency"),
    }
    found = []
    for form in wanted:
        function, words = made[form[4]]
        value, se, ci = function(s, level)
        if form.endswith("k)"):
            # The average form is of all readers, also where some cells are missing.
            value, se, ci = _stepped_up(value, se, ci, s.readers)
        found.append(_estimate(form, words, value, se, ci, s, level))
    return tuple(found)


def _estimate(
    form: str,
    words: str,
    value: float,
    se: float,
    ci: Interval,
    s: _Squares,
    level: float,
) -> Estimate:
    if form[4] == "1":
        rows, rest, df = s.rows_one_way, s.within, s.df_within
    else:
        rows, rest, df = s.rows, s.error, s.df_error
    f = rows / rest if rest > 0 else math.inf
    return Estimate(
        statistic=form,
        method=f"{words}; {s.how}",
        estimate=value,
        se=se,
        ci=ci,
        level=level,
        n=s.n,
        details={
            "readers": s.readers,
            "missing": s.missing,
            "f": f,
            "df": [s.n - 1, df],
            "p": f_p_value(f, s.n - 1, df) if math.isfinite(f) else 0.0,
            "ms_cases": s.rows,
            "ms_readers": s.columns,
            "ms_error": s.error,
            "ms_within": s.within,
        },
    )


def _ratio(rows: float, rest: float, k: float) -> float:
    return (rows - rest) / (rows + (k - 1) * rest)


def _f_form(
    rows: float, rest: float, df: tuple[float, float], k: float, level: float
) -> tuple[float, float, Interval]:
    """The forms that are a function of one F: estimate, delta-method se, exact interval."""
    value = _ratio(rows, rest, k)
    if rest <= 0:
        return 1.0, 0.0, (1.0, 1.0)
    f = rows / rest
    tail = (1 + level) / 2
    low, high = f / f_quantile(*df, tail), f * f_quantile(df[1], df[0], tail)
    slope = k * f / (f + k - 1) ** 2
    se = slope * math.sqrt(2 / df[0] + 2 / df[1])
    return value, se, ((low - 1) / (low + k - 1), (high - 1) / (high + k - 1))


def _one_way(s: _Squares, level: float) -> tuple[float, float, Interval]:
    df = (s.n - 1, s.df_within)
    return _f_form(s.rows_one_way, s.within, df, s.readers, level)


def _consistent(s: _Squares, level: float) -> tuple[float, float, Interval]:
    return _f_form(s.rows, s.error, (s.n - 1, s.df_error), s.k, level)


def _absolute(s: _Squares, level: float) -> tuple[float, float, Interval]:
    n, k = s.n, s.k
    noise = k * s.columns + (n * k - n - k) * s.error
    bottom = n * s.rows + noise
    value = n * (s.rows - s.error) / bottom
    if value >= 1:
        return 1.0, 0.0, (1.0, 1.0)
    a = k * value / (n * (1 - value))
    b = 1 + k * value * (n - 1) / (n * (1 - value))
    parts = a * s.columns, b * s.error
    spread = parts[0] ** 2 / (s.readers - 1) + parts[1] ** 2 / s.df_error
    if not spread > 0:
        return value, _se_absolute(s, value, bottom), NO_INTERVAL
    df = sum(parts) ** 2 / spread
    tail = (1 + level) / 2
    lower, upper = f_quantile(n - 1, df, tail), f_quantile(df, n - 1, tail)
    low = n * (s.rows - lower * s.error) / (lower * noise + n * s.rows)
    high = n * (upper * s.rows - s.error) / (noise + n * upper * s.rows)
    return value, _se_absolute(s, value, bottom), (low, high)


def _se_absolute(s: _Squares, value: float, bottom: float) -> float:
    n, k = s.n, s.k
    slopes = (
        n * (1 - value) / bottom,
        -k * value / bottom,
        -(n + value * (n * k - n - k)) / bottom,
    )
    squares = (s.rows, s.columns, s.error)
    dfs = (n - 1, s.readers - 1, s.df_error)
    return math.sqrt(
        sum(
            (d * ms) ** 2 * 2 / df
            for d, ms, df in zip(slopes, squares, dfs, strict=True)
        )
    )


def _stepped_up(
    value: float, se: float, ci: Interval, k: float
) -> tuple[float, float, Interval]:
    """Spearman-Brown: the reliability of the mean of k readers."""

    def up(rho: float) -> float:
        bottom = 1 + (k - 1) * rho
        return k * rho / bottom if bottom > 0 else -math.inf

    slope = k / (1 + (k - 1) * value) ** 2 if 1 + (k - 1) * value > 0 else math.nan
    return up(value), slope * se, (up(ci[0]), up(ci[1]))
