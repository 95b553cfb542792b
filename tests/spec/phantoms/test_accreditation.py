"""Accreditation of scanners: what grants, ends and renews it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from provident.acquisition.phantoms import (
    Accreditation,
    Evidence,
    accreditation,
)
from provident.kernel import Refused
from tests.spec.phantoms.scans import DAY


title = "Accreditation of scanners"


def after(n: int) -> date:
    return DAY + timedelta(days=n)


NEEDS = ("phantom", "quiz")


def evidence(*rows: tuple[str, int]) -> list[Evidence]:
    return [
        Evidence(need=need, id=f"{need}{day}", day=after(day)) for need, day in rows
    ]


def applied(**values: object) -> Accreditation:
    return Accreditation(**{"scanner": "mr1", "needs": NEEDS, "valid_days": 365, "ends_on": ("software", "coil"), **values})  # fmt: skip


def accredited() -> Accreditation:
    return accreditation.grant(
        applied(), evidence(("phantom", 1), ("quiz", 2)), day=after(3), by="p"
    )


def test_a_scanner_is_accredited_when_all_that_is_needed_is_accepted():
    one = accredited()

    assert (one.holds(after(10)), one.until) == (True, after(366))
    assert one.words(after(10)) == "Accredited until 2027-01-06."


@pytest.mark.parametrize(
    "given",
    [(), (("phantom", 1),), (("quiz", 1),), (("phantom", -400), ("quiz", 1)), (("phantom", 9), ("quiz", 1))],
)  # fmt: skip
def test_it_is_not_accredited_while_something_is_missing_too_old_or_to_come(given):
    with pytest.raises(Refused, match="cannot be accredited"):
        accreditation.grant(applied(), evidence(*given), day=after(3), by="p")


def test_it_expires_with_the_oldest_evidence():
    one = accredited()

    assert (one.on(after(366)), one.on(after(367))) == ("accredited", "expired")
    assert "Expired on 2027-01-06" in one.words(after(400))


@pytest.mark.parametrize(("what", "state"), [(["software"], "suspended"), (["station"], "accredited"), ([], "accredited")])  # fmt: skip
def test_only_the_changes_that_the_plan_names_end_it(what, state):
    assert (
        accreditation.after_change(accredited(), what, day=after(20), by="system").state
        == state
    )


def test_after_a_change_the_scanner_is_measured_again_and_the_quiz_is_not():
    one = accreditation.after_change(accredited(), ["coil"], day=after(20), by="system")

    assert "the scanner changed (coil)" in one.words(after(21))
    with pytest.raises(Refused, match="older than what it was suspended for"):
        accreditation.grant(
            one, evidence(("phantom", 1), ("quiz", 2)), day=after(30), by="p"
        )
    again = accreditation.grant(
        one, evidence(("phantom", 25), ("quiz", 2)), day=after(30), by="p"
    )
    assert (again.state, again.until) == ("accredited", after(367))


def test_a_change_leaves_what_is_not_accredited_as_it_is():
    assert (
        accreditation.after_change(applied(), ["coil"], day=after(20), by="s")
        == applied()
    )


def test_it_is_withdrawn_with_a_reason_and_applied_for_again():
    with pytest.raises(Refused, match="Say why"):
        accreditation.withdraw(accredited(), day=after(20), by="p", why=" ")

    gone = accreditation.withdraw(
        accredited(), day=after(20), by="p", why="scanner sold"
    )

    assert gone.words(after(21)) == "Withdrawn: scanner sold"
    back = accreditation.apply_again(gone, day=after(40), by="p")
    assert back.words(after(40)) == "Applied for; it needs phantom, quiz."


@pytest.mark.parametrize("move", ["apply_again", "suspend"])
def test_a_move_that_the_table_does_not_have_is_refused(move):
    values = {"why": "x"} if move == "suspend" else {}
    start = applied() if move == "suspend" else accredited()

    with pytest.raises(Refused, match="cannot become"):
        getattr(accreditation, move)(start, day=after(20), by="p", **values)


def test_a_step_cannot_lie_before_the_last():
    with pytest.raises(Refused, match="before the one"):
        accreditation.suspend(accredited(), day=after(1), by="p", why="x")


def test_an_expired_one_is_renewed():
    one = accreditation.grant(
        accredited(), evidence(("phantom", 400), ("quiz", 390)), day=after(401), by="p"
    )

    assert one.holds(after(401))


def test_every_state_is_in_the_table_and_the_drawing():
    drawn = accreditation.mermaid()

    assert set(accreditation.TRANSITIONS) == set(accreditation.State)
    assert all(f"{old} --> {new}" in drawn for old, row in accreditation.TRANSITIONS.items() for new in row)  # fmt: skip


# -- the plan ---------------------------------------------------------------------------


def test_the_drawing_in_the_documentation_is_the_table_in_the_code():
    from pathlib import Path

    page = Path(__file__).resolve().parents[3] / "docs/explanation/image-quality.md"

    assert accreditation.mermaid() in page.read_text()
