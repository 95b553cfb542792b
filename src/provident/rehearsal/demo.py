"""The demo: a study in the middle of its life, played from the shipped plan into a data directory of its own."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from provident import plan
from provident.adapters.lifeline import Lifeline
from provident.kernel import Refused
from provident.rehearsal.cast import READERS, Account, cast
from provident.rehearsal.happenings import Scan
from provident.rehearsal.platform import Platform
from provident.rehearsal.play import Figures, Play
from provident.rehearsal.scans import Studio
from provident.rehearsal.timeline import timeline


PLAN = "arthritis-demo"
SEED = 7
QUIET = 0.3  # seconds: the synthetic senders are never slow
MARK = "demo.json"  # in the data directory: it is a demo's, and whether it is finished


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What is played, and where it is served. `today` is the day on which the study is looked at."""

    data: Path
    port: int
    dicom_port: int
    today: date
    participants: int | None = None
    workers: int = 2  # processes that make scans


@dataclass(slots=True)
class Demo:
    """A demo that is served: its platform, its accounts, and what was played."""

    platform: Platform
    accounts: list[Account]
    figures: Figures = field(default_factory=Figures)
    seconds: float = 0.0


def is_finished(data: Path) -> bool:
    """Whether a demo was played to its end in a data directory."""
    mark = data / MARK
    return mark.is_file() and json.loads(mark.read_text()).get("state") == "finished"


def clear(data: Path) -> bool:
    """Remove a demo that is there, finished or not; returns whether there was one.

    Raises:
        Refused: it is being served, or the directory holds something that is no demo.
    """
    if not data.exists() or not any(data.iterdir()):
        return False
    if not (data / MARK).is_file():
        raise Refused(
            f"{data} holds something that is no demo, so nothing in it is touched. Give another directory with --data."
        )
    Lifeline(data / "run").close()  # raises while it is served
    shutil.rmtree(data)
    return True


@contextmanager
def served(settings: Settings) -> Iterator[Demo]:
    """A finished demo, served in real time."""
    platform = Platform(settings.data.absolute(), settings.port, settings.dicom_port)
    try:
        platform.start()
        yield Demo(platform, cast(_plan()))
    finally:
        platform.stop()


@contextmanager
def played(settings: Settings, tell: Callable[[str], None]) -> Iterator[Demo]:
    """Play the demo into an empty directory; served in real time while the context lasts.

    Raises:
        ProvidentError: a step could not be done; the message is the page's.
    """
    began = time.monotonic()
    of, data = _plan(), settings.data.absolute()
    platform = Platform(data, settings.port, settings.dicom_port, QUIET)
    platform.check_ports()
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    _mark(data, "playing")
    happenings = timeline(
        of, today=settings.today, seed=SEED, participants=settings.participants, readers=READERS
    )  # fmt: skip
    scans = [h for h in happenings if isinstance(h, Scan)]
    tell(
        f"{len(scans)} scans are being made, from {happenings[0].at:%B %Y} to {settings.today:%-d %B %Y}"
    )
    studio = Studio(of, scans, participants=settings.participants or of.study.population.participants, seed=SEED, folder=data / "inbox", workers=settings.workers)  # fmt: skip
    accounts = cast(of)
    play = Play(of, platform, studio, accounts, tell)
    try:
        first = happenings[0].at
        platform.clock.set(first - timedelta(days=14))
        _found(platform, accounts[0], of)
        platform.start()
        play.initiate(first)
        write_accounts(data, accounts)
        play.run(happenings)
        platform.clock.let_go()
        _mark(data, "finished")
        play.close()
        studio.close()
        yield Demo(platform, accounts, play.figures, time.monotonic() - began)
    finally:
        studio.close()
        platform.stop()


def _plan() -> plan.Plan:
    loaded = plan.load(plan.shipped() / PLAN)
    if loaded.plan is None:
        raise Refused(f"The demo's plan does not load: {loaded.findings[0].message}")
    return loaded.plan


def _found(platform: Platform, manager: Account, of: plan.Plan) -> None:
    """Load the plan, and make the account of the first person, who makes all the others."""
    platform.command("study", "load", str(plan.shipped() / PLAN))
    word = platform.data / "word"
    word.touch(mode=0o600)
    word.write_text(manager.password)
    try:
        platform.command(
            "account", "add", manager.username, "--study", of.study.id, "--role", manager.role, "--name", manager.name,
            "--password-file", str(word),
        )  # fmt: skip
    finally:
        word.unlink()


def write_accounts(data: Path, accounts: list[Account]) -> None:
    """Write what the log-in page of a demo offers."""
    told = [account.as_json() for account in accounts]
    (data / "demo-accounts.json").write_text(json.dumps(told, ensure_ascii=False, indent=1))  # fmt: skip


def _mark(data: Path, state: str) -> None:
    (data / MARK).write_text(json.dumps({"state": state, "plan": PLAN, "seed": SEED}))
