"""The pages of the lead reader, and what each role is not shown on them."""

from __future__ import annotations

import re

import pytest

from provident.web.drift.models import Alarm
from provident.web.people.access import Role
from provident.web.people.actions import give_role
from tests.web.drift.conftest import DESIGN, QUICK


pytestmark = pytest.mark.django_db
WATCH = "/s/arthur-2/readers/watch"
CHARTS = f"{WATCH}/{DESIGN}"
PASSWORD = "correct horse battery"


@pytest.fixture
def charted(quick, signed, chart):
    """Eight cases of two readers: ben is adjudicated against, and slower from the fifth on."""
    for n in range(8):
        slow = 10 if n < 4 else 40
        reads = signed(n, {"ana": 2, "ben": 6}, minutes={"ben": slow + n, "ana": 9 + n % 3}, against="ben")  # fmt: skip
    return chart(reads["ben"])


def test_the_lead_sees_each_reader_and_each_chart(charted, as_member, people):
    page = as_member(people["lena"]).get(WATCH).text

    assert "ben" in page
    assert "Adjudications against the reader" in page
    assert "signals" in page
    assert "1 that nobody has taken on" in as_member(people["lena"]).get("/s/arthur-2/").text or "that nobody has taken on" in as_member(people["lena"]).get("/s/arthur-2/").text  # fmt: skip


def test_charts_are_pictures_with_words_and_tables(charted, as_member, people):
    page = as_member(people["lena"]).get(CHARTS).text

    pictures = re.findall(r"<svg class=\"chart\".*?</svg>", page, re.S)
    assert len(pictures) >= 4
    assert all("<title>" in p and "<desc>" in p and 'role="img"' in p for p in pictures)
    assert page.count("<summary>Values of") == len(pictures)
    assert "outside" in page


def test_each_rule_says_what_it_costs(charted, as_member, people):
    page = as_member(people["lena"]).get(CHARTS).text

    assert len(re.findall(r"this rule flags one of them in", page)) == 5
    assert "can never flag one of two readers" in page
    assert "not which of them moves" in page


def test_what_came_in_since_is_not_on_the_page(charted, as_member, people, signed):
    before = as_member(people["lena"]).get(CHARTS).text
    signed(9, {"ana": 2, "ben": 9}, against="ben")

    assert _body(as_member(people["lena"]).get(CHARTS).text) == _body(before)


def _body(text):
    return text.split("<main")[1].split("</main>")[0]


def test_no_case_participant_site_or_name_is_on_a_page_of_the_lead(charted, as_member, people):  # fmt: skip
    for member in people.values():
        member.user.name = f"Name-of-{member.user.username}"
        member.user.save()
    client = as_member(people["lena"])
    pk = Alarm.objects.first().pk

    for page in (WATCH, CHARTS, f"/s/arthur-2/readers/alarms/{pk}"):
        text = _body(client.get(page).text)
        assert not re.findall(r"L-9\d\d|Leeds|leeds|Name-of|baseline|week24|placebo", text), page  # fmt: skip


def test_a_lead_who_reads_is_not_shown_what_tells_of_their_own_cases(
    charted, as_member, people, study, clock, by
):
    lead = give_role(user=people["ben"].user, study=study, role=Role.READING_LEAD, by=by, clock=clock)  # fmt: skip
    client = as_member(lead)
    session = client.session
    session["role:arthur-2"] = lead.pk
    session.save()

    page = _body(client.get(CHARTS).text)
    readers = _body(client.get(WATCH).text)

    assert "lines are not shown to you" in page
    assert "Values of ben" not in page
    assert "Values of ana" in page
    assert "No line of this chart is for you" in page  # the bias of two readers
    assert "alarm on ben" not in readers
    for alarm in Alarm.objects.filter(reader=people["ben"]):
        assert client.get(f"/s/arthur-2/readers/alarms/{alarm.pk}").status_code == 404


def test_with_one_order_for_all_a_lead_who_reads_sees_no_line(
    load_monitor, as_member, people, study, clock, by, signed, chart, monkeypatch
):
    from dataclasses import replace

    from provident.web.drift import selectors

    load_monitor(QUICK)
    for n in range(8):
        reads = signed(n, {"ana": 2, "ben": 6}, against="ben")
    chart(reads["ben"])
    known = selectors.designs(study)
    same = {k: replace(d, order=replace(d.order, per_reader=False)) for k, d in known.items()}  # fmt: skip
    monkeypatch.setattr(selectors, "designs", lambda _: same)
    lead = give_role(user=people["ben"].user, study=study, role=Role.READING_LEAD, by=by, clock=clock)  # fmt: skip

    _, boards, hidden = selectors.charts(lead, DESIGN)

    assert hidden
    assert not [ln for b in boards for ln in b.lines]


@pytest.mark.parametrize("role", ["reader", "adjudicator", "qc", "monitor"])
def test_others_see_nothing_of_it(charted, as_member, make_member, role):
    client = as_member(make_member(role, username=f"other-{role}"))

    assert {client.get(p).status_code for p in (WATCH, CHARTS)} == {403}


@pytest.mark.parametrize("role", ["trial_manager", "statistician"])
def test_who_knows_the_cases_sees_alarms_and_no_chart(charted, as_member, make_member, role):  # fmt: skip
    client = as_member(make_member(role, username=f"other-{role}"))

    assert client.get(WATCH).status_code == 200
    assert client.get(CHARTS).status_code == 403
    assert '<svg class="chart"' not in client.get(WATCH).text


def test_an_alarm_from_taking_it_on_to_the_signature(charted, as_member, people):
    alarm = Alarm.objects.filter(reader=people["ben"], chart="adjudicated_against").get()  # fmt: skip
    client, page = as_member(people["lena"]), f"/s/arthur-2/readers/alarms/{alarm.pk}"
    assert "needs an amendment of the plan" in client.get(page).text

    assert client.post(page, {"act": "acknowledge"}).status_code == 302
    assert client.post(page, {"act": "act", "action": ""}).status_code == 422
    assert client.post(page, {"act": "act", "action": "Atlas"}).status_code == 302
    wrong = client.post(page, {"act": "close", "false_alarm": "no", "reason": "fine", "password": "no"})  # fmt: skip
    assert wrong.status_code == 422
    assert "not your password" in wrong.text
    right = client.post(page, {"act": "close", "false_alarm": "no", "reason": "fine", "password": PASSWORD})  # fmt: skip
    assert right.status_code == 302
    alarm.refresh_from_db()
    assert alarm.state == "closed"
    assert client.post(page, {"act": "acknowledge"}).status_code in (403, 409)
    assert client.get(f"{page[: -len(str(alarm.pk))]}99999").status_code == 404


def test_a_statistician_acts_on_no_alarm(charted, as_member, make_member):
    pk = Alarm.objects.first().pk
    client = as_member(make_member("statistician"))

    answer = client.post(f"/s/arthur-2/readers/alarms/{pk}", {"act": "acknowledge"})

    assert answer.status_code == 403
    assert Alarm.objects.get(pk=pk).state == "raised"


@pytest.mark.parametrize(("told", "shown"), [("", False), ("  own_speed: shown\n", True)])  # fmt: skip
def test_a_reader_knows_their_own_speed_only_where_every_plan_says_so(
    load_monitor, as_member, people, signed, told, shown, study
):
    from provident.web.studies.plans import version_in_force

    load_monitor(QUICK + told)
    if shown:  # the other design too
        version = version_in_force(study)
        old = version.files["reading/erosion.yaml"]
        start, end = old.index("monitor:"), old.index("minutes:")
        version.files = {**version.files, "reading/erosion.yaml": old[:start] + QUICK + told + old[end:]}  # fmt: skip
        version.hash = "changed for the test"
        version.save()
    for n in range(6):
        signed(n, {"ana": 2, "ben": 2})

    page = as_member(people["ana"]).get("/s/arthur-2/").text

    assert ("Your minutes a read" in page) == shown
