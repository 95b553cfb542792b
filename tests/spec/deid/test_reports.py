"""What a run leaves beside its output: a report for people, a signed manifest, numbers that a stopped run keeps."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest
from typer.testing import CliRunner

from provident.cli.main import build
from provident.deid import Profile, SiteKey
from provident.deid.batch import Job, Places, run
from provident.deid.codebook import CrosswalkFile, read_key, write_key
from provident.deid.manifests import is_signed_by, manifest, read_manifest
from provident.kernel import InvalidInput
from tests.spec.deid.files import KEY, ct_file


title = "Reports and manifests"


@pytest.fixture(scope="module")
def app():
    return build()


@pytest.fixture
def call(app):
    return lambda *args: CliRunner().invoke(app, [str(a) for a in args])


@pytest.fixture
def done(tmp_path, call) -> Path:
    """An output of two people's files, one PDF and a note; the folder around it."""
    incoming = tmp_path / "in" / "Quarrendon <Ottilie>"
    incoming.mkdir(parents=True)
    (incoming / "IM1.dcm").write_bytes(
        ct_file(EthnicGroup="Martian", OtherPatientIDs="X77123")
    )
    (incoming / "IM2.dcm").write_bytes(
        ct_file(
            SOPInstanceUID="1.2.826.0.1.98.1",
            PatientID="K22817",
            PatientName="Ash^Rowan",
        )
    )
    (incoming / "notes.txt").write_text("of Ottilie")
    call("deid", tmp_path / "in", tmp_path / "out")
    return tmp_path


def leaks(result) -> list[tuple[str, str]]:
    return [(leak["kind"], leak["file"]) for leak in json.loads(result.stdout)["leaks"]]


def test_the_report_says_that_it_identifies_people_and_is_for_the_owner_alone(done):
    page = (done / "out.report.html").read_text()

    assert "This report identifies people" in page
    assert "3 files in, 2 out, 1 in quarantine" in page
    for name in ("out.report.html", "out.report.json"):
        assert stat.S_IMODE(os.stat(done / name).st_mode) == 0o600


def test_the_report_names_what_waits_and_why_with_every_path_made_harmless(done):
    page = (done / "out.report.html").read_text()

    assert "Quarrendon &lt;Ottilie&gt;/notes.txt" in page
    assert "<Ottilie>" not in page
    assert "not_dicom" in page
    assert "This is no DICOM file." in page


def test_the_report_counts_what_was_removed_by_rule(done):
    page = (done / "out.report.html").read_text()

    assert (
        "<td>(0010,1000) OtherPatientIDs</td><td>1</td><td>PS3.15 Table E.1-1: X</td>"
        in page
    )
    assert "<script" not in page
    assert "http" not in page


def test_the_json_report_is_what_json_prints(done):
    told = json.loads((done / "out.report.json").read_text())

    assert (told["in"], told["out"], told["quarantined"]) == (3, 2, 1)


def test_the_manifest_lists_every_output_and_identifies_nobody(done):
    raw = (done / "out.manifest.json").read_text()
    told = read_manifest(done / "out.manifest.json")

    made = {
        p.relative_to(done / "out").as_posix() for p in (done / "out").rglob("*.dcm")
    }
    assert {f["file"] for f in told["files"]} == made
    assert told["quarantined"] == 1
    assert told["profile"]["hash"]
    assert is_signed_by(told, read_key(done / "out.key"))
    for secret in ("uarrendon", "H7731904", "K22817", "notes"):
        assert secret not in raw


def test_another_site_s_key_does_not_fit():
    told = manifest([], Profile(), KEY)

    assert is_signed_by(told, KEY)
    assert not is_signed_by(told, SiteKey(bytes(32)))
    assert not is_signed_by(told | {"quarantined": 7}, KEY)


def test_verify_with_the_key_passes_on_what_was_made(done, call):
    result = call("verify", done / "out", "--key", done / "out.key", "--json")

    assert (result.exit_code, leaks(result)) == (0, [])


def test_verify_with_the_key_finds_what_was_changed_lost_and_added(done, call):
    first, second = sorted((done / "out").rglob("*.dcm"))
    # A value that verification itself has nothing against.
    first.write_bytes(first.read_bytes().replace(b"AXIAL", b"OTHER"))
    extra = second.read_bytes()
    second.unlink()
    (done / "out" / "IM9.dcm").write_bytes(extra)

    result = call("verify", done / "out", "--key", done / "out.key", "--json")

    names = [p.relative_to(done / "out").as_posix() for p in (first, second)]
    assert result.exit_code == 1
    assert sorted(leaks(result)) == sorted(
        [("changed", names[0]), ("missing", names[1]), ("not_listed", "IM9.dcm")]
    )


def test_verify_finds_a_manifest_that_somebody_else_signed(done, call):
    write_key(done / "other.key", SiteKey(bytes(32)))

    result = call("verify", done / "out", "--key", done / "other.key", "--json")

    assert leaks(result) == [("signature", "out.manifest.json")]


@pytest.mark.parametrize("content", [None, "", "{}", "[]", '{"format": 2}'])
def test_a_manifest_that_is_missing_or_none_says_where_it_comes_from(
    done, call, content
):
    (done / "out.manifest.json").unlink()
    if content is not None:
        (done / "out.manifest.json").write_text(content)

    result = call("verify", done / "out", "--key", done / "out.key")

    assert isinstance(result.exception, InvalidInput)
    assert "provident deid writes it" in str(result.exception)


def test_a_run_that_goes_on_lists_what_the_first_one_made(done, call):
    before = read_manifest(done / "out.manifest.json")
    call("deid", done / "in", done / "out")

    assert read_manifest(done / "out.manifest.json") == before


def test_a_run_that_is_stopped_keeps_the_numbers_it_gave(tmp_path):
    incoming = tmp_path / "in"
    incoming.mkdir()
    for n, who in enumerate(("Ash^Rowan", "Birch^Ina", "Cole^Ned")):
        (incoming / f"{n}.dcm").write_bytes(
            ct_file(
                PatientName=who, PatientID=f"N5{n}71", SOPInstanceUID=f"1.2.826.{n}"
            )
        )
    people_file = tmp_path / "who.csv"
    job = Job(profile=Profile(), key=KEY, places=Places.beside(tmp_path / "out"))

    def start(people: CrosswalkFile, stop_at: int) -> None:
        def progress(done: int, of: int) -> None:
            if done == stop_at:
                raise KeyboardInterrupt

        run(
            incoming, job=job, crosswalk=people, enrol=True, progress=progress,
            enrolled=lambda: people.write(people_file),
        )  # fmt: skip

    with pytest.raises(KeyboardInterrupt):
        start(CrosswalkFile(), stop_at=1)
    start(CrosswalkFile.read(people_file), stop_at=-1)

    numbers = {e.patient_id: e.participant for e in CrosswalkFile.read(people_file)}
    written = {
        p.name: p.read_bytes().count(numbers[f"N5{p.stem}71"].encode())
        for p in (tmp_path / "out").rglob("*.dcm")
    }
    assert sorted(numbers.values()) == ["P001", "P002", "P003"]
    assert set(written) == {"0.dcm", "1.dcm", "2.dcm"}
    assert all(count >= 3 for count in written.values())


def test_an_index_of_files_is_left_out_with_its_reason(tmp_path, call):
    import pydicom.data

    incoming = tmp_path / "in"
    incoming.mkdir()
    index = Path(pydicom.data.get_testdata_file("DICOMDIR"))
    (incoming / "DICOMDIR").write_bytes(index.read_bytes())
    (incoming / "IM1").write_bytes(ct_file())

    result = call("deid", incoming, tmp_path / "out", "--json")

    told = json.loads(result.stdout)
    assert {f["in"]: f["reason"] for f in told["files"]} == {
        "DICOMDIR": "directory",
        "IM1": None,
    }
    assert "index of other files" in (tmp_path / "out.report.html").read_text()
