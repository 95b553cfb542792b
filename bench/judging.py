"""Judging beside dicompare and mrQA: what is found of single faults, what it costs, and judging stored facts again.

    python bench/judging.py [--every N] [--only faults|speed|stored]

The corpus is that of tests/spec/acquisition (`corpus.py`): one fault an exam, over makers
and kinds of image. Provident judges by the manual; dicompare by the schema that it builds
itself from the reference; mrQA, which knows MR alone, by the majority of a data set in
which two exams are as the reference. The peers run where their environments are
(`python bench/setup.py dicompare mrqa`). One JSON line a figure; CPU seconds are those of
the whole process, start-up included, where it says `process`.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any


ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT), str(Path(__file__).parent)]

from judging_corpus import corpus, scans, write_exam, written
from setup import python_of

from provident.acquisition import judge
from provident.acquisition.amending import Stored, by_scanner, judged_anew
from provident.dicom import FACT_TAGS, Folder, SeriesFacts, series_facts
from tests.spec.acquisition import manuals


PEERS = {"dicompare": "corpus.json", "mrqa": "mr.json"}
SPEED_GOAL = {"classic": 3.0, "enhanced": 2.5}  # CPU seconds a 1,000 images
MEMORY_GOAL_MB = 200
STORED, STORED_GOAL_S = 10_000, 10
MANUAL = """
exam: it
modality: MR
manual: "1"
minutes: 1
series: {it: {match: {modality: MR}, count: ">= 1", require: {TE: 5..500 ms, TR: 5..9000 ms, missing_slices: 0, slice_thickness: <= 10 mm, constant: [TE, TR, coil]}}}
"""


def say(**row: Any) -> None:
    """One line."""
    sys.stdout.write(json.dumps(row) + "\n")
    sys.stdout.flush()


# What is found


def ours(case: corpus.Case, folder: str) -> tuple[bool, bool, str]:
    """Whether there is an alarm, whether the fault's own code is there, and the outcome; from files."""
    facts = series_facts(Folder(Path(folder)).headers(only=FACT_TAGS))
    verdict = judge(
        facts, manuals.manual(case.manual, case.first_visit), visit=case.visit
    )
    found = {f.code for f in verdict.all_findings() if f.severity != "note"}
    return verdict.outcome != "pass", case.code in found, str(verdict.outcome)


def faults(cases: list[corpus.Case], folder: Path) -> None:
    """All programs over one corpus."""
    rows = written(cases, folder)
    begun = time.process_time()
    told = [ours(c, r["broken"]) for c, r in zip(cases, rows, strict=True)]
    seconds = time.process_time() - begun
    references = {r["reference"]: c for c, r in zip(cases, rows, strict=True)}
    false = sum(ours(case, reference)[0] for reference, case in references.items())
    for case, (alarm, right, outcome) in zip(cases, told, strict=True):
        if not right:
            say(figure="missed", program="provident", fault=case.name, alarm=alarm, outcome=outcome)  # fmt: skip
    _summary("provident", rows, {r["name"]: t[1] for r, t in zip(rows, told, strict=True)}, seconds,
             references=len(references), false_alarms=false, by_code=True)  # fmt: skip
    for peer, corpus_file in PEERS.items():
        _peer(peer, rows, folder / corpus_file, references)


def _peer(
    peer: str, rows: list[dict[str, Any]], told: Path, references: dict[str, Any]
) -> None:
    python = python_of(peer)
    if not python.is_file():
        say(figure="faults", program=peer, skipped=f"no environment; python bench/setup.py {peer}")  # fmt: skip
        return
    answers, seconds = _asked(python, peer, told)
    some = [r for r in rows if r["name"] in answers]
    for reading in ("alarm", "lenient"):
        if any(reading in a for a in answers.values()):
            found = {n: bool(a.get(reading)) for n, a in answers.items()}
            name = peer if reading == "alarm" else f"{peer}, warnings and absent acquisitions counted"  # fmt: skip
            _summary(name, some, found, seconds, errors=sum("error" in a for a in answers.values()))  # fmt: skip
    plain = [{"name": r, "reference": r, "broken": r, "dataset": r} for r in references]
    if peer == "dicompare":
        clean = told.with_name("references.json")
        clean.write_text(json.dumps(plain))
        alarms, _ = _asked(python, peer, clean)
        say(figure="references", program=peer, exams=len(alarms), false_alarms=sum(a["alarm"] for a in alarms.values()))  # fmt: skip


def _asked(
    python: Path, peer: str, told: Path
) -> tuple[dict[str, dict[str, Any]], float]:
    script = Path(__file__).parent / "judging_peers" / f"run_{peer}.py"
    done = subprocess.run([python, script, told], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)  # fmt: skip
    lines = [json.loads(x) for x in done.stdout.splitlines() if x.startswith("{")]
    return {x["name"]: x for x in lines}, sum(x["seconds"] for x in lines)


def _summary(
    program: str,
    rows: list[dict[str, Any]],
    found: dict[str, bool],
    seconds: float,
    **more: Any,
) -> None:
    """How many were found; and of unreadable fields and absent series, how many it called compliant."""
    silent = [r for r in rows if r["kind"] != "value" and not found[r["name"]]]
    hits = sum(found[r["name"]] for r in rows)
    say(
        figure="faults", program=program, faults=len(rows), found=hits, missed=len(rows) - hits,
        share=round(hits / max(len(rows), 1), 4), cpu_seconds=round(seconds, 2),
        false_compliant={
            "unreadable": sum(r["kind"] == "unreadable" for r in silent), "absent": sum(r["kind"] == "absent" for r in silent),
            "of": sum(r["kind"] != "value" for r in rows),
        },
        **more,
    )  # fmt: skip


# What it costs


def speed(folder: Path) -> None:
    """CPU seconds and memory of one process for 1,000 classic instances and for 1,000 enhanced frames."""
    manual = folder / "manual.yaml"
    manual.write_text(MANUAL)
    real = (
        ROOT.parent / "shared/data/realscans/mr_dwi_philips_classic"
    )  # where it is at hand
    classic = folder / "classic"
    write_exam({"it": scans.mr("t1", slices=1000, study=scans.uid())}, classic)
    enhanced = folder / "enhanced"
    whole = scans.enhanced(scans.mr("t1", slices=1000, study=scans.uid()))
    write_exam({"it": whole}, enhanced)
    sets = [("classic", classic, 1000), ("enhanced", enhanced, 1000)]
    if real.is_dir():
        sets.append(("classic", real, sum(p.is_file() for p in real.rglob("*"))))
    for kind, images, number in sets:
        _timed(kind, images, number, manual)


def _timed(kind: str, images: Path, number: int, manual: Path) -> None:
    code = "import sys; from provident.cli.main import main; sys.argv[0] = 'provident'; main()"
    seconds, memory, _ = _process([sys.executable, "-c", code, "judge", images, "--study", manual, "--json"])  # fmt: skip
    row = {
        "figure": "cost", "images": kind, "set": images.name, "number": number, "cpu_seconds_process": round(seconds, 2),
        "a_thousand": round(seconds * 1000 / number, 2), "goal": SPEED_GOAL[kind],
        "memory_mb": round(memory), "memory_goal_mb": MEMORY_GOAL_MB,
    }  # fmt: skip
    python = python_of("dicompare")
    if python.is_file():
        row |= _by_dicompare(python, images, manual.with_name(f"{images.name}.json"), seconds)  # fmt: skip
    say(**row)


def _by_dicompare(
    python: Path, images: Path, schema: Path, ours: float
) -> dict[str, Any]:
    """What dicompare takes to build its schema of the images, and to check them against it."""
    command = [python, "-m", "dicompare.cli.main"]
    building, _, built = _process([*command, "build", images, schema])
    if built:
        return {"dicompare": "cannot read them"}
    # 0.11 writes no tag for fields that it derives, and then refuses its own schema.
    schema.write_text(schema.read_text().replace('"tag": null', '"tag": "derived"'))
    report = schema.with_suffix(".report.json")
    seconds, memory, _ = _process([*command, "check", images, schema, report, "-y"])
    if not report.is_file():
        return {"dicompare_build_cpu_seconds": round(building, 2), "dicompare": "builds a schema and stumbles over it"}  # fmt: skip
    return {
        "dicompare_build_cpu_seconds": round(building, 2), "dicompare_cpu_seconds": round(seconds, 2),
        "dicompare_memory_mb": round(memory), "ratio": round(seconds / ours, 1),
    }  # fmt: skip


def _process(command: Iterable[Any]) -> tuple[float, float, int]:
    """CPU seconds and the largest memory (MB) of a process with what it starts, and its exit code."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    process = subprocess.Popen(
        [*map(str, command)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment
    )  # fmt: skip
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, process.returncode


# Judging stored facts again


def stored() -> None:
    """10,000 stored exams by a new manual, from the JSON that the platform keeps."""
    exam = scans.hands()
    old = manuals.manual(manuals.HANDS, "baseline")
    new = manuals.manual(manuals.HANDS.replace("400..700 ms", "400..500 ms"), "baseline")  # fmt: skip
    facts = scans.facts(*exam.values())
    kept = [json.dumps(one.as_json()) for one in facts]
    before = judge(facts, old, visit="baseline").outcome
    known = {"hands_mri": new, "other": manuals.manual(manuals.DWI), "more": manuals.manual(corpus.more_scans.KNEE)}  # fmt: skip
    begun = time.process_time()
    effects = []
    for n in range(STORED):
        read = [SeriesFacts.from_json(json.loads(text)) for text in kept]
        one = Stored(key=str(n), series=read, visit="baseline", outcome=str(before), codes=frozenset())  # fmt: skip
        effects.append(judged_anew(one, known, baselines={}))
    groups = by_scanner(effects)
    seconds = time.process_time() - begun
    say(
        figure="stored", exams=STORED, series=len(kept) * STORED, cpu_seconds=round(seconds, 2), goal=STORED_GOAL_S,
        changed=sum(g.moved for g in groups),
    )  # fmt: skip


def main() -> int:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--every", type=int, default=1, help="only each Nth fault of the corpus"
    )
    parser.add_argument("--only", choices=["faults", "speed", "stored"])
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="judging-") as folder:
        if asked.only in (None, "faults"):
            faults(corpus.cases()[:: asked.every], Path(folder))
        if asked.only in (None, "speed"):
            speed(Path(folder))
        if asked.only in (None, "stored"):
            stored()
    return 0


if __name__ == "__main__":
    sys.exit(main())
