"""A supervisor of child processes: starts them, restarts what dies, stops all cleanly."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Event
from types import FrameType


log = logging.getLogger("provident.serve")

FIRST_BACK_OFF, MOST_BACK_OFF = (
    0.5,
    30.0,
)  # seconds before a dead child is started again
STEADY = 60.0  # a child that lived so long starts again at once
GRACE = 20.0  # seconds that a child gets to finish what it does


@dataclass(slots=True)
class Child:
    """One process to be kept running."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    back_off: float = FIRST_BACK_OFF
    restart_at: float = 0.0


@dataclass(slots=True)
class Supervisor:
    """Keeps children running until told to stop."""

    children: list[Child]
    environment: Mapping[str, str]
    stop: Event = field(default_factory=Event)

    def run(self, ready: Callable[[], None] = lambda: None) -> None:
        """Start everything, call `ready`, and watch until `stop` is set or a signal comes; then stop everything."""
        previous = {s: signal.signal(s, self._signalled) for s in (signal.SIGINT, signal.SIGTERM)}  # fmt: skip
        try:
            for child in self.children:
                self._start(child)
            ready()
            while not self.stop.wait(0.2):
                for child in self.children:
                    self._look_after(child)
        finally:
            self._end()
            for name, handler in previous.items():
                signal.signal(name, handler)

    def _signalled(self, number: int, frame: FrameType | None) -> None:
        self.stop.set()

    def _start(self, child: Child) -> None:
        child.process = subprocess.Popen(  # noqa: S603  # our own commands
            list(child.command),
            env={**os.environ, **self.environment},
            stdin=subprocess.DEVNULL,
            # A Ctrl-C goes to the supervisor alone, which then stops its children in order.
            start_new_session=True,
        )
        child.started = time.monotonic()
        child.restart_at = 0.0

    def _look_after(self, child: Child) -> None:
        now = time.monotonic()
        if child.process is None:
            if now >= child.restart_at:
                self._start(child)
            return
        status = child.process.poll()
        if status is None:
            return
        # What it forked must not work beside the one that takes its place.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.process.pid, signal.SIGKILL)
        steady = now - child.started > STEADY
        child.back_off = FIRST_BACK_OFF if steady else min(child.back_off * 2, MOST_BACK_OFF)  # fmt: skip
        child.restart_at = now + child.back_off
        child.process = None
        log.error(
            "%s ended (status %s); it is started again in %.0f s",
            child.name,
            status,
            child.back_off,
        )

    def _end(self) -> None:
        running = [c.process for c in self.children if c.process is not None]
        for process in running:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + GRACE
        for process in running:
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()
