"""Each visit a case of its own: a reader's earlier answers come with the next visit only where the design says so."""

from __future__ import annotations

import pytest

from provident.web.reading import actions, copies, selectors
from provident.web.reading.models import Assignment, Case
from tests.web.reading.plans import HIDE, PRESENT, SYNOVITIS


pytestmark = pytest.mark.django_db


@pytest.fixture
def plan_files(plan_files, request):
    """Synovitis read visit by visit, by one reader, in the order of time."""
    text = plan_files[SYNOVITIS].decode()
    begin, end = text.index("adjudicate:"), text.index("order: {random")
    text = text[:begin] + "value: synovitis_total\nfinal: {agreed: first}\n" + text[end:]  # fmt: skip
    for old, new in (
        ("unit: participant", "unit: visit"),
        (PRESENT, f"present: {{mode: time_point, time_order: shown, prior_answers: {request.param}}}"),
        ("readers: {primary: 2, pool: reader, adjudicator: 1}", "readers: {primary: 1, pool: reader}"),
        (HIDE, "hide: [arm, site, dates, clinical_data, other_answers]"),
    ):  # fmt: skip
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return {**plan_files, SYNOVITIS: text.encode()}


@pytest.fixture
def second(participant, make_exam, make_member, study, clock, as_member):
    """The case of week 24, whose baseline the same reader has signed; as the reader's browser gets it."""
    ana, tm = make_member("reader", username="ana"), make_member("trial_manager")
    for visit in ("week24", "baseline"):
        actions.prepare_cases(exam=make_exam(participant, visit), clock=clock)
    for case in Case.objects.filter(design="synovitis_change"):
        made = [copies.make(row) for row in selectors.case_series(case)]
        actions.store_copies(case=case, copies=made, clock=clock)
    actions.draw(study=study, endpoint="synovitis_change", by=tm, clock=clock)
    cases = {a.case.visits[0]: a for a in Assignment.objects.filter(reader=ana)}
    actions.open_case(assignment=cases["baseline"], by=ana, clock=clock)
    saved = {"answers": {"normal": 1}, "measurements": [], "version": 0}
    actions.submit(assignment=cases["baseline"], saved=saved, password="correct horse battery", by=ana, clock=clock)  # fmt: skip
    client = as_member(ana)
    return {v: client.get(f"/read/api/case/{a.token}").json() for v, a in cases.items()}


@pytest.mark.parametrize("plan_files", ["own locked"], indirect=True)
def test_own_locked_answers_come_with_the_next_visit(second):
    (prior,) = second["week24"]["prior"]

    assert prior["label"] == "Earlier 1"
    assert prior["answers"]["normal"] == 1
    assert second["baseline"]["prior"] == []
    assert second["week24"]["prefixed"] is False


@pytest.mark.parametrize("plan_files", ["hidden"], indirect=True)
def test_hidden_answers_never_come(second):
    assert second["week24"]["prior"] == []
    assert second["week24"]["answers"] == {}
    assert (second["baseline"]["phase"], second["baseline"]["answers"]) == ("signed", {})  # fmt: skip
