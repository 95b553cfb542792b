"""A real `provident serve` for tests: started as a process, killed without mercy, asked from outside."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path


ROOT = Path(__file__).resolve().parents[2]
PROVIDENT = [sys.executable, "-c", "from provident.cli.main import main; main()"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def environment(data: Path) -> dict[str, str]:
    told = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "PROVIDENT_DATA": str(data)}
    told.pop("DJANGO_SETTINGS_MODULE", None)
    return told


class Platform:
    """One data directory and the process that serves it."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.port, self.dicom_port = free_port(), free_port()
        self.process: subprocess.Popen | None = None
        self.log = data.parent / "serve.log"

    def run(self, *arguments: str) -> subprocess.CompletedProcess:
        """A command of the command line."""
        return subprocess.run(
            [*PROVIDENT, *arguments], env=environment(self.data), capture_output=True, text=True, timeout=120, check=False
        )  # fmt: skip

    def python(self, code: str, *arguments: str) -> str:
        """Run code inside the platform's Django, in a process of its own; returns what it printed."""
        start = "import os; os.environ['DJANGO_SETTINGS_MODULE']='provident.web.config.settings'; import django; django.setup()\n"
        done = subprocess.run(
            [sys.executable, "-c", start + code, *arguments], env=environment(self.data), capture_output=True, text=True,
            timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def load(self) -> None:
        """The demo study with its sites open; L-101 and L-102 are enrolled."""
        done = self.run("study", "load", str(ROOT / "plans/arthritis-demo"), "--open")
        assert done.returncode == 0, done.stderr
        self.enrol("leeds", "L-101", "L-102")

    def enrol(self, site: str, *codes: str) -> None:
        """Enrol participants with day 0 on 2 March 2026 and every consent."""
        self.python(
            f"""
from datetime import date
from provident.web.intake.actions import OPERATOR
from provident.web.ledger.clock import clock
from provident.web.participants.actions import enrol
from provident.web.sites.models import Site
from provident.web.studies.plans import plan_in_force
site = Site.objects.get(code={site!r})
consent = dict.fromkeys(plan_in_force(site.study).consent.options, True)
for code in {codes!r}:
    enrol(site=site, anchor_on=date(2026, 3, 2), consent=consent, by=OPERATOR, clock=clock(), code=code)
"""
        )

    def start(self) -> None:
        """Serve, and wait until it says that it is ready."""
        out = self.log.open("ab")
        before = out.tell()
        self.process = subprocess.Popen(
            [*PROVIDENT, "serve", "--port", str(self.port), "--dicom-port", str(self.dicom_port), "--quiet", "1",
             "--workers", "1"],
            env=environment(self.data), stdout=out, stderr=subprocess.STDOUT,
        )  # fmt: skip
        self.wait(lambda: b"is ready" in self.log.read_bytes()[before:], 60)

    def wait(self, holds, seconds: float) -> None:
        """Until something holds."""
        deadline = time.monotonic() + seconds
        while not holds():
            alive = self.process is not None and self.process.poll() is None
            assert alive, self.log.read_text()[-3000:]
            assert time.monotonic() < deadline, self.log.read_text()[-3000:]
            time.sleep(0.2)

    def kill(self) -> None:
        """kill -9 of the supervisor alone; its children must end by themselves."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        """Ask it to stop; returns its exit status."""
        if self.process is None or self.process.poll() is not None:
            return -1
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(40)

    def processes(self) -> list[int]:
        """Every process that works on this data directory."""
        found = []
        for path in Path("/proc").glob("[0-9]*/environ"):
            try:
                if f"PROVIDENT_DATA={self.data}".encode() in path.read_bytes().split(b"\0"):  # fmt: skip
                    found.append(int(path.parent.name))
            except OSError:
                continue
        return found

    def gateway(self, site: str = "leeds") -> dict:
        """What the gateway says of itself."""
        done = self.run("gateway", "status", "--json")
        return next(g for g in json.loads(done.stdout)["gateways"] if g["site"] == site)

    def exams(self) -> list[dict]:
        """The exams at the centre."""
        return json.loads(
            self.python(
                "import json\nfrom provident.web.exams.models import Exam\n"
                "print(json.dumps([{'state': e.state, 'received': e.received, 'outcome': e.outcome, "
                "'participant': e.participant.code, 'kind': e.kind, 'visit': e.visit, "
                "'findings': [f['message'] for f in (e.verdict or {}).get('findings', [])] + "
                "[f['message'] for s in (e.verdict or {}).get('series', []) for f in s.get('findings', [])]} for e in Exam.objects.all()]))"
            )
        )

    def ledger_faults(self) -> str:
        """Every break of the ledger's chains; blank when they hold."""
        return self.python(
            "from provident.web.ledger.selectors import faults, studies\n"
            "for s in studies():\n    for f in faults(s): print(f)"
        ).strip()

    def storescu(self, folder: Path, aet: str = "PROV_LEEDS") -> subprocess.Popen:
        """Send a folder with DCMTK, as a scanner does."""
        return subprocess.Popen(
            ["storescu", "-aec", aet, "+sd", "127.0.0.1", str(self.dicom_port), str(folder)],
            env={**os.environ, "TCP_NODELAY": "1"}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
