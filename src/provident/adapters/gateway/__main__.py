"""The gateway's two processes: `node` takes images by DICOM, `work` de-identifies and sends them.

They know nothing of the platform but its address: `python -m provident.adapters.gateway node --data DIR`.
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import threading
from pathlib import Path

from provident.adapters import lifeline
from provident.adapters.gateway.centre import Centre
from provident.adapters.gateway.receiving import Receivers
from provident.adapters.gateway.site import SiteGateway, gateways_in
from provident.adapters.gateway.work import KEEP_DAYS, run
from provident.kernel import Clock, FileClock, SystemClock
from provident.kernel.ids import new_id


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="provident.adapters.gateway")
    commands = parser.add_subparsers(dest="command", required=True)
    node = commands.add_parser("node")
    work = commands.add_parser("work")
    for command in (node, work):
        command.add_argument("--data", type=Path, required=True)
    node.add_argument("--host", default="127.0.0.1")
    node.add_argument("--port", type=int, default=11112)
    work.add_argument("--centre", default="")
    work.add_argument("--quiet", type=float)
    work.add_argument("--keep-days", type=float, default=KEEP_DAYS)
    return parser.parse_args()


def _until_told_to_stop() -> threading.Event:
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    return stop


def node(data: Path, host: str, port: int) -> None:
    """Listen until told to stop."""
    from provident.adapters.dicom_node import Node

    stop = _until_told_to_stop()
    receivers = Receivers(data, new_id())
    receivers.begin()
    listening = Node(receivers, new_id, host=host, port=port)
    stop.wait()
    listening.stop()


def work(
    data: Path, centre: str, *, quiet: float | None, keep_days: float, clock: Clock
) -> None:
    """De-identify and send until told to stop."""

    def connect(gateway: SiteGateway) -> Centre:
        told = gateway.registration
        return Centre(told.centre or centre, told.token)

    run(
        lambda: gateways_in(data),
        connect,
        clock,
        _until_told_to_stop(),
        quiet=quiet,
        keep_days=keep_days,
    )


def main() -> None:
    """Entry point."""
    lifeline.hold()
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    # These name peers, AE titles and addresses, which are nobody's business in a log.
    for noisy in ("pynetdicom", "httpx", "httpcore"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
    told = _arguments()
    if told.command == "node":
        node(told.data, told.host, told.port)
        return
    file = os.environ.get("PROVIDENT_CLOCK", "")
    clock: Clock = FileClock(Path(file)) if file else SystemClock()
    work(
        told.data, told.centre, quiet=told.quiet, keep_days=told.keep_days, clock=clock
    )


if __name__ == "__main__":
    main()
