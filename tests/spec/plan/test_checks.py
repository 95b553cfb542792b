"""Every cross-check finds its failing example at its line; the demo plan passes them all."""

from __future__ import annotations

import pytest

from provident import programme
from provident.programme.checks import CHECKS
from tests.spec.plan.broken_by_check import BROKEN
from tests.spec.plan.broken_in_other_ways import MORE


title = "Cross-checks on a plan"


@pytest.mark.parametrize("code", BROKEN)
def test_a_contradiction_is_found_at_its_line(amend, code):
    amended = amend(BROKEN[code])
    report = programme.check_plan(amended.load())

    assert report.loads, [f"{f.where} {f.message}" for f in report.findings]
    places = [str(f.where) for f in report.findings if f.code == code]
    assert amended.place in places


@pytest.mark.parametrize("code", BROKEN)
def test_what_it_finds_says_what_was_expected_and_what_to_do(amend, code):
    report = programme.check_plan(amend(BROKEN[code]).load())
    finding = next(f for f in report.findings if f.code == code)

    assert finding.subdomain == CHECKS[code].subdomain
    assert finding.expected
    assert finding.remedy


@pytest.mark.parametrize(
    ("code", "edits"),
    [pytest.param(*row, id=f"{row[0]}-{i}") for i, row in enumerate(MORE)],
)
def test_what_else_it_finds(amend, code, edits):
    amended = amend(edits)
    report = programme.check_plan(amended.load())
    found = [f"{f.where} {f.code}" for f in report.findings]

    assert f"{amended.place} {code}" in found


def test_every_check_has_a_failing_example():
    assert sorted(CHECKS) == sorted(BROKEN)


def test_the_demo_plan_passes_every_check(amend):
    report = programme.check_plan(amend({}).load())

    assert [f"{f.where} {f.code}" for f in report.findings] == []
