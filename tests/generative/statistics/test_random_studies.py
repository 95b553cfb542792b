"""Random reader studies: identities between methods, and sums against plain loops."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provident import statistics as stat
from provident.kernel import InvalidInput
from provident.statistics import mrmc
from provident.statistics.mrmc import bootstrap as resampling
from provident.statistics.mrmc.cells import cells_of, covariance, pair_sums


@st.composite
def studies(draw, gaps=False):
    """Small studies with ties, and gaps where asked for."""
    rng = np.random.default_rng(draw(st.integers(0, 100_000)))
    treatments, readers, half = (
        draw(st.integers(2, 3)),
        draw(st.integers(2, 4)),
        draw(st.integers(4, 8)),
    )
    truth = np.repeat([0.0, 1.0], half)
    x = rng.normal(size=(treatments, readers, 2 * half)) + truth
    x = np.round(x * draw(st.sampled_from([1, 5])))
    if gaps:
        x[rng.random(x.shape) < 0.2] = np.nan
    return stat.ReadStudy(
        treatments=tuple(range(treatments)),
        readers=tuple(range(readers)),
        cases=tuple(range(2 * half)),
        truth=truth,
        ratings=x,
    )


def kernel(study, cell, i, j):
    """1, 1/2 or 0; None where not read."""
    t, r = cell
    a, b = study.ratings[t, r, i], study.ratings[t, r, j]
    if math.isnan(a) or math.isnan(b):
        return None
    return 1.0 if a > b else 0.5 if a == b else 0.0


def cells(study):
    return list(
        itertools.product(range(len(study.treatments)), range(len(study.readers)))
    )


def readable(study):
    try:
        cells_of(study)
    except InvalidInput:
        return False
    return True


@settings(max_examples=40, deadline=None)
@given(study=studies())
def test_dbm_and_obuchowski_rockette_with_the_jackknife_are_one(study):
    one, other = stat.obuchowski_rockette(study), stat.dorfman_berbaum_metz(study)

    assert other.headline.estimate == pytest.approx(one.headline.estimate)
    assert other.headline.se == pytest.approx(one.headline.se, abs=1e-7)
    assert other.test.f == pytest.approx(one.test.f, rel=1e-6, nan_ok=True)
    assert [x.se for x in other.per_treatment] == pytest.approx(
        [x.se for x in one.per_treatment], abs=1e-7
    )


def nested(study):
    """The same ratings with each reader in one treatment."""
    t, r, c = study.ratings.shape
    x = np.full((t, t * r, c), np.nan)
    for i in range(t):
        x[i, i * r : (i + 1) * r] = study.ratings[i]
    return stat.ReadStudy(
        treatments=study.treatments,
        readers=tuple(range(t * r)),
        cases=study.cases,
        truth=study.truth,
        ratings=x,
    )


@settings(max_examples=60, deadline=None)
@given(
    study=studies(gaps=True),
    metric=st.sampled_from(["auc", "sensitivity", "specificity"]),
    nest=st.booleans(),
)
def test_they_are_one_with_gaps_nested_readers_and_calls_too(study, metric, nest):
    study = study if metric == "auc" else study.calls(0)
    study = nested(study) if nest else study
    try:
        one = stat.obuchowski_rockette(study, metric=metric)
    except InvalidInput:
        with pytest.raises(InvalidInput):
            stat.dorfman_berbaum_metz(study, metric=metric)
        return
    other = stat.dorfman_berbaum_metz(study, metric=metric)

    assert other.headline.estimate == pytest.approx(one.headline.estimate, abs=1e-12)
    assert other.headline.se == pytest.approx(one.headline.se, abs=1e-7)
    assert other.test.f == pytest.approx(one.test.f, rel=1e-6, nan_ok=True)
    assert [x.se for x in other.per_treatment] == pytest.approx(
        [x.se for x in one.per_treatment], abs=1e-7
    )


@settings(max_examples=12, deadline=None)
@given(study=studies(gaps=True))
def test_the_sums_of_products_are_those_of_a_plain_loop(study):
    if not readable(study):
        return
    found = pair_sums(study, cells_of(study))
    sick, well = np.flatnonzero(study.truth == 1), np.flatnonzero(study.truth == 0)
    tests = {
        "both": lambda p, q: p == q,
        "sick": lambda p, q: p[0] == q[0],
        "healthy": lambda p, q: p[1] == q[1],
        "all": lambda p, q: True,
    }
    first, second = cells(study)[0], cells(study)[-1]
    pairs = list(itertools.product(sick, well))
    a = {p: kernel(study, first, *p) for p in pairs}
    b = {p: kernel(study, second, *p) for p in pairs}
    for kind, shared in tests.items():
        products = [
            a[p] * b[q]
            for p in pairs
            for q in pairs
            if shared(p, q) and a[p] is not None and b[q] is not None
        ]
        assert found.of[kind][0, -1] == pytest.approx(sum(products))
        assert found.count[kind][0, -1] == len(products)


@settings(max_examples=25, deadline=None)
@given(study=studies(gaps=True))
def test_the_jackknife_leaves_one_case_out_at_a_time(study):
    if not readable(study):
        return
    found = cells_of(study)
    n = len(study.cases)
    without = np.empty((len(found.figures), n))
    for case in range(n):
        x = study.ratings.copy()
        x[:, :, case] = np.nan
        for number, (t, r) in enumerate(cells(study)):
            there = ~np.isnan(x[t, r])
            up = x[t, r, there & (study.truth == 1)]
            down = x[t, r, there & (study.truth == 0)]
            pairs = [(u > d) + 0.5 * (u == d) for u in up for d in down]
            without[number, case] = np.mean(pairs)
    gap = without - without.mean(axis=1, keepdims=True)

    assert covariance(study, found, "jackknife") == pytest.approx(
        (n - 1) / n * gap @ gap.T, abs=1e-12
    )


@settings(max_examples=15, deadline=None)
@given(study=studies(gaps=True), seed=st.integers(0, 99))
def test_bootstrap_areas_are_those_of_the_drawn_cases_by_either_way(study, seed):
    if not readable(study):
        return
    drawn = stat.Bootstrap(rng=np.random.default_rng(seed), samples=50)
    sick, well = np.flatnonzero(study.truth == 1), np.flatnonzero(study.truth == 0)
    n1, n0 = drawn.counts(len(sick)), drawn.counts(len(well))
    x = study.ratings.reshape(-1, len(study.cases))
    quick = resampling._areas(x[:, sick], x[:, well], n1, n0)
    by_sorting = np.stack(
        [resampling._sorted_areas(row[sick], row[well], n1, n0) for row in x]
    )
    plain = np.full_like(quick, np.nan)
    for cell, sample in itertools.product(range(len(x)), range(3)):
        up = np.repeat(x[cell, sick], n1[sample].astype(int))
        down = np.repeat(x[cell, well], n0[sample].astype(int))
        up, down = up[~np.isnan(up)], down[~np.isnan(down)]
        if len(up) and len(down):
            wins = (up[:, None] > down) + 0.5 * (up[:, None] == down)
            plain[cell, sample] = wins.mean()

    assert quick == pytest.approx(by_sorting, nan_ok=True)
    assert quick[:, :3] == pytest.approx(plain[:, :3], nan_ok=True)


@settings(max_examples=60, deadline=None)
@given(study=studies(gaps=True), metric=st.sampled_from(["auc", "sensitivity"]))
def test_every_analysis_answers_or_refuses_in_words(study, metric):
    study = study if metric == "auc" else study.calls(0)
    analyses = (
        lambda: stat.obuchowski_rockette(study, metric=metric),
        lambda: stat.obuchowski_rockette(study, metric=metric, covariances="delong"),
        lambda: stat.u_statistic(study, metric=metric),
        lambda: stat.u_statistic(study, metric=metric, centred=True),
        lambda: mrmc.bootstrap_study(
            study,
            stat.Bootstrap(rng=np.random.default_rng(1), samples=50),
            metric=metric,
        ),
    )
    for analyse in analyses:
        try:
            found = analyse()
        except InvalidInput:
            continue
        document = found.as_json()
        assert 0 <= document["per_treatment"][0]["estimate"] <= 1
        assert -1 <= document["estimate"] <= 1


@settings(max_examples=60, deadline=None)
@given(
    scores=st.lists(
        st.tuples(st.integers(0, 1), st.integers(0, 6)), min_size=6, max_size=30
    )
)
def test_an_area_turns_around_with_its_scores(scores):
    truth, score = (np.array(one) for one in zip(*scores, strict=True))
    try:
        found = stat.auc(truth, score)
    except InvalidInput:
        return

    assert stat.auc(truth, -score).estimate == pytest.approx(1 - found.estimate)
    assert stat.auc(truth, np.exp(score)).se == pytest.approx(found.se)
    assert stat.auc(1 - truth, score).estimate == pytest.approx(1 - found.estimate)
    both = stat.compare_auc(truth, score, score)
    assert (both.estimate, both.se) == (0, 0)
