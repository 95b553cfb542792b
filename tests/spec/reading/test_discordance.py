"""When two reads disagree so much that a third person must look."""

from __future__ import annotations

import pytest

from provident.expressions import compile_expression
from provident.kernel import NotReady
from provident.reading import Agreed, FinalRule, discordance
from tests.unit.reading.made import by_visit, design, read, visit_read


title = "Discordance"


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (0, 0, ()),
        (3, 8, ()),
        (3, 9, ("change",)),
        (0, 1, ("progression",)),
        (-1, 6, ("change", "progression")),
        ("nv", "nv", ()),
        ("nv", 0, ("one_not_evaluable",)),
        (0, "nv", ("one_not_evaluable",)),
    ],
)
def test_the_conditions_of_the_plan_decide(one, other, expected):
    assert expected == discordance(design(), read(one, 1), read(other, 2))


def test_who_is_a_and_who_is_b_makes_no_difference_to_symmetric_conditions():
    one, other = read(3, 1), read(9, 2)

    assert discordance(design(), one, other) == discordance(design(), other, one)


def test_a_limit_that_is_not_fixed_yet_is_asked_for():
    unfixed = design(limits={"sdc": None})

    with pytest.raises(NotReady, match='the limit "sdc" is not fixed yet'):
        discordance(unfixed, read(3, 1), read(9, 2))
    assert discordance(unfixed, read(3, 1), read(9, 2), {"sdc": 5}) == ("change",)


def test_a_limit_fixed_since_goes_before_the_plans_own():
    assert discordance(design(), read(3, 1), read(9, 2), {"sdc": 6}) == ()


def test_each_visit_may_be_compared_on_its_own():
    plan = by_visit()

    one, other = visit_read(10, 1, of=plan), visit_read(16, 2, of=plan)
    assert discordance(plan, one, other) == ("total",)


def test_reads_that_must_be_the_same_are_discordant_when_they_are_not():
    same = by_visit(value="grade", final=FinalRule(agreed=Agreed.SAME))
    one = visit_read(10, 1, of=same)
    other = visit_read(10, 2, of=same)

    assert discordance(same, one, other) == ()
    conditions = {"far": compile_expression("a.total - b.total > 100")}
    numbers = by_visit(conditions=conditions, final=FinalRule(agreed=Agreed.SAME))
    one, other = visit_read(10, 1, of=numbers), visit_read(11, 2, of=numbers)
    assert discordance(numbers, one, other) == ("not_same_value",)


def test_the_analysed_value_must_be_there_whatever_the_conditions_compare():
    conditions = {"grade": compile_expression("a.grade != b.grade")}
    plan = by_visit(conditions=conditions)

    reasons = discordance(plan, visit_read("nv", 1, of=plan), visit_read(5, 2, of=plan))

    assert reasons == ("one_not_evaluable",)


def test_a_visit_that_was_not_read_is_missing_for_both():
    from provident.reading import evaluate_read

    reads = [
        evaluate_read(
            design(),
            {"baseline": {"total": 100, "grade": "SD"}},
            read_id=f"r{seat}",
            case="case1",
            reader=f"R{seat}",
            seat=seat,
        )
        for seat in (1, 2)
    ]

    assert discordance(design(), *reads) == ()
