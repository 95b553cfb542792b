"""hazen (Apache-2.0) on the ACR large MR phantom; runs in hazen's own environment."""

from __future__ import annotations

import json
import os
import sys
from importlib import import_module, metadata
from pathlib import Path
from typing import Any


# name of the value: (module, class, name and subtype of hazen's measurement, unit)
TASKS = {
    "snr": ("acr_snr", "ACRSNR", "SNR", "measured", ""),
    "uniformity": ("acr_uniformity", "ACRUniformity", "Uniformity", "measured", "%"),
    "ghosting": ("acr_ghosting", "ACRGhosting", "Ghosting", "measured", "%"),
    "geometry": ("acr_geometric_accuracy", "ACRGeometricAccuracy", "GeometricAccuracy", "distortion", "mm"),
}  # fmt: skip


def measured(files: list[str]) -> dict[str, Any]:
    """The values, and why others are not there."""
    values: dict[str, Any] = {}
    unknown: dict[str, str] = {}
    for name, (module, task, label, kind, unit) in TASKS.items():
        try:
            made = getattr(import_module(f"hazenlib.tasks.{module}"), task)(
                input_data=[Path(f) for f in files], report=False
            ).run()
        except Exception as error:  # noqa: BLE001  # whatever hazen raises is its answer
            unknown[name] = f"hazen: {type(error).__name__}"
            continue
        rows = [m for m in made.measurements if m.name == label]
        value = _largest(rows) if name == "geometry" else _first(rows, kind)
        if value is None:
            unknown[name] = "hazen gives no value"
        else:
            values[name] = {"value": value, "unit": unit, "method": f"hazen {module}"}
    version = metadata.version("hazen")
    return {"name": "hazen", "version": version, "values": values, "unknown": unknown}


def _first(rows: list[Any], kind: str) -> float | None:
    return next((float(m.value) for m in rows if m.type == kind), None)


def _largest(rows: list[Any]) -> float | None:
    """The largest difference of a measured length from 190 mm, with its sign."""
    off = [
        float(m.value) - 190.0 for m in rows if m.type == "measured" and m.unit == "mm"
    ]
    return max(off, key=abs) if off else None


if __name__ == "__main__":
    answer = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what hazen prints must not mix with the answer
    json.dump(measured(json.load(sys.stdin)["files"]), answer)
    answer.close()
