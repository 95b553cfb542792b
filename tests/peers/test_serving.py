"""`provident serve` as a process, and DCMTK's storescu as the scanner."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import httpx
import pytest

from tests.conftest import missing
from tests.peers.platform import (
    PROVIDENT,
    Platform,
    environment,
    free_port,
    listens,
)
from tests.peers.scans import exam, mr


pytestmark = [pytest.mark.peer, pytest.mark.slow]


@pytest.fixture(scope="module")
def dcmtk():
    if shutil.which("storescu") is None:
        missing("storescu (DCMTK)")


@pytest.fixture(scope="module")
def platform(tmp_path_factory):
    """A platform with the demo study, started; tests may kill it and start it again."""
    made = Platform(tmp_path_factory.mktemp("serve") / "data")
    made.load()
    made.start()
    yield made
    made.stop()


def write(folder: Path, images) -> Path:
    folder.mkdir()
    for number, data in enumerate(images):
        (folder / f"{number:04}.dcm").write_bytes(data)
    return folder


def sent(platform: Platform, images: int):
    return lambda: platform.gateway()["sent"] >= images


def test_an_exam_goes_from_storescu_to_a_verdict(platform, tmp_path, dcmtk):
    folder = write(tmp_path / "exam", exam(12, patient_id="L-101"))
    sender = platform.storescu(folder)
    assert sender.wait(60) == 0

    platform.wait(lambda: any(e["state"] == "judged" for e in platform.exams()), 60)

    [row] = platform.exams()
    assert (row["participant"], row["received"], row["kind"]) == ("L-101", 12, "hands_mri")  # fmt: skip
    assert row["outcome"] == "fail"  # most of the manual's series are not there
    assert platform.ledger_faults() == ""


def test_pages_are_served_and_the_log_names_nobody(platform):
    answer = httpx.get(f"http://127.0.0.1:{platform.port}/login", trust_env=False)

    assert answer.status_code == 200
    log = platform.log.read_text()
    assert "HARGREAVES" not in log
    assert "1234567" not in log


def test_a_wrong_ae_title_is_rejected(platform, tmp_path, dcmtk):
    sender = platform.storescu(write(tmp_path / "exam", [mr()]), aet="NOBODY")
    out = sender.communicate(timeout=30)[0].decode()

    assert sender.returncode != 0
    assert "Called AE Title Not Recognized" in out
    assert "NOBODY" not in platform.log.read_text()


def test_send_says_what_it_did_and_again_is_safe(platform, tmp_path):
    folder = write(tmp_path / "exam", exam(3, patient_id="4711", study="1.2.3.9"))
    (folder / "notes.txt").write_text("not an image")
    before = platform.gateway()
    for _ in range(2):
        done = platform.run(
            "send", str(folder), "--to", f"127.0.0.1:{platform.dicom_port}", "--aet", "PROV_LEEDS"
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert "4 files: 3 sent, 1 are no images, 0 failed" in done.stdout
    platform.wait(lambda: platform.gateway()["waiting"] == 0, 30)

    after = platform.gateway()
    assert after["duplicates"] - before["duplicates"] == 3
    assert after["reasons"]["QUARANTINE.UNKNOWN_PARTICIPANT"] == 3


@pytest.mark.parametrize(
    ("to", "aet", "code", "words"),
    [
        ("127.0.0.1:{dicom}", "NOBODY", 4, "rejected the association"),
        ("127.0.0.1:1", "PROV_LEEDS", 4, "No DICOM node answers"),
        ("somewhere", "PROV_LEEDS", 3, "host:port"),
    ],
)
def test_send_answers_a_mistake_in_words(platform, tmp_path, to, aet, code, words):
    folder = write(tmp_path / "exam", [mr()])
    done = platform.run("send", str(folder), "--to", to.format(dicom=platform.dicom_port), "--aet", aet)  # fmt: skip

    assert done.returncode == code
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_second_start_on_the_same_data_is_refused(platform):
    done = platform.run("serve", "--port", "1", "--dicom-port", "2")

    assert done.returncode == 4
    assert "serving this data directory already" in done.stderr


def test_a_child_that_dies_is_started_again(platform):
    children = [p for p in platform.processes() if p != platform.process.pid]
    nodes = [p for p in children if b"node" in Path(f"/proc/{p}/cmdline").read_bytes().split(b"\0")]  # fmt: skip
    os.kill(nodes[0], signal.SIGKILL)

    def again() -> bool:
        found = [p for p in platform.processes() if b"node" in Path(f"/proc/{p}/cmdline").read_bytes().split(b"\0")]  # fmt: skip
        return bool(found) and found != nodes

    platform.wait(again, 30)
    assert "dicom node ended" in platform.log.read_text()


def test_killed_in_the_middle_of_500_images_and_sent_again_there_are_500(
    platform, tmp_path, dcmtk
):
    images = (
        mr(patient_id="L-102", study="1.2.826.0.1.3680043.10.1.77", number=n + 1)
        for n in range(500)
    )
    folder = write(tmp_path / "exam", images)
    before = platform.gateway()
    sender = platform.storescu(folder)
    platform.wait(lambda: platform.gateway()["received"] - before["received"] > 60, 60)
    platform.kill()
    sender.wait(60)
    assert sender.returncode != 0

    deadline = time.monotonic() + 10
    while platform.processes() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert platform.processes() == []  # no orphan

    platform.start()
    assert platform.storescu(folder).wait(120) == 0
    # Killed once more, while it de-identifies and sends.
    platform.wait(lambda: platform.gateway()["received"] - before["received"] >= 500, 60)  # fmt: skip
    time.sleep(3)
    platform.kill()
    platform.start()
    platform.wait(sent(platform, before["sent"] + 500), 120)

    told = platform.gateway()
    assert told["sent"] - before["sent"] == 500
    assert told["received"] == told["accounted"]
    assert told["waiting"] == 0
    [row] = [e for e in platform.exams() if e["participant"] == "L-102"]
    assert row["received"] == 500
    assert platform.ledger_faults() == ""
    platform.wait(lambda: all(e["state"] == "judged" for e in platform.exams()), 60)


def test_a_gateway_on_another_machine_sends_to_the_centre(platform, tmp_path):
    token = platform.run("study", "gateway", "arthur-2", "york").stdout.strip()
    assert len(token) > 30
    platform.enrol("york", "Y-101")
    port, data = free_port(), tmp_path / "gateway"
    remote = subprocess.Popen(
        [*PROVIDENT, "gateway", "--data", str(data), "--centre", f"http://127.0.0.1:{platform.port}", "--token", token,
         "--aet", "YORK_OWN", "--host", "127.0.0.1", "--port", str(port), "--quiet", "1"],
        env=environment(data), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        platform.wait(lambda: listens(port), 30)
        folder = write(tmp_path / "exam", exam(4, patient_id="Y-101", study="1.2.3.88"))
        done = platform.run("send", str(folder), "--to", f"127.0.0.1:{port}", "--aet", "YORK_OWN")  # fmt: skip
        assert done.returncode == 0, done.stderr
        platform.wait(lambda: any(e["participant"] == "Y-101" for e in platform.exams()), 30)  # fmt: skip
    finally:
        remote.terminate()
        assert remote.wait(30) == 0

    told = platform.run("gateway", "status", "--data", str(data))
    assert "4 received = 0 waiting + 4 sent" in told.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "needs --centre, --token and --aet"),
        (["--centre", "http://127.0.0.1:1", "--token", "t", "--aet", "A"], "does not answer"),
    ],
)  # fmt: skip
def test_a_gateway_without_a_centre_says_what_it_needs(platform, tmp_path, arguments, words):  # fmt: skip
    done = platform.run("gateway", "--data", str(tmp_path / "g"), *arguments)

    assert done.returncode == 3
    assert words in done.stderr


def test_a_token_that_the_centre_does_not_know_is_refused(platform, tmp_path):
    done = platform.run(
        "gateway", "--data", str(tmp_path / "g"), "--centre", f"http://127.0.0.1:{platform.port}", "--token", "wrong",
        "--aet", "A",
    )  # fmt: skip

    assert done.returncode == 4
    assert "not known here" in done.stderr


def test_it_stops_cleanly(platform):
    assert platform.stop() == 0
    assert platform.processes() == []
