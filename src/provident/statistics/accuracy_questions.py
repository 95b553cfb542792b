"""From readings of a file to the accuracy that was asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations
from typing import Any, cast

import numpy as np

from provident.kernel import InvalidInput
from provident.statistics import readings as long_table
from provident.statistics.mrmc import (
    ReadersAndCases,
    ReadStudy,
    bootstrap_study,
    dorfman_berbaum_metz,
    obuchowski_rockette,
    u_statistic,
)
from provident.statistics.questions import Answer, WithMore, known, one_of, seeded
from provident.statistics.readings import Readings
from provident.statistics.roc import (
    auc,
    compare_auc,
    compare_unpaired_auc,
    sensitivity,
    specificity,
)
from provident.statistics.values import Estimate, Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class AccuracyQuestion:
    """What `provident accuracy` is asked; the words of its options."""

    statistic: str = "auto"
    metric: str = "auc"
    threshold: float | None = None
    covariance: str = "jackknife"
    resample: str = "both"
    centred: bool = False
    positive: str = "1"
    level: float = 0.95
    samples: int = 2000
    seed: int = 1

    def __post_init__(self) -> None:
        one_of("--metric", self.metric, ("auc", "sensitivity", "specificity"))
        one_of("--covariance", self.covariance, ("jackknife", "delong", "unbiased"))
        one_of("--resample", self.resample, ("cases", "readers", "both"))


def answer_accuracy(rows: Readings, question: AccuracyQuestion) -> Answer:
    """Raises `InvalidInput`, with file and line where a row is at fault."""
    name = known(question.statistic, _ACCURACY)
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
    return dorfman_berbaum_metz(study, metric=cast(Any, metric), level=question.level)


def _u(study: ReadStudy, metric: str, question: AccuracyQuestion) -> Answer:
    return u_statistic(
        study,
        metric=cast(Any, metric),
        centred=question.centred,
        level=question.level,
    )


def _resampled(
    study: ReadStudy, metric: str, question: AccuracyQuestion
) -> ReadersAndCases:
    return bootstrap_study(
        study,
        seeded(question.samples, question.seed),
        metric=cast(Any, metric),
        drawn=cast(Any, question.resample),
        level=question.level,
    )


def _one_reader(study: ReadStudy, metric: str, question: AccuracyQuestion) -> Answer:
    """DeLong: one reader's modalities, or one modality's readers, on the same cases."""
    if len(study.readers) == 1:
        names, x = study.treatments, study.ratings[:, 0]
    elif len(study.treatments) == 1:
        names, x = study.readers, study.ratings[0]
    else:
        raise InvalidInput(
            f"This statistic is of one reader; there are {len(study.readers)}. Choose one with --readers, "
            "or one modality with --modality."
        )
    if metric != "auc":
        return _one_proportion(study, metric, question)
    level, there = question.level, ~np.isnan(x)
    areas = [
        auc(study.truth[known], row[known], level=level)
        for row, known in zip(x, there, strict=True)
    ]
    if len(areas) == 1:
        return areas[0]
    differences = [
        (
            [str(names[i]), str(names[j])],
            _compared(study.truth, x[[i, j]], (areas[i], areas[j]), level),
        )
        for i, j in combinations(range(len(areas)), 2)
    ]
    return WithMore(
        answer=differences[0][1],
        more={
            "of": differences[0][0],
            "per_treatment": [
                {**one.as_json(), "treatment": str(name)}
                for one, name in zip(areas, names, strict=True)
            ],
            "differences": [{**one.as_json(), "of": of} for of, one in differences],
        },
    )


def _compared(
    truth: Floats, x: Floats, areas: tuple[Estimate, Estimate], level: float
) -> Estimate:
    there = ~np.isnan(x)
    if not (there[0] & there[1]).any():
        return compare_unpaired_auc(*areas)
    if (there[0] != there[1]).any():
        raise InvalidInput(
            "Some cases were read in one modality only. Leave them out, or use --statistic u_statistic with several readers."
        )
    a, b = x[:, there[0]]
    return compare_auc(truth[there[0]], a, b, level=level)


def _one_proportion(
    study: ReadStudy, metric: str, question: AccuracyQuestion
) -> Answer:
    if len(study.treatments) > 1 or len(study.readers) > 1:
        raise InvalidInput(
            f"{metric.capitalize()} here is of one reader and modality; choose with --readers and --modality."
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
