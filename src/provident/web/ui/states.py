"""The word and the colour of every state, from one palette.

grey expected, blue moving, amber needs someone, red stopped, green accepted, purple read, final or locked.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Look:
    """How a state is shown: a colour of the palette, a word, and a sign for small cells."""

    colour: str
    word: str
    sign: str = ""


SLOT = {
    "expected": Look("grey", "expected"),
    "booked": Look("blue", "booked", "◷"),
    "not_done": Look("red", "not done", "\N{EN DASH}"),
    "announced": Look("blue", "announced", "…"),
    "received": Look("blue", "received", "…"),
    "checked": Look("blue", "checked", "…"),
    "accepted": Look("green", "accepted", "✓"),
    "read": Look("purple", "read", "✓✓"),
    "final": Look("purple", "final", "✓✓"),
    "locked": Look("purple", "locked", "▪"),
}
EXAM = {
    "receiving": Look("blue", "arriving", "…"),
    "complete": Look("blue", "complete", "…"),
    "judged": Look("blue", "to be decided", "…"),
    "accepted": Look("green", "accepted", "✓"),
    "rejected": Look("red", "rejected", "!"),
}
OUTCOME = {
    "pass": Look("green", "as in the manual", "✓"),
    "warn": Look("amber", "look at it", "?"),
    "fail": Look("red", "not as in the manual", "!"),
    "not_assessable": Look("grey", "not assessable", "?"),
    "": Look("grey", "not judged yet"),
}
QUERY = {
    "open": Look("amber", "waits for the site", "?"),
    "answered": Look("blue", "answered", "…"),
    "closed": Look("green", "closed", "✓"),
}
TRANSFER = {
    "announced": Look("blue", "announced", "…"),
    "received": Look("blue", "received", "…"),
    "verified": Look("green", "verified", "✓"),
    "refused": Look("red", "refused", "!"),
}
QUARANTINE = {
    "open": Look("red", "held back", "!"),
    "released": Look("green", "released", "✓"),
    "discarded": Look("grey", "discarded", "\N{EN DASH}"),
}
PARTICIPANT = {
    "active": Look("green", "in the study"),
    "withdrawn": Look("red", "withdrawn"),
}
COVERAGE = {
    "answered": Look("green", "answered"),
    "contradicted": Look("red", "contradicted"),
    "missing": Look("grey", "missing"),
    "waived": Look("purple", "waived"),
}
SEVERITY = {
    "error": Look("red", "would fail"),
    "warning": Look("amber", "look at it"),
    "note": Look("grey", "note"),
}
KINDS = {
    "slot": SLOT,
    "exam": EXAM,
    "outcome": OUTCOME,
    "query": QUERY,
    "transfer": TRANSFER,
    "quarantine": QUARANTINE,
    "participant": PARTICIPANT,
    "coverage": COVERAGE,
    "severity": SEVERITY,
}


def look(kind: str, state: str) -> Look:
    """The look of a state; one that is not in the palette is shown as its own word in grey."""
    return KINDS.get(kind, {}).get(state) or Look("grey", state.replace("_", " "))
