"""The `provident` command: thin; parse, call, print, exit code."""

from __future__ import annotations

from importlib import import_module

import typer

import provident
from provident.cli.output import guarded, tell


# Each module registers its own commands, in the order in which --help shows them.
MODULES = (
    "plan",
    "documents",
    "deid",
    "images",
    "dose",
    "manual",
    "statistics",
    "platform",
    "amend",
    "records",
    "read",
    "demo",
)

app = typer.Typer(
    name="provident",
    help="Plan, check, rehearse, run and answer for the imaging of a prospective study.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _version(value: bool) -> None:
    if value:
        tell(provident.__version__)
        raise typer.Exit


@app.callback()
def _root(
    version: bool = typer.Option(  # typer calls it
        False, "--version", callback=_version, is_eager=True, help="Print the version."
    ),
) -> None:
    pass


def build() -> typer.Typer:
    """The command line with all its commands."""
    for name in MODULES:
        import_module(f"provident.cli.{name}").register(app)
    return app


def main() -> None:
    """Entry point of the console script."""
    guarded(build())
