"""The final value of a case follows from its reads by the rule of the plan."""

from __future__ import annotations

import pytest

from provident.forms import NOT_EVALUABLE
from provident.kernel import NotReady, PlanError, Refused
from provident.reading import (
    Adjudicated,
    Agreed,
    Chosen,
    FinalRule,
    FinalValue,
    Tie,
    final_value,
)
from tests.unit.reading.made import by_visit, design, read, single, visit_read


title = "Final values"


def rule(adjudicated=Adjudicated.NEAREST, tie=Tie.HIGHER, agreed=Agreed.MEAN, **more):
    return FinalRule(agreed=agreed, adjudicated=adjudicated, tie=tie, **more)


def final(one, other, third=None, final_rule=None, **changes):
    plan = design(final=final_rule or rule(), **changes)
    adjudication = None if third is None else read(third, 0)
    return final_value(plan, [read(one, 1), read(other, 2)], adjudication)


def test_reads_that_agree_give_their_mean():
    made = final(3, 4)

    assert (made.value, made.reads) == (3.5, ("read-R1", "read-R2"))
    assert (made.rule, made.adjudicated, made.evaluable) == ("mean of two", False, True)


def test_every_derived_value_is_made_of_the_same_reads():
    made = final(3, 5)

    assert made.values["week52.change"] == 4
    assert made.values["week52.twice"] == 208
    assert made.values["baseline.change"] == 0
    assert made.values["week52.category"] == "SD"


def test_a_category_on_which_readers_differ_has_no_mean():
    plan = design()
    made = final_value(plan, [read(3, 1, grade="PD"), read(4, 2)])

    assert made.values["week52.category"] == NOT_EVALUABLE
    assert made.values["week52.change"] == 3.5


@pytest.mark.parametrize(
    ("one", "other", "third", "expected", "reads"),
    [
        (0, 10, 2, 1, ("read-R1", "read-R9")),
        (0, 10, 9, 9.5, ("read-R2", "read-R9")),
        (
            0,
            10,
            20,
            15,
            ("read-R2", "read-R9"),
        ),  # a tie: the adjudicator and the higher
        (0, 10, -10, -5, ("read-R1", "read-R9")),
        (0, 10, 5, 7.5, ("read-R2", "read-R9")),
        (0, 10, 30, 5, ("read-R1", "read-R2")),
        (
            0.1,
            0.3,
            0.2,
            0.25,
            ("read-R2", "read-R9"),
        ),  # a tie, though 0.2-0.1 < 0.3-0.2
        (4, 4, 9, 4, ("read-R1", "read-R2")),
    ],
)
def test_after_an_adjudication_the_two_nearest_give_their_mean(
    one, other, third, expected, reads
):
    made = final(one, other, third)

    assert made.value == pytest.approx(expected)
    assert made.reads == reads
    assert made.adjudicated


@pytest.mark.parametrize(
    ("tie", "third", "expected"),
    [
        (Tie.HIGHER, 5, 7.5),
        (Tie.LOWER, 5, 2.5),
        (Tie.ADJUDICATOR, 5, 5),
        (Tie.LOWER, 20, 15),
        (Tie.ADJUDICATOR, 20, 20),
    ],
)
def test_a_tie_is_broken_as_the_plan_says(tie, third, expected):
    made = final(0, 10, third, rule(tie=tie))

    assert made.value == expected
    assert f"tie: {tie}" in made.rule


@pytest.mark.parametrize(
    ("one", "other", "third", "expected", "words"),
    [
        ("nv", 4, 6, 5, "only reader 2 and adjudicator could evaluate it"),
        (4, "nv", 6, 5, "only reader 1 and adjudicator could evaluate it"),
        (4, "nv", "nv", NOT_EVALUABLE, "two of three could not evaluate it"),
        (0, 10, "nv", 5, "only reader 1 and reader 2 could evaluate it"),
    ],
)
def test_who_cannot_evaluate_a_case_counts(one, other, third, expected, words):
    made = final(one, other, third)

    assert made.value == expected
    assert words in made.rule


def test_where_both_cannot_evaluate_it_the_case_is_not_evaluable():
    made = final("nv", "nv")

    assert (made.value, made.evaluable) == (NOT_EVALUABLE, False)


def test_without_adjudication_one_of_two_may_stand_alone_where_the_plan_says_so():
    no_third = {"adjudicator_pool": None, "conditions": {}}
    alone = FinalRule(agreed=Agreed.MEAN, the_other_stands=True)

    assert final("nv", 4, final_rule=alone, **no_third).value == 4
    assert final(
        "nv", 4, final_rule=FinalRule(agreed=Agreed.MEAN), **no_third
    ).value == (NOT_EVALUABLE)


def test_the_adjudicators_value_may_stand_alone():
    made = final(0, 10, 7, rule(Adjudicated.ADJUDICATOR))

    assert (made.value, made.reads, made.rule) == (7, ("read-R9",), "adjudicator")


@pytest.mark.parametrize(
    ("one", "other", "third", "expected", "reads"),
    [
        (0, 10, 10, 10, ("read-R2", "read-R9")),
        (0, 10, 0, 0, ("read-R1", "read-R9")),
        (0, 10, 5, 5, ("read-R9",)),
        ("nv", 4, "nv", NOT_EVALUABLE, ("read-R1", "read-R9")),
    ],
)
def test_a_majority_of_three_decides_else_the_adjudicator(
    one, other, third, expected, reads
):
    made = final(one, other, third, rule(Adjudicated.MAJORITY, tie=None))

    assert (made.value, made.reads) == (expected, reads)


def test_the_first_read_may_be_final():
    made = final_value(single(), [read(3, 1)])

    assert (made.value, made.rule, made.reads) == (3, "first", ("read-R1",))


def test_the_same_value_is_taken_once():
    plan = by_visit(value="total", final=FinalRule(agreed=Agreed.SAME))
    reads = [visit_read(10, seat, of=plan) for seat in (1, 2)]

    assert final_value(plan, reads).value == 10
    with pytest.raises(NotReady, match="an adjudication decides"):
        final_value(plan, [reads[0], visit_read(11, 2, of=plan)])


def choosing(**changes):
    return design(
        adjudicator_chooses=True, final=rule(Adjudicated.ADJUDICATOR), **changes
    )


def test_an_adjudicator_who_sees_both_chooses_one():
    reads = [read(0, 1), read(10, 2)]
    made = final_value(
        choosing(), reads, Chosen(read="read-R2", by="R9", why="erosion")
    )

    assert (made.value, made.rule) == (10, "adjudicator chose reader 2")


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        ({"read": "read-R7"}, "may only choose one of the two"),
        ({"by": "R1"}, "nobody adjudicates a case they have read"),
    ],
)
def test_a_choice_that_is_none_is_refused(choice, words):
    given = {"read": "read-R2", "by": "R9", "why": "erosion", **choice}

    with pytest.raises(Refused, match=words):
        final_value(choosing(), [read(0, 1), read(10, 2)], Chosen(**given))


def test_a_choice_needs_a_reason():
    with pytest.raises(Refused, match="say why"):
        Chosen(read="read-R2", by="R9", why=" ")


@pytest.mark.parametrize(
    ("reads", "third", "error", "words"),
    [
        ([read(1, 1)], None, NotReady, "needs 2 primary reads, there are 1"),
        ([read(1, 1), read(1, 1)], None, Refused, "each primary reader has one read"),
        ([read(1, 1), read(1, 2, case="x")], None, Refused, "different cases"),
        (
            [read(1, 1), read(1, 2, occasion=2)],
            None,
            Refused,
            "never enters the analysis",
        ),
        (
            [read(1, 1), read(1, 2, reader="R1")],
            None,
            Refused,
            "nobody reads a case twice",
        ),
        ([read(1, 1), read(1, 2)], read(1, 0, reader="R2"), Refused, "they have read"),
        (
            [read(1, 1), read(1, 2)],
            read(1, 1, reader="R9"),
            Refused,
            "not an adjudicator",
        ),
        (
            [read(1, 1), read(9, 2)],
            Chosen(read="read-R1", by="R9", why="x"),
            Refused,
            "reads the case blind",
        ),
    ],
)
def test_reads_that_do_not_belong_together_are_refused(reads, third, error, words):
    with pytest.raises(error, match=words):
        final_value(design(), reads, third)


def test_a_third_read_is_refused_where_the_adjudicator_chooses():
    with pytest.raises(Refused, match="chooses one of the two reads"):
        final_value(choosing(), [read(0, 1), read(10, 2)], read(1, 0))


def test_a_design_without_adjudication_refuses_one():
    plan = design(adjudicator_pool=None, conditions={})

    with pytest.raises(Refused, match="has no adjudication"):
        final_value(plan, [read(0, 1), read(10, 2)], read(1, 0))


def test_what_is_stored_comes_back_as_it_was():
    made = final(0, 10, 2)

    assert FinalValue.from_json(made.as_json()) == made


def test_an_average_needs_a_rule_for_ties():
    with pytest.raises(PlanError, match="needs a rule for ties"):
        FinalRule(agreed=Agreed.MEAN, adjudicated=Adjudicated.NEAREST)
