"""Serving the gateway's own screen on this machine, as a WSGI application whose process ends with the command."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

from provident.adapters import lifeline
from provident.adapters.lifeline import Lifeline
from provident.adapters.processes import Child, Supervisor
from provident.kernel import InvalidInput, Refused
from provident.kernel.ids import new_token


HOST = "127.0.0.1"


def check_port(port: int) -> None:
    """Find out at once whether the port is free.

    Raises:
        Refused: another program has it.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            raise Refused(f"Port {port} is taken. If it is this screen already, get another link with --link-only; else choose another port with --port.") from None  # fmt: skip


def serve(data: Path, port: int) -> None:
    """Serve until told to stop.

    Raises:
        InvalidInput: there is no gateway in the directory.
        Refused: the screen of this directory is served already.
    """
    if not any(data.glob("gateways/*/gateway.json")):
        raise InvalidInput("There is no gateway in that data directory.")
    line = Lifeline(data / "review")
    told = {
        **line.environment(),
        "PROVIDENT_DATA": str(data),
        "PROVIDENT_REVIEW_PORT": str(port),
        "PROVIDENT_REVIEW_SECRET": new_token(48),
        "DJANGO_SETTINGS_MODULE": "provident.web.intake.station.settings",
    }
    try:
        # A process of its own: it must not hold the writing end of the lifeline that ends it.
        Supervisor([Child("review", [sys.executable, "-m", "provident.web.intake.station.serving"])], told).run()  # fmt: skip
    finally:
        line.close()


def main() -> None:
    """Entry point of the served process; its environment tells it what to serve."""
    lifeline.hold()
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    Server(
        "provident.web.intake.station.wsgi:application", address=HOST, port=int(os.environ["PROVIDENT_REVIEW_PORT"]),
        interface=Interfaces.WSGI, workers=1, blocking_threads=2, workers_kill_timeout=5,
        log_level=LogLevels.warning, log_access=False,
    ).serve()  # fmt: skip


if __name__ == "__main__":
    main()
