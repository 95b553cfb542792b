"""What one cell of the matrix shows: the colour, the sign and the story of a slot."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from provident import plan
from provident.web.participants.selectors import SlotFact
from provident.web.studies.words import exam_name, reason_name, visit_name
from provident.web.ui.states import EXAM, OUTCOME, SLOT, Look


IN = frozenset({"received", "checked", "accepted", "read", "final", "locked"})
WAITING = frozenset({"expected", "booked", "announced"})
GROUPS = {
    "needs": ("amber",),
    "stopped": ("red",),
    "moving": ("blue",),
    "expected": ("grey",),
    "accepted": ("green",),
    "final": ("purple",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One slot as the matrix shows it.

    Attributes:
        colour: of the palette.
        sign: what stands in the cell, so that the colour is not alone.
        state: the state as a word.
        story: the slot in one line.
        outline: `due` past its window, `open` while its window is open, else empty.
        age: days that it has waited for somebody; 0 when nobody has to do anything.
    """

    pk: int
    exam: int | None
    visit: str
    exam_kind: str
    colour: str
    sign: str
    state: str
    story: str
    outline: str
    age: int


def overdue(slot: SlotFact, today: date) -> bool:
    """Whether the window is over and nothing has come."""
    return slot.state in {"expected", "booked"} and slot.closes_on < today


def _look(slot: SlotFact, today: date) -> Look:
    """The colour, word and sign of a slot, the most pressing thing first."""
    exam = slot.exam
    if slot.state in {"read", "final", "locked", "not_done"}:
        return SLOT[slot.state]
    if exam and exam.state == "rejected" and slot.state in WAITING:
        return Look("red", "rejected, to be repeated", "!")
    if slot.queries:
        return Look("amber", "query open", "?")
    if exam and exam.state == "judged" and exam.outcome != "pass":
        return Look("amber", OUTCOME[exam.outcome].word, "?")
    if overdue(slot, today):
        return Look("amber", "past its window", "!")
    if exam and slot.state in {"received", "checked"}:
        return EXAM[exam.state]
    return SLOT[slot.state]


def _window(slot: SlotFact) -> str:
    return f"window {slot.opens_on:%-d %b} to {slot.closes_on:%-d %b %Y}"


def _tail(slot: SlotFact, look: Look, of: plan.Plan, today: date) -> str:
    """What follows the state in the story."""
    if slot.state == "not_done":
        return reason_name(of, slot.reason)
    if look.word == "past its window":
        return f"closed {(today - slot.closes_on).days} d ago ({_window(slot)})"
    if slot.state == "booked":
        on = f"for {slot.booked_on:%-d %b %Y}, " if slot.booked_on else ""
        return f"{on}{_window(slot)}"
    if slot.queries:
        return "1 query" if slot.queries == 1 else f"{slot.queries} queries"
    if slot.exam:
        return f"arrived {slot.exam.received_at:%-d %b %Y}"
    return _window(slot)


def _outline(slot: SlotFact, look: Look, today: date) -> str:
    if look.word == "past its window":
        return "due"
    is_open = slot.opens_on <= today <= slot.closes_on
    return "open" if is_open and slot.state == "expected" else ""


def _age(slot: SlotFact, colour: str, today: date) -> int:
    if colour not in {"amber", "red", "blue"} or slot.state == "not_done":
        return 0
    since = slot.closes_on if overdue(slot, today) else slot.changed_at.date()
    return max(0, (today - since).days)


def cell(slot: SlotFact, of: plan.Plan, today: date) -> Cell:
    """One slot as the matrix shows it on a day."""
    look = _look(slot, today)
    where = f"{visit_name(of, slot.visit)}, {exam_name(of, slot.exam_kind)}"
    return Cell(
        pk=slot.pk,
        exam=slot.exam.pk if slot.exam else None,
        visit=slot.visit,
        exam_kind=slot.exam_kind,
        colour=look.colour,
        sign=look.sign,
        state=look.word,
        story=f"{where}: {look.word}; {_tail(slot, look, of, today)}",
        outline=_outline(slot, look, today),
        age=_age(slot, look.colour, today),
    )
