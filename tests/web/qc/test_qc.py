"""Reviews and queries: who may do what, and what each needs."""

from __future__ import annotations

import pytest

from provident.kernel import Denied, InvalidInput, NotReady
from provident.web.ledger.models import Event
from provident.web.qc import actions
from provident.web.qc.models import Query


pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"
FINDING = {
    "code": "QC.TE", "severity": "error", "where": {"uid": "1"}, "message": "Echo time is 95 ms, the manual asks for 70.",
    "expected": "70 ± 5 ms", "found": "95 ms", "remedy": "Ask for a repeat.", "subdomain": None,
}  # fmt: skip


@pytest.fixture
def physicist(make_member):
    return make_member("qc")


@pytest.fixture
def judged(participant, make_exam):
    return make_exam(participant, "baseline", state="judged")


@pytest.fixture
def failed(judged):
    judged.outcome = "fail"
    judged.verdict = {
        "outcome": "fail",
        "sentence": "One series.",
        "findings": [],
        "series": [{"findings": [FINDING]}],
    }
    judged.save()
    return judged


@pytest.fixture
def scores(study):
    from provident.web.studies.plans import plan_in_force

    scale = {
        name: values[0]
        for name, values in plan_in_force(study).quality.human.score.items()
    }
    return {role: dict(scale) for role in ("cor_t1", "cor_stir", "ax_t1_post")}


@pytest.fixture
def review(clock, physicist, scores):
    def make(exam, decision="accept", **more):
        given = {"scores": scores, "reason": "", "password": PASSWORD} | more
        return actions.review(
            exam=exam, decision=decision, by=physicist, clock=clock, **given
        )

    return make


def test_accepting_lets_the_exam_be_read(
    judged, review, django_capture_on_commit_callbacks
):
    from django_q.models import OrmQ

    with django_capture_on_commit_callbacks(execute=True):
        review(judged)
    judged.refresh_from_db()

    assert (judged.state, judged.slot.state) == ("accepted", "accepted")
    assert OrmQ.objects.count() == 1


def test_rejecting_expects_the_exam_again(judged, review):
    judged.slot.state = "checked"
    judged.slot.save()
    review(judged, "reject", reason="motion")
    judged.refresh_from_db()
    judged.slot.refresh_from_db()

    assert (judged.state, judged.slot.state) == ("rejected", "expected")


@pytest.mark.parametrize(
    ("more", "error", "words"),
    [
        ({"scores": {}}, InvalidInput, "not scored"),
        ({"decision": "reject"}, InvalidInput, "Say why"),
        ({"password": "guess"}, Denied, "not your password"),
    ],
)
def test_a_decision_that_lacks_something_is_refused(judged, review, more, error, words):
    with pytest.raises(error, match=words):
        review(judged, **more)

    judged.refresh_from_db()
    assert judged.state == "judged"
    assert not judged.reviews.exists()


def test_a_score_off_the_scale_is_refused(judged, review, scores):
    scores["cor_t1"]["sequence_quality"] = "9"
    with pytest.raises(InvalidInput, match="'9' is not one of"):
        review(judged, scores=scores)


def test_a_failed_exam_is_accepted_only_with_a_reason(failed, review):
    with pytest.raises(InvalidInput, match="Say why"):
        review(failed)
    review(failed, reason="protocol amendment pending, readable")
    failed.refresh_from_db()

    assert failed.state == "accepted"


def test_a_verdict_that_fails_asks_the_site_once(failed, clock):
    query = actions.ask_about_verdict(exam=failed, clock=clock)

    assert "Echo time is 95 ms" in query.messages.get().text
    assert (
        query.due_on.isoformat() == "2026-11-26"
    )  # the plan's two working days after a Tuesday
    assert actions.ask_about_verdict(exam=failed, clock=clock) is None


def test_a_verdict_that_passes_asks_nothing(judged, clock):
    assert actions.ask_about_verdict(exam=judged, clock=clock) is None


def test_an_open_query_holds_acceptance_back(
    failed, review, clock, physicist, make_member
):
    query = actions.ask_about_verdict(exam=failed, clock=clock)
    with pytest.raises(NotReady, match="A query is open"):
        review(failed, reason="fine")

    site = make_member("site", "leeds")
    actions.answer(
        query=query, kind="explain", text="wrong coil protocol", by=site, clock=clock
    )
    assert Query.objects.get().state == "answered"
    actions.close(
        query=query,
        resolution="explained",
        text="readable all the same",
        by=physicist,
        clock=clock,
    )
    review(failed, reason="readable")

    done = Event.objects.filter(
        study=failed.study.slug, thing__in=["query", "exam"]
    ).order_by("number")
    assert list(done.values_list("action", flat=True)) == [
        "query.opened",
        "query.answered",
        "query.closed",
        "exam.accepted",
    ]


def test_the_ledger_says_who_asked_and_what_was_asked(failed, clock, physicist):
    of_plan = actions.ask_about_verdict(exam=failed, clock=clock)
    by_person = actions.ask(exam=failed, text=" Which coil? ", by=physicist, clock=clock)  # fmt: skip
    told = {e.thing_id: e for e in Event.objects.filter(action="query.opened")}

    assert told[str(of_plan.pk)].actor == "system"
    assert told[str(by_person.pk)].actor == physicist.user.username
    for query in (of_plan, by_person):
        said = told[str(query.pk)].content["text"]["new"]
        assert said == query.messages.get().text


def test_a_closed_query_takes_no_answer(failed, clock, physicist, make_member):
    query = actions.ask_about_verdict(exam=failed, clock=clock)
    actions.close(
        query=query, resolution="waived", text="known", by=physicist, clock=clock
    )
    with pytest.raises(NotReady):
        actions.answer(
            query=query,
            kind="explain",
            text="x",
            by=make_member("site", "leeds"),
            clock=clock,
        )
    with pytest.raises(NotReady):
        actions.close(
            query=query, resolution="waived", text="again", by=physicist, clock=clock
        )


# -- pages


def test_the_worklist_and_the_review_page(judged, failed, as_member, physicist, scores):
    client, base = as_member(physicist), f"/s/{judged.study.slug}/quality"
    assert "L-101" in client.get(base).content.decode()

    page = client.get(f"{base}/exam/{judged.pk}")
    assert "Echo time is 95 ms" in page.content.decode()

    posted = {
        f"{role}:{score}": value
        for role, given in scores.items()
        for score, value in given.items()
    }
    wrong = client.post(
        f"{base}/exam/{judged.pk}",
        {**posted, "decision": "accept", "password": "guess", "reason": "ok"},
    )
    assert (wrong.status_code, "not your password" in wrong.content.decode()) == (
        422,
        True,
    )
    right = client.post(
        f"{base}/exam/{judged.pk}",
        {**posted, "decision": "accept", "password": PASSWORD, "reason": "ok"},
    )
    assert right.status_code == 302
    assert "No exam waits" in client.get(base).content.decode()


def test_a_site_sees_and_answers_its_own_queries_alone(
    failed, clock, as_member, make_member
):
    query = actions.ask_about_verdict(exam=failed, clock=clock)
    address = f"/s/{failed.study.slug}/queries/{query.pk}"
    client = as_member(make_member("site", "york"))
    assert client.get(address).status_code == 404

    client = as_member(make_member("site", "leeds"))
    assert client.post(address, {"kind": "explain", "text": ""}).status_code == 422
    assert client.post(address, {"kind": "explain", "text": "coil"}).status_code == 302
    assert (
        client.post(address, {"resolution": "waived", "text": "x"}).status_code == 403
    )
    assert "coil" in client.get(address).content.decode()


@pytest.mark.parametrize("role", ["trial_manager", "monitor", "statistician"])
def test_who_may_not_review_cannot_post_a_decision(
    judged, as_member, make_member, role
):
    client = as_member(make_member(role))
    reply = client.post(
        f"/s/{judged.study.slug}/quality/exam/{judged.pk}", {"decision": "accept"}
    )

    assert reply.status_code == 403
