"""What judging gives: a verdict of the exam, of each series, and measures to draw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from provident.kernel import Finding, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One rule and what was found, for a bar on the exam page.

    `value` is the number furthest from what is asked, if it is a number.
    `low` and `high` are the ends of what is allowed, None where open; `scale_low` and
    `scale_high` are the ends of the bar.
    """

    rule: str
    label: str
    unit: str
    value: float | None
    expected: str
    found: str
    low: float | None
    high: float | None
    outcome: Outcome
    scale_low: float | None = None
    scale_high: float | None = None

    def as_json(self) -> dict[str, Any]:
        """All fields, the outcome as its word."""
        told = {name: getattr(self, name) for name in self.__slots__}
        return {**told, "outcome": str(self.outcome)}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Measure:
        """The measure that `as_json` wrote."""
        return cls(**{**value, "outcome": Outcome(value["outcome"])})


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesVerdict:
    """One series. `counts` is False for what does not decide the exam: repeats and extras."""

    uid: str
    role: str | None
    outcome: Outcome
    findings: tuple[Finding, ...] = ()
    measures: tuple[Measure, ...] = ()
    counts: bool = True
    label: str = ""

    def as_json(self) -> dict[str, Any]:
        """As the command line contract writes it, with measures."""
        return {
            "uid": self.uid,
            "role": self.role,
            "outcome": str(self.outcome),
            "findings": [f.as_json() for f in self.findings],
            "measures": [m.as_json() for m in self.measures],
            "counts": self.counts,
            "label": self.label,
        }

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> SeriesVerdict:
        """The verdict that `as_json` wrote."""
        return cls(
            uid=value["uid"],
            role=value["role"],
            outcome=Outcome(value["outcome"]),
            findings=tuple(Finding.from_json(f) for f in value["findings"]),
            measures=tuple(Measure.from_json(m) for m in value["measures"]),
            counts=value["counts"],
            label=value["label"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamVerdict:
    """One exam: the outcome, what concerns no single series, the series, and a sentence."""

    uid: str
    exam: str
    manual: str
    visit: str | None
    outcome: Outcome
    findings: tuple[Finding, ...]
    series: tuple[SeriesVerdict, ...]
    sentence: str

    def all_findings(self) -> tuple[Finding, ...]:
        """Those of the exam, then those of each series."""
        return (*self.findings, *(f for s in self.series for f in s.findings))

    def as_json(self) -> dict[str, Any]:
        """As the command line contract writes it."""
        return {
            "uid": self.uid,
            "exam": self.exam,
            "manual": self.manual,
            "visit": self.visit,
            "outcome": str(self.outcome),
            "sentence": self.sentence,
            "findings": [f.as_json() for f in self.findings],
            "series": [s.as_json() for s in self.series],
        }

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> ExamVerdict:
        """The verdict that `as_json` wrote."""
        return cls(
            uid=value["uid"],
            exam=value["exam"],
            manual=value["manual"],
            visit=value["visit"],
            outcome=Outcome(value["outcome"]),
            findings=tuple(Finding.from_json(f) for f in value["findings"]),
            series=tuple(SeriesVerdict.from_json(s) for s in value["series"]),
            sentence=value["sentence"],
        )
