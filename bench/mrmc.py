"""Multireader multicase analyses against their limits (the best peer, MRMCaov in R, took 170 ms).

    python bench/mrmc.py

No Python peer has these analyses. CPU milliseconds, the best of several runs; one JSON line a
figure, of which one is the agreement of DBM and Obuchowski-Rockette, which must be equal.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path


# CPU time, so no spinning threads of the linear algebra.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np


sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from provident.statistics import (
    Bootstrap,
    ReadStudy,
    dorfman_berbaum_metz,
    obuchowski_rockette,
    u_statistic,
)
from provident.statistics.mrmc import bootstrap_study


MRMCAOV_MS = 170.0


def study(readers: int, treatments: int, cases: int) -> ReadStudy:
    """Continuous ratings, half of the cases diseased."""
    rng = np.random.default_rng(7)
    truth = (np.arange(cases) % 2).astype(float)
    noise = rng.normal(size=(treatments, readers, cases))
    return ReadStudy(
        treatments=tuple(range(treatments)),
        readers=tuple(range(readers)),
        cases=tuple(range(cases)),
        truth=truth,
        ratings=noise + truth + rng.normal(size=cases),
    )


def best(work: Callable[[], object], rounds: int) -> float:
    """CPU milliseconds of the quickest run, after one to warm up."""
    work()
    found = []
    for _ in range(rounds):
        begun = time.process_time()
        work()
        found.append(time.process_time() - begun)
    return 1000 * min(found)


def main() -> int:
    """Print the figures; 1 when a limit is not met."""
    small, large = study(5, 2, 500), study(20, 4, 20_000)

    def resampled() -> object:
        return bootstrap_study(small, Bootstrap(rng=np.random.default_rng(1)))

    figures = (
        (
            "obuchowski-rockette 5 x 2 x 500",
            best(lambda: obuchowski_rockette(small), 20),
            5.0,
        ),
        ("dbm 5 x 2 x 500", best(lambda: dorfman_berbaum_metz(small), 20), None),
        ("u-statistic 5 x 2 x 500", best(lambda: u_statistic(small), 10), None),
        ("bootstrap of 2,000, 5 x 2 x 500", best(resampled, 5), 50.0),
        (
            "obuchowski-rockette 20 x 4 x 20,000",
            best(lambda: obuchowski_rockette(large), 1),
            1000.0,
        ),
    )
    slow = False
    for name, figure, limit in figures:
        line: dict[str, object] = {"benchmark": name, "ms": round(figure, 3)}
        if limit is not None:
            line["limit_ms"] = limit
            slow = slow or figure > limit
        if name == "obuchowski-rockette 5 x 2 x 500":
            line |= {
                "mrmcaov_ms": MRMCAOV_MS,
                "ratio": round(MRMCAOV_MS / figure, 1),
            }
        print(json.dumps(line))
    a, b = obuchowski_rockette(small).headline, dorfman_berbaum_metz(small).headline
    print(json.dumps({"benchmark": "dbm less or: difference of se", "of": b.se - a.se}))
    return int(slow)


if __name__ == "__main__":
    sys.exit(main())
