"""Values of the sites' pages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from provident.web.sites.standing import Standing
from provident.web.sites.standing import standing as standing


@dataclass(frozen=True, slots=True, kw_only=True)
class ScannerLine:
    """One scanner: what the plan says, and what its images last showed."""

    code: str
    modality: str
    make: str
    model: str
    observed: dict[str, str]
    changed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteLine:
    """One site of the list."""

    code: str
    name: str
    aet: str
    opened_at: datetime | None
    enrolled: int
    withdrawn: int
    last_transfer: datetime | None
    test: Standing
    software: str
    scanners: tuple[ScannerLine, ...]


def _scanner(row: Any) -> ScannerLine:
    return ScannerLine(
        code=row.code,
        modality=row.modality,
        make=row.make,
        model=row.model,
        observed={
            k: v
            for k, v in row.observed.items()
            if k in ("software", "serial", "station") and v
        },
        changed=any(c.closed_at is None for c in row.changes.all()),
    )


def site_lines(sites: Iterable[Any]) -> list[SiteLine]:
    """The list of sites."""
    return [
        SiteLine(
            code=s.code,
            name=s.name,
            aet=s.aet,
            opened_at=s.activated_at,
            enrolled=s.enrolled,
            withdrawn=s.withdrawn,
            last_transfer=s.last_transfer,
            test=standing(s),
            software=s.runs_software,
            scanners=tuple(_scanner(row) for row in s.scanners.all()),
        )
        for s in sites
    ]
