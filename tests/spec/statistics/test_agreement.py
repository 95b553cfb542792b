"""Agreement: what the figures mean, beyond the published examples."""

from __future__ import annotations

import math

import numpy as np
import pytest

from provident import statistics as st


title = "Agreement between readers"

# Two readers, yes or no, 20 both yes, 15 both no, 5 and 10 apart: kappa 0.4 (Viera 2005).
TABLE = [[20, 5], [10, 15]]


def drawn(samples=2000, seed=7):
    return st.Bootstrap(rng=np.random.default_rng(seed), samples=samples)


def readers(n=60, r=4, q=4, seed=3, missing=0.0):
    rng = np.random.default_rng(seed)
    true = rng.integers(1, q + 1, size=(n, 1))
    noise = rng.integers(1, q + 1, size=(n, r))
    table = np.where(rng.random((n, r)) < 0.6, true, noise).astype(float)
    table[rng.random((n, r)) < missing] = np.nan
    return table


def test_kappa_is_what_agreement_exceeds_chance_by():
    found = st.kappa_of_table(TABLE)

    assert found.estimate == pytest.approx(0.4)
    assert found.details["observed"] == pytest.approx(0.7)
    assert found.details["expected"] == pytest.approx(0.5)
    assert found.details["largest_possible"] == pytest.approx(0.8)
    assert found.ci[0] < 0.4 < found.ci[1]
    assert (found.n, found.level) == (50, 0.95)


def test_kappa_of_ratings_is_kappa_of_their_table():
    a = ["yes"] * 25 + ["no"] * 25
    b = ["yes"] * 20 + ["no"] * 5 + ["yes"] * 10 + ["no"] * 15

    assert st.kappa(a, b).estimate == pytest.approx(st.kappa_of_table(TABLE).estimate)
    assert st.kappa(a, b).se == pytest.approx(st.kappa_of_table(TABLE).se)


def test_a_case_with_a_blank_is_left_out_only_when_one_says_so():
    found = st.kappa([1, 2, 1, 2, None], [1, 2, 2, 2, 1], missing="leave_out")

    assert found.n == 4


def test_custom_weights_that_say_linear_are_linear():
    table = [[10, 4, 1], [3, 12, 5], [0, 4, 11]]
    linear = [[1, 0.5, 0], [0.5, 1, 0.5], [0, 0.5, 1]]

    assert st.kappa_of_table(table, weights=linear).estimate == pytest.approx(
        st.kappa_of_table(table, weights="linear").estimate
    )


def test_weights_follow_the_values_of_the_scale_not_their_positions():
    spaced = st.kappa([0, 1, 10, 10, 0], [0, 10, 10, 1, 1], weights="linear")
    named = st.kappa(
        ["a", "b", "c", "c", "a"],
        ["a", "c", "c", "b", "b"],
        weights="linear",
        categories=["a", "b", "c"],
    )

    assert spaced.estimate < named.estimate  # 1 is near 0 and far from 10


def test_the_bootstrap_agrees_with_the_formula_and_repeats_with_its_seed():
    formula = st.kappa_of_table(np.array(TABLE) * 10)
    first = st.kappa_of_table(np.array(TABLE) * 10, bootstrap=drawn())
    again = st.kappa_of_table(np.array(TABLE) * 10, bootstrap=drawn())

    assert first == again
    assert first.se == pytest.approx(formula.se, rel=0.1)
    assert first.ci == pytest.approx(formula.ci, abs=0.02)


@pytest.mark.parametrize(
    "measure",
    [
        st.fleiss_kappa,
        st.conger_kappa,
        st.gwet_ac,
        st.brennan_prediger,
        st.light_kappa,
        st.krippendorff,
    ],
)
@pytest.mark.parametrize("missing", [0.0, 0.15])
def test_formula_and_bootstrap_give_like_standard_errors(measure, missing):
    table = readers(n=150, missing=missing)
    formula, resampled = measure(table), measure(table, bootstrap=drawn())

    assert resampled.estimate == formula.estimate
    assert resampled.se == pytest.approx(formula.se, rel=0.12)
    assert resampled.ci == pytest.approx(formula.ci, abs=0.03)
    assert "bootstrap" in resampled.method
    assert "bootstrap" not in formula.method


def test_two_readers_are_the_classical_coefficients():
    table = readers(r=2)
    a, b = table[:, 0], table[:, 1]

    assert st.conger_kappa(table).estimate == pytest.approx(st.kappa(a, b).estimate)
    assert st.light_kappa(table).estimate == pytest.approx(st.kappa(a, b).estimate)


def test_missing_ratings_are_counted_and_cases_without_any_left_out():
    table = readers()
    table[0, 1:] = np.nan
    table[1] = np.nan
    found = st.gwet_ac(table)

    assert found.n == 59
    assert found.details["missing"] == 3


def test_krippendorffs_interval_scale_is_the_one_way_icc_in_large_samples():
    table = readers(n=400)
    alpha = st.krippendorff(table, metric="interval").estimate

    assert alpha == pytest.approx(st.icc(table, "ICC(1,1)").estimate, abs=0.01)


def test_percentage_agreement_of_two_is_a_proportion_with_wilsons_interval():
    found = st.percent_agreement([[1, 1], [2, 1], [2, 2], [1, 1], ["1", "1"]])

    assert found.estimate == pytest.approx(0.8)
    assert 0 < found.ci[0] < 0.8 < found.ci[1] < 1
    assert found.ci == pytest.approx((0.3755, 0.9638), abs=1e-4)


def test_percentage_agreement_within_a_tolerance():
    table = [[10.0, 10.4, 12.0], [5.0, 5.0, None], [7.0, 9.0, 9.5]]

    assert st.percent_agreement(table, tolerance=0.5).estimate == pytest.approx(
        (1 / 3 + 1 + 1 / 3) / 3
    )


def test_full_agreement_is_possible_where_all_ratings_are_the_same():
    assert st.percent_agreement([[1, 1], [1, 1]]).estimate == 1


def test_readers_who_agree_exactly_have_a_kappa_of_one():
    table = [[1, 1, 1], [2, 2, 2], [3, 3, 3], [1, 1, 1]]
    for measure in (st.fleiss_kappa, st.gwet_ac, st.krippendorff, st.light_kappa):
        assert measure(table).estimate == pytest.approx(1)
        assert measure(table).se == pytest.approx(0, abs=1e-12)


def test_icc_of_exact_agreement_is_one_and_has_no_spread():
    found = st.icc_forms([[1.1, 1.1], [2.3, 2.3], [3.7, 3.7]])

    assert [one.estimate for one in found.values()] == [1.0] * 6
    assert {one.ci for one in found.values()} == {(1.0, 1.0)}


def test_absolute_agreement_sees_a_constant_difference_and_consistency_does_not():
    x = np.random.default_rng(1).normal(size=(30, 1)) * 3
    table = np.hstack([x, x + 2])

    assert st.icc(table, "ICC(C,1)").estimate == pytest.approx(1)
    assert st.icc(table, "ICC(A,1)").estimate < 0.9


@pytest.mark.parametrize(
    ("alias", "form"),
    [
        ("ICC2", "ICC(A,1)"),
        ("ICC(3,1)", "ICC(C,1)"),
        ("ICC(2,k)", "ICC(A,k)"),
        ("ICC1k", "ICC(1,k)"),
    ],
)
def test_shrout_and_fleiss_names_are_known(alias, form):
    table = readers()

    assert st.icc(table, alias) == st.icc(table, form)


def test_icc_with_missing_cells_uses_all_of_them_and_says_how():
    rng = np.random.default_rng(5)
    table = rng.normal(size=(60, 1)) * 2 + rng.normal(size=(1, 4)) * 0.5
    table = table + rng.normal(size=(60, 4))
    whole = st.icc(table)
    table[rng.random(table.shape) < 0.2] = np.nan
    reml, fewer = st.icc(table), st.icc(table, missing="leave_out")

    assert "REML" in reml.method
    assert reml.details["missing"] == int(np.isnan(table).sum())
    assert reml.n > 2 * fewer.n
    assert reml.estimate == pytest.approx(whole.estimate, abs=0.05)
    assert whole.se < reml.se < fewer.se


def test_intervals_of_the_icc_cover_the_truth_as_often_as_they_say():
    rng = np.random.default_rng(8)
    inside = {"ICC(A,1)": 0, "ICC(C,1)": 0}
    truth = {"ICC(A,1)": 4 / 5.25, "ICC(C,1)": 4 / 5}
    for _ in range(300):
        table = 2 * rng.normal(size=(25, 1)) + 0.5 * rng.normal(size=(1, 4))
        table = table + rng.normal(size=(25, 4))
        found = st.icc_forms(table)
        for form, value in truth.items():
            inside[form] += found[form].ci[0] <= value <= found[form].ci[1]

    assert 270 <= inside["ICC(C,1)"] <= 297
    assert 270 <= inside["ICC(A,1)"] <= 299


@pytest.mark.parametrize("form", st.FORMS)
def test_the_standard_error_of_the_icc_is_its_spread_over_studies(form):
    rng = np.random.default_rng(10)
    found = []
    for _ in range(400):
        table = 2 * rng.normal(size=(60, 1)) + 0.3 * rng.normal(size=(1, 8))
        found.append(st.icc(table + rng.normal(size=(60, 8)) * 2, form))
    spread = np.std([one.estimate for one in found])

    assert np.mean([one.se for one in found]) == pytest.approx(spread, rel=0.15)


def test_limits_of_agreement_of_ratios():
    rng = np.random.default_rng(2)
    a = np.exp(rng.normal(3, 0.5, size=50))
    b = a * np.exp(rng.normal(0.1, 0.05, size=50))
    found = st.limits_of_agreement(b, a, log=True)

    assert found.bias == pytest.approx(math.exp(0.1), rel=0.03)
    assert found.lower < 1.05 < found.upper
    assert found.lower_ci[0] < found.lower < found.lower_ci[1]
    assert "ratios" in found.method


def test_exact_intervals_of_limits_are_wider_outwards():
    rng = np.random.default_rng(2)
    a, b = rng.normal(size=(2, 12))
    near = st.limits_of_agreement(a, b)
    exact = st.limits_of_agreement(a, b, interval="exact")

    assert exact.upper == near.upper
    assert exact.upper_ci[1] - exact.upper > exact.upper - exact.upper_ci[0]


def test_exact_intervals_of_limits_cover_as_often_as_they_say():
    rng = np.random.default_rng(2)
    inside = 0
    for difference in rng.normal(size=(400, 8)):
        found = st.limits_of_agreement(difference, np.zeros(8), interval="exact")
        inside += found.upper_ci[0] <= 1.959964 <= found.upper_ci[1]

    assert 367 <= inside <= 393


def test_one_replicate_of_each_is_the_simple_analysis():
    rng = np.random.default_rng(3)
    a, b = rng.normal(size=(2, 20))
    simple = st.limits_of_agreement(a, b)
    repeated = st.repeated_limits([[x] for x in a], [[x] for x in b])

    assert [repeated.bias, repeated.sd, repeated.upper] == pytest.approx(
        [simple.bias, simple.sd, simple.upper]
    )


def test_limits_with_a_varying_truth_are_those_of_the_pairs():
    rng = np.random.default_rng(4)
    true = rng.normal(size=(200, 3)) * 5
    a = true + rng.normal(size=(200, 1)) + rng.normal(size=(200, 3))
    b = true + rng.normal(size=(200, 3))
    found = st.repeated_limits(list(a), list(b), replicates="varying")

    assert found.sd == pytest.approx(math.sqrt(3), rel=0.06)
    assert found.variances["within"] == pytest.approx(2, rel=0.12)
    assert found.variances["between_cases"] == pytest.approx(1, rel=0.3)


def test_intervals_of_repeated_limits_cover_as_often_as_they_say():
    rng = np.random.default_rng(9)
    truth, inside = 1.96 * math.sqrt(1 + 0.5 + 0.5), 0
    for _ in range(300):
        gap = rng.normal(size=(30, 1))
        a = gap + rng.normal(size=(30, 2)) * math.sqrt(0.5)
        b = rng.normal(size=(30, 2)) * math.sqrt(0.5)
        low, high = st.repeated_limits(list(a), list(b)).upper_ci
        inside += low <= truth <= high

    assert 274 <= inside <= 296


def test_repeatability_is_277_times_the_spread_within_cases():
    rng = np.random.default_rng(6)
    repeats = rng.normal(size=(300, 1)) * 9 + rng.normal(size=(300, 2)) * 0.5
    found = st.repeatability(list(repeats))

    assert found.estimate == pytest.approx(2.772 * 0.5, rel=0.1)
    assert found.ci[0] < found.estimate < found.ci[1]
    assert found.details["df"] == 300


def test_repeatability_on_logarithms_is_a_ratio_with_a_coefficient_of_variation():
    rng = np.random.default_rng(6)
    repeats = np.exp(3 + rng.normal(size=(300, 2)) * 0.1)
    found = st.repeatability(list(repeats), log=True)

    assert found.details["within_cv"] == pytest.approx(0.1, rel=0.1)
    assert found.estimate == pytest.approx(math.exp(2.772 * 0.1), rel=0.05)


def test_a_change_must_exceed_what_readers_alone_bring_about():
    rng = np.random.default_rng(7)
    table = rng.normal(size=(200, 1)) * 4 + np.array([[0.0, 1.0]])
    table = table + rng.normal(size=(200, 2))
    agree = st.smallest_detectable_change(table)
    consistent = st.smallest_detectable_change(table, kind="consistency")
    averaged = st.smallest_detectable_change(table, mean_of=4)

    assert consistent.estimate == pytest.approx(2.772, rel=0.1)
    assert agree.estimate > consistent.estimate
    assert averaged.estimate == pytest.approx(agree.estimate / 2)
    assert consistent.ci[0] < 2.772 < consistent.ci[1]


def test_the_disagreement_index_counts_all_cases_read():
    reads = (
        [st.Overruling(reader="ana", adjudicated=True, against=True)] * 6
        + [st.Overruling(reader="ana", adjudicated=True)] * 14
        + [st.Overruling(reader="ana", adjudicated=False)] * 80
        + [st.Overruling(reader="ben", adjudicated=False)] * 10
    )
    ana, ben = st.reader_disagreement(reads)

    assert (ana.reader, ana.disagreement.estimate) == ("ana", pytest.approx(0.06))
    assert ana.adjudication == pytest.approx(0.2)
    assert ana.adjudicator_agreement == pytest.approx(0.7)
    assert (ben.disagreement.estimate, ben.disagreement.ci[0]) == (0, 0)
    assert ben.as_json()["adjudicator_agreement"] is None


@pytest.mark.parametrize(
    ("kappa", "against", "margins", "two_sided"),
    [(0.8, 0.5, [0.3, 0.7], False), (0.6, 0.3, [0.2, 0.3, 0.5], True)],
)
def test_the_number_of_cases_for_kappa_gives_the_power_it_promises(
    kappa, against, margins, two_sided
):
    size = st.kappa_cases(
        kappa=kappa, against=against, margins=margins, two_sided=two_sided
    )
    p = np.asarray(margins)
    table = (1 - kappa) * np.outer(p, p) + kappa * np.diag(p)
    rng = np.random.default_rng(4)
    refused = 0
    for counts in rng.multinomial(size.cases, table.ravel(), size=400):
        found = st.kappa_of_table(counts.reshape(table.shape))
        limit = 1.96 if two_sided else 1.645
        refused += found.estimate - limit * found.se > against

    assert 0.7 < refused / 400 < 0.93


def test_the_goodness_of_fit_size_grows_where_disease_is_rare():
    rare, common = (
        st.kappa_goodness_of_fit_cases(kappa=0.6, against=0.4, prevalence=p).cases
        for p in (0.1, 0.5)
    )

    assert rare > common
    size = st.kappa_goodness_of_fit_cases(kappa=0.6, against=0.4, prevalence=0.5)
    assert size.as_json()["cases"] == common
    assert common == 165  # 7.849 / 0.0476: Donner & Eliasziw's formula by hand


def test_precision_needs_four_times_the_cases_for_half_the_width():
    wide, narrow = (
        st.kappa_precision_cases(kappa=0.6, margins=[0.3, 0.7], half_width=w).cases
        for w in (0.2, 0.1)
    )

    assert narrow == pytest.approx(4 * wide, abs=4)


def test_lesions_of_one_participant_count_for_less_than_lesions_of_many():
    same = st.clustered_ratio([4, 0, 4, 0, 4, 0] * 5, [4] * 30)
    apart = st.clustered_ratio([1, 0] * 60, [1] * 120)

    assert same.estimate == apart.estimate == 0.5
    assert same.details["design_effect"] == pytest.approx(4.14, abs=0.01)
    assert same.se == pytest.approx(2 * apart.se, rel=0.02)
    assert same.details["effective_size"] == pytest.approx(29)


def test_false_marks_a_participant_are_a_ratio_but_no_share():
    found = st.clustered_ratio([3, 0, 1, 4], [1, 1, 1, 1], interval="wald")

    assert found.estimate == 2
    assert found.se == pytest.approx(np.std([3, 0, 1, 4], ddof=1) / 2)


def test_two_per_lesion_ratios_on_the_same_participants():
    rng = np.random.default_rng(3)
    of = rng.integers(1, 6, size=80)
    a, b = rng.binomial(of, 0.9), rng.binomial(of, 0.6)
    found = st.compare_clustered_ratios(a, of, b, of)

    assert found.estimate == pytest.approx(0.3, abs=0.08)
    assert found.details["p"] < 0.001
    assert found.ci[0] < 0.3 < found.ci[1]
    none = st.compare_clustered_ratios(a, of, a, of)
    assert (none.estimate, none.se) == (0, 0)


def test_every_answer_becomes_json_without_what_json_does_not_know():
    found = st.kappa_of_table([[5, 0], [0, 5]]).as_json()

    assert found["estimate"] == 1
    assert found["ci"] == [1.0, 1.0]
    weighted = st.kappa_of_table([[5, 1], [0, 5]], weights="linear").as_json()
    assert weighted["statistic"] == "kappa"
    assert {"method", "se", "level", "n"} <= set(weighted)


@pytest.mark.parametrize("measure", ["conger", "fleiss", "gwet"])
def test_a_reader_who_rated_nothing_changes_nothing(measure):
    rng = np.random.default_rng(1)
    table = rng.integers(0, 3, (30, 2)).astype(float)
    table[:15, 1] = table[:15, 0]
    with_empty = np.column_stack([table, np.full(30, np.nan)])
    alone, beside = st.agreement(table, measure), st.agreement(with_empty, measure)

    assert beside.estimate == pytest.approx(alone.estimate)
    assert beside.se == pytest.approx(alone.se)
