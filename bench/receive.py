"""Receiving by C-STORE against Orthanc, side by side: instances a second from DCMTK's storescu.

    python bench/receive.py [INSTANCES]

For Provident two figures: until every instance is acknowledged (durable and encrypted), and until the exam is
judged at the centre (de-identified, verified, transferred, facts, verdict), which Orthanc does not do.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path


sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.peers.platform import Platform, free_port
from tests.peers.scans import mr


def images(folder: Path, count: int) -> Path:
    """A series of 256 x 256 images of L-101."""
    folder.mkdir()
    for number in range(1, count + 1):
        (folder / f"{number:05}.dcm").write_bytes(
            mr(patient_id="L-101", number=number, side=256)
        )
    return folder


def send(folder: Path, aet: str, port: int) -> float:
    """Seconds that storescu takes."""
    begun = time.monotonic()
    command = ["storescu", "-aec", aet, "+sd", "127.0.0.1", str(port), str(folder)]
    subprocess.run(
        command,
        env={**os.environ, "TCP_NODELAY": "1"},
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return time.monotonic() - begun


def orthanc(folder: Path, work: Path) -> float | None:
    """Seconds for Orthanc, or None where it is not installed."""
    program = shutil.which("Orthanc") or shutil.which("Orthanc", path="/usr/sbin")
    if program is None:
        return None
    port = free_port()
    settings = {
        "StorageDirectory": str(work / "orthanc"), "IndexDirectory": str(work / "orthanc"), "DicomPort": port,
        "HttpServerEnabled": False, "DicomCheckCalledAet": False, "Plugins": [],
    }  # fmt: skip
    (work / "orthanc.json").write_text(json.dumps(settings))
    process = subprocess.Popen(
        [program, str(work / "orthanc.json")], env={**os.environ, "TCP_NODELAY": "1"},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        for _ in range(100):
            time.sleep(0.2)
            echo = subprocess.run(
                ["echoscu", "127.0.0.1", str(port)], check=False, capture_output=True
            )
            if echo.returncode == 0:
                return send(folder, "ORTHANC", port)
        return None
    finally:
        process.terminate()
        process.wait()


def main() -> None:
    """Measure both in one run."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    work = Path(tempfile.mkdtemp(prefix="bench-receive-"))
    folder = images(work / "scans", count)
    peer = orthanc(folder, work)
    platform = Platform(work / "data")
    platform.load()
    platform.start()
    try:
        begun = time.monotonic()
        ours = send(folder, "PROV_LEEDS", platform.dicom_port)
        platform.wait(
            lambda: any(
                e["state"] == "judged" and e["received"] == count
                for e in platform.exams()
            ),
            600,
        )
        judged = time.monotonic() - begun
    finally:
        platform.stop()
        shutil.rmtree(work, ignore_errors=True)
    print(json.dumps({
        "benchmark": "receive", "instances": count,
        "provident_acknowledged_per_s": round(count / ours, 1),
        "provident_judged_per_s": round(count / judged, 1),
        "orthanc_acknowledged_per_s": round(count / peer, 1) if peer else None,
        "ratio_to_orthanc": round(peer / ours, 2) if peer else None,
    }))  # fmt: skip


if __name__ == "__main__":
    main()
