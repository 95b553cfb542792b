"""Blinding: what a person may see of a case, by role and phase."""

from __future__ import annotations

import pytest

from provident.reading import Phase, Thing, Viewer, may_see, visible_reads
from tests.unit.reading.made import design, read


title = "Blinding"

ANA = Viewer(role="reader", acts_as="reader", reader="R1")
ADA = Viewer(role="adjudicator", acts_as="adjudicator", reader="R9")
MANAGER = Viewer(role="trial_manager", acts_as="trial_manager")
MAIN = Viewer(role="statistician_main", acts_as="statistician")
UNBLIND = Viewer(role="statistician_unblind", acts_as="statistician")
WARD = Viewer(role="clinical_team", acts_as="site")
ALL = [ANA, ADA, MANAGER, MAIN, UNBLIND, WARD]
READS = [read(3, 1), read(9, 2)]


def seen(viewer, phase, plan=None, reads=READS):
    shown = visible_reads(plan or design(), reads, viewer=viewer, phase=phase)
    return {s.read.reader: s.label for s in shown}


def test_a_reader_sees_their_own_read_alone_until_everything_is_unblinded():
    for phase in (Phase.READING, Phase.ADJUDICATION, Phase.FINAL, Phase.LOCKED):
        assert seen(ANA, phase) == {"R1": "You"}
    assert set(seen(ANA, Phase.UNBLINDED)) == {"R1", "R2"}


def test_a_blind_adjudicator_sees_neither_read():
    assert seen(ADA, Phase.ADJUDICATION) == {}


def test_an_adjudicator_who_chooses_sees_both_without_names():
    from provident.reading import Adjudicated, Agreed, FinalRule

    choosing = design(
        adjudicator_chooses=True,
        final=FinalRule(agreed=Agreed.MEAN, adjudicated=Adjudicated.ADJUDICATOR),
    )

    labels = seen(ADA, Phase.ADJUDICATION, choosing)
    assert sorted(labels.values()) == ["Reader 1", "Reader 2"]
    assert seen(ADA, Phase.READING, choosing) == {}
    assert seen(ANA, Phase.ADJUDICATION, choosing) == {"R1": "You"}


def test_which_reader_is_called_1_changes_from_case_to_case():
    """Else an adjudicator would learn who is who over the cases."""
    labels = {
        seen(
            MAIN,
            Phase.FINAL,
            reads=[read(3, s, case=f"c{n}", read_id=f"{n}-{s}") for s in (1, 2)],
        )["R1"]
        for n in range(20)
    }

    assert labels == {"Reader 1", "Reader 2"}


def test_a_hidden_repeat_is_shown_to_its_reader_and_those_who_run_the_study():
    repeated = [*READS, read(4, 2, occasion=2, read_id="again", reader="R3")]

    assert set(seen(MAIN, Phase.FINAL, reads=repeated)) == {"R1", "R2", "R3"}
    assert set(seen(ANA, Phase.UNBLINDED, reads=repeated)) == {"R1", "R2"}
    monitor = Viewer(role="monitor", acts_as="monitor")
    assert set(seen(monitor, Phase.LOCKED, reads=repeated)) == {"R1", "R2"}


HIDDEN_FROM_READERS = [
    Thing.ARM,
    Thing.SITE,
    Thing.DATES,
    Thing.VISIT_ORDER,
    Thing.CLINICAL_DATA,
    Thing.OTHER_ANSWERS,
    Thing.DISCORDANCE,
    Thing.ADJUDICATION,
    Thing.FINAL_VALUE,
    Thing.REPEAT,
    Thing.OWN_PRIOR_ANSWERS,
]


@pytest.mark.parametrize("viewer", [ANA, ADA])
@pytest.mark.parametrize("thing", HIDDEN_FROM_READERS)
@pytest.mark.parametrize("phase", [p for p in Phase if p is not Phase.UNBLINDED])
def test_what_the_plan_hides_stays_hidden_until_unblinding(viewer, thing, phase):
    assert not may_see(design(), viewer, thing, phase)


@pytest.mark.parametrize(
    ("viewer", "thing", "phase", "expected"),
    [
        (ANA, Thing.IMAGES, Phase.READING, True),
        (ANA, Thing.OWN_ANSWERS, Phase.LOCKED, True),
        (ANA, Thing.SEX, Phase.READING, True),  # the plan does not hide it
        (ANA, Thing.PROGRESS, Phase.READING, False),
        (ANA, Thing.REPEAT, Phase.UNBLINDED, False),
        (ANA, Thing.SITE, Phase.UNBLINDED, True),
        (ANA, Thing.ARM, Phase.UNBLINDED, False),  # no reader ever needs the arms
        (MANAGER, Thing.PROGRESS, Phase.READING, True),
        (MANAGER, Thing.OTHER_ANSWERS, Phase.FINAL, False),
        (MANAGER, Thing.OTHER_ANSWERS, Phase.LOCKED, True),
        (MANAGER, Thing.DISCORDANCE, Phase.ADJUDICATION, True),
        (MANAGER, Thing.ARM, Phase.LOCKED, False),
        (MANAGER, Thing.SITE, Phase.READING, True),
        (MAIN, Thing.FINAL_VALUE, Phase.ADJUDICATION, False),
        (MAIN, Thing.FINAL_VALUE, Phase.FINAL, True),
        (MAIN, Thing.ARM, Phase.LOCKED, False),
        (MAIN, Thing.ARM, Phase.UNBLINDED, True),
        (UNBLIND, Thing.ARM, Phase.READING, True),
        (WARD, Thing.FINAL_VALUE, Phase.LOCKED, False),
        (WARD, Thing.OTHER_ANSWERS, Phase.UNBLINDED, False),
        (WARD, Thing.OWN_ANSWERS, Phase.READING, False),
    ],
)
def test_each_role_sees_what_it_needs_when_it_needs_it(viewer, thing, phase, expected):
    assert expected == may_see(design(), viewer, thing, phase)


def test_own_prior_answers_are_shown_where_the_plan_says_so():
    plan = design(own_prior_answers=True)

    assert may_see(plan, ANA, Thing.OWN_PRIOR_ANSWERS, Phase.READING)
    assert not may_see(plan, MANAGER, Thing.OWN_PRIOR_ANSWERS, Phase.READING)


def test_the_study_may_hide_scores_from_a_role_that_would_see_them():
    hidden = design(hidden_from={"scores": frozenset({"trial_manager"})})

    assert not may_see(hidden, MANAGER, Thing.FINAL_VALUE, Phase.LOCKED)
    assert may_see(hidden, MANAGER, Thing.FINAL_VALUE, Phase.UNBLINDED)


def test_a_role_that_nobody_knows_sees_nothing():
    stranger = Viewer(role="guest", acts_as="guest")

    assert not any(may_see(design(), stranger, t, p) for t in Thing for p in Phase)


@pytest.mark.parametrize("viewer", ALL)
@pytest.mark.parametrize("thing", list(Thing))
def test_what_was_seen_in_a_phase_is_not_hidden_in_a_later_one(viewer, thing):
    seen_in = [may_see(design(), viewer, thing, phase) for phase in Phase]

    assert seen_in == sorted(seen_in)


def test_readers_are_told_in_words_what_they_cannot_see():
    assert design().blind_to == (
        "arm",
        "site",
        "dates",
        "order of the time points",
        "clinical data",
        "other readers",
    )
