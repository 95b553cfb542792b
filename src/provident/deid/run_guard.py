"""One run at a time in an OUT, and no worker that outlives its run."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator
from multiprocessing import parent_process
from pathlib import Path

from provident.kernel import Refused


@contextlib.contextmanager
def alone(journal: Path) -> Iterator[None]:
    """Hold the journal's lock, which ends with the process however that ends.

    Raises:
        Refused: another run is at work there.
    """
    journal.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(journal, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if not _locked(handle):
            raise Refused(
                f"{journal}: another run is at work in this output. Wait for its end, or choose another OUT."
            )
        yield
    finally:
        os.close(handle)


def _locked(handle: int) -> bool:
    try:
        import fcntl
    except (
        ImportError
    ):  # Windows, and the browser: there a person keeps to one run at a time
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def end_with_parent() -> None:
    """Called first in a worker process: it ends when the run that started it is killed.

    A pool's workers hold their own end of the queue open and would wait in it for ever.
    """
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_leave_after, args=(parent,), daemon=True).start()


def _leave_after(parent: object) -> None:
    parent.join()  # type: ignore[attr-defined]  # multiprocessing.process has no public name for it
    os._exit(1)
