"""What headers say of a series: each fact with its unit, its source and how it was derived."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


Scalar = float | int | str | bool
Value = (
    Scalar | tuple[Scalar, ...] | tuple[tuple[Scalar, ...], ...] | Mapping[str, float]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing known of a series.

    `value` is one value, a tuple when the series has several, or a mapping by axis.
    `counts` says how many images (volumes, for b-values) have each value; it is empty
    when all have the same. `unread` images have the fact in no readable form.
    `source` names tags or other facts; `derivation` says in words what was done.
    """

    value: Value
    unit: str
    source: str
    derivation: str
    counts: tuple[int, ...] = ()
    unread: int = 0

    @property
    def varies(self) -> bool:
        """Whether images of the series differ in it."""
        return len(self.counts) > 1

    def values(self) -> tuple[Scalar, ...]:
        """Every single value, in one row."""
        if isinstance(self.value, Mapping):
            return tuple(self.value.values())
        if not isinstance(self.value, tuple):
            return (self.value,)
        return tuple(
            v
            for part in self.value
            for v in (part if isinstance(part, tuple) else (part,))
        )

    def as_json(self) -> dict[str, Any]:
        """The fact as the command line contract writes it."""
        value: Any = self.value
        if isinstance(value, tuple):
            value = [list(v) if isinstance(v, tuple) else v for v in value]
        elif isinstance(value, Mapping):
            value = dict(value)
        written = {
            "value": value,
            "unit": self.unit,
            "source": self.source,
            "derivation": self.derivation,
        }
        if self.counts:
            written["counts"] = list(self.counts)
        if self.unread:
            written["unread"] = self.unread
        return written

    @classmethod
    def from_json(cls, written: Mapping[str, Any]) -> Fact:
        """The fact that `as_json` wrote."""
        value = written["value"]
        if isinstance(value, list):
            value = tuple(tuple(v) if isinstance(v, list) else v for v in value)
        return cls(
            value=value,
            unit=written["unit"],
            source=written["source"],
            derivation=written["derivation"],
            counts=tuple(written.get("counts", ())),
            unread=written.get("unread", 0),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesFacts:
    """All that is known of one series.

    `files` counts instances, `frames` images within them.
    `absent` says for each fact that was looked for and not found why.
    """

    uid: str
    study_uid: str
    modality: str
    manufacturer: str
    model: str
    files: int
    frames: int
    facts: Mapping[str, Fact] = field(default_factory=dict)
    absent: Mapping[str, str] = field(default_factory=dict)

    def value(self, name: str) -> Value | None:
        """A fact's value, or None when it is absent."""
        fact = self.facts.get(name)
        return None if fact is None else fact.value

    def as_json(self) -> dict[str, Any]:
        """The series as the command line contract writes it."""
        return {
            "uid": self.uid,
            "study_uid": self.study_uid,
            "modality": self.modality,
            "manufacturer": self.manufacturer,
            "model": self.model,
            "files": self.files,
            "frames": self.frames,
            "facts": {name: fact.as_json() for name, fact in self.facts.items()},
            "absent": dict(self.absent),
        }

    @classmethod
    def from_json(cls, written: Mapping[str, Any]) -> SeriesFacts:
        """The series that `as_json` wrote."""
        return cls(
            **{
                **written,
                "facts": {n: Fact.from_json(f) for n, f in written["facts"].items()},
            }
        )
