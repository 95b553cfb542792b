"""Time is an argument: whoever needs it is handed a Clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol


class Clock(Protocol):
    """Tells the time in UTC."""

    def now(self) -> datetime:
        """The current time, aware, in UTC."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """The current time, aware, in UTC."""
        return datetime.now(UTC)  # noqa: TID251  # the one place that reads the machine's clock


@dataclass(frozen=True, slots=True)
class FixedClock:
    """A clock that stands still, for tests."""

    at: datetime

    def now(self) -> datetime:
        """The time it was made with."""
        return self.at


@dataclass(frozen=True, slots=True)
class FileClock:
    """A simulated clock that other processes set: one ISO 8601 time in a file.

    A rehearsal drives a whole platform through months in minutes by writing this file.
    While the file does not exist, the machine's clock is used.
    """

    path: Path

    def now(self) -> datetime:
        """The time in the file, or the machine's when there is no file."""
        try:
            text = self.path.read_text().strip()
        except FileNotFoundError:
            return SystemClock().now()
        return datetime.fromisoformat(text).astimezone(UTC)
