"""Corrective and preventive actions: opened by a trigger or by hand, done by one person, judged by another."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError

from provident.kernel import Denied, InvalidInput, NotReady, Refused
from provident.web.ledger.models import Event
from provident.web.qc import actions
from provident.web.qc.indicators import Figure
from provident.web.qc.models import CorrectiveAction, Query
from provident.web.qc.triggers import open_what_they_say, said


pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"
DUE = date(2026, 12, 8)


@pytest.fixture
def of(study):
    from provident.web.studies.plans import plan_in_force

    return plan_in_force(study)


@pytest.fixture
def opened(study, site, physicist, clock):
    return actions.open_action(
        study=study, kind="corrective", what="Wrong protocol at the scanner", due_on=DUE, site=site, by=physicist, clock=clock,
    )  # fmt: skip


def test_from_opening_to_closing_each_step_is_in_the_ledger(opened, clock, physicist, manager, make_member):  # fmt: skip
    site = make_member("site", "leeds")
    actions.assign(action=opened, owner=site, due_on=DUE, reason="", by=manager, clock=clock)  # fmt: skip
    actions.finish(action=opened, root_cause="A copied protocol", done="Deleted it", by=site, clock=clock)  # fmt: skip
    actions.check_effect(action=opened, effective=False, effect="Two more", password=PASSWORD, by=physicist, clock=clock)  # fmt: skip
    assert (opened.state, opened.due_on) == ("open", date(2026, 12, 8))
    actions.finish(action=opened, root_cause="Two copies", done="Deleted both", by=site, clock=clock)  # fmt: skip
    actions.check_effect(action=opened, effective=True, effect="Ten good ones", password=PASSWORD, by=physicist, clock=clock)  # fmt: skip
    opened.refresh_from_db()

    assert (opened.state, opened.signature.meaning) == ("closed", "The action was effective")  # fmt: skip
    said = Event.objects.filter(thing="action").order_by("number").values_list("action", flat=True)  # fmt: skip
    assert [a.removeprefix("capa.") for a in said] == ["opened", "assigned", "done", "reopened", "done", "closed"]  # fmt: skip


def test_what_is_missing_or_out_of_turn_is_refused(opened, clock, physicist, manager, make_member, study):  # fmt: skip
    york = make_member("site", "york")
    with pytest.raises(InvalidInput, match="Say what has to be done"):
        actions.open_action(study=study, kind="visit", what=" ", due_on=DUE, by=physicist, clock=clock)  # fmt: skip
    with pytest.raises(InvalidInput, match="lies in the past"):
        actions.open_action(study=study, kind="visit", what="x", due_on=date(2026, 1, 1), by=physicist, clock=clock)  # fmt: skip
    with pytest.raises(InvalidInput, match="only own an action of that site"):
        actions.assign(action=opened, owner=york, due_on=DUE, reason="", by=manager, clock=clock)  # fmt: skip
    with pytest.raises(InvalidInput, match="why it is due later"):
        actions.assign(action=opened, owner=physicist, due_on=date(2027, 1, 1), reason="", by=manager, clock=clock)  # fmt: skip
    with pytest.raises(NotReady, match="once the action is done"):
        actions.check_effect(action=opened, effective=True, effect="x", password=PASSWORD, by=manager, clock=clock)  # fmt: skip
    with pytest.raises(InvalidInput, match="root cause"):
        actions.finish(action=opened, root_cause="", done="x", by=physicist, clock=clock)  # fmt: skip
    actions.finish(action=opened, root_cause="c", done="x", by=physicist, clock=clock)
    with pytest.raises(Refused, match="does not judge its effect"):
        actions.check_effect(action=opened, effective=True, effect="x", password=PASSWORD, by=physicist, clock=clock)  # fmt: skip
    with pytest.raises(Denied, match="not your password"):
        actions.check_effect(action=opened, effective=True, effect="x", password="guess", by=manager, clock=clock)  # fmt: skip
    with pytest.raises(NotReady, match="not open any more"):
        actions.finish(action=opened, root_cause="c", done="x", by=physicist, clock=clock)  # fmt: skip


@pytest.mark.parametrize(
    "wrong", [{"state": "done"}, {"state": "closed", "root_cause": "c", "done": "d"}]
)
def test_the_database_refuses_a_state_without_its_words(opened, wrong):
    with pytest.raises(IntegrityError):
        CorrectiveAction.objects.filter(pk=opened.pk).update(**wrong)


def test_a_trigger_opens_once_and_again_only_for_what_came_after(arrive, of, site, clock, physicist, manager):  # fmt: skip
    exams = [arrive("fail" if n < 4 else "pass") for n in range(10)]
    for exam in exams[-2:]:
        open_what_they_say(site, of, exam, clock)
    made = CorrectiveAction.objects.get()

    assert (made.kind, made.trigger, made.site, made.opened_by) == ("visit", "first_time_compliance acts", site, None)  # fmt: skip
    assert "60 % of 10 exams (95 % interval 31.3 to 83.2 %)" in made.what

    actions.finish(action=made, root_cause="c", done="d", by=physicist, clock=clock)
    actions.check_effect(action=made, effective=True, effect="e", password=PASSWORD, by=manager, clock=clock)  # fmt: skip
    open_what_they_say(site, of, exams[-1], clock)

    assert CorrectiveAction.objects.count() == 1


def test_below_the_plans_minimum_nothing_is_opened(arrive, of, site, clock):
    for _ in range(9):
        exam = arrive("fail")
    open_what_they_say(site, of, exam, clock)

    assert not CorrectiveAction.objects.exists()


def test_slow_arrival_opens_what_the_plan_says(arrive, of, site, clock):
    for _ in range(6):
        exam = arrive(lag=9)
    open_what_they_say(site, of, exam, clock)

    assert CorrectiveAction.objects.get().kind == "corrective"
    assert not Query.objects.exists()


# -- pages


def test_an_action_on_its_pages(study, site, as_member, physicist, manager, make_member, clock):  # fmt: skip
    client, base = as_member(physicist), f"/s/{study.slug}/quality/actions"
    assert "No action of this kind" in client.get(base).text
    told = {"kind": "preventive", "what": "Check all coils", "site": "leeds", "owner": "", "due_on": "2026-12-01"}  # fmt: skip
    assert client.post(f"{base}/new", {**told, "due_on": "2025-01-01"}).status_code == 422  # fmt: skip
    assert client.post(f"{base}/new", {**told, "due_on": "soon"}).status_code == 422
    made = client.post(f"{base}/new", told)
    address = made.url
    assert "Check all coils" in client.get(address).text
    assert "no owner" in client.get(base).text

    site_person = make_member("site", "leeds")
    assert client.post(address, {"act": "assign", "owner": site_person.pk, "due_on": "2026-12-01"}).status_code == 302  # fmt: skip
    client = as_member(site_person)
    assert "Corrective and preventive actions to do" in client.get(f"/s/{study.slug}/").text  # fmt: skip
    assert client.post(address, {"act": "do", "root_cause": "", "done": "x"}).status_code == 422  # fmt: skip
    assert client.post(address, {"act": "do", "root_cause": "age", "done": "new coil"}).status_code == 302  # fmt: skip
    check = {"act": "check", "effective": "yes", "effect": "good", "password": PASSWORD}
    assert client.post(address, check).status_code == 403
    client = as_member(manager)
    assert client.post(address, {**check, "password": "guess"}).status_code == 422
    assert client.post(address, check).status_code == 302
    assert "signed by" in client.get(address).text


def test_another_site_sees_no_action_of_leeds(opened, as_member, make_member):
    client = as_member(make_member("site", "york"))
    base = f"/s/{opened.study.slug}/quality/actions"

    assert client.get(f"{base}/{opened.pk}").status_code == 404
    assert "Wrong protocol" not in client.get(base).text


def test_overdue_actions_are_on_the_home_page(opened, as_member, physicist):
    CorrectiveAction.objects.filter(pk=opened.pk).update(due_on=date(2026, 11, 20))
    client = as_member(physicist)

    assert "1 past the day they were due" in client.get(f"/s/{opened.study.slug}/").text
    assert "4 days late" in client.get(f"/s/{opened.study.slug}/quality/actions").text


def test_the_page_of_an_action_offers_what_the_role_may_do(opened, study, as_member, manager, make_member, clock):  # fmt: skip
    site = make_member("site", "leeds")
    actions.assign(action=opened, owner=site, due_on=DUE, reason="", by=manager, clock=clock)  # fmt: skip
    page = f"/s/{study.slug}/quality/actions/{opened.pk}"

    assert "Say what was done" in as_member(site).get(page).text
    assert "Check its effect and sign" not in as_member(site).get(page).text
    assert "Give it to somebody" in as_member(manager).get(page).text


def test_an_indicator_of_few_exams_says_that_it_has_no_interval():
    few = Figure(value=15.0, unit="d", n=3, low=None, high=None, level="act")

    assert said("lag_to_arrival", few, "> 7 d") == (
        "Lag to arrival is 15 d of 3 exams (too few for a 95 % interval); the plan acts at > 7 d."
    )
