"""What a person at a terminal sees of a long run."""

from __future__ import annotations

import io
import sys

import pytest

from provident.cli import deid


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def shown(monkeypatch):
    screen = Terminal()
    now = [0.0]
    monkeypatch.setattr(deid.time, "monotonic", lambda: now[0])
    progress = deid._Progress()

    # Within the test: before it, pytest puts its own stream there.
    def at(seconds: float, done: int, total: int) -> str:
        screen.seek(0)
        screen.truncate()
        now[0] = seconds
        monkeypatch.setattr(sys, "stderr", screen)
        progress(done, total)
        return screen.getvalue().replace("\r\x1b[K", "")

    return at


def test_a_run_says_how_far_it_is_and_how_long_it_will_take(shown):
    assert shown(1.0, 100, 1000) == "100 of 1000 files"  # a run that goes on
    assert shown(11.0, 200, 1000) == "200 of 1000 files, about 80 s left"
    assert shown(11.1, 201, 1000) == ""  # too soon after the last line
    assert shown(101.0, 300, 1000) == "300 of 1000 files, about 6 min left"
    assert shown(101.1, 1000, 1000) == "1000 of 1000 files"


def test_nothing_is_drawn_where_nobody_looks(monkeypatch):
    screen = io.StringIO()
    monkeypatch.setattr(sys, "stderr", screen)

    deid._Progress()(1, 2)

    assert screen.getvalue() == ""
