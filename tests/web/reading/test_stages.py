"""Time points that are locked one after the other: what is sent, what is refused, what the last look may change."""

from __future__ import annotations

import json

import pytest

from provident.web.reading.course import course
from provident.web.reading.designs import labels
from provident.web.reading.models import Read, StageLock
from tests.web.reading.plans import HIDE, PRESENT, changed
from tests.web.reading.test_flow import of


pytestmark = pytest.mark.django_db

SEQUENTIAL = (
    (PRESENT, "present: {{mode: time_sequential, time_order: shown, prior_answers: {prior}}}"),
    (HIDE, "hide: [arm, site, dates, clinical_data, other_answers]"),
)  # fmt: skip
HYBRID = ((PRESENT, "present: {mode: hybrid, time_order: hidden, prior_answers: hidden, global_read: {may_change: [joints]}}"),)  # fmt: skip


@pytest.fixture
def plan_files(plan_files, request):
    how = getattr(request, "param", "hidden")
    if how == "hybrid":
        return changed(plan_files, *HYBRID)
    return changed(
        plan_files, *((old, new.format(prior=how)) for old, new in SEQUENTIAL)
    )


@pytest.fixture
def room(drawn, people, as_member):
    """Ana's case over the API, each answer as (status, JSON)."""
    assignment = of(drawn, people["ana"])
    address = f"/read/api/case/{assignment.token}"
    client = as_member(people["ana"])

    class Room:
        def get(self, path=""):
            reply = client.get(f"{address}{path}")
            return reply.json()

        def send(self, path, answers, version, measurements=(), **more):
            body = {
                "answers": answers,
                "measurements": list(measurements),
                "version": version,
                **more,
            }
            reply = client.generic("PUT" if path == "answers" else "POST", f"{address}/{path}", json.dumps(body), content_type="application/json")  # fmt: skip
            return reply.status_code, reply.json()

        def image(self, name):
            return client.get(f"/read/file/{assignment.token}/{name}.dcm").status_code

        def images(self, visit):
            return [e["name"] for r in drawn.series.filter(visit=visit) for e in r.copy]

        def visit(self, label):
            return dict(labels(assignment))[label]

    room = Room()
    room.assignment = assignment
    return room


def scores(label, syn, assignment):
    """Complete answers of one time point."""
    form = course(assignment).design.form
    found = {f"{label}:normal": 0}
    for key, field in form.fields.items():
        if field.grid:
            found[f"{label}:{key}"] = syn if field.column == "syn" else 0
    return found


def test_only_the_first_time_point_is_sent_and_later_images_do_not_exist(room):
    case = room.get()

    assert [t["label"] for t in case["timepoints"]] == ["A"]
    assert case["stage"] == {"number": 1, "of": 2, "kind": "time point", "labels": ["A"], "locked": [], "may_change": []}  # fmt: skip
    assert case["prefixed"] is True
    assert {room.image(n) for n in room.images("baseline")} == {200}
    assert {room.image(n) for n in room.images("week24")} == {404}
    later = room.images("week24")
    assert not [n for n in later if n in json.dumps(case)]


def test_a_lock_shows_the_next_time_point_and_hides_the_answers(room):
    room.get()
    answers = scores("A", 2, room.assignment)

    status, told = room.send("lock", answers, 0, active_seconds=60)

    assert (status, told) == (200, {"version": 1, "stage": 2})
    case = room.get()
    assert [t["label"] for t in case["timepoints"]] == ["A", "B"]
    assert (case["stage"]["labels"], case["stage"]["locked"]) == (["B"], ["A"])
    assert case["answers"] == {}
    assert {room.image(n) for n in room.images("week24")} == {200}


@pytest.mark.parametrize("plan_files", ["own locked"], indirect=True)
def test_own_locked_answers_are_sent_where_the_design_says_so(room):
    room.get()
    answers = scores("A", 2, room.assignment)
    room.send("lock", answers, 0)

    assert room.get()["answers"] == answers


def test_an_incomplete_time_point_is_not_locked(room):
    room.get()

    status, told = room.send("lock", {"A:normal": 0}, 0)

    assert status == 422
    assert len(told["findings"]) > 5
    assert not StageLock.objects.exists()


def test_later_information_never_reopens_a_lock(room):
    room.get()
    answers = scores("A", 2, room.assignment)
    room.send("lock", answers, 0)

    for path in ("answers", "submit", "lock"):
        changed_ = {**answers, "A:joints.mcp2.syn": 3}
        more = {"password": "correct horse battery"}
        status, told = room.send(path, {**changed_, **scores("B", 1, room.assignment)}, 1, **more)  # fmt: skip
        assert status == (409 if path == "lock" else 422), (path, told)
    as_it_was = {**answers, "B:normal": 1}
    assert room.send("answers", as_it_was, 1)[0] == 200
    assert room.get()["answers"] == {"B:normal": 1}


def test_an_answer_for_a_time_point_that_is_not_shown_is_refused(room):
    room.get()

    status, told = room.send("answers", scores("B", 1, room.assignment), 0)

    assert status == 422
    assert "not shown yet" in told["message"]


def test_a_read_is_not_signed_before_its_last_stage(room):
    room.get()
    both = scores("A", 1, room.assignment)

    status, _ = room.send("submit", both, 0, password="correct horse battery")

    assert status == 409
    assert not Read.objects.exists()


def test_the_last_stage_is_signed_and_covers_the_locks(room, drawn):
    room.get()
    room.send("lock", scores("A", 2, room.assignment), 0)
    assert room.send("lock", scores("B", 1, room.assignment), 1)[1]["last"] is True

    status, told = room.send("submit", scores("B", 1, room.assignment), 1, password="correct horse battery", active_seconds=99)  # fmt: skip

    assert (status, told) == (200, {"next": None})
    read = Read.objects.get()
    assert read.derived["week24"]["synovitis_change"] == -7
    assert read.answers["baseline"]["joints.mcp2.syn"] == 2


def test_a_signed_case_shows_nothing_more(room):
    room.get()
    room.send("lock", scores("A", 2, room.assignment), 0)
    room.send("submit", scores("B", 1, room.assignment), 1, password="correct horse battery")  # fmt: skip

    case = room.get()

    assert (case["phase"], case["answers"], case["timepoints"]) == ("signed", {}, [])
    assert {room.image(n) for n in room.images("baseline")} == {404}


def test_a_lock_from_an_old_window_says_which_stage_is_open(room):
    room.get()
    answers = scores("A", 2, room.assignment)
    room.send("lock", answers, 0)

    status, told = room.send("lock", answers, 0)

    assert (status, told["stage"], told["version"]) == (409, 2, 1)
    assert StageLock.objects.count() == 1


def test_the_database_refuses_to_change_a_lock(room):
    from django.db import DatabaseError, transaction

    room.get()
    room.send("lock", scores("A", 2, room.assignment), 0)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        StageLock.objects.update(answers={})


def measured(room, name):
    return {"id": name, "kind": "length", "image": f"/read/file/{room.assignment.token}/{name}.dcm", "points": [[1, 1], [4, 5]],
            "value": 3.5, "unit": "mm", "stats": None, "item": None}  # fmt: skip


def test_what_is_drawn_belongs_to_the_time_point_that_is_open(room):
    room.get()
    first, later = room.images("baseline")[0], room.images("week24")[0]
    answers = scores("A", 2, room.assignment)

    assert room.send("answers", answers, 0, [measured(room, later)])[0] == 422
    assert room.send("lock", answers, 0, [measured(room, first)])[0] == 200
    new = {**measured(room, first), "id": "m2"}
    assert room.send("answers", {}, 1, [new])[0] == 422
    assert room.send("answers", {}, 1, [measured(room, first), measured(room, later)])[0] == 200  # fmt: skip
    room.send("submit", scores("B", 1, room.assignment), 2, [measured(room, later)], password="correct horse battery")  # fmt: skip
    assert len(Read.objects.get().measurements) == 2


# -- hybrid


@pytest.mark.parametrize("plan_files", ["hybrid"], indirect=True)
class TestHybrid:
    """Each time point alone, in an order by lot; then all of them in their order."""

    def both(self, room):
        room.get()
        room.send("lock", scores("A", 2, room.assignment), 0)
        room.send("lock", scores("B", 1, room.assignment), 1)
        return room.get()

    def test_each_time_point_is_shown_alone(self, room):
        assert [t["label"] for t in room.get()["timepoints"]] == ["A"]
        room.send("lock", scores("A", 2, room.assignment), 0)

        case = room.get()

        assert [t["label"] for t in case["timepoints"]] == ["B"]
        assert case["answers"] == {}
        assert "order of the time points" in case["blind_to"]
        assert {room.image(n) for n in room.images(room.visit("A"))} == {404}

    def test_the_global_read_shows_all_in_their_order(self, room):
        case = self.both(room)

        assert [room.visit(t["label"]) for t in case["timepoints"]] == ["baseline", "week24"]  # fmt: skip
        assert case["stage"]["kind"] == "global"
        assert "A:joints.mcp2.syn" in case["stage"]["may_change"]
        assert "A:normal" not in case["stage"]["may_change"]
        assert case["answers"]["A:joints.mcp2.syn"] == 2
        assert "order of the time points" not in case["blind_to"]

    def test_the_global_read_changes_what_the_design_says_and_never_the_rest(self, room):  # fmt: skip
        self.both(room)

        assert room.send("answers", {"A:bones.capitate.ero": 5}, 2)[0] == 422
        assert room.send("answers", {"A:joints.mcp2.syn": 3}, 2)[0] == 200
        assert room.get()["answers"]["A:joints.mcp2.syn"] == 3

    def test_what_it_changed_is_recorded(self, room, study):
        from provident.web.ledger.models import Event

        self.both(room)
        status, _ = room.send("submit", {"A:joints.mcp2.syn": 3}, 2, password="correct horse battery")  # fmt: skip

        assert status == 200
        read = Read.objects.get()
        assert read.answers[room.visit("A")]["joints.mcp2.syn"] == 3
        lock = StageLock.objects.get(stage=1)
        assert lock.answers[room.visit("A")]["joints.mcp2.syn"] == 2
        event = Event.objects.get(action="read.signed")
        assert event.values_in_clear.content["changed"]["new"] == {
            "A:joints.mcp2.syn": [2, 3]
        }
