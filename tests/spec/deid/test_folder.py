"""Whole folders and archives: nothing lost, nothing identifiable in the output, a stopped run goes on."""

from __future__ import annotations

import json
import os
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from provident.cli.main import build
from provident.deid import Profile, SiteKey
from provident.deid.batch import Job, Places, run
from provident.deid.codebook import CrosswalkFile, read_key
from provident.kernel import InvalidInput
from tests.spec.deid.files import KEY, ct_file


title = "Folders and archives"

APP = None


def app():
    global APP
    APP = APP or build()
    return APP


def call(*args: object):
    return CliRunner().invoke(app(), [str(a) for a in args])


@pytest.fixture
def incoming(tmp_path) -> Path:
    folder = tmp_path / "in"
    (folder / "Quarrendon_Ottilie" / "CT").mkdir(parents=True)
    (folder / "EXPORT2").mkdir()
    (folder / "Quarrendon_Ottilie" / "CT" / "IM0001.dcm").write_bytes(ct_file())
    (folder / "Quarrendon_Ottilie" / "CT" / "IM0002.dcm").write_bytes(
        ct_file(SOPInstanceUID="1.2.826.0.1.99.1.1.2")
    )
    (folder / "EXPORT2" / "IM0001.dcm").write_bytes(
        ct_file(
            PatientName="Wimbush^Clara",
            PatientID="K22817",
            SOPInstanceUID="1.2.826.0.1.98.1",
        )
    )
    (folder / "README.txt").write_text("scans of Ottilie")
    return folder


def document(result) -> dict:
    return json.loads(result.stdout)


def test_counts_in_are_counts_out_and_in_quarantine(incoming, tmp_path):
    told = document(call("deid", incoming, tmp_path / "out", "--json"))

    assert (told["in"], told["out"], told["quarantined"]) == (4, 3, 1)
    assert len(told["files"]) == 4
    assert {f["in"]: f["reason"] for f in told["files"] if f["out"] is None} == {
        "README.txt": "not_dicom"
    }
    for file in told["files"]:
        assert file["out"] is None or (tmp_path / "out" / file["out"]).is_file()


def test_nothing_identifiable_is_in_the_output_not_even_in_names(incoming, tmp_path):
    call("deid", incoming, tmp_path / "out")

    for path in (tmp_path / "out").rglob("*"):
        assert "uarrendon" not in str(path.relative_to(tmp_path))
        assert path.is_dir() or b"uarrendon" not in path.read_bytes()


def test_key_crosswalk_and_quarantine_lie_beside_the_output_for_the_owner_alone(
    incoming, tmp_path
):
    call("deid", incoming, tmp_path / "out")

    people = CrosswalkFile.read(tmp_path / "out.crosswalk.csv")
    assert {e.patient_id: e.participant for e in people} == {
        "K22817": "P001",
        "H7731904": "P002",
    }
    assert len(read_key(tmp_path / "out.key").secret) == 32
    assert (
        tmp_path / "out.quarantine" / "README.txt"
    ).read_bytes() == b"scans of Ottilie"
    for name in (
        "out.key",
        "out.crosswalk.csv",
        "out.journal",
        "out.quarantine/README.txt",
    ):
        assert os.stat(tmp_path / name).st_mode & 0o777 == 0o600


def test_the_same_person_gets_the_same_number_later(incoming, tmp_path):
    call("deid", incoming, tmp_path / "out")
    (incoming / "late.dcm").write_bytes(ct_file(SOPInstanceUID="1.2.826.0.1.99.1.1.9"))
    (incoming / "new.dcm").write_bytes(
        ct_file(PatientID="Z5512", PatientName="Ash^Rowan")
    )

    told = document(call("deid", incoming, tmp_path / "out", "--json"))

    assert (told["in"], told["out"], told["quarantined"]) == (6, 5, 1)
    people = CrosswalkFile.read(tmp_path / "out.crosswalk.csv")
    assert {e.patient_id: e.participant for e in people} == {
        "K22817": "P001",
        "H7731904": "P002",
        "Z5512": "P003",
    }


def test_a_stopped_run_goes_on_and_does_nothing_twice(incoming, tmp_path):
    out = tmp_path / "out"
    call("deid", incoming, out)
    paths = sorted(p for p in out.rglob("*.dcm"))
    before = {p: (p.stat().st_mtime_ns, p.read_bytes()) for p in paths}
    paths[0].unlink()  # as if the run had been stopped before it
    journal = (tmp_path / "out.journal").read_text()
    (tmp_path / "out.journal").write_text(journal + '{"in": "half a li')

    told = document(call("deid", incoming, out, "--json"))

    assert (told["in"], told["out"], told["quarantined"]) == (4, 3, 1)
    assert before[paths[0]][1] == paths[0].read_bytes()
    assert before[paths[1]][0] == paths[1].stat().st_mtime_ns


def test_another_profile_starts_anew(incoming, tmp_path):
    job = Job(profile=Profile(), key=KEY, places=Places.beside(tmp_path / "out"))
    run(incoming, job=job, crosswalk=CrosswalkFile(), enrol=True)
    other = Job(profile=Profile(version="2"), key=KEY, places=job.places)
    run(incoming, job=other, crosswalk=CrosswalkFile(), enrol=True)

    assert Profile(version="2").hash in (tmp_path / "out.journal").read_text()


def test_workers_make_the_same_bytes(incoming, tmp_path):
    def made(workers: int) -> dict[str, bytes]:
        out = tmp_path / f"out{workers}"
        job = Job(profile=Profile(), key=KEY, places=Places.beside(out))
        run(incoming, job=job, crosswalk=CrosswalkFile(), enrol=True, workers=workers)
        return {
            p.relative_to(out).as_posix(): p.read_bytes() for p in out.rglob("*.dcm")
        }

    assert made(1) == made(2)


def test_with_a_crosswalk_people_it_does_not_know_wait(incoming, tmp_path):
    people = tmp_path / "who.csv"
    people.write_text("patient_id,participant,date_shift_days\nH7731904,LE-017,-40\n")

    told = document(
        call("deid", incoming, tmp_path / "out", "--crosswalk", people, "--json")
    )

    reasons = {f["in"]: f["reason"] for f in told["files"]}
    assert reasons["EXPORT2/IM0001.dcm"] == "not_in_crosswalk"
    assert (told["out"], told["quarantined"]) == (2, 2)
    assert (tmp_path / "who.key").is_file()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("number,code\n1,2\n", "no column"),
        ("patient_id,participant\n,LE-1\n", "needs patient_id and participant"),
        ("patient_id,participant\nA,LE-1\nA,LE-2\n", "stands in line 2 already"),
        ("patient_id,participant,date_shift_days\nA,LE-1,soon\n", "no whole number"),
        ("patient_id,participant,date_shift_days\nA,LE-1,0\n", "other than 0"),
    ],
)
def test_a_crosswalk_that_is_wrong_says_where(tmp_path, text, words):
    path = tmp_path / "who.csv"
    path.write_text(text)

    with pytest.raises(InvalidInput, match=words):
        CrosswalkFile.read(path)


@pytest.mark.parametrize("content", ["", "abc", "00" * 16, "zz" * 32])
def test_a_key_that_is_none_is_refused(tmp_path, content):
    path = tmp_path / "site.key"
    path.write_text(content)

    with pytest.raises(InvalidInput, match="key"):
        read_key(path)


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def test_a_zip_archive_is_read_without_unpacking_and_its_paths_are_not_trusted(
    tmp_path,
):
    archive = zipped(
        tmp_path / "scans.zip",
        {
            "a/IM1.dcm": ct_file(),
            "../../evil.dcm": ct_file(SOPInstanceUID="1.2.3"),
            "/etc/notes.txt": b"hi",
        },
    )

    told = document(call("deid", archive, tmp_path / "deep" / "out", "--json"))

    assert (told["in"], told["out"], told["quarantined"]) == (3, 2, 1)
    made = list(tmp_path.rglob("*.dcm"))
    assert len(made) == 2
    assert all((tmp_path / "deep" / "out") in p.parents for p in made)
    assert (tmp_path / "deep" / "out.quarantine" / "etc" / "notes.txt").is_file()


def test_a_zip_bomb_is_not_unpacked(tmp_path):
    archive = zipped(tmp_path / "bomb.zip", {"bomb.dcm": bytes(50_000_000)})

    told = document(call("deid", archive, tmp_path / "out", "--json"))

    assert [(f["in"], f["reason"]) for f in told["files"]] == [
        ("bomb.dcm", "too_large")
    ]


@pytest.mark.parametrize(
    ("source", "out", "code", "words"),
    [
        ("nowhere", "out", 3, "no such file or folder"),
        ("in", "in/out", 3, "inside the input"),
        ("in", "in/README.txt", 3, "inside the input"),
        ("in/README.txt", "in", 3, "input lies inside the output"),
        ("broken.zip", "out", 3, "cannot be read"),
    ],
)
def test_mistakes_end_in_words_and_a_code(incoming, tmp_path, source, out, code, words):
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04 and no more")

    result = call("deid", tmp_path / source, tmp_path / out)

    assert isinstance(result.exception, InvalidInput)
    assert code == result.exception.exit_code
    assert words in str(result.exception)


@pytest.mark.parametrize(
    "args", [("--text", "maybe"), ("--workers", "0"), ("--study",)]
)
def test_wrong_usage(incoming, tmp_path, args):
    assert call("deid", incoming, tmp_path / "out", *args).exit_code == 2


def test_in_hold_unapproved_words_wait(incoming, tmp_path):
    (incoming / "x.dcm").write_bytes(
        ct_file(StudyDescription="knee Zorblatt", SOPInstanceUID="1.2.9")
    )

    told = document(
        call("deid", incoming, tmp_path / "out", "--text", "hold", "--json")
    )

    assert {f["in"]: f["reason"] for f in told["files"] if f["reason"]} == {
        "x.dcm": "text_needs_review",
        "README.txt": "not_dicom",
    }


def test_verify_finds_nothing_in_what_was_made_and_much_in_the_originals(
    incoming, tmp_path
):
    call("deid", incoming, tmp_path / "out")
    people = tmp_path / "out.crosswalk.csv"

    clean = call(
        "verify",
        tmp_path / "out",
        "--crosswalk",
        people,
        "--original",
        incoming,
        "--json",
    )
    dirty = call("verify", incoming, "--crosswalk", people, "--json")

    told = document(clean)
    assert (clean.exit_code, told["files"], told["leaks"], told["problems"]) == (0, 3, [], [])  # fmt: skip
    assert dirty.exit_code == 1
    found = {(leak["file"], leak["kind"]) for leak in document(dirty)["leaks"]}
    assert ("Quarrendon_Ottilie/CT/IM0001.dcm", "name") in found
    assert ("Quarrendon_Ottilie/CT/IM0001.dcm", "path") in found
    assert ("README.txt", "unreadable") in found


def test_verify_of_nothing_says_so(tmp_path):
    result = call("verify", tmp_path / "nowhere")

    assert "no such folder" in str(result.exception)


def test_people_without_a_number_are_told_apart_by_name(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    for n, who in enumerate(["Quarrendon^Ottilie", "Wimbush^Clara"]):
        (folder / f"{n}.dcm").write_bytes(
            ct_file(PatientID="", PatientName=who, SOPInstanceUID=f"1.2.{n}")
        )

    call("deid", folder, tmp_path / "out")

    assert len(list(CrosswalkFile.read(tmp_path / "out.crosswalk.csv"))) == 2
    assert SiteKey(KEY.secret) == KEY


DEMO = Path(__file__).resolve().parents[3] / "plans" / "arthritis-demo"


def test_a_study_s_profile_is_used_and_its_site_is_asked_for(incoming, tmp_path):
    import pydicom

    told = document(
        call(
            "deid",
            incoming,
            tmp_path / "out",
            "--study",
            DEMO,
            "--site",
            "leeds",
            "--json",
        )
    )

    made = [f["out"] for f in told["files"] if f["out"]]
    out = pydicom.dcmread(tmp_path / "out" / made[0])
    assert out.ClinicalTrialSiteID == "leeds"
    result = call("deid", incoming, tmp_path / "out2", "--study", DEMO)
    assert result.exit_code == 2
    assert "leeds" in result.output


def test_a_plan_that_does_not_load_is_refused_with_its_findings(incoming, tmp_path):
    (tmp_path / "plan").mkdir()
    (tmp_path / "plan" / "study.yaml").write_text("id: X\n")

    result = call("deid", incoming, tmp_path / "out", "--study", tmp_path / "plan")

    assert isinstance(result.exception, InvalidInput)
    assert result.exception.findings


def test_a_key_of_one_s_own_is_used(incoming, tmp_path):
    (tmp_path / "site.key").write_text("07" * 32)
    for name in ("a", "b"):
        call("deid", incoming, tmp_path / name, "--key", tmp_path / "site.key")

    made = {
        n: sorted(p.read_bytes() for p in (tmp_path / n).rglob("*.dcm"))
        for n in ("a", "b")
    }
    assert made["a"] == made["b"]
    missing = call("deid", incoming, tmp_path / "c", "--key", tmp_path / "none.key")
    assert isinstance(missing.exception, InvalidInput)


def test_what_verification_finds_is_held_and_ends_the_command_with_1(
    incoming, tmp_path, monkeypatch
):
    from provident.deid import Leak, batch

    monkeypatch.setattr(batch, "verify", lambda data, **told: [Leak("byte 1", "name")])

    result = call("deid", incoming, tmp_path / "out", "--json")

    told = document(result)
    assert result.exit_code == 1
    assert {f["reason"] for f in told["files"]} == {"identifier_left", "not_dicom"}
    assert not list((tmp_path / "out").rglob("*.dcm"))
