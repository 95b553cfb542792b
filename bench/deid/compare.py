"""De-identification beside its peers: instances per CPU-second, leaks and what is lost, in one run.

    python bench/deid/compare.py [NAME ...] [--input=corpus|mixed|ct|real]...   names:    provident provident-pixels gdcmanon dicognito dicom-anonymizer deid orthanc

Four inputs: the planted corpus of ../shared/deid (scored by its own program), 1,296 made files of three makers, seven
transfer syntaxes and three character sets, 400 made CT slices of 512 x 512, and the real scans of ../shared/data. Choose
with --input. The CPU time is that of whole processes, start included, less what the same process takes for an empty
folder. Provident's includes gathering, verification, hashing and writing. What cannot be had here is skipped with its
reason.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from bench.deid import mixed, orthanc
from bench.deid.made import ct_slices
from bench.setup import python_of


HERE = Path(__file__).resolve().parent
SHARED = ROOT.parent / "shared" / "deid"
SLICES = 400
REAL = ROOT.parent / "shared" / "data" / "realscans"
INPUTS = ("corpus", "mixed", "ct", "real")


class Missing(Exception):
    """A peer that cannot be had here; the message says why."""


@dataclass(slots=True)
class Took:
    """CPU seconds and the largest memory of a run; output names by input names where they differ."""

    seconds: float
    megabytes: int
    names: dict[str, str] = field(default_factory=dict)


Peer = Callable[[Path, Path], Took]


# A process's largest memory is never told below its parent's at the fork: a small parent of its own measures it.
_MEASURE = """
import json, os, subprocess, sys
program = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
_, _, used = os.wait4(program.pid, 0)
print(json.dumps([used.ru_utime + used.ru_stime, used.ru_maxrss // 1024]))
"""


def command(*arguments: object, environment: dict[str, str] | None = None) -> Took:
    """Run a program to its end and take its CPU time and memory."""
    done = subprocess.run(
        [sys.executable, "-S", "-c", _MEASURE, *(str(a) for a in arguments)],
        env={**os.environ, **(environment or {})},
        capture_output=True,
        check=True,
    )
    seconds, megabytes = json.loads(done.stdout)
    return Took(seconds, megabytes)


def provident(*options: str) -> Peer:
    """Provident's own engine, in a process of its own."""

    def run(source: Path, out: Path) -> Took:
        script = HERE / "peers" / "run_provident.py"
        took = command(
            sys.executable, script, source, out, *options, environment={"PYTHONPATH": str(ROOT / "src") + os.pathsep + os.environ.get("PYTHONPATH", "")},
        )  # fmt: skip
        names = out.parent / f"{out.name}.map.json"
        took.names = json.loads(names.read_text()) if names.is_file() else {}
        return took

    return run


def python_peer(name: str, script: str) -> Peer:
    """A peer with an environment of its own."""

    def run(source: Path, out: Path) -> Took:
        if not python_of(name).is_file():
            raise Missing("not installed: ./dev setup bench")
        return command(python_of(name), HERE / "peers" / script, source, out)

    return run


def gdcmanon(source: Path, out: Path) -> Took:
    """GDCM's anonymizer (Debian's libgdcm-tools); the certificate encrypts what it takes out."""
    program, openssl = shutil.which("gdcmanon"), shutil.which("openssl")
    if program is None or openssl is None:
        raise Missing("needs Debian's libgdcm-tools and openssl")
    certificate = out.parent / "certificate.pem"
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", out.parent / "key.pem",
         "-out", certificate, "-subj", "/CN=bench", "-days", "2"],
        check=True, capture_output=True,
    )  # fmt: skip
    # It wants the output's folders to be there.
    for path in source.rglob("*"):
        if path.is_dir():
            (out / path.relative_to(source)).mkdir(parents=True, exist_ok=True)
    return command(
        program, "--de-identify", "-c", certificate, "--continue", "-r", "-i", source, "-o", out,
    )  # fmt: skip


def orthanc_peer(source: Path, out: Path) -> Took:
    """Orthanc's anonymization of whole studies over its REST interface."""
    program = shutil.which("Orthanc") or shutil.which("Orthanc", path="/usr/sbin")
    if program is None:
        raise Missing("Orthanc is not installed")
    seconds, megabytes = orthanc.anonymize(program, source, out)
    return Took(seconds, megabytes)


PEERS: dict[str, Peer] = {
    "provident": provident(),
    "provident-pixels": provident("--pixels"),
    "gdcmanon": gdcmanon,
    "dicognito": python_peer("dicognito", "run_dicognito.py"),
    "dicom-anonymizer": python_peer("dicom-anonymizer", "run_dicom_anonymizer.py"),
    "deid": python_peer("deid", "run_deid.py"),
    "orthanc": orthanc_peer,
}


def score(out: Path, names: dict[str, str], work: Path) -> dict[str, Any]:
    """What the corpus's own program says of an output."""
    mapping, told = work / "map.tsv", work / "score.json"
    arguments: list[object] = [sys.executable, SHARED / "score.py", SHARED / "corpus", out, "--json", told]  # fmt: skip
    if names:
        mapping.write_text("\n".join(f"{a}\t{b}" for a, b in names.items()))
        arguments += ["--map", mapping]
    done = subprocess.run(
        [str(a) for a in arguments], capture_output=True, text=True, check=False
    )
    if done.returncode or not told.is_file():
        return {"score": "the scoring program failed on this output"}
    summary = json.loads(told.read_text())["summary"]
    leaks = {k: v for k, v in summary.items() if k.startswith("files_with") and v}
    wanted = ("files", "missing", "utility", "actions_correct", "refs_kept")
    return {k: summary.get(k) for k in wanted} | {"leaks": leaks}


def measure(name: str, work: Path, inputs: dict[str, Path]) -> None:
    """One peer on all inputs, one JSON line each."""
    empty = work / "empty"
    empty.mkdir(exist_ok=True)
    try:
        idle = PEERS[name](empty, work / f"{name}-empty").seconds
        for what, source in inputs.items():
            out = work / f"{name}-{what}"
            out.mkdir()
            took = PEERS[name](source, out)
            files = sum(p.is_file() for p in source.rglob("*"))
            made = sum(p.is_file() for p in out.rglob("*"))
            line = {
                "benchmark": "deid", "peer": name, "input": what, "files": files, "out": made,
                "per_cpu_second": round(files / max(took.seconds - idle, 1e-3)), "start_cpu_s": round(idle, 2), "megabytes": took.megabytes,
            }  # fmt: skip
            if what == "corpus":
                line |= score(out, took.names, work)
            if what == "mixed":
                line["leaks"] = mixed.leaking(out)
            print(json.dumps(line), flush=True)
    except Missing as reason:
        print(json.dumps({"benchmark": "deid", "peer": name, "skipped": str(reason)}))


def inputs_in(work: Path, wanted: list[str]) -> dict[str, Path]:
    """The folders of the inputs that were asked for and can be had."""
    found = {"corpus": SHARED / "corpus" / "in", "real": REAL}
    found |= {"mixed": work / "mixed", "ct": work / "slices"}
    if "mixed" in wanted:
        mixed.write(found["mixed"])
    if "ct" in wanted:
        found["ct"].mkdir()
        for number, data in enumerate(ct_slices(SLICES)):
            (found["ct"] / f"{number:04}.dcm").write_bytes(data)
    for name in wanted:
        if not found[name].is_dir():
            print(json.dumps({"benchmark": "deid", "input": name, "skipped": "../shared is not here"}))  # fmt: skip
    return {name: found[name] for name in wanted if found[name].is_dir()}


def main() -> int:
    """Measure what was asked for, or all."""
    asked = [a.removeprefix("--input=") for a in sys.argv[1:] if a.startswith("--input=")]  # fmt: skip
    wanted = [a for a in sys.argv[1:] if not a.startswith("--input=")] or list(PEERS)
    unknown = sorted(set(wanted) - set(PEERS))
    if unknown:
        print(f"There is no peer {', '.join(unknown)}; there are {', '.join(PEERS)}.")
        return 2
    work = Path(tempfile.mkdtemp(prefix="bench-deid-"))
    try:
        inputs = inputs_in(work, asked or list(INPUTS))
        for name in wanted:
            measure(name, work, inputs)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
