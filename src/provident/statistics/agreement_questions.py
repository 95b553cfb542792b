"""From readings of a file to the agreement that was asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from provident.kernel import InvalidInput
from provident.statistics import readings as long_table
from provident.statistics.icc import icc, icc_forms
from provident.statistics.kappa import kappa
from provident.statistics.krippendorff import krippendorff
from provident.statistics.limits import (
    limits_of_agreement,
    repeated_limits,
)
from provident.statistics.questions import Answer, WithMore, known, one_of, seeded
from provident.statistics.reader_pairs import (
    fleiss_by_category,
    light_kappa,
    percent_agreement,
)
from provident.statistics.readers import agreement as chance_corrected
from provident.statistics.readings import Reading, Readings
from provident.statistics.repeatability import (
    repeatability,
    smallest_detectable_change,
)
from provident.statistics.resampling import Bootstrap


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementQuestion:
    """What `provident agreement` is asked; the words of its options."""

    statistic: str = "auto"
    weights: str | None = None
    categories: tuple[Any, ...] | None = None
    metric: str = "nominal"
    form: str = "ICC(A,1)"
    missing: str = "refuse"
    compare: str | None = None
    replicates: str = "constant"
    log: bool = False
    multiplier: float | None = None
    tolerance: float = 0.0
    level: float = 0.95
    samples: int = 0
    seed: int = 1

    def __post_init__(self) -> None:
        one_of("--missing", self.missing, ("refuse", "leave_out"))
        one_of("--compare", self.compare, (None, "reader", "modality"))
        one_of("--replicates", self.replicates, ("constant", "varying"))

    @property
    def bootstrap(self) -> Bootstrap | None:
        """From the seed, where samples were asked for."""
        return seeded(self.samples, self.seed) if self.samples else None


def answer_agreement(rows: Readings, question: AgreementQuestion) -> Answer:
    """Raises `InvalidInput`, with file and line where a row is at fault."""
    name = known(question.statistic, _AGREEMENT)
    if name == "auto":
        name = suited(rows, question)
    return _AGREEMENT[name](rows, question)


def compared_by(
    rows: Readings, question: AgreementQuestion
) -> Callable[[Reading], str]:
    """What makes the columns: readers, or modalities where there is one reader."""
    readers, modalities = len(rows.readers), len(rows.modalities)
    compare = question.compare or (
        "modality" if readers == 1 < modalities else "reader"
    )
    if compare == "reader":
        if modalities > 1:
            raise InvalidInput(
                f"{rows.file}: there are {modalities} modalities ({', '.join(rows.modalities[:5])}). "
                "Choose one with --modality, or compare them with --compare modality."
            )
        return lambda row: row.reader
    if readers > 1:
        raise InvalidInput(
            f"{rows.file}: there are {readers} readers ({', '.join(rows.readers[:5])}). "
            "Choose one with --readers to compare modalities."
        )
    return lambda row: row.modality


def suited(rows: Readings, question: AgreementQuestion) -> str:
    """Measurements: ICC. Two columns without blanks: kappa. Else Krippendorff's alpha."""
    scores = {row.score for row in rows.rows if row.score is not None}
    if _all_numbers(scores) and (
        len(scores) > 10 or any(not float(one).is_integer() for one in scores)
    ):
        return "icc"
    cells, columns = long_table.table(rows, compared_by(rows, question), numeric=False)
    whole = all(value is not None for line in cells for value in line)
    return "kappa" if len(columns) == 2 and whole else "krippendorff"


def _all_numbers(scores: set[str]) -> bool:
    try:
        return all(np.isfinite(float(one)) for one in scores)
    except ValueError:
        return False


def _cells(
    rows: Readings, question: AgreementQuestion, *, numeric: bool
) -> tuple[list[list[Any]], tuple[str, ...]]:
    cells, columns = long_table.table(
        rows, compared_by(rows, question), numeric=numeric
    )
    if len(columns) < 2:
        raise InvalidInput(
            f"{rows.file}: two readers or modalities are needed at least."
        )
    return cells, columns


def _two(
    rows: Readings, question: AgreementQuestion, *, numeric: bool
) -> tuple[list[Any], list[Any], tuple[str, ...], int]:
    """Two columns without blanks, their names, and how many cases were left out."""
    cells, columns = _cells(rows, question, numeric=numeric)
    if len(columns) != 2:
        raise InvalidInput(
            f"{rows.file}: this statistic compares two; there are {', '.join(columns)}. Choose two with --readers."
        )
    whole = [line for line in cells if None not in line]
    _refuse_gaps(rows, question, len(cells) - len(whole))
    a, b = ([line[i] for line in whole] for i in (0, 1))
    return a, b, columns, len(cells) - len(whole)


def _refuse_gaps(rows: Readings, question: AgreementQuestion, gaps: int) -> None:
    if gaps and question.missing == "refuse":
        at = f":{rows.blanks[0].line}" if rows.blanks else ""
        raise InvalidInput(
            f"{rows.file}{at}: {gaps} cases lack a score, and this statistic needs every one. "
            "Say --missing leave_out to leave those cases out, and report how many."
        )


def _kappa(rows: Readings, question: AgreementQuestion) -> Answer:
    a, b, columns, gaps = _two(rows, question, numeric=False)
    found = kappa(
        a,
        b,
        weights=cast(Any, question.weights),
        categories=question.categories,
        level=question.level,
        bootstrap=question.bootstrap,
    )
    return WithMore(answer=found, more={"compared": list(columns), "left_out": gaps})


def _chance(coefficient: str) -> Callable[[Readings, AgreementQuestion], Answer]:
    def answer(rows: Readings, question: AgreementQuestion) -> Answer:
        cells, columns = _cells(rows, question, numeric=False)
        found = chance_corrected(
            cells,
            cast(Any, coefficient),
            weights=cast(Any, question.weights),
            categories=question.categories,
            level=question.level,
            bootstrap=question.bootstrap,
        )
        more: dict[str, Any] = {"compared": list(columns)}
        whole = all(None not in line for line in cells)
        if coefficient == "fleiss" and whole and not question.weights:
            overall, *by = fleiss_by_category(cells, categories=question.categories)
            more["z"] = overall.details["z"]
            more["by_category"] = [one.as_json() for one in by]
        return WithMore(answer=found, more=more)

    return answer


def _light(rows: Readings, question: AgreementQuestion) -> Answer:
    cells, columns = _cells(rows, question, numeric=False)
    found = light_kappa(
        cells,
        weights=cast(Any, question.weights),
        categories=question.categories,
        level=question.level,
        bootstrap=question.bootstrap,
    )
    return WithMore(answer=found, more={"compared": list(columns)})


def _krippendorff(rows: Readings, question: AgreementQuestion) -> Answer:
    cells, columns = _cells(rows, question, numeric=False)
    found = krippendorff(
        cells,
        metric=cast(Any, question.metric),
        weights=cast(Any, question.weights),
        categories=question.categories,
        level=question.level,
        bootstrap=question.bootstrap,
    )
    return WithMore(answer=found, more={"compared": list(columns)})


def _percent(rows: Readings, question: AgreementQuestion) -> Answer:
    cells, columns = _cells(rows, question, numeric=question.tolerance > 0)
    found = percent_agreement(cells, tolerance=question.tolerance, level=question.level)
    return WithMore(answer=found, more={"compared": list(columns)})


def _icc(rows: Readings, question: AgreementQuestion) -> Answer:
    cells, columns = _cells(rows, question, numeric=True)
    missing = "reml" if question.missing == "refuse" else "leave_out"
    how: Any = {"level": question.level, "missing": missing}
    more = {
        "compared": list(columns),
        "forms": [one.as_json() for one in icc_forms(cells, **how).values()],
    }
    return WithMore(answer=icc(cells, question.form, **how), more=more)


def _bland_altman(rows: Readings, question: AgreementQuestion) -> Answer:
    by = compared_by(rows, question)
    repeats = Counter((row.case, by(row)) for row in rows.rows)
    if max(repeats.values()) == 1:
        a, b, columns, gaps = _two(rows, question, numeric=True)
        found = limits_of_agreement(
            a,
            b,
            multiplier=question.multiplier,
            log=question.log,
            level=question.level,
        )
        more = {"compared": list(columns), "left_out": gaps}
        return WithMore(answer=found, more=more)
    cases, columns = long_table.replicates(rows, by)
    if len(columns) != 2:
        raise InvalidInput(f"{rows.file}: two readers or modalities are compared.")
    whole = [case for case in cases if len(case) == 2]
    _refuse_gaps(rows, question, len(cases) - len(whole))
    found = repeated_limits(
        [case[columns[0]] for case in whole],
        [case[columns[1]] for case in whole],
        replicates=cast(Any, question.replicates),
        multiplier=question.multiplier,
        log=question.log,
        level=question.level,
    )
    more = {"compared": list(columns), "left_out": len(cases) - len(whole)}
    return WithMore(answer=found, more=more)


def _repeatability(rows: Readings, question: AgreementQuestion) -> Answer:
    """Repeats are rows of the same case by the same reader and modality."""
    cases, columns = long_table.replicates(
        rows, lambda row: f"{row.reader} {row.modality}"
    )
    groups = [scores for case in cases for scores in case.values()]
    found = repeatability(groups, log=question.log, level=question.level)
    return WithMore(answer=found, more={"measured_by": [c.strip() for c in columns]})


def _sdc(rows: Readings, question: AgreementQuestion) -> Answer:
    cells, columns = _cells(rows, question, numeric=True)
    gaps = sum(None in line for line in cells)
    _refuse_gaps(rows, question, gaps)
    found = smallest_detectable_change(cells, level=question.level)
    return WithMore(answer=found, more={"compared": list(columns), "left_out": gaps})


_AGREEMENT: dict[str, Callable[[Readings, AgreementQuestion], Answer]] = {
    "kappa": _kappa,
    "fleiss": _chance("fleiss"),
    "light": _light,
    "conger": _chance("conger"),
    "gwet": _chance("gwet"),
    "brennan_prediger": _chance("brennan_prediger"),
    "krippendorff": _krippendorff,
    "percent": _percent,
    "icc": _icc,
    "bland_altman": _bland_altman,
    "repeatability": _repeatability,
    "sdc": _sdc,
}
