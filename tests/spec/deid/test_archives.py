"""ZIP archives: read where they lie, and written in one step, the same bytes at any time."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from provident.deid.codebook import write_key
from provident.kernel import InvalidInput, Refused
from tests.spec.deid.commands import call, document, tree, two_people
from tests.spec.deid.files import KEY, ct_file


title = "ZIP archives"


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_archives_in_a_folder_are_read_where_they_lie(tmp_path):
    incoming = tmp_path / "in"
    incoming.mkdir()
    (incoming / "A.zip").write_bytes(zipped({"CT/IM1.dcm": ct_file(), "notes.txt": b"hi"}))  # fmt: skip
    (incoming / "B.ZIP").write_bytes(zipped({"IM1.dcm": ct_file(SOPInstanceUID="1.2.3")}))  # fmt: skip

    told = document(call("deid", incoming, tmp_path / "out", "--json"))

    assert {f["in"]: f["reason"] for f in told["files"]} == {
        "A.zip/CT/IM1.dcm": None,
        "A.zip/notes.txt": "not_dicom",
        "B.ZIP/IM1.dcm": None,
    }
    again = document(call("deid", incoming, tmp_path / "out", "--json"))
    assert again["files"] == told["files"]
    people = tmp_path / "out.crosswalk.csv"
    assert call("verify", tmp_path / "out", "--original", incoming, "--crosswalk", people).exit_code == 0  # fmt: skip


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"PK\x03\x04 and no more", "not_dicom"),
        (b"", "not_dicom"),
        (zipped({}), "not_dicom"),
    ],
)
def test_what_is_no_archive_waits_as_one_file(tmp_path, content, reason):
    incoming = two_people(tmp_path / "in")
    (incoming / "broken.zip").write_bytes(content)

    told = document(call("deid", incoming, tmp_path / "out", "--json"))

    assert {f["in"]: f["reason"] for f in told["files"] if f["out"] is None} == {"broken.zip": reason}  # fmt: skip


def test_an_archive_in_an_archive_is_not_unpacked(tmp_path):
    (tmp_path / "in.zip").write_bytes(zipped({"inner.zip": zipped({"IM1.dcm": ct_file()})}))  # fmt: skip

    told = document(call("deid", tmp_path / "in.zip", tmp_path / "out", "--json"))

    assert [(f["in"], f["reason"]) for f in told["files"]] == [("inner.zip", "not_dicom")]  # fmt: skip


def test_a_member_that_is_broken_waits_alone(tmp_path):
    incoming = tmp_path / "in"
    incoming.mkdir()
    plain = io.BytesIO()
    with zipfile.ZipFile(plain, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("IM1.dcm", ct_file())
        archive.writestr("IM2.dcm", ct_file(SOPInstanceUID="1.2.3"))
    raw = bytearray(plain.getvalue())
    raw[200] ^= 0xFF  # within the first member: its checksum no longer fits
    (incoming / "A.zip").write_bytes(raw)

    told = document(call("deid", incoming, tmp_path / "out", "--json"))

    assert {f["in"]: f["reason"] for f in told["files"]} == {"A.zip/IM1.dcm": "unreadable", "A.zip/IM2.dcm": None}  # fmt: skip


def test_an_output_that_is_an_archive_holds_what_a_folder_would(tmp_path):
    incoming = two_people(tmp_path / "in")
    write_key(tmp_path / "k.key", KEY)
    call("deid", incoming, tmp_path / "folder", "--key", tmp_path / "k.key")

    result = call("deid", incoming, tmp_path / "packed.zip", "--key", tmp_path / "k.key", "--json")  # fmt: skip

    assert (document(result)["in"], document(result)["out"]) == (3, 3)
    assert members(tmp_path / "packed.zip") == tree(tmp_path / "folder")
    beside = {p.name for p in tmp_path.iterdir()} - {"in", "folder", "k.key"}
    assert {n for n in beside if n.startswith("packed")} == {
        "packed.zip", "packed.crosswalk.csv", "packed.journal", "packed.report.html", "packed.report.json", "packed.manifest.json",
    }  # fmt: skip
    verified = call("verify", tmp_path / "packed.zip", "--key", tmp_path / "k.key", "--json")  # fmt: skip
    assert (verified.exit_code, document(verified)["files"]) == (0, 3)


@pytest.mark.slow
def test_the_same_files_make_the_same_archive_however_they_came(tmp_path):
    incoming = two_people(tmp_path / "in")
    write_key(tmp_path / "k.key", KEY)
    call("deid", incoming, tmp_path / "once.zip", "--key", tmp_path / "k.key", "--workers", 2)  # fmt: skip
    late = (incoming / "EXPORT2/IM0001.dcm").read_bytes()
    (incoming / "EXPORT2/IM0001.dcm").unlink()
    call("deid", incoming, tmp_path / "twice.zip", "--key", tmp_path / "k.key", "--crosswalk", tmp_path / "once.crosswalk.csv")  # fmt: skip
    (incoming / "EXPORT2/IM0001.dcm").write_bytes(late)
    call("deid", incoming, tmp_path / "twice.zip", "--key", tmp_path / "k.key", "--crosswalk", tmp_path / "once.crosswalk.csv")  # fmt: skip

    assert (tmp_path / "once.zip").read_bytes() == (tmp_path / "twice.zip").read_bytes()


def test_a_file_that_waits_now_is_taken_out_of_the_archive(tmp_path):
    incoming = two_people(tmp_path / "in")
    call("deid", incoming, tmp_path / "out.zip", "--dicomdir")
    (incoming / "EXPORT2/IM0001.dcm").write_bytes(b"no image")

    call("deid", incoming, tmp_path / "out.zip", "--dicomdir")

    assert len(members(tmp_path / "out.zip")) == 3  # two images and the index
    assert call("verify", tmp_path / "out.zip", "--key", tmp_path / "out.key").exit_code == 0  # fmt: skip


def test_an_archive_that_somebody_else_packed_is_not_added_to(tmp_path):
    (tmp_path / "out.zip").write_bytes(zipped({"a": b"b"}))
    before = (tmp_path / "out.zip").read_bytes()

    result = call("deid", two_people(tmp_path / "in"), tmp_path / "out.zip")

    assert isinstance(result.exception, Refused)
    assert (tmp_path / "out.zip").read_bytes() == before


@pytest.mark.parametrize(
    ("source", "out", "words"),
    [
        ("in", "in/out.zip", "lies inside the input"),
        ("in.zip", "in.zip", "lies inside the input"),
        ("in", "broken.zip", "no ZIP archive that can be read"),
    ],
)
def test_mistakes_with_archives_end_in_words(tmp_path, source, out, words):
    two_people(tmp_path / "in")
    (tmp_path / "in.zip").write_bytes(zipped({"IM1.dcm": ct_file()}))
    (tmp_path / "broken.zip").write_bytes(b"PK")

    result = call("deid", tmp_path / source, tmp_path / out)

    assert isinstance(result.exception, InvalidInput)
    assert words in str(result.exception)
