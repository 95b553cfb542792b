"""Set up what the benchmarks need beside the tests' environment: an environment for each peer, `.venv-NAME`.

A peer pins other versions of our libraries, so it never shares ours. `python bench/setup.py [NAME ...]` makes
what is missing; a peer that cannot be had is said so and its benchmark skips it.
"""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path


ROOT = Path(__file__).resolve().parents[1]
PEERS = {
    "dicognito": ["dicognito==0.19.0"],
    "dicom-anonymizer": ["dicom-anonymizer==2.1.0"],
    "deid": ["deid==0.4.13"],
    "dicompare": ["dicompare==0.11.0"],
    "mrqa": ["mrQA==0.3.0", "python-dateutil", "setuptools<81"],
    # irrCAC needs a NumPy before 2.
    "stat": [
        "pingouin==0.5.5",
        "irrCAC==0.4.4",
        "statsmodels==0.15.0",
        "krippendorff==0.9.0",
        "numpy==1.26.4",
    ],
}


def python_of(peer: str) -> Path:
    """The interpreter of a peer's environment; it may not be there."""
    return ROOT / f".venv-{peer}" / "bin" / "python"


def made(peer: str) -> bool:
    """Make a peer's environment unless it is there with all it needs."""
    folder = ROOT / f".venv-{peer}"
    stamp = folder / "peer.txt"
    wanted = "\n".join(PEERS[peer])
    if stamp.is_file() and stamp.read_text() == wanted:
        return True
    venv.create(folder, with_pip=True, clear=True)
    command = [python_of(peer), "-m", "pip", "install", "--quiet", *PEERS[peer]]
    if subprocess.run(command, check=False).returncode:
        return False
    stamp.write_text(wanted)
    return True


def main() -> int:
    """Make what was asked for, or all."""
    for peer in sys.argv[1:] or PEERS:
        print(f"{peer}: {'ready' if made(peer) else 'cannot be installed here'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
