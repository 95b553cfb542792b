"""Commands: ledger verify, ledger head, export."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from provident.cli.output import check_new, emit, say, tell, write_folder
from provident.kernel import InvalidInput


Data = Annotated[
    Path, typer.Option("--data", help="The data directory.", envvar="PROVIDENT_DATA")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
HERE = Path("provident-data")


def register(app: typer.Typer) -> None:
    """Add these commands."""
    ledger = typer.Typer(help="The ledger of a platform.", no_args_is_help=True)
    ledger.command(
        "verify", epilog="Example: provident ledger verify --data /srv/provident"
    )(verify)
    ledger.command("head", epilog="Example: provident ledger head arthur-2 --json")(
        head
    )
    app.add_typer(ledger, name="ledger")
    app.command(
        epilog="Example: provident export arthur-2 --as stat --out export --data /srv/provident"
    )(export)


def _open(data: Path) -> None:
    if not data.is_dir():
        raise InvalidInput(f"There is no data directory at {data}.")
    from provident.web.config import supervisor

    supervisor.use(data.absolute())


def verify(data: Data = HERE, as_json: AsJson = False) -> None:
    """Walk every study's chain: numbers, links, hashes, values against commitments; and the database's triggers.

    Exit 1 when anything does not hold.
    """
    _open(data)
    from provident.web.config.records import verify_ledger

    found = verify_ledger()
    if as_json:
        emit(found)
    else:
        for chain in found["chains"]:
            state = "holds" if not chain["faults"] else "DOES NOT HOLD"
            tell(
                f"{chain['study'] or 'platform'}: {chain['events']} events, {state}; head {chain['head'][:16]}"
            )
            for fault in chain["faults"]:
                say(f"    event {fault['number']}: {fault['what']}")
        for name in found["triggers_missing"]:
            say(f"The database no longer protects the ledger: {name} is missing.")
    if found["triggers_missing"] or any(c["faults"] for c in found["chains"]):
        raise SystemExit(1)


def head(
    study: Annotated[str, typer.Argument(help="The study's id.")],
    data: Data = HERE,
    as_json: AsJson = False,
) -> None:
    """Print the number and hash of a study's last event."""
    _open(data)
    from provident.web.ledger.selectors import head as head_of

    found = head_of(study)
    if as_json:
        emit({"study": found.study, "number": found.number, "hash": found.hash})
    else:
        tell(f"{found.number} {found.hash}")


def export(
    study: Annotated[str, typer.Argument(help="The study's id.")],
    out: Annotated[
        Path, typer.Option(help="The folder for the files; it must not exist.")
    ],
    member: Annotated[
        str, typer.Option("--as", help="The account of a statistician of the study.")
    ],
    data: Data = HERE,
    as_json: AsJson = False,
) -> None:
    """Write a study's data: tables, codebook, manifest with hashes and the ledger's head.

    What it holds follows the access table of the account it is made as.
    """
    check_new(out)
    _open(data)
    from provident.web.config.records import export_files

    files = export_files(study, member)
    write_folder(out, files, as_json=as_json, said=f"{len(files)} files in {out}; manifest.json has their hashes.")  # fmt: skip
