"""Which events of the ledger a person may see, and which of their values.

Each action's first word names the classes of fields that the event itself gives away;
each value has a class of its own. What is not listed is shown to nobody.
"""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import Q, QuerySet

from provident.web.ledger.models import Event
from provident.web.people.access import Field, Thing, scoped, visible
from provident.web.people.selectors import Membership


_WHERE = frozenset({Field.PARTICIPANT, Field.SITE, Field.VISIT})
_NOTHING: frozenset[Field] = frozenset()

# What one learns from the mere fact that such an event happened.
NEEDS: dict[str, frozenset[Field]] = {
    "account": _NOTHING,
    "role": _NOTHING,
    "plan": _NOTHING,
    "amendment": _NOTHING,
    "flow": frozenset({Field.SITE}),
    "study": _NOTHING,
    "ledger": _NOTHING,
    "export": _NOTHING,
    "gateway": frozenset({Field.SITE}),
    "site": frozenset({Field.SITE}),
    "scanner": frozenset({Field.SITE}),
    "phantom": frozenset({Field.SITE, Field.QUALITY}),
    "participant": _WHERE,
    "slot": _WHERE,
    "transfer": _WHERE,
    "quarantine": frozenset({Field.SITE}),
    "exam": _WHERE | {Field.QUALITY},
    "series": _WHERE | {Field.QUALITY},
    "review": _WHERE | {Field.QUALITY},
    "query": _WHERE | {Field.QUALITY},
    "capa": frozenset({Field.SITE, Field.QUALITY}),
    "message": frozenset({Field.QUALITY}),
    "dose": _WHERE | {Field.QUALITY},
    "repeat": _WHERE | {Field.QUALITY},
    "case": frozenset({Field.READER}),
    "draw": frozenset({Field.READER}),
    "assignment": frozenset({Field.READER}),
    "read": frozenset({Field.READER}),
    "reading": frozenset({Field.READER}),
    "reader": frozenset({Field.READER}),
    "adjudication": frozenset({Field.READER}),
    "technical": _WHERE | {Field.QUALITY},
    "side": _WHERE | {Field.QUALITY},
    "scan_read": _WHERE,
    "alarm": frozenset({Field.READER}),
    "report": frozenset({Field.READER}),
    "final_value": frozenset({Field.FINAL}),
    "images": frozenset({Field.READER}),
}
# What the values of an action give away, beyond the event.
VALUES: dict[str, frozenset[Field]] = {
    "case": _WHERE | {Field.READER},
    "draw": frozenset({Field.READER}),
    "assignment": frozenset({Field.READER}),
    "read": frozenset({Field.READER, Field.SCORE}),
    "reading": frozenset({Field.READER}),
    "reader": frozenset({Field.READER}),
    "adjudication": frozenset({Field.READER, Field.SCORE}),
    "scan_read": _WHERE | {Field.SCORE},
    "alarm": frozenset({Field.READER}),
    "final_value": frozenset({Field.FINAL}),
}
# And single fields, whatever the action.
FIELDS: dict[str, frozenset[Field]] = {
    "arm": frozenset({Field.ARM}),
    "anchor_on": frozenset({Field.DATE}),
    "booked_on": frozenset({Field.DATE}),
    "acquired_on": frozenset({Field.DATE}),
    "on": frozenset({Field.DATE}),
    "visit": frozenset({Field.VISIT}),
    "outcome": frozenset({Field.QUALITY}),
    "findings": frozenset({Field.QUALITY}),
    "answers": frozenset({Field.SCORE}),
    "derived": frozenset({Field.SCORE}),
    "scores": frozenset({Field.QUALITY}),
    "reader": frozenset({Field.READER}),
}


def events_for(membership: Membership) -> QuerySet[Event]:
    """The events that a person may know of, newest first, with their values.

    Raises:
        Denied: the role sees no events.
    """
    rows = scoped(
        membership, Thing.EVENT, Event.objects.select_related("values_in_clear")
    )
    seen = visible(membership, Thing.EVENT)
    allowed = Q(pk__in=[])
    for first, needs in NEEDS.items():
        if needs <= seen:
            allowed |= Q(action__startswith=f"{first}.")
    return rows.filter(allowed).order_by("-number")


def shows(membership: Membership) -> Callable[[str, str], bool]:
    """A function (action, field) -> whether this person may see that field's values."""
    seen = visible(membership, Thing.EVENT)

    def shown(action: str, field: str) -> bool:
        first = action.partition(".")[0]
        needs = NEEDS.get(first, frozenset(Field)) | VALUES.get(first, _NOTHING)
        return needs | FIELDS.get(field, _NOTHING) <= seen

    return shown
