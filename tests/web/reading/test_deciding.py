"""Two reads that disagree: a technical cause is looked for, an adjudicator chooses one whole read, or both agree together."""

from __future__ import annotations

import json

import pytest

from provident.kernel import InvalidInput, NotReady
from provident.web.ledger.selectors import faults
from provident.web.reading import actions, analysis
from provident.web.reading.models import (
    Assignment,
    Case,
    Choice,
    CoSignature,
    FinalValue,
    Read,
    TechnicalQuery,
)
from tests.web.reading.plans import FINAL, HOW, changed
from tests.web.reading.test_flow import of, sign  # noqa: F401  # the fixture


pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"
CHOICE = ((HOW, "  how: choice of one of the two"), (FINAL, "final: {agreed: mean of two, adjudicated: adjudicator}"))  # fmt: skip
CONSENSUS = (
    (HOW, "  how: consensus of the two"),
    (FINAL, "final: {agreed: mean of two, adjudicated: consensus}"),
    ("readers: {primary: 2, pool: reader, adjudicator: 1}", "readers: {primary: 2, pool: reader}"),
)  # fmt: skip
HOWS = {"choice": CHOICE, "consensus": CONSENSUS, "third": ()}


@pytest.fixture
def plan_files(plan_files, request):
    return changed(plan_files, *HOWS[getattr(request, "param", "choice")])


@pytest.fixture
def discordant(drawn, people, sign):  # noqa: F811
    sign(drawn, people["ana"], {"baseline": 2, "week24": 1})
    sign(drawn, people["ben"], {"baseline": 1, "week24": 2})
    drawn.refresh_from_db()
    assert drawn.state == "technical_query"
    return drawn


@pytest.fixture
def with_ada(discordant, people, clock, as_member):
    """The adjudicator's case over the API."""
    actions.release_to_adjudication(case=discordant, reason="all there", by=people["tm"], clock=clock)  # fmt: skip
    assignment = of(discordant, people["ada"])
    client = as_member(people["ada"])
    address = f"/read/api/case/{assignment.token}"

    class Room:
        def get(self):
            return client.get(address).json()

        def send(self, path, **body):
            method = "PUT" if path == "answers" else "POST"
            reply = client.generic(method, f"{address}/{path}", json.dumps(body), content_type="application/json")  # fmt: skip
            return reply.status_code, reply.json()

    room = Room()
    room.assignment = assignment
    return room


# -- a choice of one of the two


def test_the_adjudicator_gets_both_reads_without_names_in_the_order_drawn(with_ada, discordant):  # fmt: skip
    case = with_ada.get()

    told = case["adjudication"]
    assert (told["how"], [r["label"] for r in told["reads"]]) == ("choose", ["Read 1", "Read 2"])  # fmt: skip
    assert set(told["reasons"]) == {"change", "progression"}
    order = with_ada.assignment.shown_reads.reads
    assert set(order) == set(Read.objects.values_list("pk", flat=True))
    first = Read.objects.get(pk=order[0])
    label = case["timepoints"][0]["label"]
    visit = dict(with_ada.assignment.labels)[label]
    assert told["reads"][0]["answers"][f"{label}:joints.mcp2.syn"] == first.answers[visit]["joints.mcp2.syn"]  # fmt: skip
    text = json.dumps(case).lower()
    assert not [w for w in ("ana", "ben") if f'"{w}"' in text]


def test_the_order_is_kept_and_cannot_be_changed(with_ada):
    from django.db import DatabaseError, transaction

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        type(with_ada.assignment.shown_reads).objects.update(reads=[])


@pytest.mark.parametrize("which", ["1", "2"])
def test_the_chosen_read_stands_whole(with_ada, discordant, which, study):
    with_ada.get()

    status, told = with_ada.send("choose", choice=which, reason="sees the wrist", password=PASSWORD, version=0)  # fmt: skip

    assert (status, told) == (200, {"next": None})
    discordant.refresh_from_db()
    assert discordant.state == "final"
    chosen = Choice.objects.get()
    assert chosen.read_id == with_ada.assignment.shown_reads.reads[int(which) - 1]
    value = FinalValue.objects.get(case=discordant, visit="week24", variable="synovitis_change")  # fmt: skip
    assert value.reads == [chosen.read_id]
    assert value.value == chosen.read.derived["week24"]["synovitis_change"]
    assert "adjudicator chose" in value.rule
    assert list(faults(study.slug)) == []
    case = with_ada.get()
    assert (case["phase"], case["adjudication"]) == ("signed", None)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"choice": "3", "reason": "x"}, 422),
        ({"choice": "", "reason": "x"}, 422),
        ({"choice": "1", "reason": " "}, 422),
        ({"choice": "1", "reason": "x", "password": "guess"}, 403),
        ({"choice": "1", "reason": "x", "version": 5}, 409),
    ],
)
def test_nothing_but_one_of_the_two_with_a_reason_is_signed(with_ada, body, status):
    with_ada.get()

    given = {"password": PASSWORD, "version": 0, **body}
    assert with_ada.send("choose", **given)[0] == status
    assert not Choice.objects.exists()


def test_an_adjudicator_who_chooses_changes_and_signs_nothing_else(with_ada, answers_for):  # fmt: skip
    with_ada.get()
    answers = answers_for(with_ada.assignment, {"baseline": 3, "week24": 3})

    body = {"answers": answers, "measurements": [], "version": 0}
    assert with_ada.send("answers", **body)[0] == 422
    assert with_ada.send("submit", **body, password=PASSWORD)[0] == 409
    assert with_ada.send("lock", **body)[0] == 409
    assert Read.objects.count() == 2


def test_a_choice_in_the_making_is_found_again(with_ada):
    with_ada.get()
    with_ada.send("answers", answers={"choice": "2", "reason": "so far"}, measurements=[], version=0)  # fmt: skip

    told = with_ada.get()["adjudication"]

    assert (told["choice"], told["reason"]) == ("2", "so far")


@pytest.mark.parametrize("plan_files", ["third"], indirect=True)
def test_a_blind_third_reader_sees_no_read_and_cannot_choose(with_ada):
    assert with_ada.get()["adjudication"] is None
    body = {"choice": "1", "reason": "x", "password": PASSWORD, "version": 0}
    assert with_ada.send("choose", **body)[0] == 409


# -- consensus


@pytest.mark.parametrize("plan_files", ["consensus"], indirect=True)
def test_a_consensus_is_signed_by_both(discordant, people, clock, as_member, answers_for):  # fmt: skip
    actions.release_to_adjudication(case=discordant, reason="all there", by=people["tm"], clock=clock)  # fmt: skip
    assignment = Assignment.objects.get(case=discordant, role="consensus")
    pen = assignment.reader
    other = people["ben"] if pen == people["ana"] else people["ana"]
    client, address = as_member(pen), f"/read/api/case/{assignment.token}"
    case = client.get(address).json()
    assert (case["role"], case["signers"]) == ("consensus", [other.code])
    answers = answers_for(assignment, {"baseline": 2, "week24": 2})

    def send(**signer):
        body = {"answers": answers, "measurements": [], "version": 0, "password": PASSWORD, "signers": [signer]}  # fmt: skip
        return client.post(f"{address}/submit", json.dumps(body), "application/json")

    names = {"code": other.code, "username": other.user.username}
    assert send().status_code == 403
    assert send(**names, password="guess").status_code == 403
    assert Read.objects.count() == 2
    assert send(**names, password=PASSWORD).status_code == 200

    assert CoSignature.objects.get().reader == other
    discordant.refresh_from_db()
    assert discordant.state == "final"
    value = FinalValue.objects.get(case=discordant, visit="week24", variable="synovitis_change")  # fmt: skip
    assert (value.value, value.rule) == (0, "consensus")


# -- a technical cause


def test_quality_control_is_asked_and_answers_before_a_third_person_reads(discordant, people, make_member, clock):  # fmt: skip
    qc = make_member("qc")
    query = actions.ask_technical(case=discordant, question="Is the STIR of week 24 whole?", by=people["tm"], clock=clock)  # fmt: skip
    with pytest.raises(NotReady, match="not answered"):
        actions.release_to_adjudication(case=discordant, reason="x", by=people["tm"], clock=clock)  # fmt: skip
    with pytest.raises(NotReady, match="asked about this case already"):
        actions.ask_technical(case=discordant, question="?", by=people["tm"], clock=clock)  # fmt: skip
    with pytest.raises(InvalidInput):
        actions.answer_technical(query=query, cause=False, found=" ", by=qc, clock=clock)  # fmt: skip

    actions.answer_technical(query=query, cause=False, found="all series whole", by=qc, clock=clock)  # fmt: skip

    with pytest.raises(NotReady, match="answered already"):
        actions.answer_technical(query=query, cause=True, found="x", by=qc, clock=clock)
    actions.release_to_adjudication(case=discordant, reason="QC: whole", by=people["tm"], clock=clock)  # fmt: skip
    assert TechnicalQuery.objects.get().outcome == "no_cause"


def test_the_outcome_is_kept_where_nobody_was_asked(discordant, people, clock):
    actions.release_to_adjudication(case=discordant, reason="looked: all there", by=people["tm"], clock=clock)  # fmt: skip

    query = TechnicalQuery.objects.get()
    assert (query.outcome, query.found) == ("no_cause", "looked: all there")


def test_a_technical_cause_has_the_same_readers_read_again(discordant, people, make_member, clock, sign):  # noqa: F811  # fmt: skip
    query = actions.ask_technical(case=discordant, question="Right visit?", by=people["tm"], clock=clock)  # fmt: skip
    with pytest.raises(NotReady, match="not found a technical cause"):
        actions.read_again(case=discordant, reason="x", by=people["tm"], clock=clock)
    actions.answer_technical(query=query, cause=True, found="week 12 was shown", by=make_member("qc"), clock=clock)  # fmt: skip
    with pytest.raises(NotReady, match="found a technical cause"):
        actions.release_to_adjudication(case=discordant, reason="x", by=people["tm"], clock=clock)  # fmt: skip
    old = set(Read.objects.values_list("pk", flat=True))

    actions.read_again(case=discordant, reason="week 24 sent", by=people["tm"], clock=clock)  # fmt: skip

    assert Case.objects.get(pk=discordant.pk).state == "reading"
    assert not analysis.reads(discordant.study).exists()
    new = analysis.assignments(discordant.study).filter(case=discordant)
    assert {a.reader_id for a in new} == {people["ana"].pk, people["ben"].pk}
    assert {a.state for a in new} == {"assigned"}
    assert set(Read.objects.values_list("pk", flat=True)) == old


def test_who_may_ask_and_answer(discordant, people, make_member, clock):
    from provident.kernel import Denied

    with pytest.raises(Denied):
        actions.ask_technical(case=discordant, question="?", by=people["ana"], clock=clock)  # fmt: skip
    query = actions.ask_technical(case=discordant, question="?", by=people["tm"], clock=clock)  # fmt: skip
    with pytest.raises(Denied):
        actions.answer_technical(query=query, cause=False, found="x", by=people["tm"], clock=clock)  # fmt: skip
