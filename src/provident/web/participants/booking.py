"""Gates before a booking, gathered from every app that has something to say.

An app offers a module `gates` with `before_booking(slot, on)`, which raises `Refused` with words for the site,
and with `before_enrolment(site, on)` where it has something to say of enrolment too.
It runs inside the booking's transaction. A gate stands before bookings alone: never before images or care.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from django.apps import apps

from provident.web.participants.models import Slot
from provident.web.sites.models import Site


def _gates() -> Iterator[ModuleType]:
    for app in apps.get_app_configs():
        name = f"{app.name}.gates"
        if app.name.startswith("provident.") and find_spec(name):
            yield import_module(name)


def pass_enrolment_gates(site: Site, on: date) -> None:
    """Let every gate that has something to say of enrolment look at a site.

    Raises:
        Refused: a gate holds it; the message says why and who can release it.
    """
    for gate in _gates():
        if hasattr(gate, "before_enrolment"):
            gate.before_enrolment(site, on)


def pass_gates(slot: Slot, on: date) -> None:
    """Let every gate look at a booking.

    Raises:
        Refused: a gate holds it; the message says why and who can release it.
    """
    for gate in _gates():
        gate.before_booking(slot, on)
