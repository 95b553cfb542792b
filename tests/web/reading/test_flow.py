"""From accepted scans to a final value: order, reads, disagreement, adjudication."""

from __future__ import annotations

import pytest

from provident.kernel import Denied, InvalidInput, NotReady
from provident.web.ledger.selectors import faults
from provident.web.reading import actions, selectors
from provident.web.reading.models import Assignment, Case, Draw, FinalValue, Read


pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"


def of(case, member):
    return Assignment.objects.select_related("case__study", "case__participant").get(
        case=case, reader=member
    )


@pytest.fixture
def sign(clock, answers_for):
    def make(case, member, scores, **more):
        assignment = of(case, member)
        actions.open_case(assignment=assignment, by=member, clock=clock)
        saved = {
            "answers": answers_for(assignment, scores),
            "measurements": [],
            "version": 0,
            "active_seconds": 60,
        }
        saved |= more.pop("saved", {})
        return actions.submit(
            assignment=assignment,
            saved=saved,
            password=more.get("password", PASSWORD),
            by=member,
            clock=clock,
        )

    return make


def test_a_case_is_made_when_all_its_visits_are_accepted(participant, make_exam, clock):
    assert (
        actions.prepare_cases(exam=make_exam(participant, "baseline"), clock=clock)
        == []
    )

    made = actions.prepare_cases(exam=make_exam(participant, "week24"), clock=clock)

    assert [(c.design, c.visits, c.state) for c in made] == [
        ("synovitis_change", ["baseline", "week24"], "waiting")
    ]


def test_copies_open_the_case_and_keep_the_order_of_the_slices(open_case):
    assert open_case.state == "open"
    rows = selectors.case_series(open_case)
    assert len(rows) == 6
    assert [image["sop_uid"] for image in rows[0].copy] != []


def test_a_draw_is_stored_and_can_be_made_again(drawn, study, people):
    from provident import reading
    from provident.web.reading.designs import design_of

    stored = Draw.objects.get()
    case = reading.Case(
        id=str(drawn.pk),
        participant="L-101",
        visits=("baseline", "week24"),
        strata={"site": "leeds", "visit": "baseline"},
    )
    again = reading.extend_order(
        design_of(drawn),
        (),
        [case],
        sorted(str(people[n].pk) for n in ("ana", "ben")),
        stored.seed,
    )

    assert [p.as_json() for p in again.placed] == stored.placed
    assert {a.seat for a in drawn.assignments.all()} == {1, 2}


def test_a_figure_that_is_not_fixed_holds_the_comparison_back(
    open_case, people, study, clock, sign
):
    actions.draw(study=study, endpoint="synovitis_change", by=people["tm"], clock=clock)
    sign(open_case, people["ana"], {"baseline": 1, "week24": 1})
    with pytest.raises(NotReady, match="smallest_detectable_change"):
        sign(open_case, people["ben"], {"baseline": 1, "week24": 1})


def test_reads_that_agree_make_the_final_value(drawn, people, sign, study):
    sign(drawn, people["ana"], {"baseline": 2, "week24": 1})
    assert Case.objects.get(pk=drawn.pk).state == "reading"

    sign(drawn, people["ben"], {"baseline": 2, "week24": 1})

    drawn.refresh_from_db()
    assert drawn.state == "final"
    value = FinalValue.objects.get(
        case=drawn, visit="week24", variable="synovitis_change"
    )
    assert value.value == -7.0  # seven joints, one point each
    assert len(value.reads) == 2
    assert {
        s.state
        for s in drawn.participant.slots.filter(
            visit__in=["baseline", "week24"], exam_kind="hands_mri"
        )
    } <= {"read", "final"}
    assert list(faults(study.slug)) == []


def test_a_disagreement_waits_for_a_look_and_then_for_the_adjudicator(
    drawn, people, sign, clock
):
    sign(drawn, people["ana"], {"baseline": 2, "week24": 1})
    sign(drawn, people["ben"], {"baseline": 1, "week24": 2})
    drawn.refresh_from_db()
    assert drawn.state == "technical_query"
    assert set(drawn.reasons) == {"change", "progression"}

    actions.release_to_adjudication(
        case=drawn, reason="all series there", by=people["tm"], clock=clock
    )
    drawn.refresh_from_db()
    assert drawn.state == "adjudicating"
    given = of(drawn, people["ada"])
    assert (given.seat, given.labels) == (0, of(drawn, people["ana"]).labels)

    sign(drawn, people["ada"], {"baseline": 2, "week24": 1})
    drawn.refresh_from_db()
    assert drawn.state == "final"
    value = FinalValue.objects.get(
        case=drawn, visit="week24", variable="synovitis_change"
    )
    assert value.value == -7.0
    assert "two nearest" in value.rule


def test_a_read_with_blanks_is_not_signed_and_says_which(drawn, people, sign):
    with pytest.raises(InvalidInput) as caught:
        sign(
            drawn,
            people["ana"],
            {"baseline": 1, "week24": 1},
            saved={"answers": {"A:normal": 0}},
        )

    assert len(caught.value.findings) > 10
    assert Read.objects.count() == 0


def test_a_wrong_password_signs_nothing(drawn, people, sign):
    with pytest.raises(Denied):
        sign(drawn, people["ana"], {"baseline": 1, "week24": 1}, password="guess")

    assert Read.objects.count() == 0
    assert of(drawn, people["ana"]).state == "open"


def test_a_signed_read_cannot_be_saved_or_signed_again(drawn, people, sign, clock):
    sign(drawn, people["ana"], {"baseline": 1, "week24": 1})
    with pytest.raises(NotReady):
        sign(drawn, people["ana"], {"baseline": 2, "week24": 2}, saved={"version": 1})
    with pytest.raises(NotReady):
        actions.save_draft(
            assignment=of(drawn, people["ana"]),
            saved={"answers": {}, "measurements": [], "version": 1},
            clock=clock,
        )


def test_the_database_refuses_to_change_a_signed_read(drawn, people, sign):
    from django.db import DatabaseError, transaction

    read = sign(drawn, people["ana"], {"baseline": 1, "week24": 1})
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Read.objects.filter(pk=read.pk).update(answers={})


def test_a_draft_saved_from_an_old_window_is_refused_with_the_current_one(
    drawn, people, clock
):
    assignment = of(drawn, people["ana"])
    actions.open_case(assignment=assignment, by=people["ana"], clock=clock)
    first = {"answers": {"A:normal": 1}, "measurements": [], "version": 0}
    actions.save_draft(assignment=assignment, saved=first, clock=clock)

    with pytest.raises(actions.Stale) as caught:
        actions.save_draft(
            assignment=assignment, saved={**first, "answers": {}}, clock=clock
        )

    assert caught.value.draft.answers == {"A:normal": 1}


def test_images_that_are_looked_at_again_are_not_shown(drawn, people, clock):
    exam = selectors.exams_of(drawn)[0]
    exam.state = "complete"
    exam.save()
    with pytest.raises(NotReady, match="looked at again"):
        actions.open_case(
            assignment=of(drawn, people["ana"]), by=people["ana"], clock=clock
        )
