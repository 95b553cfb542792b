"""Doses that a person read from a dose screen or a paper and entered."""

from __future__ import annotations

from provident.acquisition.dose.model import AMOUNTS, MAIN, Event, Kind, Source
from provident.acquisition.dose.units import canonical
from provident.kernel import InvalidInput


def entered_event(
    study_uid: str,
    kind: Kind,
    value: float,
    unit: str,
    *,
    number: int = 1,
    region: str = "",
    phantom_cm: int | None = None,
    side: str = "",
    tracer: str = "",
) -> Event:
    """One event as a person entered it; `number` tells several events of one exam apart.

    Raises:
        InvalidInput: the value is no dose of this kind in a known unit.
    """
    main = MAIN[kind]
    reading = canonical(value, unit, AMOUNTS[main])
    if reading.value is None:
        raise InvalidInput(f"The dose cannot be entered: {reading.why}.")
    return Event(
        kind=kind,
        source=Source.PERSON,
        study_uid=study_uid,
        uid="",
        view=str(number),
        region=region,
        phantom_cm=phantom_cm,
        side=side,
        tracer=tracer,
        amounts={main: reading.value},
    )
