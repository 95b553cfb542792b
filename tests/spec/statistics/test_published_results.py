"""Every published result in ../shared/refdata/reading, to its stated tolerance."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest

from provident import statistics as st
from provident.statistics import charts
from provident.statistics.mrmc import ErrorComponents, Pilot


title = "Published results of agreement, accuracy and control charts"
pytestmark = pytest.mark.real

# The entries that this file reproduces; a new one in the data fails the test below.
REPRODUCED = {
    "kappa_ms_winnipeg",
    "kappa_sexualfun",
    "kappa_gwet_abstractors",
    "fleiss1971",
    "gwet_raw4raters",
    "krippendorff2011",
    "shroutfleiss1979",
    "ba1986_pefr",
    "ba1999_sbp_repeated",
    "roc_asah",
    "mrmc_vandyke_or",
    "mrmc_vandyke_bdg",
    "mrmc_vandyke_sens",
    "mrmc_power_vandyke",
    "cusum_tabular",
    "pchart",
}


@pytest.fixture(scope="module")
def folder(shared):
    return shared / "refdata" / "reading"


@pytest.fixture(scope="module")
def entries(folder):
    told = json.loads((folder / "expected.json").read_text())["entries"]
    return {entry["id"]: entry for entry in told}


@pytest.fixture(scope="module")
def rows(folder):
    def read(name):
        with (folder / name).open(newline="") as file:
            return list(csv.DictReader(file))

    return read


def near(expected, tolerance):
    return pytest.approx(expected, abs=tolerance, rel=0)


def test_no_entry_is_left_out(entries):
    assert set(entries) == REPRODUCED


@pytest.mark.parametrize("name", ["kappa_ms_winnipeg", "kappa_sexualfun"])
def test_kappa_of_a_table_with_its_standard_error(entries, rows, name):
    entry = entries[name]
    table = rows(entry["data"])
    labels = list(dict.fromkeys(row["rater1"] for row in table))
    counts = np.zeros((len(labels), len(labels)))
    for row in table:
        at = labels.index(row["rater1"]), labels.index(row["rater2"])
        counts[at] += int(row["n"])
    for weights, expected in entry["expected"].items():
        tolerance = entry["abs_tol"]
        tolerance = tolerance[weights] if isinstance(tolerance, dict) else tolerance
        found = st.kappa_of_table(
            counts, weights=None if weights == "none" else weights, categories=labels
        )

        assert found.estimate == near(expected["kappa"], tolerance)
        assert found.se == near(expected["se"], tolerance)


def test_two_readers_by_every_coefficient(entries, rows):
    entry = entries["kappa_gwet_abstractors"]
    pairs = [
        (row["rater1"], row["rater2"])
        for row in rows(entry["data"])
        for _ in range(int(row["n"]))
    ]
    a, b = ([pair[i] for pair in pairs] for i in (0, 1))
    expected, tolerance = entry["expected"], entry["abs_tol"]
    ours = {
        "gwet_ac1": st.gwet_ac(pairs),
        "scott_pi": st.fleiss_kappa(pairs),
        "brennan_prediger": st.brennan_prediger(pairs),
    }
    # The published standard errors divide by n, those of raw data by n - 1.
    shrink = np.sqrt((len(pairs) - 1) / len(pairs))
    for name, found in ours.items():
        assert found.estimate == near(expected[name]["coef"], tolerance)
        assert found.se * shrink == near(expected[name]["se"], tolerance)
    cohen = st.kappa(a, b)

    assert cohen.estimate == near(expected["cohen"]["coef"], tolerance)
    assert cohen.se == near(expected["cohen"]["se"], tolerance)
    assert st.conger_kappa(pairs).se * shrink == near(
        expected["cohen"]["se"], tolerance
    )
    assert st.krippendorff(pairs).estimate == near(
        expected["krippendorff"]["coef"], tolerance
    )


def test_fleiss_kappa_overall_and_by_category(entries, rows):
    entry = entries["fleiss1971"]
    table = [
        [int(row[f"rater{i}"]) for i in range(1, 7)] for row in rows(entry["data"])
    ]
    expected, tolerance = entry["expected"], entry["abs_tol"]
    overall, *by = st.fleiss_by_category(table, categories=[1, 2, 3, 4, 5])

    assert overall.estimate == near(expected["kappa"], tolerance["kappa"])
    assert overall.details["z"] == near(expected["z"], tolerance["z"])
    assert [one.estimate for one in by] == near(
        expected["by_category"], tolerance["by_category"]
    )
    assert st.fleiss_kappa(table).estimate == near(overall.estimate, 1e-12)


def four_readers(rows):
    return [
        [float(row[f"r{i}"]) if row[f"r{i}"] else None for i in range(1, 5)]
        for row in rows("gwet_raw4raters.csv")
    ]


def test_four_readers_with_missing_ratings_and_all_weights(entries, rows):
    entry = entries["gwet_raw4raters"]
    table, tolerance = four_readers(rows), entry["abs_tol"]
    names = {
        "ac": "gwet",
        "bp": "brennan_prediger",
        "fleiss": "fleiss",
        "conger": "conger",
    }
    for weights, expected in entry["expected"].items():
        own = "unweighted" if weights == "identity" else weights
        for short, coefficient in names.items():
            found = st.agreement(
                table, coefficient, weights=own, categories=[1, 2, 3, 4, 5]
            )
            assert [found.estimate, found.se] == near(expected[short], tolerance)
        alpha = st.krippendorff(table, weights=own, categories=[1, 2, 3, 4, 5])
        assert alpha.estimate == near(expected["kripp"][0], tolerance)


def test_krippendorffs_alpha_on_four_scales(entries, rows):
    entry = entries["krippendorff2011"]
    table = four_readers(rows)
    for metric, expected in entry["expected"].items():
        found = st.krippendorff(table, metric=metric)

        assert found.estimate == near(expected, entry["abs_tol"])


def test_six_intraclass_correlations_with_intervals(entries, rows):
    entry = entries["shroutfleiss1979"]
    table = np.zeros((6, 4))
    for row in rows(entry["data"]):
        table[int(row["target"]) - 1, int(row["judge"]) - 1] = float(row["score"])
    found = st.icc_forms(table)

    assert set(found) == set(entry["expected"])
    for form, expected in entry["expected"].items():
        one = found[form]
        assert [one.estimate, *one.ci] == near(expected, entry["abs_tol"]["default"])
    squares = found["ICC(A,1)"].details
    expected = entry["params"]["ms"]
    assert [squares[f"ms_{name}"] for name in ("cases", "readers", "error")] == near(
        [expected["MSR"], expected["MSC"], expected["MSE"]], 1e-6
    )


def test_limits_of_agreement_of_the_lancet_paper(entries, rows):
    entry = entries["ba1986_pefr"]
    table = rows(entry["data"])
    a, b = ([float(row[name]) for row in table] for name in ("wright1", "mini1"))
    found = st.limits_of_agreement(a, b, multiplier=entry["params"]["multiplier"])
    for name, expected in entry["expected"].items():
        assert getattr(found, name) == near(expected, entry["abs_tol"]["default"]), name
    exact = [-2.117647, 38.765130, -79.647908, 75.412613]
    assert [found.bias, found.sd, found.lower, found.upper] == near(
        exact, 2e-6
    )  # themselves of rounded figures


def test_limits_of_agreement_with_three_replicates(entries, rows):
    entry = entries["ba1999_sbp_repeated"]
    table = rows(entry["data"])
    a, b = (
        [[float(row[name]) for name in entry["params"][side]] for row in table]
        for side in ("a", "b")
    )
    found = st.repeated_limits(a, b)
    ours = {
        "bias": found.bias,
        "sd": found.sd,
        "lower": found.lower,
        "upper": found.upper,
        **found.variances,
    }
    for name, expected in entry["expected"].items():
        assert ours[name] == near(expected, entry["abs_tol"]["default"]), name


def test_delongs_areas_variances_and_comparisons(entries, rows):
    entry = entries["roc_asah"]
    table, tolerance = rows(entry["data"]), entry["abs_tol"]
    truth = [int(row["outcome"] == "Poor") for row in table]
    scores = {
        name: [float(row[name]) for row in table] for name in entry["params"]["markers"]
    }
    expected = entry["expected"]
    single = [st.auc(truth, score) for score in scores.values()]

    assert [one.estimate for one in single] == near(expected["auc"], tolerance)
    assert [one.se**2 for one in single] == near(expected["var"], tolerance)
    areas, matrix = st.auc_covariance(truth, scores)
    assert areas.tolist() == near(expected["auc"], tolerance)
    assert np.diag(matrix).tolist() == near(expected["var"], tolerance)
    for pair in (("wfns", "s100b"), ("s100b", "ndka")):
        test = st.compare_auc(truth, scores[pair[0]], scores[pair[1]]).details
        published = expected[f"test_{pair[0]}_{pair[1]}"]
        assert [test["z"], test["p"]] == near(
            [published["z"], published["p"]], tolerance
        )


@pytest.fixture(scope="module")
def van_dyke(rows):
    table = rows("mrmc_vandyke.csv")

    def study(case="case"):
        return st.read_study(
            reader=[row["reader"] for row in table],
            treatment=[row["treatment"] for row in table],
            case=[row[case] for row in table],
            truth=[int(row["truth"]) for row in table],
            rating=[float(row["rating"]) for row in table],
        )

    return study


@pytest.mark.parametrize("method", ["jackknife", "unbiased", "delong"])
def test_obuchowski_rockette_with_three_covariances(entries, van_dyke, method):
    entry = entries["mrmc_vandyke_or"]
    expected, tolerance = entry["expected"][method], entry["abs_tol"]
    found = st.obuchowski_rockette(van_dyke(), covariances=method)
    for name in ("var", "cov1", "cov2", "cov3"):
        assert found.components[name] == near(expected[name], tolerance["default"])
    assert found.test.f == near(expected["F"], tolerance["F"])
    assert found.test.df2 == near(expected["df2"], tolerance["F"])
    assert found.test.p == near(expected["p"], tolerance["p"])


def test_obuchowski_rockette_difference_treatments_and_fixed_effects(entries, van_dyke):
    entry = entries["mrmc_vandyke_or"]
    expected, tolerance = entry["expected"], entry["abs_tol"]["default"]
    found = st.obuchowski_rockette(van_dyke())
    jackknife, first = expected["jackknife"], found.headline

    assert found.figures.tolist() == [near(row, tolerance) for row in expected["auc"]]
    assert [first.estimate, first.se, *first.ci] == near(
        [jackknife["diff"], jackknife["se"], *jackknife["ci"]], tolerance
    )
    assert found.components["var_reader"] == near(jackknife["var_r"], tolerance)
    assert found.components["var_treatment_reader"] == near(
        jackknife["var_tr"], tolerance
    )
    for one, published in zip(
        found.per_treatment, expected["per_treatment"], strict=True
    ):
        assert [one.estimate, one.se, one.details["df"], *one.ci] == near(
            [published["auc"], published["se"], published["df"], *published["ci"]],
            tolerance,
        )
    readers, cases = found.also["fixed_readers"], found.also["fixed_cases"]
    published = expected["fixed_readers"]
    assert [readers["chi2"], readers["p"], readers["differences"][0].se] == near(
        [published["chi2"], published["p"], published["se"]], tolerance
    )
    published = expected["fixed_cases"]
    test = cases["test"]
    assert [test.f, test.df1, test.df2, test.p] == near(
        [published[name] for name in ("F", "df1", "df2", "p")], tolerance
    )


def test_cases_nested_in_readers_and_in_treatments(entries, van_dyke):
    entry = entries["mrmc_vandyke_or"]
    expected, tolerance = entry["expected"], entry["abs_tol"]
    in_readers = st.obuchowski_rockette(van_dyke("case2"))
    in_treatments = st.obuchowski_rockette(van_dyke("case3"))
    published = expected["cases_nested_in_reader"]

    assert in_readers.design == "cases in readers"
    assert in_readers.components["cov1"] == near(
        published["cov1"], tolerance["default"]
    )
    assert in_readers.components["cov2"] == in_readers.components["cov3"] == 0
    assert in_readers.test.p == near(published["p"], tolerance["p"])
    published = expected["cases_nested_in_treatment"]
    assert in_treatments.design == "cases in treatments"
    assert in_treatments.components["cov2"] == near(
        published["cov2"], tolerance["default"]
    )
    assert in_treatments.test.f == near(published["F"], tolerance["F"])
    assert in_treatments.test.df2 == near(published["df2"], tolerance["F"])
    assert in_treatments.test.p == near(published["p"], tolerance["p"])


def test_dbm_is_obuchowski_rockette_with_the_jackknife(entries, van_dyke):
    entry = entries["mrmc_vandyke_or"]
    expected, tolerance = entry["expected"]["jackknife"], entry["abs_tol"]
    found = st.dorfman_berbaum_metz(van_dyke())

    assert found.test.f == near(expected["F"], tolerance["F"])
    assert found.test.df2 == near(expected["df2"], tolerance["F"])
    assert found.headline.se == near(expected["se"], tolerance["default"])


@pytest.mark.parametrize(
    "name", ["cases_nested_in_reader", "cases_nested_in_treatment"]
)
def test_dbm_of_nested_cases(entries, van_dyke, name):
    entry = entries["mrmc_vandyke_or"]
    column = "case2" if name == "cases_nested_in_reader" else "case3"
    found = st.dorfman_berbaum_metz(van_dyke(column))

    assert found.test.p == near(entry["expected"][name]["p"], entry["abs_tol"]["p"])


def test_the_u_statistic_of_imrmc(entries, van_dyke):
    entry = entries["mrmc_vandyke_bdg"]
    expected, tolerance = entry["expected"], entry["abs_tol"]
    found = st.u_statistic(van_dyke())
    parts, first = found.components, found.headline

    assert [parts["var[1]"], parts["var[2]"], parts["var[1-2]"]] == near(
        [expected[name] for name in ("var_a", "var_b", "var_diff")], tolerance
    )
    assert [
        parts["var_mle[1]"],
        parts["var_mle[2]"],
        parts["var_mle[1-2]"],
    ] == near(
        [expected["mle"][name] for name in ("var_a", "var_b", "var_diff")], tolerance
    )
    assert first.details["df"] == near(expected["df"], 1e-8)  # printed to 8 places
    assert first.details["p"] == near(expected["p"], tolerance)
    assert list(first.ci) == near(expected["ci"], tolerance)


def test_sensitivity_over_readers_and_cases(entries, van_dyke):
    entry = entries["mrmc_vandyke_sens"]
    expected, tolerance = entry["expected"], entry["abs_tol"]
    found = st.obuchowski_rockette(van_dyke().calls(3), metric="sensitivity")
    ours = {
        "est": [one.estimate for one in found.per_treatment],
        "se": [one.se for one in found.per_treatment],
        "diff": found.headline.estimate,
        "se_diff": found.headline.se,
        "p": found.test.p,
        **{name: found.components[name] for name in ("var", "cov1", "cov2", "cov3")},
    }
    for name, value in ours.items():
        assert value == near(expected[name], tolerance), name
    dfs = [one.details["df"] for one in found.per_treatment]
    assert [*dfs, found.test.f, found.test.df2] == near(
        [*expected["df"], expected["F"], expected["df2"]], 1e-8
    )  # printed to 8 or 9 places


def test_power_and_size_of_a_multireader_study(entries):
    entry = entries["mrmc_power_vandyke"]
    given, expected, tolerance = entry["params"], entry["expected"], entry["abs_tol"]
    pilot = Pilot(
        cases=given["K0"],
        error=ErrorComponents(
            **{name: given[name] for name in ("var", "cov1", "cov2", "cov3")}
        ),
        var_treatment_reader=given["var_tr"],
    )
    how = {"readers": given["J"], "effect": given["effect"], "alpha": given["alpha"]}
    found = st.mrmc_power(pilot, cases=251, **how)
    published = expected["K=251"]

    assert [found.power, found.ncp, found.df2, found.f_critical] == near(
        [published[name] for name in ("power", "ncp", "df2", "Fcrit")], tolerance
    )
    size = st.mrmc_cases(pilot, power=0.8, **how)
    assert size.cases == expected["K_for_80pct"]
    assert size.power == near(expected["power_at_170"], tolerance)


def test_the_tabular_cusum(entries, rows):
    entry = entries["cusum_tabular"]
    given, expected = entry["params"], entry["expected"]
    chart = charts.TabularCusum(
        target=given["target"], slack=given["k"], limit=given["h"]
    )
    path = chart.follow([float(row["x"]) for row in rows(entry["data"])])

    assert list(path.upper) == near(expected["upper"], entry["abs_tol"])
    assert list(path.lower) == near(expected["lower"], entry["abs_tol"])
    assert path.signals == ()


def test_the_p_chart(entries, rows):
    entry = entries["pchart"]
    table, expected = rows(entry["data"]), entry["expected"]
    chart = charts.p_chart(
        [int(row["defective"]) for row in table],
        [int(row["n"]) for row in table],
        width=entry["params"]["sigma"],
    )

    assert [chart.rate, chart.upper[0], chart.lower[0]] == near(
        [expected["p"], expected["ucl"], expected["lcl"]], entry["abs_tol"]
    )
    assert chart.signals == ()
