"""The dose pages: who sees them, what they say empty, near, held and released, and that readers see none of it."""

from __future__ import annotations

import pytest

from provident.web.dose.models import EnteredDose, Repeat
from provident.web.people.events import events_for
from provident.web.qc.models import Query
from tests.web.dose.conftest import PASSWORD, S
from tests.web.dose.test_holding import TIGHT


pytestmark = pytest.mark.django_db
LEDGER = f"{S}/participants/L-101/dose"


@pytest.fixture
def held(allow, make_radiographs, count):
    """L-101 over the constraint of 0.05 Gy.cm2."""
    allow(TIGHT, ("expected: E <= 0.01 mSv", "expected: DAP <= 0.02 Gy.cm2"))
    for visit in ("baseline", "week24"):
        count(make_radiographs(visit, daps=(0.3,), state="accepted"))


@pytest.mark.parametrize(
    ("role", "status"),
    [("trial_manager", 200), ("site", 200), ("qc", 200), ("monitor", 200), ("reader", 403), ("adjudicator", 403), ("statistician", 403)],
)  # fmt: skip
def test_who_sees_the_dose(role, status, as_member, make_member, make_radiographs, count):  # fmt: skip
    exam = make_radiographs()
    count(exam)
    client = as_member(make_member(role, "leeds" if role == "site" else ""))

    for page in (f"{S}/dose", LEDGER, f"{S}/exams/{exam.pk}/dose"):
        answer = client.get(page)
        assert answer.status_code == status
        assert ("Gy.cm2" in answer.text) == (status == 200)


def test_another_site_sees_none_of_it(as_member, make_member, make_radiographs, count):
    exam = make_radiographs()
    count(exam)
    client = as_member(make_member("site", "york"))

    assert client.get(LEDGER).status_code == 404
    assert client.get(f"{S}/exams/{exam.pk}/dose").status_code == 404
    assert "L-101" not in client.get(f"{S}/dose").text
    assert "L-101" not in client.get(f"{S}/dose?format=csv").text


def test_blind_roles_learn_nothing_from_the_ledger_of_events(make_member, make_radiographs, count):  # fmt: skip
    count(make_radiographs())
    stella, mo = make_member("statistician"), make_member("monitor")

    assert not events_for(stella).filter(action__startswith="dose.").exists()
    assert events_for(mo).filter(action__startswith="dose.").exists()


def test_an_empty_ledger_teaches(as_member, make_member, participant):
    client = as_member(make_member("monitor"))

    assert "No exposure has been counted yet" in client.get(LEDGER).text
    assert "no exposure yet" in client.get(f"{S}/dose").text


def test_who_is_nearest_to_the_constraint_comes_first(held, as_member, make_member, site, clock, by):  # fmt: skip
    from datetime import date

    from provident.web.participants.actions import enrol

    consent = {"take_part": True, "store_images": True}
    enrol(site=site, anchor_on=date(2026, 1, 5), consent=consent, by=by, clock=clock, code="L-001")  # fmt: skip
    text = as_member(make_member("qc")).get(f"{S}/dose").text

    assert text.index("L-101") < text.index("L-001")
    assert "1 participant is held by the dose ledger" in text
    assert "120 %" in text


def test_the_list_as_csv(held, as_member, make_member):
    text = as_member(make_member("qc")).get(f"{S}/dose?format=csv").content.decode("utf-8-sig")  # fmt: skip

    header, row = text.strip().splitlines()
    assert header == "Participant,Site,Standing,Used of the constraint,Exams with dose,Dose not known,Used,Constraint"  # fmt: skip
    assert row == "L-101,Leeds,held,1.2,2,0,DAP 0.06 Gy.cm2,0.05 Gy.cm2"


def test_a_held_participant_says_so_and_who_can_release(held, as_member, as_role):
    text = as_member(as_role("practitioner")).get(LEDGER).text

    assert "Further research exposures are held" in text
    assert "practitioner and physicist sign" in text
    assert "Sign for a higher dose" in text


def test_only_those_whom_the_plan_names_are_offered_to_sign(held, as_member, as_role):
    client = as_member(as_role("radiographer"))

    assert "Sign for a higher dose" not in client.get(LEDGER).text
    told = {"up_to": "0.1", "reason": "worth it", "password": PASSWORD}
    assert client.post(f"{LEDGER}/sign/hands_xray", told).status_code == 422


def test_signing_through_the_pages(held, as_member, as_role):
    told = {"up_to": "0.1", "reason": "the last visit is worth it", "password": PASSWORD}  # fmt: skip
    for role in ("practitioner", "physicist"):
        client = as_member(as_role(role))
        wrong = client.post(f"{LEDGER}/sign/hands_xray", {**told, "password": "no"})
        assert (wrong.status_code, "not your password" in wrong.text) == (422, True)
        answer = client.post(f"{LEDGER}/sign/hands_xray", told, follow=True)

    assert "Signed for up to <b>0.1 Gy.cm2</b>" in answer.text
    assert "Further research exposures are held" not in answer.text


@pytest.mark.parametrize("role", ["trial_manager", "monitor", "reader"])
def test_who_may_not_sign(held, role, as_member, make_member):
    client = as_member(make_member(role))

    assert client.get(f"{LEDGER}/sign/hands_xray").status_code == 403


def test_there_is_nothing_to_sign_for_an_exam_without_a_constraint(held, as_member, as_role):  # fmt: skip
    client = as_member(as_role("practitioner"))

    assert client.get(f"{LEDGER}/sign/hands_mri").status_code == 404
    assert client.get(f"{LEDGER}/sign/nothing").status_code == 404


def test_the_booking_page_says_why_it_is_held(held, as_member, as_role, participant):
    slot = participant.slots.get(visit="week52", exam_kind="hands_xray")
    client = as_member(as_role("radiographer"))
    answer = client.post(f"{S}/slots/{slot.pk}", {"do": "book", "on": slot.opens_on.isoformat()})  # fmt: skip

    assert answer.status_code == 422
    assert "held by the dose ledger" in answer.text


def test_entering_through_the_page(make_radiographs, count, as_member, as_role):
    exam = make_radiographs(daps=(None,))
    page, client = f"{S}/exams/{exam.pk}/dose", as_member(as_role("radiographer"))
    assert client.get(f"{page}/enter").status_code == 404  # not judged yet
    count(exam)
    assert "Enter a dose" in client.get(page).text
    told = {"kind": "projection", "value": "1.8", "unit": "cGy.cm2", "number": "1", "region": "hand", "reason": "console"}  # fmt: skip

    empty = client.post(f"{page}/enter", {**told, "value": "", "reason": ""})
    assert "Enter the dose that the console shows" in empty.text
    answer = client.post(f"{page}/enter", told, follow=True)
    count(exam)

    assert "The dose is entered" in answer.text
    assert EnteredDose.objects.get().by.user.username == "radiographer-leeds"
    assert "entered by a person" in client.get(page).text


@pytest.mark.parametrize("role", ["trial_manager", "monitor"])
def test_who_may_not_enter(role, make_radiographs, count, as_member, make_member):
    exam = make_radiographs(daps=(None,))
    count(exam)
    client = as_member(make_member(role))

    assert "Enter a dose" not in client.get(f"{S}/exams/{exam.pk}/dose").text
    assert client.get(f"{S}/exams/{exam.pk}/dose/enter").status_code == 403


def test_a_repeat_through_the_pages(make_radiographs, count, as_member, as_role, participant):  # fmt: skip
    slot = participant.slots.get(visit="baseline", exam_kind="hands_xray")
    slot.closes_on = slot.closes_on.replace(year=2030)
    slot.save()
    exam = make_radiographs()
    count(exam)
    physicist = as_member(as_role("physicist"))
    physicist.post(f"{S}/exams/{exam.pk}/repeat", {"reason": "the thumb is cut off"})
    page = f"{S}/repeats/{Repeat.objects.get().pk}"
    told = {"do": "move", "note": "as seen", "password": PASSWORD}
    physicist.post(page, {**told, "to": "advised"})
    assert "waits for the investigator" in physicist.get(page).text

    investigator = as_member(as_role("investigator"))
    assert "Repeats that wait for your decision" in investigator.get(f"{S}/").text
    investigator.post(page, {**told, "to": "decided"})
    practitioner = as_member(as_role("practitioner"))
    practitioner.post(page, {**told, "to": "justified"})
    assert "Ask the site for the repeat" not in practitioner.get(page).text
    assert practitioner.post(page, {"do": "ask"}).status_code == 403

    physicist = as_member(as_role("physicist"))
    answer = physicist.post(page, {"do": "ask"}, follow=True)

    assert "The site is asked" in answer.text
    assert Repeat.objects.get().state == "asked"


def test_what_stands_against_a_repeat_is_told_on_the_page(make_radiographs, count, as_member, as_role):  # fmt: skip
    exam = make_radiographs()
    count(exam)
    client = as_member(as_role("physicist"))
    client.post(f"{S}/exams/{exam.pk}/repeat", {"reason": "the thumb is cut off"})
    page = f"{S}/repeats/{Repeat.objects.get().pk}"

    assert "cannot become asked" in client.post(page, {"do": "ask"}).text
    assert "Say why" in client.post(page, {"do": "move", "to": "advised", "note": ""}).text  # fmt: skip
    assert client.post(page, {"do": "give_up", "note": "x"}).status_code == 422
    assert client.post(page, {}).status_code == 422
    assert "under way already" in client.post(f"{S}/exams/{exam.pk}/repeat", {"reason": "again"}).text  # fmt: skip


def test_the_query_leads_to_the_repeat(make_radiographs, count, as_member, as_role):
    exam = make_radiographs(daps=(None,))
    count(exam)
    text = as_member(as_role("physicist")).get(f"{S}/queries/{Query.objects.get().pk}").text  # fmt: skip

    assert f"{S}/exams/{exam.pk}/dose" in text


def test_a_study_with_ct_shows_the_reference_levels_with_their_date(allow, as_member, make_member, participant):  # fmt: skip
    allow(("modality: [DX, CR]", "modality: [CT]"))

    text = as_member(make_member("qc")).get(f"{S}/dose").text
    assert "UK reference levels of adult CT, 2024-11-20" in text
    assert "no exam with a known dose yet" in text
