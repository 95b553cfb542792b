"""The failures of the paper's examples are found on paper, by name, and their mended twins are clean."""

from __future__ import annotations

import pytest

from provident import programme
from provident.programme.checks import CHECKS
from provident.programme.failures import FAILURES
from tests.spec.plan.broken_as_in_the_paper import BROKEN, MENDED


title = "The failures of the paper"

WORDINGS = [
    pytest.param(failure, edits, code, id=f"{failure}-{words}")
    for failure, wordings in BROKEN.items()
    for words, edits, code in wordings
]


@pytest.mark.parametrize(("failure", "edits", "code"), WORDINGS)
def test_a_failure_is_caught_by_name(amend, failure, edits, code):
    report = programme.check_plan(amend(edits).load())

    assert report.loads, [f"{f.where} {f.message}" for f in report.findings]
    assert code in {f.code for f in report.findings}
    assert code in FAILURES[failure].checks


@pytest.mark.parametrize("failure", MENDED)
def test_its_mended_twin_is_clean(amend, failure):
    report = programme.check_plan(amend(MENDED[failure]).load())

    assert [f"{f.where} {f.code} {f.message}" for f in report.findings] == []


def test_each_of_the_fourteen_has_four_wordings_or_more_and_a_mended_twin():
    assert list(BROKEN) == list(MENDED) == list(FAILURES)
    assert len(FAILURES) == 14
    assert {f: len(w) for f, w in BROKEN.items() if len(w) < 4} == {}


def test_each_check_that_the_docs_name_is_there_and_has_caught_a_wording():
    named = {code for failure in FAILURES.values() for code in failure.checks}
    caught = {code for wordings in BROKEN.values() for *_, code in wordings}

    assert named <= set(CHECKS)
    assert named == caught
