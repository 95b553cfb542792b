"""mrQA over a corpus, in its own environment: the exam beside two that are as the reference.

    python run_mrqa.py CORPUS.json   ->  one JSON line an exam: name, alarm, seconds

mrQA infers the protocol from the majority of a data set; the broken exam is one subject of three.
"""

from __future__ import annotations

import contextlib
import io
import json
import logging
import sys
import tempfile
import time
import warnings
from pathlib import Path


warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)

from MRdataset import import_dataset
from mrQA import check_compliance


CONFIG = (
    Path(sys.modules["mrQA"].__file__ or "").parent / "resources" / "mri-config.json"
)


def judged(case: dict[str, object]) -> bool:
    """Whether the broken exam is reported as another than the rest."""
    with tempfile.TemporaryDirectory() as out:
        told = import_dataset(
            data_source=case["dataset"], ds_format="dicom", name="corpus", verbose=False, config_path=CONFIG, output_dir=out
        )  # fmt: skip
        horizontal, vertical, _ = check_compliance(
            dataset=told, output_dir=out, decimals=3, tolerance=0, config_path=CONFIG
        )
    wrong = set(horizontal["non_compliant"].get_sequence_ids())
    across = vertical["non_compliant"] if vertical else None
    return bool(wrong) or bool(across is not None and across.get_sequence_ids())


def main() -> None:
    """All MR exams of the corpus."""
    for case in json.loads(Path(sys.argv[1]).read_text()):
        begun = time.process_time()
        row: dict[str, object] = {"name": case["name"], "alarm": False}
        try:
            with (
                contextlib.redirect_stdout(io.StringIO()),
                contextlib.redirect_stderr(io.StringIO()),
            ):
                row["alarm"] = judged(case)
        except Exception as error:  # noqa: BLE001  # a peer may stumble over anything
            row["error"] = type(error).__name__
        row["seconds"] = time.process_time() - begun
        sys.stdout.write(json.dumps(row) + "\n")


if __name__ == "__main__":
    main()
