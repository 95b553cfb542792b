"""Whether an exam can be scanned again: the visit's recall window, how long a booking takes, and its dose.

The dose is `web.dose`'s to judge. This calls it by name and works without it: `dose.gates.before_booking(slot, on)`
raises `Refused` where a research exposure is held, `dose.book.recall_until(exam, plan)` gives the last day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from provident import qc
from provident.kernel import Refused
from provident.plan import Plan
from provident.web.exams.models import Exam


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatAdvice:
    """What to know before a repeat is asked for. `refused` is empty where one can be made."""

    until: date | None
    refused: str
    hurry: str

    @property
    def words(self) -> str:
        """One sentence for the page."""
        if self.refused:
            return self.refused
        if self.until is None:
            return "No window limits a repeat of this exam."
        last = f"A repeat counts until {self.until:%-d %B %Y}."
        return f"{last} {self.hurry}".strip()


def _dose(module: str) -> ModuleType | None:
    if not find_spec("provident.web.dose") or not find_spec(
        f"provident.web.dose.{module}"
    ):
        return None
    return import_module(f"provident.web.dose.{module}")


def last_day(exam: Exam, of: Plan) -> date | None:
    """The last day on which a repeat still counts: the plan's recall rule, else the visit's window."""
    book = _dose("book")
    if book is not None:
        found: date | None = book.recall_until(exam, of)
        return found
    return exam.slot.closes_on if exam.slot else None


def advice(exam: Exam, of: Plan, today: date) -> RepeatAdvice:
    """Whether an exam can be scanned again from a day on."""
    until = last_day(exam, of)
    booking = of.quality.booking
    soonest = qc.due_on(today, booking.lead_time) if booking else today
    refused = hurry = ""
    if until is not None and today > until:
        refused = (
            f"A repeat cannot be asked for: it counted until {until:%-d %B %Y}. "
            "Explain what happened, or ask to keep the exam as it is."
        )
    elif until is not None and soonest > until:
        hurry = f"A booking takes until {soonest:%-d %B}: telephone the scanner now."
    return RepeatAdvice(
        until=until, refused=refused or _dose_says(exam, max(today, min(soonest, until or soonest))), hurry=hurry,
    )  # fmt: skip


def _dose_says(exam: Exam, on: date) -> str:
    gates = _dose("gates")
    if gates is None or exam.slot is None:
        return ""
    try:
        gates.before_booking(exam.slot, on)
    except Refused as held:
        return f"A repeat cannot be asked for yet. {held}"
    return ""
