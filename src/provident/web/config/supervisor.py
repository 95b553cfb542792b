"""`provident serve`: one supervisor for the web server, the DICOM node, the gateways' work and the jobs."""

from __future__ import annotations

import logging
import os
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

from provident.adapters.lifeline import Lifeline
from provident.adapters.processes import Child, Supervisor
from provident.kernel import Refused


log = logging.getLogger("provident.serve")

START = 60.0  # seconds in which everything must listen


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """What is served, and where."""

    data: Path
    host: str = "127.0.0.1"
    port: int = 8000
    dicom_host: str = "127.0.0.1"
    dicom_port: int = 11112
    quiet: float | None = None
    workers: int = 2

    @property
    def address(self) -> str:
        """Where this machine reaches the platform."""
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::") else self.host  # noqa: S104  # compared, not bound
        return f"http://{host}:{self.port}"


def children(serving: Serving) -> list[Child]:
    """The processes of a platform on one machine."""
    gateway = [sys.executable, "-m", "provident.adapters.gateway"]
    platform = [sys.executable, "-m", "provident.web.config.processes"]
    data = ["--data", str(serving.data)]
    quiet = ["--quiet", str(serving.quiet)] if serving.quiet is not None else []
    return [
        Child("web", [*platform, "web", "--host", serving.host, "--port", str(serving.port),
                      "--workers", str(serving.workers)]),
        Child("dicom node", [*gateway, "node", *data, "--host", serving.dicom_host,
                             "--port", str(serving.dicom_port)]),
        Child("gateway", [*gateway, "work", *data, "--centre", serving.address, *quiet]),
        # An embedded database has no other workers; a PostgreSQL may have some on other machines.
        Child("jobs", [*platform, "jobs", *([] if os.environ.get("PROVIDENT_DATABASE") else ["--alone"])]),
    ]  # fmt: skip


def set_up(data: Path) -> None:
    """Make the data directory and its secrets, and bring the database up to date; safe to do again.

    Raises:
        Refused: the ledger's triggers are not in the database, so nothing may be served.
    """
    use(data)
    from django.core.management import call_command
    from django.db import connection

    from provident.web.ledger.triggers import missing

    call_command("migrate", interactive=False, verbosity=0)
    absent = missing(connection)
    if absent:
        raise Refused(
            f"The database does not refuse changes of the ledger ({len(absent)} triggers are missing), so nothing is served. "
            "Run `provident ledger verify`, and restore the database from a backup if it is not whole."
        )


def use(data: Path) -> None:
    """Make this process use a data directory."""
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.environ["PROVIDENT_DATA"] = str(data.absolute())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "provident.web.config.settings")
    import django

    django.setup()


def make_gateways() -> None:
    """Every study's sites have a built-in gateway."""
    from provident.web.intake.actions import ensure_built_in
    from provident.web.intake.selectors import study_ids
    from provident.web.ledger.clock import clock

    for study_id in study_ids():
        ensure_built_in(study_id=study_id, clock=clock())


def serve(serving: Serving, tell: Callable[[str], None]) -> None:
    """Serve until told to stop.

    Raises:
        Refused: the data directory is served already, or a port is taken.
    """
    serving.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    line = Lifeline(serving.data / "run")
    _answer_to_ourselves(serving)
    try:
        for host, port in ((serving.host, serving.port), (serving.dicom_host, serving.dicom_port)):  # fmt: skip
            _free(host, port)
        set_up(serving.data)
        make_gateways()
        supervisor = Supervisor(children(serving), line.environment())
        supervisor.run(lambda: _ready(serving, supervisor, tell))
    finally:
        line.close()


def _answer_to_ourselves(serving: Serving) -> None:
    """The built-in gateways reach the platform by its address on this machine, whatever names it has outside."""
    given = os.environ.get("PROVIDENT_HOSTS")
    if given:
        own = serving.address.removeprefix("http://").rpartition(":")[0]
        os.environ["PROVIDENT_HOSTS"] = ",".join(dict.fromkeys([*given.split(","), own]))  # fmt: skip


def _free(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            raise Refused(
                f"Port {port} is taken by another program. Stop it, or choose another port."
            ) from None


def _ready(
    serving: Serving, supervisor: Supervisor, tell: Callable[[str], None]
) -> None:
    deadline = time.monotonic() + START
    for host, port in ((serving.host, serving.port), (serving.dicom_host, serving.dicom_port)):  # fmt: skip
        answers = _answers if port == serving.port else _listens
        while not answers(host, port) and not supervisor.stop.is_set():
            if time.monotonic() > deadline:
                log.error("nothing listens on port %d yet; see the lines above", port)
                return
            time.sleep(0.1)
    if not supervisor.stop.is_set():
        tell(f"Provident is ready at {serving.address}")
        tell(f"DICOM: {serving.dicom_host}:{serving.dicom_port}, called AE title of the site (sites.yaml)")  # fmt: skip
        tell(f"Data: {serving.data}. Stop with Ctrl-C.")


def _answers(host: str, port: int) -> bool:
    """Whether pages are served: the port is open a second or two before, while the pages are being loaded."""
    target = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104  # compared, not bound
    connection = HTTPConnection(target, port, timeout=30)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status < 500
    except OSError:
        return False
    finally:
        connection.close()


def _listens(host: str, port: int) -> bool:
    target = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104  # compared, not bound
    try:
        with socket.create_connection((target, port), timeout=1):
            return True
    except OSError:
        return False
