"""What is not a first read of a study case never enters the analysis: by the one selector, and in the database itself."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction

from provident.kernel.ids import new_token
from provident.reading import CaseState, ReadState
from provident.web.reading import analysis
from provident.web.reading.models import Assignment, Case, FinalValue, Read


@pytest.fixture
def repeat(drawn, clock):
    """A case of another purpose that shows the images of the drawn one."""
    return Case.objects.create(
        study=drawn.study, design=drawn.design, plan_version=drawn.plan_version, purpose="repeat", source=drawn,
        key="repeat 1", visits=drawn.visits, state=CaseState.OPEN, created_at=clock.now(), changed_at=clock.now(),
    )  # fmt: skip


def given(case, reader, occasion):
    return Assignment.objects.create(
        case=case, design=case.design, reader=reader, role="primary", seat=1, occasion=occasion, position=90,
        labels=[["A", "baseline"]], token=new_token(), state=ReadState.SUBMITTED,
    )  # fmt: skip


def signed(assignment, clock, people):
    from provident.web.people.actions import sign

    signature = sign(membership=people["ana"], password="correct horse battery", meaning="x", thing="read",
                     thing_id="1", content={}, clock=clock)  # fmt: skip
    return Read.objects.create(
        assignment=assignment, version=1, answers={}, form="ramris@2", plan_version="1", active_seconds=1,
        signature=signature, at=clock.now(),
    )  # fmt: skip


def final(case, reads, clock):
    return FinalValue.objects.create(
        case=case,
        visit="week24",
        variable="x",
        value=1,
        rule="r",
        reads=reads,
        at=clock.now(),
    )


@pytest.fixture
def refused():
    """A function (act) that the database must refuse, with the words of its guard."""

    def check(words, act):
        with pytest.raises(DatabaseError, match=words), transaction.atomic():
            act()

    return check


def test_a_repeat_is_in_no_selector_of_the_analysis(repeat, people, clock, study):
    read = signed(given(repeat, people["ana"], 2), clock, people)

    assert repeat not in analysis.cases(study)
    assert not analysis.assignments(study).filter(case=repeat)
    assert read not in analysis.reads(study)
    assert not analysis.reads_of(repeat)


def test_of_a_study_case_only_first_reads_count(drawn, people, clock, study):
    again = given(drawn, people["tm"], 2)
    read = signed(again, clock, people)

    assert again not in analysis.assignments(study)
    assert read not in analysis.reads(study)


def test_the_database_refuses_a_first_read_of_another_purpose(repeat, people, refused):
    refused("only a study case has a first read", lambda: given(repeat, people["ana"], 1))  # fmt: skip


@pytest.mark.parametrize("state", ["cancelled", "superseded"])
def test_what_was_cancelled_or_superseded_does_not_count(drawn, people, clock, study, state):  # fmt: skip
    first = Assignment.objects.get(case=drawn, reader=people["ana"])
    read = signed(first, clock, people)
    assert read in analysis.reads(study)

    Assignment.objects.filter(pk=first.pk).update(state=state)

    assert read not in analysis.reads(study)


def test_the_database_refuses_a_final_value_of_a_repeat(repeat, clock, refused):
    refused("study case alone", lambda: final(repeat, [], clock))


def test_the_database_refuses_a_final_value_from_a_read_of_a_repeat(
    drawn, repeat, people, clock, refused
):
    read = signed(given(repeat, people["ana"], 2), clock, people)
    first = signed(drawn.assignments.get(reader=people["ana"]), clock, people)

    refused("study case alone", lambda: final(drawn, [read.pk], clock))
    refused("study case alone", lambda: final(drawn, [first.pk, read.pk], clock))
    refused("study case alone", lambda: final(drawn, [10**9], clock))
    assert final(drawn, [first.pk], clock).pk


def test_a_stored_final_value_cannot_be_led_to_a_repeat(
    drawn, repeat, people, clock, refused
):
    first = signed(drawn.assignments.get(reader=people["ana"]), clock, people)
    read = signed(given(repeat, people["ana"], 2), clock, people)
    row = final(drawn, [first.pk], clock)

    refused(
        "study case alone",
        lambda: FinalValue.objects.filter(pk=row.pk).update(reads=[read.pk]),
    )
    refused(
        "study case alone",
        lambda: FinalValue.objects.filter(pk=row.pk).update(case=repeat),
    )


def test_nothing_becomes_a_first_read_afterwards(repeat, people, refused):
    assignment = given(repeat, people["ana"], 2)

    refused("only a study case", lambda: given(repeat, people["ben"], 1))
    refused(
        "keeps its occasion",
        lambda: Assignment.objects.filter(pk=assignment.pk).update(occasion=1),
    )
    refused(
        "keeps its purpose",
        lambda: Case.objects.filter(pk=repeat.pk).update(
            purpose="study", participant=repeat.source.participant
        ),
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"purpose": "study"},  # without a participant
        {"purpose": "repeat"},  # of nothing
        {"purpose": "bridging"},
        {"purpose": "qualification"},  # of no attempt
    ],
)
def test_a_case_says_what_it_is_of(changes, study, clock):
    with pytest.raises(DatabaseError), transaction.atomic():
        Case.objects.create(
            study=study, design="synovitis_change", plan_version="1", key="k", visits=[], state=CaseState.OPEN,
            created_at=clock.now(), changed_at=clock.now(), **changes,
        )  # fmt: skip
