"""Read designs, cases and reads for tests."""

from __future__ import annotations

from functools import cache
from typing import Any

from provident.expressions import compile_expression
from provident.forms import Form, compile_form
from provident.plan.models.forms import FormFile
from provident.reading import (
    Adjudicated,
    Agreed,
    Case,
    FinalRule,
    Mode,
    OrderRule,
    Read,
    ReadDesign,
    Tie,
    evaluate_read,
)


VISITS = ("baseline", "week24", "week52")


@cache
def form() -> Form:
    """One score, one category, and the change of the score since the baseline."""
    return compile_form(
        FormFile.model_validate(
            {
                "form": "score",
                "version": 1,
                "title": "A score",
                "record": ["participant", "visit", "reader"],
                "missing": {"nv": "Not visible"},
                "items": {
                    "total": {
                        "ask": "Total",
                        "number": "0..1000",
                        "missing": ["nv"],
                    },
                    "grade": {
                        "ask": "Grade",
                        "choices": {"PD": "Progressive", "SD": "Stable"},
                        "missing": ["nv"],
                    },
                },
                "derive": {
                    "change": "total - baseline(total)",
                    "twice": "2 * total",
                    "category": "grade",
                },
            }
        )
    )


NEAREST = FinalRule(agreed=Agreed.MEAN, adjudicated=Adjudicated.NEAREST, tie=Tie.HIGHER)


def design(**changes: Any) -> ReadDesign:
    """Two readers and an adjudicator, as in the arthritis plan."""
    conditions = {
        "change": "abs(a.week52.change - b.week52.change) > limits.sdc",
        "progression": "(a.week52.change > 0) != (b.week52.change > 0)",
    }
    given: dict[str, Any] = {
        "endpoint": "erosion_change",
        "form": form(),
        "exam": "hands_mri",
        "per_participant": True,
        "visits": VISITS,
        "show": ("cor_t1", "cor_stir"),
        "value": "week52.change",
        "mode": Mode.SIMULTANEOUS,
        "hidden_time_order": True,
        "primaries": 2,
        "pool": "reader",
        "adjudicator_pool": "adjudicator",
        "conditions": {k: compile_expression(t) for k, t in conditions.items()},
        "limits": {"sdc": 5.0},
        "final": NEAREST,
        "order": OrderRule(block=20, strata=("site",), gap=10),
        "hide": (
            "arm",
            "site",
            "dates",
            "visit_order",
            "clinical_data",
            "other_answers",
        ),
        "hidden_from": {
            "arm": frozenset({"reader", "adjudicator", "statistician_main"}),
            "scores": frozenset({"clinical_team"}),
        },
    }
    return ReadDesign(**{**given, **changes})


def by_visit(**changes: Any) -> ReadDesign:
    """One reader pair, each visit a case of its own."""
    conditions = {"total": "abs(a.total - b.total) > limits.sdc"}
    return design(
        **{
            "per_participant": False,
            "mode": Mode.TIME_POINT,
            "value": "total",
            "conditions": {k: compile_expression(t) for k, t in conditions.items()},
            **changes,
        }
    )


def single(**changes: Any) -> ReadDesign:
    """One reader, nothing to adjudicate."""
    return design(
        **{
            "primaries": 1,
            "adjudicator_pool": None,
            "conditions": {},
            "final": FinalRule(agreed=Agreed.FIRST),
            **changes,
        }
    )


def case(number: int, *, site: str = "L", visits: tuple[str, ...] = VISITS) -> Case:
    return Case(
        id=f"case{number}",
        participant=f"P{number:03}",
        visits=visits,
        strata={"site": site},
    )


def read(
    change: float | str,
    seat: int = 1,
    *,
    of: ReadDesign | None = None,
    grade: str = "SD",
    **more: Any,
) -> Read:
    """A read whose change from baseline to week 52 is `change`; a text is a missing code."""
    late = change if isinstance(change, str) else 100 + change
    who = {0: "R9", 1: "R1", 2: "R2"}[seat]
    given: dict[str, Any] = {
        "read_id": f"read-{who}",
        "case": "case1",
        "reader": who,
        "seat": seat,
    }
    return evaluate_read(
        of or design(),
        {
            "baseline": {"total": 100, "grade": "SD"},
            "week24": {"total": 100, "grade": "SD"},
            "week52": {"total": late, "grade": grade},
        },
        **{**given, **more},
    )


def visit_read(
    total: float | str, seat: int = 1, *, of: ReadDesign, **more: Any
) -> Read:
    """A read of one visit that is a case of its own."""
    who = {0: "R9", 1: "R1", 2: "R2"}[seat]
    given: dict[str, Any] = {
        "read_id": f"read-{who}",
        "case": "case1",
        "reader": who,
        "seat": seat,
    }
    answers = {"week24": {"total": total, "grade": "SD"}}
    return evaluate_read(of, answers, **{**given, **more})
