"""What somebody has seen the evidence of, before it is signed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A criterion or course with its certificate: what it says, from when, until when."""

    kind: str
    name: str
    says: str
    on: date
    until: date | None = None
