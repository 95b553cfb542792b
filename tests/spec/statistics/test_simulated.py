"""Intervals cover and tests refuse as often as they say, in simulated studies whose truth is known.

Each is a few hundred studies with a fixed seed; the bands are four standard errors of simulation wide, and wider where
a method is known to be cautious or rough in small samples (said beside it).
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from provident import statistics as st


title = "Coverage of intervals and size of tests, by simulation"
TRIALS = 300


def share_of(hits):
    return float(np.mean(hits))


def band(level, trials=TRIALS, low=0.0, high=0.0):
    """Where the share must lie: four standard errors, and what the method is allowed beyond."""
    reach = 4 * math.sqrt(level * (1 - level) / trials)
    return level - reach - low, min(level + reach + high, 1.0)


def covers(ci, truth):
    return ci[0] <= truth <= ci[1]


def within(share, limits):
    assert limits[0] <= share <= limits[1], (share, limits)


@pytest.fixture
def rng():
    return np.random.default_rng(2026)


# -- categories: readers agree by a known share, else say what chance says


def categories(rng, margins, readers, cases, copied=0.6):
    """Every rating is the case's own category with chance `copied`, else drawn from the same margins."""
    q = len(margins)
    own = rng.choice(q, p=margins, size=(cases, 1))
    drawn = rng.choice(q, p=margins, size=(cases, readers))
    return np.where(rng.random((cases, readers)) < copied, own, drawn)


MARGINS = (0.5, 0.3, 0.2)
KAPPA = 0.36  # two readers both copy with 0.6 x 0.6, else they agree by chance alone


@pytest.mark.parametrize(
    ("name", "ask"),
    [
        ("cohen", lambda x: st.kappa(x[:, 0], x[:, 1])),
        ("light", lambda x: st.light_kappa(x)),
        ("conger", lambda x: st.conger_kappa(x)),
        ("fleiss", lambda x: st.fleiss_kappa(x)),
        ("krippendorff", lambda x: st.krippendorff(x)),
    ],
)
def test_intervals_of_the_kappa_family_cover_the_true_value(rng, name, ask):
    found = [ask(categories(rng, MARGINS, 3, 80)).ci for _ in range(TRIALS)]

    within(share_of([covers(ci, KAPPA) for ci in found]), band(0.95, low=0.01))


def test_a_weighted_kappa_covers_its_value(rng):
    """Copying makes all weighted kappas equal the unweighted one: agreement beyond chance is exact."""
    found = []
    for _ in range(TRIALS):
        x = categories(rng, MARGINS, 2, 80)
        ask = st.kappa(x[:, 0], x[:, 1], weights="quadratic", categories=[0, 1, 2])
        found.append(covers(ask.ci, KAPPA))

    within(share_of(found), band(0.95, low=0.01))


@pytest.mark.parametrize("coefficient", ["gwet", "brennan_prediger"])
def test_uniform_margins_give_the_other_coefficients_the_same_truth(rng, coefficient):
    found = [
        st.agreement(categories(rng, (0.25,) * 4, 3, 80), coefficient).ci
        for _ in range(TRIALS)
    ]

    within(share_of([covers(ci, KAPPA) for ci in found]), band(0.95, low=0.01))


def test_missing_ratings_leave_the_interval_right(rng):
    def gaps():
        x = categories(rng, MARGINS, 4, 80).astype(float)
        x[rng.random(x.shape) < 0.2] = np.nan
        return x

    found = [st.conger_kappa(gaps()).ci for _ in range(TRIALS)]

    within(share_of([covers(ci, KAPPA) for ci in found]), band(0.95, low=0.02))


def test_a_bootstrap_interval_of_alpha_covers_it(rng):
    """Percentiles of 80 cases are a little short."""
    found = [
        st.krippendorff(
            categories(rng, MARGINS, 3, 80),
            bootstrap=st.Bootstrap(rng=rng, samples=400),
        ).ci
        for _ in range(150)
    ]

    within(share_of([covers(ci, KAPPA) for ci in found]), band(0.95, 150, low=0.03))


def test_kappas_test_of_no_agreement_refuses_five_in_a_hundred(rng):
    p = [
        st.kappa(*categories(rng, MARGINS, 2, 100, copied=0.0).T).details["p"]
        for _ in range(TRIALS)
    ]

    within(share_of(np.array(p) < 0.05), band(0.05, high=0.02))


# -- measurements: variances of cases, readers and error


def measured(rng, cases=30, readers=4, reader_sd=0.5, error_sd=1.0, gaps=0.0):
    x = 2 * rng.normal(size=(cases, 1)) + reader_sd * rng.normal(size=(1, readers))
    x = x + error_sd * rng.normal(size=(cases, readers))
    x[rng.random(x.shape) < gaps] = np.nan
    return x


ONE = 4 / (4 + 0.25 + 1)
SAME = 4 / (4 + 1)


@pytest.mark.parametrize(
    ("form", "truth", "readers"),
    [
        ("ICC(A,1)", ONE, 0.5),
        ("ICC(A,k)", 4 / (4 + 1.25 / 4), 0.5),
        ("ICC(C,1)", SAME, 0.5),
        ("ICC(C,k)", 4 / (4 + 1 / 4), 0.5),
        ("ICC(1,1)", SAME, 0.0),
        ("ICC(1,k)", 4 / (4 + 1 / 4), 0.0),
    ],
)
def test_intervals_of_the_six_forms_cover(rng, form, truth, readers):
    """Satterthwaite's df make those of absolute agreement rough (McGraw & Wong 1996)."""
    found = [st.icc(measured(rng, reader_sd=readers), form).ci for _ in range(TRIALS)]
    room = 0.02 if form.startswith("ICC(A") else 0.0

    within(
        share_of([covers(ci, truth) for ci in found]), band(0.95, low=room, high=room)
    )


def test_missing_cells_leave_the_interval_nearly_right(rng):
    found = [
        st.icc(measured(rng, reader_sd=0.0, gaps=0.15), "ICC(C,1)").ci
        for _ in range(50)
    ]

    within(share_of([covers(ci, SAME) for ci in found]), band(0.95, 50, low=0.02))  # fmt: skip


@pytest.mark.parametrize("interval", ["approximate", "exact"])
def test_intervals_of_limits_of_agreement_cover_the_true_limits(rng, interval):
    found = []
    for _ in range(TRIALS):
        a, b = measured(rng, readers=2, cases=40, reader_sd=0).T
        limits = st.limits_of_agreement(a, b, interval=interval)
        true = 1.959964 * math.sqrt(2)
        found += [covers(limits.upper_ci, true), covers(limits.lower_ci, -true)]

    within(share_of(found), band(0.95, 2 * TRIALS, low=0.01, high=0.01))


def test_intervals_of_limits_with_replicates_cover(rng):
    """Single measurements differ by sqrt(0.5 + 1 + 1): a case's own difference, and both errors."""
    true = 1.959964 * math.sqrt(2.5)
    found = []
    for _ in range(TRIALS):
        own = math.sqrt(0.5) * rng.normal(size=(40, 1))
        a = own + rng.normal(size=(40, 3))
        b = rng.normal(size=(40, 3))
        limits = st.repeated_limits(list(a), list(b))
        found += [covers(limits.upper_ci, true), covers(limits.lower_ci, -true)]

    within(share_of(found), band(0.95, 2 * TRIALS, low=0.01, high=0.02))


def test_repeatability_covers_its_coefficient(rng):
    found = [
        st.repeatability(list(measured(rng, readers=2, reader_sd=0))).ci
        for _ in range(TRIALS)
    ]

    within(share_of([covers(ci, 1.959964 * math.sqrt(2)) for ci in found]), band(0.95))


# -- accuracy: readers and cases as in Roe and Metz


def rated(rng, *, readers=5, cases=60, gain=0.0, gaps=0.0, nested=False):
    truth = (np.arange(cases) < cases // 2).astype(float)
    columns = 2 * readers if nested else readers
    skill = 1.2 + 0.3 * rng.normal(size=(1, columns, 1))
    skill = skill + 0.15 * rng.normal(size=(2, columns, 1))
    skill = skill + np.array([0.0, gain])[:, None, None]
    x = 0.8 * rng.normal(size=cases) + truth * skill
    x = x + 0.6 * rng.normal(size=(2, columns, cases))
    if nested:
        x[0, readers:] = x[1, :readers] = np.nan
    x[rng.random(x.shape) < gaps] = np.nan
    return st.ReadStudy(
        treatments=("CT", "MR"),
        readers=tuple(range(columns)),
        cases=tuple(range(cases)),
        truth=truth,
        ratings=x,
    )


ANALYSES = {
    "Obuchowski-Rockette": (st.obuchowski_rockette, {}),
    "DBM": (st.dorfman_berbaum_metz, {}),
    "U-statistic": (st.u_statistic, {}),
    "Obuchowski-Rockette, cells missing": (st.obuchowski_rockette, {"gaps": 0.15}),
    "DBM, cells missing": (st.dorfman_berbaum_metz, {"gaps": 0.15}),
    "U-statistic, cells missing": (
        lambda s: st.u_statistic(s, centred=True),
        {"gaps": 0.15},
    ),
    "Obuchowski-Rockette, readers nested": (st.obuchowski_rockette, {"nested": True}),
    "DBM, readers nested": (st.dorfman_berbaum_metz, {"nested": True}),
    "U-statistic, readers nested": (st.u_statistic, {"nested": True}),
    "Obuchowski-Rockette, sensitivity": (
        lambda s: st.obuchowski_rockette(s.calls(0.6), metric="sensitivity"),
        {},
    ),
    "DBM, specificity": (
        lambda s: st.dorfman_berbaum_metz(s.calls(0.6), metric="specificity"),
        {},
    ),
    "U-statistic, sensitivity": (
        lambda s: st.u_statistic(s.calls(0.6), metric="sensitivity"),
        {},
    ),
}


@pytest.mark.parametrize("name", ANALYSES)
def test_equal_modalities_are_refused_five_in_a_hundred(rng, name):
    """The methods are known to be cautious (Hillis 2007): down to one or two in a hundred is allowed."""
    analyse, how = ANALYSES[name]
    p = np.array(
        [analyse(rated(rng, **how)).headline.details["p"] for _ in range(TRIALS)]
    )

    assert np.isfinite(p).mean() > 0.9  # a variance below 0 has no interval
    within(share_of(p < 0.05), band(0.05, low=0.04, high=0.01))


def test_delongs_interval_covers_the_true_area(rng):
    """0.5 and 1.5 standard deviations apart, 50 and 60 cases."""
    truth = np.repeat([1, 0], [50, 60])
    for gap in (0.5, 1.5):
        area = 0.5 * (1 + math.erf(gap / 2))
        found = [
            st.auc(truth, rng.normal(size=110) + gap * truth).ci for _ in range(TRIALS)
        ]

        within(share_of([covers(ci, area) for ci in found]), band(0.95, low=0.01))


def test_the_power_that_a_pilot_promises_is_the_power_that_comes(rng):
    """Components of a large pilot, then studies of the planned size."""
    parts = [
        st.obuchowski_rockette(rated(rng, readers=8, cases=200)) for _ in range(40)
    ]
    from provident.statistics.mrmc import ErrorComponents, Pilot

    def mean(name):
        return float(np.mean([one.components[name] for one in parts]))

    pilot = Pilot(
        cases=200,
        error=ErrorComponents(**{n: mean(n) for n in ("var", "cov1", "cov2", "cov3")}),
        var_treatment_reader=mean("var_treatment_reader"),
    )
    studies = [
        st.obuchowski_rockette(rated(rng, readers=6, cases=80, gain=0.35))
        for _ in range(TRIALS)
    ]
    effect = -float(np.mean([one.headline.estimate for one in studies]))
    promised = st.mrmc_power(pilot, readers=6, cases=80, effect=effect).power
    came = share_of([one.test.p < 0.05 for one in studies])

    assert came == pytest.approx(promised, abs=0.1)


def test_the_cases_for_kappa_give_the_power_asked_for(rng):
    size = st.kappa_cases(kappa=0.36, against=0.1, margins=MARGINS, power=0.8)
    z = 1.645
    refused = []
    for _ in range(TRIALS):
        x = categories(rng, MARGINS, 2, size.cases)
        found = st.kappa(x[:, 0], x[:, 1])
        refused.append((found.estimate - 0.1) / found.se > z)

    assert share_of(refused) == pytest.approx(0.8, abs=0.1)


# -- lesions of one participant are alike


def test_a_ratio_over_lesions_covers_where_counting_lesions_alone_does_not(rng):
    clustered, naive = [], []
    for _ in range(TRIALS):
        of = rng.integers(1, 8, size=60)
        chance = rng.beta(3, 1, size=60)
        hits = rng.binomial(of, chance)
        clustered.append(covers(st.clustered_ratio(hits, of).ci, 0.75))
        alone = st.roc.proportion(int(hits.sum()), int(of.sum())).ci
        naive.append(covers(alone, 0.75))

    within(share_of(clustered), band(0.95, low=0.01))
    assert share_of(naive) < 0.9


def test_two_ratios_on_the_same_lesions_differ_falsely_five_in_a_hundred(rng):
    p = []
    for _ in range(TRIALS):
        of = rng.integers(1, 8, size=60)
        chance = rng.beta(3, 1, size=60)
        a, b = rng.binomial(of, chance), rng.binomial(of, chance)
        p.append(st.compare_clustered_ratios(a, of, b, of).details["p"])

    within(share_of(np.array(p) < 0.05), band(0.05, high=0.015))
