"""The conditions of a qualification: what may be written, and when they are met."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from provident import plan as plans
from provident import reading
from provident.forms.entries import synthetic_answers
from provident.kernel import PlanError
from provident.programme import read_design
from provident.reading.qualification import condition, judge, open_limit, pairs


DEMO = Path(__file__).resolve().parents[3] / "plans/arthritis-demo"


@pytest.fixture(scope="module")
def design():
    return read_design(plans.load(DEMO).require(), "synovitis_change")


def reads(design, number=10, *, seed=0, missing=0.0, reader="r"):
    """One reader's reads of test cases; the same seed gives the same answers."""
    made = {}
    for n in range(number):
        answers = {
            v: synthetic_answers(design.form, np.random.default_rng([seed, n, i]), missing=missing, gate_open=1)
            for i, v in enumerate(design.visits)
        }  # fmt: skip
        made[f"T{n}"] = reading.evaluate_read(design, answers, read_id=f"{reader}{n}", case=f"T{n}", reader=reader, seat=1)  # fmt: skip
    return made


@pytest.mark.parametrize(
    ("text", "stat", "against", "bound", "limit"),
    [
        ("icc(total, reference).lower >= 0.6", "icc", "reference", "lower", 0.6),
        ("icc(total, readers_at_work) > 0.9", "icc", "readers_at_work", "", 0.9),
        ("kappa(week52.worse, reference) >= 0.6", "kappa", "reference", "", 0.6),
        ("weighted_kappa(grade) >= 0.6", "weighted_kappa", "reference", "", 0.6),
        ("sens(active) >= 0.80", "sens", "reference", "", 0.8),
        ("spec(active).lower >= 0.7", "spec", "reference", "lower", 0.7),
        ("blanks == 0", "blanks", "reference", "", 0),
        ("not_evaluable <= 2", "not_evaluable", "reference", "", 2),
    ],
)
def test_what_may_be_written(text, stat, against, bound, limit):
    found = condition(text)

    assert (found.stat, found.against, found.bound, found.limit) == (stat, against, bound, limit)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("icc(total, reference)", "is no condition"),
        ("good readers", "is no condition"),
        ("icc(total, reference).middle >= 0.6", "is no condition"),
        ("pearson(total, reference) >= 0.6", '"pearson" is none of icc'),
        ("blots == 0", '"blots" is none of blanks'),
        ("icc(total, friends) >= 0.6", '"friends" is neither'),
    ],
)
def test_what_may_not(text, words):
    with pytest.raises(PlanError, match=words):
        condition(text)


def test_who_agrees_passes(design):
    passing = ["icc(synovitis_total, reference).lower >= 0.6", "blanks == 0"]
    result = judge(design, passing, reads(design), reads(design))

    assert result.passed
    assert result.conditions[0].pairs == 20


def test_who_does_not_agree_fails(design):
    result = judge(design, ["icc(synovitis_total, reference).lower >= 0.6"], reads(design, seed=1), reads(design))  # fmt: skip

    assert not result.passed
    assert "synovitis_total" in result.conditions[0].words


def test_against_the_readers_at_work_the_lowest_counts(design):
    text = ["icc(synovitis_total, readers_at_work) >= 0.6"]
    good, bad = reads(design), reads(design, seed=1)

    assert judge(design, text, reads(design), {}, [good]).passed
    assert not judge(design, text, reads(design), {}, [good, bad]).passed
    assert not judge(design, text, reads(design), {}, [bad, good]).passed


def test_without_readers_at_work_it_does_not_apply_and_alone_is_no_pass(design):
    text = "icc(synovitis_total, readers_at_work) >= 0.6"

    alone = judge(design, [text], reads(design), reads(design))
    assert alone.conditions[0].met is None
    assert not alone.passed
    assert judge(design, [text, "blanks == 0"], reads(design), reads(design)).passed


def test_who_skips_the_hard_cases_does_not_pass(design):
    own = reads(design, missing=0.4)
    result = judge(design, ["icc(synovitis_total, reference) >= 0.1"], own, reads(design))  # fmt: skip

    assert not result.passed
    assert "can be compared" in result.conditions[0].words
    assert not judge(design, ["not_evaluable == 0"], own, reads(design)).passed


def test_what_cannot_be_computed_is_no_pass(design):
    one = reads(design, 1)
    text = ["icc(week24.synovitis_change, reference) >= 0.1"]
    result = judge(design, text, one, one)

    assert not result.passed


def test_a_value_at_one_visit_is_compared_there_alone(design):
    rows = pairs(design, "week24.synovitis_change", reads(design), reads(design))

    assert len(rows) == 10
    assert all(a == b for a, b in rows)


def test_open_figures_come_from_two_readers(design):
    assert open_limit(design, [reads(design)]) == []
    assert open_limit(design, [reads(design, 2), reads(design, 2)]) == []
    loa, sdc = open_limit(design, [reads(design), reads(design, seed=1)])

    differences = [a - b for a, b in pairs(design, design.value, reads(design), reads(design, seed=1))]  # fmt: skip
    assert loa.value == pytest.approx(1.96 * np.std(differences, ddof=1), abs=1e-3)
    assert sdc.value == pytest.approx(loa.value / 2, abs=1e-3)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ("icc(synovitis_totl, reference).lower >= 0.6", 'no single value "synovitis_totl"'),
        ("icc(synovitis_total, reference) about 0.6", "is no condition"),
    ],
)  # fmt: skip
def test_a_plan_with_a_wrong_condition_is_refused(changed, words, tmp_path):
    import shutil

    shutil.copytree(DEMO, tmp_path / "plan")
    file = tmp_path / "plan/reading/synovitis.yaml"
    old = "icc(synovitis_total, reference).lower >= 0.6"
    assert file.read_text().count(old) == 1
    file.write_text(file.read_text().replace(old, changed))
    loaded = plans.load(tmp_path / "plan").require()

    with pytest.raises(PlanError, match="does not fit its form") as refused:
        read_design(loaded, "synovitis_change")
    assert words in refused.value.findings[0].message
