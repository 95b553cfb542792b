"""The quick reading of a few elements says what the patient one says, or leaves it to that one."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pydicom.data
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian

from provident.dicom import (
    FACT_TAGS,
    Folder,
    NotReadable,
    integrity,
    quick,
    read_header,
    series_facts,
    values,
)
from provident.dicom.wholeness import header_and_integrity
from tests.spec.acquisition import scans
from tests.spec.dicom.test_reading import image, written


# Those inside the wheel; asking pydicom for its files would fetch others.
OWN = sorted((Path(pydicom.data.__file__).parent / "test_files").rglob("*.dcm"))


def told(file: Path) -> object:
    try:
        return [s.as_json() for s in series_facts([("x", read_header(file, only=FACT_TAGS))])]  # fmt: skip
    except NotReadable as error:
        return error.reason


def quickly(data: bytes, only=FACT_TAGS):
    return quick.read(BytesIO(data), len(data), only)


def both_ways(files: list[Path], monkeypatch) -> list[tuple[object, object]]:
    fast = [told(file) for file in files]
    monkeypatch.setattr(quick, "read", lambda *_: None)
    return list(zip(fast, [told(file) for file in files], strict=True))


def test_pydicoms_own_files_say_the_same_both_ways(monkeypatch):
    answers = both_ways(OWN, monkeypatch)

    assert len(answers) > 50
    assert [f.name for f, (a, b) in zip(OWN, answers, strict=True) if a != b] == []


def test_real_scans_say_the_same_both_ways(shared, monkeypatch):
    folders = [f for f in (shared / "data/realscans").iterdir() if f.is_dir()]
    files = [p for f in folders for p in sorted(f.rglob("*")) if p.is_file()][::9]

    answers = both_ways(files, monkeypatch)

    assert [f for f, (a, b) in zip(files, answers, strict=True) if a != b] == []


def nested(*, undefined: bool) -> Dataset:
    ds = image()
    inner, middle = Dataset(), Dataset()
    inner.CodeMeaning = "Right"
    middle.ViewModifierCodeSequence = Sequence([inner, inner])
    middle.CodeMeaning = "cranio-caudal"
    for part in (inner, middle):
        part.is_undefined_length_sequence_item = undefined
    middle["ViewModifierCodeSequence"].is_undefined_length = undefined
    ds.ViewCodeSequence = Sequence([middle, Dataset()])
    ds["ViewCodeSequence"].is_undefined_length = undefined
    return ds


@pytest.mark.parametrize("undefined", [False, True])
@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ImplicitVRLittleEndian])
def test_sequences_of_either_length_are_stepped_over_or_unfolded(syntax, undefined):
    data = written(syntax, nested(undefined=undefined))

    over = quickly(data, {0x00280010})
    unfolded = values.items(quickly(data, {0x00540220}), 0x00540220)

    assert list(over.keys()) == [0x00280010]
    assert [len(item) for item in unfolded] == [2, 0]
    assert [values.texts(i, 0x00080104) for i in values.items(unfolded[0], 0x00540222)] == [("Right",), ("Right",)]  # fmt: skip


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ImplicitVRLittleEndian])
def test_the_file_is_left_where_the_pixels_begin(syntax):
    data = written(syntax)
    stream = BytesIO(data)

    quick.read(stream, len(data), {0x00280010})

    assert data[stream.tell() :].startswith(b"\xe0\x7f\x10\x00")


UNUSUAL = {
    "no preamble": written(bare=True),
    "cut in the header": written()[:400],
    "a tail that is no element": written()[:-518] + b"abc",
    "another syntax than it says": written().replace(b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.1.2\0\0\0"),
    "a private syntax": written().replace(b"1.2.840.10008.1.2.1\0", b"1.2.840.1131999.1\0\0\0"),
    "an unknown value representation": written().replace(b"\x18\x00\x81\x00DS", b"\x18\x00\x81\x00ZZ"),
}  # fmt: skip


@pytest.mark.parametrize("case", UNUSUAL)
def test_what_is_not_ordinary_is_left_to_the_patient_reader(case):
    assert quickly(UNUSUAL[case]) is None


def test_a_header_longer_than_the_first_read_is_read_on():
    ds = image()
    ds.add_new(0x00091001, "OB", bytes(3 * quick.FIRST_READ))
    ds.add_new(0x00090010, "LO", "A MAKER")

    header = quickly(written(ds=ds))

    assert values.numbers(header, 0x00180081) == (12.5,)


def test_sequences_that_never_end_are_given_up():
    deep = b"\x40\x00\x75\x02SQ\0\0\xff\xff\xff\xff\xfe\xff\x00\xe0\xff\xff\xff\xff" * 60  # fmt: skip
    head = written()
    at = head.index(b"\xe0\x7f\x10\x00")

    assert quickly(head[:at] + deep) is None


def test_a_private_sequence_of_unknown_kind_is_unfolded_too():
    ds = image()
    item = Dataset()
    item.CodeMeaning = "x"
    ds.add_new(0x00091001, "SQ", Sequence([item]))
    data = written(ds=ds).replace(b"\x09\x00\x01\x10SQ", b"\x09\x00\x01\x10UN")

    header = read_header(data, only={0x00091001})

    assert [values.texts(i, 0x00080104) for i in values.items(header, 0x00091001)] == [("x",)]  # fmt: skip


def test_header_and_pixels_are_looked_at_in_one_reading(tmp_path):
    whole, cut = tmp_path / "whole.dcm", tmp_path / "cut.dcm"
    whole.write_bytes(written())
    cut.write_bytes(written()[:-100])

    for file in (whole, cut):
        for only in (FACT_TAGS, None):
            header, found = header_and_integrity(file, only=only)

            assert header.EchoTime == 12.5
            assert found == integrity(file)
    with pytest.raises(NotReadable):
        header_and_integrity(tmp_path / "absent.dcm")


def test_a_folder_of_a_thousand_elements_an_image_reads_only_what_facts_need(tmp_path):
    ds = scans.dwi("philips")[0]
    for n in range(300):
        ds.add_new(0x20111000 + n, "LO", "private")
    ds.add_new(0x20110010, "LO", "SOMEBODY")
    (tmp_path / "a.dcm").write_bytes(scans.stored(ds))

    ((_, header),) = Folder(tmp_path).headers(only=FACT_TAGS, pixels=True)

    assert 0x20111001 not in header
    assert len(header) < 80
