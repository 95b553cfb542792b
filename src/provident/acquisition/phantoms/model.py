"""Phantoms as values: what the plan asks, and what a scan of one gave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from provident.kernel import InvalidInput, PlanError
from provident.plan.models.phantom_limits import PhantomLimit
from provident.plan.models.phantoms import Phantoms
from provident.plan.quantities import Quantity


_DAYS = {"working day": 1.4, "month": 30.4375, "year": 365.25}


def days(duration: Quantity) -> float:
    """A duration in days; months and years at their mean length, working days at 7 / 5.

    Raises:
        PlanError: it is no duration.
    """
    if duration.unit in _DAYS:
        return duration.value * _DAYS[duration.unit]
    return duration.to("d")


@dataclass(frozen=True, slots=True, kw_only=True)
class PhantomRule:
    """One phantom of the plan (`imaging/phantoms.yaml`), durations in days, lengths in mm."""

    id: str
    scanners: tuple[str, ...]
    every: float
    kind: str = "other"
    protocols: tuple[str, ...] = ("",)
    grace: float = 0.0
    after_change: bool = False
    limits: Mapping[str, PhantomLimit] = field(default_factory=dict)
    engine: str = "provident"
    diameter: float | None = None
    baseline: int = 10

    def __post_init__(self) -> None:
        if self.every <= 0 or self.grace < 0:
            raise PlanError(f"{self.id}: every is above 0 d, and grace is not below it")


def phantom_rules(phantoms: Phantoms) -> tuple[PhantomRule, ...]:
    """The phantoms of a plan. A phantom without protocols has one, without a name."""
    return tuple(
        PhantomRule(
            id=name,
            scanners=one.scanners,
            every=days(one.every),
            kind=one.kind,
            protocols=one.protocols or ("",),
            grace=days(one.grace) if one.grace else 0.0,
            after_change=one.after == "scanner change",
            limits=one.accept,
            engine=one.engine,
            diameter=one.diameter.to("mm") if one.diameter else None,
            baseline=one.baseline,
        )
        for name, one in phantoms.phantoms.items()
    )


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Engine:
    """What measured: its name and its exact version. Its values stand alone."""

    name: str
    version: str

    def __post_init__(self) -> None:
        if not self.name or not self.version:
            raise InvalidInput(
                "An engine has a name and a version: values without them cannot be trended."
            )

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One measured value with its unit and method."""

    value: float
    unit: str = ""
    method: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """One scan of a phantom, measured by one engine.

    `unknown` says for each value that was looked for why it is not there. `accepted` is None
    until somebody decides. `change` is the scanner change that it answers, if any.
    """

    id: str
    phantom: str
    scanner: str
    acquired: date
    engine: Engine
    protocol: str = ""
    values: Mapping[str, Value] = field(default_factory=dict)
    unknown: Mapping[str, str] = field(default_factory=dict)
    accepted: bool | None = None
    change: str | None = None

    def as_json(self) -> dict[str, Any]:
        """All fields, ready to be stored."""
        return {
            "id": self.id,
            "phantom": self.phantom,
            "scanner": self.scanner,
            "protocol": self.protocol,
            "acquired": self.acquired.isoformat(),
            "engine": {"name": self.engine.name, "version": self.engine.version},
            "values": {
                n: {"value": v.value, "unit": v.unit, "method": v.method}
                for n, v in self.values.items()
            },
            "unknown": dict(self.unknown),
            "accepted": self.accepted,
            "change": self.change,
        }

    @classmethod
    def from_json(cls, written: Mapping[str, Any]) -> Submission:
        """The submission that `as_json` wrote."""
        return cls(
            **{
                **written,
                "acquired": date.fromisoformat(written["acquired"]),
                "engine": Engine(**written["engine"]),
                "values": {n: Value(**v) for n, v in written["values"].items()},
            }
        )
