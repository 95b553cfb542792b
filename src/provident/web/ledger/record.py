"""Writing to the ledger: only actions may, inside the transaction of the change they record."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models

from provident.kernel import Clock
from provident.kernel.ids import new_key
from provident.web.ledger import chain
from provident.web.ledger.models import Event, Values


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts: an account's name with the role used, or a part of the system."""

    name: str
    role: str = ""


SYSTEM = Actor(name="system", role="system")


def _order(study: str) -> None:
    """Make writers of one study's chain wait for each other until commit.

    SQLite's IMMEDIATE transactions do so already.
    """
    if not connection.in_atomic_block:
        raise RuntimeError(
            "an event is recorded in the transaction of the change it records"
        )
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
                [f"ledger:{study}"],
            )


def record(
    *,
    clock: Clock,
    by: Actor,
    study: str,
    action: str,
    thing: str,
    thing_id: str,
    site: str = "",
    participant: str = "",
    old: Mapping[str, Any] | None = None,
    new: Mapping[str, Any] | None = None,
    reason: str = "",
) -> Event:
    """Append one event to the study's chain.

    `old` and `new` hold the fields that changed; they and the reason are stored apart, under commitments.
    Call it last in the action: it takes the study's lock until commit.
    """
    content: dict[str, Any] = {}
    for field in sorted({*(old or {}), *(new or {})}):
        content[field] = {"old": (old or {}).get(field), "new": (new or {}).get(field)}
    if reason:
        content["reason"] = reason
    content = json.loads(json.dumps(content, cls=DjangoJSONEncoder))
    _order(study)
    last = (
        Event.objects.filter(study=study)
        .order_by("-number")
        .values("number", "hash")
        .first()
    )
    salt = new_key().hex()
    fields: dict[str, Any] = {
        "study": study,
        "number": (last["number"] if last else 0) + 1,
        "at": clock.now(),
        "actor": by.name,
        "role": by.role,
        "action": action,
        "thing": thing,
        "thing_id": str(thing_id),
        "site": site,
        "participant": participant,
        "commitments": chain.commitments(salt, content),
        "previous": last["hash"] if last else chain.FIRST,
    }
    event = Event(
        **fields, hash=chain.event_hash({**fields, "at": fields["at"].isoformat()})
    )
    models.Model.save(event, force_insert=True)
    if content:
        Values.objects.create(event=event, salt=salt, content=content)
    return event
