"""Regular expressions from a plan: what is taken, what is refused, and how long the worst takes."""

from __future__ import annotations

import time

import pytest

from provident.kernel import PlanError
from provident.plan.models.patterns import found_by, safe_pattern


TAKEN = [
    ("t1.*cor|cor.*t1", "T1_tse_cor", True),
    ("t1.*(ax|tra)", "t1_vibe_tra", True),
    ("stir", "T2 TSE", False),
    ("^ep2d_.*_(trace|adc)w?$", "ep2d_diff_ADC", True),
    ("(cor|ax)?.*stir", "STIR", True),
    (r"\(c\)", "t1 (c)", True),
    ("[(+]c", "t1 +c", True),
    ("t[12]{1,2}", "t2", True),
    ("(?:a|b)c", "bc", True),
]


@pytest.mark.parametrize(("pattern", "text", "found"), TAKEN)
def test_an_ordinary_pattern_is_searched_in_any_case(pattern, text, found):
    assert found_by(safe_pattern(pattern), text) is found


REFUSED = [
    ("", "is empty"),
    ("x" * 201, "at most 200"),
    ("(", "is not a regular expression"),
    ("*a", "is not a regular expression"),
    ("(a+)+", "is itself repeated"),
    ("(a|aa)+", "is itself repeated"),
    ("((a?)b){2,}", "is itself repeated"),
    ("(.*)*", "is itself repeated"),
    (".*.*.*.*x", "could take too long"),
    ("a?" * 30 + "a" * 30, "could take too long"),
    ("(a|a)" * 30, "could take too long"),
    ("(?=a)b", "look-around"),
    ("(?i)a", "look-around"),
    (r"(a)\1", "back-references"),
]


@pytest.mark.parametrize(("pattern", "words"), REFUSED)
def test_a_pattern_that_could_run_away_is_refused(pattern, words):
    with pytest.raises(PlanError) as refused:
        safe_pattern(pattern)

    assert words in str(refused.value)


WORST = [
    ".*.*.*x",
    "a*a*a*b",
    "(a|a)" * 12 + "b",
    "a?" * 12 + "b",
    "(a|b)?(a|b)?a*a*b",
    "a*.*(a|a)b",
]


@pytest.mark.parametrize("pattern", WORST)
def test_the_worst_of_the_allowed_patterns_ends_soon(pattern):
    safe_pattern(pattern)
    start = time.process_time()
    for text in ("a" * 10_000, "ab" * 5_000):
        found_by(pattern, text)

    assert time.process_time() - start < 1
