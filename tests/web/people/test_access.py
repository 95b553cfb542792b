"""Each cell of the access table, and what must never be in it."""

from __future__ import annotations

import pytest

from provident.kernel import Denied
from provident.web.people import access
from provident.web.people.access import Field, Role, Scope, State, Thing


# What each role may do with each thing, written down a second time on purpose: a change must be made in both places.
MAY = """
trial_manager | plan: load see waive work; amendment: acknowledge approve draft review see; account: manage see; site: activate see; participant: enrol see withdraw; slot: book overrule remind see; exam: see; transfer: see; quarantine: see; query: ask close see; review: see; dose: see; repeat: move propose see; action: assign check do open see; case: assign prepare see; read: import see; adjudication: release see; technical_query: ask see; side_read: ask see; scan_read: see; drift: act see; reader: hold qualify replace see test; lock: lock see; export: see; event: see; scanner: see; phantom: see
site | plan: see work; amendment: acknowledge review see; site: see; participant: enrol link see withdraw; slot: book see; exam: see; transfer: see send; quarantine: resolve see; query: answer see; dose: enter see sign; repeat: move see; side_read: ask read see tell; scan_read: read see; action: do see; event: see; scanner: see; phantom: see send
qc | plan: see work; amendment: acknowledge review see; site: accept see; participant: see; slot: see; exam: accept reject see; transfer: see; quarantine: see; query: answer ask close see; technical_query: answer see; review: review see; dose: enter see sign; repeat: move propose see; action: assign check do open see; event: see; scanner: accredit release see; phantom: accept see send
reader | reader: declare see; case: read see; read: read see; amendment: acknowledge see
adjudicator | reader: declare see; case: read see; read: read see; amendment: acknowledge see; adjudication: adjudicate see
reading_lead | drift: act chart see; reader: hold qualify replace see; amendment: acknowledge see
statistician | plan: see work; amendment: acknowledge review see; participant: see; slot: see; case: see; read: see; adjudication: see; drift: see; reader: see; final_value: see; export: make see; lock: see unblind; event: see
monitor | plan: see work; amendment: acknowledge review see; site: see; participant: see; slot: see; exam: see; transfer: see; quarantine: see; query: see; review: see; dose: see; repeat: see; side_read: see; scan_read: see; action: see; event: see; reader: see; scanner: see; phantom: see
"""


def expected():
    cells = {}
    for line in MAY.strip().splitlines():
        role, things = line.split(" | ")
        for cell in things.split("; "):
            thing, verbs = cell.split(": ")
            cells[Role(role), Thing(thing)] = set(verbs.split())
    return cells


@pytest.mark.parametrize(("role", "thing"), [(r, t) for r in Role for t in Thing])
def test_cell(role, thing):
    cell = access.grant(role, thing)

    assert (set(cell.verbs) if cell else None) == expected().get((role, thing))


@pytest.mark.django_db
@pytest.mark.parametrize("role", list(Role))
def test_a_verb_that_the_table_does_not_give_is_denied(role, make_member):
    member = make_member(role.value, "leeds" if role is Role.SITE else "")
    verbs = {v for cell in expected().values() for v in cell}
    for thing in Thing:
        for verb in verbs - expected().get((role, thing), set()):
            with pytest.raises(Denied):
                access.check(member, verb, thing)


@pytest.mark.parametrize("role", [Role.READER, Role.ADJUDICATOR])
def test_who_reads_never_sees_what_would_unblind(role):
    hidden = {
        Field.PARTICIPANT,
        Field.SITE,
        Field.VISIT,
        Field.DATE,
        Field.ARM,
        Field.FINAL,
        Field.QUALITY,
    }
    for cell in access.TABLE[role].values():
        seen = set(cell.fields).union(*cell.later.values())

        assert not seen & hidden
        assert cell.scope is Scope.OWN


@pytest.mark.parametrize("role", [r for r in Role if r is not Role.STATISTICIAN])
def test_only_the_statistician_ever_sees_the_arm_and_only_unblinded(role):
    for cell in access.TABLE[role].values():
        assert Field.ARM not in set(cell.fields).union(*cell.later.values())
    for cell in access.TABLE[Role.STATISTICIAN].values():
        assert Field.ARM not in cell.fields
        assert Field.ARM not in cell.later.get(State.LOCKED, frozenset())


def test_nobody_sees_scores_of_others_before_the_lock():
    for role, things in access.TABLE.items():
        for thing, cell in things.items():
            if Field.SCORE in cell.fields:
                assert cell.scope is Scope.OWN, (role, thing)


@pytest.mark.django_db
def test_a_site_sees_its_own_participants_alone(make_member, participant, clock, by):
    from provident.web.participants.models import Participant

    leeds, york = make_member("site", "leeds"), make_member("site", "york")

    assert list(access.scoped(leeds, Thing.PARTICIPANT, Participant.objects.all())) == [
        participant
    ]
    assert list(access.scoped(york, Thing.PARTICIPANT, Participant.objects.all())) == []
    with pytest.raises(Denied):
        access.scoped(
            make_member("reader"), Thing.PARTICIPANT, Participant.objects.all()
        )


@pytest.mark.django_db
def test_blind_words_name_what_a_reader_cannot_see(make_member):
    words = access.blind_to(make_member("reader"))

    assert {"site", "dates", "arm", "participant numbers"} <= set(words)
    assert "scores" not in access.blind_to(make_member("reader", username="two"))
