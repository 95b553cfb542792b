"""The team works through its plan: gives, discusses, waives and signs what the check shows."""

from __future__ import annotations

from datetime import date

import pytest

from provident import plan, programme
from provident.kernel import Denied, InvalidInput, NotFound, NotReady
from provident.web.ledger.models import Event
from provident.web.planning import actions
from provident.web.planning.items import items
from provident.web.planning.models import DomainSignature, Task, Waiver
from provident.web.planning.waits import waits
from provident.web.studies.plans import as_bytes


PASSWORD = "correct horse battery"
KEY = "consideration:economics.costing"
PAGE = f"/s/arthur-2/plan/work/{KEY}"
DAY = date(2026, 12, 1)
pytestmark = pytest.mark.usefixtures("with_questions")


def test_a_question_given_to_somebody_waits_on_their_home_page(
    manager, make_member, clock
):
    physicist = make_member("qc")

    actions.assign(key=KEY, to=physicist, due_on=DAY, by=manager, clock=clock)

    mine = [w for w in waits(physicist, clock.now()) if "given to you" in w.words]
    assert [(w.count, w.place, w.detail) for w in mine] == [
        (1, "plan", "first by 1 December")
    ]
    assert not [w for w in waits(manager, clock.now()) if "given to you" in w.words]
    assert Event.objects.latest("number").action == "plan.assigned"


def test_given_to_another_it_leaves_the_first(manager, make_member, clock):
    first, second = make_member("qc"), make_member("monitor")
    actions.assign(key=KEY, to=first, due_on=DAY, by=manager, clock=clock)
    actions.assign(key=KEY, to=second, due_on=DAY, by=first, clock=clock)

    assert [(t.assignee_id, t.outcome) for t in Task.objects.order_by("id")] == [
        (first.pk, "given to monitor"),
        (second.pk, ""),
    ]


def test_past_its_day_it_is_called_late(manager, make_member, clock):
    from datetime import timedelta

    physicist = make_member("qc")
    actions.assign(key=KEY, to=physicist, due_on=DAY, by=manager, clock=clock)

    later = clock.now() + timedelta(days=30)

    assert [w.detail for w in waits(physicist, later) if "given to you" in w.words] == [
        "1 past the day"
    ]


@pytest.mark.parametrize(
    ("who", "due", "error", "says"),
    [
        ("qc", date(2026, 11, 23), InvalidInput, "The day has passed"),
        ("reader", DAY, Denied, "may not work a plan"),
    ],
)
def test_who_cannot_look_after_it_and_a_day_that_has_passed_are_refused(
    who, due, error, says, manager, make_member, clock
):
    with pytest.raises(error, match=says):
        actions.assign(
            key=KEY, to=make_member(who), due_on=due, by=manager, clock=clock
        )


def test_somebody_who_has_left_cannot_be_given_anything(
    manager, make_member, clock, by
):
    from provident.web.people.actions import end_role

    gone = make_member("qc")
    end_role(membership=gone, by=by, clock=clock, reason="left")

    with pytest.raises(InvalidInput, match="in the team now"):
        actions.assign(key=KEY, to=gone, due_on=DAY, by=manager, clock=clock)


def test_it_ends_with_what_became_of_it_and_only_once(manager, clock):
    task = actions.assign(key=KEY, to=manager, due_on=DAY, by=manager, clock=clock)
    with pytest.raises(InvalidInput, match="Say what became of it"):
        actions.finish(task=task, outcome=" ", by=manager, clock=clock)

    actions.finish(task=task, outcome="in the draft of 1.6", by=manager, clock=clock)

    with pytest.raises(NotReady, match="meanwhile"):
        actions.finish(task=task, outcome="again", by=manager, clock=clock)


def test_a_waiver_is_signed_and_its_lines_are_what_the_next_version_needs(
    manager, clock, with_questions
):
    why = 'No "economic" evaluation is funded: services \\ are not compared'
    made = actions.waive(key=KEY, why=why, password=PASSWORD, by=manager, clock=clock)

    files = {name: as_bytes(text) for name, text in with_questions.files.items()}
    files["study.yaml"] += f"\nwaived:\n{made.lines}\n".encode()
    report = programme.check_plan(plan.load_files(files))
    answered = plan.load_files(files).require().study.waived[0]

    assert made.signature.meaning == "I answer for it that this may stand"
    assert (answered.why, answered.by, str(answered.on)) == (
        why,
        "Trial_Manager",
        "2026-11-24",
    )
    assert KEY not in {i.key for i in items_of(report)}


def items_of(report):
    from provident.web.planning import items as module

    return [module._item(f, module._key(f)) for f in report.findings]


@pytest.mark.parametrize(
    ("role", "key", "why", "password", "error", "says"),
    [
        ("trial_manager", KEY, "because", "wrong", Denied, "not your password"),
        ("trial_manager", KEY, " ", PASSWORD, InvalidInput, "Say why it may stand"),
        ("qc", KEY, "because", PASSWORD, Denied, "may not waive"),
        (
            "trial_manager",
            "finding:0000",
            "because",
            PASSWORD,
            NotFound,
            "no such finding any more",
        ),
    ],
)
def test_a_waiver_that_is_refused_leaves_nothing(
    role, key, why, password, error, says, make_member, clock
):
    with pytest.raises(error, match=says):
        actions.waive(
            key=key, why=why, password=password, by=make_member(role), clock=clock
        )

    assert not Waiver.objects.exists()


def test_a_second_waiver_waits_for_the_end_of_the_first(manager, clock):
    first = actions.waive(
        key=KEY, why="not funded", password=PASSWORD, by=manager, clock=clock
    )
    with pytest.raises(NotReady, match="waived already"):
        actions.waive(key=KEY, why="again", password=PASSWORD, by=manager, clock=clock)

    actions.end_waiver(waiver=first, why="funded now", by=manager, clock=clock)

    with pytest.raises(NotReady, match="ended already"):
        actions.end_waiver(waiver=first, why="twice", by=manager, clock=clock)
    actions.waive(key=KEY, why="again", password=PASSWORD, by=manager, clock=clock)


def test_a_finding_about_the_files_cannot_be_waived(manager, clock, with_questions):
    with_questions.files["study.yaml"] += (
        "\nwaived:\n  - {finding: NO.SUCH, why: x, by: y, on: 2026-01-01}\n"
    )
    with_questions.save()
    key = next(i.key for i in items(with_questions) if i.code == "WAIVER.UNKNOWN")

    with pytest.raises(InvalidInput, match="cannot be waived; correct the file"):
        actions.waive(
            key=key, why="because", password=PASSWORD, by=manager, clock=clock
        )


def test_a_key_stays_when_lines_move(with_questions):
    with_questions.files["study.yaml"] += (
        "\nwaived:\n  - {finding: NO.SUCH, why: x, by: y, on: 2026-01-01}\n"
    )
    before = {i.key: i.line for i in items(with_questions)}
    with_questions.files["study.yaml"] = (
        "# one more line\n" + with_questions.files["study.yaml"]
    )
    after = {i.key: i.line for i in items(with_questions)}

    assert set(before) == set(after)
    assert before != after


def test_a_domain_is_signed_once_by_a_role_for_a_version(
    manager, make_member, clock, with_questions
):
    sign = {
        "domain": "economics",
        "version": with_questions,
        "password": PASSWORD,
        "clock": clock,
    }
    actions.sign_domain(by=manager, **sign)
    actions.sign_domain(by=make_member("statistician"), **sign)

    with pytest.raises(NotReady, match="signed this domain"):
        actions.sign_domain(by=manager, **sign)
    assert [s.role for s in DomainSignature.objects.order_by("id")] == [
        "trial_manager",
        "statistician",
    ]


def test_a_signature_is_for_the_version_in_force_and_a_domain_that_there_is(
    manager, study, clock, with_questions
):
    old = study.plans.exclude(pk=with_questions.pk).first()
    with pytest.raises(NotReady, match="Another version"):
        actions.sign_domain(
            domain="economics", version=old, password=PASSWORD, by=manager, clock=clock
        )
    with pytest.raises(InvalidInput, match="no such domain"):
        actions.sign_domain(
            domain="astrology",
            version=with_questions,
            password=PASSWORD,
            by=manager,
            clock=clock,
        )


# -- the pages --------------------------------------------------------------------


def test_the_page_lists_questions_and_filters_them(
    manager, make_member, as_member, clock
):
    actions.assign(key=KEY, to=manager, due_on=DAY, by=manager, clock=clock)
    client = as_member(manager)

    def shown(query):
        text = client.get(f"/s/arthur-2/plan/work{query}").text
        return [
            k
            for k in ("economics.costing", "economics.outcomes")
            if f"work/consideration:{k}" in text
        ]

    assert shown("") == ["economics.costing", "economics.outcomes"]
    assert shown("?show=mine") == ["economics.costing"]
    assert shown("?show=unassigned") == ["economics.outcomes"]
    assert shown("?domain=recruitment") == []
    assert (
        "Nothing fits this choice"
        in client.get("/s/arthur-2/plan/work?domain=recruitment").text
    )


def test_what_is_done_on_the_page_of_a_question(manager, make_member, as_member):
    other, client = make_member("qc"), as_member(manager)

    client.post(PAGE, {"do": "assign", "to": other.pk, "due_on": "2030-12-01"})
    client.post(PAGE, {"do": "comment", "text": "<b>Ask</b> the funder"})
    client.post(PAGE, {"do": "finish", "outcome": "no evaluation"})
    text = client.post(
        PAGE, {"do": "waive", "why": "not funded", "password": PASSWORD}
    ).text

    assert "&lt;b&gt;Ask&lt;/b&gt; the funder" in text
    assert "no evaluation" in text
    assert "subdomain: economics.costing" in text
    assert "not funded" in client.get("/s/arthur-2/plan/work").text
    client.post(PAGE, {"do": "end_waiver", "why": "in the plan"})
    assert not Waiver.objects.filter(ended_at__isnull=True).exists()


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"do": "assign", "to": "", "due_on": ""}, "Choose a person."),
        (
            {"do": "assign", "to": "999999", "due_on": "2030-12-01"},
            "Choose somebody of the team.",
        ),
        ({"do": "comment", "text": ""}, "Write what you have to say."),
        (
            {"do": "waive", "why": "x", "password": "wrong"},
            "That is not your password. Nothing was signed.",
        ),
        ({"do": "finish", "outcome": "x"}, "it is not yours to see"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(sent, says, manager, as_member):
    answer = as_member(manager).post(PAGE, sent)

    assert answer.status_code == 422
    assert says in answer.text


def test_a_button_that_there_is_not(manager, as_member):
    assert as_member(manager).post(PAGE, {"do": "burn"}).status_code == 404


def test_a_question_that_is_answered_is_gone_with_words(manager, as_member):
    answer = as_member(manager).get("/s/arthur-2/plan/work/consideration:no.such")

    assert answer.status_code == 404
    assert "no such finding any more" in answer.text


def test_signing_a_domain_on_its_page(manager, as_member):
    client = as_member(manager)
    wrong = client.post(
        "/s/arthur-2/plan/domains/economics/sign", {"password": "wrong"}
    )
    right = client.post(
        "/s/arthur-2/plan/domains/economics/sign", {"password": PASSWORD}
    )

    assert (wrong.status_code, right.status_code) == (422, 302)
    assert client.get("/s/arthur-2/plan/domains/astrology/sign").status_code == 404
    assert DomainSignature.objects.count() == 1


def test_who_only_discusses_is_offered_no_waiver(make_member, as_member):
    text = as_member(make_member("monitor")).get(PAGE).text

    assert "Add the comment" in text
    assert "Sign the waiver" not in text
