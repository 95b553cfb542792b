"""Real scans, pydicom's own files and the planted corpus: no crash, nothing left, utility kept."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pydicom.data
import pytest

from provident.deid import REASONS, Profile, Subject, gather, verify
from provident.deid.batch import Job, Outcome, Places, run
from provident.deid.codebook import CrosswalkFile
from tests.spec.deid import files


title = "Real files"

SUBJECT = Subject(participant="LE-017", date_shift_days=-100)
PYDICOM = Path(pydicom.data.__file__).parent


def pydicom_files() -> list[Path]:
    return sorted(
        p
        for folder in ("test_files", "charset_files")
        for p in (PYDICOM / folder).rglob("*")
        if p.is_file()
    )


@pytest.mark.filterwarnings("ignore")
def test_every_file_of_pydicom_s_ends_de_identified_or_held_with_a_reason():
    ended: Counter[str] = Counter()
    for path in pydicom_files():
        data = path.read_bytes()
        done = files.run(data, Profile(), SUBJECT)
        if done.data is None:
            assert done.reason in REASONS, path
            ended[done.reason] += 1
            continue
        ended["out"] += 1
        leaks = verify(
            done.data, identifiers=gather(data), profile=Profile(), shifted_by=-100
        )
        assert leaks == [], path

    # The rest are captures and other pictures that no reader looked at, cut short, or no images.
    assert ended["out"] >= 105
    assert {"not_dicom", "directory", "truncated", "no_identity"} <= set(ended)


@pytest.mark.slow
@pytest.mark.real
def test_every_real_scan_is_accounted_for(shared, tmp_path):
    folder = shared / "data" / "realscans"
    job = Job(profile=Profile(), key=files.KEY, places=Places.beside(tmp_path / "out"))

    outcomes = run(folder, job=job, crosswalk=CrosswalkFile(), enrol=True)

    held = {o.name: o.reason for o in outcomes if o.out is None}
    assert len(outcomes) == 627
    assert 627 - len(held) == sum(
        1 for p in (tmp_path / "out").rglob("*") if p.is_file()
    )
    assert {"pixels_need_review", "directory"} == set(held.values())
    assert all("us_misc" in n or "ct_phantom" in n for n in held)
    assert sum("us_misc" in n for n in held) == 4


def scored(
    shared: Path, corpus: Path, work: Path, outcomes: list[Outcome]
) -> dict[str, Any]:
    """What the corpus's own program says of the output in `work`/out."""
    mapping = work / "map.tsv"
    mapping.write_text("\n".join(f"{o.name}\t{o.out}" for o in outcomes if o.out))
    command = [sys.executable, shared / "deid" / "score.py", corpus, work / "out"]
    subprocess.run(
        [*command, "--map", mapping, "--json", work / "score.json"],
        check=True,
        capture_output=True,
    )
    return json.loads((work / "score.json").read_text())


@pytest.mark.slow
@pytest.mark.real
def test_the_planted_corpus(shared, tmp_path):
    """Scored by the corpus's own program: what is held counts as lost, so the bounds are below 100."""
    corpus = shared / "deid" / "corpus"
    job = Job(profile=Profile(), key=files.KEY, places=Places.beside(tmp_path / "out"))
    outcomes = run(corpus / "in", job=job, crosswalk=CrosswalkFile(), enrol=True)
    told = scored(shared, corpus, tmp_path, outcomes)

    results, summary = told["results"], told["summary"]
    leaks = {
        k: v
        for k, v in summary.items()
        if k.startswith("files_with") or k == "path_leak"
    }
    bad = {
        (action, category): counts[1]
        for action in (
            "text_removed",
            "date_shifted",
            "uid_changed",
            "uid_consistent",
            "interval_kept",
            "refs_resolve",
        )
        for category, counts in results[action].items()
        if counts[1]
    }
    assert (leaks, bad) == ({}, {})
    assert all(
        results["text_retained"][c][1] == 0
        for c in ("private_safe", "private_safe_float", "sr_dose")
    )
    held = {o.reason for o in outcomes if o.out is None}
    assert held <= {"pixels_need_review", "document_needs_review"}
