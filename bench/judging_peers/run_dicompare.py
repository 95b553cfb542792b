"""dicompare over a corpus, in its own environment: for each exam a schema built from its reference, then the check.

    python run_dicompare.py CORPUS.json   ->  one JSON line an exam: name, alarm, said, seconds

It does what `dicompare build` and `dicompare check --auto-yes` do. An acquisition of the
schema that is not in the exam is a warning there, and no failure; it counts as an alarm
under `lenient` alone.
"""

from __future__ import annotations

import contextlib
import io
import json
import logging
import sys
import time
from pathlib import Path

from dicompare.io import load_dicom_session, load_schema
from dicompare.io.json import make_json_serializable
from dicompare.schema import build_schema
from dicompare.session import assign_acquisition_and_run_numbers, map_to_json_reference
from dicompare.validation import check_acquisition_compliance


logging.disable(logging.CRITICAL)


def build(folder: str, into: Path) -> None:
    """The schema of a reference."""
    made = make_json_serializable(
        build_schema(
            session_df=load_dicom_session(session_dir=folder, show_progress=False)
        )
    )
    into.write_text(json.dumps(made))


def check(folder: str, schema: Path) -> tuple[bool, bool]:
    """Whether something fails, and whether a failure, a warning or an absent acquisition is said."""
    _, told, rules = load_schema(json_schema_path=str(schema))
    session = assign_acquisition_and_run_numbers(
        load_dicom_session(session_dir=folder, show_progress=False)
    )
    mapping = map_to_json_reference(session, told)
    results = []
    for name, acquisition in told["acquisitions"].items():
        if name in mapping:
            results += check_acquisition_compliance(
                session,
                acquisition,
                acquisition_name=mapping[name],
                validation_rules=rules.get(name) if rules else None,
            )
    states = {r.get("status") for r in results}
    absent = len(mapping) < len(told["acquisitions"])
    return "error" in states, bool(states & {"error", "warning"}) or absent


def main() -> None:
    """All exams of the corpus."""
    schemas: dict[str, Path] = {}
    for case in json.loads(Path(sys.argv[1]).read_text()):
        begun = time.process_time()
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                reference = case["reference"]
                if reference not in schemas:
                    schema = Path(f"{reference}.dicompare.json")
                    build(reference, schema)
                    schemas[reference] = schema
                fails, says = check(case["broken"], schemas[reference])
            row = {"name": case["name"], "alarm": fails, "lenient": says}
        except Exception as error:  # noqa: BLE001  # a peer may stumble over anything
            row = {
                "name": case["name"],
                "alarm": False,
                "lenient": False,
                "error": type(error).__name__,
            }
        row["seconds"] = time.process_time() - begun
        sys.stdout.write(json.dumps(row) + "\n")


if __name__ == "__main__":
    main()
