"""A read design as a plan writes it, for tests."""

from __future__ import annotations

from typing import Any


def written(**changes: Any) -> dict[str, Any]:
    """The read design of the arthritis plan."""
    return {
        "endpoint": "erosion_change",
        "form": "ramris@2",
        "unit": "participant",
        "visits": ["baseline", "week24", "week52"],
        "exam": "hands_mri",
        "present": {
            "mode": "simultaneous",
            "time_order": "hidden",
            "prior_answers": "hidden",
        },
        "readers": {"primary": 2, "pool": "reader", "adjudicator": 1},
        "adjudicate": {
            "when": {
                "change": "abs(a.week52.change - b.week52.change) > limits.smallest",
                "progression": "(a.week52.change > 0) != (b.week52.change > 0)",
            },
            "how": "independent third read, blind",
            "technical_query_first": True,
        },
        "limits": {"smallest": "from qualification, then fixed"},
        "final": {
            "agreed": "mean of two",
            "adjudicated": "mean of the two nearest",
            "tie": "adjudicator and higher",
        },
        "order": {
            "random": "per reader",
            "blocks": 20,
            "strata": ["site"],
            "same_participant_gap": 10,
        },
        "sessions": {"at_most": "90 min"},
        "hide": ["arm", "site", "dates", "visit_order", "other_answers"],
        "repeats": {
            "share": "10 %",
            "washout": "28 d",
            "last_draw": "84 d before data_lock",
        },
        "qualify": {"set": "20 cases", "attempts": 2, "pass": ["blanks == 0"]},
        "monitor": {
            "every": "25 reads",
            "charts": [{"of": "minutes", "kind": "ewma"}],
            "on_alarm": ["hold"],
        },
        "minutes": {"per": "time point", "mean": 13, "cv": 0.5},
        "hours": {"reader": "4 h per week"},
        "finish_by": {"milestone": "data_lock", "probability": "95 %"},
        "unreadable": {"second_reader": True},
        "unscheduled": ["unexpected_finding"],
        **changes,
    }
