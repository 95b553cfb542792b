"""Orthanc as the hospital's PACS: it sends an exam on, and what it sends arrives whole."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time

import httpx
import pytest

from tests.conftest import missing
from tests.peers.platform import Platform, free_port
from tests.peers.scans import exam


pytestmark = [pytest.mark.peer, pytest.mark.slow]


@pytest.fixture
def platform(tmp_path):
    made = Platform(tmp_path / "data")
    made.load()
    made.start()
    yield made
    made.stop()


@pytest.fixture
def orthanc(tmp_path, platform):
    """A running Orthanc that knows the site's gateway as a modality; yields a client of its REST API."""
    program = shutil.which("Orthanc") or shutil.which("Orthanc", path="/usr/sbin")
    if program is None:
        missing("Orthanc")
    port = free_port()
    settings = {
        "StorageDirectory": str(tmp_path / "orthanc"),
        "IndexDirectory": str(tmp_path / "orthanc"),
        "HttpPort": port,
        "DicomPort": free_port(),
        "AuthenticationEnabled": False,
        "RemoteAccessAllowed": False,
        "DicomModalities": {
            "site": ["PROV_LEEDS", "127.0.0.1", platform.dicom_port],
            "elsewhere": ["NOBODY", "127.0.0.1", platform.dicom_port],
        },
        "Plugins": [],
    }
    (tmp_path / "orthanc.json").write_text(json.dumps(settings))
    process = subprocess.Popen(
        [program, str(tmp_path / "orthanc.json")],
        env={**os.environ, "TCP_NODELAY": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60)
    for _ in range(100):
        try:
            client.get("/system")
            break
        except httpx.HTTPError:
            time.sleep(0.2)
    yield client
    client.close()
    process.terminate()
    process.wait(20)


def test_an_exam_that_a_pacs_sends_on_arrives_whole(platform, orthanc):
    images = list(exam(12, patient_id="L-101"))
    for data in images:
        orthanc.post("/instances", content=data).raise_for_status()
    [study] = orthanc.get("/studies").json()

    sent = orthanc.post("/modalities/site/store", json=study)

    assert sent.status_code == 200, sent.text
    platform.wait(lambda: [e["state"] for e in platform.exams()] == ["judged"], 60)
    assert [(e["participant"], e["received"]) for e in platform.exams()] == [
        ("L-101", len(images))
    ]


def test_a_pacs_that_calls_a_wrong_title_is_refused(platform, orthanc):
    orthanc.post("/instances", content=next(iter(exam(1, patient_id="L-101"))))
    [study] = orthanc.get("/studies").json()

    assert orthanc.post("/modalities/elsewhere/store", json=study).status_code == 500
    assert platform.gateway()["received"] == 0
