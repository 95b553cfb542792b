"""Commands on imaging manuals: draft one from a test scan, import one from dicompare."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from provident.cli.output import emit, say, tell
from provident.kernel import InvalidInput, Refused


if TYPE_CHECKING:
    from provident.acquisition.dicompare import Imported
    from provident.acquisition.drafting import Draft

JSON = Annotated[
    bool, typer.Option("--json", help="Print one JSON document on stdout.")
]
Exam = Annotated[
    str | None,
    typer.Option(
        help="The exam's id, such as knee_mri; else one is made.", metavar="ID"
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(
        help="The file to write, such as my-study/imaging/knee-mri.yaml; else stdout."
    ),
]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    manual = typer.Typer(
        help="Draft an imaging manual from a test scan, or import one.",
        no_args_is_help=True,
    )
    manual.command(
        epilog="Example: provident manual draft scans/test-1 --exam knee_mri --out my-study/imaging/knee-mri.yaml"
    )(draft)
    manual.command(
        "import",
        epilog="Example: provident manual import protocol.json --exam brain_mri",
    )(import_)
    app.add_typer(manual, name="manual")


def draft(
    path: Annotated[
        Path, typer.Argument(help="A folder with the DICOM files of one exam.")
    ],
    exam: Exam = None,
    out: Out = None,
    as_json: JSON = False,
) -> None:
    """Draft an imaging manual from a test scan that went well, for a physicist to confirm.

    Each series becomes a role, each of its facts a rule with a tolerance from a documented
    table. The scan is judged by its draft. Series names stand in the file: read it before it
    is shared. Exit 0, 3 when no manual can be made of it.
    """
    from provident.acquisition.drafting import draft_manual
    from provident.dicom import FACT_TAGS, Folder, series_facts

    _check_id(exam)
    folder = Folder(path)
    made = draft_manual(series_facts(folder.headers(only=FACT_TAGS)), exam=exam)
    for unread in folder.unread:
        say(f"{unread.file}: {unread.reason.replace('_', ' ')}")
    written = _write(made.text, out)
    if as_json:
        emit(
            {
                "exam": made.exam,
                "file": written,
                "outcome": str(made.verdict.outcome),
                "notes": list(made.notes),
                "text": made.text,
            }
        )
        return
    _tell(made, written)
    for note in made.notes:
        say(note)
    say(
        f"The test scan judges as {made.verdict.outcome} by it. Next: confirm each rule, then `provident check`."
    )


def import_(
    file: Annotated[Path, typer.Argument(help="A dicompare schema (JSON).")],
    exam: Exam = None,
    out: Out = None,
    as_json: JSON = False,
) -> None:
    """Make an imaging manual of a dicompare schema, and list what could not be carried over.

    Rules that are Python code are never run. Exit 0, 3 when the file is no such schema.
    """
    from provident.acquisition.dicompare import import_dicompare

    _check_id(exam)
    if not file.is_file():
        raise InvalidInput(f"There is no file {file.name}. Check the path.")
    made = import_dicompare(file.read_bytes(), exam=exam)
    written = _write(made.text, out)
    if as_json:
        emit(
            {
                "exam": made.exam,
                "file": written,
                "carried": made.carried,
                "not_carried": list(made.left),
                "text": made.text,
            }
        )
        return
    _tell(made, written)
    say(f"{made.carried} constraints carried over, {len(made.left)} not:")
    for item in made.left:
        say(f"  {item}")


def _check_id(exam: str | None) -> None:
    import re

    if exam is not None and not re.fullmatch(r"[a-z][a-z0-9_]{0,59}", exam):
        raise InvalidInput(
            f'"{exam}" is no id of an exam: small letters, digits and underscores, such as knee_mri.'
        )


def _write(text: str, out: Path | None) -> str | None:
    if out is None:
        return None
    if out.exists():
        raise Refused(
            f"{out} is there already. Choose another name, or remove it first."
        )
    if not out.parent.is_dir():
        raise InvalidInput(f"There is no folder {out.parent}. Make it first.")
    out.write_text(text, encoding="utf-8")
    return str(out)


def _tell(made: Draft | Imported, written: str | None) -> None:
    tell(made.text.rstrip() if written is None else f"{written}: exam {made.exam}")
