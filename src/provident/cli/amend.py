"""Commands: what an amendment of the plan would change."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from provident.cli.output import emit, say, tell
from provident.kernel import InvalidInput


if TYPE_CHECKING:
    from provident.acquisition.amending import Effect

DATA = Path("provident-data")


def register(app: typer.Typer) -> None:
    """Add these commands."""
    amend = typer.Typer(help="Amendments of a plan.", no_args_is_help=True)
    amend.command(
        epilog="Example: provident amend preview arthur-2 my-study-1.5 --data /srv/provident"
    )(preview)
    app.add_typer(amend, name="amend")


def preview(
    study: Annotated[str, typer.Argument(help="The study's id on the platform.")],
    new: Annotated[Path, typer.Argument(help="The folder of the new plan.")],
    data: Annotated[
        Path,
        typer.Option("--data", help="The data directory.", envvar="PROVIDENT_DATA"),
    ] = DATA,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document on stdout.")
    ] = False,
) -> None:
    """Judge all stored exams of a study by a new plan, and say what would change. Nothing is changed.

    Facts alone are read, no image. Exit 0 when no exam gets a worse verdict, 1 when one
    does, 3 when the plan does not load.
    """
    from provident import plan

    loaded = plan.load(new).require()
    if not data.is_dir():
        raise InvalidInput(f"There is no data directory at {data}.")
    from provident.web.config import supervisor

    supervisor.use(data.absolute())
    from provident.web.config.stored_exams import effects_of

    effects = effects_of(study, loaded)
    worse = [e for e in effects if _worse(e)]
    if as_json:
        emit(
            {
                "plan": {"version": loaded.version, "hash": loaded.hash},
                "exams": len(effects),
                "worse": len(worse),
                "changes": [e.as_json() for e in effects if e.changes],
            }
        )
    else:
        _print(effects)
    say(f"{len(effects)} stored exams judged by {loaded.version}; {len(worse)} get a worse verdict. Nothing was changed.")  # fmt: skip
    raise typer.Exit(int(bool(worse)))


def _worse(effect: Effect) -> bool:
    rank = ("pass", "warn", "not_assessable", "fail")
    return rank.index(effect.after) > rank.index(effect.before)


def _print(effects: list[Effect]) -> None:
    from provident.acquisition.amending import by_scanner

    for group in by_scanner(effects):
        moves = [f"{n} from {before} to {after}" for (before, after), n in sorted(group.moves.items())]  # fmt: skip
        words = "; ".join(moves) or "no verdict changes"
        where = f"{group.site} {group.scanner or '(no registered scanner)'}"
        tell(f"{where}: {group.exams} exams; {words.replace('_', ' ')}")
    for effect in effects:
        if effect.before != effect.after:
            tell(f"  exam {effect.key} ({effect.site}, {effect.visit}): {effect.before} to {effect.after}: {effect.why}")  # fmt: skip
