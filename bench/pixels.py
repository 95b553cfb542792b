"""Burned-in text: what escapes of the planted traps, what is found where there is none, and CPU-seconds a file.

All threads' CPU time. With rapidocr-onnxruntime installed text is painted, else files with text wait.
Each figure is one JSON line; `--shared FOLDER` adds the real scans, which are not part of this project.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path


ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from provident.deid import Profile, pixels
from tests.spec.deid import burned_in, files


LIMITS = {"US or SC file": 0.7, "CT or MR slice": 0.5, "memory, MB": 700}
SEEN = 0.25  # of the ink: a trap escapes when more is as it was
EVERY = 9  # of the real slices


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path)
    told = parser.parse_args()
    # Once before the clock runs: the reader loads its models.
    look(burned_in.grey_file(burned_in.sector()))
    say("reader installed", pixels.installed_reader() is not None)
    if told.shared:
        real(told.shared / "data" / "realscans")
    # Before the traps are made, which take more memory than looking at them.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    say("memory, MB", round(peak), LIMITS["memory, MB"])
    traps()
    clean = (
        ground(seed) for ground in burned_in.GROUNDS.values() for seed in (51, 52, 53)
    )
    alarms("synthetic images without text", map(burned_in.grey_file, clean), None)


def look(
    data: bytes, examine: frozenset[str] = Profile().examine
) -> files.Deidentified:
    """De-identify with every kind of image looked at."""
    profile = replace(Profile(), burned_in="redact", examine=examine | {"CT", "MR"})
    return files.run(data, profile)


def real(scans: Path) -> None:
    """Images with text, and slices without."""
    text = sorted(scans.glob("us_misc/*.dcm")) + sorted(
        scans.glob("ct_phantom*/I[456]0")
    )
    cost("real US and dose screens", text)
    slices = [p for f in ("ct_head*", "mr_*") for p in sorted(scans.glob(f"{f}/*"))]
    alarms("real slices", (p.read_bytes() for p in slices[::EVERY]), "CT or MR slice")


def traps() -> None:
    """What becomes of the planted traps."""
    came: Counter[str] = Counter()
    planted = burned_in.traps()
    start = time.process_time()
    for trap in planted.values():
        done = look(trap.data)
        if done.data is None:
            came["held"] += 1
        else:
            seen = burned_in.seen_after(trap, done.data) >= SEEN
            came["escaped" if seen else "painted"] += 1
    spent = time.process_time() - start
    say("planted traps", {"of": len(planted)} | dict(came))
    say("CPU-s a trap", round(spent / len(planted), 2), LIMITS["US or SC file"])


def alarms(what: str, images: Iterable[bytes], limit: str | None) -> None:
    """How many images without text wait or are painted, and what one costs."""
    came: Counter[str] = Counter()
    start = time.process_time()
    for data in images:
        done = look(data)
        painted = any("painted" in note for note in done.report.notes)
        came["held" if done.data is None else "painted" if painted else "passed"] += 1
    spent = time.process_time() - start
    say(what, dict(came))
    say(
        f"CPU-s each of {what}", round(spent / came.total(), 2), LIMITS.get(limit or "")
    )


def cost(what: str, paths: list[Path]) -> None:
    """CPU-seconds of files that are painted."""
    start = time.process_time()
    for path in paths:
        look(path.read_bytes())
    say(f"CPU-s each of {what}", round((time.process_time() - start) / len(paths), 2), LIMITS["US or SC file"])  # fmt: skip


def say(what: str, value: object, limit: float | None = None) -> None:
    """One figure."""
    print(json.dumps({"what": what, "value": value} | ({"limit": limit} if limit else {})), flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
