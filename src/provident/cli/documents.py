"""Command: document."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from provident.cli.output import emit, say, tell
from provident.cli.plan import JSON, Folder
from provident.kernel import InvalidInput


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command(
        epilog="Example: provident document my-study data-flow --out data-flow.docx"
    )(document)


def document(
    study: Folder,
    kind: Annotated[
        str, typer.Argument(help="The kind of document; left out, they are listed.")
    ] = "",
    out: Annotated[
        Path | None,
        typer.Option(help="A .html or .docx file. Without it: KIND.html here."),
    ] = None,
    exam: Annotated[str, typer.Option(help="The exam, where it is about one.")] = "",
    site: Annotated[str, typer.Option(help="The site, where it is about one.")] = "",
    scanner: Annotated[
        str, typer.Option(help="The scanner, where it is about one.")
    ] = "",
    as_json: JSON = False,
) -> None:
    """Write a document from the plan: it says which version it was made from and cannot contradict it.

    What only the team can write is marked in the document and listed at its end.
    """
    from provident import plan, programme
    from provident.programme import documents

    if not kind:
        _list(as_json=as_json)
        return
    target = out or Path(f"{kind}.html")
    if target.suffix not in (".html", ".docx"):
        raise InvalidInput(
            f"{target}: the name decides the form; end it in .html or .docx."
        )
    loaded = plan.load(study)
    findings = programme.check_plan(loaded).findings
    loaded.require()
    made = documents.document(
        kind,
        documents.Request(
            loaded=loaded, findings=findings, exam=exam, site=site, scanner=scanner
        ),
    )
    if target.suffix == ".docx":
        from provident.adapters.word import as_word

        data = as_word(made)
    else:
        data = documents.as_html(made).encode()
    try:
        target.write_bytes(data)
    except OSError as error:
        raise InvalidInput(
            f"{target}: {error.strerror}. Choose another place with --out."
        ) from error
    if as_json:
        emit({"kind": kind, "file": str(target), "plan": {"version": made.version, "hash": made.hash},
              "to_write": list(made.gaps)})  # fmt: skip
        return
    tell(str(target))
    for asks in made.gaps:
        say(f"For the team to write: {asks}")


def _list(*, as_json: bool) -> None:
    from provident.programme import documents

    kinds = documents.KINDS.values()
    if as_json:
        emit(
            [
                {
                    "kind": k.name,
                    "title": k.title,
                    "readers": k.readers,
                    "takes": list(k.takes),
                }
                for k in kinds
            ]
        )
        return
    for one in kinds:
        tell(f"{one.name:<24} {one.title} (for {one.readers})")
