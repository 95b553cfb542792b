"""A reader leaves: another takes the unread cases, or reads all anew; the old reads are kept."""

from __future__ import annotations

from datetime import timedelta

import pytest

from provident.kernel import Denied, FixedClock, InvalidInput, Refused
from provident.reading import CaseState
from provident.web.readers.selectors import standing
from provident.web.reading import actions, analysis, copies, selectors
from provident.web.reading.models import Assignment, Case, Draw, FinalValue, Read


ENDPOINT = "synovitis_change"
PASSWORD = "correct horse battery"


@pytest.fixture
def cleo(drawn, make_member):
    return make_member("reader", username="cleo")


@pytest.fixture
def replace(people, cleo, clock):
    """A function that replaces ana by cleo."""

    def act(**changes):
        by, password = changes.pop("by", people["tm"]), changes.pop("password", PASSWORD)  # fmt: skip
        told = {"endpoint": ENDPOINT, "leaving": people["ana"], "taking": cleo, "reason": "a new post"}  # fmt: skip
        change = actions.Change(**{**told, **changes})
        return actions.replace_reader(change=change, password=password, by=by, clock=clock, seed=3)  # fmt: skip

    return act


@pytest.fixture
def sign(answers_for, clock):
    def act(assignment, score=1):
        by = assignment.reader
        actions.open_case(assignment=assignment, by=by, clock=clock)
        scores = dict.fromkeys(assignment.case.visits, 1) | {"week24": score}
        saved = {"answers": answers_for(assignment, scores), "measurements": [], "version": 0}  # fmt: skip
        return actions.submit(assignment=assignment, saved=saved, password=PASSWORD, by=by, clock=clock)  # fmt: skip

    return act


@pytest.fixture
def rule(drawn, clock, by):
    """A function (words) -> the plan with a rule of replacement."""
    from provident.web.studies.actions import load_plan
    from provident.web.studies.plans import version_in_force

    def load(words):
        files = {k: v.encode() for k, v in version_in_force(drawn.study).files.items()}
        text = files["reading/synovitis.yaml"].decode()
        files["reading/synovitis.yaml"] = text.replace("monitor:\n", f"replace: {words}\nmonitor:\n").encode()  # fmt: skip
        told = files["study.yaml"].decode()
        assert told.count('version: "1.4"') == 1
        files["study.yaml"] = told.replace('version: "1.4"', 'version: "1.5"').encode()
        load_plan(files=files, by=by, clock=FixedClock(clock.now() + timedelta(minutes=1)))  # fmt: skip

    return load


def of(case, reader):
    return Assignment.objects.get(case=case, reader=reader)


def test_the_new_reader_takes_what_is_unread(drawn, people, cleo, replace):
    old = of(drawn, people["ana"])
    replace()

    old.refresh_from_db()
    new = of(drawn, cleo)
    assert (old.state, new.state) == ("cancelled", "assigned")
    assert (new.seat, new.labels, new.occasion) == (old.seat, old.labels, 1)
    assert new.token != old.token
    assert Draw.objects.filter(kind="replacement", seed=3).exists()
    assert standing(people["ana"], ENDPOINT).why == "another reader has taken over"


def test_what_is_signed_stays(drawn, people, cleo, replace, sign):
    sign(of(drawn, people["ana"]))
    replace()

    assert of(drawn, people["ana"]).state == "submitted"
    assert not Assignment.objects.filter(reader=cleo).exists()


def test_all_anew_supersedes_and_keeps_the_old_reads(drawn, people, cleo, replace, sign, rule, study):  # fmt: skip
    rule("{reads: all}")
    for name in ("ana", "ben"):
        sign(of(drawn, people[name]))
    assert FinalValue.objects.exists()
    replace()

    drawn.refresh_from_db()
    assert drawn.state == CaseState.READING
    assert not FinalValue.objects.exists()
    assert of(drawn, people["ana"]).state == "superseded"
    assert Read.objects.filter(assignment__reader=people["ana"]).count() == 1
    assert not analysis.reads(study).filter(assignment__reader=people["ana"]).exists()

    sign(of(drawn, cleo))
    drawn.refresh_from_db()
    assert drawn.state == CaseState.FINAL
    old = Read.objects.get(assignment__reader=people["ana"]).pk
    assert old not in FinalValue.objects.first().reads


def test_all_anew_waits_for_the_adjudicator(drawn, people, replace, sign, rule):
    rule("{reads: all}")
    sign(of(drawn, people["ana"]), score=0)
    sign(of(drawn, people["ben"]), score=3)

    with pytest.raises(Refused, match="with the adjudicator"):
        replace()


def test_the_bridging_set_is_for_comparison_alone(drawn, people, cleo, replace, sign, rule, study, clock):  # fmt: skip
    rule("{reads: unread only, bridging: 20 cases}")
    for name in ("ana", "ben"):
        sign(of(drawn, people[name]))
    before = FinalValue.objects.count()
    replace()

    case = Case.objects.get(purpose="bridging")
    rows = [copies.make(row) for row in selectors.case_series(case)]
    actions.store_copies(case=case, copies=rows, clock=clock)
    read = sign(of(case, cleo), score=3)
    assert case.source == drawn
    assert read not in analysis.reads(study)
    assert FinalValue.objects.count() == before


def test_a_case_of_both_is_refused(replace, people):
    with pytest.raises(Refused, match="given to the new reader too"):
        replace(taking=people["ben"])


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"reason": " "}, "Say why"), ({"endpoint": "nothing"}, "does not read")],
)
def test_faults_are_told(replace, changes, words):
    with pytest.raises(InvalidInput, match=words):
        replace(**changes)


def test_another_role_or_oneself(replace, people):
    for other in ("ana", "ada"):
        with pytest.raises(InvalidInput, match="same role"):
            replace(taking=people[other])


def test_twice_or_by_others_is_refused(replace, people, make_member):
    replace()
    with pytest.raises(Refused, match="already"):
        replace(taking=make_member("reader", username="dora"))
    with pytest.raises(Denied):
        replace(by=people["ben"])


def test_a_wrong_password_changes_nothing(replace, drawn, people):
    with pytest.raises(Denied):
        replace(password="no")
    assert of(drawn, people["ana"]).state == "assigned"
