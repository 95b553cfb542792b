"""From signed reads to charts, alarms, what follows by the plan, and what people do about them."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from provident.kernel import Denied, InvalidInput, NotFound, Refused
from provident.web.drift import actions, selectors
from provident.web.drift.models import Alarm, Run
from provident.web.ledger.models import Event
from provident.web.ledger.selectors import faults
from provident.web.qc.models import CorrectiveAction, Message
from provident.web.readers.selectors import open_holds
from tests.web.drift.conftest import DESIGN


pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"


@pytest.fixture
def against_ben(quick, signed, chart):
    """Eight cases, ben's read left out of each: his chart of adjudications signals; returns the newest run."""
    for n in range(8):
        reads = signed(n, {"ana": 2, "ben": 6}, against="ben")
    return chart(reads["ben"])


@pytest.fixture
def alarm(against_ben, people):
    """Ben's alarm of the adjudications."""
    return Alarm.objects.get(reader=people["ben"], chart="adjudicated_against")


def test_charts_are_drawn_every_so_many_reads_of_a_reader(quick, signed, chart):
    found = []
    for n in range(9):
        run = chart(signed(n, {"ana": 2, "ben": 2})["ben"])
        found.append(run.reads if run else 0)

    assert found == [0, 0, 0, 8, 8, 8, 8, 16, 16]
    assert Run.objects.count() == 2


def test_the_demo_plan_waits_for_25_reads(study, signed, chart):
    assert chart(signed(1, {"ana": 2, "ben": 2})["ben"]) is None


def test_a_plan_that_watches_nobody_charts_nothing(load_monitor, signed, chart):
    load_monitor("")

    for n in range(5):
        run = chart(signed(n, {"ana": 2, "ben": 9})["ben"])

    assert run is None


def test_a_job_that_runs_again_keeps_nothing_twice(against_ben, quick, clock):
    from provident.web.drift.boards import draw

    drawn = draw(quick, DESIGN, seed=against_ben.seed, starts={})
    before = Alarm.objects.count()

    again = actions.keep(study=quick, drawn=drawn, clock=clock)

    assert again.pk == against_ben.pk
    assert (Run.objects.count(), Alarm.objects.count()) == (1, before)


def test_the_same_seed_draws_the_same_charts(against_ben, quick):
    from provident.web.drift.boards import draw, stored

    again = draw(quick, DESIGN, seed=against_ben.seed, starts={})

    assert stored(again.boards) == against_ben.boards


def test_an_alarm_names_reader_chart_and_read(alarm, people):
    assert (alarm.state, alarm.at_read, alarm.run.reads) == ("raised", 4, 16)
    assert not Alarm.objects.filter(reader=people["ana"], chart="adjudicated_against").exists()  # fmt: skip


def test_what_the_plan_says_follows(alarm, people, quick):
    done = {f["do"]: f["done"] for f in alarm.follows}

    assert done == {"hold": True, "retrain": True, "notify": True}
    assert next(h.pk for h in open_holds(people["ben"], DESIGN)) == next(f["hold"] for f in alarm.follows if f["do"] == "hold")  # fmt: skip
    action = CorrectiveAction.objects.get(pk=next(f["action"] for f in alarm.follows if f["do"] == "retrain"))  # fmt: skip
    assert action.kind == "retraining"
    assert "ben" not in action.what


def test_the_lead_is_told_and_the_message_names_nobody(quick, people, signed, chart):
    for who in ("lena", "ben"):
        people[who].user.email = f"{who}@example.org"
        people[who].user.save()
    for n in range(8):
        reads = signed(n, {"ana": 2, "ben": 6}, against="ben")
    chart(reads["ben"])

    told = Message.objects.filter(subject__startswith="Alarm")

    assert {m.to.user.username for m in told} == {"lena"}
    assert not [m for m in told if "ben" in m.text + m.subject or "L-9" in m.text]


def test_without_a_lead_the_trial_manager_is_told(quick, people, signed, chart):
    people["lena"].delete()

    assert selectors.leads(quick) == [people["tm"]]


def test_an_alarm_is_raised_once_while_it_lasts(alarm, signed, chart, people):
    for n in range(8, 12):
        reads = signed(n, {"ana": 2, "ben": 6}, against="ben")
    chart(reads["ben"])

    assert Alarm.objects.filter(reader=people["ben"], chart="adjudicated_against").count() == 1  # fmt: skip


def test_the_way_of_an_alarm(alarm, people, clock, signed, chart, quick):
    lena = people["lena"]
    actions.acknowledge(alarm=alarm, by=lena, clock=clock)
    actions.act(alarm=alarm, action="Gone through the atlas together.", by=lena, clock=clock)  # fmt: skip
    actions.close(alarm=alarm, false_alarm=False, reason="Reads as the others again.", password=PASSWORD, by=lena, clock=clock)  # fmt: skip

    alarm.refresh_from_db()
    assert (alarm.state, alarm.reads_at_close) == ("closed", 8)
    assert alarm.signature.meaning == "The reader reads as planned again"
    said = list(Event.objects.filter(action__startswith="alarm.", thing_id=str(alarm.pk), thing="alarm").order_by("number").values_list("action", flat=True))  # fmt: skip
    assert said == ["alarm.raised", "alarm.acknowledged", "alarm.acted", "alarm.closed"]
    assert list(faults(quick.slug)) == []


def test_after_it_is_closed_the_chart_begins_anew(alarm, people, clock, signed, chart):
    lena = people["lena"]
    actions.acknowledge(alarm=alarm, by=lena, clock=clock)
    actions.close(alarm=alarm, false_alarm=True, reason="An odd week.", password=PASSWORD, by=lena, clock=clock)  # fmt: skip
    for n in range(8, 12):
        reads = signed(n, {"ana": 2, "ben": 2})

    run = chart(reads["ben"])

    board = next(b for b in run.boards if b["of"] == "adjudicated_against")
    line = next(ln for ln in board["lines"] if ln["reader"] == str(people["ben"].pk))
    assert line["reads"] == 4
    assert line["state"] != "signal"
    assert Alarm.objects.filter(reader=people["ben"], chart="adjudicated_against").count() == 1  # fmt: skip


def test_a_false_alarm_lifts_its_hold(alarm, people, clock):
    actions.acknowledge(alarm=alarm, by=people["lena"], clock=clock)
    held = set(open_holds(people["ben"], DESIGN).values_list("why", flat=True))

    actions.close(alarm=alarm, false_alarm=True, reason="An odd week.", password=PASSWORD, by=people["lena"], clock=clock)  # fmt: skip

    left = set(open_holds(people["ben"], DESIGN).values_list("why", flat=True))
    assert len(held - left) == 1


def test_a_real_alarm_waits_for_the_test_set(load_monitor, signed, chart, people, clock):  # fmt: skip
    from provident.web.readers.actions import record_attempt
    from tests.web.drift.conftest import QUICK

    load_monitor(QUICK.replace("[hold, retrain]", "[hold, requalify]"))
    for n in range(8):
        reads = signed(n, {"ana": 2, "ben": 6}, against="ben")
    chart(reads["ben"])
    alarm = Alarm.objects.get(reader=people["ben"], chart="adjudicated_against")
    lena = people["lena"]
    actions.acknowledge(alarm=alarm, by=lena, clock=clock)
    actions.act(alarm=alarm, action="Trained again.", by=lena, clock=clock)
    closing = {"alarm": alarm, "false_alarm": False, "reason": "Fine again.", "password": PASSWORD, "by": lena, "clock": clock}  # fmt: skip

    with pytest.raises(Refused, match="test set again"):
        actions.close(**closing)
    record_attempt(reader=people["ben"], design=DESIGN, passed=True, form="ramris@2", result={}, clock=clock)  # fmt: skip
    actions.close(**closing)

    assert not open_holds(people["ben"], DESIGN).filter(why__contains=f"alarm {alarm.pk})").exists()  # fmt: skip


@pytest.mark.parametrize(
    ("do", "error"),
    [
        (lambda a, p, c: actions.act(alarm=a, action="x", by=p["lena"], clock=c), Refused),
        (lambda a, p, c: actions.close(alarm=a, false_alarm=True, reason="x", password=PASSWORD, by=p["lena"], clock=c), Refused),
        (lambda a, p, c: actions.acknowledge(alarm=a, by=p["ana"], clock=c), Denied),
    ],
)  # fmt: skip
def test_what_the_state_or_the_role_does_not_allow(alarm, people, clock, do, error):
    with pytest.raises(error):
        do(alarm, people, clock)


@pytest.mark.parametrize(
    ("given", "error"),
    [({"reason": " "}, InvalidInput), ({"password": "guess"}, Denied), ({"false_alarm": False}, Refused)],
)  # fmt: skip
def test_what_a_closing_needs(alarm, people, clock, given, error):
    actions.acknowledge(alarm=alarm, by=people["lena"], clock=clock)
    whole = {"false_alarm": True, "reason": "x", "password": PASSWORD, **given}

    with pytest.raises(error):
        actions.close(alarm=alarm, by=people["lena"], clock=clock, **whole)
    alarm.refresh_from_db()
    assert alarm.state == "acknowledged"


def test_nothing_done_is_not_written_down(alarm, people, clock):
    actions.acknowledge(alarm=alarm, by=people["lena"], clock=clock)

    with pytest.raises(InvalidInput):
        actions.act(alarm=alarm, action="  ", by=people["lena"], clock=clock)


def test_nobody_judges_an_alarm_on_their_own_reads(alarm, people, study, clock, by):
    from provident.web.people.access import Role
    from provident.web.people.actions import give_role

    lead = give_role(user=people["ben"].user, study=study, role=Role.READING_LEAD, by=by, clock=clock)  # fmt: skip

    with pytest.raises(Refused, match="their own reads"):
        actions.acknowledge(alarm=alarm, by=lead, clock=clock)
    with pytest.raises(NotFound):
        selectors.alarm(lead, alarm.pk)


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "closed"},
        {"state": "acted"},
        {"state": "acknowledged"},
        {"state": "raised", "closed_at": "2026-11-24T10:00Z"},
    ],
)
def test_the_database_keeps_the_states(alarm, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        Alarm.objects.filter(pk=alarm.pk).update(**wrong)


def test_the_database_keeps_one_open_alarm_a_chart(alarm):
    copy = {f.attname: getattr(alarm, f.attname) for f in Alarm._meta.concrete_fields if f.name != "id"}  # fmt: skip

    with pytest.raises(IntegrityError), transaction.atomic():
        Alarm.objects.create(**copy)


def test_repeats_and_other_purposes_are_never_charted(quick, signed, chart, people):
    from provident.web.reading.models import Assignment, Case

    for n in range(4):
        reads = signed(n, {"ana": 2, "ben": 2})
    source = reads["ben"].assignment.case
    again = Case.objects.create(
        study=quick, design=DESIGN, plan_version="1", purpose="repeat", source=source, key="again", visits=source.visits,
        state="final", created_at=source.created_at, changed_at=source.changed_at,
    )  # fmt: skip
    old = reads["ben"].assignment
    Assignment.objects.create(
        case=again, design=DESIGN, reader=old.reader, role="primary", seat=1, occasion=2, position=9999, labels=old.labels,
        token="again", state="submitted", submitted_at=old.submitted_at,
    )  # fmt: skip

    run = chart(reads["ben"])

    assert run.counts == {str(people["ana"].pk): 4, str(people["ben"].pk): 4}
