"""Command: gateway review."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from provident.cli.output import emit, tell


def gateway_review(
    data: Annotated[Path, typer.Option(help="The gateway's data directory.", envvar="PROVIDENT_DATA")] = Path("provident-data"),
    name: Annotated[str, typer.Option(help="Who looks; it stands in the gateway's ledger beside each look and decision.")] = "",
    port: Annotated[int, typer.Option(help="Port on this machine (127.0.0.1).")] = 8017,
    link_only: Annotated[bool, typer.Option("--link-only", help="Print another link to a screen that is served already.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:  # fmt: skip
    """Look at what the gateway holds or has sent: values and images before and after, on this machine alone.

    Prints a link that works once. Approve values, mark what must go, link hospital numbers, run again.
    """
    from provident.kernel import SystemClock
    from provident.web.intake.station.links import make_link
    from provident.web.intake.station.serving import HOST, check_port, serve

    data = data.absolute()
    if not link_only:
        check_port(port)
    link = f"http://{HOST}:{port}/enter/{make_link(data, name, SystemClock())}"
    if as_json:
        emit({"link": link})
    else:
        tell(f"Open this link once, within 15 minutes, in a browser on this machine:\n  {link}")  # fmt: skip
    if not link_only:
        serve(data, port)
