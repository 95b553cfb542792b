"""A query's clocks, answers that need more than words, and the messages that tell of all this."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail

from provident.kernel import FixedClock, Refused
from provident.web.ledger.models import Event
from provident.web.qc import actions, repeats, selectors
from provident.web.qc.clocks import tick
from provident.web.qc.due import escalates_on, reminds_on
from provident.web.qc.models import Message, Query


pytestmark = pytest.mark.django_db


def at(day: int, month: int = 12) -> FixedClock:
    return FixedClock(datetime(2026, month, day, 9, 0, tzinfo=UTC))


@pytest.fixture
def of(study):
    from provident.web.studies.plans import plan_in_force

    return plan_in_force(study)


@pytest.fixture
def people(make_member):
    """A radiographer of Leeds, a physicist and a trial manager, each with an address."""
    made = {"site": make_member("site", "leeds"), "qc": make_member("qc"), "trial_manager": make_member("trial_manager")}  # fmt: skip
    for role, member in made.items():
        member.user.email = f"{role}@example.org"
        member.user.save()
    return made


@pytest.fixture
def mailbox(settings):
    settings.MAIL = "console"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    return mail


@pytest.fixture
def query(arrive, clock, people):
    return actions.ask(exam=arrive("fail"), text="Which coil was used?", by=people["qc"], clock=clock)  # fmt: skip


def test_days_of_the_plan(of):
    """Two working days to answer, reminded each day after that, escalated after four."""
    asked = date(2026, 11, 24)

    assert escalates_on(asked, of.quality) == date(2026, 11, 30)
    assert reminds_on(date(2026, 11, 26), None, of.quality) == date(2026, 11, 27)
    assert reminds_on(date(2026, 11, 26), date(2026, 11, 30), of.quality) == date(2026, 12, 1)  # fmt: skip


def test_the_site_is_reminded_daily_and_the_trial_manager_told_once(query, study):
    for day in (25, 26, 27, 27, 28, 30):
        tick(study, at(day, 11))
    assert Query.objects.get().escalated_at is None
    for day in (1, 2):
        tick(study, at(day))

    done = Event.objects.filter(thing="query").values_list("action", flat=True)
    assert [list(done).count(f"query.{a}") for a in ("reminded", "escalated")] == [5, 1]
    assert Message.objects.filter(kind="escalated").count() == 1


def test_an_answered_query_is_let_alone(query, study, people, clock):
    actions.answer(query=query, kind="explain", text="knee coil", by=people["site"], clock=clock)  # fmt: skip
    tick(study, at(20))

    assert not Event.objects.filter(action__in=["query.reminded", "query.escalated"]).exists()  # fmt: skip


def test_late_and_escalated_are_said_on_the_pages(query, as_member, people, monkeypatch, settings, tmp_path):  # fmt: skip
    settings.CLOCK_FILE = tmp_path / "clock"
    settings.CLOCK_FILE.write_text("2026-12-02T09:00:00+00:00")
    client, base = as_member(people["trial_manager"]), f"/s/{query.exam.study.slug}"

    assert "escalated" in client.get(f"{base}/queries?state=late").text
    assert "escalated to the trial manager" in client.get(f"{base}/queries/{query.pk}").text  # fmt: skip
    assert "1 escalated by the plan" in client.get(f"{base}/").text
    assert "1 past the day they were due" in as_member(people["site"]).get(f"{base}/").text  # fmt: skip


# -- a repeat


@pytest.mark.parametrize(
    ("today", "refused", "hurry"),
    [(0, False, False), (6, False, True), (8, True, False)],
)
def test_a_repeat_needs_time_in_the_visits_window(judged_exam, of, today, refused, hurry, monkeypatch):  # fmt: skip
    """The window closes a week from now; a booking takes three working days."""
    monkeypatch.setattr(repeats, "_dose", lambda module: None)
    exam = judged_exam()
    exam.slot.closes_on = date(2026, 12, 1)
    found = repeats.advice(exam, of, date(2026, 11, 24) + timedelta(days=today))

    assert (bool(found.refused), bool(found.hurry)) == (refused, hurry)
    assert "1 December" in found.words


def test_a_repeat_too_late_is_no_answer(query, people, clock):
    late = repeats.RepeatAdvice(until=date(2026, 3, 2), refused="A repeat cannot be asked for: it counted until 2 March 2026.", hurry="")  # fmt: skip
    with pytest.raises(Refused, match="cannot be asked for"):
        actions.answer(query=query, kind="rescan", text="again", by=people["site"], clock=clock, repeat=late)  # fmt: skip
    actions.answer(query=query, kind="waive", text="readable", by=people["site"], clock=clock, repeat=late)  # fmt: skip

    assert Query.objects.get().state == "answered"


def test_the_dose_is_asked_through_its_seam(judged_exam, of, monkeypatch):
    class Gates:
        @staticmethod
        def before_booking(slot, on):
            raise Refused("This exposure is held by the dose ledger.")

    monkeypatch.setattr(repeats, "_dose", lambda module: Gates if module == "gates" else None)  # fmt: skip
    exam = judged_exam()

    found = repeats.advice(exam, of, exam.slot.opens_on)
    assert "held by the dose ledger" in found.refused


def test_the_page_refuses_it_in_words(judged_exam, people, as_member, clock):
    exam = judged_exam()
    query = actions.ask(exam=exam, text="Again?", by=people["qc"], clock=clock)
    client = as_member(people["site"])
    page = client.get(f"/s/{exam.study.slug}/queries/{query.pk}").text
    assert 'value="explain"' in page
    assert 'value="rescan"' not in page
    answer = client.post(f"/s/{exam.study.slug}/queries/{query.pk}", {"kind": "rescan", "text": "yes"})  # fmt: skip

    assert answer.status_code == 422
    assert "A repeat cannot be asked for" in answer.text
    assert Query.objects.get().state == "open"


# -- messages


def test_without_mail_messages_are_kept_and_none_is_sent(query, study, settings):
    from provident.web.qc.tasks import send_messages

    settings.MAIL = ""
    send_messages(str(study.pk))

    assert Message.objects.filter(sent_at=None).count() == 1
    assert not mail.outbox


def test_an_urgent_message_goes_out_at_once_and_takes_the_rest_along(query, study, people, mailbox, clock):  # fmt: skip
    from provident.web.qc.tasks import send_messages

    actions.answer(query=query, kind="explain", text="knee coil of L-101", by=people["site"], clock=clock)  # fmt: skip
    send_messages(str(study.pk))
    send_messages(str(study.pk))

    assert [m.to for m in mailbox.outbox] == [["site@example.org"]]
    assert Message.objects.filter(sent_at=None).get().kind == "answer"
    assert Event.objects.get(action="message.sent").thing_id == people["site"].user.username  # fmt: skip


def test_the_days_messages_come_together_a_day_later(people, study, arrive, clock):
    from provident.web.qc import outbox

    for outcome in ("pass", "warn"):
        exam = arrive(outcome)
        note = outbox.verdict(exam.pk, outcome, 2, study.slug)
        for _ in range(2):
            actions.tell_verdict(note=note, site=exam.participant.site, clock=clock)
    ((to, waiting),) = selectors.unsent(str(study.pk))

    assert (to, len(waiting)) == (people["site"], 2)
    assert not selectors.due_now(waiting, clock.now() + timedelta(hours=23))
    assert selectors.due_now(waiting, clock.now() + timedelta(hours=24))


def test_a_message_names_nobody(query, study, mailbox):
    from provident.web.qc.tasks import send_messages

    send_messages(str(study.pk))
    (sent,) = mailbox.outbox

    words = f"{sent.subject} {sent.body}"
    assert f"/s/{study.slug}/queries/{query.pk}" in words
    assert "please answer by 2026-11-26" in words
    for secret in ("L-101", "coil", "Leeds"):
        assert secret not in words


def test_what_cannot_be_sent_is_tried_again(query, study, mailbox, monkeypatch):
    from django.core.mail import EmailMessage

    from provident.web.qc.tasks import send_messages

    def broken(self):
        raise ConnectionRefusedError

    monkeypatch.setattr(EmailMessage, "send", broken)
    for _ in range(selectors.TRIES + 2):
        send_messages(str(study.pk))

    assert (Message.objects.get().failures, Message.objects.get().sent_at) == (selectors.TRIES, None)  # fmt: skip


@pytest.mark.parametrize(
    ("address", "backend", "port", "ssl", "tls"),
    [
        ("", "dummy", 25, False, False),
        ("console", "console", 25, False, False),
        ("smtp://mail.example.org", "smtp", 25, False, False),
        ("smtp://me:se%40cret@mail.example.org:587", "smtp", 587, False, True),
        ("smtps://mail.example.org", "smtp", 465, True, False),
    ],
)
def test_how_mail_is_set_up(address, backend, port, ssl, tls, tmp_path):
    from provident.web.config.environment import Environment

    found = Environment(data=tmp_path, database="", store="", hosts=(), clock=None, secure=False, mail=address).django_mail()  # fmt: skip

    assert found["backend"] == f"django.core.mail.backends.{backend}.EmailBackend"
    assert (found["port"], found["ssl"], found["tls"]) == (port, ssl, tls)
    assert found["password"] == ("se@cret" if "me:" in address else "")


def test_a_plan_that_does_not_load_any_more_breaks_no_home_page(query, people, monkeypatch, clock):  # fmt: skip
    from provident.kernel import PlanError
    from provident.web.qc import waits

    def broken(study):
        raise PlanError("The stored plan does not load with this version of Provident.")

    monkeypatch.setattr(waits, "plan_in_force", broken)
    found = waits.waits(people["qc"], clock.now() + timedelta(days=9))

    assert {w.words for w in found if w.count} == {"Exams to decide", "Queries that sites have not answered in time"}  # fmt: skip
