"""The life of an amendment, as a table."""

from __future__ import annotations

from provident.kernel import NotReady
from provident.web.planning.models import Amendment


S = Amendment.State

TRANSITIONS: dict[str, frozenset[str]] = {
    S.DRAFT: frozenset({S.REVIEW, S.WITHDRAWN}),
    # Sent back, it is a draft again and its signatures are void.
    S.REVIEW: frozenset({S.DRAFT, S.APPROVED, S.WITHDRAWN}),
    S.APPROVED: frozenset({S.IN_FORCE, S.WITHDRAWN}),
    # What was judged under it stays judged under it: only another amendment ends it.
    S.IN_FORCE: frozenset(),
    S.WITHDRAWN: frozenset(),
}
WORDS = {
    S.DRAFT: "a draft",
    S.REVIEW: "in review",
    S.APPROVED: "approved",
    S.IN_FORCE: "in force",
    S.WITHDRAWN: "withdrawn",
}


def moved(state: str, to: str) -> str:
    """The new state.

    Raises:
        NotReady: the table has no such transition.
    """
    if to not in TRANSITIONS[state]:
        after = [WORDS[S(s)] for s in sorted(TRANSITIONS[state])]
        can = f"It can become {' or '.join(after)}." if after else "It stays so."
        raise NotReady(
            f"The amendment is {WORDS[S(state)]} and cannot become {WORDS[S(to)]}. {can}"
        )
    return to
