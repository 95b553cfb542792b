"""Cases, their place in a reader's order, and the labels that hide the visits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from provident.forms import Answers, check_answers
from provident.kernel import Finding, InvalidInput, PlanError
from provident.reading.design import Mode, ReadDesign
from provident.reading.lots import shuffled


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What one reader is shown at once: a participant's visits, or one visit.

    `strata` holds the value of each stratum by its name (`site`, `visit`, `scanner`).
    """

    id: str
    participant: str
    visits: tuple[str, ...]
    strata: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.visits:
            raise PlanError(f"case {self.id} has no visit to read")


Labels = tuple[tuple[str, str], ...]
"""Pairs of label and visit: (("A", "week52"), ("B", "baseline"))."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """One case at one place of one reader's order.

    Attributes:
        position: the place in the reader's order, from 1.
        block: the block of the order, from 1.
        seat: which of the primary reads this is, 1 or 2.
        labels: which label stands for which visit; known to the server alone.
        occasion: 1 for the first read, 2 and on for hidden repeats.
    """

    case: str
    participant: str
    reader: str
    position: int
    block: int
    seat: int
    labels: Labels
    strata: tuple[tuple[str, str], ...] = ()
    occasion: int = 1

    def as_json(self) -> dict[str, Any]:
        """All that is stored of it."""
        return {
            "case": self.case,
            "participant": self.participant,
            "reader": self.reader,
            "position": self.position,
            "block": self.block,
            "seat": self.seat,
            "labels": [list(pair) for pair in self.labels],
            "strata": [list(pair) for pair in self.strata],
            "occasion": self.occasion,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Placed:
        """What `as_json` stored."""
        pairs = {
            name: tuple((str(a), str(b)) for a, b in value[name])
            for name in ("labels", "strata")
        }
        return cls(**{**value, **pairs})


def labels_for(design: ReadDesign, case: Case, seed: int, occasion: int = 1) -> Labels:
    """The labels A, B, C ... of a case's visits.

    With a hidden time order the visits stand in an order drawn by lot for the case, the same
    for all its readers, so that answers can be compared; a repeat is drawn anew.
    """
    if len(case.visits) > 26:
        raise PlanError(f"case {case.id} has more than 26 visits")
    visits = sorted(case.visits, key=lambda v: _rank(design, v))
    if design.hidden_time_order and design.mode is not Mode.TIME_POINT:
        purpose = (design.endpoint, "labels", case.id, str(occasion))
        visits = shuffled(seed, purpose, visits)
    return tuple((chr(ord("A") + i), visit) for i, visit in enumerate(visits))


def _rank(design: ReadDesign, visit: str) -> int:
    if visit not in design.visits:
        raise PlanError(f'"{visit}" is no visit of the read design {design.endpoint}')
    return design.visits.index(visit)


def to_visits(labels: Labels, answers: Answers) -> dict[str, dict[str, Any]]:
    """Answers as the client has them (`A:normal`) by visit; with one time point no prefix is needed.

    Raises:
        InvalidInput: a key names no label of this case.
    """
    visits = dict(labels)
    by_visit: dict[str, dict[str, Any]] = {visit: {} for visit in visits.values()}
    for key, value in answers.items():
        label, colon, rest = key.partition(":")
        if not colon and len(labels) == 1:
            label, rest = labels[0][0], key
        if label not in visits or not rest:
            raise InvalidInput(
                f"an answer belongs to none of the time points {', '.join(visits)}"
            )
        by_visit[visits[label]][rest] = value
    return by_visit


def to_labels(labels: Labels, by_visit: Mapping[str, Answers]) -> dict[str, Any]:
    """Answers by visit as the client has them; the reverse of `to_visits`."""
    answers: dict[str, Any] = {}
    for label, visit in labels:
        prefix = f"{label}:" if len(labels) > 1 else ""
        for key, value in by_visit.get(visit, {}).items():
            answers[f"{prefix}{key}"] = value
    return answers


def check_read(
    design: ReadDesign, labels: Labels, answers: Answers, complete: bool
) -> list[Finding]:
    """All that is wrong with a read's answers as the client has them, by its own keys.

    Raises:
        InvalidInput: a key names no label of this case.
    """
    by_visit = to_visits(labels, answers)
    findings: list[Finding] = []
    for label, visit in labels:
        prefix = f"{label}:" if len(labels) > 1 else ""
        findings += check_answers(design.form, by_visit[visit], complete, prefix=prefix)
    return findings
