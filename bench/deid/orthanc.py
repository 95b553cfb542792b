"""Orthanc as a peer of de-identification: sent by HTTP, anonymized study by study, fetched again."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any
from urllib.error import URLError


def anonymize(program: str, source: Path, out: Path) -> tuple[float, int]:
    """CPU seconds and megabytes of an Orthanc that anonymizes a folder; names are kept."""
    work = Path(tempfile.mkdtemp(prefix="orthanc-", dir=out.parent))
    port = _free_port()
    settings = {
        "StorageDirectory": str(work / "db"), "IndexDirectory": str(work / "db"), "HttpPort": port, "DicomServerEnabled": False,
        "RemoteAccessAllowed": False, "AuthenticationEnabled": False, "Plugins": [],
    }  # fmt: skip
    (work / "orthanc.json").write_text(json.dumps(settings))
    process = subprocess.Popen(
        [program, str(work / "orthanc.json")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        base = f"http://127.0.0.1:{port}"
        _wait(base)
        _through(base, source, out)
    finally:
        process.terminate()
        _, _, used = os.wait4(process.pid, 0)
        process.returncode = 0  # it was waited for here
    return used.ru_utime + used.ru_stime, used.ru_maxrss // 1024


def _through(base: str, source: Path, out: Path) -> None:
    names: dict[str, str] = {}
    for path in sorted(p for p in source.rglob("*") if p.is_file()):
        told = _ask(f"{base}/instances", path.read_bytes())
        if told:
            names[told["ID"]] = path.relative_to(source).as_posix()
    for study in _ask(f"{base}/studies") or []:
        made = _ask(f"{base}/studies/{study}/anonymize", json.dumps({"Force": True}).encode())  # fmt: skip
        for instance in _ask(f"{base}/studies/{made['ID']}/instances") if made else []:
            original = _ask(f"{base}/instances/{instance['ID']}")["AnonymizedFrom"]
            target = out / names[original]
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(_bytes(f"{base}/instances/{instance['ID']}/file"))


def _bytes(address: str, body: bytes | None = None) -> bytes:
    with urllib.request.urlopen(address, data=body) as answer:  # noqa: S310  # our own Orthanc
        return bytes(answer.read())


def _ask(address: str, body: bytes | None = None) -> Any:
    """Orthanc's answer, or None where it refuses."""
    try:
        return json.loads(_bytes(address, body))
    except URLError:
        return None


def _wait(base: str) -> None:
    for _ in range(150):
        if _ask(f"{base}/system"):
            return
        time.sleep(0.1)
    raise SystemExit("Orthanc does not answer")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
