"""Agreement statistics against pingouin, irrCAC, statsmodels and krippendorff, side by side.

    python bench/agreement.py

The peers are run where `python bench/setup.py stat` has put them (irrCAC needs an older NumPy than Provident).
Ours come with standard error and interval; krippendorff's and statsmodels' figures are the estimate (kappa: with its
large-sample error), so theirs do less. Fleiss' kappa is compared too.

CPU milliseconds, the best of several runs; one JSON line a figure.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path


# CPU time, so no spinning threads of the linear algebra.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np


ROOT = Path(__file__).resolve().parents[1]
PEERS = ROOT / ".venv-stat" / "bin" / "python"
LIMITS = {"icc 5000 x 5": 2.0}


def best(work: Callable[[], object], rounds: int) -> float:
    """CPU milliseconds of the quickest run, after one to warm up."""
    work()
    found = []
    for _ in range(rounds):
        begun = time.process_time()
        work()
        found.append(time.process_time() - begun)
    return 1000 * min(found)


def ratings() -> tuple[np.ndarray, np.ndarray]:
    """5,000 cases x 5 readers: categories 1 to 5, and measurements."""
    rng = np.random.default_rng(7)
    true = rng.integers(1, 6, size=(5000, 1))
    noise = rng.integers(1, 6, size=(5000, 5))
    categories = np.where(rng.random((5000, 5)) < 0.6, true, noise)
    measures = rng.normal(size=(5000, 1)) * 2 + rng.normal(size=(5000, 5))
    return categories, measures


def ours() -> dict[str, float]:
    """Provident's figures."""
    sys.path.insert(0, str(ROOT / "src"))
    from provident import statistics as st

    categories, measures = ratings()

    def bootstrap() -> object:
        drawn = st.Bootstrap(rng=np.random.default_rng(1), samples=200)
        return st.krippendorff(categories, metric="ordinal", bootstrap=drawn)

    return {
        "icc 5000 x 5": best(lambda: st.icc_forms(measures), 20),
        "kappa 5000, quadratic": best(
            lambda: st.kappa(categories[:, 0], categories[:, 1], weights="quadratic"),
            5,
        ),
        "gwet AC2 5000 x 5": best(
            lambda: st.gwet_ac(categories, weights="quadratic"), 10
        ),
        "fleiss 5000 x 5": best(lambda: st.fleiss_kappa(categories), 10),
        "conger 5000 x 5": best(lambda: st.conger_kappa(categories), 10),
        "krippendorff 5000 x 5": best(
            lambda: st.krippendorff(categories, metric="ordinal"), 10
        ),
        "krippendorff bootstrap 200": best(bootstrap, 3),
    }


def peers() -> dict[str, dict[str, float]]:
    """The peers' figures; run by the peers' Python."""
    import krippendorff
    import pandas as pd
    import pingouin
    from irrCAC.raw import CAC
    from statsmodels.stats.inter_rater import (
        aggregate_raters,
        cohens_kappa,
        fleiss_kappa,
    )

    categories, measures = ratings()
    long = pd.DataFrame(measures).stack().reset_index()
    long.columns = ["case", "reader", "score"]

    def kappa() -> object:
        table = np.zeros((5, 5))
        np.add.at(table, (categories[:, 0] - 1, categories[:, 1] - 1), 1)
        return cohens_kappa(table, wt="quadratic")

    def alpha() -> object:
        return krippendorff.alpha(
            reliability_data=categories.T, level_of_measurement="ordinal"
        )

    def fleiss() -> object:
        return fleiss_kappa(aggregate_raters(categories)[0])

    frame = pd.DataFrame(categories)
    return {
        "icc 5000 x 5": {
            "pingouin": best(
                lambda: pingouin.intraclass_corr(long, "case", "reader", "score"), 1
            )
        },
        "kappa 5000, quadratic": {"statsmodels": best(kappa, 3)},
        "gwet AC2 5000 x 5": {
            "irrCAC": best(lambda: CAC(frame, weights="quadratic").gwet(), 1)
        },
        "fleiss 5000 x 5": {
            "statsmodels": best(fleiss, 2),
            "irrCAC": best(lambda: CAC(frame).fleiss(), 1),
        },
        "conger 5000 x 5": {"irrCAC": best(lambda: CAC(frame).conger(), 1)},
        "krippendorff 5000 x 5": {
            "krippendorff": best(alpha, 3),
            "irrCAC": best(lambda: CAC(frame, weights="ordinal").krippendorff(), 1),
        },
    }


def peer_figures() -> dict[str, dict[str, float]]:
    """What `peers` says in its own environment; nothing where that is not set up."""
    if not PEERS.exists():
        print(f"No peers: {PEERS.parent.parent.name} is not there.", file=sys.stderr)
        return {}
    told = subprocess.run(
        [PEERS, __file__, "--peers"], check=True, capture_output=True, text=True
    )
    return dict(json.loads(told.stdout))


def main() -> int:
    """Print the figures; 1 when a limit is not met."""
    if "--peers" in sys.argv:
        print(json.dumps(peers()))
        return 0
    beside = peer_figures()
    slow = False
    for name, figure in ours().items():
        line: dict[str, object] = {"benchmark": name, "ms": round(figure, 3)}
        if name in LIMITS:
            line["limit_ms"] = LIMITS[name]
            slow = slow or figure > LIMITS[name]
        for peer, theirs in beside.get(name, {}).items():
            line[peer] = round(theirs, 2)
        if beside.get(name):  # against the quickest
            line["ratio"] = round(min(beside[name].values()) / figure, 1)
        print(json.dumps(line))
    return int(slow)


if __name__ == "__main__":
    sys.exit(main())
