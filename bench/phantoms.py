"""Our measures of a phantom beside hazen's and pylinac's, on the same images in the same run.

    python bench/phantoms.py

The images are synthetic scans after the ACR large phantom whose truth is known. The peers
run where their environments are (pylinac needs pydicom below 3):

    python3.11 -m venv .venv-hazen && .venv-hazen/bin/pip install hazen
    python3.11 -m venv .venv-pylinac && .venv-pylinac/bin/pip install pylinac

One JSON line a value: the truth, ours and theirs, and CPU seconds (the peers' with all that
they start).
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np


ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))

from provident.acquisition.phantoms import measure_uniform
from provident.adapters.phantom_engines import EngineFailed, measure_with
from provident.kernel import NotReady
from provident.synthetic import Scanner
from provident.synthetic.phantom import phantom


SCANNER = Scanner(id="a", modality="MR", make="SIEMENS", model="Prisma", field=3.0)
PEERS = ("hazen", "pylinac")
SCANS: tuple[dict[str, float], ...] = (
    {"uniformity": 0.93, "ghosting": 0.006, "diameter_mm": 190.0, "noise": 0.008},
    {"uniformity": 0.85, "ghosting": 0.02, "diameter_mm": 190.0, "noise": 0.008},
    {"uniformity": 0.97, "ghosting": 0.04, "diameter_mm": 193.0, "noise": 0.004},
    {"uniformity": 0.90, "ghosting": 0.006, "diameter_mm": 187.5, "noise": 0.02},
)


def made(folder: Path, number: int, drawn: dict[str, float]) -> list[Path]:
    """One scan, with the hole by which pylinac finds the phantom's turn."""
    rng = np.random.default_rng(number)
    exam = phantom(
        SCANNER, acquired=datetime(2026, 3, 2, 9, tzinfo=UTC), rng=rng, **drawn
    )
    first = exam[0]
    pixels = first.pixel_array.copy()
    y, x = np.mgrid[: pixels.shape[0], : pixels.shape[1]]
    spacing = float(first.PixelSpacing[0])
    middle = (pixels.shape[0] - 1) / 2
    away = np.hypot(y - middle + 45 / spacing, x - middle + 45 / spacing) * spacing
    pixels[away < 20] = np.median(pixels[:10, :10])
    first.PixelData = pixels.tobytes()
    return exam.write(folder / str(number))


def truth(drawn: dict[str, float]) -> dict[str, float]:
    """What was drawn, in the names and units of the measures."""
    return {
        "uniformity": 100 * drawn["uniformity"],
        "ghosting": 100 * drawn["ghosting"],
        "geometry": drawn["diameter_mm"] - 190,
        "snr": 1 / drawn["noise"],
    }


def theirs(peer: str, files: list[Path]) -> tuple[dict[str, Any], float]:
    """A peer's values or words, and its CPU seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    try:
        found = measure_with(
            peer, files, kind="acr_mri_large", python=ROOT / f".venv-{peer}/bin/python"
        )
        said: dict[str, Any] = {
            **found.unknown,
            **{n: v.value for n, v in found.values.items()},
        }
    except (NotReady, EngineFailed) as error:
        said = {"error": str(error)}
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return said, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Measure all scans with all that is here."""
    with tempfile.TemporaryDirectory(prefix="phantoms-") as folder:
        for number, drawn in enumerate(SCANS):
            files = made(Path(folder), number, drawn)
            begun = time.process_time()
            ours = measure_uniform(files, modality="MR", diameter=190)
            seconds = time.process_time() - begun
            peers = {peer: theirs(peer, files) for peer in PEERS}
            for name, true in truth(drawn).items():
                row = {
                    "scan": number,
                    "measure": name,
                    "truth": true,
                    "provident": round(ours.values[name].value, 3)
                    if name in ours.values
                    else ours.unknown[name],
                    **{
                        peer: said.get(name, said.get("error", "not measured"))
                        for peer, (said, _) in peers.items()
                    },
                }
                print(json.dumps(row))
            cpu = {
                "provident": seconds,
                **{peer: used for peer, (_, used) in peers.items()},
            }
            print(
                json.dumps(
                    {
                        "scan": number,
                        "cpu_seconds": {n: round(s, 2) for n, s in cpu.items()},
                    }
                )
            )


if __name__ == "__main__":
    main()
