"""What waits for a person, gathered from every app that has something to say.

An app offers a module `waits` with `waits(membership, now)` and `figures(membership, now)`.
Each looks through the access table itself: what a role may not see is not counted for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from django.apps import apps


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """One kind of work that waits: how much, where it is done, what is urgent in it."""

    place: str  # key of the place on the left that it belongs to
    count: int
    words: str
    href: str
    detail: str = ""
    urgency: int = 5  # 1 first


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure of the study with its trend; the link leads to the rows behind it."""

    label: str
    value: str
    href: str = ""
    note: str = ""
    trend: Sequence[float] = ()
    target: Sequence[float] = ()
    bad: bool = False
    order: int = 5


@cache
def _providers() -> tuple[ModuleType, ...]:
    names = [f"{app.name}.waits" for app in apps.get_app_configs() if app.name.startswith("provident.")]  # fmt: skip
    return tuple(import_module(n) for n in names if n != __name__ and find_spec(n))


def waits(membership: Any, now: datetime) -> list[Wait]:
    """Everything that waits for this person, most urgent first."""
    found = [
        w
        for module in _providers()
        if hasattr(module, "waits")
        for w in module.waits(membership, now)
        if w.count
    ]
    return sorted(found, key=lambda w: (w.urgency, -w.count))


def figures(membership: Any, now: datetime) -> list[Figure]:
    """The study in a few figures, as far as this person may see them."""
    found = [
        f
        for module in _providers()
        if hasattr(module, "figures")
        for f in module.figures(membership, now)
    ]
    return sorted(found, key=lambda f: f.order)
