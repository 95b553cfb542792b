"""The exam page: one screen, as each role may see it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from provident.web.exams.presenters import exam_page, history
from provident.web.studies.plans import plan_in_force


@pytest.fixture
def shown(as_member, make_member):
    """A function (exam, role) -> the page's text."""

    def page(exam, role="qc", site=""):
        return (
            as_member(make_member(role, site)).get(f"/s/arthur-2/exams/{exam.pk}").text
        )

    return page


def test_the_verdict_comes_first_and_says_what_to_do(shown, judged_exam):
    text = shown(judged_exam())

    assert "The coronal STIR has to be repeated." in text
    assert "Ask for a repeat before the window closes." in text
    assert "not as in the manual" in text


def test_what_was_found_stands_beside_what_is_asked(shown, judged_exam):
    text = shown(judged_exam())

    assert "echo time 95 ms · asked 70 ± 5 ms" in text
    assert "echo time: the mark is outside the range asked." in text
    assert "1 rule met" in text


def test_facts_carry_their_source(shown, judged_exam):
    assert "(0018,0081)" in shown(judged_exam())


def test_a_monitor_sees_the_verdict_but_no_picture(shown, judged_exam):
    text = shown(judged_exam(), "monitor")

    assert "echo time" in text
    assert "Pictures" not in text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {
                "state": "receiving",
                "received": 12,
                "announced": 48,
                "verdict": {},
                "outcome": "",
            },
            "12 of 48 so far",
        ),
        (
            {"state": "receiving", "announced": 0, "verdict": {}, "outcome": ""},
            "of an unknown number so far",
        ),
        (
            {"state": "complete", "verdict": {}, "outcome": ""},
            "being judged against the manual",
        ),
        ({"state": "accepted"}, "Accepted for reading."),
        ({"state": "rejected"}, "Rejected; the reason"),
        (
            {
                "kind": "",
                "visit": "",
                "slot": None,
                "labels": ["off_protocol", "unscheduled"],
            },
            "not of the protocol",
        ),
        ({"acquired_on": None, "scanner": None}, "a scanner that is not registered"),
    ],
)
def test_an_exam_at_every_stage(shown, judged_exam, changes, words):
    assert words in shown(judged_exam(**changes))


def test_each_role_has_its_one_action(shown, judged_exam):
    exam = judged_exam()

    assert "Review and decide" in shown(exam)
    assert "Review and decide" not in shown(exam, "site", "leeds")


def test_an_open_query_stands_beside_and_asks_the_site(shown, judged_exam, clock):
    from provident.web.qc.models import Query, QueryMessage

    exam = judged_exam()
    query = Query.objects.create(
        exam=exam, opened_at=clock.now(), due_on=clock.now().date() + timedelta(days=7)
    )
    QueryMessage.objects.create(
        query=query, at=clock.now(), kind="ask", text="Can it be repeated?"
    )

    text = shown(exam, "site", "leeds")

    assert "Can it be repeated?" in text
    assert "Answer the query" in text


def test_a_verdict_is_blind_to_nobody_who_may_not_see_quality(
    judged_exam, make_member, study, monkeypatch
):
    from provident.web.exams import presenters
    from provident.web.people.access import Field

    monkeypatch.setattr(
        presenters, "visible", lambda *_: frozenset({Field.PARTICIPANT})
    )

    page = exam_page(judged_exam(), plan_in_force(study), make_member("qc"))

    assert (page.outcome, page.sees_quality, page.sees_images, page.acquired_on) == (
        "",
        False,
        False,
        None,
    )
    assert "STIR has to be repeated" not in page.sentence
    assert not any(s.measures for s in page.series)


def test_the_scanners_history_follows_the_worst_measure(judged_exam, study, site):
    scanner = site.scanners.filter(modality="MR").first()
    exams = [judged_exam(uid=f"9.{i}", scanner=scanner) for i in range(3)]

    made = history(exams[-1], exams, [], plan_in_force(study))

    assert made.words == "echo time of STIR cor, in ms."
    assert "outside what is asked" in made.chart


def test_one_exam_is_no_history(judged_exam, study):
    exam = judged_exam()

    assert history(exam, [exam], [], plan_in_force(study)) is None


def test_a_picture_only_for_those_who_see_pictures(
    as_member, make_member, judged_exam, settings, tmp_path
):
    from provident.web.exams.objects import object_store

    settings.DATA_DIRECTORY, settings.OBJECT_STORE = tmp_path, ""
    exam = judged_exam()
    series = exam.series.first()
    series.thumbnail_key = "pictures/one.png"
    series.save()
    object_store().create("pictures/one.png", b"\x89PNG")
    address = f"/s/arthur-2/exams/{exam.pk}/thumbnail/{series.pk}"

    answers = {
        role: as_member(make_member(role, "leeds" if role == "site" else ""))
        .get(address)
        .status_code
        for role in ("qc", "site", "trial_manager", "monitor", "statistician", "reader")
    }

    assert answers == {
        "qc": 200,
        "site": 200,
        "trial_manager": 200,
        "monitor": 404,
        "statistician": 403,
        "reader": 403,
    }


def test_a_series_of_another_exam_is_not_there(as_member, make_member, judged_exam):
    first, second = judged_exam(), judged_exam(uid="8")
    address = f"/s/arthur-2/exams/{first.pk}/thumbnail/{second.series.first().pk}"

    assert as_member(make_member("qc")).get(address).status_code == 404
