"""Each fault of the third set is found by a manual that was drafted from the exam without it, and nothing else is."""

from __future__ import annotations

from functools import cache

import pytest

from provident.acquisition import compile_manual, judge
from provident.acquisition.drafting import draft_manual, read_draft
from tests.spec.acquisition.third_scans import arrived
from tests.spec.acquisition.third_set import FAULTS


pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:Invalid value for VR"),
]
EXAMS = {who: make for who, make, _, _ in FAULTS}


@cache
def drafted(who):
    return compile_manual(read_draft(draft_manual(arrived(EXAMS[who]())).text))


@pytest.mark.parametrize("who", EXAMS)
def test_the_exam_itself_passes_by_its_draft(who):
    verdict = judge(arrived(EXAMS[who]()), drafted(who), visit=None)

    assert verdict.outcome == "pass", [f.message for f in verdict.all_findings()]


@pytest.mark.parametrize(
    ("who", "make", "name", "breaks"), FAULTS, ids=[f"{f[0]}: {f[2]}" for f in FAULTS]
)
def test_the_fault_is_found(who, make, name, breaks):
    exam = make()
    breaks(exam)

    verdict = judge(arrived(exam), drafted(who), visit=None)

    assert verdict.outcome != "pass"
    if "unreadable" in name or name.endswith(" gone") or "odd bytes" in name:
        assert verdict.outcome in ("not_assessable", "fail")
