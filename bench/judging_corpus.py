"""Writes the fault corpus of tests/spec/acquisition as files, for Provident and its peers alike."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any


ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from tests.spec.acquisition import corpus, scans


COPIES = 2  # exams that are as the reference, in the data set that mrQA is given


def write_exam(
    exam: corpus.Exam, folder: Path, *, patient: str = "P0", fresh: bool = False
) -> Path:
    """Write an exam, a folder a series; with UIDs of its own where `fresh`. The exam is changed."""
    study = scans.uid() if fresh else None
    for n, (name, images) in enumerate(exam.items()):
        series = scans.uid() if fresh else None
        place = folder / f"{n}-{name.replace(' ', '-')}"
        place.mkdir(parents=True)
        for i, ds in enumerate(images):
            ds.PatientID, ds.PatientName = patient, patient
            ds.ProtocolName = ds.get("SeriesDescription", "unnamed")
            # mrQA stops without these; no fact is read from them.
            ds.StudyDate = ds.SeriesDate = ds.ContentDate = "20260302"
            if study and series:
                ds.StudyInstanceUID, ds.SeriesInstanceUID = study, series
                ds.SOPInstanceUID = scans.uid()
            (place / f"{i:04}.dcm").write_bytes(scans.stored(ds))
    return folder


def written(cases: list[corpus.Case], into: Path) -> list[dict[str, Any]]:
    """Each case on disk: the folders of its reference, of its broken exam and, for MR, of mrQA's data set."""
    rows: list[dict[str, Any]] = []
    references: dict[tuple[str, str], Path] = {}
    for n, case in enumerate(cases):
        key = (case.manual, case.name.partition(":")[0])
        if key not in references:
            references[key] = write_exam(
                case.reference(), into / "reference" / str(len(references))
            )
        folder = into / "broken" / str(n)
        broken = case.broken()
        write_exam(broken, folder)
        row = {
            "name": case.name,
            "kind": case.kind,
            "code": case.code,
            "reference": str(references[key]),
            "broken": str(folder),
        }
        if "modality: MR" in case.manual:
            data = into / "dataset" / str(n)
            write_exam(broken, data / "broken", patient="P9", fresh=True)
            for copy in range(COPIES):
                exam = case.reference()
                write_exam(exam, data / str(copy), patient=f"P{copy}", fresh=True)
            row["dataset"] = str(data)
        rows.append(row)
    (into / "corpus.json").write_text(json.dumps(rows))
    (into / "mr.json").write_text(json.dumps([r for r in rows if "dataset" in r]))
    return rows
