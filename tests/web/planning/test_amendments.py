"""An amendment is drafted, dated, reviewed, signed, put in force and acknowledged; nothing else moves it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from provident.kernel import Denied, InvalidInput, NotReady, PlanError
from provident.web.ledger.models import Event
from provident.web.planning import actions
from provident.web.planning.acknowledging import (
    owed,
    require_acknowledged,
    version_at,
)
from provident.web.planning.models import Amendment
from provident.web.planning.waits import waits
from provident.web.planning.workflow import TRANSITIONS
from provident.web.studies.plans import version_in_force
from tests.web.planning.conftest import zipped


PASSWORD = "correct horse battery"
TODAY = date(2026, 11, 24)
MANUAL = {"imaging/hands-mri.yaml": ("TR: 400..700 ms", "TR: 450..650 ms")}
FORM = {"forms/ramris.yaml": ("title:", "title: Changed;")}
S = Amendment.State


def test_every_state_is_in_the_table_and_leads_somewhere_or_ends():
    assert set(TRANSITIONS) == set(S.values)
    assert {s for after in TRANSITIONS.values() for s in after} <= set(S.values)
    assert {s for s, after in TRANSITIONS.items() if not after} == {
        S.IN_FORCE,
        S.WITHDRAWN,
    }


@pytest.fixture
def life(manager, amended, clock):
    """A function (state, changes, days) -> an amendment brought to a state."""

    def make(to: str = "draft", changes=MANUAL, **later: int) -> Amendment:
        row = actions.draft(
            files=amended(changes), why="TR too wide", by=manager, clock=clock
        )
        step = {"amendment": row, "by": manager, "clock": clock}
        if to == "draft":
            return row
        days = {
            s: TODAY + timedelta(days=later.get(s, 0))
            for s in ("leeds", "bradford", "york")
        }
        actions.set_starts(days=days, **step)
        actions.submit(**step)
        if to != "review":
            actions.approve(role="trial_manager", password=PASSWORD, **step)
            actions.approve(
                role="sponsor", password=PASSWORD, evidence="letter 7", **step
            )
        if to == "in_force":
            actions.put_in_force(**step)
        row.refresh_from_db()
        assert row.state == to
        return row

    return make


def test_the_whole_way_with_an_event_for_each_step(life, study, manager):
    row = life("in_force")
    told = list(
        Event.objects.filter(thing="amendment")
        .order_by("number")
        .values_list("action", flat=True)
    )

    assert told == [
        f"amendment.{a}"
        for a in ("drafted", "dated", "submitted", "signed", "signed", "in_force")
    ]
    assert version_in_force(study).version == "2.0" == row.in_force.version


@pytest.mark.parametrize(
    ("files", "why", "error", "says"),
    [
        ({"study.yaml": ("", "")}, "", InvalidInput, "Say why"),
        (
            {"study.yaml": ("id: ARTHUR-2", "id: OTHER-1")},
            "x",
            InvalidInput,
            "not of this study",
        ),
        (
            {"study.yaml": ("phase: III", "phase: [")},
            "x",
            PlanError,
            "errors; nothing was kept",
        ),
    ],
)
def test_a_draft_that_cannot_be_is_refused(
    files, why, error, says, manager, amended, clock
):
    with pytest.raises(error, match=says):
        actions.draft(files=amended(files), why=why, by=manager, clock=clock)


def test_a_version_is_drafted_once_until_it_is_withdrawn(life, manager, amended, clock):
    row = life()
    with pytest.raises(InvalidInput, match=r"version 2\.0 already"):
        life()
    with pytest.raises(InvalidInput, match=r"version 1\.4 already"):
        actions.draft(files=amended(MANUAL, "1.4"), why="x", by=manager, clock=clock)

    actions.withdraw(amendment=row, why="wrong file", by=manager, clock=clock)

    assert life().pk != row.pk


@pytest.mark.parametrize(
    ("days", "error", "says"),
    [
        ({"leeds": TODAY}, InvalidInput, "Sites without a day: bradford, york"),
        (
            dict.fromkeys(("leeds", "bradford", "york", "hull"), TODAY),
            InvalidInput,
            "does not have: hull",
        ),
        (
            dict.fromkeys(("leeds", "bradford", "york"), date(2026, 11, 1)),
            InvalidInput,
            "has passed",
        ),
    ],
)
def test_days_that_cannot_be(days, error, says, life, manager, clock):
    with pytest.raises(error, match=says):
        actions.set_starts(amendment=life(), days=days, by=manager, clock=clock)


def test_days_are_fixed_once_it_is_in_review(life, manager, clock):
    with pytest.raises(NotReady, match="signed with the amendment"):
        actions.set_starts(amendment=life("review"), days={}, by=manager, clock=clock)


def test_review_needs_days(life, manager, clock):
    with pytest.raises(NotReady, match="from which day"):
        actions.submit(amendment=life(), by=manager, clock=clock)


@pytest.mark.parametrize(
    ("who", "role", "evidence", "password", "error", "says"),
    [
        ("qc", "trial_manager", "", PASSWORD, Denied, "do not hold the role"),
        ("trial_manager", "monitor", "", PASSWORD, Denied, "do not hold the role"),
        (
            "trial_manager",
            "sponsor",
            "",
            PASSWORD,
            InvalidInput,
            "Name the sponsor's letter",
        ),
        ("trial_manager", "trial_manager", "", "wrong", Denied, "not your password"),
    ],
)
def test_signatures_that_are_refused(
    who, role, evidence, password, error, says, life, manager, make_member, clock
):
    row = life("review")
    by = manager if who == "trial_manager" else make_member(who)
    with pytest.raises(error, match=says):
        actions.approve(
            amendment=row,
            role=role,
            evidence=evidence,
            password=password,
            by=by,
            clock=clock,
        )

    assert not row.approvals.exists()


def test_sent_back_its_signatures_are_void(life, manager, clock):
    row = life("review")
    step = {"amendment": row, "by": manager, "clock": clock}
    actions.approve(role="trial_manager", password=PASSWORD, **step)
    with pytest.raises(NotReady, match="signed already"):
        actions.approve(role="trial_manager", password=PASSWORD, **step)

    actions.send_back(why="days", **step)
    actions.submit(**step)
    actions.approve(role="sponsor", password=PASSWORD, evidence="letter 7", **step)
    row.refresh_from_db()

    assert row.state == S.REVIEW
    assert row.approvals.filter(void=True).count() == 1


@pytest.mark.parametrize(("state", "act"), [("draft", "put_in_force"), ("approved", "submit"), ("in_force", "withdraw"), ("draft", "acknowledge"), ("draft", "send_back")])  # fmt: skip
def test_a_step_that_the_table_does_not_have(state, act, life, manager, clock):
    row, more = life(state), {"why": "x"} if act in ("withdraw", "send_back") else {}
    with pytest.raises(NotReady):
        getattr(actions, act)(amendment=row, by=manager, clock=clock, **more)


@pytest.mark.parametrize("act", ["withdraw", "send_back"])
def test_the_ways_back_ask_why(act, life, manager, clock):
    with pytest.raises(InvalidInput, match="Say why"):
        getattr(actions, act)(
            amendment=life("review"), why=" ", by=manager, clock=clock
        )


def test_two_drafts_from_one_version_and_the_second_has_to_start_anew(
    life, manager, amended, clock
):
    late = actions.draft(
        files=amended(FORM, "2.1"), why="form", by=manager, clock=clock
    )
    actions.set_starts(
        amendment=late,
        days=dict.fromkeys(("leeds", "bradford", "york"), TODAY),
        by=manager,
        clock=clock,
    )
    life("in_force")

    with pytest.raises(NotReady, match="another version is in force meanwhile"):
        actions.submit(amendment=late, by=manager, clock=clock)


def test_before_its_first_day_it_waits_and_then_the_home_page_says_so(
    life, manager, clock
):
    row = life("approved", leeds=5, bradford=6, york=6)
    with pytest.raises(NotReady, match="It holds from 29 November 2026"):
        actions.put_in_force(amendment=row, by=manager, clock=clock)

    def ready(now):
        return [
            w.detail
            for w in waits(manager, now)
            if w.words == "Amendments to put in force" and w.count
        ]

    assert (ready(clock.now()), ready(clock.now() + timedelta(days=5))) == (
        [],
        ["plan 2.0"],
    )


def test_a_site_works_by_the_version_before_until_its_day(life, study):
    life("in_force", york=10)
    later = TODAY + timedelta(days=10)

    assert version_at(study, "leeds", TODAY).version == "2.0"
    assert version_at(study, "york", TODAY).version == "1.4"
    assert version_at(study, "york", later).version == "2.0"


# -- who must acknowledge, and what waits for it -----------------------------------


@pytest.mark.parametrize(
    ("changes", "concerned"),
    [
        (MANUAL, {"site", "qc"}),
        (FORM, {"reader", "adjudicator", "statistician", "trial_manager"}),
        ({"study.yaml": ("phase: III", "phase: II")}, {"site", "qc", "reader", "adjudicator", "statistician", "trial_manager", "monitor"}),
    ],
)  # fmt: skip
def test_who_is_asked_to_acknowledge(changes, concerned, life, make_member, manager):
    roles = ("site", "qc", "reader", "adjudicator", "statistician", "monitor")
    team = [manager, *(make_member(r, "leeds" if r == "site" else "") for r in roles)]
    life("approved", changes)

    assert {m.role for m in team if owed(m)} == concerned


def test_acknowledged_once_it_waits_no_more(life, make_member, clock):
    physicist = make_member("qc")
    row = life("approved")
    actions.acknowledge(amendment=row, by=physicist, clock=clock)
    actions.acknowledge(amendment=row, by=physicist, clock=clock)

    assert owed(physicist) == []
    assert Event.objects.filter(action="amendment.acknowledged").count() == 1


def test_who_joins_after_it_came_in_force_learns_the_plan_as_it_is(
    life, study, make_member, clock
):
    member = make_member("qc")
    life("in_force")
    before = owed(member)
    member.since = clock.now() + timedelta(days=1)
    member.save()

    assert (len(before), owed(member)) == (1, [])


@pytest.mark.parametrize(
    ("role", "changes", "act", "refused"),
    [
        ("reader", FORM, "reading", True),  # scoring_form: again, gates reading
        ("reader", MANUAL, "reading", False),  # changes nothing for readers
        ("site", MANUAL, "booking", False),  # its courses that gate booking are not tied to the manual
        ("monitor", FORM, "reading", False),
    ],
)  # fmt: skip
def test_an_act_waits_where_a_course_of_the_plan_says_so(
    role, changes, act, refused, life, make_member, clock
):
    member = make_member(role, "leeds" if role == "site" else "")
    row = life("in_force", changes)

    def tries():
        require_acknowledged(member, act, TODAY)

    if refused:
        with pytest.raises(
            NotReady, match=r"Plan 2\.0 is in force and changes your work"
        ):
            tries()
        actions.acknowledge(amendment=row, by=member, clock=clock)
    tries()


def test_a_booking_waits_where_the_plan_gates_it_and_only_from_the_sites_day(
    life, make_member, amended, study
):
    again = {**MANUAL, "people.yaml": ("again: each manual version, evidence: quiz, pass: 80 %, gates: sending", "again: each manual version, evidence: quiz, pass: 80 %, gates: booking")}  # fmt: skip
    leeds, york = make_member("site", "leeds"), make_member("site", "york")
    life("in_force", again, york=10)

    require_acknowledged(york, "booking", TODAY)
    with pytest.raises(NotReady, match="course imaging manual"):
        require_acknowledged(leeds, "booking", TODAY)
    with pytest.raises(NotReady, match="course imaging manual"):
        require_acknowledged(york, "booking", TODAY + timedelta(days=10))


def test_a_booking_on_the_page_of_a_slot_is_refused_with_words(
    life, make_member, as_member, participant
):
    again = {
        **MANUAL,
        "people.yaml": ("pass: 80 %, gates: sending", "pass: 80 %, gates: booking"),
    }
    member, slot = make_member("site", "leeds"), participant.slots.first()
    life("in_force", again)

    answer = as_member(member).post(
        f"/s/arthur-2/slots/{slot.pk}", {"on": slot.opens_on.isoformat()}
    )

    assert answer.status_code == 422
    assert "Read and acknowledge it first" in answer.text


# -- the archive -------------------------------------------------------------------


def upload(client, data: bytes, why: str = "TR too wide"):
    sent = {"archive": SimpleUploadedFile("plan.zip", data), "why": why}
    return client.post("/s/arthur-2/plan/amendments/new", sent)


def test_the_whole_way_on_the_pages(manager, make_member, as_member, amended, study):
    reader = make_member("reader")
    client, changes = as_member(manager), {**MANUAL, **FORM}
    at = upload(client, zipped(amended(changes))).url
    from provident.web.ledger.clock import clock as platform_clock

    today = platform_clock().now().date().isoformat()
    client.post(
        f"{at}/days", {f"site-{s}": today for s in ("leeds", "bradford", "york")}
    )
    client.post(f"{at}/submit")
    client.post(at, {"text": "Physicists agreed"})
    for sent in (
        {"role": "trial_manager"},
        {"role": "sponsor", "evidence": "letter 7"},
    ):
        assert (
            client.post(f"{at}/approve", {**sent, "password": PASSWORD}).status_code
            == 302
        )
    client.post(f"{at}/in-force")
    text = client.get(at).text

    assert version_in_force(study).version == "2.0"
    assert "TR changes from 400..700 ms to 450..650 ms" in text
    assert "For radiographers" in text
    assert "Physicists agreed" in text
    assert "letter 7" in text

    client = as_member(reader)
    page = client.get(at).text
    assert "I have read it" in page
    assert "Changed;" in page
    assert "450..650" not in page
    client.post(f"{at}/acknowledge")
    assert "You acknowledged it" in client.get(at).text


def test_a_draft_with_faults_shows_them_and_keeps_nothing(manager, as_member, amended):
    broken = amended({"study.yaml": ("phase: III", "phase: [")})
    answer = upload(as_member(manager), zipped(broken))

    assert answer.status_code == 422
    assert "What is wrong with the plan" in answer.text
    assert "study.yaml" in answer.text
    assert not Amendment.objects.exists()


@pytest.mark.parametrize(("data", "why", "says"), [(b"no", "x", "no ZIP archive"), (b"", "x", "The archive is empty."), (b"no", "", "Say why the plan is amended.")])  # fmt: skip
def test_an_upload_that_is_none_is_told_in_the_form(
    data, why, says, manager, as_member
):
    answer = upload(as_member(manager), data, why)

    assert answer.status_code == 422
    assert says in answer.text


def test_a_reader_knows_of_no_draft_and_may_not_review(life, make_member, as_member):
    row = life("review", FORM)
    client = as_member(make_member("reader"))

    assert client.get(f"/s/arthur-2/plan/amendments/{row.pk}").status_code == 404
    assert client.get("/s/arthur-2/plan/amendments").status_code == 200
    assert client.get("/s/arthur-2/plan/amendments/new").status_code == 403
    assert "No amendments" in client.get("/s/arthur-2/plan/amendments").text


def test_a_reader_cannot_remark(life, make_member, as_member):
    row = life("approved", FORM)

    answer = as_member(make_member("reader")).post(
        f"/s/arthur-2/plan/amendments/{row.pk}", {"text": "x"}
    )

    assert answer.status_code == 403


def test_another_study_has_no_such_amendment(life, as_member, manager):
    assert (
        as_member(manager)
        .get(f"/s/arthur-2/plan/amendments/{life().pk + 1}")
        .status_code
        == 404
    )


@pytest.mark.parametrize(("page", "state", "sent", "says"), [
    ("days", "draft", {}, "Choose a day."),
    ("withdraw", "draft", {"why": ""}, "Say why."),
    ("send-back", "review", {"why": ""}, "Say why."),
    ("approve", "review", {"role": "sponsor", "password": PASSWORD}, "letter: its reference and date"),
    ("approve", "review", {"role": "trial_manager", "password": "wrong"}, "That is not your password"),
    ("approve", "draft", {}, "Nothing is yours to sign here"),
])  # fmt: skip
def test_steps_say_what_is_missing(page, state, sent, says, life, manager, as_member):
    at = f"/s/arthur-2/plan/amendments/{life(state).pk}/{page}"

    answer = as_member(manager).post(at, sent)

    assert answer.status_code == 422
    assert says in answer.text.replace("&#39;", "'")


def test_a_step_too_early_is_told_on_the_page(life, manager, as_member):
    at = f"/s/arthur-2/plan/amendments/{life().pk}"

    text = as_member(manager).post(f"{at}/submit", follow=True).text

    assert "Say first from which day it holds at each site." in text


def test_an_exam_is_judged_by_the_version_of_its_site(life, participant, judged_exam):
    from provident.web.exams.tasks import rejudge_exam

    exam = judged_exam(plan=None)
    exam.series.all().delete()  # what is found in them is no matter here
    life("in_force", leeds=10)

    rejudge_exam(exam.pk)
    exam.refresh_from_db()

    assert exam.plan.version == "1.4"
