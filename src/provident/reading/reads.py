"""A read: what one reader answered for one case on one occasion, evaluated visit by visit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from provident.expressions import Missing
from provident.forms import NOT_EVALUABLE, Answer, Answers, Evaluated, evaluate_series
from provident.kernel import InvalidInput
from provident.reading.design import ReadDesign


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A submitted read.

    Attributes:
        id: its stable name, which final values refer to.
        seat: 1 or 2 for the primary readers, 0 for the adjudicator.
        visits: the evaluated answers of each visit of the case.
    """

    id: str
    case: str
    reader: str
    seat: int
    visits: Mapping[str, Evaluated]
    occasion: int = 1
    version: int = 1

    @property
    def by_adjudicator(self) -> bool:
        """Whether it is the adjudicator's."""
        return self.seat == 0

    @property
    def name(self) -> str:
        """How the rules speak of it: a seat, never a person."""
        return "adjudicator" if self.by_adjudicator else f"reader {self.seat}"


def evaluate_read(
    design: ReadDesign,
    by_visit: Mapping[str, Answers],
    *,
    read_id: str,
    case: str,
    reader: str,
    seat: int,
    occasion: int = 1,
    version: int = 1,
    earlier: Mapping[str, Answers] | None = None,
) -> Read:
    """Evaluate the answers of a read in the order of the design's visits.

    `earlier` holds, where each visit is a case of its own, the same reader's answers at other
    visits, for derivations that look back at the baseline.

    Raises:
        InvalidInput: a visit that the design does not read, or a cell that contradicts its gate.
    """
    for visit in by_visit:
        if visit not in design.visits:
            raise InvalidInput(f'"{visit}" is no visit of the read design')
    known = {**(earlier or {}), **by_visit}
    last = max((design.visits.index(v) for v in by_visit), default=-1)
    order = design.visits[: last + 1]
    series = evaluate_series(design.form, [known.get(visit) for visit in order])
    return Read(
        id=read_id,
        case=case,
        reader=reader,
        seat=seat,
        occasion=occasion,
        version=version,
        visits={
            visit: evaluated
            for visit, evaluated in zip(order, series, strict=True)
            if evaluated is not None and visit in by_visit
        },
    )


def names_of(design: ReadDesign, read: Read) -> Mapping[str, Any]:
    """What expressions see of a read: the form itself, or the form at each visit."""
    if not design.per_participant:
        return next((e.names for e in read.visits.values()), {})
    return {
        visit: read.visits[visit].names
        if visit in read.visits
        else Missing(f"{visit} was not read")
        for visit in design.visits
    }


def named_values(design: ReadDesign, read: Read) -> dict[str, Answer]:
    """All derived values of a read by their dotted names: `week52.change`, or `total`."""
    values: dict[str, Answer] = {}
    for visit, evaluated in read.visits.items():
        prefix = f"{visit}." if design.per_participant else ""
        for name, value in evaluated.derived.items():
            values[f"{prefix}{name}"] = value
    return values


def value_at(design: ReadDesign, read: Read, dotted: str) -> Answer:
    """A value of a read by its dotted name; `not evaluable` when it is missing."""
    here: Any = names_of(design, read)
    for part in dotted.split("."):
        here = here.get(part) if isinstance(here, Mapping) else None
    if isinstance(here, bool):
        return int(here)
    return here if isinstance(here, int | float | str) else NOT_EVALUABLE
