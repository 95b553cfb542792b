"""Reading and verifying the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC

from django.db.models import QuerySet

from provident.web.ledger import chain
from provident.web.ledger.models import Event as Event


@dataclass(frozen=True, slots=True)
class Fault:
    """A place where the chain does not hold."""

    study: str
    number: int
    what: str


@dataclass(frozen=True, slots=True)
class Head:
    """The last event of a study's chain; written into every export and report."""

    study: str
    number: int
    hash: str


def events(study: str) -> QuerySet[Event]:
    """All events of one chain, oldest first, with their values."""
    return (
        Event.objects.filter(study=study)
        .select_related("values_in_clear")
        .order_by("number")
    )


def head(study: str) -> Head:
    """The last event's number and hash; number 0 for an empty chain."""
    last = Event.objects.filter(study=study).order_by("-number").first()
    return Head(study, last.number, last.hash) if last else Head(study, 0, chain.FIRST)


def studies() -> list[str]:
    """The studies that have a chain; blank is the platform's own."""
    return sorted(set(Event.objects.values_list("study", flat=True)))


def faults(study: str) -> Iterator[Fault]:
    """Walk one chain and yield every break: numbers, links, hashes, values against commitments."""
    number, previous = 0, chain.FIRST
    erased = {
        str(e.thing_id)
        for e in Event.objects.filter(
            study=study, action="ledger.values_erased", thing="event"
        )
    }
    for event in events(study).iterator(chunk_size=500):
        number += 1
        if event.number != number:
            yield Fault(study, event.number, f"event {number} is missing")
            number = event.number
        if event.previous != previous:
            yield Fault(study, number, "does not follow the event before it")
        fields = {name: getattr(event, name) for name in chain.FIELDS}
        fields["at"] = event.at.astimezone(UTC).isoformat()
        if chain.event_hash(fields) != event.hash:
            yield Fault(study, number, "was changed after it was written")
        values = getattr(event, "values_in_clear", None)
        if values is None:
            if event.commitments and str(number) not in erased:
                yield Fault(
                    study, number, "its values are gone and no erasure is recorded"
                )
        elif chain.commitments(values.salt, values.content) != event.commitments:
            yield Fault(
                study, number, "its values are not those that were committed to"
            )
        previous = event.hash
