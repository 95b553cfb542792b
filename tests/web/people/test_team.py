"""The team: who is in it, who joins, who leaves; and the access table in words."""

from __future__ import annotations

import pytest

from provident.web.people.access import Role, Thing
from provident.web.people.models import Membership
from provident.web.people.presenters import access_rows


PAGE = "/s/arthur-2/people"
NEW = {"username": "rae", "name": "Rae Hill", "password": "four words put together", "role": "site", "site": "york", "reason": "delegation log 3"}  # fmt: skip


def test_a_trial_manager_adds_a_person_with_a_role(as_member, make_member):
    client = as_member(make_member("trial_manager"))

    answer = client.post(PAGE, NEW, follow=True)

    assert "rae has the role now" in answer.text
    assert Membership.objects.get(user__username="rae").site == "york"


def test_a_person_is_given_a_role_of_the_plan(as_member, make_member):
    client = as_member(make_member("trial_manager"))

    client.post(PAGE, {**NEW, "plan_role": "practitioner"})

    assert Membership.objects.get(user__username="rae").plan_role == "practitioner"


def test_an_account_that_is_there_gets_a_second_role(as_member, make_member):
    make_member("site", "leeds", username="rae")
    client = as_member(make_member("trial_manager"))

    client.post(PAGE, NEW)

    assert {"leeds", "york"} == set(
        Membership.objects.filter(user__username="rae").values_list("site", flat=True)
    )


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"site": ""}, "Say which site"),
        ({"password": "short"}, "too short"),
        ({"username": ""}, "This field is required"),
        ({"role": "emperor"}, "Select a valid choice"),
        ({"plan_role": "physicist"}, "acts as Quality control"),
        ({"plan_role": "emperor"}, "Select a valid choice"),
    ],
)
def test_what_does_not_fit_is_said_and_nothing_is_given(
    as_member, make_member, changes, words
):
    client = as_member(make_member("trial_manager"))

    answer = client.post(PAGE, {**NEW, **changes})

    assert answer.status_code == 422
    assert words in answer.text
    assert not Membership.objects.filter(user__username="rae").exists()


def test_a_reader_gets_no_other_role(as_member, make_member):
    make_member("reader", username="rae")
    client = as_member(make_member("trial_manager"))

    answer = client.post(PAGE, NEW)

    assert "the blinding would not hold" in answer.text


def test_ending_a_role_says_what_is_lost_and_asks_why(as_member, make_member):
    member = make_member("qc")
    client = as_member(make_member("trial_manager"))
    page = f"{PAGE}/{member.pk}/end"

    assert "What is lost" in client.get(page).text
    assert client.post(page, {"reason": ""}).status_code == 422
    assert client.post(page, {"reason": "left the team"}).url == PAGE
    assert client.get(page).status_code == 404
    member.refresh_from_db()
    assert member.until is not None


@pytest.mark.parametrize("role", ["qc", "statistician", "monitor"])
def test_nobody_else_adds_people(as_member, make_member, role):
    assert as_member(make_member(role)).post(PAGE, NEW).status_code == 403


def test_the_access_page_prints_every_cell():
    rows = access_rows()

    assert [t.value.replace("_", " ") for t in Thing] == [r.thing for r in rows]
    assert {len(Role)} == {len(r.cells) for r in rows}
    lock = next(r for r in rows if r.thing == "lock")
    assert [c.verbs for c in lock.cells] == [
        "see, lock",
        "",
        "",
        "",
        "",
        "",
        "see, unblind",
        "",
    ]
