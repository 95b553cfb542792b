"""What can happen in a study that is rehearsed: values with a time, in the words of the people who do it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """Something at a time (UTC)."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment(Happening):
    """A site enrols a participant. `number` counts from 1 over the study; `anchor` is day 0 of the windows."""

    number: int
    site: str
    code: str
    anchor: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking(Happening):
    """A site books an exam on a day."""

    site: str
    code: str
    visit: str
    exam: str
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class NotDone(Happening):
    """A site says that an exam was not done; `reason` is a code of the plan."""

    site: str
    code: str
    visit: str
    exam: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan(Happening):
    """A scan that was made at `acquired` (the scanner's local time) is sent at `at`.

    `code` is blank for a patient whom the study does not know. `faults` are names of `synthetic.Fault`;
    `software` is what the scanner says of itself where that is not what the register says.
    """

    number: int
    site: str
    code: str
    visit: str
    exam: str
    scanner: str
    acquired: datetime
    faults: frozenset[str] = field(default_factory=frozenset)
    software: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal(Happening):
    """A participant withdraws; `kind` is a withdrawal of the plan."""

    site: str
    code: str
    kind: str
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteDesk(Happening):
    """The people of a site answer the queries that are open, but not those about `leave`."""

    site: str
    leave: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True, kw_only=True)
class QualitySession(Happening):
    """The physicist closes answered queries, but not those about `leave`, and decides exams."""

    leave: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitsFixed(Happening):
    """The trial manager fixes the figures that the plan leaves to the qualification."""

    value: float
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderDrawn(Happening):
    """The trial manager has the reading order of the cases that are ready drawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingSession(Happening):
    """A reader (by username) reads the next cases of the list, at most so many."""

    reader: str
    at_most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Release(Happening):
    """The trial manager looks at disagreements and gives them to the adjudicator, but `keep` of them."""

    keep: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportMade(Happening):
    """The statistician makes an export."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhantomsSent(Happening):
    """A site sends the scans of a phantom that it made on `days`; `drift` is the uniformity lost on each, as a share."""

    site: str
    scanner: str
    phantom: str
    days: tuple[date, ...]
    drift: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PhantomsDecided(Happening):
    """The physicist signs for the phantom scans that wait."""
