"""The life of a slot: an exam that the plan expects of one participant at one visit."""

from __future__ import annotations

from enum import StrEnum

from provident.kernel import NotReady


class SlotState(StrEnum):
    """How far the exam has come."""

    EXPECTED = "expected"
    BOOKED = "booked"
    NOT_DONE = "not_done"
    ANNOUNCED = "announced"
    RECEIVED = "received"
    CHECKED = "checked"
    ACCEPTED = "accepted"
    READ = "read"
    FINAL = "final"
    LOCKED = "locked"


S = SlotState

TRANSITIONS: dict[SlotState, frozenset[SlotState]] = {
    S.EXPECTED: frozenset({S.BOOKED, S.NOT_DONE, S.ANNOUNCED, S.RECEIVED}),
    S.BOOKED: frozenset({S.EXPECTED, S.NOT_DONE, S.ANNOUNCED, S.RECEIVED}),
    S.NOT_DONE: frozenset(
        {S.EXPECTED, S.ANNOUNCED, S.RECEIVED, S.LOCKED}
    ),  # an image is kept whenever it comes
    S.ANNOUNCED: frozenset({S.RECEIVED, S.EXPECTED}),
    S.RECEIVED: frozenset({S.CHECKED, S.ACCEPTED, S.EXPECTED, S.ANNOUNCED}),
    S.CHECKED: frozenset(
        {S.ACCEPTED, S.EXPECTED, S.RECEIVED, S.ANNOUNCED}
    ),  # back to expected: a repeat is asked for
    S.ACCEPTED: frozenset(
        {S.READ, S.FINAL, S.LOCKED, S.RECEIVED, S.CHECKED}
    ),  # back: late images reopen the exam
    S.READ: frozenset({S.FINAL, S.LOCKED}),
    S.FINAL: frozenset({S.LOCKED}),
    S.LOCKED: frozenset(),
}


def moved(state: SlotState, to: SlotState) -> SlotState:
    """The new state.

    Raises:
        NotReady: the table has no such transition.
    """
    if to not in TRANSITIONS[state]:
        allowed = (
            ", ".join(sorted(s.value.replace("_", " ") for s in TRANSITIONS[state]))
            or "nothing"
        )
        raise NotReady(
            f"An exam that is {state.value.replace('_', ' ')} can become {allowed}, not {to.value}."
        )
    return to
