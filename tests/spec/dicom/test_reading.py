"""Reading headers: whatever arrives ends as a header or as a refusal with a reason."""

from __future__ import annotations

import zlib
from io import BytesIO
from pathlib import Path

import pydicom.data
import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.filewriter import dcmwrite
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

from provident.dicom import FACT_TAGS, Folder, NotReadable, read_header, series_facts
from provident.dicom.pixels import normalised, thumbnail
from provident.kernel import InvalidInput


PIXELS = b"".join((n * 15).to_bytes(2, "little") for n in range(256))


def image() -> Dataset:
    ds = Dataset()
    ds.SOPClassUID, ds.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.4", "1.2.3.1"
    ds.StudyInstanceUID, ds.SeriesInstanceUID = "1.2.3.2", "1.2.3.3"
    ds.Modality, ds.Manufacturer, ds.EchoTime = "MR", "SIEMENS", 12.5
    ds.Rows = ds.Columns = 16
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 12, 11, 0
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.add_new(0x7FE00010, "OW", PIXELS)
    return ds


def written(
    syntax: str = ExplicitVRLittleEndian,
    ds: Dataset | None = None,
    *,
    bare: bool = False,
) -> bytes:
    ds = ds or image()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = syntax
    out = BytesIO()
    if bare:
        little = syntax != ExplicitVRBigEndian
        dcmwrite(
            out,
            _without_meta(ds),
            implicit_vr=syntax == ImplicitVRLittleEndian,
            little_endian=little,
        )
    else:
        dcmwrite(out, ds, enforce_file_format=True)
    return out.getvalue()


def _without_meta(ds: Dataset) -> Dataset:
    del ds.file_meta
    return ds


SYNTAXES = [ImplicitVRLittleEndian, ExplicitVRLittleEndian, ExplicitVRBigEndian]


@pytest.mark.parametrize("syntax", [*SYNTAXES, DeflatedExplicitVRLittleEndian])
def test_every_plain_transfer_syntax_is_read(syntax):
    header = read_header(written(syntax))

    assert (
        header.Modality,
        header.EchoTime,
        "PixelData" in header,
    ) == ("MR", 12.5, False)


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_a_file_without_preamble_and_meta_information_is_read(syntax):
    header = read_header(written(syntax, bare=True))

    assert (header.Modality, header.EchoTime) == ("MR", 12.5)


def test_a_path_and_an_open_file_are_read_too(tmp_path):
    file = tmp_path / "a.dcm"
    file.write_bytes(written())

    with file.open("rb") as opened:
        assert read_header(opened).EchoTime == read_header(file).EchoTime == 12.5


def test_only_the_named_elements_are_kept():
    header = read_header(written(), only={0x00180081})

    assert list(header.keys()) == [0x00180081]


REFUSED = [
    ("empty", b""),
    ("not_dicom", b"x"),
    ("not_dicom", b"hello, this is a letter and not an image" * 10),
    ("not_dicom", b"\x89PNG\r\n\x1a\n" + bytes(300)),
    ("not_dicom", bytes(2000)),
    ("not_dicom", bytes(128) + b"DICX" + bytes(300)),
    ("truncated_header", bytes(128) + b"DICM"),
    ("truncated_header", written()[:200]),
    ("truncated_header", written()[:-len(PIXELS) - 100]),
    ("truncated_header", written()[:-len(PIXELS) - 14]),
    ("truncated_header", written(ImplicitVRLittleEndian)[:-len(PIXELS) - 50]),
    ("truncated_header", written(DeflatedExplicitVRLittleEndian)[:-20]),
]  # fmt: skip


@pytest.mark.parametrize(("reason", "data"), REFUSED)
def test_what_is_no_header_is_refused_with_a_reason(reason, data):
    with pytest.raises(NotReadable) as refused:
        read_header(data)

    (finding,) = refused.value.findings
    assert (reason, f"DICOM.{reason.upper()}") == (refused.value.reason, finding.code)
    assert finding.remedy


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(NotReadable) as refused:
        read_header(tmp_path / "none.dcm")

    assert refused.value.reason == "not_readable"


def test_a_header_cut_at_any_byte_is_refused_or_read_but_never_crashes():
    whole = written()
    for size in range(0, len(whole) - len(PIXELS), 3):
        try:
            header = read_header(whole[:size])
        except NotReadable:
            continue
        # Only a cut between two elements can go unnoticed here; `integrity` sees it.
        assert "SOPInstanceUID" in header or size < 400


def test_a_deflated_file_that_would_fill_the_memory_is_refused(monkeypatch):
    monkeypatch.setattr("provident.dicom.reading.MOST_INFLATED", 10_000_000)
    whole = written(DeflatedExplicitVRLittleEndian)
    start = 144 + int.from_bytes(whole[140:144], "little")
    deflate = zlib.compressobj(9, wbits=-15)
    bomb = deflate.compress(bytes(20_000_000)) + deflate.flush()

    with pytest.raises(NotReadable) as refused:
        read_header(whole[:start] + bomb)

    assert refused.value.reason == "too_large"


def test_broken_values_are_reasons_and_not_exceptions():
    ds = image()
    ds.EchoTime = None
    data = written(ds=ds).replace(b"SIEMENS ", b"\xff\xfe\xfdMENS ")
    data = data.replace(
        b"\x18\x00\x81\x00DS\x00\x00", b"\x18\x00\x81\x00DS\x04\x00abc "
    )

    (series,) = series_facts([("a", read_header(data))])

    assert "is not a number" in series.absent["TE"]
    assert "TE" not in series.facts


@pytest.mark.parametrize(
    "charset",
    ["ISO_IR 100", "ISO_IR 192", "ISO_IR 144", "NO SUCH SET", "\\ISO 2022 IR 87"],
)
def test_any_character_set_gives_text(charset):
    data = written().replace(b"MR", b"MR")
    ds = read_header(data)
    ds.SpecificCharacterSet = charset.split("\\")
    ds.SeriesDescription = "STIR"
    out = BytesIO()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        dcmwrite(out, ds, enforce_file_format=True)
    header = read_header(out.getvalue().replace(b"STIR", b"S\xf6\xfcR"))

    (series,) = series_facts([("a", header)])

    assert str(series.value("description")).startswith("S")


ROOT = Path(pydicom.data.__file__).parent / "test_files"
FILES = sorted(f for f in ROOT.rglob("*") if f.is_file() and f.suffix != ".py")


def test_every_test_file_of_pydicom_ends_as_facts_or_as_a_reason():
    outcomes = {}
    for file in FILES:
        try:
            header = read_header(file)
        except NotReadable as refused:
            outcomes[file.name] = refused.reason
            continue
        (whole,) = series_facts([(file.name, header)])
        (quick,) = series_facts([(file.name, read_header(file, only=FACT_TAGS))])
        assert whole == quick, file.name
        outcomes[file.name] = "facts"

    # What is no DICOM: texts, dumps, a colour profile, a gzip file, JSON, and a data set that starts a byte late.
    texts = {
        "README.txt",
        "README",
        "rtplan.dump",
        "rtstruct.dump",
        "test1.json",
        "test_PN.json",
    }
    refused = {name for name, how in outcomes.items() if how == "not_dicom"}
    assert refused == texts | {"crayons.icc", "zipMR.gz", "no_meta.dcm"}
    assert {"rtplan_truncated.dcm"} == {
        n for n, how in outcomes.items() if how == "truncated_header"
    }


def test_pixels_of_every_test_file_of_pydicom_are_normalised_or_refused():
    done, refused = 0, []
    for file in FILES:
        if file.suffix != ".dcm" or file.stat().st_size > 200_000:
            continue
        data = file.read_bytes()
        try:
            copy = normalised(data)
            assert thumbnail(copy, 32).startswith(b"\x89PNG")
            done += 1
        except InvalidInput as error:
            refused.append((file.name, error.findings[0].code))

    assert done > 50
    undecodable = {name for name, code in refused if code == "PIXELS.UNDECODABLE"}
    assert undecodable == {
        "JPEG-lossy.dcm", "JPEG2000-embedded-sequence-delimiter.dcm", "MR_truncated.dcm",
        "badVR.dcm", "meta_missing_tsyntax.dcm", "nested_priv_SQ.dcm",
    }  # fmt: skip


def test_a_folder_lists_what_it_cannot_read_and_goes_on(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub/a.dcm").write_bytes(written())
    (tmp_path / "empty.dcm").write_bytes(b"")
    (tmp_path / "letter.txt").write_text("hello, this is a letter")
    (tmp_path / "cut.dcm").write_bytes(written()[:300])
    (tmp_path / ".hidden").write_text("x")
    (tmp_path / "short.dcm").write_bytes(written()[:-100])
    folder = Folder(tmp_path)

    names = [name for name, _ in folder.headers(pixels=True)]

    assert names == ["short.dcm", "sub/a.dcm"]
    assert [c.file for c in folder.cut_short] == ["short.dcm"]
    assert {u.file: u.reason for u in folder.unread} == {
        "cut.dcm": "truncated_header",
        "empty.dcm": "empty",
        "letter.txt": "not_dicom",
    }
    assert [u.damaged for u in folder.unread] == [True, True, False]


def test_a_folder_that_is_not_there_is_invalid_input(tmp_path):
    with pytest.raises(InvalidInput, match="no file or folder nowhere"):
        Folder(tmp_path / "nowhere").files()
