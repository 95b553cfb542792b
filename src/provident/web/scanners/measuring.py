"""Measuring a phantom with an engine: pure of the database, so that it runs outside any transaction."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from provident.acquisition.measures import Image, images_of
from provident.acquisition.phantoms import (
    ENGINE,
    Engine,
    PhantomRule,
    Value,
    measure_uniform,
)
from provident.adapters.phantom_engines import measure_with
from provident.kernel import ProvidentError


TIME_LIMIT = 180.0  # seconds for hazen or pylinac
OWN = ENGINE.name
BY_HAND = "by hand"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What one engine gave."""

    engine: Engine
    values: dict[str, Value] = field(default_factory=dict)
    unknown: dict[str, str] = field(default_factory=dict)


def python_of(engine: str) -> Path | None:
    """The Python of an engine's own environment, as PROVIDENT_HAZEN or PROVIDENT_PYLINAC names it."""
    told = os.environ.get(f"PROVIDENT_{engine.upper()}", "")
    return Path(told) if told else None


def measure(
    images: Sequence[bytes], rule: PhantomRule, modality: str
) -> list[Measured]:
    """What the own engine gives, and the engine that the plan names beside it where that is another one.

    An engine that is not installed, or fails, is an answer too: its reason stands at every value that has a limit.
    """
    made = [_own(images, rule, modality)]
    if rule.engine != OWN:
        made.append(_other(rule.engine, images, rule))
    return made


def _own(images: Sequence[bytes], rule: PhantomRule, modality: str) -> Measured:
    if modality not in ("MR", "CT"):
        why = f"the own engine measures MR and CT, not {modality or 'this modality'}"
        return Measured(engine=ENGINE, unknown=dict.fromkeys(rule.limits, why))
    found = [one for one in images_of(list(images)) if isinstance(one, Image)]
    made = measure_uniform(found, modality=modality, diameter=rule.diameter)  # type: ignore[arg-type]  # checked above
    return Measured(engine=made.engine, values=dict(made.values), unknown=dict(made.unknown))  # fmt: skip


def _other(name: str, images: Sequence[bytes], rule: PhantomRule) -> Measured:
    with tempfile.TemporaryDirectory(prefix="phantom-") as folder:
        files = [Path(folder) / f"{number:04}.dcm" for number in range(len(images))]
        for path, data in zip(files, images, strict=True):
            path.write_bytes(data)
        try:
            made = measure_with(name, files, kind=rule.kind, python=python_of(name), time_limit=TIME_LIMIT)  # fmt: skip
        except ProvidentError as error:
            why = dict.fromkeys(rule.limits, str(error))
            return Measured(engine=Engine(name=name, version="none"), unknown=why)
    return Measured(engine=made.engine, values=dict(made.values), unknown=dict(made.unknown))  # fmt: skip
