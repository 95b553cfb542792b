"""What cannot be cleaned for certain waits for a person, with a reason; nothing is guessed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from provident.deid import REASONS, Profile, deidentify
from provident.deid.profile import DeviceRegion
from tests.spec.deid.files import (
    CT_IMAGE,
    KEY,
    MODEL,
    PLAIN,
    SUBJECT,
    US_IMAGE,
    ct_file,
    data_set,
    file_of,
    raw_element,
    result,
    run,
    with_raw,
)


title = "Waiting for a person"


def cut(data: bytes) -> bytes:
    return data[:-3]


def twice(data: bytes) -> bytes:
    return with_raw(
        data,
        raw_element(0x7FE10010, b"LO", b"ACME"),
        raw_element(0x7FE10010, b"LO", b"ACME"),
    )


def broken_vr(data: bytes) -> bytes:
    return data.replace(b"\x10\x00\x20\x00LO", b"\x10\x00\x20\x00Z?")


def other_class(data: bytes) -> bytes:
    return data.replace(CT_IMAGE.encode(), b"Quarrendon^Ottilie".ljust(len(CT_IMAGE)))


def other_syntax(data: bytes) -> bytes:
    return data.replace(b"1.2.840.10008.1.2.1\0", b"1.2.840.99999.1.2.1\0")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not_dicom"),
        (b"PK\x03\x04" + bytes(400), "not_dicom"),
        (bytes(128) + b"DICM", "truncated"),
        (cut(ct_file()), "truncated"),
        (twice(ct_file()), "damaged"),
        (broken_vr(ct_file()), "damaged"),
        (ct_file(SOPClassUID="1.2.840.10008.1.3.10"), "directory"),
        (other_class(ct_file()), "no_identity"),
        (other_syntax(ct_file()), "transfer_syntax"),
        (
            file_of(data_set(EncapsulatedDocument=b"%PDF", PixelData=None)),
            "document_needs_review",
        ),
        (ct_file(BodyPartExamined="HEAD"), None),
    ],
)
def test_a_reason_for_each(data, reason):
    done = run(data)

    assert reason == done.reason
    assert (reason is None) == (done.data is not None)


def test_every_reason_says_what_to_do():
    for reason, words in REASONS.items():
        assert reason.isidentifier()
        assert len(words) > 40
        assert words.endswith(".")


def test_deep_nesting_is_refused_and_does_not_crash():
    inner = b"\x08\x00\x60\x00\x02\x00\x00\x00CT"
    for _ in range(400):
        item = b"\xfe\xff\x00\xe0" + len(inner).to_bytes(4, "little") + inner
        inner = b"\x40\x00\x30\xa7" + len(item).to_bytes(4, "little") + item
    data = with_raw(ct_file(PixelData=None), raw_element(0x52009229, b"UN", inner[8:]))

    assert run(data).reason == "damaged"


def test_a_pdf_gives_way_to_a_page_that_says_so_where_the_profile_wants_it():
    made = data_set(EncapsulatedDocument=b"%PDF of Ottilie!", PixelData=None)
    made.MIMETypeOfEncapsulatedDocument = "application/pdf"

    out = result(file_of(made), Profile(documents="remove"))

    assert out.EncapsulatedDocument.startswith(b"%PDF-1.4")
    assert b"removed in de-identification" in out.EncapsulatedDocument
    assert b"Ottilie" not in out.EncapsulatedDocument


def test_documents_of_other_kinds_wait_all_the_same():
    made = data_set(EncapsulatedDocument=b"<ClinicalDocument/>", PixelData=None)
    made.MIMETypeOfEncapsulatedDocument = "text/XML"

    assert (
        run(file_of(made), Profile(documents="remove")).reason
        == "document_needs_review"
    )


def test_a_face_waits_where_the_profile_wants_it_removed():
    profile = Profile(faces=frozenset({"HEAD"}))

    assert run(ct_file(BodyPartExamined="HEAD"), profile).reason == "face_needs_removal"
    assert None is run(ct_file(BodyPartExamined="CHEST"), profile).reason


def ultrasound(
    text: str = "", *, frames: int = 1, bits: int = 8, **attributes
) -> bytes:
    """A made ultrasound fan with speckle, and text burned in above it."""
    rng = np.random.default_rng(7)
    clip = []
    for _ in range(frames):
        speckle = rng.gamma(2.0, 22.0, (240, 320)).clip(0, 220)
        y, x = np.mgrid[:240, :320]
        fan = (abs(x - 160) < (y - 30) * 0.8) & (y > 40)
        picture = Image.fromarray((speckle * fan).astype("u1"))
        if text:
            ImageDraw.Draw(picture).text(
                (6, 6), text, fill=235, font=ImageFont.load_default(14)
            )
        clip.append(np.asarray(picture))
    return ct_file(
        **{
            "SOPClassUID": US_IMAGE, "Modality": "US", "Rows": 240, "Columns": 320,
            "BitsAllocated": bits, "BitsStored": 8, "HighBit": 7, "NumberOfFrames": frames,
            "PixelData": np.stack(clip).astype(f"u{bits // 8}").tobytes(), "ManufacturerModelName": MODEL,
        }
        | attributes
    )  # fmt: skip


def test_an_ultrasound_image_with_burned_in_text_waits():
    done = run(ultrasound("Quarrendon, Ottilie H7731904"))

    assert done.reason == "pixels_need_review"
    assert "burned into the image" in done.explanation


def test_a_clip_with_text_waits_and_burned_in_annotation_is_not_believed():
    assert (
        run(ultrasound("ID H7731904", frames=3, BurnedInAnnotation="NO")).reason
        == "pixels_need_review"
    )


def test_an_ultrasound_image_without_text_passes_and_says_it_was_looked_at():
    out = result(ultrasound(), PLAIN)

    assert out.BurnedInAnnotation == "NO"
    assert "113101" in [c.CodeValue for c in out.DeidentificationMethodCodeSequence]


@pytest.mark.parametrize(
    ("attributes", "waits"),
    [
        (
            {"Modality": "CT", "SOPClassUID": "1.2.840.10008.5.1.4.1.1.7"},
            True,
        ),  # secondary capture
        ({"Modality": "CT", "ImageType": ["DERIVED", "PRIMARY"]}, True),
        ({"Modality": "CT", "ImageType": ["ORIGINAL", "PRIMARY"]}, False),
    ],
)
def test_which_images_are_looked_at(attributes, waits):
    # Of 16 bits, as scanners store slices: 8 bits are those of a screen.
    done = run(ultrasound("Quarrendon, Ottilie H7731904", bits=16, **attributes))

    assert waits == (done.reason == "pixels_need_review")


@pytest.mark.parametrize("number", ["1", "2", "77", None])
def test_an_image_of_a_series_is_looked_at_unless_others_stood_for_it(number):
    profile = Profile(series_once=frozenset({"CT"}))
    data = ultrasound("Quarrendon, Ottilie", bits=16, Modality="CT", InstanceNumber=number)  # fmt: skip

    def reason(*cleared: str) -> str | None:
        return deidentify(
            data, profile=profile, key=KEY, subject=SUBJECT, cleared=frozenset(cleared)
        ).reason

    assert reason() == "pixels_need_review"
    assert reason("series_looked_at") is None


def test_which_image_stood_for_a_series_does_not_show_in_any():
    profile = Profile(series_once=frozenset({"CT"}))
    data = ultrasound(bits=16, Modality="CT")

    looked, not_looked = (
        deidentify(data, profile=profile, key=KEY, subject=SUBJECT, cleared=cleared)
        for cleared in (frozenset(), frozenset({"series_looked_at"}))
    )

    assert looked.data == not_looked.data is not None


def test_pixels_that_cannot_be_decoded_wait():
    assert (
        run(ultrasound(PixelData=b"\0\0", NumberOfFrames=7)).reason
        == "pixels_unreadable"
    )


def test_what_a_person_has_looked_at_and_let_pass_goes_on():
    done = deidentify(
        ultrasound("MI 1.1 TIS 0.4 depth"),
        profile=Profile(), key=KEY, subject=SUBJECT, cleared=frozenset({"pixels_need_review"}),
    )  # fmt: skip

    assert done.data is not None


SETTINGS = DeviceRegion(
    make="SIEMENS",
    model="Acme 5",
    rows=240,
    columns=320,
    left=0,
    top=0,
    right=320,
    bottom=40,
)


@pytest.mark.parametrize(
    ("change", "waits"),
    [
        ({}, False),
        ({"model": "Acme 6"}, True),
        ({"rows": 480, "bottom": 40}, True),
        ({"right": 60}, True),  # the text reaches out of the region
    ],
)
def test_text_where_a_known_device_shows_its_settings_may_stay(change, waits):
    profile = Profile(regions=(replace(SETTINGS, **change),))
    done = run(
        ultrasound("MI 1.1 TIS 0.4 depth", ManufacturerModelName="Acme 5"), profile
    )

    assert (done.reason == "pixels_need_review") is waits


@pytest.mark.parametrize(
    "wrong", [{"left": 400}, {"right": 321}, {"top": 40}, {"bottom": 500}]
)
def test_a_region_that_does_not_lie_in_its_image_does_not_exist(wrong):
    with pytest.raises(ValueError, match="does not lie in its image"):
        replace(SETTINGS, **wrong)
