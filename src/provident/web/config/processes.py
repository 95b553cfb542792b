"""The platform's own processes: `web` serves pages, `jobs` works off the queue. Both end with their supervisor."""

from __future__ import annotations

import argparse
import logging
import os

from provident.adapters import lifeline


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "provident.web.config.settings")


def web(host: str, port: int, workers: int, threads: int) -> None:
    """Serve until told to stop."""
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    Server(
        "provident.web.config.serving:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        respawn_failed_workers=True,
        workers_kill_timeout=15,
        log_level=LogLevels.warning,
        log_access=False,
    ).serve()


def jobs(*, alone: bool) -> None:
    """Work off the queue until told to stop. `alone`: no other worker is at work on the database."""
    import django
    from django.core.management import call_command

    django.setup()
    # django-q logs arguments and tracebacks; what failed is in our own log, by code.
    logging.getLogger("django-q").setLevel(logging.CRITICAL)
    if alone:
        from provident.web.jobs.queue import take_back

        take_back()
    call_command("qcluster", verbosity=0)


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(prog="provident.web.config.processes")
    commands = parser.add_subparsers(dest="command", required=True)
    serving = commands.add_parser("web")
    serving.add_argument("--host", default="127.0.0.1")
    serving.add_argument("--port", type=int, default=8000)
    serving.add_argument("--workers", type=int, default=2)
    serving.add_argument("--threads", type=int, default=4)
    working = commands.add_parser("jobs")
    working.add_argument("--alone", action="store_true")
    told = parser.parse_args()
    lifeline.hold()
    if told.command == "web":
        web(told.host, told.port, told.workers, told.threads)
    else:
        jobs(alone=told.alone)


if __name__ == "__main__":
    main()
