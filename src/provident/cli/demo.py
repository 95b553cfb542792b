"""Commands: demo."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from provident.cli.output import emit, say, tell
from provident.kernel import ProvidentError, Refused, SystemClock


if TYPE_CHECKING:
    from provident.rehearsal.demo import Demo, Settings


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command(epilog="Example: provident demo --data demo-data --port 8000")(demo)


def demo(
    data: Annotated[Path, typer.Option(help="The demo's own data directory.")] = Path(
        "demo-data"
    ),
    port: Annotated[int, typer.Option(help="Port to serve pages on.")] = 8000,
    dicom_port: Annotated[int, typer.Option(help="Port of the DICOM node.")] = 11112,
    fresh: Annotated[
        bool,
        typer.Option(
            "--fresh", help="Play it again, also where a finished demo is there."
        ),
    ] = False,
    serve: Annotated[
        bool,
        typer.Option("--serve/--no-serve", help="Serve the study once it is played."),
    ] = True,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document.")
    ] = False,
    participants: Annotated[
        int | None, typer.Option(hidden=True, help="Fewer participants, for tests.")
    ] = None,
) -> None:
    """Play a study of nine months through the real entry points, in some two minutes, and serve it.

    A second start on the same directory serves it at once. Ctrl-C stops it.
    """  # fmt: skip
    from provident.rehearsal.demo import Settings, is_finished, played, served

    # A shell that starts it in the background has it ignore Ctrl-C; it must stop all the same.
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, signal.default_int_handler)
    settings = Settings(
        data=data, port=port, dicom_port=dicom_port, today=SystemClock().now().date(), participants=participants
    )  # fmt: skip
    if is_finished(data) and not fresh:
        if serve:
            with served(settings) as running:
                _serve(running, settings, as_json)
        else:
            say(f"A finished demo is in {data}; --fresh plays it again.")
        return
    _clear(data)
    with _progress() as line, _explained(settings), played(settings, line) as running:
        line(_done(running))
        if serve:
            _serve(running, settings, as_json)
        elif as_json:
            emit(_document(running, settings))


def _clear(data: Path) -> None:
    from provident.rehearsal.demo import clear, is_finished

    unfinished = not is_finished(data)
    if clear(data) and unfinished:
        say("The last demo was interrupted before its end, so it is played afresh.")


@contextmanager
def _explained(settings: Settings) -> Iterator[None]:
    """A step that fails ends the demo with the page's own words and the place of the log."""
    try:
        yield
    except ProvidentError as error:
        log = settings.data / "demo.log"
        raise Refused(f"The demo stopped. {error} The log is {log}.") from None


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """Lines of what happens, on stderr."""
    from rich.console import Console

    console = Console(stderr=True, highlight=False)
    with console.status("Setting up"):
        yield lambda words: console.print(f"  {words}")


def _done(running: Demo) -> str:
    f = running.figures
    return f"Played in {running.seconds:.0f} s: {f.participants} participants, {f.scans} scans, {f.images} images, {f.reads} signed reads."  # fmt: skip


def _document(running: Demo, settings: Settings) -> dict[str, Any]:
    f = running.figures
    return {
        "address": running.platform.address,
        "data": str(settings.data),
        "accounts": [account.as_json() for account in running.accounts],
        "played": {"participants": f.participants, "scans": f.scans, "images": f.images, "reads": f.reads},
        "seconds": {"all": running.seconds, **f.seconds},
    }  # fmt: skip


def _serve(running: Demo, settings: Settings, as_json: bool) -> None:
    """Print where it is and who may log in, and serve until Ctrl-C."""
    if as_json:
        emit(_document(running, settings))
    else:
        tell(f"\nThe demo study is at {running.platform.address}\n")
        for account in running.accounts:
            tell(f"  {account.username:<8} {account.title:<28} {account.hint}")
        tell(f"\nEvery password is: {running.accounts[0].password}")
        tell(f"Its data are in {settings.data}. Stop with Ctrl-C.")
    try:
        status = running.platform.wait()
    except KeyboardInterrupt:
        return
    if status:
        raise Refused(f"The platform ended (status {status}). The log is {settings.data / 'demo.log'}.")  # fmt: skip
