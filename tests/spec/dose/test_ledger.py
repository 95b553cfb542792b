"""A participant's dose against the constraint, and what a repeat needs."""

from __future__ import annotations

import pytest

from provident.acquisition.dose import (
    Constraint,
    Entry,
    Kind,
    Ledger,
    Level,
    Limit,
    SignOff,
    constraint_of,
    entry_of,
    exam_findings,
    expected_of,
)
from provident.acquisition.dose.repeats import (
    TRANSITIONS,
    Repeat,
    Roles,
    State,
    ask,
    done,
    mermaid,
    move,
    not_done,
)
from provident.kernel import PlanError, Refused
from provident.plan.models.imaging_dose import Exposure
from tests.spec.dose.written import assessed, ct_event, ct_total, image, report


TEN = Constraint(
    exam=Limit(quantity="DLP", high=600),
    participant=Limit(quantity="E", high=10),
    repeats=1,
)


def exam(uid: str, msv: float | None, *, research: bool = True, expected: float | None = 2.0, dlp: float = 100):  # fmt: skip
    amounts = {"DLP": dlp} if msv is None else {"DLP": dlp, "E": msv}
    return Entry(
        exam_uid=uid,
        exam="chest_ct",
        kinds=(Kind.CT,),
        research=research,
        amounts=amounts,
        expected={} if expected is None else {"E": expected},
    )


def ledger(*entries: Entry) -> Ledger:
    one = Ledger(participant="P-001")
    for entry in entries:
        one = one.with_entry(entry)
    return one


def codes(findings: object) -> list[str]:
    return [f.code.removeprefix("DOSE.") for f in findings]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("doses", "level", "found"),
    [
        ([], Level.CLEAR, []),
        ([3, 4.9], Level.CLEAR, []),
        ([4, 4], Level.NEAR, ["NEAR_CONSTRAINT"]),
        ([5, 4.99], Level.NEAR, ["NEAR_CONSTRAINT"]),
        ([5, 5], Level.HELD, ["AT_CONSTRAINT"]),
        ([0.1] * 100, Level.HELD, ["AT_CONSTRAINT"]),
        ([12], Level.HELD, ["AT_CONSTRAINT"]),
    ],
)
def test_at_80_percent_people_are_told_and_at_100_research_is_held(doses, level, found):
    standing = ledger(*(exam(str(n), d) for n, d in enumerate(doses))).standing(TEN)

    assert standing.level is level
    assert codes(standing.findings) == found
    assert standing.used == pytest.approx(sum(doses))


def test_routine_exposures_are_kept_and_do_not_count():
    one = ledger(exam("1", 9.9, research=False), exam("2", 1))

    assert one.standing(TEN).used == pytest.approx(1)
    assert len(one.entries) == 2


def test_routine_care_is_never_held():
    one = ledger(exam("1", 12))

    assert not one.gate(TEN, {"E": 1}).allowed
    assert one.gate(TEN, {"E": 1}, research=False).allowed


def test_an_exam_that_is_judged_again_replaces_itself():
    assert ledger(exam("1", 5), exam("1", 4)).standing(TEN).used == pytest.approx(4)


def test_an_unknown_dose_counts_as_expected_and_is_said():
    standing = ledger(exam("1", None, expected=3)).standing(TEN)

    assert standing.used == pytest.approx(3)
    assert codes(standing.findings) == ["EXPECTED_COUNTED"]


def test_an_unknown_dose_without_an_expected_one_holds_further_research():
    one = ledger(exam("1", None, expected=None), exam("2", 1))

    standing = one.standing(TEN)

    assert (standing.level, standing.used, standing.share) == (Level.NOT_ASSESSABLE, None, None)  # fmt: skip
    assert codes(standing.findings) == ["NOT_COUNTED"]
    assert not one.gate(TEN, {"E": 1}).allowed


def test_an_unknown_dose_does_not_hide_that_the_rest_is_above():
    one = ledger(exam("1", None, expected=None), exam("2", 11))

    assert one.standing(TEN).level is Level.HELD


def test_exams_without_the_quantity_of_the_constraint_do_not_count():
    limit = Constraint(participant=Limit(quantity="DLP", high=600))
    hand = Entry(exam_uid="x", exam="hand", kinds=(Kind.PROJECTION,), research=True)

    assert ledger(hand, exam("1", 1)).standing(limit).used == pytest.approx(100)


@pytest.mark.parametrize(("expected", "allowed"), [(1.9, True), (2.0, True), (2.1, False)])  # fmt: skip
def test_the_next_exposure_is_counted_before_it_is_made(expected, allowed):
    gate = ledger(exam("1", 8)).gate(TEN, {"E": expected})

    assert gate.allowed is allowed
    assert gate.projected == pytest.approx(8 + expected)
    assert codes(gate.findings) == (["NEAR_CONSTRAINT"] if allowed else ["WOULD_EXCEED"])  # fmt: skip


def test_an_exposure_without_an_expected_dose_is_not_made():
    gate = ledger(exam("1", 1)).gate(TEN, {"DLP": 100})

    assert not gate.allowed
    assert codes(gate.findings) == ["NOT_COUNTED"]


def test_without_a_constraint_nothing_is_held():
    assert ledger(exam("1", 50)).gate(Constraint(), {}).allowed
    assert ledger(exam("1", 50)).standing(Constraint()).level is Level.CLEAR


def test_a_signature_lets_research_go_on_up_to_its_dose():
    signature = SignOff(by="dr", role="practitioner", reason="needed", quantity="E", up_to=14)  # fmt: skip
    one = ledger(exam("1", 11)).with_signature(signature)

    assert one.standing(TEN).level is Level.NEAR
    assert one.gate(TEN, {"E": 3}).allowed
    assert not one.gate(TEN, {"E": 3.1}).allowed


@pytest.mark.parametrize("gap", ["by", "role", "reason"])
def test_a_signature_needs_person_role_and_reason(gap):
    said = {"by": "dr", "role": "practitioner", "reason": "needed", gap: " "}

    with pytest.raises(Refused, match="person, the role and the reason"):
        SignOff(quantity="E", up_to=14, **said)


@pytest.mark.parametrize("wrong", [{"quantity": "dose"}, {"up_to": 0}, {"up_to": float("nan")}])  # fmt: skip
def test_a_signature_is_for_a_dose(wrong):
    said = {"by": "dr", "role": "practitioner", "reason": "needed", "quantity": "E", "up_to": 14}  # fmt: skip

    with pytest.raises(PlanError):
        SignOff(**{**said, **wrong})


@pytest.mark.parametrize(
    ("dlp", "found"), [(100, []), (480, ["EXAM_NEAR"]), (600, ["EXAM_NEAR"]), (601, ["EXAM_ABOVE"])]
)  # fmt: skip
def test_one_exam_against_the_constraint_of_one_exam(dlp, found):
    assert codes(exam_findings(exam("1", 1, dlp=dlp), TEN)) == found


def test_an_exam_whose_dose_is_not_known_is_not_within_its_constraint():
    silent = Entry(exam_uid="1", exam="ct", kinds=(Kind.CT,), research=True)

    assert codes(exam_findings(silent, TEN)) == ["NOT_COUNTED"]
    assert exam_findings(exam("1", 1, research=False, dlp=900), TEN) == ()


def test_constraint_and_expected_dose_come_from_the_plan():
    exposure = Exposure.model_validate(
        {
            "kind": "research",
            "expected": "E <= 10 mSv",
            "constraint": {"exam": "DAP <= 5 dGy.cm2", "participant": "E <= 0.2 Sv", "repeats": 1},
            "warn_at": "75 %",
        }
    )  # fmt: skip

    constraint = constraint_of(exposure)

    assert constraint.exam == Limit(quantity="DAP", high=0.5)
    assert constraint.participant == Limit(quantity="E", high=200)
    assert (constraint.warn_at, constraint.repeats) == (0.75, 1)
    assert expected_of(exposure) == {"DAP": pytest.approx(0.5), "E": 10}
    assert constraint_of(Exposure(kind="routine")) == Constraint()


@pytest.mark.parametrize("wrong", [{"quantity": "dose", "high": 1}, {"quantity": "E", "high": 0}, {"quantity": "E", "high": float("inf")}])  # fmt: skip
def test_a_limit_is_valid_or_does_not_exist(wrong):
    with pytest.raises(PlanError):
        Limit(**wrong)


def test_warn_at_is_a_share():
    with pytest.raises(PlanError, match="share"):
        Constraint(warn_at=1.2)


def test_the_entry_of_an_assessed_exam():
    known = entry_of(assessed(report(ct_total(100), ct_event(1, 100))), exam="ct", research=True)  # fmt: skip
    unknown = entry_of(assessed(image(1, "CT")), exam="ct", research=True, expected={"E": 1})  # fmt: skip

    assert known.amounts == {"DLP": pytest.approx(100), "CTDIvol": 10, "E": pytest.approx(0.21)}  # fmt: skip
    assert (unknown.amounts, unknown.counted("E")) == ({}, 1)


def test_the_glandular_dose_of_an_entry_is_that_of_the_breast_with_more():
    def breast(number, side, dose):
        return image(number, "MG", OrganDose=dose, ImageLaterality=side, AcquisitionTime=f"10000{number}")  # fmt: skip

    both = entry_of(assessed(breast(1, "L", "0.01"), breast(2, "R", "0.02")), exam="mg", research=True)  # fmt: skip
    one = entry_of(assessed(breast(1, "L", "0.01")), exam="mg", research=True)
    unknown = entry_of(assessed(breast(1, "L", "0.01"), image(2, "MG")), exam="mg", research=True)  # fmt: skip

    assert both.amounts["AGD"] == pytest.approx(2)
    assert one.amounts["AGD"] == pytest.approx(1)
    assert "AGD" not in unknown.amounts


# Repeats

ROLES = Roles(advised_by="physicist", decided_by="investigator", justified_by="practitioner")  # fmt: skip
WHO = {
    State.ADVISED: ("phil", "physicist", "motion; the lung bases cannot be read"),
    State.DECIDED: ("ines", "investigator", ""),
    State.DECLINED: ("ines", "investigator", "too burdensome"),
    State.JUSTIFIED: ("prue", "practitioner", ""),
    State.NOT_JUSTIFIED: ("prue", "practitioner", "no benefit"),
    State.WITHDRAWN: ("ines", "investigator", ""),
}


def repeat(*path: State, ionising: bool = True) -> Repeat:
    kinds, roles = ((Kind.CT,), ROLES) if ionising else ((), Roles(advised_by="physicist", decided_by="investigator"))  # fmt: skip
    one = Repeat(id="r1", exam_uid="1", exam="chest_ct", roles=roles, kinds=kinds, expected={"E": 2})  # fmt: skip
    for state in path:
        by, role, note = WHO[state]
        one = move(one, state, by=by, role=role, note=note)
    return one


READY = (State.ADVISED, State.DECIDED, State.JUSTIFIED)
SITE = {"by": "cora", "role": "coordinator"}


def test_a_repeat_is_asked_for_when_advised_decided_justified_and_counted():
    one = ledger(exam("1", 3))

    asked = ask(repeat(*READY), **SITE, ledger=one, constraint=TEN)

    assert asked.repeat.state is State.ASKED
    assert asked.ledger.standing(TEN).used == pytest.approx(5)
    assert [s.state for s in asked.repeat.steps] == [*READY, State.ASKED]


@pytest.mark.parametrize("path", [(), (State.ADVISED,), (State.ADVISED, State.DECIDED)])
def test_an_ionising_repeat_is_not_asked_for_before_all_three(path):
    with pytest.raises(Refused, match="what may follow"):
        ask(repeat(*path), **SITE, ledger=ledger(), constraint=TEN)


def test_an_exam_without_radiation_needs_no_justification_and_counts_nothing():
    one = repeat(State.ADVISED, State.DECIDED, ionising=False)

    asked = ask(one, **SITE, ledger=ledger(), constraint=TEN)

    assert asked.ledger.entries == ()
    with pytest.raises(Refused):
        move(one, State.JUSTIFIED, by="prue", role="practitioner")


def test_what_the_repeat_gave_takes_the_place_of_what_was_expected():
    asked = ask(repeat(*READY), **SITE, ledger=ledger(exam("1", 3)), constraint=TEN)

    ended = done(asked.repeat, exam("2", 1.5), **SITE, ledger=asked.ledger)

    assert ended.ledger.standing(TEN).used == pytest.approx(4.5)
    assert ended.ledger.repeats_of("1") == 1
    assert ended.repeat.state is State.DONE


def test_a_repeat_that_was_not_made_is_taken_off_again():
    asked = ask(repeat(*READY), **SITE, ledger=ledger(exam("1", 3)), constraint=TEN)

    ended = not_done(asked.repeat, **SITE, note="declined", ledger=asked.ledger)

    assert ended.ledger == ledger(exam("1", 3))
    with pytest.raises(Refused, match="why"):
        not_done(asked.repeat, **SITE, note=" ", ledger=asked.ledger)


def test_a_repeat_above_the_constraint_is_refused_whoever_wants_it():
    with pytest.raises(Refused, match="would pass the constraint"):
        ask(repeat(*READY), **SITE, ledger=ledger(exam("1", 9)), constraint=TEN)


def test_a_second_repeat_is_refused_when_the_plan_allows_one():
    asked = ask(repeat(*READY), **SITE, ledger=ledger(exam("1", 1)), constraint=TEN)

    with pytest.raises(Refused, match="1 repeat"):
        ask(repeat(*READY), **SITE, ledger=asked.ledger, constraint=TEN)


def test_a_repeat_after_the_recall_window_is_refused():
    with pytest.raises(Refused, match="window"):
        ask(repeat(*READY), **SITE, ledger=ledger(), constraint=TEN, in_window=False)


@pytest.mark.parametrize("state", [State.ADVISED, State.DECIDED, State.JUSTIFIED])
def test_each_decision_belongs_to_one_role(state):
    path = READY[: READY.index(state)]

    with pytest.raises(Refused, match="Only the"):
        move(repeat(*path), state, by="cora", role="coordinator", note="please")


@pytest.mark.parametrize("state", [State.DECLINED, State.NOT_JUSTIFIED])
def test_a_no_needs_a_reason(state):
    path = (State.ADVISED,) if state is State.DECLINED else (State.ADVISED, State.DECIDED)  # fmt: skip
    by, role, _ = WHO[state]

    with pytest.raises(Refused, match="Say why"):
        move(repeat(*path), state, by=by, role=role)
    assert move(repeat(*path), state, by=by, role=role, note="no").allowed() == ()


@pytest.mark.parametrize("state", [State.ASKED, State.DONE, State.NOT_DONE])
def test_what_changes_the_ledger_is_never_moved_without_it(state):
    with pytest.raises(Refused, match="ledger"):
        move(repeat(*READY), state, by="cora", role="coordinator")


def test_an_ionising_repeat_without_a_justifying_role_cannot_exist():
    with pytest.raises(PlanError, match="justified_by"):
        Repeat(id="r", exam_uid="1", exam="ct", kinds=(Kind.CT,), roles=Roles(advised_by="a", decided_by="b"))  # fmt: skip


def test_the_table_names_every_state_reaches_each_and_is_drawn():
    reached, todo = {State.PROPOSED}, [State.PROPOSED]
    while todo:
        new = set(TRANSITIONS[todo.pop()]) - reached
        reached |= new
        todo += new

    assert set(TRANSITIONS) == reached == set(State)
    assert all(str(state) in mermaid() for state in State)
