"""The manifest of a transfer, as a gateway writes it: checked whole before anything is stored."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from provident.kernel import InvalidInput
from provident.kernel.ids import sha256


MOST_INSTANCES = 100_000  # of one transfer; an exam has some thousands
_UID = re.compile(r"[0-9]+(\.[0-9]+)*")
_SHA = re.compile(r"[0-9a-f]{64}")
_CODE = re.compile(r"[A-Za-z0-9_-]{0,40}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """One announced instance."""

    sop_uid: str
    series_uid: str
    modality: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a gateway announces of one exam; `acquired_on` is the true date, a restricted field."""

    site: str
    participant: str
    exam_uid: str
    visit: str
    day: int | None
    acquired_on: date | None
    way: str
    profile: Mapping[str, Any]
    instances: tuple[Instance, ...]
    sha256: str
    deidentified_before: bool = False  # by another program, before the gateway

    @property
    def size(self) -> int:
        """Bytes announced."""
        return sum(i.size for i in self.instances)

    def acquired(self, anchor: date) -> date | None:
        """The true date; a browser page keeps it and tells the day alone, from day 0 which the platform knows."""
        if self.acquired_on is not None or self.day is None:
            return self.acquired_on
        return anchor + timedelta(days=self.day)

    def by_sha256(self) -> dict[str, Instance]:
        """The instances by the hash of their bytes."""
        return {i.sha256: i for i in self.instances}


def parse(content: bytes) -> Manifest:
    """Read a manifest.

    Raises:
        InvalidInput: a field is missing, is not of its form, or an instance is named twice.
    """
    try:
        told = json.loads(content)
        return _manifest(told, sha256(content))
    except (ValueError, TypeError, KeyError, AttributeError):
        raise InvalidInput(
            "The manifest cannot be read: a field is missing or not of its form. Update the gateway."
        ) from None


def _manifest(told: Mapping[str, Any], digest: str) -> Manifest:
    instances = tuple(_instance(row) for row in told["instances"])
    if not 0 < len(instances) <= MOST_INSTANCES:
        raise InvalidInput("A transfer has between one and 100,000 instances.")
    if len({i.sop_uid for i in instances}) != len(instances) or len({i.sha256 for i in instances}) != len(instances):  # fmt: skip
        raise InvalidInput("The manifest names an instance twice.")
    day, acquired = told["day"], told["acquired_on"]
    return Manifest(
        site=_checked(_CODE, told["site"]),
        participant=_checked(_CODE, told["participant"]),
        exam_uid=_uid(told["exam_uid"]),
        visit=_checked(_CODE, told["timepoint"] or ""),
        day=None if day is None else int(day),
        acquired_on=None if acquired is None else date.fromisoformat(acquired),
        way=_checked(_CODE, told["way"])[:16],
        profile={k: str(told["profile"][k])[:80] for k in ("id", "version", "hash")},
        instances=instances,
        sha256=digest,
        deidentified_before=told.get("deidentified_before") is True,
    )


def _instance(row: Mapping[str, Any]) -> Instance:
    size = int(row["size"])
    if size <= 0:
        raise ValueError
    return Instance(
        sop_uid=_uid(row["sop_uid"]),
        series_uid=_uid(row["series_uid"]),
        modality=_checked(_CODE, row["modality"])[:16],
        sha256=_checked(_SHA, row["sha256"]),
        size=size,
    )


def _uid(value: str) -> str:
    if len(value) > 64:
        raise ValueError
    return _checked(_UID, value)


def _checked(form: re.Pattern[str], value: str) -> str:
    if not form.fullmatch(value):
        raise ValueError
    return value
