"""Exams of the quality programme: at several sites and scanners, with images and without."""

from __future__ import annotations

from datetime import timedelta

import pytest


@pytest.fixture
def physicist(make_member):
    return make_member("qc")


@pytest.fixture
def manager(make_member):
    return make_member("trial_manager")


@pytest.fixture
def arrive(participant, clock):
    """A function (outcome, state='judged', lag=1, **changes) -> one more exam of Leeds, an hour after the last."""
    from provident.web.exams.models import Exam
    from provident.web.studies.plans import version_in_force

    made = []

    def make(outcome="pass", state="judged", lag=1, **changes):
        at = clock.now() - timedelta(days=20) + timedelta(hours=len(made))
        values = {
            "study": participant.study, "participant": participant, "uid": f"1.2.{len(made)}", "kind": "hands_mri",
            "visit": "baseline", "acquired_on": at.date() - timedelta(days=lag), "state": state, "outcome": outcome,
            "verdict": {"outcome": outcome, "findings": [], "series": [], "sentence": "S."}, "judged_at": at,
            "plan": version_in_force(participant.study), "first_received_at": at,
            "scanner": participant.site.scanners.first(), "received": 2,
        }  # fmt: skip
        made.append(Exam.objects.create(**{**values, **changes}))
        return made[-1]

    return make
