"""Processes that de-identify beside the gateway's own, so that every core works and no image can stop the gateway."""

from __future__ import annotations

import importlib
import logging
import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Protocol, TypeVar

from provident.adapters import lifeline
from provident.adapters.gateway.deidentifying import Exam, Ready, make_files
from provident.adapters.gateway.site import SiteGateway
from provident.adapters.gateway.spool import Arrival


T = TypeVar("T")
log = logging.getLogger("provident.gateway")

BATCH = 16  # files of one task: its cost is far above that of handing it over
HEAVY = frozenset({"US", "XC", "SC", "OT", "DX", "CR", "RF", "XA", "MG", "NM", "PT"})
"""Modalities whose pixels are searched for text file by file: half a second each, so that a task is one file."""
MANY = 1500  # other files, at 3 ms each, below which this process is done before others have started (2 s of CPU each)
STAND = 6  # slices that stand for their series, at a quarter of a second each, which are worth processes too
IDLE = 600.0  # seconds without work after which the processes end and give their memory back
MOST = 4  # processes, where the machine has more cores
CRASHED = "QUARANTINE.UNREADABLE"


def worth_it(files: int, heavy: int, stand: int = 0) -> bool:
    """Whether processes of their own pay for these files, some of which have pixels to be searched.

    `stand` of them are slices that are looked at for their series.
    """
    return heavy > 1 or stand >= STAND or files >= MANY


class Workers(Protocol):
    """Who de-identifies the files of an exam."""

    def make(
        self,
        gateway: SiteGateway,
        exam: Exam,
        arrivals: Sequence[Arrival],
        folder: Path,
    ) -> list[Ready | str]:
        """Make the files; what became of each arrival, in order."""
        ...

    def warm(self) -> None:
        """Get ready: much is coming in."""
        ...

    def apart(self, work: Callable[[], T]) -> T | None:
        """Do work that may end its process; None where it did."""
        ...


class Alone:
    """This process itself."""

    def make(
        self,
        gateway: SiteGateway,
        exam: Exam,
        arrivals: Sequence[Arrival],
        folder: Path,
    ) -> list[Ready | str]:
        """Make the files one after the other."""
        return make_files(gateway, exam, arrivals, folder)

    def warm(self) -> None:
        """Nothing is to be started."""

    def apart(self, work: Callable[[], T]) -> T | None:
        """Do it here."""
        return work()


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0))


class Pool:
    """Processes of our own. They read the keys from the gateway's directory: no secret is handed over."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._pool: ProcessPoolExecutor | None = None
        self._used = 0.0

    def warm(self) -> None:
        """Start the processes ahead of the work: they load their libraries while an exam is still coming in."""
        self._used = time.monotonic()
        if self._pool is None:
            pool = self._open()
            for _ in range(self._size):
                pool.submit(_load)

    def apart(self, work: Callable[[], T]) -> T | None:
        """Do it in one of the processes."""
        self._used = time.monotonic()
        try:
            return self._open().submit(work).result()
        except BrokenProcessPool:
            self.close()
            return None

    def rest(self) -> None:
        """End the processes where nothing was to be done for long."""
        if self._pool is not None and time.monotonic() - self._used > IDLE:
            self.close()

    def close(self) -> None:
        """End the processes."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None

    def _open(self) -> ProcessPoolExecutor:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                self._size, mp_context=multiprocessing.get_context("spawn"), initializer=_begin
            )  # fmt: skip
        return self._pool

    def make(
        self,
        gateway: SiteGateway,
        exam: Exam,
        arrivals: Sequence[Arrival],
        folder: Path,
    ) -> list[Ready | str]:
        """Make the files in the processes; an image at which one of them dies is held, and the others go on."""
        heavy = sum(a.modality in HEAVY for a in arrivals)
        if not worth_it(len(arrivals), heavy, len(exam.stand or ())):
            return make_files(gateway, exam, arrivals, folder)
        tasks = list(_tasks(arrivals, 1 if heavy else BATCH))
        results = self._run(gateway.root, exam, tasks, folder)
        found: list[Ready | str] = []
        for task, result in zip(tasks, results, strict=True):
            found += self._singly(gateway.root, exam, task, folder) if result is None else result  # fmt: skip
        self._used = time.monotonic()
        return found

    def _run(
        self,
        root: Path,
        exam: Exam,
        tasks: Sequence[Sequence[Arrival]],
        folder: Path,
    ) -> list[list[Ready | str] | None]:
        """The results of tasks; None for those that were lost with a process."""
        pool = self._open()
        futures: list[Future[list[Ready | str]] | None] = []
        for task in tasks:
            try:
                futures.append(pool.submit(_task, root, exam, task, folder))
            except BrokenProcessPool:
                futures.append(None)
        return [self._result(future) for future in futures]

    def _result(
        self, future: Future[list[Ready | str]] | None
    ) -> list[Ready | str] | None:
        if future is None:
            return None
        try:
            return future.result()
        except BrokenProcessPool:
            self.close()
            return None

    def _singly(
        self, root: Path, exam: Exam, task: Sequence[Arrival], folder: Path
    ) -> Iterator[Ready | str]:
        """Each file of a lost task by itself, to find the one that a process dies at."""
        for arrival in task:
            [result] = self._run(root, exam, [[arrival]], folder)
            if result is None:
                log.error("an image ended the process that de-identified it; it is held")  # fmt: skip
                yield CRASHED
            else:
                yield from result


def _tasks(arrivals: Sequence[Arrival], size: int) -> Iterator[Sequence[Arrival]]:
    for start in range(0, len(arrivals), size):
        yield arrivals[start : start + size]


# In the processes


def _begin() -> None:
    """A stop is the gateway's to give; without it this process ends, too."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    lifeline.hold()


def _load() -> None:
    """Load what takes a second."""
    for name in ("scipy.ndimage", "provident.deid.pixels", "provident.programme"):
        importlib.import_module(name)


_gateways: dict[Path, SiteGateway] = {}


def _task(
    root: Path, exam: Exam, arrivals: Sequence[Arrival], folder: Path
) -> list[Ready | str]:
    if root not in _gateways:
        _gateways[root] = SiteGateway(root)
    return make_files(_gateways[root], exam, arrivals, folder)
