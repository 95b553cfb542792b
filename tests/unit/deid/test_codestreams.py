"""What is searched of compressed pixels: everything but the coded image itself."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pydicom
import pytest
from PIL import Image
from pydicom.encaps import encapsulate
from pydicom.uid import JPEG2000Lossless, JPEGBaseline8Bit, RLELossless

from provident.deid import Identifiers
from provident.deid.codestreams import outside_of_coding
from provident.deid.verify import scan
from tests.spec.deid.files import ct_file


NOISE = np.random.default_rng(2).integers(0, 256, (128, 128), dtype="u1")
OTTILIE = Identifiers.of(names=["Quarrendon^Ottilie"])


def stream(kind: str, comment: bytes = b"") -> bytes:
    out = BytesIO()
    picture = Image.fromarray(NOISE)
    if kind == "JPEG2000":
        picture.save(out, "JPEG2000", comment=comment, no_jp2=True)
    else:
        picture.save(out, "JPEG", quality=95, comment=comment)
    return out.getvalue()


def encapsulated(fragment: bytes, syntax: str = JPEGBaseline8Bit) -> bytes:
    made = pydicom.dcmread(BytesIO(ct_file(Rows=128, Columns=128, BitsAllocated=8)))
    made.PixelData = encapsulate([fragment])
    made["PixelData"].VR = "OB"
    made["PixelData"].is_undefined_length = True
    made.file_meta.TransferSyntaxUID = syntax
    out = BytesIO()
    made.save_as(out)
    return out.getvalue()


def beside(fragment: bytes) -> bytes:
    data = encapsulate([fragment])
    return b"\0".join(outside_of_coding(data, 0))


@pytest.mark.parametrize("kind", ["JPEG", "JPEG2000"])
def test_the_coded_image_is_left_out_and_the_comment_is_not(kind):
    found = beside(stream(kind, b"of Ottilie Quarrendon"))

    assert b"of Ottilie Quarrendon" in found
    assert len(found) < len(stream(kind)) / 5


@pytest.mark.parametrize("kind", ["JPEG", "JPEG2000"])
def test_what_trails_behind_the_image_is_searched(kind):
    assert b"Quarrendon" in beside(stream(kind) + b"  Quarrendon")


def test_what_stands_between_two_scans_is_searched():
    whole = stream("JPEG")
    image = whole[:-2] + b"\xff\xfe\x00\x0cQuarrendon" + whole[-2:]

    assert b"Quarrendon" in beside(image)


@pytest.mark.parametrize(
    "fragment",
    [
        b"Quarrendon",
        b"\xff\xd8\xff",
        b"\xff\xd8\xffQuarrendon",
        b"\xff\xd8\xff\xe0\xff\xffQuarrendon",
        b"\xff\x4f\xff\x51Quarrendon",
    ],
)
def test_what_does_not_read_as_an_image_is_searched_whole(fragment):
    assert (b"Quarrendon" in fragment) == (b"Quarrendon" in beside(fragment))


@pytest.mark.parametrize(
    ("syntax", "fragment"),
    [
        (JPEGBaseline8Bit, stream("JPEG", b"Quarrendon")),
        (JPEG2000Lossless, stream("JPEG2000", b"Quarrendon")),
        (RLELossless, bytes(64) + b"xx Quarrendon xx"),
    ],
)
def test_a_name_inside_compressed_pixels_is_found(syntax, fragment):
    data = encapsulated(fragment, syntax).replace(
        b"Quarrendon^Ottilie", b"LE-017            "
    )

    found = scan(data, OTTILIE)
    assert [(leak.where, leak.kind) for leak in found] == [
        ("compressed pixels", "name")
    ]


def test_a_short_name_that_chance_spells_in_a_coded_image_is_no_leak():
    image = bytearray(stream("JPEG"))
    at = image.index(b"\xff\xda") + 400
    image[at : at + 8] = b"\x01\x02Lee,\x03\x04"
    data = encapsulated(bytes(image)).replace(
        b"Quarrendon^Ottilie", b"LE-017            "
    )

    assert scan(data, Identifiers.of(names=["Leea^Quentin"])) == []
    assert scan(data, Identifiers(places=frozenset({"Lee, "}))) == []
