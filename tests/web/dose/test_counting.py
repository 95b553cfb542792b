"""Counting: one row an exam, each exposure once, what is not known asked for and never zero."""

from __future__ import annotations

import pytest

from provident.kernel import InvalidInput, NotReady
from provident.web.dose import actions, book, selectors
from provident.web.dose.models import EnteredDose, ExamDose
from provident.web.ledger.models import Event
from provident.web.studies.plans import plan_in_force
from tests.spec.dose.written import report, xray_event, xray_total
from tests.web.dose.conftest import radiograph


pytestmark = pytest.mark.django_db


def standing_of(participant):
    plan = plan_in_force(participant.study)
    rules = next(r for r in book.rules_of(plan) if r.exam == "hands_xray")
    return book.ledger(selectors.rows_of(participant), plan, rules).standing(rules.constraint)  # fmt: skip


def xray_report(number, *daps):
    """A report of the exposures 1, 2, ... whose images a test makes; Gy.m2 as vendors state it."""
    events = [xray_event(n, dap) for n, dap in enumerate(daps, 1)]
    return report(xray_total(sum(daps)), *events, number=number)


def test_the_dose_of_radiographs_is_counted_with_an_effective_dose_by_the_plans_own_table(make_radiographs, count, participant):  # fmt: skip
    row = count(make_radiographs(daps=(0.18, 0.20)))

    assert row.amounts["DAP"] == pytest.approx(0.038)  # Gy.cm2
    assert row.amounts["E"] == pytest.approx(0.00038)  # 0.01 mSv per Gy.cm2
    assert row.factors.startswith("hand-factors 1")
    assert standing_of(participant).used == pytest.approx(0.00038)


def test_a_table_of_factors_that_is_not_there_leaves_the_effective_dose_unknown_and_counts_the_rest(allow, make_radiographs, count):  # fmt: skip
    allow(("k_factors: hand-factors.csv", "k_factors: user table"))
    row = count(make_radiographs())

    assert row.amounts == {"DAP": pytest.approx(0.018)}
    assert "effective_msv" in row.unknown


def test_judging_again_counts_nothing_twice_and_says_nothing_twice(make_radiographs, count, participant):  # fmt: skip
    exam = make_radiographs()
    first = count(exam)
    again = count(exam)

    assert ExamDose.objects.count() == 1
    assert first.amounts == again.amounts
    assert Event.objects.filter(action="dose.counted").count() == 1


def test_more_images_of_the_same_exam_replace_its_row(make_radiographs, count, store_series):  # fmt: skip
    exam = make_radiographs(daps=(0.18,))
    count(exam)
    uid = exam.series.get().uid
    store_series(exam, [radiograph(1), radiograph(2, 0.20)], uid=uid)
    row = count(exam)

    assert ExamDose.objects.count() == 1
    assert row.amounts["DAP"] == pytest.approx(0.038)
    event = Event.objects.filter(action="dose.counted").latest("number")
    assert event.values_in_clear.content["dose"]["old"] == ["DAP 0.018 Gy.cm2", "E 0.00018 mSv"]  # fmt: skip


def test_two_exams_add_up(make_radiographs, count, participant):
    for visit in ("baseline", "week24"):
        count(make_radiographs(visit))

    assert standing_of(participant).used == pytest.approx(2 * 0.00018)


def test_without_a_dose_the_site_is_asked_and_the_expected_dose_counts(make_radiographs, count, participant):  # fmt: skip
    exam = make_radiographs(daps=(None,))
    row = count(exam)
    found = standing_of(participant)

    assert "DAP" not in row.amounts
    assert "dap_gycm2" in row.unknown
    assert found.used == pytest.approx(0.01)  # mSv, expected
    assert [f.code for f in found.findings] == ["DOSE.EXPECTED_COUNTED"]
    query = exam.queries.get()
    assert query.finding.startswith("DOSE.NO_REPORT")
    assert "enter what the console shows" in query.messages.get().text


def test_the_site_is_asked_once(make_radiographs, count):
    exam = make_radiographs(daps=(None,))
    for _ in range(3):
        count(exam)

    assert exam.queries.count() == 1


def test_a_known_dose_without_a_report_is_no_question_to_the_site(make_radiographs, count):  # fmt: skip
    exam = make_radiographs()
    row = count(exam)

    assert {f["code"] for f in row.findings} == {"DOSE.NO_REPORT", "DOSE.FROM_IMAGES"}
    assert not exam.queries.exists()


def test_a_report_that_comes_later_is_counted_once_and_closes_the_question(make_radiographs, count, store_series, participant):  # fmt: skip
    exam = make_radiographs(daps=(None,))
    count(exam)
    store_series(exam, [xray_report(9, 1.8e-6)], modality="SR")
    row = count(exam)

    assert row.amounts["DAP"] == pytest.approx(0.018)
    query = exam.queries.get()
    assert (query.state, query.resolution) == ("closed", "resent")


def test_images_that_do_not_open_are_named_and_never_zero(make_radiographs, count, store_series):  # fmt: skip
    exam = make_radiographs(daps=())
    store_series(exam, [b"this is no image"])
    row = count(exam)

    codes = {f["code"] for f in row.findings}
    assert {"DOSE.FILE_UNREADABLE", "DOSE.NO_REPORT"} <= codes
    assert row.amounts == {}
    assert exam.queries.exists()


def test_an_exam_that_does_not_expose_has_no_row(judged_exam, count):
    assert count(judged_exam()) is None


def test_an_exam_above_its_own_limit_is_asked_about(make_radiographs, count):
    exam = make_radiographs(daps=(0.6,))  # 0.06 Gy.cm2, the plan allows 0.05
    row = count(exam)

    assert "DOSE.EXAM_ABOVE" in {f["code"] for f in row.findings}
    assert "DOSE.EXAM_ABOVE" in exam.queries.get().finding


def test_a_person_enters_what_the_console_shows(make_radiographs, count, as_role, clock, participant):  # fmt: skip
    exam = make_radiographs(daps=(None,))
    count(exam)
    actions.enter(
        exam=exam, kind="projection", value=1.8, unit="cGy.cm2", region="Hand", reason="read from the console",
        by=as_role("radiographer"), clock=clock,
    )  # fmt: skip
    row = count(exam)

    assert row.amounts["DAP"] == pytest.approx(0.018)
    assert row.amounts["E"] == pytest.approx(0.00018)
    assert (exam.queries.get().state, exam.queries.get().resolution) == ("closed", "corrected")  # fmt: skip
    event = Event.objects.get(action="dose.entered")
    assert event.values_in_clear.content["value"]["new"] == "1.8 cGy.cm2"


def test_entering_again_corrects_and_does_not_add(make_radiographs, count, as_role, clock):  # fmt: skip
    exam, who = make_radiographs(daps=(None,)), as_role("radiographer")
    count(exam)
    for value in (1.8, 2.4):
        actions.enter(exam=exam, kind="projection", value=value, unit="cGy.cm2", reason="console", by=who, clock=clock)  # fmt: skip
        row = count(exam)

    assert EnteredDose.objects.count() == 2  # both are kept
    assert row.amounts["DAP"] == pytest.approx(0.024)


def test_a_report_stands_in_the_place_of_what_was_entered(make_radiographs, count, as_role, clock, store_series):  # fmt: skip
    exam = make_radiographs(daps=(None,))
    count(exam)
    actions.enter(exam=exam, kind="projection", value=5, unit="cGy.cm2", reason="console", by=as_role("radiographer"), clock=clock)  # fmt: skip
    store_series(exam, [xray_report(9, 1.8e-6)], modality="SR")

    assert count(exam).amounts["DAP"] == pytest.approx(0.018)


def test_what_a_report_leaves_unread_is_entered_and_counted_beside_what_it_states(make_radiographs, count, as_role, clock, store_series):  # fmt: skip
    exam = make_radiographs(daps=())
    told = report(xray_total(None), xray_event(1, 1e-6), xray_event(2, None), number=9)
    store_series(exam, [told], modality="SR")
    row = count(exam)

    assert "dap_gycm2" in row.unknown
    assert "DOSE.VALUE_UNREADABLE" in exam.queries.get().finding
    actions.enter(exam=exam, kind="projection", value=0.008, unit="Gy.cm2", reason="console", by=as_role("radiographer"), clock=clock)  # fmt: skip
    assert count(exam).amounts["DAP"] == pytest.approx(0.018)


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"unit": "mGy.cm"}, InvalidInput, "cannot be entered"),
        ({"value": -1}, InvalidInput, "below zero"),
        ({"value": 0}, InvalidInput, "above zero"),
        ({"kind": "ct", "unit": "mGy.cm"}, InvalidInput, "no exposure of the kind"),
        ({"reason": "  "}, InvalidInput, "where the dose was read"),
    ],
)
def test_what_cannot_be_entered(make_radiographs, count, as_role, clock, changes, error, words):  # fmt: skip
    exam = make_radiographs(daps=(None,))
    count(exam)
    told = {"kind": "projection", "value": 1.8, "unit": "cGy.cm2", "reason": "console", **changes}  # fmt: skip

    with pytest.raises(error, match=words):
        actions.enter(exam=exam, by=as_role("radiographer"), clock=clock, **told)
    assert not EnteredDose.objects.exists()


def test_a_known_dose_cannot_be_entered_beside_it(make_radiographs, count, as_role, clock):  # fmt: skip
    exam = make_radiographs()
    told = {"exam": exam, "kind": "projection", "value": 1.8, "unit": "cGy.cm2", "reason": "console", "by": as_role("radiographer"), "clock": clock}  # fmt: skip

    with pytest.raises(NotReady, match="not been looked for"):
        actions.enter(**told)
    count(exam)
    with pytest.raises(NotReady, match="count twice"):
        actions.enter(**told)


def test_judging_an_exam_with_radiation_asks_for_its_dose(make_radiographs, clock):
    from django_q.models import OrmQ

    from provident.web.exams.actions import record_verdict

    exam = make_radiographs()
    record_verdict(
        exam=exam, kind=exam.kind, verdict=exam.verdict, labels=[], scanner=None, plan=exam.plan, slot=None, clock=clock
    )  # fmt: skip

    assert any(job.func() == "provident.web.dose.tasks.exam_judged" for job in OrmQ.objects.all())  # fmt: skip
