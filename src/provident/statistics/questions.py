"""From readings of a file to the statistic that was asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, cast

import numpy as np

from provident.kernel import InvalidInput
from provident.statistics import readings as long_table
from provident.statistics.icc import icc_forms
from provident.statistics.kappa import kappa
from provident.statistics.krippendorff import krippendorff
from provident.statistics.limits import (
    limits_of_agreement,
    repeated_limits,
)
from provident.statistics.mrmc import (
    ReadersAndCases,
    ReadStudy,
    bootstrap_study,
    dorfman_berbaum_metz,
    obuchowski_rockette,
    u_statistic,
)
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
from provident.statistics.roc import (
    auc,
    compare_auc,
    compare_unpaired_auc,
    sensitivity,
    specificity,
)
from provident.statistics.values import Estimate


class Answer(Protocol):
    """What every statistic answers with."""

    def as_json(self) -> dict[str, Any]:
        """The contract of the command line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WithMore:
    """An answer and what is shown beside it."""

    answer: Answer
    more: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        """The answer's document with more keys."""
        return {**self.answer.as_json(), **self.more}


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
        _one_of("--missing", self.missing, ("refuse", "leave_out"))
        _one_of("--compare", self.compare, (None, "reader", "modality"))
        _one_of("--replicates", self.replicates, ("constant", "varying"))

    @property
    def bootstrap(self) -> Bootstrap | None:
        """From the seed, where samples were asked for."""
        return _bootstrap(self.samples, self.seed) if self.samples else None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccuracyQuestion:
    """What `provident accuracy` is asked; the words of its options."""

    statistic: str = "auto"
    metric: str = "auc"
    threshold: float | None = None
    covariance: str = "jackknife"
    resample: str = "both"
    positive: str = "1"
    level: float = 0.95
    samples: int = 2000
    seed: int = 1

    def __post_init__(self) -> None:
        _one_of("--metric", self.metric, ("auc", "sensitivity", "specificity"))
        _one_of("--covariance", self.covariance, ("jackknife", "delong", "unbiased"))
        _one_of("--resample", self.resample, ("cases", "readers", "both"))


def _one_of(option: str, value: Any, allowed: tuple[Any, ...]) -> None:
    if value not in allowed:
        words = ", ".join(str(one) for one in allowed if one is not None)
        raise InvalidInput(f'{option} "{value}" is not known; there are {words}.')


def _bootstrap(samples: int, seed: int) -> Bootstrap:
    if seed < 0:
        raise InvalidInput("The seed is 0 or more.")
    return Bootstrap(rng=np.random.default_rng(seed), samples=samples)


# Other names under which the literature and other programs know the same statistics.
_SAME = {
    "cohen": "kappa",
    "cohen_kappa": "kappa",
    "fleiss_kappa": "fleiss",
    "scott_pi": "fleiss",
    "light_kappa": "light",
    "conger_kappa": "conger",
    "gwet_ac": "gwet",
    "gwet_ac1": "gwet",
    "gwet_ac2": "gwet",
    "ac1": "gwet",
    "ac2": "gwet",
    "krippendorff_alpha": "krippendorff",
    "alpha": "krippendorff",
    "percent_agreement": "percent",
    "smallest_detectable_change": "sdc",
    "limits_of_agreement": "bland_altman",
    "obuchowski_rockette": "or",
    "dorfman_berbaum_metz": "dbm",
    "bdg": "u_statistic",
    "ustat": "u_statistic",
    "u-statistic": "u_statistic",
    "mrmc": "or",
}


def _known(statistic: str, allowed: dict[str, Any]) -> str:
    name = statistic.strip().lower().replace("-", "_")
    name = _SAME.get(name, name)
    if name not in allowed and name != "auto":
        raise InvalidInput(
            f'There is no statistic "{statistic}"; there are auto, {", ".join(allowed)}.'
        )
    return name


def answer_agreement(rows: Readings, question: AgreementQuestion) -> Answer:
    """Raises `InvalidInput`, with file and line where a row is at fault."""
    name = _known(question.statistic, _AGREEMENT)
    if name == "auto":
        name = _suited(rows, question)
    return _AGREEMENT[name](rows, question)


def _by(rows: Readings, question: AgreementQuestion) -> Callable[[Reading], str]:
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


def _suited(rows: Readings, question: AgreementQuestion) -> str:
    """Measurements: ICC. Two columns without blanks: kappa. Else Krippendorff's alpha."""
    scores = {row.score for row in rows.rows if row.score is not None}
    if _all_numbers(scores) and (
        len(scores) > 10 or any(not float(one).is_integer() for one in scores)
    ):
        return "icc"
    cells, columns = long_table.table(rows, _by(rows, question), numeric=False)
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
    cells, columns = long_table.table(rows, _by(rows, question), numeric=numeric)
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
    from provident.statistics.icc import icc

    cells, columns = _cells(rows, question, numeric=True)
    missing = "reml" if question.missing == "refuse" else "leave_out"
    how: Any = {"level": question.level, "missing": missing}
    more = {
        "compared": list(columns),
        "forms": [one.as_json() for one in icc_forms(cells, **how).values()],
    }
    return WithMore(answer=icc(cells, question.form, **how), more=more)


def _bland_altman(rows: Readings, question: AgreementQuestion) -> Answer:
    by = _by(rows, question)
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


def answer_accuracy(rows: Readings, question: AccuracyQuestion) -> Answer:
    """Raises `InvalidInput`, with file and line where a row is at fault."""
    name = _known(question.statistic, _ACCURACY)
    if not long_table.has_truth(rows):
        raise InvalidInput(
            f"{rows.file}:1: there is no column truth. Say --columns THEIRS=truth."
        )
    study = long_table.study(rows, positive=question.positive)
    metric = name if name in ("sensitivity", "specificity") else question.metric
    if metric != "auc" and question.threshold is not None:
        study = study.calls(question.threshold)
    if name in ("auto", "sensitivity", "specificity"):
        name = "or" if len(study.readers) > 1 else "one"
    return _ACCURACY[name](study, metric, question)


def _or(study: ReadStudy, metric: str, question: AccuracyQuestion) -> Answer:
    return obuchowski_rockette(
        study,
        metric=cast(Any, metric),
        covariances=cast(Any, question.covariance),
        level=question.level,
    )


def _dbm(study: ReadStudy, metric: str, question: AccuracyQuestion) -> Answer:
    if metric != "auc":
        raise InvalidInput("DBM is for areas here; use --statistic or for calls.")
    return dorfman_berbaum_metz(study, level=question.level)


def _u(study: ReadStudy, metric: str, question: AccuracyQuestion) -> Answer:
    return u_statistic(study, metric=cast(Any, metric), level=question.level)


def _resampled(
    study: ReadStudy, metric: str, question: AccuracyQuestion
) -> ReadersAndCases:
    return bootstrap_study(
        study,
        _bootstrap(question.samples, question.seed),
        metric=cast(Any, metric),
        drawn=cast(Any, question.resample),
        level=question.level,
    )


def _one_reader(study: ReadStudy, metric: str, question: AccuracyQuestion) -> Answer:
    """One reader: DeLong's area, or the comparison of two modalities."""
    if len(study.readers) != 1:
        raise InvalidInput(
            f"This statistic is of one reader; there are {len(study.readers)}. Choose one with --readers."
        )
    if metric != "auc":
        return _one_proportion(study, metric, question)
    found = [
        auc(study.truth[there], x[there], level=question.level)
        for x in study.ratings[:, 0]
        for there in [~np.isnan(x)]
    ]
    if len(found) == 1:
        return found[0]
    if len(found) > 2:
        raise InvalidInput(
            f"DeLong's comparison here is of two modalities; there are {len(found)}. Leave out or choose with --modality."
        )
    return WithMore(
        answer=_compared(study, found, question.level),
        more={
            "compared": [str(one) for one in study.treatments],
            "per_treatment": [
                {**one.as_json(), "treatment": str(name)}
                for one, name in zip(found, study.treatments, strict=True)
            ],
        },
    )


def _compared(study: ReadStudy, found: list[Estimate], level: float) -> Estimate:
    there = ~np.isnan(study.ratings[:, 0])
    if not (there[0] & there[1]).any():
        return compare_unpaired_auc(found[0], found[1])
    if (there[0] != there[1]).any():
        raise InvalidInput(
            "Some cases were read in one modality only. Leave them out, or use --statistic u_statistic with several readers."
        )
    a, b = study.ratings[:, 0, there[0]]
    return compare_auc(study.truth[there[0]], a, b, level=level)


def _one_proportion(
    study: ReadStudy, metric: str, question: AccuracyQuestion
) -> Answer:
    if len(study.treatments) > 1:
        raise InvalidInput(
            f"{metric.capitalize()} of one reader is of one modality; choose it with --modality."
        )
    x = study.ratings[0, 0]
    there = ~np.isnan(x)
    measure = sensitivity if metric == "sensitivity" else specificity
    return measure(study.truth[there], x[there], level=question.level)


_ACCURACY: dict[str, Callable[[ReadStudy, str, AccuracyQuestion], Answer]] = {
    "or": _or,
    "dbm": _dbm,
    "u_statistic": _u,
    "bootstrap": _resampled,
    "auc": _one_reader,
    "delong": _one_reader,
    "sensitivity": _one_reader,
    "specificity": _one_reader,
    "one": _one_reader,
}
