"""One number, several people: whom a run enrols, whom it takes for the same, and when it asks."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydicom.dataset import Dataset

from provident.deid import Profile
from provident.deid.batch import Job, Places, run
from provident.deid.codebook import CrosswalkFile, Entry
from provident.deid.subjects import issuer_in, subject_of
from tests.spec.deid.files import KEY, ct_file


title = "One number of several issuers"

ASK = "identity_ambiguous"


def universal(name: str, kind: str = "ISO") -> Dataset:
    item = Dataset()
    item.UniversalEntityID, item.UniversalEntityIDType = name, kind
    return item


def other(number: str, issuer: str | None) -> Dataset:
    item = Dataset()
    item.PatientID = number
    if issuer:
        item.IssuerOfPatientID = issuer
    return item


def file(spec: str, number: int) -> bytes:
    """`ISSUER ID`: `-` is none, `oid:1.2` a universal name, `LTH+oid:1.2` both; `=NHS 9` another number; `*1970` born."""
    told: dict[str, object] = {}
    for part in spec.split(";"):
        if part.startswith("="):
            issuer, _, own = part[1:].partition(" ")
            told["OtherPatientIDsSequence"] = [other(own, None if issuer == "-" else issuer)]  # fmt: skip
        elif part.startswith("*"):
            told["PatientBirthDate"] = part[1:]
        else:
            issuer, _, told["PatientID"] = part.partition(" ")
            for name in issuer.split("+"):
                if name.startswith("oid:"):
                    told["IssuerOfPatientIDQualifiersSequence"] = [universal(name[4:])]
                elif name != "-":
                    told["IssuerOfPatientID"] = name
    return ct_file(**told, SOPInstanceUID=f"1.2.826.0.1.99.1.1.{number}")


def who(
    tmp_path: Path, specs: list[str], book: CrosswalkFile, enrol: bool = True
) -> list[str]:
    """What becomes of files: the participant that the crosswalk has for them, or the reason why they wait."""
    folder = tmp_path / f"in{len(list(tmp_path.iterdir()))}"
    folder.mkdir()
    for number, spec in enumerate(specs):
        (folder / f"{number}.dcm").write_bytes(file(spec, number + 1))
    places = Places.beside(tmp_path / f"out{folder.name}")
    job = Job(profile=Profile(), key=KEY, places=places)
    outcomes = run(folder, job=job, crosswalk=book, enrol=enrol)
    return [o.reason or _number(places.out / str(o.out)) for o in outcomes]


def _number(path: Path) -> str:
    return subject_of(path.read_bytes()).patient_id


@pytest.mark.parametrize(
    ("files", "participants"),
    [
        (["LTH 47", "LTH 47"], ["P001", "P001"]),
        (["- 47", "- 47"], ["P001", "P001"]),
        (["LTH 47", "YDH 47"], ["P001", "P002"]),
        (["- 47", "LTH 47"], ["P001", "P001"]),
        (["LTH 47", "- 47"], ["P001", "P001"]),
        (["- 47;*19700101", "LTH 47"], [ASK, "P001"]),
        (["LTH 47", "YDH 47", "- 47"], ["P001", "P002", ASK]),
        (["- 47", "LTH 47", "YDH 47"], [ASK, "P001", "P002"]),
        (["oid:1.2.3 47", "oid:1.2.4 47"], ["P001", "P002"]),
        (["LTH+oid:1.2.3 47", "oid:1.2.3 47", "LTH 47"], ["P001"] * 3),
        (["LTH+oid:1.2.3 47", "LTH+oid:1.2.4 47"], ["P001", ASK]),
        (["LTH 47;=NHS 9", "NHS 9"], ["P001", "P001"]),
        (["LTH 47;=- 9", "- 9"], ["P001", "P002"]),  # a bare other number joins nobody
        (["LTH 47;=NHS 9", "YDH 9"], ["P001", "P002"]),
        (["LTH 47;=NHS 9", "NHS 8", "LTH 47;=NHS 8"], ["P001", "P002", "P001"]),
        (["LTH 47;=NHS 0", "LTH 48;=NHS 0;*19700101"], ["P001", "P002"]),  # a number that stands for many
    ],
    ids=lambda told: ", ".join(told),
)  # fmt: skip
def test_whom_a_run_enrols(files, participants, tmp_path):
    assert who(tmp_path, files, CrosswalkFile()) == participants


@pytest.mark.parametrize(
    ("first", "then", "participants"),
    [
        (["- 47"], ["LTH 47"], ["P001"]),
        (["LTH 47"], ["- 47"], ["P001"]),
        (["- 47"], ["LTH 47;*19700101"], [ASK]),
        (["- 47", "LTH 47"], ["YDH 47"], ["P002"]),
        (["LTH 47", "YDH 47"], ["- 47"], [ASK]),
        (["- 47"], ["LTH 47", "YDH 47"], [ASK, ASK]),
    ],
    ids=str,
)
def test_a_later_run_gives_the_same_person_the_same_number(
    first, then, participants, tmp_path
):
    book = CrosswalkFile()
    who(tmp_path, first, book)
    saved = tmp_path / "book.csv"
    book.write(saved)

    assert who(tmp_path, then, CrosswalkFile.read(saved)) == participants


@pytest.mark.parametrize(
    ("files", "participants"),
    [
        (["LTH 8812"], ["P003"]),  # an entry without an issuer stands for the one who comes
        (["LTH 8812", "YDH 8812"], [ASK, ASK]),
        (["- 47"], [ASK]),
        (["WARD A 47"], ["not_in_crosswalk"]),
        (["A 47", "B 47"], ["P001", "P002"]),
    ],
    ids=str,
)  # fmt: skip
def test_whom_a_given_crosswalk_names(files, participants, tmp_path):
    book = CrosswalkFile(
        [Entry("A", "47", "P001"), Entry("B", "47", "P002"), Entry("", "8812", "P003")]
    )

    assert who(tmp_path, files, book, enrol=False) == participants


def test_the_order_of_files_decides_nothing_but_the_numbers(tmp_path):
    specs = ["LTH 47", "YDH 47", "- 47", "LTH 48", "- 48", "- 49"]
    there, back = (
        who(tmp_path, order, CrosswalkFile()) for order in (specs, specs[::-1])
    )

    def alike(told: list[str]) -> list[list[bool]]:
        return [[a == b for b in told] for a in told]

    assert alike(there) == alike(back[::-1])
    assert (there[2], back[3]) == (ASK, ASK)


def test_the_issuer_of_bytes_never_raises():
    assert issuer_in(b"") == ""
    assert issuer_in(file("oid:1.2 47", 1)) == "ISO:1.2"
    assert issuer_in(file("LTH+oid:1.2 47", 1)) == "LTH"
    assert issuer_in(file("- 47", 1)) == ""
