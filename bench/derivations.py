"""Derivations of the shipped scores: values computed from answers, against 20,000 a second.

    python bench/derivations.py

Made-up complete entries of each score, one in a hundred answers missing. A derivation is one computed value (a total,
a segment's score, a response); records a second are beside it. CPU time; one JSON line a score.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np


sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from provident.forms import SCORES, derive, score, synthetic_answers


LIMIT = 20_000
RECORDS = 400


def rates(name: str) -> tuple[float, float, int]:
    """Derivations and records a second of CPU time, the best of three rounds, and the form's fields."""
    form, rng = score(name), np.random.default_rng(7)
    entries = [
        synthetic_answers(form, rng, missing=0.01, gate_open=1) for _ in range(RECORDS)
    ]
    made = len(derive(form, entries[0]))
    found = []
    for _ in range(3):
        begun = time.process_time()
        for answers in entries:
            derive(form, answers)
        found.append(time.process_time() - begun)
    records = RECORDS / min(found)
    return records * made, records, len(form.fields)


def main() -> int:
    """Print the figures; 1 when a score is slower than the limit."""
    slow = False
    for name in SCORES:
        values, records, fields = rates(name)
        slow = slow or values < LIMIT
        line = {
            "benchmark": f"derivations {name}, {fields} fields",
            "per_second": round(values),
            "limit_per_second": LIMIT,
            "records_per_second": round(records),
        }
        print(json.dumps(line))
    return int(slow)


if __name__ == "__main__":
    sys.exit(main())
