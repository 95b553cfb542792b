"""Run a command against a PostgreSQL of its own, made for it and thrown away after it.

    python tools/postgres.py -- python -m pytest tests/web

Works as root (the server drops to the user postgres) and as an ordinary user. The command finds the database
in PROVIDENT_TEST_DATABASE.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def binaries() -> Path | None:
    """The folder of the newest installed server, or None."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"),
        key=lambda p: float(p.parts[4]),
    )
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(os.path.realpath(on_path)).parent if on_path else None


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


@contextlib.contextmanager
def server() -> Iterator[str]:
    """A running server; yields its address."""
    programs = binaries()
    if programs is None:
        raise SystemExit(
            "PostgreSQL is not installed (Debian: apt-get install postgresql)"
        )
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    how: dict[str, Any] = {"stdout": subprocess.DEVNULL, "check": True, "cwd": folder}
    if os.geteuid() == 0:
        user = pwd.getpwnam("postgres")
        os.chown(folder, user.pw_uid, user.pw_gid)
        how |= {
            "user": "postgres", "group": user.pw_gid, "extra_groups": [],
            "env": {"PATH": "/usr/bin:/bin", "HOME": str(folder), "LC_ALL": "C.UTF-8"},
        }  # fmt: skip
    port = free_port()
    options = (
        f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} "
        "-c fsync=off -c full_page_writes=off -c max_connections=60"
    )
    make = [
        programs / "initdb",
        "-D",
        folder / "d",
        "-A",
        "trust",
        "-U",
        "postgres",
        "--no-sync",
        "-E",
        "UTF8",
    ]
    subprocess.run(make, **how)
    control = [programs / "pg_ctl", "-D", folder / "d", "-w", "-l", folder / "log"]
    subprocess.run([*control, "-o", options, "start"], **how)
    try:
        yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], **{**how, "check": False})
        shutil.rmtree(folder, ignore_errors=True)


def main() -> int:
    """Start, run, stop."""
    command = sys.argv[sys.argv.index("--") + 1 :]
    with server() as address:
        return subprocess.run(
            command, env={**os.environ, "PROVIDENT_TEST_DATABASE": address}, check=False
        ).returncode


if __name__ == "__main__":
    sys.exit(main())
