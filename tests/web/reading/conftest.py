"""A participant whose baseline and week 24 scans are accepted, two readers and an adjudicator."""

from __future__ import annotations

import pytest


@pytest.fixture
def open_case(participant, make_exam, clock):
    """A case of the synovitis design whose copies are made."""
    from provident.web.reading import actions, copies, selectors

    make_exam(participant, "baseline")
    made = actions.prepare_cases(exam=make_exam(participant, "week24"), clock=clock)
    case = next(c for c in made if c.design == "synovitis_change")
    rows = [copies.make(row) for row in selectors.case_series(case)]
    return actions.store_copies(case=case, copies=rows, clock=clock)


@pytest.fixture
def people(make_member):
    """Two readers, an adjudicator, a trial manager."""
    return {
        "ana": make_member("reader", username="ana"),
        "ben": make_member("reader", username="ben"),
        "ada": make_member("adjudicator", username="ada"),
        "tm": make_member("trial_manager", username="tm"),
    }


@pytest.fixture
def drawn(open_case, people, study, clock):
    """The case given to both readers; the smallest detectable change is fixed at 2."""
    from provident.web.reading import actions

    actions.fix_limit(
        study=study, endpoint="synovitis_change", name="smallest_detectable_change", value=2,
        reason="qualification of 1 June", by=people["tm"], clock=clock,
    )  # fmt: skip
    actions.draw(
        study=study, endpoint="synovitis_change", by=people["tm"], clock=clock, seed=7
    )
    return open_case


@pytest.fixture
def answers_for():
    """A function (assignment, {visit: synovitis of every joint}) -> complete answers by label."""
    from provident.web.reading.designs import design_of, labels

    def make(assignment, scores):
        form = design_of(assignment.case).form
        answers = {}
        for label, visit in labels(assignment):
            answers[f"{label}:normal"] = 0
            for key, field in form.fields.items():
                if field.grid:
                    answers[f"{label}:{key}"] = (
                        scores[visit] if field.column == "syn" else 0
                    )
        return answers

    return make
