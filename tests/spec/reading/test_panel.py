"""Three readers or more, and two who find a consensus: which value stands."""

from __future__ import annotations

import pytest

from provident.forms import NOT_EVALUABLE
from provident.kernel import PlanError, Refused
from provident.reading import (
    Adjudicated,
    Agreed,
    CaseState,
    FinalRule,
    NoMajority,
    evaluate_read,
    final_value,
    standing,
)
from tests.unit.reading.made import design, read


title = "Panels and consensus"


def panel(rule, no_majority=None, primaries=3):
    final = FinalRule(agreed=rule, no_majority=no_majority)
    return design(primaries=primaries, adjudicator_pool=None, conditions={}, final=final)  # fmt: skip


def reads_of(plan, values):
    made = []
    for seat, value in enumerate(values, 1):
        late = value if isinstance(value, str) else 100 + value
        answers = {v: {"total": 100, "grade": "SD"} for v in ("baseline", "week24")}
        answers["week52"] = {"total": late, "grade": "SD"}
        made.append(evaluate_read(plan, answers, read_id=f"r{seat}", case="c", reader=f"R{seat}", seat=seat))  # fmt: skip
    return made


@pytest.mark.parametrize(
    ("rule", "no_majority", "values", "expected"),
    [
        (Agreed.MEAN_OF_ALL, None, [1, 2, 6], 3),
        (Agreed.MEAN_OF_ALL, None, [1, 3, "nv"], 2),
        (Agreed.MEAN_OF_ALL, None, [1, "nv", "nv"], NOT_EVALUABLE),
        (Agreed.MEDIAN, None, [9, 2, 3], 3),
        (Agreed.MEDIAN, None, [9, 2, 3, 4], 3.5),
        (Agreed.MEDIAN, None, [9, "nv", 3], 6),
        (Agreed.MAJORITY, NoMajority.MEDIAN, [1, 5, 1], 1),
        (Agreed.MAJORITY, NoMajority.MEDIAN, [1, 5, 2], 2),
        (Agreed.MAJORITY, NoMajority.NOT_EVALUABLE, [1, 5, 2], NOT_EVALUABLE),
        (Agreed.MAJORITY, NoMajority.NOT_EVALUABLE, [1, 1, 2, 2], NOT_EVALUABLE),
        (Agreed.MAJORITY, NoMajority.MEDIAN, [1, 1, 2, 2], 1.5),
        (Agreed.MAJORITY, NoMajority.NOT_EVALUABLE, [1, 1, 1, 2, 2], 1),
    ],
)
def test_the_value_of_a_panel(rule, no_majority, values, expected):
    plan = panel(rule, no_majority, len(values))

    stands = standing(plan, reads_of(plan, values))

    assert stands.state is CaseState.FINAL
    assert stands.final.value == expected
    assert stands.final.values["week52.change"] == expected


def test_a_panel_waits_for_all_of_its_readers():
    plan = panel(Agreed.MEDIAN)

    assert standing(plan, reads_of(plan, [1, 2])).state is CaseState.READING


@pytest.mark.parametrize(
    ("rule", "primaries"), [(Agreed.MEDIAN, 2), (Agreed.MEAN, 3), (Agreed.FIRST, 4)]
)
def test_a_rule_for_another_number_of_readers_is_refused(rule, primaries):
    with pytest.raises(PlanError):
        panel(rule, None, primaries)


def test_a_majority_needs_a_word_for_when_there_is_none():
    with pytest.raises(PlanError, match="when there is none"):
        FinalRule(agreed=Agreed.MAJORITY)


def consensus():
    final = FinalRule(agreed=Agreed.MEAN, adjudicated=Adjudicated.CONSENSUS)
    return design(adjudicator_pool=None, consensus=True, final=final)


def test_discordant_readers_find_one_value_together():
    reads = [read(0, 1), read(20, 2)]
    assert standing(consensus(), reads).state is CaseState.DISCORDANT

    final = standing(consensus(), reads, read(7, 0, reader="together")).final

    assert (final.value, final.rule, final.adjudicated) == (7, "consensus", True)


def test_a_consensus_and_an_adjudicator_exclude_each_other():
    with pytest.raises(PlanError):
        design(consensus=True)
    with pytest.raises(Refused):
        final_value(consensus(), [read(0, 1), read(20, 2)], read(7, 0, reader="R1"))
