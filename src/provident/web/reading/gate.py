"""Who may begin a case: the standing of `readers`, asked at the worklist and when a case is opened.

It fails closed. A case that is open may be finished. A hidden repeat and a bridging read are gated like study cases,
or the gate would tell them apart; a case of a test set is how one qualifies.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from provident.kernel import NotReady
from provident.reading import ReadState
from provident.web.people.models import Membership
from provident.web.readers.selectors import standing
from provident.web.reading.models import Assignment, Case


def closed(
    by: Membership, designs: Iterable[str], on: date | None = None
) -> dict[str, str]:
    """The designs of which a reader may begin no case now, with what is missing."""
    found = {design: standing(by, design, on) for design in sorted(set(designs))}
    return {d: s.why for d, s in found.items() if not s.may_read}


def waits(assignment: Assignment, shut: Iterable[str]) -> bool:
    """Whether a case cannot be begun, as its design is among those that are shut."""
    return (
        assignment.state == ReadState.ASSIGNED
        and assignment.design in shut
        and assignment.case.purpose != Case.Purpose.QUALIFICATION
    )


def require_standing(assignment: Assignment, by: Membership, on: date) -> None:
    """Refuse to open a case to somebody who may not begin one.

    Raises:
        NotReady: what is missing, in words.
    """
    shut = closed(by, [assignment.design], on)
    if waits(assignment, shut):
        raise NotReady(
            f"You cannot begin a case of {assignment.design.replace('_', ' ')} now: {shut[assignment.design]}. "
            "Your page My standing shows what is needed."
        )
