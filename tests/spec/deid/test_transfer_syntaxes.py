"""Every transfer syntax: pixels stay as they are, the header is cleaned all the same."""

from __future__ import annotations

import zlib

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.sequence import Sequence
from pydicom.uid import (
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    HTJ2KLossless,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
)

from tests.spec.deid.files import (
    ct_file,
    data_set,
    file_of,
    raw_element,
    result,
    run,
    with_raw,
)


title = "Transfer syntaxes"


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ImplicitVRLittleEndian])
def test_native_pixels_are_the_same_bytes(syntax):
    data = ct_file(syntax, PatientName="Quarrendon^Ottilie")

    out = result(data)

    assert syntax == out.file_meta.TransferSyntaxUID
    assert np.arange(4, dtype="<u2").tobytes() == out.PixelData


@pytest.mark.parametrize(
    "syntax",
    [
        JPEGBaseline8Bit,
        JPEGLosslessSV1,
        JPEGLSLossless,
        JPEG2000Lossless,
        HTJ2KLossless,
        RLELossless,
    ],
)
def test_compressed_pixels_are_the_same_bytes(syntax):
    frames = encapsulate([b"\xff\xd8one\xff\xd9", b"\xff\xd8twotwo\xff\xd9"])
    made = data_set(NumberOfFrames=2, PixelData=frames)
    made["PixelData"].VR = "OB"
    made["PixelData"].is_undefined_length = True

    out = result(file_of(made, syntax))

    assert syntax == out.file_meta.TransferSyntaxUID
    assert frames == out.PixelData


@pytest.mark.parametrize("undefined", [True, False])
def test_big_endian_becomes_little_endian_with_the_same_values(undefined):
    item = Dataset()
    item.RadionuclideTotalDose = "370"
    item.EventElapsedTimes = ["1", "2"]
    made = data_set(
        WindowCenter="40",
        SliceLocation="3.5",
        PixelData=np.arange(4, dtype=">u2").tobytes(),
        RadiopharmaceuticalInformationSequence=Sequence([item]),
        RescaleSlope="1",
    )
    made.add_new(0x00189087, "FD", 1000.5)
    made["RadiopharmaceuticalInformationSequence"].is_undefined_length = undefined
    item.is_undefined_length_sequence_item = undefined

    out = result(file_of(made, ExplicitVRBigEndian))

    assert ExplicitVRLittleEndian == out.file_meta.TransferSyntaxUID
    assert np.arange(4, dtype="<u2").tobytes() == out.PixelData
    assert (
        out.DiffusionBValue,
        out.Rows,
        str(out.RadiopharmaceuticalInformationSequence[0].RadionuclideTotalDose),
    ) == (1000.5, 2, "370")


def deflated(data: bytes) -> bytes:
    """A file made explicit little endian, deflated as 1.2.840.10008.1.2.1.99."""
    marked = data.replace(b"1.2.840.10008.1.2.1\x00", b"1.2.840.10008.1.2.1.99", 1)
    marked = marked.replace(
        b"UI\x14\x001.2.840.10008.1.2.1.99", b"UI\x16\x001.2.840.10008.1.2.1.99", 1
    )
    body = data.index(b"\x08\x00\x05\x00CS")
    head = marked[: marked.index(b"\x08\x00\x05\x00CS")]
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return head + packer.compress(data[body:]) + packer.flush()


def test_a_deflated_file_is_inflated_and_cleaned():
    out = result(deflated(ct_file()))

    assert ExplicitVRLittleEndian == out.file_meta.TransferSyntaxUID
    assert out.PatientID == "LE-017"


def test_a_deflated_file_that_is_cut_off_waits():
    assert run(deflated(ct_file())[:-8]).reason == "truncated"


def test_a_bare_data_set_without_preamble_is_read():
    data = ct_file()
    bare = data[data.index(b"\x08\x00\x05\x00CS") :]

    assert result(bare).PatientID == "LE-017"


def test_a_file_that_names_the_wrong_one_of_explicit_and_implicit_is_read_as_it_is():
    data = ct_file(ImplicitVRLittleEndian).replace(
        b"UI\x12\x001.2.840.10008.1.2\x00", b"UI\x14\x001.2.840.10008.1.2.1\x00"
    )

    assert result(data).PatientID == "LE-017"


@pytest.mark.parametrize("undefined", [True, False])
def test_nested_sequences_of_defined_and_undefined_length(undefined):
    deep = Dataset()
    deep.PatientName = "Quarrendon^Ottilie"
    deep.KVP = "120"
    inner = Dataset()
    inner.ReferencedSeriesSequence = Sequence([deep])
    made = data_set(ReferencedStudySequence=Sequence([inner]))
    for element in (made["ReferencedStudySequence"], inner["ReferencedSeriesSequence"]):
        element.is_undefined_length = undefined
    inner.is_undefined_length_sequence_item = undefined

    for syntax in (ExplicitVRLittleEndian, ImplicitVRLittleEndian):
        done = run(file_of(made, syntax))
        assert done.data is not None
        assert b"Quarrendon" not in done.data


def test_unknown_vr_of_a_known_attribute_is_treated_as_what_it_is():
    data = with_raw(
        ct_file(PixelData=None), raw_element(0x40080102, b"UN", b"Tolliver^Maud ")
    )

    done = run(data)

    assert done.data is not None
    assert b"Tolliver" not in done.data


def test_a_sequence_that_calls_itself_unknown_is_cleaned_inside():
    item = (
        b"\xfe\xff\x00\xe0\x1a\x00\x00\x00"
        + b"\x10\x00\x10\x00\x12\x00\x00\x00"
        + b"Quarrendon^Ottilie"
    )
    data = with_raw(ct_file(PixelData=None), raw_element(0x52009229, b"UN", item))

    out = result(data)

    assert "SharedFunctionalGroupsSequence" in out
    assert "PatientName" not in out.SharedFunctionalGroupsSequence[0]


def test_odd_lengths_are_made_even():
    data = with_raw(ct_file(PixelData=None), raw_element(0x40080212, b"CS", b"REPORT "))
    odd = data.replace(b"CS\x07\x00REPORT ", b"CS\x07\x00REPORT ")

    done = run(odd)

    assert done.data is not None
    assert len(done.data) % 2 == 0


def test_bytes_behind_the_last_pixel_are_cut_off():
    hidden = np.arange(4, dtype="<u2").tobytes() + b"Quarrendon Ottilie  "

    out = result(ct_file(PixelData=hidden))

    assert np.arange(4, dtype="<u2").tobytes() == out.PixelData


def test_an_overlay_in_unused_bits_is_taken_out():
    pixels = np.array([0x8001, 0x8FFF, 0x1000, 0x0FFF], dtype="<u2")
    made = data_set(PixelData=pixels.tobytes())
    made.add_new(0x60000100, "US", 16)
    made.add_new(0x60000102, "US", 15)

    out = result(file_of(made))

    assert np.frombuffer(out.PixelData, "<u2").tolist() == [0x001, 0xFFF, 0x000, 0xFFF]


def test_an_overlay_in_compressed_pixels_makes_the_file_wait():
    made = data_set(PixelData=encapsulate([b"\xff\xd8one\xff\xd9"]))
    made["PixelData"].VR = "OB"
    made["PixelData"].is_undefined_length = True
    made.add_new(0x60000102, "US", 15)

    assert run(file_of(made, JPEGLosslessSV1)).reason == "overlay_in_pixels"
