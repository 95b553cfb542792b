"""`provident demo`, short: played through the real entry points, served, interrupted, refused."""

from __future__ import annotations

import html
import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from provident.rehearsal.cast import Account
from provident.rehearsal.pages import Visitor


pytestmark = pytest.mark.slow
PROVIDENT = [sys.executable, "-c", "from provident.cli.main import main; main()"]
ROOT = Path(__file__).resolve().parents[3]
ENVIRONMENT = {k: v for k, v in os.environ.items() if not k.startswith("PROVIDENT_")} | {"PYTHONPATH": str(ROOT / "src")}  # fmt: skip


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def run(*words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PROVIDENT, *map(str, words)], capture_output=True, text=True, env=ENVIRONMENT, check=False, timeout=900,
    )  # fmt: skip


@dataclass
class Served:
    address: str
    accounts: dict[str, Account]

    def visit(self, username: str) -> Visitor:
        visitor = Visitor(self.address, self.accounts[username], "arthur-2")
        visitor.log_in()
        return visitor


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """A short demo, played and stopped: its directory and what it printed."""
    data = tmp_path_factory.mktemp("short") / "demo"
    done = run("demo", "--data", data, "--port", free_port(), "--dicom-port", free_port(), "--participants", 3, "--no-serve", "--json")  # fmt: skip
    assert done.returncode == 0, done.stderr
    return data, json.loads(done.stdout)


@pytest.fixture(scope="module")
def served(played):
    """The same, served again."""
    data, told = played
    port = free_port()
    began = time.monotonic()
    process = subprocess.Popen(
        [*PROVIDENT, "demo", "--data", data, "--port", str(port), "--dicom-port", str(free_port()), "--json"],
        env=ENVIRONMENT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        while _status(f"http://127.0.0.1:{port}/login") != 200:
            assert process.poll() is None
            assert time.monotonic() - began < 90
            time.sleep(0.2)
        accounts = {
            a["username"]: Account(username=a["username"], name=a["name"], role="", title=a["role"], hint=a["try"], password=a["password"])
            for a in told["accounts"]
        }  # fmt: skip
        yield Served(f"http://127.0.0.1:{port}", accounts)
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(150) == 0
        assert "127.0.0.1" in process.stdout.read()
        process.stdout.close()


def _status(address: str) -> int:
    try:
        return httpx.get(address, trust_env=False).status_code
    except httpx.HTTPError:
        return 0


def test_what_was_played_is_told(played):
    _, told = played

    assert told["played"]["participants"] == 3
    assert told["played"]["scans"] >= 20
    assert len(told["accounts"]) == 12


def test_every_image_that_was_sent_is_accounted_for(played):
    data, told = played
    done = run("gateway", "status", "--data", data, "--json")
    gateways = json.loads(done.stdout)["gateways"]

    assert done.returncode == 0, done.stderr
    assert told["played"]["images"] == sum(g["received"] for g in gateways)
    assert sum(g["waiting"] for g in gateways) == 0
    assert all(g["received"] == g["sent"] + g["quarantined"] + g["duplicates"] + g["discarded"] for g in gateways)  # fmt: skip


def test_the_ledger_verifies(played):
    data, _ = played

    assert run("ledger", "verify", "--data", data).returncode == 0


def test_what_is_in_quarantine_is_what_was_meant_to_be(played):
    data, _ = played
    gateways = json.loads(run("gateway", "status", "--data", data, "--json").stdout)["gateways"]  # fmt: skip
    reasons = {code for g in gateways for code in g["reasons"]}

    assert {"DEID.PIXELS_NEED_REVIEW", "QUARANTINE.UNKNOWN_PARTICIPANT"} == reasons


def test_a_finished_demo_is_not_played_again_unasked(played):
    data, _ = played
    done = run("demo", "--data", data, "--no-serve")

    assert (done.returncode, "--fresh plays it again" in done.stderr) == (0, True)


def test_the_log_in_page_offers_the_accounts(served):
    page = html.unescape(httpx.get(f"{served.address}/login", trust_env=False).text)

    assert all(a.name in page and a.hint in page for a in served.accounts.values())


@pytest.mark.parametrize(
    ("username", "place", "expected"),
    [
        ("mary", "matrix", ["L-101", "B-101", "Y-101"]),
        ("mary", "reading/cases", ["L-101"]),
        ("mary", "people", ["Quinn Adeyemi", "Adele Novak"]),
        ("rae", "participants/L-101", ["L-101", "Week 24"]),
        ("bram", "quarantine", ["DEID.PIXELS_NEED_REVIEW"]),
        ("yasmin", "quarantine", ["QUARANTINE.UNKNOWN_PARTICIPANT"]),
        ("bram", "queries", ["B-101"]),
        ("quinn", "queries", ["B-101"]),
        ("ana", "reading", ["signed"]),
        ("stella", "data", ["scans.csv", "codebook.csv"]),
        ("mo", "ledger", ["quinn"]),
    ],
)
def test_every_page_has_something_to_show(served, username, place, expected):
    visitor = served.visit(username)
    page = visitor.get(visitor.path(place))
    visitor.close()

    assert [words for words in expected if words not in page.source] == []


def test_the_history_is_dated_by_the_simulated_clock(served):
    mo = served.visit("mo")
    page = mo.get(mo.path("ledger?participant=L-101"))
    mo.close()

    assert "2026" in page.source or "d ago" in page.source


def test_an_interrupted_demo_is_played_afresh_and_says_so(tmp_path):
    data = tmp_path / "demo"
    data.mkdir()
    (data / "demo.json").write_text('{"state": "playing"}')
    with closing(socket.socket()) as taken:  # stops it right after it has said so
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = run("demo", "--data", data, "--port", taken.getsockname()[1], "--no-serve")  # fmt: skip

    assert done.returncode == 4
    assert "interrupted before its end" in done.stderr
    assert "is taken by another program" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_directory_that_is_no_demo_is_refused(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    done = run("demo", "--data", tmp_path, "--no-serve")

    assert (done.returncode, "no demo" in done.stderr) == (4, True)
    assert (tmp_path / "thesis.txt").exists()
