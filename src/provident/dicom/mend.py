"""Bring what scanners write in other units or words into the registry's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from provident.dicom.derive import fact
from provident.dicom.facts import Fact, Scalar, Value


def mend(facts: dict[str, Fact], modality: str) -> None:
    """Convert, shorten and sum up facts in place, each with its derivation."""
    _converted(
        facts, "field", lambda v: v / 10000 if v > 50 else v, "gauss converted to tesla"
    )
    if modality == "PT":
        # DICOM states becquerel; a figure too small for a tracer in Bq was written in MBq.
        _converted(
            facts,
            "injected_activity",
            lambda v: v / 1e6 if v > 1e5 else v,
            "becquerel converted to MBq",
        )
    # GE writes what is left of the lines, 1/R (as the dcm2niix project reads it).
    _converted(
        facts,
        "acceleration",
        lambda v: 1 / v if 0 < v < 1 else v,
        "1 over the share of lines that is written",
    )
    _echoes(facts)
    _earliest(facts)
    _longest_clip(facts)
    for name in ("contrast", "lossy", "weight_given", "calibrated"):
        if name in facts and facts[name].varies:
            facts[name] = replace(
                facts[name], value=True, counts=(), derivation="true of some images"
            )
    phase = facts.get("phase_encoding")
    if phase is not None and phase.value == "COLUMN":
        facts["phase_encoding"] = replace(
            phase, value="COL", derivation="COLUMN, shortened"
        )


def _converted(
    facts: dict[str, Fact], name: str, convert: Callable[[float], float], words: str
) -> None:
    found = facts.get(name)
    if found is None:
        return
    before = found.values()
    after = tuple(round(convert(float(v)), 6) for v in before)
    if after == before:
        return
    value: Value = after if found.varies else after[0]
    facts[name] = replace(found, value=value, derivation=words)


def _echoes(facts: dict[str, Fact]) -> None:
    echo_time = facts.get("TE")
    if echo_time is not None:
        several = len(set(echo_time.values()))
        facts["echoes"] = fact(
            "echoes", several, "TE", "different echo times", echo_time.unread
        )


def _earliest(facts: dict[str, Fact]) -> None:
    after = facts.get("time_after_injection")
    if after is not None and after.varies:
        first: Scalar = min(float(v) for v in after.values())
        facts["time_after_injection"] = replace(
            after, value=first, counts=(), derivation="of the first image acquired"
        )


def _longest_clip(facts: dict[str, Fact]) -> None:
    frames = facts.get("frames")
    if frames is not None and frames.varies:
        most: Scalar = max(int(v) for v in frames.values())
        facts["frames"] = replace(
            frames, value=most, counts=(), derivation="largest of the series"
        )
