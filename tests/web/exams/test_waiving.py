"""A person lets one broken rule go for one exam, signed: the finding stays, and what cannot be read never passes by it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from provident.kernel import Denied, InvalidInput, NotFound, NotReady
from provident.kernel.clock import FixedClock
from provident.kernel.ids import new_uid
from provident.web.exams import actions, judging, selectors
from provident.web.exams.models import Exam, RuleWaiver, Series
from provident.web.exams.tasks import expire_waivers, rejudge_exam
from provident.web.ledger.selectors import events
from provident.web.studies.plans import plan_of
from tests.spec.acquisition import scans


PASSWORD = "correct horse battery"
title = "Waivers signed for one exam"


@pytest.fixture
def physicist(make_member):
    """Who decides about exams."""
    return make_member("qc")


@pytest.fixture
def exam(participant, clock):
    """A function (**values of the STIR images) -> an exam judged by the plan in force."""

    def make(lose: str = "", **values) -> Exam:
        slot = participant.slots.get(visit="baseline", exam_kind="hands_mri")
        row = Exam.objects.create(
            study=participant.study, participant=participant, slot=slot, uid=new_uid(), kind="hands_mri", visit="baseline",
            acquired_on=slot.opens_on + timedelta(days=1), state="judged", announced=72, received=72,
            first_received_at=clock.now(), complete_at=clock.now(),
        )  # fmt: skip
        hands = scans.hands(slices=24)
        hands.pop(lose, None)
        for image in hands.get("cor_stir", ()):
            for keyword, value in values.items():
                setattr(image, keyword, value)
        for n, facts in enumerate(scans.facts(*hands.values())):
            Series.objects.create(exam=row, uid=facts.uid, number=n, modality="MR", instances=24, facts=facts.as_json())  # fmt: skip
        rejudge_exam(str(row.pk))
        row.refresh_from_db()
        return row

    return make


def waive(row, by, clock, **changes) -> RuleWaiver:
    told = {"rule": "cor_stir.TE", "reason": "T2 contrast is enough for the score", "until": None, "password": PASSWORD}  # fmt: skip
    made = actions.waive_rule(exam=row, by=by, clock=clock, **{**told, **changes})
    rejudge_exam(str(row.pk))
    row.refresh_from_db()
    return made


def rules(row) -> list[str]:
    return [w.rule for w in judging.waivable(row, plan_of(row.plan))]


def notes(row) -> list[str]:
    found = [f for s in row.verdict["series"] for f in s["findings"]]
    return [f["message"] for f in found + row.verdict["findings"] if f["severity"] == "note"]  # fmt: skip


def test_a_waived_rule_decides_no_more_and_its_finding_stays_with_name_and_reason(exam, physicist, clock):  # fmt: skip
    row = exam(EchoTime=95)
    assert (row.outcome, rules(row)) == ("fail", ["cor_stir.TE"])

    made = waive(row, physicist, clock, until=clock.now().date() + timedelta(days=30))

    (note,) = notes(row)
    assert row.outcome == "pass"
    assert "95 ms" in note
    assert "T2 contrast is enough" in note
    assert physicist.user.name in note
    assert f"until {made.until}" in note
    assert rules(row) == []
    (event,) = events(row.study.slug).filter(action="exam.rule_waived")
    assert event.actor == physicist.user.username


@pytest.mark.parametrize("value", [None, "later"])
def test_what_cannot_be_read_is_never_let_go(exam, physicist, clock, value):
    row = exam(EchoTime=95)
    waive(row, physicist, clock)
    stir = row.series.get(role="cor_stir")
    del stir.facts["facts"]["TE"]
    stir.facts["absent"]["TE"] = "the header has no (0018,0081) EchoTime"
    stir.save()

    rejudge_exam(str(row.pk))
    row.refresh_from_db()

    assert row.outcome == "not_assessable"
    assert rules(row) == []


def test_an_unreadable_field_is_not_offered(exam, physicist, clock):
    row = exam(EchoTime=None)

    assert row.outcome == "not_assessable"
    with pytest.raises(InvalidInput, match="cannot be read"):
        waive(row, physicist, clock)


def test_a_missing_series_can_be_let_go_by_its_count(exam, physicist, clock):
    row = exam(lose="cor_stir")
    assert rules(row) == ["cor_stir.count"]

    waive(row, physicist, clock, rule="cor_stir.count")

    assert row.outcome == "pass"


def test_a_waiver_ends_after_its_day_and_the_rule_decides_again(exam, physicist, clock, monkeypatch):  # fmt: skip
    row = exam(EchoTime=95)
    made = waive(row, physicist, clock, until=clock.now().date())
    later = FixedClock(clock.now() + timedelta(days=1))
    monkeypatch.setattr("provident.web.exams.tasks.clock", lambda: later)

    assert selectors.signed_waivers(row, later.now().date()) == []
    expire_waivers("")
    rejudge_exam(str(row.pk))
    row.refresh_from_db()
    made.refresh_from_db()

    assert (row.outcome, bool(made.ended_at)) == ("fail", True)
    assert events(row.study.slug).filter(action="exam.waiver_ended").count() == 1


def test_a_waiver_is_taken_back_with_a_reason(exam, physicist, clock):
    row = exam(EchoTime=95)
    made = waive(row, physicist, clock)
    with pytest.raises(InvalidInput, match="Say why"):
        actions.end_waiver(waiver=made, reason=" ", by=physicist, clock=clock)

    actions.end_waiver(waiver=made, reason="The reader objects", by=physicist, clock=clock)  # fmt: skip
    rejudge_exam(str(row.pk))
    row.refresh_from_db()

    assert row.outcome == "fail"
    with pytest.raises(NotFound):
        selectors.waiver(physicist, row.pk, made.pk)


REFUSED = [
    ({"rule": "cor_t1.TR"}, InvalidInput, "that is broken"),
    ({"rule": "cor_stir.nonsense"}, InvalidInput, "that is broken"),
    ({"reason": "  "}, InvalidInput, "Say why"),
    ({"password": "wrong"}, Denied, "password"),
]


@pytest.mark.parametrize(("changes", "error", "words"), REFUSED)
def test_what_does_not_hold_is_refused(exam, physicist, clock, changes, error, words):
    row = exam(EchoTime=95)

    with pytest.raises(error, match=words):
        waive(row, physicist, clock, **changes)
    assert not row.waivers.exists()


def test_a_day_that_is_over_is_refused(exam, physicist, clock):
    with pytest.raises(InvalidInput, match="over"):
        waive(exam(EchoTime=95), physicist, clock, until=clock.now().date() - timedelta(days=1))  # fmt: skip


def test_only_who_may_accept_exams_waives_and_only_before_a_decision(exam, physicist, make_member, clock):  # fmt: skip
    row = exam(EchoTime=95)
    for role in ("trial_manager", "monitor"):
        with pytest.raises(Denied):
            waive(row, make_member(role), clock)
    Exam.objects.filter(pk=row.pk).update(state="accepted")

    with pytest.raises(NotReady):
        waive(row, physicist, clock)


def test_the_database_keeps_one_waiver_a_rule_each_with_a_reason(exam, physicist, clock):  # fmt: skip
    row = exam(EchoTime=95)
    made = waive(row, physicist, clock)
    told = {"exam": row, "words": "", "by": physicist, "at": clock.now(), "signature": made.signature}  # fmt: skip

    for wrong in ({"rule": "cor_stir.TE", "reason": "again"}, {"rule": "order", "reason": ""}):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            RuleWaiver.objects.create(**told, **wrong)


def test_it_is_done_and_undone_on_the_page(exam, physicist, as_member, clock):
    row = exam(EchoTime=95)
    client = as_member(physicist)
    page = f"/s/{row.study.slug}/exams/{row.pk}"

    assert "Echo time" in client.get(f"{page}/waive").content.decode()
    empty = client.post(f"{page}/waive", {})
    wrong = client.post(f"{page}/waive", {"rule": "cor_stir.TE", "reason": "x", "password": "no"})  # fmt: skip
    done = client.post(f"{page}/waive", {"rule": "cor_stir.TE", "reason": "enough", "password": PASSWORD})  # fmt: skip
    shown = client.get(page).content.decode()
    made = row.waivers.get()
    undone = client.post(f"{page}/waivers/{made.pk}/end", {"reason": "objection"})

    assert (empty.status_code, wrong.status_code) == (422, 422)
    assert (done.status_code, undone.status_code) == (302, 302)
    assert "enough" in shown
    assert "Let it hold again" in shown


def test_a_draft_of_the_plan_judges_with_the_waivers(exam, physicist, clock):
    from provident.web.exams.stored import effects

    row = exam(EchoTime=95)
    waive(row, physicist, clock)

    (effect,) = effects(row.study, judging.manuals(plan_of(row.plan)))

    assert (effect.before, effect.after) == ("pass", "pass")


def test_a_critical_rule_is_not_offered(exam, physicist, clock, monkeypatch):
    row = exam(EchoTime=95)
    assert rules(row) == ["cor_stir.TE"]

    monkeypatch.setattr(
        "provident.acquisition.manual.Role.severity", lambda role, rule: "critical"
    )

    assert rules(row) == []
