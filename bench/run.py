"""Run benchmarks by name, or all: `./dev bench`, `./dev bench receive room`.

Each prints one JSON line a figure, with the peer or limit beside it and the ratio.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


HERE = Path(__file__).resolve().parent
NAMES = {
    "receive": "receive.py",
    "room": "room.py",
    "browser": "browser.py",
    "judging": "judging.py",
    "agreement": "agreement.py",
    "mrmc": "mrmc.py",
    "derivations": "derivations.py",
    "deid": "deid/compare.py",
    "deid-memory": "deid/memory.py",
    "pixels": "pixels.py",
    "faces": "faces.py",
    "phantoms": "phantoms.py",
}


def main() -> int:
    """Run what was asked for."""
    wanted = sys.argv[1:] or list(NAMES)
    unknown = sorted(set(wanted) - set(NAMES))
    if unknown:
        print(
            f"There is no benchmark {', '.join(unknown)}; there are {', '.join(NAMES)}."
        )
        return 2
    return max(
        subprocess.run([sys.executable, HERE / NAMES[name]], check=False).returncode
        for name in wanted
    )


if __name__ == "__main__":
    sys.exit(main())
