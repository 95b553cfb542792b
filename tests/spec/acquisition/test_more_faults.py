"""A second fault corpus over more makers and kinds of image: each fault is found, no reference alarms."""

from __future__ import annotations

import pytest

from provident.acquisition import ExamVerdict, judge
from provident.kernel import Outcome
from tests.spec.acquisition import corpus, manuals, scans


title = "More single faults"

CASES = [*corpus.in_turn(), *corpus.enhanced()]


def judged(case: corpus.Case, exam: corpus.Exam, facts=scans.facts) -> ExamVerdict:
    manual = manuals.manual(case.manual, case.first_visit)
    return judge(facts(*exam.values()), manual, visit=case.visit)


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_a_fault_is_found(case):
    verdict = judged(case, case.broken())
    found = {f.code for f in verdict.all_findings() if f.severity != "note"}

    assert case.code in found, [f.message for f in verdict.all_findings()]
    assert verdict.outcome is not Outcome.PASS
    assert verdict.outcome in ("fail", "not_assessable", "warn")


@pytest.mark.parametrize(
    "case", {(c.manual, c.name.partition(":")[0]): c for c in CASES}.values(),
    ids=lambda c: c.name.partition(":")[0],
)  # fmt: skip
@pytest.mark.parametrize("facts", [scans.facts, scans.arrived])
def test_the_exam_as_it_is_passes_without_a_finding(case, facts):
    verdict = judged(case, case.reference(), facts)

    assert (verdict.outcome, verdict.all_findings()) == (Outcome.PASS, ())


def test_there_are_at_least_sixty_new_faults_over_makers_and_kinds():
    names = " ".join(c.name for c in CASES)

    assert len(CASES) >= 60
    assert len({c.name for c in CASES}) == len(CASES)
    assert all(maker in names for maker in ("siemens", "ge", "philips", "canon", "uih"))
