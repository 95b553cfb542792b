"""What cannot be answered is refused in words that say what to do."""

from __future__ import annotations

import math

import numpy as np
import pytest

from provident import statistics as st
from provident.kernel import InvalidInput
from provident.statistics import charts
from provident.statistics.mrmc import ErrorComponents, Pilot, bootstrap_study


title = "Statistics refuse what they cannot answer"

RNG = np.random.default_rng(1)
SCORES = RNG.normal(size=(12, 3))
PILOT = Pilot(
    cases=100,
    error=ErrorComponents(var=0.001, cov1=0.0004, cov2=0.0004, cov3=0.0003),
    var_treatment_reader=0.0001,
)


def a_study(**changes):
    given = {
        "treatments": ("CT", "MR"),
        "readers": ("ana", "ben", "cai"),
        "cases": tuple(range(12)),
        "truth": np.arange(12) % 2 * 1.0,
        "ratings": np.random.default_rng(2).normal(size=(2, 3, 12)),
    }
    return st.ReadStudy(**{**given, **changes})


def gaps(*where, readers=3):
    ratings = np.random.default_rng(2).normal(size=(2, readers, 12))
    for at in where:
        ratings[at] = math.nan
    names = ("ana", "ben", "cai", "dora", "eva")
    return a_study(ratings=ratings, readers=names[:readers])


REFUSED = [
    # what, who asks, words
    (
        "limit interval",
        lambda: st.limits_of_agreement([1, 2, 3], [2, 1, 3], interval="wide"),
        "approximate, exact",
    ),
    (
        "kind of replicates",
        lambda: st.repeated_limits([[1]] * 3, [[1]] * 3, replicates="some"),
        "constant, varying",
    ),
    (
        "interval of an area",
        lambda: st.auc([1, 1, 0, 0], [1, 2, 3, 4], interval="probit"),
        "wald, logit",
    ),
    (
        "interval of a ratio",
        lambda: st.clustered_ratio([1, 1], [2, 2], interval="exact"),
        "wilson, wald",
    ),
    (
        "way with missing cells",
        lambda: st.icc(SCORES, missing="impute"),
        "reml, leave_out, refuse",
    ),
    (
        "way with missing ratings",
        lambda: st.kappa([1, 2], [2, 1], missing="impute"),
        "refuse, leave_out",
    ),
    (
        "way to draw",
        lambda: bootstrap_study(a_study(), st.Bootstrap(rng=RNG), drawn="all"),
        "cases, readers, both",
    ),
    ("one case", lambda: st.kappa([1], [2]), "1 are"),
    ("unequal", lambda: st.kappa([1, 2, 1], [2, 1]), "3 and 2 cases"),
    (
        "nothing left",
        lambda: st.kappa([1, None, 2], [None, 1, 2], missing="leave_out"),
        "1 cases are rated by all",
    ),
    ("one reader in a table", lambda: st.gwet_ac([[1], [2]]), "2 readers"),
    ("a blank", lambda: st.kappa([1, 2, None], [1, 2, 2]), "leave_out"),
    ("all the same", lambda: st.kappa([1, 1, 1], [1, 1, 1]), "same category"),
    (
        "one used category",
        lambda: st.kappa([1, 1, 1], [1, 1, 1], categories=[1, 2]),
        "one and the same category",
    ),
    (
        "outside the scale",
        lambda: st.kappa([1, 9], [1, 2], categories=[1, 2]),
        "outside the categories: 9",
    ),
    (
        "scale twice",
        lambda: st.kappa([1, 2], [1, 2], categories=[1, 2, 2]),
        "twice",
    ),
    (
        "words without order",
        lambda: st.kappa(["a", "b"], ["b", "a"], weights="linear"),
        "order of the scale",
    ),
    (
        "unknown weights",
        lambda: st.kappa([1, 2], [2, 1], weights="cubic"),
        "linear, quadratic",
    ),
    (
        "weights of the wrong size",
        lambda: st.kappa([1, 2], [2, 1], weights=np.eye(3)),
        "3 x 3",
    ),
    (
        "weights off the diagonal",
        lambda: st.kappa([1, 2], [2, 1], weights=[[0, 1], [1, 0]]),
        "1 on the diagonal",
    ),
    (
        "weights above 1",
        lambda: st.kappa([1, 2], [2, 1], weights=[[1, 2], [2, 1]]),
        "between 0 and 1",
    ),
    ("level", lambda: st.kappa([1, 2], [2, 1], level=95), "0.95"),
    ("no square", lambda: st.kappa_of_table([[1, 2, 3], [1, 2, 3]]), "square"),
    ("negative count", lambda: st.kappa_of_table([[5, -1], [1, 5]]), "0 or more"),
    (
        "sizes differ",
        lambda: st.kappa_of_table([[5, 1], [1, 5]], categories=[1, 2, 3]),
        "same size",
    ),
    (
        "lone ratings",
        lambda: st.gwet_ac([[1, None], [None, 2], [2, 2]]),
        "two readers or more",
    ),
    ("coefficient", lambda: st.agreement([[1, 2], [2, 1]], "kohen"), "fleiss"),
    (
        "constant",
        lambda: st.fleiss_kappa([[1, 1], [1, 1]], categories=[1, 2]),
        "not defined",
    ),
    (
        "constant by category",
        lambda: st.fleiss_by_category([[1, 1], [1, 1]], categories=[1, 2]),
        "not defined",
    ),
    (
        "pair without cases",
        lambda: st.light_kappa([[1, 2, None], [2, 1, None], [None, None, 1]]),
        "pair of readers",
    ),
    ("ragged", lambda: st.gwet_ac([[1, 2], [1]]), "all rows as long"),
    ("no table", lambda: st.gwet_ac([1, 2, 3]), "one row a case"),
    (
        "tolerance",
        lambda: st.percent_agreement([[1, 2], [2, 1]], tolerance=-1),
        "0 or more",
    ),
    (
        "no pairs",
        lambda: st.percent_agreement([[1, None], [None, 2]]),
        "two readers or more",
    ),
    (
        "metric",
        lambda: st.krippendorff([[1, 2], [2, 1]], metric="cardinal"),
        "interval, ratio",
    ),
    (
        "words on an interval scale",
        lambda: st.krippendorff(
            [["a", "b"], ["b", "a"]], metric="interval", categories=["a", "b"]
        ),
        "needs numbers",
    ),
    (
        "ordinal words",
        lambda: st.krippendorff([["a", "b"], ["b", "a"]], metric="ordinal"),
        "order",
    ),
    (
        "negative ratio",
        lambda: st.krippendorff([[-1, 2], [2, -1]], metric="ratio"),
        "0 or more",
    ),
    (
        "negative ratio weights",
        lambda: st.gwet_ac([[-1, 2], [2, -1]], weights="ratio"),
        "0 or more",
    ),
    (
        "one pair",
        lambda: st.krippendorff([[1, 2], [None, 1], [2, None]]),
        "Two cases",
    ),
    (
        "paired ratings alike",
        lambda: st.krippendorff([[1, 1], [1, 1], [2, None]]),
        "alpha is not defined",
    ),
    ("form", lambda: st.icc(SCORES, "ICC(4,1)"), "ICC(A,1)"),
    ("words", lambda: st.icc([["a", 1], ["b", 2]]), '"a" is not a number'),
    ("one reader", lambda: st.icc([[1.0], [2.0]]), "2 readers"),
    ("constant scores", lambda: st.icc(np.ones((5, 3))), "same"),
    (
        "cases all alike",
        lambda: st.icc([[1, 2], [1, 2], [1, 2]]),
        "cases that differ",
    ),
    (
        "constant scores and a blank",
        lambda: st.icc([[1, 1], [1, 1], [1, 1], [1, None]]),
        "nothing to compare",
    ),
    (
        "constant scores and a blank case",
        lambda: st.icc([[1, 1], [1, 1], [2, None]], missing="leave_out"),
        "nothing to compare",
    ),
    ("infinite", lambda: st.icc([[1, math.inf], [2, 3]]), "infinite"),
    (
        "blanks refused",
        lambda: st.icc([[1, 2], [None, 3], [2, 5]], missing="refuse"),
        "1 cells are blank",
    ),
    (
        "too few left",
        lambda: st.icc([[1, 2], [None, 3], [2, None]], missing="leave_out"),
        "2 are needed",
    ),
    ("too few cells", lambda: st.icc([[1, 2], [None, 3], [2, None]]), "Too few cells"),
    ("two cases", lambda: st.limits_of_agreement([1, 2], [2, 1]), "3 cases"),
    ("lengths", lambda: st.limits_of_agreement([1, 2, 3], [2, 1]), "3 and 2"),
    (
        "blank measurement",
        lambda: st.limits_of_agreement([1, 2, None], [2, 1, 3]),
        "blank in the first",
    ),
    (
        "log of nothing",
        lambda: st.limits_of_agreement([1, 2, 0], [2, 1, 3], log=True),
        "above 0",
    ),
    (
        "multiplier",
        lambda: st.limits_of_agreement([1, 2, 4], [2, 1, 3], multiplier=0),
        "above 0",
    ),
    (
        "unpaired replicates",
        lambda: st.repeated_limits(
            [[1, 2], [1], [3, 4]], [[1], [2], [3]], replicates="varying"
        ),
        "come in pairs",
    ),
    (
        "no replicate",
        lambda: st.repeated_limits([[1], [], [3]], [[1], [2], [3]]),
        "no measurement",
    ),
    ("cases differ", lambda: st.repeated_limits([[1]], [[1]]), "3 at least"),
    ("no repeats", lambda: st.repeatability([[1], [2], [3, 4]]), "twice or more"),
    ("no error", lambda: st.repeatability([[1, 1], [2, 2]]), "no error"),
    (
        "log repeats",
        lambda: st.repeatability([[0, 1], [1, 2]], log=True),
        "above 0",
    ),
    (
        "change kind",
        lambda: st.smallest_detectable_change(SCORES, kind="exact"),
        "agreement, consistency",
    ),
    (
        "mean of none",
        lambda: st.smallest_detectable_change(SCORES, mean_of=0),
        "1 or more",
    ),
    (
        "no disagreement",
        lambda: st.smallest_detectable_change([[1, 1], [2, 2], [3, 3]]),
        "agree exactly",
    ),
    ("truth words", lambda: st.auc([1, 2, 0, 0], [1, 2, 3, 4]), "1 (diseased) or 0"),
    ("one diseased", lambda: st.auc([1, 0, 0], [1, 2, 3]), "2 cases with"),
    ("truth short", lambda: st.auc([1, 0, 0], [1, 2]), "3 truths and 2 scores"),
    (
        "scores for calls",
        lambda: st.sensitivity([1, 1, 0, 0], [1, 0, 3, 0]),
        "threshold",
    ),
    ("no proportion", lambda: st.proportion(5, 3), "5 of 3"),
    (
        "no variance",
        lambda: st.compare_unpaired_auc(
            st.auc([1, 1, 0, 0], [3, 4, 1, 2]), st.auc([1, 1, 0, 0], [3, 4, 1, 2])
        ),
        "no variance",
    ),
    ("bootstrap size", lambda: st.Bootstrap(rng=RNG, samples=10), "50 samples"),
    ("metric of cells", lambda: st.obuchowski_rockette(a_study(), metric="ppv"), "auc"),
    (
        "covariance",
        lambda: st.obuchowski_rockette(a_study(), covariances="guess"),
        "jackknife",
    ),
    (
        "scores for sensitivity",
        lambda: st.obuchowski_rockette(a_study(), metric="sensitivity"),
        "threshold",
    ),
    (
        "reader missing from one treatment",
        lambda: st.obuchowski_rockette(gaps((0, 1))),
        "Reader ben read nothing in CT",
    ),
    (
        "treatment without readings",
        lambda: st.obuchowski_rockette(gaps(0)),
        "no readings",
    ),
    (
        "one diseased in a cell",
        lambda: st.obuchowski_rockette(gaps((1, 2, [1, 3, 5, 7, 9]))),
        "Reader cai in MR read fewer than 2 cases with",
    ),
    (
        "one reader",
        lambda: st.obuchowski_rockette(
            a_study(readers=("ana",), ratings=np.ones((2, 1, 12)))
        ),
        "DeLong",
    ),
    (
        "one reader of a U-statistic",
        lambda: st.u_statistic(a_study(readers=("ana",), ratings=np.ones((2, 1, 12)))),
        "Two readers",
    ),
    (
        "DBM of a reader who read one treatment",
        lambda: st.dorfman_berbaum_metz(gaps((0, 1))),
        "DBM needs every reader",
    ),
    (
        "DBM of unequal nested readers",
        lambda: st.dorfman_berbaum_metz(
            gaps((0, 0), (0, 1), (1, 2), (1, 3), (1, 4), readers=5)
        ),
        "as many readers in each",
    ),
    (
        "DBM of one",
        lambda: st.dorfman_berbaum_metz(
            a_study(treatments=("CT",), ratings=np.ones((1, 3, 12)))
        ),
        "2 treatments",
    ),
    (
        "bootstrap of a gap",
        lambda: bootstrap_study(gaps((0, 1)), st.Bootstrap(rng=RNG)),
        "every reader in every treatment",
    ),
    ("shape", lambda: a_study(truth=np.ones(3)), "treatments x readers x cases"),
    ("truth of a study", lambda: a_study(truth=np.full(12, 2.0)), "1 (diseased)"),
    (
        "infinite rating",
        lambda: a_study(ratings=np.full((2, 3, 12), np.inf)),
        "infinite",
    ),
    (
        "read twice",
        lambda: st.read_study(
            reader=["ana"] * 2,
            treatment=["CT"] * 2,
            case=[1, 1],
            truth=[1, 1],
            rating=[1, 2],
        ),
        "read more than once by reader ana",
    ),
    (
        "two truths",
        lambda: st.read_study(
            reader=["ana", "ben"],
            treatment=["CT"] * 2,
            case=[1, 1],
            truth=[1, 0],
            rating=[1, 2],
        ),
        "two different truths",
    ),
    (
        "no rows",
        lambda: st.read_study(reader=[], treatment=[], case=[], truth=[], rating=[]),
        "not empty",
    ),
    (
        "power of a U-statistic",
        lambda: Pilot.of(st.u_statistic(a_study())),
        "Obuchowski-Rockette",
    ),
    (
        "power of one reader",
        lambda: st.mrmc_power(PILOT, readers=1, cases=100, effect=0.05),
        "2 readers",
    ),
    (
        "no effect",
        lambda: st.mrmc_power(PILOT, readers=5, cases=100, effect=0),
        "not 0",
    ),
    (
        "a pilot without error",
        lambda: st.mrmc_power(
            Pilot(
                cases=100,
                error=ErrorComponents(var=0.001, cov1=0.001, cov2=0.001, cov3=0.001),
                var_treatment_reader=-0.1,
            ),
            readers=5,
            cases=100,
            effect=0.05,
        ),
        "too small to plan by",
    ),
    (
        "never enough",
        lambda: st.mrmc_cases(PILOT, readers=2, effect=0.001),
        "more readers",
    ),
    (
        "the same kappas",
        lambda: st.kappa_cases(kappa=0.6, against=0.6, margins=[0.5, 0.5]),
        "same",
    ),
    (
        "margins",
        lambda: st.kappa_cases(kappa=0.6, against=0.4, margins=[0.5, 0.6]),
        "add up to 1",
    ),
    (
        "power of 1",
        lambda: st.kappa_cases(kappa=0.6, against=0.4, margins=[0.5, 0.5], power=1),
        "between 0 and 1",
    ),
    (
        "impossible kappa",
        lambda: st.kappa_cases(
            kappa=0.9, against=0.4, margins=[0.9, 0.1], second=[0.3, 0.7]
        ),
        "cannot be",
    ),
    (
        "three margins",
        lambda: st.kappa_cases(
            kappa=0.6, against=0.4, margins=[0.2, 0.3, 0.5], second=[0.3, 0.3, 0.4]
        ),
        "two categories only",
    ),
    (
        "no width",
        lambda: st.kappa_precision_cases(kappa=0.6, margins=[0.5, 0.5], half_width=0),
        "above 0",
    ),
    (
        "prevalence",
        lambda: st.kappa_goodness_of_fit_cases(kappa=0.6, against=0.4, prevalence=1),
        "prevalence",
    ),
    (
        "against without adjudication",
        lambda: st.Overruling(reader="ana", adjudicated=False, against=True),
        "adjudicated",
    ),
    ("no reads", lambda: st.reader_disagreement([]), "no reads"),
    ("one cluster", lambda: st.clustered_ratio([1, 0], [2, 0]), "Two participants"),
    ("ghost hits", lambda: st.clustered_ratio([1, 1, 1], [2, 0, 3]), "without lesions"),
    (
        "more hits than lesions",
        lambda: st.clustered_ratio([3, 1], [2, 2]),
        'interval="wald"',
    ),
    ("negative hits", lambda: st.clustered_ratio([-1, 1], [2, 2]), "0 or more"),
    ("hits and lesions", lambda: st.clustered_ratio([1, 1], [2]), "2 counts"),
    (
        "clusters differ",
        lambda: st.compare_clustered_ratios([1, 1], [2, 2], [1, 1, 1], [2, 2, 2]),
        "2 and 3 participants",
    ),
    (
        "rates in the wrong order",
        lambda: charts.BernoulliCusum(in_control=0.3, out_of_control=0.2, limit=3),
        "in control < to detect",
    ),
    (
        "no limit",
        lambda: charts.BernoulliCusum(in_control=0.1, out_of_control=0.2, limit=0),
        "above 0",
    ),
    (
        "never signals",
        lambda: charts.BernoulliCusum(in_control=0.1, out_of_control=0.2, limit=1e5),
        "never signals",
    ),
    (
        "no event",
        lambda: charts.BernoulliCusum(
            in_control=0.1, out_of_control=0.2, limit=3
        ).follow([0, 2]),
        "Read 2",
    ),
    (
        "no rate",
        lambda: charts.BernoulliCusum(
            in_control=0.1, out_of_control=0.2, limit=3
        ).run_length(0),
        "between 0 and 1",
    ),
    (
        "share of false alarms",
        lambda: charts.design_bernoulli_cusum(
            in_control=0.1, out_of_control=0.2, readers=3, reads=9, false_alarm=0
        ),
        "between 0 and 1",
    ),
    (
        "no readers",
        lambda: charts.Shewhart(target=0, sd=1).false_alarms(readers=0, reads=5),
        "one reader",
    ),
    (
        "no points",
        lambda: charts.Ewma(target=0, sd=1).signal_probability(0),
        "one point",
    ),
    ("no spread", lambda: charts.Shewhart(target=0, sd=0), "above 0"),
    ("ewma weight", lambda: charts.Ewma(target=0, sd=1, weight=0), "weight"),
    ("slack", lambda: charts.TabularCusum(target=0, slack=-1, limit=4), "slack"),
    (
        "tabular spread",
        lambda: charts.TabularCusum(target=0, slack=0.5, limit=4).run_length(sd=0),
        "above 0",
    ),
    ("p counts", lambda: charts.p_chart([3], [2]), "between 0 and its size"),
    ("p lengths", lambda: charts.p_chart([1, 1], [2]), "as many"),
    ("p rate", lambda: charts.p_chart([0, 0], [5, 5]), "both excluded"),
    ("funnel rate", lambda: charts.funnel_limits(1.0, [10]), "between 0 and 1"),
    (
        "rule of one reader",
        lambda: charts.mean_plus_sd_false_alarm(readers=1, reads=10, rate=0.2, rng=RNG),
        "2 readers",
    ),
]


@pytest.mark.parametrize(
    ("ask", "words"), [pytest.param(a, w, id=name) for name, a, w in REFUSED]
)
def test_it_is_refused_in_words(ask, words):
    with pytest.raises(InvalidInput) as refusal:
        ask()

    assert words in str(refusal.value)
