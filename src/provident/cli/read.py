"""Commands: read import, read export-sr."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from provident.cli.output import check_new, emit, tell, write_folder
from provident.kernel import InvalidInput


Data = Annotated[
    Path, typer.Option("--data", help="The data directory.", envvar="PROVIDENT_DATA")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Study = Annotated[str, typer.Argument(help="The study's id.")]
HERE = Path("provident-data")


def register(app: typer.Typer) -> None:
    """Add these commands."""
    read = typer.Typer(help="Reads of a platform.", no_args_is_help=True)
    read.command(
        "import",
        epilog="Example: provident read import nodule-ai standalone output.csv --as dora --data /srv/provident",
    )(import_output)
    read.command(
        "export-sr",
        epilog="Example: provident read export-sr nodule-ai --out reports --as stat --data /srv/provident",
    )(export_sr)
    app.add_typer(read, name="read")


def _open(data: Path) -> None:
    if not data.is_dir():
        raise InvalidInput(f"There is no data directory at {data}.")
    from provident.web.config import supervisor

    supervisor.use(data.absolute())


def import_output(
    study: Study,
    endpoint: Annotated[
        str, typer.Argument(help="The read design that the algorithm reads.")
    ],
    files: Annotated[
        list[Path],
        typer.Argument(help="Its output: CSV, or DICOM reports or segmentations."),
    ],
    member: Annotated[
        str, typer.Option("--as", help="The account that brings and signs it.")
    ],
    version: Annotated[
        str,
        typer.Option(
            help="The software's version, where the output does not say it itself."
        ),
    ] = "",
    rerun: Annotated[
        bool,
        typer.Option(
            "--rerun",
            help="The software was run anew: its output may fill hidden repeats.",
        ),
    ] = False,
    password_file: Annotated[
        Path | None,
        typer.Option(help="A file that holds the password; asked for when not given."),
    ] = None,
    data: Data = HERE,
    as_json: AsJson = False,
) -> None:
    """Take an algorithm's output in as signed reads.

    A file is taken whole or not at all; what is there already is never overwritten. Exit 3 when something does not fit.
    """
    contents = [(path.name, _content(path)) for path in files]
    _open(data)
    password = (
        password_file.read_text().strip()
        if password_file
        else typer.prompt("Password, which signs", hide_input=True)
    )
    from provident.web.config.reads import take_files

    taken = take_files(study, endpoint, member, contents, password, version, rerun)
    if as_json:
        emit({"files": taken})
        return
    for one in taken:
        tell(f"{one['name']}: {one['reads']} reads, {one['same']} were there already; {one['algorithm']} {one['version']}")  # fmt: skip


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise InvalidInput(f"{path} cannot be read.") from None


def export_sr(
    study: Study,
    out: Annotated[
        Path, typer.Option(help="The folder for the reports; it must not exist.")
    ],
    member: Annotated[
        str, typer.Option("--as", help="The account of a statistician of the study.")
    ],
    data: Data = HERE,
    as_json: AsJson = False,
) -> None:
    """Write signed reads as DICOM structured reports (TID 1500), one for each read and exam.

    They refer to the stored images; a reader is named by code. Only once the study is locked.
    """
    check_new(out)
    _open(data)
    from provident.web.config.reads import report_files

    files = report_files(study, member)
    write_folder(out, files, as_json=as_json, said=f"{len(files)} structured reports in {out}.")  # fmt: skip
