"""The matrix: what each cell says, which rows come first, what filters and roles leave."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest

from provident.web.participants.cells import cell
from provident.web.participants.presenters import matrix
from provident.web.participants.selectors import ExamFact, ParticipantFact, SlotFact
from provident.web.studies.plans import plan_in_force


TODAY = date(2026, 11, 24)
PAGE = "/s/arthur-2/matrix"


def slot(state="expected", opens=-5, closes=5, exam=None, **more):
    at = datetime(2026, 11, 20, tzinfo=UTC)
    return SlotFact(
        **{
            "pk": 1, "participant": 1, "visit": "week12", "exam_kind": "hands_mri", "state": state,
            "opens_on": TODAY + timedelta(days=opens), "closes_on": TODAY + timedelta(days=closes), "booked_on": None,
            "reason": "", "changed_at": at,
            "exam": ExamFact(pk=3, state=exam[0], outcome=exam[1], received_at=at) if exam else None, **more,
        }
    )  # fmt: skip


STORIES = [
    (slot(opens=10, closes=20), "grey", "", "", "expected; window 4 Dec to 14 Dec 2026"),
    (slot(), "grey", "", "open", "expected; window"),
    (slot(closes=-1), "amber", "!", "due", "past its window; closed 1 d ago"),
    (slot("booked", booked_on=date(2026, 11, 26)), "blue", "◷", "", "booked; for 26 Nov 2026, window"),
    (slot("booked", closes=-3), "amber", "!", "due", "past its window; closed 3 d ago"),
    (slot("not_done", reason="unwell"), "red", "–", "", "not done; Participant unwell"),  # noqa: RUF001  # the sign in the cell
    (slot("announced"), "blue", "…", "", "announced"),
    (slot("received", exam=("receiving", "")), "blue", "…", "", "arriving; arrived 20 Nov 2026"),
    (slot("checked", exam=("judged", "pass")), "blue", "…", "", "to be decided"),
    (slot("checked", exam=("judged", "fail")), "amber", "?", "", "not as in the manual"),
    (slot("checked", exam=("judged", "warn")), "amber", "?", "", "look at it"),
    (slot("checked", exam=("judged", "not_assessable")), "amber", "?", "", "not assessable"),
    (slot("expected", exam=("rejected", "fail")), "red", "!", "", "rejected, to be repeated"),
    (slot("accepted", exam=("accepted", "pass"), queries=2), "amber", "?", "", "query open; 2 queries"),
    (slot("accepted", exam=("accepted", "fail")), "green", "✓", "", "accepted"),
    (slot("read", exam=("accepted", "pass")), "purple", "✓✓", "", "read"),
    (slot("final"), "purple", "✓✓", "", "final"),
    (slot("locked"), "purple", "▪", "", "locked"),
]  # fmt: skip


def test_the_story_of_every_cell(study):
    of = plan_in_force(study)

    for fact, colour, sign, outline, words in STORIES:
        made = cell(fact, of, TODAY)

        assert (colour, sign) == (made.colour, made.sign)
        assert outline in ("", made.outline)
        assert made.story.startswith(f"Week 12, MRI of both hands: {words}")


def test_every_state_of_a_slot_is_in_a_story():
    from provident.recruitment.slots import SlotState

    assert {s.value for s in SlotState} == {fact.state for fact, *_ in STORIES}


def row(code, *slots, site="leeds"):
    return ParticipantFact(
        pk=1, code=code, site=site, site_name=site.title(), status="active", slots=slots
    )


PEOPLE = [
    row("L-101", slot("final")),
    row("L-102", slot(closes=-9)),
    row("L-103", slot("checked", exam=("judged", "fail"))),
    row("L-104", slot("expected", exam=("rejected", "fail"))),
    row("Y-101", slot(), site="york"),
]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, "L-104 L-102 L-103 L-101 Y-101"),
        ({"site": "york"}, "Y-101"),
        ({"state": "needs"}, "L-102 L-103"),
        ({"state": "late"}, "L-102"),
        ({"state": "stopped"}, "L-104"),
        ({"state": "final"}, "L-101"),
        ({"state": "expected", "site": "leeds"}, ""),
        ({"age": "7"}, "L-102"),
        ({"age": "x"}, "L-104 L-102 L-103 L-101 Y-101"),
        ({"state": "unheard-of"}, "L-104 L-102 L-103 L-101 Y-101"),
    ],
)
def test_rows_that_need_someone_come_first_and_filters_leave_the_others_out(
    study, asked, expected
):
    made = matrix(PEOPLE, plan_in_force(study), TODAY, asked)

    assert expected.split() == [r.code for r in made.rows]


def test_the_counts_of_the_heading(study):
    made = matrix(PEOPLE, plan_in_force(study), TODAY, {})

    assert (
        made.everybody,
        made.target,
        made.arrived,
        made.due,
        made.late,
    ) == (5, 24, 2, 3, 1)


def test_a_statistician_sees_states_but_no_verdict(as_member, make_member, judged_exam):
    judged_exam().slot.exams.update(state="judged")
    from provident.web.participants.models import Slot

    Slot.objects.filter(exams__isnull=False).update(state="checked")

    seen_by = {
        role: as_member(make_member(role)).get(PAGE).text
        for role in ("qc", "statistician")
    }

    assert "not as in the manual" in seen_by["qc"]
    assert "not as in the manual" not in seen_by["statistician"]
    assert "/exams/" not in seen_by["statistician"]


def test_the_csv_has_a_column_for_each_exam(as_member, make_member, participant):
    text = (
        as_member(make_member("qc"))
        .get(f"{PAGE}?format=csv")
        .content.decode("utf-8-sig")
    )
    header, line = text.strip().split("\r\n")

    assert header.startswith(
        "Participant,Site,Needs someone,Baseline MR,Baseline XR,Baseline US,Week 12 MR"
    )
    assert len(line.split(",")) == len(header.split(",")) == 13


def test_a_cell_leads_to_its_exam_or_else_to_its_slot(
    as_member, make_member, participant, judged_exam
):
    exam = judged_exam()
    text = as_member(make_member("qc")).get(PAGE).text
    without = participant.slots.exclude(pk=exam.slot_id)

    assert f'href="/s/arthur-2/exams/{exam.pk}"' in text
    assert all(f'href="/s/arthur-2/slots/{s.pk}"' in text for s in without)


def test_an_empty_matrix_teaches(as_member, make_member, study):
    text = as_member(make_member("site", "leeds")).get(PAGE).text

    assert "No participant is enrolled yet" in text
    assert "Enrol a participant" in text


def test_three_hundred_participants_cost_no_more_queries_than_one(
    as_member, make_member, participant, site, by, clock, django_assert_max_num_queries
):
    from provident.web.participants.actions import enrol
    from provident.web.people.kept_waits import forget

    client = as_member(make_member("qc"))
    client.get(PAGE)
    forget()
    with django_assert_max_num_queries(50) as one:
        client.get(PAGE)
    for _ in range(8):
        enrol(
            site=site, anchor_on=TODAY, consent=participant.consent, by=by, clock=clock
        )
    forget()
    with django_assert_max_num_queries(len(one)):
        text = client.get(PAGE).text

    assert len(re.findall(r'<th scope="row">', text)) == 9
