"""Originals and outputs side by side: whatever another tool breaks is found, and nothing in what Provident makes."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np
import pydicom
import pytest

from provident.deid import SiteKey
from provident.deid.codebook import read_key, write_key
from provident.deid.comparing import PROBLEMS, compare
from provident.deid.sources import sources
from tests.spec.deid.commands import call, document, two_people
from tests.spec.deid.files import CT_IMAGE, ct_file, data_set, file_of


title = "Comparison with the originals"

REPORT = "1.2.840.10008.5.1.4.1.1.88.11"


def pixels(seed: int) -> bytes:
    return np.arange(seed, seed + 4, dtype="<u2").tobytes()


@pytest.fixture
def made(tmp_path) -> Path:
    """Two people's exams, a report that points to an image, and their outputs beside them."""
    incoming = tmp_path / "in"
    incoming.mkdir()
    for n, told in enumerate([
        {},
        {"SOPInstanceUID": "1.2.826.0.1.99.1.1.2", "InstanceNumber": 2},
        {"SOPInstanceUID": "1.2.826.0.1.99.2.1.1", "StudyInstanceUID": "1.2.826.0.1.99.2", "SeriesInstanceUID": "1.2.826.0.1.99.2.1", "StudyDate": "20240607"},
        {"PatientName": "Wimbush^Clara", "PatientID": "K22817", "SOPInstanceUID": "1.2.826.0.1.98.1.1.1",
         "StudyInstanceUID": "1.2.826.0.1.98.1", "SeriesInstanceUID": "1.2.826.0.1.98.1.1"},
    ]):  # fmt: skip
        told = {"PixelData": pixels(n), "SliceThickness": "3", "KVP": "120"} | told
        (incoming / f"IM{n}").write_bytes(ct_file(**told))
    report = data_set(SOPClassUID=REPORT, SOPInstanceUID="1.2.826.0.1.99.1.2.1", SeriesInstanceUID="1.2.826.0.1.99.1.2", Modality="SR", PixelData=None)  # fmt: skip
    item, pointed = pydicom.Dataset(), pydicom.Dataset()
    pointed.ReferencedSOPClassUID, pointed.ReferencedSOPInstanceUID = CT_IMAGE, "1.2.826.0.1.99.1.1.1"  # fmt: skip
    item.RelationshipType, item.ValueType, item.ReferencedSOPSequence = "CONTAINS", "IMAGE", [pointed]  # fmt: skip
    report.ContentSequence = [item]
    (incoming / "SR").write_bytes(file_of(report))
    assert call("deid", incoming, tmp_path / "out").exit_code == 0
    return tmp_path


def compared(made: Path, *args: object) -> tuple[int, dict]:
    result = call("verify", made / "out", "--original", made / "in", *args, "--json")
    return result.exit_code, document(result)


def kinds(told: dict) -> set[str]:
    return {p["kind"] for p in told["problems"]}


def change(made: Path, name: str, **attributes: object) -> None:
    """Change an output as another tool would have made it."""
    ds = pydicom.dcmread(made / "out" / name)
    for keyword, value in attributes.items():
        if value is None:
            delattr(ds, keyword)
        else:
            setattr(ds, keyword, value)
    ds.save_as(made / "out" / name)


def test_nothing_is_wrong_with_what_provident_made(made):
    code, told = compared(made, "--key", made / "out.key", "--crosswalk", made / "out.crosswalk.csv")  # fmt: skip

    assert (code, told["problems"], told["leaks"]) == (0, [], [])
    comparison = told["comparison"]
    assert (comparison["originals"], comparison["compared"], comparison["losses"]) == (5, 5, [])  # fmt: skip
    assert comparison["values_compared"] > 30


def test_without_the_key_files_are_known_by_their_pixels_and_names(made):
    (made / "out" / "IM3").rename(made / "out" / "renamed.dcm")

    code, told = compared(made)

    assert (code, told["problems"], told["comparison"]["compared"]) == (0, [], 5)


BREAKS = [
    ("IM1", {"SeriesInstanceUID": "2.25.1"}, "uid_split"),
    ("IM3", {"StudyInstanceUID": "as IM0"}, "uid_merged"),
    ("IM3", {"StudyInstanceUID": "1.2.826.0.1.98.1"}, "uid_kept"),
    ("IM0", {"SOPInstanceUID": "2.25.7"}, "reference_broken"),
    ("SR", {"ContentSequence": None}, "reference_broken"),
    ("IM2", {"StudyDate": "20200101"}, "interval"),
    ("IM1", {"PatientID": "P077"}, "person_split"),
    ("IM3", {"PatientID": "as IM0"}, "person_merged"),
    ("IM1", {"PixelData": bytes(8)}, "pixels"),
    ("IM1", {"PixelData": None}, "pixels_gone"),
    ("IM1", {"DeidentificationMethodCodeSequence": [], "DeidentificationMethod": None}, "no_method"),
    ("IM1", {"BurnedInAnnotation": "YES"}, "burned_in"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "attributes", "kind"), BREAKS)
def test_what_another_tool_breaks_is_found(made, name, attributes, kind):
    first = pydicom.dcmread(made / "out" / "IM0")
    told = {k: first.get(k) if v == "as IM0" else v for k, v in attributes.items()}
    change(made, name, **told)

    code, found = compared(made)

    assert code == 1
    assert kind in kinds(found)
    assert kind in PROBLEMS


def test_the_crosswalk_s_numbers_and_shifts_are_held_against_the_files(made):
    people = made / "out.crosswalk.csv"
    rows = people.read_text().replace("P001", "P009").splitlines()
    rows = [r if n == 0 else r.rpartition(",")[0] + ",-7" for n, r in enumerate(rows)]
    people.write_text("\n".join(rows) + "\n")

    _, told = compared(made, "--crosswalk", people)

    assert {"participant", "date_shift"} <= kinds(told)


def test_another_key_is_told(made):
    write_key(made / "other.key", SiteKey(bytes(32)))

    told = compare(sources(made / "in"), sources(made / "out"), key=read_key(made / "other.key"))  # fmt: skip

    assert "other_key" in {p.kind for p in told.problems}


def test_values_that_are_gone_or_changed_are_counted_and_are_no_leak(made):
    change(made, "IM0", SliceThickness="4", KVP=None)

    code, told = compared(made)

    assert code == 0
    assert told["comparison"]["losses"] == [
        {"attribute": "(0018,0050) SliceThickness", "kind": "changed", "files": 1},
        {"attribute": "(0018,0060) KVP", "kind": "gone", "files": 1},
    ]


def test_pixels_in_another_coding_are_the_same_pixels(made):
    ds = pydicom.dcmread(made / "out" / "IM1")
    ds.compress(pydicom.uid.RLELossless, generate_instance_uid=False)
    ds.save_as(made / "out" / "IM1")

    assert compared(made, "--key", made / "out.key")[1]["problems"] == []


def test_an_image_that_says_that_it_was_cleaned_may_differ(made):
    code = pydicom.Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = "113101", "DCM", "Clean Pixel Data Option"  # fmt: skip
    ds = pydicom.dcmread(made / "out" / "IM1")
    ds.DeidentificationMethodCodeSequence.append(code)
    ds.BurnedInAnnotation, ds.PixelData = "NO", bytes(8)
    ds.save_as(made / "out" / "IM1")

    _, told = compared(made)

    assert (kinds(told), told["comparison"]["painted"]) == (set(), 1)


def test_an_original_that_waits_breaks_no_reference(made):
    (made / "out" / "IM0").unlink()

    _, told = compared(made)

    assert told["problems"] == []
    assert told["comparison"]["without_output"] == 1


def test_images_that_cannot_be_told_apart_are_not_guessed(tmp_path):
    call("deid", two_people(tmp_path / "in"), tmp_path / "out")
    for n, path in enumerate(sorted((tmp_path / "out").rglob("*.dcm"))):
        path.rename(tmp_path / "out" / f"x{n}")

    told = compare(sources(tmp_path / "in"), sources(tmp_path / "out"))

    assert (told.pairs, told.problems) == (0, [])


def test_what_is_no_dicom_is_left_to_verification(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "note").write_bytes(b"x")

    assert compare(sources(tmp_path / "in"), sources(tmp_path / "in")).originals == 0


def test_the_report_says_all_in_words_and_is_for_the_owner_alone(made):
    change(made, "IM0", SliceThickness="4", BurnedInAnnotation="YES")

    compared(made, "--report", made / "check")

    page = (made / "check.html").read_text()
    for words in ("Do not pass these files on", "text is burned into its pixels", "SliceThickness", "5 of 5 originals"):  # fmt: skip
        assert words in page
    assert "http" not in page
    assert (made / "check.html").stat().st_mode & 0o777 == 0o600
    assert document(call("verify", made / "out", "--json"))["files"] == 5


def test_words_for_people_name_file_problem_and_what_was_compared(made):
    change(made, "IM0", BurnedInAnnotation="YES")

    result = call("verify", made / "out", "--original", made / "in")

    assert "IM0: burned_in: It says that text is burned into its pixels" in result.stdout  # fmt: skip
    assert "5 of 5 originals have an output" in result.stderr


def test_dates_are_looked_for_in_their_own_person_s_files(made):
    """With many people an original date of one is the shifted date of another: that is no leak."""
    ds = pydicom.dcmread(BytesIO((made / "out" / "IM0").read_bytes()))
    people = made / "out.crosswalk.csv"
    (made / "in" / "IM9").write_bytes(ct_file(PatientName="Ash^Rowan", PatientID="Z9917", StudyDate=str(ds.StudyDate), SOPInstanceUID="1.2.77"))  # fmt: skip

    code, told = compared(made, "--crosswalk", people)

    assert (code, told["leaks"]) == (0, [])
