"""Findings: what was checked and is wrong, with what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """How much a finding matters. `ERROR` alone makes a command exit with 1."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Outcome(StrEnum):
    """The four outcomes of judging. Not assessable is never a pass."""

    PASS = "pass"  # noqa: S105  # a verdict, not a password
    WARN = "warn"
    FAIL = "fail"
    NOT_ASSESSABLE = "not_assessable"

    @classmethod
    def worst(cls, outcomes: list[Outcome]) -> Outcome:
        """The outcome that decides: fail, then not assessable, then warn, then pass.

        Nothing judged is not assessable.
        """
        order = [cls.FAIL, cls.NOT_ASSESSABLE, cls.WARN, cls.PASS]
        return next((o for o in order if o in outcomes), cls.NOT_ASSESSABLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a finding is: a place in a plan file (line and column from 1) or the UID of an image thing."""

    file: str | None = None
    line: int | None = None
    column: int | None = None
    uid: str | None = None

    def __str__(self) -> str:
        if self.uid is not None:
            return self.uid
        return ":".join(
            str(x) for x in (self.file, self.line, self.column) if x is not None
        )

    def as_json(self) -> dict[str, Any]:
        """The place as the command line contract writes it."""
        if self.uid is not None:
            return {"uid": self.uid}
        return {"file": self.file, "line": self.line, "column": self.column}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong or worth knowing. The code is public and never reused."""

    code: str
    severity: Severity
    where: Place
    message: str
    expected: str = ""
    found: str = ""
    remedy: str = ""
    subdomain: str | None = None

    def __post_init__(self) -> None:
        if not self.code or not self.message:
            raise ValueError("a finding needs a code and a message")

    def as_json(self) -> dict[str, Any]:
        """The finding as the command line contract writes it."""
        return {
            "code": self.code,
            "severity": str(self.severity),
            "where": self.where.as_json(),
            "message": self.message,
            "expected": self.expected,
            "found": self.found,
            "remedy": self.remedy,
            "subdomain": self.subdomain,
        }

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Finding:
        """The finding that `as_json` wrote."""
        return cls(
            **{
                **value,
                "severity": Severity(value["severity"]),
                "where": Place(**value["where"]),
            }
        )
