"""What happens to long runs: killed, disk full, started twice, other key, other profile; files that are no files."""

from __future__ import annotations

import errno
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from provident.deid import Profile, SiteKey
from provident.deid.codebook import CrosswalkFile, write_key
from provident.deid.earlier import Earlier, made_by
from provident.deid.manifests import read_manifest
from provident.deid.run_guard import alone
from provident.kernel import InvalidInput, Refused
from tests.spec.deid.commands import call, document, tree, two_people
from tests.spec.deid.files import KEY, ct_file


title = "Stopped runs, and runs that meet"


def counted(result) -> tuple[int, int, int]:
    told = document(result)
    assert told["in"] == told["out"] + told["quarantined"]
    return told["in"], told["out"], told["quarantined"]


def refused(result) -> str:
    assert isinstance(result.exception, Refused), result.output
    assert result.exception.exit_code == 4
    return str(result.exception)


def many(folder: Path, count: int) -> Path:
    folder.mkdir()
    for n in range(count):
        (folder / f"IM{n:04d}.dcm").write_bytes(
            ct_file(SOPInstanceUID=f"1.2.826.7.{n}")
        )
    return folder


@pytest.mark.parametrize("workers", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_a_run_killed_in_the_middle_goes_on_and_ends_as_one_that_was_not(
    tmp_path, workers
):
    incoming = many(tmp_path / "in", 250)
    (incoming / "IM0000.dcm").write_bytes(b"no image")
    write_key(tmp_path / "site.key", KEY)
    words = ["deid", str(incoming), str(tmp_path / "out"), "--key", str(tmp_path / "site.key"), "--workers", str(workers)]  # fmt: skip
    program = [sys.executable, "-c", "from provident.cli.main import main; main()"]
    running = subprocess.Popen([*program, *words], start_new_session=True, stderr=subprocess.DEVNULL)  # fmt: skip
    try:
        while len(tree(tmp_path / "out")) < 20 and running.poll() is None:
            time.sleep(0.005)
    finally:
        os.kill(running.pid, signal.SIGKILL)
        running.wait()
    assert _gone(running.pid), "workers live on"
    stopped_at = len(tree(tmp_path / "out"))

    told = counted(call(*words, "--json"))

    assert told == (250, 249, 1)
    call("deid", incoming, tmp_path / "other", "--key", tmp_path / "site.key")
    assert tree(tmp_path / "out") == tree(tmp_path / "other")
    assert stopped_at < 249
    result = call("verify", tmp_path / "out", "--key", tmp_path / "site.key", "--json")
    assert document(result)["leaks"] == []


def _gone(session: int) -> bool:
    """Whether no process of the session is left, after a moment."""
    for _ in range(200):
        if not any(_session(p) == session for p in Path("/proc").glob("[0-9]*")):
            return True
        time.sleep(0.05)
    return False


def _session(process: Path) -> int:
    try:
        state, _, _, session = (process / "stat").read_text().rpartition(")")[2].split()[:4]  # fmt: skip
    except OSError:
        return -1
    return int(session) if state != "Z" else -1


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_said_and_the_run_goes_on_when_there_is_room(
    tmp_path, monkeypatch, code
):
    from provident.deid import outcomes

    incoming = many(tmp_path / "in", 6)
    whole = outcomes._write_all
    writes = []

    def full(handle: int, piece: bytes) -> None:
        writes.append(piece)
        if len(writes) > 3:
            raise OSError(code, os.strerror(code), "out")
        whole(handle, piece)

    with monkeypatch.context() as patch:
        patch.setattr(outcomes, "_write_all", full)
        result = call("deid", incoming, tmp_path / "out")
    assert isinstance(result.exception, InvalidInput)
    assert "no room left" in str(result.exception)
    assert "goes on where it stopped" in str(result.exception)
    assert not list(tmp_path.rglob("*.part"))

    assert counted(call("deid", incoming, tmp_path / "out", "--json")) == (6, 6, 0)


def test_a_place_that_cannot_be_written_is_said(tmp_path):
    (tmp_path / "file").write_bytes(b"")

    result = call("deid", many(tmp_path / "in", 1), tmp_path / "file" / "out")

    assert isinstance(result.exception, InvalidInput)
    assert "Not a directory" in str(result.exception)


def test_what_a_killed_run_left_half_written_is_swept_away(tmp_path):
    incoming = many(tmp_path / "in", 2)
    call("deid", incoming, tmp_path / "out")
    (tmp_path / "out" / ".IM0001.dcm.part").write_bytes(b"half")

    call("deid", incoming, tmp_path / "out")

    assert set(tree(tmp_path / "out")) == {"IM0000.dcm", "IM0001.dcm"}


def test_links_pipes_and_loops_wait_or_are_left_and_nothing_hangs(tmp_path):
    incoming = two_people(tmp_path / "in")
    (incoming / "broken").symlink_to(tmp_path / "nowhere")
    (incoming / "itself").symlink_to(incoming / "itself")
    (incoming / "round").symlink_to(incoming, target_is_directory=True)
    os.mkfifo(incoming / "pipe")
    with socket.socket(socket.AF_UNIX) as listening:
        here = Path.cwd()
        os.chdir(incoming)  # a socket's path may not be long
        listening.bind("socket")
        os.chdir(here)
        told = document(call("deid", incoming, tmp_path / "out", "--json"))

    reasons = {f["in"]: f["reason"] for f in told["files"] if f["out"] is None}
    assert reasons == dict.fromkeys(("broken", "itself", "pipe", "socket"), "unreadable")  # fmt: skip
    assert (told["in"], told["out"]) == (7, 3)


def test_a_folder_that_cannot_be_listed_stops_the_run_before_anything_is_lost(
    tmp_path, monkeypatch
):
    incoming = two_people(tmp_path / "in")
    whole = os.scandir

    def denied(path):
        if str(path).endswith("EXPORT2"):
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return whole(path)

    monkeypatch.setattr(os, "scandir", denied)

    result = call("deid", incoming, tmp_path / "out")

    assert isinstance(result.exception, InvalidInput)
    assert "EXPORT2: this folder cannot be read (Permission denied)" in str(result.exception)  # fmt: skip
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", [b"M\xc3\xbcller", b"M\xfcller", b"Mu\xcc\x88ller"])
def test_names_with_umlauts_in_any_coding_come_through_and_leave_no_trace(
    tmp_path, name
):
    incoming = tmp_path / "in"
    folder = os.fsencode(incoming) + b"/" + name
    os.makedirs(folder)
    Path(os.fsdecode(folder + b"/IM1.dcm")).write_bytes(ct_file(PatientName="Müller^Jörg"))  # fmt: skip
    Path(os.fsdecode(folder + b"/note.txt")).write_bytes(b"note")

    first = call("deid", incoming, tmp_path / "out", "--json")
    again = call("deid", incoming, tmp_path / "out", "--json")

    assert counted(first) == counted(again) == (2, 1, 1)
    assert {os.fsencode(f["in"]) for f in document(first)["files"]} == {name + b"/IM1.dcm", name + b"/note.txt"}  # fmt: skip
    [made] = tree(tmp_path / "out")
    assert "ller" not in made
    assert made.isascii()
    assert call("verify", tmp_path / "out", "--original", incoming, "--crosswalk", tmp_path / "out.crosswalk.csv").exit_code == 0  # fmt: skip


def test_a_second_run_finds_nothing_to_do_and_says_the_same(tmp_path):
    incoming = two_people(tmp_path / "in")
    first = document(call("deid", incoming, tmp_path / "out", "--json"))
    before = {p: p.stat().st_mtime_ns for p in (tmp_path / "out").rglob("*.dcm")}
    second = document(call("deid", incoming, tmp_path / "out", "--json"))

    assert first["files"] == second["files"]
    assert before == {p: p.stat().st_mtime_ns for p in (tmp_path / "out").rglob("*.dcm")}  # fmt: skip


def test_two_runs_at_once_do_not_share_an_output(tmp_path):
    incoming = two_people(tmp_path / "in")
    with alone(tmp_path / "out.journal"):
        words = refused(call("deid", incoming, tmp_path / "out"))

    assert "another run is at work" in words
    assert call("deid", incoming, tmp_path / "out").exit_code == 0


def test_an_output_that_holds_something_else_is_refused(tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "identified.dcm").write_bytes(ct_file())

    words = refused(call("deid", two_people(tmp_path / "in"), out))

    assert "it is not empty" in words
    assert set(tree(out)) == {"identified.dcm"}


def test_another_key_than_before_is_refused_until_all_is_made_anew(tmp_path):
    incoming = two_people(tmp_path / "in")
    call("deid", incoming, tmp_path / "out")
    write_key(tmp_path / "new.key", SiteKey(bytes(32)))
    before = tree(tmp_path / "out")

    words = refused(call("deid", incoming, tmp_path / "out", "--key", tmp_path / "new.key"))  # fmt: skip
    assert "another key" in words
    assert tree(tmp_path / "out") == before

    told = counted(call("deid", incoming, tmp_path / "out", "--key", tmp_path / "new.key", "--anew", "--json"))  # fmt: skip
    assert told == (3, 3, 0)
    assert len(tree(tmp_path / "out")) == 3
    assert not set(before.values()) & set(tree(tmp_path / "out").values())
    result = call("verify", tmp_path / "out", "--key", tmp_path / "new.key", "--original", incoming, "--json")  # fmt: skip
    assert document(result)["problems"] == document(result)["leaks"] == []


def test_a_key_that_has_gone_is_not_replaced_by_a_new_one(tmp_path):
    incoming = two_people(tmp_path / "in")
    call("deid", incoming, tmp_path / "out")
    (tmp_path / "out.key").unlink()

    words = refused(call("deid", incoming, tmp_path / "out"))

    assert "Put it back" in words
    assert not (tmp_path / "out.key").exists()


def test_another_profile_than_before_is_refused_until_all_is_made_anew(tmp_path):
    incoming = two_people(tmp_path / "in")
    (incoming / "IM0009.dcm").write_bytes(
        ct_file(StudyDescription="knee Zorblatt", SOPInstanceUID="1.2.9")
    )
    call("deid", incoming, tmp_path / "out")
    assert "IM0009.dcm" in tree(tmp_path / "out")

    words = refused(call("deid", incoming, tmp_path / "out", "--text", "hold"))
    assert "another profile" in words

    call("deid", incoming, tmp_path / "out", "--text", "hold", "--anew")
    assert "IM0009.dcm" not in tree(tmp_path / "out")
    listed = {f["file"] for f in read_manifest(tmp_path / "out.manifest.json")["files"]}
    assert listed == set(tree(tmp_path / "out"))


def test_a_file_that_changed_and_waits_now_is_taken_out_of_the_output(tmp_path):
    incoming = two_people(tmp_path / "in")
    call("deid", incoming, tmp_path / "out")
    (incoming / "EXPORT2" / "IM0001.dcm").write_bytes(b"no image any more")

    told = counted(call("deid", incoming, tmp_path / "out", "--json"))

    assert told == (3, 2, 1)
    assert "EXPORT2/IM0001.dcm" not in tree(tmp_path / "out")


def test_what_came_of_originals_that_have_gone_is_said_and_listed(tmp_path):
    incoming = two_people(tmp_path / "in")
    call("deid", incoming, tmp_path / "out")
    (incoming / "EXPORT2" / "IM0001.dcm").unlink()

    result = call("deid", incoming, tmp_path / "out", "--json")

    assert counted(result) == (2, 2, 0)
    assert document(result)["left_from_before"] == 1
    assert "not in IN any more" in result.stderr
    assert call("verify", tmp_path / "out", "--key", tmp_path / "out.key").exit_code == 0  # fmt: skip


def test_two_files_that_would_have_one_name_are_refused_before_one_is_lost(tmp_path):
    import zipfile

    with zipfile.ZipFile(tmp_path / "in.zip", "w") as archive:
        archive.writestr("IM1.dcm", ct_file())
        archive.writestr("../IM1.dcm", ct_file(SOPInstanceUID="1.2.3"))

    result = call("deid", tmp_path / "in.zip", tmp_path / "out")

    assert isinstance(result.exception, InvalidInput)
    assert "1 files of the input would have the same name" in str(result.exception)


def test_a_file_and_a_folder_of_one_name_are_refused(tmp_path):
    import zipfile

    with zipfile.ZipFile(tmp_path / "in.zip", "w") as archive:
        archive.writestr("A", ct_file())
        archive.writestr("../A/IM1.dcm", ct_file(SOPInstanceUID="1.2.3"))

    result = call("deid", tmp_path / "in.zip", tmp_path / "out")

    assert isinstance(result.exception, InvalidInput)


def test_a_worker_that_dies_is_said_in_words(tmp_path, monkeypatch):
    from concurrent.futures.process import BrokenProcessPool

    from provident.cli import deid_run

    def dies(*told, **more):
        raise BrokenProcessPool("gone")

    monkeypatch.setattr(deid_run, "run", dies)

    result = call("deid", two_people(tmp_path / "in"), tmp_path / "out")

    assert isinstance(result.exception, InvalidInput)
    assert "fewer --workers" in str(result.exception)


@pytest.mark.parametrize("text", ["", "nothing\n", "[1]\n", '{"other": 1}\n'])
def test_a_journal_that_is_none_tells_of_no_earlier_run(tmp_path, text):
    (tmp_path / "j").write_text(text)

    told = Earlier.read(tmp_path / "j")

    assert told is None or told.difference(made_by(Profile(), KEY)) == "another key"


def test_the_numbers_of_people_stay_when_a_run_is_repeated_anew(tmp_path):
    incoming = two_people(tmp_path / "in")
    call("deid", incoming, tmp_path / "out")
    before = [(e.patient_id, e.participant) for e in CrosswalkFile.read(tmp_path / "out.crosswalk.csv")]  # fmt: skip
    call("deid", incoming, tmp_path / "out", "--anew")

    after = [(e.patient_id, e.participant) for e in CrosswalkFile.read(tmp_path / "out.crosswalk.csv")]  # fmt: skip
    assert before == after


def test_the_report_has_every_file_once(tmp_path):
    incoming = two_people(tmp_path / "in")
    call("deid", incoming, tmp_path / "out", "--workers", 2)

    told = json.loads((tmp_path / "out.report.json").read_text())

    assert sorted(f["in"] for f in told["files"]) == sorted(tree(incoming))
