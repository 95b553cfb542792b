"""The acceptance corpus: the same for everybody, and a score that finds each kind of leak and loss in any tool's output."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pydicom
import pytest

from provident.kernel import InvalidInput
from provident.synthetic.acceptance import PEOPLE, corpus, read_answers, score
from tests.spec.deid.commands import call, document, tree


title = "Acceptance"


@pytest.fixture(scope="session")
def there(tmp_path_factory) -> Path:
    """The corpus, its key, and what Provident makes of it."""
    folder = tmp_path_factory.mktemp("acceptance")
    assert call("deid", "--acceptance", folder / "corpus").exit_code == 0
    call("deid", folder / "corpus", folder / "out")
    return folder


@pytest.fixture
def out(there, tmp_path) -> Path:
    """A copy of the output to be broken."""
    return Path(shutil.copytree(there / "out", tmp_path / "out"))


def scored(there: Path, folder: Path, *args: object) -> tuple[int, dict]:
    result = call("verify", folder, "--acceptance", there / "corpus.key.json", *args, "--json")  # fmt: skip
    return result.exit_code, document(result)


def change(path: Path, act) -> None:
    ds = pydicom.dcmread(path)
    act(ds)
    ds.save_as(path)


def test_the_corpus_is_always_the_same(there):
    again = {one.name: one.data for one in corpus().files}

    assert tree(there / "corpus") == again
    assert json.loads((there / "corpus.key.json").read_text())["corpus"] == corpus().hash  # fmt: skip


@pytest.mark.slow
def test_it_is_the_same_in_another_process():
    program = "from provident.synthetic.acceptance import corpus; print(corpus().hash)"
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)  # fmt: skip

    assert told.stdout.strip() == corpus().hash


def test_it_has_every_kind_of_object_syntax_and_character_set():
    files = corpus().files
    read = [pydicom.dcmread(BytesIO(f.data)) for f in files]

    assert {f.kind for f in files} == {
        "MR", "CT", "syntax", "mosaic", "multi-frame", "burned-in", "SR", "KO", "PR", "RTSTRUCT", "SEG", "PDF",
    }  # fmt: skip
    assert len({str(ds.file_meta.TransferSyntaxUID) for ds in read}) == 7
    assert len({str(ds.SpecificCharacterSet) for ds in read}) == 5
    assert {ds.Manufacturer for ds in read} == {"SIEMENS", "GE MEDICAL SYSTEMS", "Philips"}  # fmt: skip
    for f, ds in zip(files, read, strict=True):
        assert str(ds.PatientName).split("=")[0] == next(w for w in PEOPLE if w.id == f.person).name.split("=")[0]  # fmt: skip


def test_untouched_every_plant_is_found_and_nothing_is_lost(there):
    code, told = scored(there, there / "corpus")

    assert code == 1
    assert told["files"] == {"planted": 53, "recognised": 53, "held": 0, "missing": 0, "unknown": 0}  # fmt: skip
    assert told["losses"] == told["broken"] == []
    found = {(leak["kind"], leak["where"]) for leak in told["leaks"]}
    for where in ("header", "nested header", "private", "text", "report", "annotation", "structures", "segmentation", "frames", "document", "overlay", "padding", "file name"):  # fmt: skip
        assert ("name", where) in found
    for kind in ("number", "place", "date", "uid"):
        assert (kind, "header") in found
    assert ("age", "header") in found
    assert ("burned-in text", "pixels") in found
    assert {leak["file"] for leak in told["leaks"]} == {f.name for f in corpus().files}
    assert all(c["right"] == 0 for kind, c in told["checks"].items() if kind.startswith("no "))  # fmt: skip
    assert all(c["right"] == c["of"] for kind, c in told["checks"].items() if kind.startswith("kept"))  # fmt: skip


def test_what_provident_makes_of_it_is_safe_and_fits_together(there):
    code, told = scored(there, there / "out")

    assert (code, told["leaks"], told["broken"]) == (0, [], [])
    assert told["files"]["missing"] == told["files"]["unknown"] == 0
    assert told["checks"]["reference resolves"]["percent"] == 100
    assert told["checks"]["interval kept"] == {"right": 5, "of": 5, "percent": 100}
    assert told["checks"]["kept: private"]["percent"] == 100


def test_files_are_known_again_when_names_and_folders_are_gone(there, tmp_path):
    made = sorted(tree(there / "out").items())
    made = made[::2] + made[1::2][::-1]
    for n, (_, data) in enumerate(made):
        (tmp_path / f"{n:05d}").write_bytes(data)

    named, renamed = scored(there, there / "out")[1], scored(there, tmp_path)[1]

    assert renamed == named


def test_a_tool_may_say_itself_what_it_renamed(there, tmp_path):
    made = tree(there / "out")
    table = []
    report = json.loads((there / "out.report.json").read_text())
    for n, (name, data) in enumerate(made.items()):
        (tmp_path / f"{n:05d}").write_bytes(data)
        planted = next(f["in"] for f in report["files"] if f["out"] == name)
        table.append(f"{planted}\t{n:05d}")
    (tmp_path.parent / "map.tsv").write_text("\n".join(table))

    told = scored(there, tmp_path, "--map", tmp_path.parent / "map.tsv")[1]

    assert told == scored(there, there / "out")[1]


WHO = PEOPLE[1]
PLANTS = [
    ("name", "header", lambda ds: setattr(ds, "PatientName", "GRÜNSCHNÄBEL^ÖZLEM")),
    ("name", "text", lambda ds: setattr(ds, "StudyDescription", f"MR HAND {WHO.family}")),
    ("name", "private", lambda ds: ds.private_block(0x0099, "X", create=True).add_new(1, "LO", "fürchtegott")),
    ("number", "header", lambda ds: setattr(ds, "AccessionNumber", WHO.accession)),
    ("place", "header", lambda ds: setattr(ds, "InstitutionName", "KLINIKUM WOLKENRUH")),
    ("date", "header", lambda ds: setattr(ds, "AcquisitionDateTime", f"{WHO.day(0):%Y%m%d}101500")),
    ("uid", "header", lambda ds: setattr(ds, "FrameOfReferenceUID", f"{corpus().answers.people[WHO.id].uid_root}0.99")),
    ("name", "elsewhere", lambda ds: setattr(ds, "preamble", b"Zipfelbart".ljust(128, b"\0"))),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "where", "plant"), PLANTS)
def test_one_thing_that_is_left_in_one_file_is_found_where_it_is(
    there, out, kind, where, plant
):
    [path] = [p for p in out.rglob("MR1/IM0001.dcm") if pydicom.dcmread(p).Manufacturer.startswith("GE")]  # fmt: skip
    change(path, plant)

    code, told = scored(there, out)

    assert code == 1
    assert {(leak["kind"], leak["where"], leak["file"]) for leak in told["leaks"]} == {(kind, where, f"{WHO.folder}/MR1/IM0001.dcm")}  # fmt: skip


def the(out: Path, kind: str) -> Path:
    return sorted(out.rglob(kind))[0]


def pointing_nowhere(ds: pydicom.Dataset) -> None:
    del ds.ContentSequence, ds.CurrentRequestedProcedureEvidenceSequence


BREAKS = [
    ("losses", "acquisition", "MR1/IM0001.dcm", lambda ds: delattr(ds, "RepetitionTime")),
    ("losses", "geometry", "MR1/IM0001.dcm", lambda ds: setattr(ds, "SliceThickness", "4")),
    ("losses", "description", "MR1/IM0001.dcm", lambda ds: setattr(ds, "StudyDescription", "")),
    ("losses", "private", "MR1/IM0001.dcm", lambda ds: ds.remove_private_tags()),
    ("losses", "multi-frame", "ENHANCED/IM0001.dcm", lambda ds: delattr(ds, "SharedFunctionalGroupsSequence")),
    ("losses", "mosaic", "MOSAIC/*", lambda ds: setattr(ds, "ImageType", ["ORIGINAL", "PRIMARY"])),
    ("losses", "report", "SR/SR0001.dcm", lambda ds: ds.ContentSequence.pop(2)),
    ("losses", "pixels", "CT/IM0001.dcm", lambda ds: setattr(ds, "PixelData", bytes(len(ds.PixelData)))),
    ("broken", "reference resolves", "SR/SR0001.dcm", lambda ds: pointing_nowhere(ds)),
    ("broken", "uid one to one", "MR1/IM0001.dcm", lambda ds: setattr(ds, "SeriesInstanceUID", "2.25.1")),
    ("broken", "one number a person", "MR1/IM0001.dcm", lambda ds: setattr(ds, "PatientID", "P099")),
    ("broken", "interval kept", "MR2/IM0001.dcm", lambda ds: setattr(ds, "StudyDate", "20190101")),
]  # fmt: skip


@pytest.mark.parametrize(("part", "kind", "name", "act"), BREAKS)
def test_one_thing_that_is_lost_or_broken_is_found(there, out, part, kind, name, act):
    change(the(out, name), act)

    code, told = scored(there, out)

    assert kind in {found["kind"] for found in told[part]}
    assert code == 0


def test_painted_text_is_hidden_and_settings_and_anatomy_must_stay(there, out):
    """As a tool with a reader would do: the person's lines painted over, all else as it was."""
    for name, all_of_it in (("SC/SC0001.dcm", False), ("US/IM0001", True)):
        for path in sorted((there / "corpus").rglob(name)):
            answer = read_answers(there / "corpus.key.json").files[path.relative_to(there / "corpus").as_posix()]  # fmt: skip
            ds = painted(path, answer.boxes, everything=all_of_it)
            target = out / answer.name.replace(answer.name.split("/")[0], "painted")
            target.parent.mkdir(parents=True, exist_ok=True)
            target = target.with_name(f"{answer.person}-{target.name}")
            ds.save_as(target, enforce_file_format=True)

    told = scored(there, out)[1]

    assert told["files"]["held"] == 0
    assert told["checks"]["burned-in text hidden"]["percent"] == 100
    assert told["checks"]["kept: burned-in settings"]["percent"] == 100
    assert told["checks"]["kept: pixels outside text"]["percent"] == 100


def painted(path: Path, boxes, *, everything: bool) -> pydicom.Dataset:
    """An otherwise empty object with the boxes that identify painted black."""
    ds = pydicom.dcmread(path)
    array = ds.pixel_array.copy()
    for box in boxes:
        left, top, right, bottom = box["at"]
        if box["leak"]:
            where = (slice(top, bottom), slice(left, right))
            if array.ndim == 4:
                array[:, where[0], where[1]] = 0
            else:
                array[where] = 0
    keep = ("SOPClassUID", "Rows", "Columns", "SamplesPerPixel", "BitsAllocated", "BitsStored", "HighBit", "PixelRepresentation")  # fmt: skip
    made = pydicom.Dataset()
    for keyword in keep:
        setattr(made, keyword, ds.get(keyword))
    made.SOPInstanceUID = f"2.25.{abs(hash(path.name + str(array.sum())))}"
    made.PhotometricInterpretation = "RGB" if array.shape[-1] == 3 else "MONOCHROME2"
    if array.shape[-1] == 3:
        made.PlanarConfiguration, made.NumberOfFrames = 0, array.shape[0]
    made.PixelData = array.tobytes()
    made.file_meta = pydicom.dataset.FileMetaDataset()
    made.file_meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
    made.file_meta.MediaStorageSOPClassUID = made.SOPClassUID
    made.file_meta.MediaStorageSOPInstanceUID = made.SOPInstanceUID
    return made


def test_files_that_do_not_come_are_missing_and_others_are_told(there, out):
    the(out, "MR1/IM0001.dcm").unlink()
    (out / "readme.txt").write_text("x")

    told = scored(there, out)[1]

    assert (told["files"]["missing"], told["files"]["unknown"]) == (1, 1)
    assert told["verdict"].startswith("Safe: no planted identifier was found. But")


def test_an_empty_folder_is_nothing_to_judge(there, tmp_path):
    told = scored(there, tmp_path)[1]

    assert told["verdict"].startswith("Nothing to judge")
    assert told["files"]["missing"] == 48


def test_the_score_in_words_and_as_a_page(there, tmp_path):
    result = call("verify", there / "corpus", "--acceptance", there / "corpus.key.json", "--report", tmp_path / "score")  # fmt: skip

    assert "Not safe:" in result.stderr
    assert "LEAK" in result.stdout
    assert "Not safe:" in (tmp_path / "score.html").read_text()
    assert json.loads((tmp_path / "score.json").read_text())["files"]["planted"] == 53


@pytest.mark.parametrize("content", [None, "", "{}", '{"format": 9}', '{"format": 1, "corpus": "x", "people": [{}], "files": []}'])  # fmt: skip
def test_a_key_that_is_none_says_where_it_comes_from(tmp_path, content):
    if content is not None:
        (tmp_path / "key.json").write_text(content)

    with pytest.raises(InvalidInput, match="--acceptance FOLDER"):
        read_answers(tmp_path / "key.json")


@pytest.mark.parametrize(("content", "words"), [(None, "cannot be read"), ("a b", ":1: a line is")])  # fmt: skip
def test_a_list_of_names_that_is_none_is_refused(there, tmp_path, content, words):
    if content is not None:
        (tmp_path / "map.tsv").write_text(content)

    with pytest.raises(InvalidInput, match=words):
        score(there / "out", read_answers(there / "corpus.key.json"), tmp_path / "map.tsv")  # fmt: skip


def test_the_corpus_is_not_written_over_something_else(tmp_path):
    (tmp_path / "a").write_bytes(b"")

    result = call("deid", "--acceptance", tmp_path)

    assert isinstance(result.exception, InvalidInput)
    assert "not an empty folder" in str(result.exception)


def test_deid_without_in_and_out_says_what_it_needs():
    result = call("deid")

    assert result.exit_code == 2
    assert "--acceptance FOLDER" in result.output


def test_a_folder_that_is_not_there_is_told(there, tmp_path):
    result = call("verify", tmp_path / "none", "--acceptance", there / "corpus.key.json")  # fmt: skip

    assert "there is no such folder" in str(result.exception)
