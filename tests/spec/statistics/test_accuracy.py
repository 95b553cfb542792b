"""Accuracy of one reader and of several over readers and cases, in every design."""

from __future__ import annotations

import math

import numpy as np
import pytest

from provident import statistics as st
from provident.statistics.mrmc import Pilot, bootstrap_figures, bootstrap_study


title = "Accuracy over readers and cases"


def drawn(samples=1000, seed=7):
    return st.Bootstrap(rng=np.random.default_rng(seed), samples=samples)


def simulated(rng, *, readers=5, cases=80, gain=0.0, nested=False):
    """Roe and Metz's model: cases, readers, and their interaction with treatments."""
    truth = (np.arange(cases) < cases // 2).astype(float)
    columns = 2 * readers if nested else readers
    signal = 1.2 + 0.3 * rng.normal(size=(1, columns, 1))
    signal = signal + 0.2 * rng.normal(size=(2, columns, 1))
    signal = signal + np.array([0.0, gain])[:, None, None]
    x = rng.normal(size=cases) + truth * signal
    x = x + 0.7 * rng.normal(size=(2, columns, cases))
    if nested:
        x[0, readers:] = x[1, :readers] = np.nan
    return st.ReadStudy(
        treatments=("CT", "MR"),
        readers=tuple(range(columns)),
        cases=tuple(range(cases)),
        truth=truth,
        ratings=x,
    )


@pytest.fixture
def rng():
    return np.random.default_rng(11)


def with_gaps(study, rng, share=0.15):
    x = study.ratings.copy()
    x[rng.random(x.shape) < share] = np.nan
    return st.ReadStudy(
        treatments=study.treatments,
        readers=study.readers,
        cases=study.cases,
        truth=study.truth,
        ratings=x,
    )


def test_an_area_is_the_share_of_pairs_in_the_right_order():
    found = st.auc([1, 1, 0, 0, 0], [3, 2, 1, 2, 0])

    assert found.estimate == pytest.approx(5.5 / 6)
    assert (found.details["diseased"], found.details["not_diseased"]) == (2, 3)


def test_the_logit_interval_stays_inside_zero_to_one():
    truth, score = [1] * 6 + [0] * 6, [3, 4, 5, 6, 7, 2.5, 1, 2, 0, 1, 2, 3.5]
    wald = st.auc(truth, score)
    logit = st.auc(truth, score, interval="logit")

    assert wald.ci[1] > 1
    assert logit.ci[0] < logit.estimate < logit.ci[1] < 1


def test_the_curve_goes_from_corner_to_corner_and_holds_the_area(rng):
    truth, score = rng.integers(0, 2, 60), rng.integers(0, 9, 60)
    false, true, thresholds = st.roc_curve(truth, score)

    assert (false[0], true[0], false[-1], true[-1]) == (0, 0, 1, 1)
    assert np.trapezoid(true, false) == pytest.approx(st.auc(truth, score).estimate)
    assert list(thresholds) == sorted(thresholds, reverse=True)


def test_areas_of_different_cases_are_compared_as_independent(rng):
    truth = np.arange(40) % 2
    a = st.auc(truth, rng.normal(size=40) + truth)
    b = st.auc(truth, rng.normal(size=40))
    found = st.compare_unpaired_auc(a, b)

    assert found.se == pytest.approx(math.hypot(a.se, b.se))
    assert found.n == 80


def test_sensitivity_and_specificity_with_wilsons_interval():
    truth, calls = [1] * 10 + [0] * 20, [1] * 9 + [0] + [0] * 16 + [1] * 4

    assert st.sensitivity(truth, calls).estimate == 0.9
    assert st.specificity(truth, calls).estimate == 0.8
    assert st.sensitivity(truth, calls).ci == pytest.approx((0.596, 0.982), abs=1e-3)


@pytest.mark.parametrize("metric", ["auc", "sensitivity", "specificity"])
def test_u_statistic_and_obuchowski_rockette_agree_where_both_apply(rng, metric):
    study = simulated(rng)
    study = study if metric == "auc" else study.calls(0.5)
    one = st.obuchowski_rockette(study, metric=metric, covariances="unbiased")
    other = st.u_statistic(study, metric=metric)

    assert other.headline.estimate == pytest.approx(one.headline.estimate)
    parts = one.components  # Obuchowski-Rockette takes cov2 < cov3 as 0
    both = parts["ms_treatment_reader"] + 5 * (parts["cov2"] - parts["cov3"])
    assert other.headline.se**2 == pytest.approx(2 / 5 * both)
    assert one.headline.n == other.headline.n == (80 if metric == "auc" else 40)
    for a, b in zip(one.per_treatment, other.per_treatment, strict=True):
        assert b.estimate == pytest.approx(a.estimate)
        assert b.se == pytest.approx(a.se)


def test_readers_nested_in_treatments_are_told_from_the_cells(rng):
    study = simulated(rng, nested=True)
    found = st.obuchowski_rockette(study)

    assert study.design == "readers in treatments"
    assert found.design == "readers in treatments"
    assert found.components["cov1"] == 0
    assert found.test.df1 == 1
    assert found.test.p == pytest.approx(found.headline.details["p"])
    other = st.obuchowski_rockette(study, covariances="unbiased").headline
    assert st.u_statistic(study).headline.se == pytest.approx(other.se)


def test_treatments_with_different_numbers_of_readers_use_welchs_df(rng):
    study = simulated(rng, nested=True)
    x = study.ratings.copy()
    x[1, 9] = np.nan
    fewer = st.ReadStudy(
        treatments=study.treatments,
        readers=study.readers[:9],
        cases=study.cases,
        truth=study.truth,
        ratings=x[:, :9],
    )
    found = st.obuchowski_rockette(fewer)

    assert "Welch" in found.method
    assert found.test is None
    assert found.headline.details["df"] > 3


def test_cells_without_some_cases_are_analysed_by_what_was_read(rng):
    whole = simulated(rng, cases=200)
    gappy = with_gaps(whole, rng)
    for analyse in (
        st.obuchowski_rockette,
        lambda study: st.u_statistic(study, centred=True),
    ):
        full, part = analyse(whole).headline, analyse(gappy).headline

        assert part.estimate == pytest.approx(full.estimate, abs=0.04)
        assert 0.8 * full.se < part.se < 2 * full.se
    assert gappy.design == "cells missing"


@pytest.mark.parametrize("metric", ["auc", "specificity"])
def test_centring_changes_nothing_in_a_complete_design(rng, metric):
    study = simulated(rng)
    study = study if metric == "auc" else study.calls(0.5)
    published = st.u_statistic(study, metric=metric).headline
    centred = st.u_statistic(study, metric=metric, centred=True).headline

    assert centred.estimate == pytest.approx(published.estimate)
    assert centred.se == pytest.approx(published.se)


def test_centring_makes_the_variance_steadier_where_cells_are_missing(rng):
    found = {True: [], False: []}
    for _ in range(40):
        study = with_gaps(simulated(rng, cases=60), rng)
        for centred, variances in found.items():
            parts = st.u_statistic(study, centred=centred).components
            variances.append(parts["var[CT-MR]"])

    assert np.std(found[True]) < 0.85 * np.std(found[False])


def test_the_u_statistic_allows_a_reader_who_missed_a_treatment(rng):
    study = simulated(rng)
    x = study.ratings.copy()
    x[1, 2] = np.nan
    partly = st.ReadStudy(
        treatments=study.treatments,
        readers=study.readers,
        cases=study.cases,
        truth=study.truth,
        ratings=x,
    )
    found = st.u_statistic(partly)

    assert math.isnan(found.figures[1, 2])
    assert found.headline.se > 0
    assert found.as_json()["figures"][1][2] is None


@pytest.mark.slow
@pytest.mark.parametrize("design", ["crossed", "nested", "gaps"])
def test_equal_treatments_are_called_different_in_one_trial_of_twenty(design):
    rng = np.random.default_rng(12)
    tests = {"or": 0, "u": 0}
    for _ in range(60):
        study = simulated(rng, nested=design == "nested")
        study = with_gaps(study, rng) if design == "gaps" else study
        tests["or"] += st.obuchowski_rockette(study).headline.details["p"] < 0.05
        tests["u"] += st.u_statistic(study).headline.details["p"] < 0.05

    assert tests["or"] <= 9
    assert tests["u"] <= 9


def test_a_real_gain_is_found(rng):
    found = st.obuchowski_rockette(simulated(rng, cases=300, gain=1.0, readers=6))

    assert found.headline.estimate < -0.05
    assert found.test.p < 0.01


def test_three_treatments_are_compared_in_pairs(rng):
    two = simulated(rng)
    three = st.ReadStudy(
        treatments=("CT", "MR", "US"),
        readers=two.readers,
        cases=two.cases,
        truth=two.truth,
        ratings=np.concatenate([two.ratings, rng.normal(size=(1, 5, 80))]),
    )
    found = st.obuchowski_rockette(three)

    assert [one.details["of"] for one in found.differences] == [
        ["CT", "MR"],
        ["CT", "US"],
        ["MR", "US"],
    ]
    assert found.test.df1 == 2
    assert st.dorfman_berbaum_metz(three).test.f == pytest.approx(found.test.f)


def test_one_treatment_has_a_mean_over_readers_and_no_comparison(rng):
    two = simulated(rng)
    one = st.ReadStudy(
        treatments=("CT",),
        readers=two.readers,
        cases=two.cases,
        truth=two.truth,
        ratings=two.ratings[:1],
    )
    found = st.obuchowski_rockette(one)

    assert found.test is None
    assert found.differences == ()
    assert found.headline == st.obuchowski_rockette(two).per_treatment[0]
    assert found.as_json()["statistic"] == "auc"
    same = st.u_statistic(one).headline
    assert same.estimate == pytest.approx(found.headline.estimate)
    assert same.as_json()["treatment"] == "CT"


def test_readings_are_put_together_from_columns():
    study = st.read_study(
        reader=["ana", "ben", "ana", "ben"],
        treatment=["CT"] * 4,
        case=["C1", "C1", "C2", "C2"],
        truth=[1, 1, 0, 0],
        rating=[4, 5, 1, None],
    )

    assert study.cases == ("C1", "C2")
    assert study.ratings[0].tolist()[0] == [4, 1]
    assert math.isnan(study.ratings[0, 1, 1])


@pytest.mark.parametrize("which", ["cases", "readers", "both"])
def test_the_bootstrap_repeats_with_its_seed_and_says_what_was_drawn(rng, which):
    study = simulated(rng)
    first = bootstrap_study(study, drawn(), drawn=which)
    again = bootstrap_study(study, drawn(), drawn=which)

    assert first.headline == again.headline
    assert first.headline.ci[0] < first.headline.estimate < first.headline.ci[1]
    assert first.method.startswith(
        {"cases": "bootstrap of cases", "readers": "bootstrap of readers, "}.get(
            which, "bootstrap of readers and cases"
        )
    )


def test_the_bootstrap_of_cases_has_delongs_standard_error(rng):
    study = simulated(rng, cases=200)
    found = bootstrap_figures(study, drawn(4000)).std(axis=0, ddof=1)
    for t in range(2):
        for r in range(5):
            formula = st.auc(study.truth, study.ratings[t, r]).se
            assert found[t, r] == pytest.approx(formula, rel=0.08)


def test_the_bootstrap_of_many_cases_sums_over_sorted_ratings(rng):
    study = simulated(rng, readers=2, cases=1400)
    found = bootstrap_study(study, drawn(200), drawn="cases")
    readers = st.obuchowski_rockette(study).also["fixed_readers"]["differences"][0]

    assert found.headline.estimate == pytest.approx(readers.estimate)
    assert found.headline.se == pytest.approx(readers.se, rel=0.2)


def test_the_bootstrap_of_calls_is_of_proportions(rng):
    study = simulated(rng, cases=200).calls(0.5)
    found = bootstrap_study(study, drawn(4000), metric="sensitivity", drawn="cases")
    expected = st.obuchowski_rockette(study, metric="sensitivity")

    assert found.per_treatment[0].estimate == expected.per_treatment[0].estimate
    assert "fixed" not in found.method
    readers = expected.also["fixed_readers"]["differences"][0]
    assert found.headline.se == pytest.approx(readers.se, rel=0.08)


def test_more_cases_or_readers_give_more_power(rng):
    pilot = Pilot.of(st.obuchowski_rockette(simulated(rng)))

    def power(readers, cases):
        return st.mrmc_power(pilot, readers=readers, cases=cases, effect=0.06).power

    assert power(5, 80) < power(5, 200) < power(10, 200)
    size = st.mrmc_cases(pilot, readers=8, effect=0.1)
    assert size.power >= 0.8
    fewer = st.mrmc_power(pilot, readers=8, cases=size.cases - 1, effect=0.1)
    assert fewer.power < 0.8
    assert size.as_json()["readers"] == 8
