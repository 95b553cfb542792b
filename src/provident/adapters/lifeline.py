"""No orphans: every process of a platform ends when its supervisor does, however that ended.

The supervisor holds the writing end of a named pipe; each child, and each process that a child forks or spawns, reads
from it and ends at its end-of-file. Each also shares a lock on the data directory, so that a second supervisor knows
when the last of them is gone. Killing granian's main process with -9 leaves its workers serving otherwise.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import threading
import time
from pathlib import Path
from typing import IO

from provident.kernel import Refused
from provident.kernel.ids import new_id


PIPE, LOCK = "PROVIDENT_LIFELINE", "PROVIDENT_LOCK"
GONE = 3  # exit status of a process whose supervisor is gone
_held: list[IO[bytes]] = []  # the shared lock, for as long as this process lives


class Lifeline:
    """The supervisor's end: two locks and the pipe."""

    def __init__(self, folder: Path, wait: float = 15.0) -> None:
        """Take the data directory for this supervisor.

        Raises:
            Refused: another one runs on it, or processes of a killed one do not end within `wait` seconds.
        """
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._mine = (folder / "serving.lock").open("ab")
        if not _locked(self._mine, fcntl.LOCK_EX):
            raise Refused(
                "Provident is serving this data directory already. Stop it first, or give another with --data."
            )
        self._lock = folder / "processes.lock"
        self._wait_for_orphans(wait)
        for stale in folder.glob("lifeline-*"):
            stale.unlink(missing_ok=True)
        self._pipe = folder / f"lifeline-{new_id()}"
        os.mkfifo(self._pipe, 0o600)
        # Open for reading too, or opening would wait for a reader.
        self._writer = os.open(self._pipe, os.O_RDWR | os.O_CLOEXEC)

    def _wait_for_orphans(self, wait: float) -> None:
        deadline = time.monotonic() + wait
        with self._lock.open("ab") as lock:
            while not _locked(lock, fcntl.LOCK_EX):
                if time.monotonic() > deadline:
                    raise Refused(
                        "Processes of an earlier start still work on this data directory. Try again in a minute."
                    )
                time.sleep(0.1)

    def environment(self) -> dict[str, str]:
        """What children are told."""
        return {PIPE: str(self._pipe), LOCK: str(self._lock)}

    def close(self) -> None:
        """Let go; children that are left end now."""
        os.close(self._writer)
        self._pipe.unlink(missing_ok=True)
        self._mine.close()


def _locked(file: IO[bytes], how: int) -> bool:
    try:
        fcntl.flock(file.fileno(), how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def hold() -> None:
    """In a child: share the lock, and end when the supervisor does. Without a supervisor nothing happens."""
    if PIPE not in os.environ or _held:
        return
    lock = Path(os.environ[LOCK]).open("ab")  # noqa: SIM115  # held until this process ends
    fcntl.flock(lock.fileno(), fcntl.LOCK_SH)
    _held.append(lock)
    _watch()
    os.register_at_fork(after_in_child=_watch)


def _watch() -> None:
    threading.Thread(target=_end_with_supervisor, name="lifeline", daemon=True).start()


def _end_with_supervisor() -> None:
    # Where the pipe is gone or has no writer, so is the supervisor.
    with contextlib.suppress(OSError):
        reader = os.open(os.environ[PIPE], os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        os.set_blocking(reader, True)
        os.read(reader, 1)
    os._exit(GONE)
