"""A medium's index: the old one stays at the site, a new one is written over what came out."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pydicom
import pydicom.data
import pytest
from pydicom.fileset import FileSet

from provident.deid import Identifiers, Profile
from provident.deid.audit import directory_leaks
from provident.deid.directory import directory_of, file_id, is_directory
from provident.deid.manifests import read_manifest
from provident.kernel import Refused
from tests.spec.deid.commands import call, document, tree, two_people
from tests.spec.deid.files import ct_file, data_set, file_of, run


title = "DICOMDIR"

SR, PR = "1.2.840.10008.5.1.4.1.1.88.11", "1.2.840.10008.5.1.4.1.1.11.1"
KO, RS = "1.2.840.10008.5.1.4.1.1.88.59", "1.2.840.10008.5.1.4.1.1.481.3"
PDF, RAW = "1.2.840.10008.5.1.4.1.1.104.1", "1.2.840.10008.5.1.4.1.1.66"
SEG, PLAN = "1.2.840.10008.5.1.4.1.1.66.4", "1.2.840.10008.5.1.4.1.1.481.5"


def an_index() -> bytes:
    return Path(str(pydicom.data.get_testdata_file("DICOMDIR"))).read_bytes()


def indexed(out: Path) -> dict[str, str]:
    """File ids and SOP Instance UIDs that the new DICOMDIR lists, as pydicom's own reader finds them."""
    listed = FileSet(out / "DICOMDIR")
    return {
        Path(i.path).relative_to(out).as_posix(): str(i.SOPInstanceUID) for i in listed
    }


def test_an_input_with_an_index_comes_out_with_a_new_one(tmp_path):
    incoming = two_people(tmp_path / "in")
    (incoming / "DICOMDIR").write_bytes(an_index())

    told = document(call("deid", incoming, tmp_path / "out", "--json"))

    assert (told["in"], told["out"], told["quarantined"], told["dicomdir"]) == (4, 3, 1, True)  # fmt: skip
    assert {f["in"]: f["reason"] for f in told["files"] if f["out"] is None} == {"DICOMDIR": "directory"}  # fmt: skip
    made = tree(tmp_path / "out")
    images = {n: str(pydicom.dcmread(BytesIO(d)).SOPInstanceUID) for n, d in made.items() if n != "DICOMDIR"}  # fmt: skip
    assert indexed(tmp_path / "out") == images


def test_an_index_is_written_when_asked_for_and_not_otherwise(tmp_path):
    incoming = two_people(tmp_path / "in")
    call("deid", incoming, tmp_path / "without")
    call("deid", incoming, tmp_path / "with", "--dicomdir")

    assert not (tmp_path / "without" / "DICOMDIR").exists()
    assert len(indexed(tmp_path / "with")) == 3


def test_nothing_identifiable_is_in_the_new_index(tmp_path):
    incoming = two_people(tmp_path / "in")
    call("deid", incoming, tmp_path / "out", "--dicomdir")

    raw = (tmp_path / "out" / "DICOMDIR").read_bytes().lower()
    for secret in (b"uarrendon", b"ottilie", b"h7731904", b"20240315", b"1.2.826.0.1.99", b"wimbush"):  # fmt: skip
        assert secret not in raw
    people = tmp_path / "out.crosswalk.csv"
    result = call("verify", tmp_path / "out", "--crosswalk", people, "--original", incoming, "--key", tmp_path / "out.key", "--json")  # fmt: skip
    assert (result.exit_code, document(result)["leaks"]) == (0, [])
    listed = {f["file"] for f in read_manifest(tmp_path / "out.manifest.json")["files"]}
    assert "DICOMDIR" in listed


def test_an_index_of_somebody_else_is_found_to_name_people(tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "DICOMDIR").write_bytes(an_index())

    leaks = document(call("verify", out, "--json"))["leaks"]

    assert {"name"} <= {leak["kind"] for leak in leaks}
    assert any(leak["where"].startswith("(0004,1220)[") for leak in leaks)


@pytest.mark.parametrize(
    ("released", "expected"),
    [
        ("DICOM/PA000001/IM000001", "DICOM/PA000001/IM000001"),
        ("A_1", "A_1"),
        ("IM0001.dcm", None),
        ("im1", None),
        ("IM00000001", None),
        ("A/B/C/D/E/F/G/H/I", None),
        ("DICOMDIR", None),
        ("f-0123456789ab/CT/IM0001.dcm", None),
    ],
)
def test_names_are_what_a_medium_allows(released, expected):
    made = file_id(released)

    parts = made.split("/")
    assert len(parts) <= 8
    assert all(1 <= len(p) <= 8 and set(p) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") for p in parts)  # fmt: skip
    assert expected in (None, made)
    assert file_id(made) == made


def test_what_lay_in_one_folder_still_does_and_no_two_names_meet():
    names = [f"f-{n % 7}/IM{n:05d}.dcm" for n in range(5000)]
    made = [file_id(n) for n in names]

    assert len(set(made)) == len(names)
    assert len({m.split("/")[0] for m in made}) == 7


KINDS = [
    ("IMAGE", None, {}),
    ("IMAGE", SEG, {}),
    ("SR DOCUMENT", SR, {}),
    ("KEY OBJECT DOC", KO, {}),
    ("PRESENTATION", PR, {}),
    ("RT STRUCTURE SET", RS, {}),
    ("RT PLAN", PLAN, {}),
    ("ENCAP DOC", PDF, {}),
    ("RAW DATA", RAW, {}),
    ("RAW DATA", "1.2.826.0.1.4711", {"Rows": None}),
]


@pytest.mark.parametrize(("kind", "sop_class", "told"), KINDS)
def test_every_kind_of_object_gets_its_record_even_where_it_lacks_what_a_record_must_have(
    kind, sop_class, told
):
    told = {"StudyTime": None, "StudyDate": None} | told
    data = file_of(data_set(**({"SOPClassUID": sop_class} if sop_class else {}), **told))  # fmt: skip

    made = pydicom.dcmread(BytesIO(directory_of(["A"], lambda _: BytesIO(data))))

    records = list(made.DirectoryRecordSequence)
    assert [r.DirectoryRecordType for r in records] == ["PATIENT", "STUDY", "SERIES", kind]  # fmt: skip
    assert records[-1].ReferencedFileID == "A"
    assert records[1].StudyID == "1"


def test_the_same_files_give_the_same_index_in_any_order():
    files = {f"A{n}": ct_file(SOPInstanceUID=f"1.2.{n}") for n in range(3)}

    one = directory_of(files, lambda n: BytesIO(files[n]))
    two = directory_of(reversed(list(files)), lambda n: BytesIO(files[n]))

    assert one == two
    assert is_directory(one)
    assert not is_directory(files["A1"])


def test_a_name_that_is_no_file_id_is_refused():
    with pytest.raises(ValueError, match="file id"):
        directory_of(["a.dcm"], lambda _: BytesIO(ct_file()))


def test_an_index_that_cannot_be_read_is_told():
    whole = directory_of(["A"], lambda _: BytesIO(run(ct_file()).data or b""))
    at = whole.index(b"\x04\x00\x00\x15CS")  # Referenced File ID
    broken = whole[:at] + b"\x04\x00\x00\x15SQ\x00\x00\xff\xff\xff\xff" + whole[at + 12 :]  # fmt: skip

    leaks = directory_leaks(broken, Identifiers(), Profile(), frozenset())

    assert [leak.kind for leak in leaks] == ["unreadable"]


def test_accents_and_scripts_survive_in_the_index(tmp_path):
    data = ct_file(SpecificCharacterSet="ISO_IR 192", StudyDescription="Kopf für Ωmega")

    made = pydicom.dcmread(BytesIO(directory_of(["A"], lambda _: BytesIO(data))))

    assert made.DirectoryRecordSequence[1].StudyDescription == "Kopf für Ωmega"


def test_names_of_another_form_do_not_mix_with_those_of_an_earlier_run(tmp_path):
    incoming = two_people(tmp_path / "in")
    call("deid", incoming, tmp_path / "out")

    result = call("deid", incoming, tmp_path / "out", "--dicomdir")

    assert isinstance(result.exception, Refused)
    assert "with or without a DICOMDIR" in str(result.exception)


def test_an_index_in_which_something_is_found_is_not_written(tmp_path, monkeypatch):
    from provident.cli import deid_run
    from provident.deid import Leak

    monkeypatch.setattr(deid_run, "directory_leaks", lambda *told: [Leak("x", "name")])

    result = call("deid", two_people(tmp_path / "in"), tmp_path / "out", "--dicomdir")

    assert result.exit_code == 1
    assert "No DICOMDIR was written" in result.stderr
    assert not (tmp_path / "out" / "DICOMDIR").exists()


def test_an_input_that_all_waits_has_no_index(tmp_path):
    incoming = tmp_path / "in"
    incoming.mkdir()
    (incoming / "DICOMDIR").write_bytes(an_index())

    told = document(call("deid", incoming, tmp_path / "out", "--json"))

    assert (told["out"], told["dicomdir"]) == (0, False)
