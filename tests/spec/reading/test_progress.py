"""What follows for a case from the reads that have been submitted."""

from __future__ import annotations

import pytest

from provident.kernel import InvalidInput, PlanError, Refused
from provident.reading import (
    CASE,
    READ,
    CaseState,
    Mode,
    ReadState,
    Workflow,
    evaluate_read,
    mermaid,
    named_values,
    standing,
    value_at,
)
from tests.unit.reading.made import by_visit, design, read, single


title = "The course of a case"


@pytest.mark.parametrize(
    ("reads", "third", "state", "reasons", "value"),
    [
        ([], None, CaseState.READING, (), None),
        ([3], None, CaseState.READING, (), None),
        ([3, 4], None, CaseState.FINAL, (), 3.5),
        ([3, 20], None, CaseState.DISCORDANT, ("change",), None),
        ([3, 20], 5, CaseState.FINAL, ("change",), 4),
        ([3, 4], 4, CaseState.FINAL, (), 3.5),  # a correction made them agree
    ],
)
def test_the_reads_decide_where_a_case_stands(reads, third, state, reasons, value):
    submitted = [read(change, seat) for seat, change in enumerate(reads, 1)]
    adjudication = None if third is None else read(third, 0)

    stands = standing(design(), submitted, adjudication)

    assert (stands.state, stands.reasons) == (state, reasons)
    assert (stands.final.value if stands.final else None) == value


def test_one_reader_alone_makes_a_case_final():
    assert standing(single(), [read(3, 1)]).state is CaseState.FINAL


@pytest.mark.parametrize(
    ("workflow", "old", "new"),
    [
        (CASE, CaseState.WAITING, CaseState.OPEN),
        (CASE, CaseState.READING, CaseState.DISCORDANT),
        (CASE, CaseState.DISCORDANT, CaseState.TECHNICAL_QUERY),
        (CASE, CaseState.TECHNICAL_QUERY, CaseState.READING),
        (CASE, CaseState.ADJUDICATING, CaseState.FINAL),
        (CASE, CaseState.FINAL, CaseState.LOCKED),
        (READ, ReadState.OPEN, ReadState.SUBMITTED),
        (READ, ReadState.SUBMITTED, ReadState.SUPERSEDED),
    ],
)
def test_these_moves_are_allowed(workflow, old, new):
    workflow.check_move(old, new)

    assert workflow.can_move(old, new)


@pytest.mark.parametrize(
    ("workflow", "old", "new"),
    [
        (CASE, CaseState.WAITING, CaseState.READING),
        (CASE, CaseState.DISCORDANT, CaseState.FINAL),
        (CASE, CaseState.LOCKED, CaseState.READING),
        (READ, ReadState.ASSIGNED, ReadState.SUBMITTED),
        (READ, ReadState.SUBMITTED, ReadState.OPEN),
    ],
)
def test_these_moves_are_refused_with_what_may_follow(workflow, old, new):
    with pytest.raises(Refused, match="what may follow is"):
        workflow.check_move(old, new)


def test_a_locked_or_withdrawn_case_never_changes():
    assert CASE.ends == {CaseState.LOCKED, CaseState.WITHDRAWN}
    assert READ.ends == {ReadState.SUPERSEDED, ReadState.CANCELLED}


@pytest.mark.parametrize(
    "state", sorted(set(CaseState) - CASE.ends - {CaseState.TECHNICAL_QUERY})
)
def test_a_participant_may_withdraw_until_the_lock(state):
    assert CASE.can_move(state, CaseState.WITHDRAWN)


@pytest.mark.parametrize("workflow", [CASE, READ])
def test_the_diagram_shows_every_move(workflow):
    drawn = mermaid(workflow)

    assert drawn.startswith(f"stateDiagram-v2\n    [*] --> {workflow.start}\n")
    for old, following in workflow.moves.items():
        for new, words in following.items():
            assert f"    {old} --> {new}: {words}\n" in drawn


def test_a_workflow_with_a_state_that_is_never_reached_is_refused():
    moves = {state: {} for state in ReadState}

    with pytest.raises(PlanError, match="can never be reached"):
        Workflow(thing="read", start=ReadState.ASSIGNED, moves=moves)
    with pytest.raises(PlanError, match="must name every state"):
        Workflow(thing="read", start=ReadState.ASSIGNED, moves={})


def test_a_read_knows_its_values_by_name():
    values = named_values(design(), read(3, 1))

    assert values["week52.change"] == 3
    assert value_at(design(), read(3, 1), "week52.total") == 103
    assert value_at(design(), read(3, 1), "week52.nothing") == "not evaluable"


def test_where_each_visit_is_a_case_earlier_answers_give_the_baseline():
    plan = by_visit(value="change")
    made = evaluate_read(
        plan,
        {"week24": {"total": 12, "grade": "SD"}},
        read_id="x",
        case="c",
        reader="R1",
        seat=1,
        earlier={"baseline": {"total": 10, "grade": "SD"}},
    )

    assert set(made.visits) == {"week24"}
    assert value_at(plan, made, "change") == 2


def test_answers_of_a_visit_that_is_not_read_are_refused():
    with pytest.raises(InvalidInput, match="is no visit of the read design"):
        evaluate_read(
            design(), {"week99": {}}, read_id="x", case="c", reader="R1", seat=1
        )


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"visits": ()}, "needs a visit"),
        ({"mode": Mode.TIME_SEQUENTIAL}, "cannot hide their order"),
        ({"primaries": 1}, "needs two primary reads"),
        ({"adjudicator_pool": None}, "and an adjudicator"),
        ({"adjudicator_pool": "reader"}, "from a role of their own"),
    ],
)
def test_a_design_that_contradicts_itself_does_not_exist(changes, words):
    with pytest.raises(PlanError, match=words):
        design(**changes)
