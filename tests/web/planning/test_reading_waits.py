"""A reader opens no case before the amendment of the form is acknowledged, where the plan demands it."""

from __future__ import annotations

from datetime import date

import pytest

from provident.kernel import NotReady
from provident.web.planning import actions as planning
from provident.web.reading import actions, copies, selectors
from provident.web.reading.models import Assignment


PASSWORD = "correct horse battery"


@pytest.fixture
def assignment(participant, make_exam, make_member, manager, study, clock):
    """A case given to a reader."""
    team = [make_member("reader", username=n) for n in ("ana", "ben")]
    make_exam(participant, "baseline")
    made = actions.prepare_cases(exam=make_exam(participant, "week24"), clock=clock)
    case = next(c for c in made if c.design == "synovitis_change")
    rows = [copies.make(row) for row in selectors.case_series(case)]
    actions.store_copies(case=case, copies=rows, clock=clock)
    actions.fix_limit(study=study, endpoint="synovitis_change", name="smallest_detectable_change", value=2,
                      reason="x", by=manager, clock=clock)  # fmt: skip
    actions.draw(study=study, endpoint="synovitis_change", by=manager, clock=clock, seed=7)  # fmt: skip
    return Assignment.objects.select_related("case__study", "reader").get(reader=team[0])  # fmt: skip


def test_a_case_waits_for_the_reader_to_acknowledge_the_form(assignment, amended, manager, clock):  # fmt: skip
    step = {"by": manager, "clock": clock}
    row = planning.draft(files=amended({"forms/ramris.yaml": ("title:", "title: Changed;")}), why="words", **step)  # fmt: skip
    days = dict.fromkeys(("leeds", "bradford", "york"), date(2026, 11, 24))
    planning.set_starts(amendment=row, days=days, **step)
    planning.submit(amendment=row, **step)
    planning.approve(amendment=row, role="trial_manager", password=PASSWORD, **step)
    planning.approve(amendment=row, role="sponsor", evidence="letter 7", password=PASSWORD, **step)  # fmt: skip
    planning.put_in_force(amendment=row, **step)
    reader = assignment.reader

    with pytest.raises(NotReady, match="Read and acknowledge it first"):
        actions.open_case(assignment=assignment, by=reader, clock=clock)
    planning.acknowledge(amendment=row, by=reader, clock=clock)

    assert actions.open_case(assignment=assignment, by=reader, clock=clock).state == "open"  # fmt: skip
