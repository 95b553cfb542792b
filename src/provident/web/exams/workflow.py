"""The life of an exam at the centre, as a table."""

from __future__ import annotations

from provident.kernel import NotReady
from provident.web.exams.models import Exam


S = Exam.State

TRANSITIONS: dict[str, frozenset[str]] = {
    S.RECEIVING: frozenset({S.COMPLETE}),
    S.COMPLETE: frozenset({S.JUDGED, S.COMPLETE}),
    # Late images reopen an exam: it is complete again and waits to be judged again.
    S.JUDGED: frozenset({S.ACCEPTED, S.REJECTED, S.COMPLETE, S.JUDGED}),
    S.ACCEPTED: frozenset({S.COMPLETE}),
    S.REJECTED: frozenset({S.COMPLETE}),
}


def moved(state: str, to: str) -> str:
    """The new state.

    Raises:
        NotReady: the table has no such transition.
    """
    if to not in TRANSITIONS[state]:
        allowed = ", ".join(sorted(TRANSITIONS[state]))
        raise NotReady(f"An exam that is {state} can become {allowed}, not {to}.")
    return to
