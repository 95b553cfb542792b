"""State machines: the first rule that holds decides, and the state goes on from visit to visit."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from provident.forms import NOT_EVALUABLE, compile_form, evaluate_series
from provident.plan.models.forms import FormFile


title = "State machines of forms"

RULES = [
    {"from": ["start", "ok"], "when": 'overall == "PD"', "to": "iUPD"},
    {"from": ["iUPD"], "when": 'overall == "PD" and worse == 1', "to": "iCPD"},
    {"from": ["iUPD"], "when": 'overall == "PD"', "to": "iUPD"},
    {"from": ["start", "ok", "iUPD"], "to": "ok", "emit": '"i" + overall'},
]


def form(rules=RULES, **changes):
    machine = {"start": "start", "gives": "response", "rules": rules}
    file = {
        "form": "states",
        "version": 1,
        "title": "Response",
        "record": ["participant", "visit"],
        "missing": {"ne": "Not evaluable"},
        "items": {
            "overall": {
                "ask": "Overall",
                "choices": {"PR": "Partial", "SD": "Stable", "PD": "Progressive"},
                "missing": ["ne"],
            },
            "worse": {"ask": "Worse?", "choices": {1: "Yes", 0: "No"}},
        },
        "machines": {"stage": machine},
        **changes,
    }
    return compile_form(FormFile.model_validate(file))


def course(*visits, **changes):
    points = [v and {"overall": v[0], "worse": v[1]} for v in visits]
    series = evaluate_series(form(**changes), points)
    return [e and (e.derived["stage"], e.derived["response"]) for e in series]


def test_the_first_rule_that_holds_decides():
    assert course(("PD", 1), ("PD", 1), ("PD", 0)) == [
        ("iUPD", "iUPD"),
        ("iCPD", "iCPD"),
        ("iCPD", "iCPD"),
    ]


def test_without_a_rule_the_state_stays_and_is_what_is_given():
    assert course(("PD", 0), ("PD", 1), ("SD", 0))[-1] == ("iCPD", "iCPD")


def test_a_rule_may_give_something_else_than_its_state():
    assert course(("SD", 0), ("PR", 0), ("PD", 0), ("PR", 0)) == [
        ("ok", "iSD"),
        ("ok", "iPR"),
        ("iUPD", "iUPD"),
        ("ok", "iPR"),
    ]


def test_a_visit_that_cannot_be_told_is_not_evaluable_and_changes_nothing():
    missed, unknown = course(("PD", 0), None, ("ne", 0), ("PD", 1))[1:3]

    assert missed is None
    assert unknown == (NOT_EVALUABLE, NOT_EVALUABLE)
    assert course(("PD", 0), None, ("ne", 0), ("PD", 1))[-1] == ("iCPD", "iCPD")


def test_the_state_before_is_a_value_too():
    series = evaluate_series(form(), [{"overall": "PD", "worse": 0}] * 2)

    assert [e.derived["stage_before"] for e in series] == [NOT_EVALUABLE, "iUPD"]


def test_a_machine_needs_not_give_anything():
    made = form(
        machines={"stage": {"start": "start", "rules": [{"to": "seen"}]}},
    )

    assert [d.id for d in made.derivations] == ["stage", "stage_before"] or {
        d.id for d in made.derivations
    } == {"stage", "stage_before"}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"rules": [{"when": "overal == 1", "to": "x"}]}, 'in the machine "stage": unknown name "overal"'),
        ({"rules": [{"when": "overall ==", "to": "x"}]}, 'in the machine "stage"'),
        ({"rules": [{"to": "true"}]}, "is read as an empty cell or a truth value"),
        ({"rules": []}, "at least 1 item"),
        ({"derive": {"response": "1"}}, "is the name of something else of the form"),
        ({"derive": {"stage_before": "1"}}, "is the name of something else of the form"),
    ],
)  # fmt: skip
def test_a_machine_that_cannot_run_is_refused_in_words(changes, words):
    with pytest.raises(ValidationError) as refusal:
        form(**changes)

    assert words in str(refusal.value)
