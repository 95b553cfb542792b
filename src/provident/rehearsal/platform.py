"""A real `provident serve` in a process of its own, whose clock is a file that the rehearsal writes."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO

from provident.adapters.gateway.site import SiteGateway, gateways_in
from provident.kernel import Refused


READY = "Provident is ready"
START = 120.0  # seconds in which a platform must be ready
STOP = 40.0  # seconds in which it must have stopped
UNDER_WAY = (
    "landed",
    "indexed",
    "prepared",
)  # states of a file that a gateway still has to do with
# A platform whose rehearsal is killed sees its standard input end, and stops as if told to.
_HELD = """
import os, signal, sys, threading
def held():
    os.read(0, 1)
    os.kill(os.getpid(), signal.SIGTERM)
threading.Thread(target=held, daemon=True).start()
from provident.cli.main import main
main()
"""


@dataclass(slots=True)
class SimulatedClock:
    """The platform's clock, set from outside."""

    path: Path

    def set(self, at: datetime) -> None:
        """It is now this time, for every process of the platform."""
        temporary = self.path.with_suffix(".new")
        temporary.write_text(at.isoformat())
        temporary.replace(self.path)

    def let_go(self) -> None:
        """From now on the machine's time holds."""
        self.path.unlink(missing_ok=True)


@dataclass(slots=True)
class Platform:
    """`provident serve` on a data directory, and the commands on it."""

    data: Path
    port: int
    dicom_port: int
    quiet: float | None = None
    clock: SimulatedClock = field(init=False)
    _process: subprocess.Popen[bytes] | None = None
    _log: IO[bytes] | None = None

    def __post_init__(self) -> None:
        self.clock = SimulatedClock(self.data / "clock")

    @property
    def address(self) -> str:
        """Where the pages are."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        """What the platform and the commands say."""
        return self.data / "demo.log"

    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "PROVIDENT_DATA": str(self.data),
            "PROVIDENT_CLOCK": str(self.clock.path),
            "PROVIDENT_DEMO": "1",
        }

    def command(self, *words: str) -> str:
        """Run a command of Provident's on this data directory; returns what it prints.

        Raises:
            Refused: it failed; the message is the command's own.
        """
        done = subprocess.run(  # noqa: S603  # our own commands
            [sys.executable, "-c", "from provident.cli.main import main; main()", *words, "--data", str(self.data)],
            env=self._environment(), capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        with self.log.open("a") as log:
            log.write(done.stdout + done.stderr)
        if done.returncode:
            raise Refused(f"provident {' '.join(words[:2])}: {_last(done.stderr)}")
        return done.stdout

    def check_ports(self) -> None:
        """Find out at once, not minutes later.

        Raises:
            Refused: a port is taken.
        """
        for port, option in ((self.port, "--port"), (self.dicom_port, "--dicom-port")):
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind(("127.0.0.1", port))
                except OSError:
                    raise Refused(
                        f"Port {port} is taken by another program. Stop it, or choose another port with {option}."
                    ) from None

    def start(self) -> None:
        """Serve, and return when pages and DICOM node answer.

        Raises:
            Refused: it does not start; the message is its own.
        """
        words = ["serve", "--data", str(self.data), "--port", str(self.port), "--dicom-port", str(self.dicom_port)]  # fmt: skip
        if self.quiet is not None:
            words += ["--quiet", str(self.quiet)]
        self._log = self.log.open("ab")
        before = self.log.stat().st_size
        self._process = subprocess.Popen(  # noqa: S603  # our own command
            [sys.executable, "-c", _HELD, *words],
            env={**self._environment(), "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.PIPE,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is ours; we tell the platform
        )
        deadline = time.monotonic() + START
        while READY not in self._said_since(before):
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise Refused(_last(self._said_since(before)))
            time.sleep(0.1)

    def _said_since(self, offset: int) -> str:
        with self.log.open("rb") as log:
            log.seek(offset)
            return log.read().decode(errors="replace")

    def runs(self) -> bool:
        """Whether the platform's process is there."""
        return self._process is not None and self._process.poll() is None

    def wait(self) -> int:
        """Wait until the platform ends of itself; returns its status."""
        return self._process.wait() if self._process else 0

    def stop(self) -> None:
        """Stop the platform cleanly."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(STOP)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        if self._process is not None and self._process.stdin:
            self._process.stdin.close()
        if self._log is not None:
            self._log.close()

    def gateways(self) -> dict[str, SiteGateway]:
        """The built-in gateways by site."""
        return {g.registration.site: g for g in gateways_in(self.data)}

    def under_way(self) -> int:
        """Files that the gateways have taken and neither sent on nor held back, as `gateway status` counts them."""
        counts = [gateway.spool.counts() for gateway in self.gateways().values()]
        return sum(count[state] for count in counts for state in UNDER_WAY)

    def held(self) -> list[str]:
        """The reason of each group of files that a gateway holds back for a person."""
        return [hold.code for gateway in self.gateways().values() for hold in gateway.spool.holds()]  # fmt: skip


def _last(said: str) -> str:
    lines = [line for line in said.strip().splitlines() if line.strip()]
    return lines[-1] if lines else "It ended without a word."
