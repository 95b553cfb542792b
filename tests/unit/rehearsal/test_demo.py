"""The demo's directory, its accounts, and what stops it."""

from __future__ import annotations

import json
import socket
from contextlib import closing
from datetime import date

import pytest

from provident import plan
from provident.adapters.lifeline import Lifeline
from provident.kernel import Refused
from provident.rehearsal import demo
from provident.rehearsal.cast import cast
from provident.rehearsal.platform import Platform, SimulatedClock


@pytest.fixture(scope="module")
def demo_plan():
    return plan.load(plan.shipped() / "arthritis-demo").plan


def marked(folder, state):
    folder.mkdir(exist_ok=True)
    (folder / demo.MARK).write_text(json.dumps({"state": state}))
    return folder


@pytest.mark.parametrize(
    ("state", "expected"), [("finished", True), ("playing", False)]
)
def test_a_demo_is_finished_when_its_mark_says_so(tmp_path, state, expected):
    assert expected == demo.is_finished(marked(tmp_path, state))


def test_a_directory_without_a_mark_is_no_finished_demo(tmp_path):
    assert not demo.is_finished(tmp_path / "nothing")


def test_an_empty_or_absent_directory_needs_no_clearing(tmp_path):
    assert not demo.clear(tmp_path)
    assert not demo.clear(tmp_path / "nothing")


def test_an_interrupted_demo_is_cleared(tmp_path):
    folder = marked(tmp_path / "demo", "playing")

    assert demo.clear(folder)
    assert not folder.exists()


def test_a_directory_that_is_no_demo_is_never_touched(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")

    with pytest.raises(Refused, match="holds something that is no demo"):
        demo.clear(tmp_path)
    assert (tmp_path / "thesis.txt").exists()


def test_a_demo_that_is_being_served_is_not_cleared(tmp_path):
    folder = marked(tmp_path / "demo", "finished")
    line = Lifeline(folder / "run")
    try:
        with pytest.raises(Refused, match="serving this data directory already"):
            demo.clear(folder)
    finally:
        line.close()
    assert demo.is_finished(folder)


@pytest.mark.parametrize("option", ["--port", "--dicom-port"])
def test_a_taken_port_is_found_before_anything_is_made(tmp_path, option):
    with closing(socket.socket()) as taken, closing(socket.socket()) as free:
        for one in (taken, free):
            one.bind(("127.0.0.1", 0))
        taken.listen()
        ports = [taken.getsockname()[1], free.getsockname()[1]]
        free.close()
        pages, dicom = ports if option == "--port" else reversed(ports)
        settings = demo.Settings(data=tmp_path / "demo", port=pages, dicom_port=dicom, today=date(2026, 11, 24))  # fmt: skip

        with (
            pytest.raises(Refused, match=f"Port {ports[0]} is taken.*{option}"),
            demo.played(settings, print),
        ):
            pass
    assert not (tmp_path / "demo").exists()


def test_the_clock_is_a_file_that_goes_when_real_time_comes(tmp_path):
    clock = SimulatedClock(tmp_path / "clock")
    clock.set(demo.timeline(plan.load(plan.shipped() / "start").plan, today=date(2026, 11, 24), seed=1, participants=1)[0].at)  # fmt: skip
    assert (tmp_path / "clock").read_text().startswith("2026-")

    clock.let_go()
    clock.let_go()
    assert list(tmp_path.iterdir()) == []


def test_there_is_an_account_for_every_role_and_every_site(demo_plan):
    accounts = cast(demo_plan)

    assert {"trial_manager", "site", "qc", "reader", "adjudicator", "statistician", "monitor"} == {a.role for a in accounts}  # fmt: skip
    assert [a.site for a in accounts if a.role == "site" and not a.plan_role] == ["leeds", "bradford", "york"]  # fmt: skip
    assert {a.plan_role for a in accounts} == {
        "",
        "physicist",
        "investigator",
        "practitioner",
    }
    assert len(accounts) == len({a.username for a in accounts})


def test_the_log_in_page_reads_what_the_demo_writes(tmp_path, demo_plan, settings, monkeypatch):  # fmt: skip
    from provident.web.people.demo import demo_accounts

    accounts = cast(demo_plan)
    demo.write_accounts(tmp_path, accounts)
    settings.DATA_DIRECTORY = tmp_path
    monkeypatch.setenv("PROVIDENT_DEMO", "1")
    offered = demo_accounts()

    assert [(a.username, a.title, a.hint) for a in accounts] == [(o.username, o.role, o.hint) for o in offered]  # fmt: skip


def test_a_command_that_fails_is_quoted(tmp_path):
    platform = Platform(tmp_path, 1, 2)

    with pytest.raises(Refused, match="provident study load"):
        platform.command("study", "load", str(tmp_path / "no-plan"))
    assert platform.log.exists()
