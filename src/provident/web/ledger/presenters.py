"""Events as lines that people read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from provident.web.ledger.selectors import Event
from provident.web.ledger.words import named, said, value


BRIEF = frozenset({"instances", "stored", "duplicate", "refused", "conflict", "series", "outcome", "state", "resolution"})  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One field that changed; hidden where the person may not see its class."""

    field: str
    old: str
    new: str
    hidden: bool = False

    @property
    def fresh(self) -> bool:
        """Whether there was nothing before."""
        return not self.hidden and self.old == "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class EventLine:
    """Who did what to which thing, when and why."""

    number: int
    at: datetime
    actor: str
    role: str
    action: str
    words: str
    thing: str
    thing_id: str
    participant: str
    site: str
    reason: str
    changes: tuple[Change, ...]
    erased: bool
    hash: str

    @property
    def brief(self) -> str:
        """The few values that say how it went, in one line."""
        return ", ".join(
            f"{c.field} {c.new}"
            for c in self.changes
            if c.field in BRIEF and not c.hidden and c.new not in {"0", "nothing"}
        )


def _change(field: str, content: object, shown: bool) -> Change:
    if not shown:
        return Change(field=named(field), old="", new="", hidden=True)
    pair = content if isinstance(content, dict) else {}
    return Change(
        field=named(field), old=value(pair.get("old")), new=value(pair.get("new"))
    )


def event_line(event: Event, shows: Callable[[str, str], bool]) -> EventLine:
    """One event; `shows(action, field)` says whether the person may see that field's values."""
    content = event.content
    why = content.get("reason")  # a coded reason is a field like others: {"old", "new"}
    changes = tuple(
        _change(field, pair, shows(event.action, field))
        for field, pair in content.items()
        if field != "reason" or isinstance(why, dict)
    )
    return EventLine(
        number=event.number,
        at=event.at,
        actor=event.actor,
        role=event.role.replace("_", " "),
        action=event.action,
        words=said(event.action),
        thing=event.thing.replace("_", " "),
        thing_id=event.thing_id,
        participant=event.participant,
        site=event.site,
        reason=why if isinstance(why, str) and shows(event.action, "reason") else "",
        changes=changes,
        erased=bool(event.commitments) and not content,
        hash=event.hash,
    )
