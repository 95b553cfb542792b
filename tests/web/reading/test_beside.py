"""Beside the blinded reads: looks for what cannot wait, ancillary reads, arms kept apart, scores given at the scan."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from provident.kernel import Denied, FixedClock, InvalidInput, NotReady
from provident.reading import Serves
from provident.web.exams.models import Exam
from provident.web.ledger.models import Event
from provident.web.ledger.selectors import faults
from provident.web.people.access import Role
from provident.web.people.actions import give_role
from provident.web.people.models import User
from provident.web.reading import actions, analysis, at_scan, beside, copies, selectors
from provident.web.reading.designs import designs
from provident.web.reading.models import (
    Assignment,
    Case,
    CaseSeries,
    FinalValue,
    ScanRead,
    SideRead,
)
from tests.web.reading.plans import SYNOVITIS, changed
from tests.web.reading.test_flow import of, sign  # noqa: F401  # the fixture


pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"


@pytest.fixture
def with_plan_role(study, clock, by):
    """A function (role, plan role, site) -> membership."""

    def make(role, plan_role, site=""):
        user = User(username=f"{plan_role}-{site}", name=plan_role)
        user.set_password(PASSWORD)
        user.save()
        return give_role(user=user, study=study, role=Role(role), site=site, by=by, clock=clock, plan_role=plan_role, code=plan_role[:12])  # fmt: skip

    return make


@pytest.fixture
def exam(participant, make_exam, clock):
    made = make_exam(participant, "baseline")
    made.complete_at = clock.now()
    made.save()
    return made


@pytest.fixture
def safety(with_plan_role):
    return with_plan_role("site", "safety_reader", "leeds")


# -- what cannot wait


def test_every_exam_is_due_by_the_clock_of_the_policy(exam, safety, clock):
    (look,) = beside.looks_due(safety, clock.now())

    assert look.exam == exam
    assert look.due == clock.now() + timedelta(days=10)
    assert not look.late
    assert beside.looks_due(safety, clock.now() + timedelta(days=11))[0].late


def test_a_look_is_signed_and_recorded_with_its_time(exam, safety, clock, study):
    actions.read_for_safety(exam=exam, found="", urgent=False, password=PASSWORD, by=safety, clock=clock)  # fmt: skip

    assert beside.looks_due(safety, clock.now()) == []
    event = Event.objects.get(action="side.read")
    told = event.values_in_clear.content
    assert (told["late"]["new"], told["something_found"]["new"]) == (False, False)
    with pytest.raises(NotReady):
        actions.read_for_safety(exam=exam, found="x", urgent=False, password=PASSWORD, by=safety, clock=clock)  # fmt: skip
    assert list(faults(study.slug)) == []


def test_a_late_look_is_said_to_be_late(exam, safety, clock):
    later = FixedClock(clock.now() + timedelta(days=11))
    actions.read_for_safety(exam=exam, found="", urgent=False, password=PASSWORD, by=safety, clock=later)  # fmt: skip

    assert Event.objects.get(action="side.read").values_in_clear.content["late"]["new"]


def test_an_urgent_finding_is_told_and_acknowledged(exam, safety, clock):
    row = actions.read_for_safety(exam=exam, found="a mass", urgent=True, password=PASSWORD, by=safety, clock=clock)  # fmt: skip
    with pytest.raises(NotReady):
        actions.acknowledge_finding(row=row, by=safety, clock=clock)
    with pytest.raises(InvalidInput):
        actions.tell_clinician(row=row, whom=" ", by=safety, clock=clock)

    actions.tell_clinician(row=row, whom="the rheumatologist", by=safety, clock=clock)
    actions.acknowledge_finding(row=row, by=safety, clock=clock)

    row.refresh_from_db()
    assert row.acknowledged_at == clock.now()


def test_nobody_but_the_role_of_the_policy_looks(exam, with_plan_role, make_member, safety, clock):  # fmt: skip
    look = {"exam": exam, "found": "", "urgent": False, "password": PASSWORD, "clock": clock}  # fmt: skip
    for by in (make_member("site", "leeds"), with_plan_role("site", "safety_reader", "york"), make_member("reader")):  # fmt: skip
        with pytest.raises(Denied):
            actions.read_for_safety(**look, by=by)
    with pytest.raises(Denied):
        actions.read_for_safety(**{**look, "password": "guess"}, by=safety)
    with pytest.raises(InvalidInput):
        actions.read_for_safety(**{**look, "urgent": True}, by=safety)


def test_early_release_is_asked_for_where_a_design_allows_it(exam, make_member, safety, clock):  # fmt: skip
    tm = make_member("trial_manager")
    exam.kind, kind = "hands_xray", exam.kind  # no design reads it
    with pytest.raises(NotReady, match="side channel"):
        actions.ask_side_read(exam=exam, kind="early_release", reason="flare", by=tm, clock=clock)  # fmt: skip
    exam.kind = kind
    row = actions.ask_side_read(exam=exam, kind="early_release", reason="flare", by=tm, clock=clock)  # fmt: skip
    with pytest.raises(NotReady):
        actions.ask_side_read(exam=exam, kind="early_release", reason="again", by=tm, clock=clock)  # fmt: skip

    actions.read_for_safety(exam=exam, asked=row, found="x", urgent=False, password=PASSWORD, by=safety, clock=clock)  # fmt: skip

    row.refresh_from_db()
    assert row.read_by == safety


def test_a_blinded_reader_tells_on_the_side_and_stays_blind(drawn, people, as_member):
    assignment = of(drawn, people["ana"])
    client, address = as_member(people["ana"]), f"/read/api/case/{assignment.token}"
    before = client.get(address).json()
    assert before["may_report"] == ["unexpected_finding"]
    body = {"kind": "unexpected_finding", "label": "A", "text": "a lesion"}

    def send(**more):
        return client.post(f"{address}/report", json.dumps({**body, **more}), "application/json")  # fmt: skip

    assert (send(text="").status_code, send(label="Z").status_code) == (422, 422)
    assert send(kind="early_release").status_code == 409
    assert send().json() == {"told": True}

    row = SideRead.objects.get()
    assert row.exam.visit == dict(assignment.labels)["A"]
    assert client.get(address).json() == before


def test_a_side_read_touches_no_case_and_no_copy(drawn, exam, safety, clock, people, sign, study):  # noqa: F811  # fmt: skip
    copy = list(CaseSeries.objects.values_list("copy", flat=True))
    state = drawn.state
    actions.read_for_safety(exam=exam, found="x", urgent=True, password=PASSWORD, by=safety, clock=clock)  # fmt: skip

    drawn.refresh_from_db()
    assert drawn.state == state
    assert list(CaseSeries.objects.values_list("copy", flat=True)) == copy
    assert not FinalValue.objects.exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        SideRead.objects.create(study=study, exam=exam, kind="safety", asked_at=clock.now())  # fmt: skip


# -- other readers of the same images


ANCILLARY = (
    ("endpoint: synovitis_change", "endpoint: synovitis_again"),
    ("pool: reader, adjudicator: 1}", "pool: reader, adjudicator: 1}\nserves: ancillary\napart_from: [synovitis_change]"),
)  # fmt: skip


@pytest.fixture
def plan_files(plan_files):
    """The demo plan with a second design that reads the same images for another study."""
    again = changed(plan_files, *ANCILLARY)[SYNOVITIS]
    study = plan_files["study.yaml"].decode()
    old = "from: reading/synovitis.yaml, at: week24}\n"
    assert study.count(old) == 1
    new = f"{old}  synovitis_again: {{role: exploratory, label: Again, from: reading/again.yaml, at: week24}}\n"
    return {**plan_files, "reading/again.yaml": again, "study.yaml": study.replace(old, new).encode()}  # fmt: skip


def test_an_ancillary_read_shares_the_images_without_copies(open_case, clock):
    from provident.web.exams.objects import object_store

    other = Case.objects.get(design="synovitis_again")
    assert (open_case.serves, other.serves) == ("analysis", "ancillary")
    rows = [copies.make(row) for row in selectors.case_series(other)]
    actions.store_copies(case=other, copies=rows, clock=clock)

    def named(case, what):
        return {e[what] for row in case.series.all() for e in row.copy}

    assert named(other, "key") == named(open_case, "key")
    assert not named(other, "name") & named(open_case, "name")
    assert all(object_store().exists(k) for k in named(other, "key"))


def test_ancillary_values_never_enter_the_analysis(open_case, study, clock):
    other = Case.objects.get(design="synovitis_again")
    for case in (open_case, other):
        FinalValue.objects.create(case=case, visit="week24", variable="x", value=1, rule="r", reads=[], at=clock.now())  # fmt: skip

    assert [v.case for v in analysis.final_values(study)] == [open_case]
    assert [v.case for v in analysis.final_values(study, serves=Serves.ANCILLARY)] == [other]  # fmt: skip


def test_ancillary_reads_are_only_given_by_name(drawn, study, clock, people):
    from tests.web.reading.test_analysis_set import given, signed

    other = Case.objects.get(design="synovitis_again")
    read = signed(given(other, people["ana"], 1), clock, people)

    assert read not in analysis.reads(study)
    assert list(analysis.reads(study, serves=Serves.ANCILLARY)) == [read]
    assert read in analysis.reads(study, serves=None)


def test_who_reads_one_arm_is_never_given_the_other(drawn, people, study, clock, make_member):  # fmt: skip
    actions.open_case(assignment=of(drawn, people["ana"]), by=people["ana"], clock=clock)  # fmt: skip
    other = Case.objects.get(design="synovitis_again")
    actions.store_copies(case=other, copies=[copies.make(r) for r in selectors.case_series(other)], clock=clock)  # fmt: skip
    pool = selectors.pool_of(study, designs(study)["synovitis_again"])
    assert pool == []
    cat, dan = make_member("reader", username="cat"), make_member("reader", username="dan")  # fmt: skip

    actions.draw(study=study, endpoint="synovitis_again", by=people["tm"], clock=clock)

    given = Assignment.objects.filter(design="synovitis_again")
    assert {a.reader for a in given} == {cat, dan}
    assert set(selectors.pool_of(study, designs(study)["synovitis_change"])) == {people["ana"], people["ben"]}  # fmt: skip


def test_a_case_of_the_other_arm_is_not_opened_either(drawn, people, study, clock):
    actions.open_case(assignment=of(drawn, people["ana"]), by=people["ana"], clock=clock)  # fmt: skip
    other = Case.objects.get(design="synovitis_again")
    slipped = Assignment.objects.create(
        case=other, design=other.design, reader=people["ana"], role="primary", seat=1, position=1,
        labels=of(drawn, people["ana"]).labels, token="x" * 43, state="assigned",
    )  # fmt: skip
    with pytest.raises(NotReady):
        actions.open_case(assignment=slipped, by=people["ana"], clock=clock)


# -- scores given at the scan


@pytest.fixture
def sonographer(with_plan_role):
    return with_plan_role("site", "sonographer", "leeds")


@pytest.fixture
def slot(participant):
    slot = participant.slots.get(visit="baseline", exam_kind="joints_us")
    slot.state = "booked"
    slot.save()
    return slot


@pytest.fixture
def ultrasound(participant, slot, clock):
    return Exam.objects.create(
        study=participant.study, participant=participant, slot=slot, uid="1.2.840.1", kind="joints_us", visit="baseline",
        state="complete", first_received_at=clock.now(),
    )  # fmt: skip


def test_who_scans_scores_signs_and_locks(slot, sonographer, clock, study):
    assert list(at_scan.due(sonographer)) == [slot]

    made = actions.sign_scan_read(slot=slot, answers={"normal": 1}, password=PASSWORD, by=sonographer, clock=clock)  # fmt: skip

    assert (made.operator_code, made.after_arrival) == ("sonographer", False)
    assert made.answers["joints.r_mcp2.grey"] == 0
    assert made.derived["total"] == 0
    assert not at_scan.due(sonographer).exists()
    with pytest.raises(NotReady, match="locked"):
        actions.sign_scan_read(slot=slot, answers={"normal": 1}, password=PASSWORD, by=sonographer, clock=clock)  # fmt: skip
    assert list(faults(study.slug)) == []


def test_the_clip_is_attached_when_it_comes(slot, sonographer, ultrasound, clock):
    from provident.web.exams.models import Series

    made = actions.sign_scan_read(slot=slot, answers={"normal": 1}, password=PASSWORD, by=sonographer, clock=clock)  # fmt: skip
    assert made.after_arrival
    clip = Series.objects.create(exam=ultrasound, uid="1.2.3.4", modality="US", role="clips")  # fmt: skip

    actions.attach_clips(exam=ultrasound, clock=clock)
    actions.attach_clips(exam=ultrasound, clock=clock)

    assert list(ScanRead.objects.get().clips.all()) == [clip]
    assert Event.objects.filter(action="scan_read.clips_attached").count() == 1


@pytest.mark.parametrize(
    ("answers", "password", "refused"),
    [
        ({}, PASSWORD, InvalidInput),
        ({"normal": 0}, PASSWORD, InvalidInput),
        ({"normal": 1}, "guess", Denied),
    ],
)
def test_a_score_with_blanks_or_without_a_password_is_not_signed(slot, sonographer, clock, answers, password, refused):  # fmt: skip
    with pytest.raises(refused):
        actions.sign_scan_read(slot=slot, answers=answers, password=password, by=sonographer, clock=clock)  # fmt: skip

    assert not ScanRead.objects.exists()


def test_nobody_else_scores_the_scan(slot, make_member, with_plan_role, clock):
    for by in (make_member("site", "leeds"), with_plan_role("site", "sonographer", "york"), make_member("qc")):  # fmt: skip
        with pytest.raises(Denied):
            actions.sign_scan_read(slot=slot, answers={"normal": 1}, password=PASSWORD, by=by, clock=clock)  # fmt: skip


def test_the_other_modality_waits_for_the_score(participant, ultrasound, slot, sonographer, make_exam, clock):  # fmt: skip
    make_exam(participant, "baseline")
    last = make_exam(participant, "week24")
    assert actions.prepare_cases(exam=last, clock=clock) == []

    actions.sign_scan_read(slot=slot, answers={"normal": 1}, password=PASSWORD, by=sonographer, clock=clock)  # fmt: skip

    assert {c.design for c in actions.prepare_cases(exam=last, clock=clock)} == {"synovitis_change", "synovitis_again"}  # fmt: skip


def test_a_score_is_not_given_once_the_other_modality_was_read(drawn, people, slot, sonographer, clock):  # fmt: skip
    actions.open_case(assignment=of(drawn, people["ana"]), by=people["ana"], clock=clock)  # fmt: skip
    with pytest.raises(NotReady, match="read already"):
        actions.sign_scan_read(slot=slot, answers={"normal": 1}, password=PASSWORD, by=sonographer, clock=clock)  # fmt: skip


# -- their pages


def test_a_score_is_given_on_a_page_without_scripts(slot, sonographer, as_member):
    client, page = as_member(sonographer), f"/s/arthur-2/at-scan/{slot.pk}"
    assert 'name="joints.r_mcp2.grey"' in client.get(page).text

    refused = client.post(page, {"normal": "0", "joints.r_mcp2.grey": "2", "password": PASSWORD})  # fmt: skip
    assert refused.status_code == 422
    assert '<option value="2" selected>' in refused.text
    assert client.post(page, {"normal": "1", "password": PASSWORD}).status_code == 302
    assert "sonographer" in client.get("/s/arthur-2/at-scan").text


def test_a_look_over_its_pages(exam, safety, as_member):
    client = as_member(safety)
    assert "L-101" in client.get("/s/arthur-2/cannot-wait").text
    page = f"/s/arthur-2/cannot-wait/exams/{exam.pk}"
    assert client.post(page, {"urgent": "on", "password": PASSWORD}).status_code == 422
    assert client.post(page, {"found": "a mass", "urgent": "on", "password": PASSWORD}).status_code == 302  # fmt: skip
    row = SideRead.objects.get()
    told = f"/s/arthur-2/cannot-wait/{row.pk}"
    assert "cannot wait" in client.get(told).text
    client.post(f"{told}/tell", {"whom": "the rheumatologist"})
    client.post(f"{told}/tell")
    row.refresh_from_db()
    assert row.acknowledged_at is not None
    assert "acknowledged" in client.get("/s/arthur-2/cannot-wait").text


def test_a_technical_cause_over_its_pages(drawn, people, sign, make_member, as_member):  # noqa: F811  # fmt: skip
    sign(drawn, people["ana"], {"baseline": 2, "week24": 1})
    sign(drawn, people["ben"], {"baseline": 1, "week24": 2})
    case = f"/s/arthur-2/reading/cases/{drawn.pk}"
    manager = as_member(people["tm"])
    assert manager.post(f"{case}/technical", {"question": "Is it whole?"}).status_code == 302  # fmt: skip
    assert "has not answered" in manager.get(f"{case}/release").text
    qc = as_member(make_member("qc"))
    assert "Is it whole?" in qc.get("/s/arthur-2/quality/technical").text
    page = f"/s/arthur-2/quality/technical/{drawn.technical_queries.get().pk}"
    assert qc.post(page, {"cause": "yes"}).status_code == 422
    assert qc.post(page, {"cause": "yes", "found": "week 12"}).status_code == 302
    manager = as_member(people["tm"])
    assert "have the case read again" in manager.get(f"{case}/release").text
    assert manager.post(f"{case}/again", {"mended": "sent"}).status_code == 302
    drawn.refresh_from_db()
    assert drawn.state == "reading"
