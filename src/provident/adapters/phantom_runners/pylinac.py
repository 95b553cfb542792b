"""pylinac (MIT) on the ACR large MR phantom; runs in pylinac's own environment."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from importlib import import_module, metadata
from typing import Any


NAMES = ("uniformity", "ghosting", "geometry")


def measured(files: list[str]) -> dict[str, Any]:
    """The values, and why others are not there.

    pylinac goes through the phantom's parts in a row and stops at the first that it does not
    find; what it had measured before stands.
    """
    phantom, stopped = None, "gives no value"
    try:
        phantom = import_module("pylinac").ACRMRILarge(files)
        phantom.analyze()
    except Exception as error:  # noqa: BLE001  # whatever pylinac raises is its answer
        stopped = f"stopped with {type(error).__name__}"
    values = dict(_found(phantom))
    return {
        "name": "pylinac",
        "version": metadata.version("pylinac"),
        "values": values,
        "unknown": {n: f"pylinac {stopped}" for n in NAMES if n not in values},
    }


def _found(phantom: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Parts are classes until they were measured, and then objects."""
    geometry = getattr(phantom, "geometric_distortion", type)
    if not isinstance(geometry, type):
        off = [float(p["width (mm)"]) - 190 for p in geometry.profiles.values()]
        yield (
            "geometry",
            _value(max(off, key=abs), "mm", "pylinac geometric distortion"),
        )
    uniform = getattr(phantom, "uniformity_module", type)
    if not isinstance(uniform, type):
        yield (
            "uniformity",
            _value(
                uniform.percent_image_uniformity,
                "%",
                "pylinac percent image uniformity",
            ),
        )
        yield "ghosting", _value(uniform.psg, "%", "pylinac percent signal ghosting")


def _value(value: float, unit: str, method: str) -> dict[str, Any]:
    return {"value": float(value), "unit": unit, "method": method}


if __name__ == "__main__":
    answer = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what pylinac prints must not mix with the answer
    json.dump(measured(json.load(sys.stdin)["files"]), answer)
    answer.close()
