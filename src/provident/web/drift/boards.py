"""The charts of a design's readers: drawn from what is signed, stored as JSON, read back."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from provident.programme.watching import crowd, watch_rules
from provident.reading.drift import Board, Line, watch
from provident.reading.drift_rules import Kind, Of, Operating
from provident.statistics.charts import FalseAlarms
from provident.web.drift.measured import counts, readers_of, watched
from provident.web.reading.designs import designs
from provident.web.studies.models import Study
from provident.web.studies.plans import plan_in_force


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """What one run found, before it is kept."""

    design: str
    counts: dict[str, int]
    seed: int
    boards: list[Board]


def draw(
    study: Study, endpoint: str, *, seed: int, starts: Mapping[Of, Mapping[str, int]]
) -> Drawn:
    """Draw all charts that the plan has for a design; nothing is written.

    Args:
        starts: by chart, how many reads of each reader lie before the chart began anew.
    """
    plan, design = plan_in_force(study), designs(study)[endpoint]
    reads = watched(study, design)
    group = crowd(plan, endpoint, readers_of(study, endpoint))
    boards = [
        watch(rule, reads, group, seed=seed, starts=starts.get(rule.of))
        for rule in watch_rules(plan, endpoint)
    ]
    return Drawn(
        design=endpoint, counts=counts(study, endpoint), seed=seed, boards=boards
    )


def stored(boards: Iterable[Board]) -> list[dict[str, Any]]:
    """As a run keeps them. JSON knows no infinity: what never comes is null."""
    return [_finite(asdict(b)) for b in boards]


def _finite(told: Any) -> Any:
    if isinstance(told, dict):
        return {k: _finite(v) for k, v in told.items()}
    if isinstance(told, list | tuple):
        return [_finite(v) for v in told]
    return None if isinstance(told, float) and not math.isfinite(told) else told


def read_back(told: Iterable[Mapping[str, Any]]) -> list[Board]:
    """What `stored` made."""
    return [
        Board(
            of=Of(one["of"]),
            kind=Kind(one["kind"]),
            lines=tuple(Line.from_json(line) for line in one["lines"]),
            operating=_operating(one["operating"]),
            remark=one["remark"],
        )
        for one in told
    ]


def _operating(told: Mapping[str, Any] | None) -> Operating | None:
    if told is None:
        return None
    alarms = dict(told["false_alarms"])
    alarms["run_length"] = _or_never(alarms["run_length"])
    return Operating(
        **{
            **told,
            "delay": _or_never(told["delay"]),
            "false_alarms": FalseAlarms(**alarms),
        }
    )


def _or_never(value: float | None) -> float:
    return math.inf if value is None else value
