"""Siemens' private headers, of both kinds, whole and damaged."""

from __future__ import annotations

import struct

import pytest

from provident.dicom import csa


ELEMENTS = [
    ("NumberOfImagesInMosaic", ["48"]),
    ("SliceNormalVector", ["0.0", "0.5", "1.0"]),
    ("B_value", ["1000"]),
    ("Empty", []),
]


def header(elements, *, second: bool) -> bytes:
    """A header of these elements, of kind CSA2 or CSA1."""
    out = b"SV10\4\3\2\1" if second else b""
    out += struct.pack("<II", len(elements), 77)
    # CSA1 adds the item count of the first element to each length.
    base = max(len(elements[0][1]), 6)
    for i, (name, values) in enumerate(elements):
        items = base if i == 0 and not second else len(values)
        padded = [v.encode() + b"\0" for v in values] + [b""] * (items - len(values))
        out += struct.pack(
            "<64si4siii", name.encode(), len(values), b"DS\0\0", 0, items, 77
        )
        for value in padded:
            first = len(value) + (0 if second else base)
            out += struct.pack("<iiii", first, len(value), 77, len(value))
            out += value + b"\0" * (-len(value) % 4)
    return out


@pytest.mark.parametrize("second", [True, False])
def test_elements_are_read(second):
    found = csa.parse(header(ELEMENTS, second=second))

    assert found == {name: tuple(values) for name, values in ELEMENTS}


@pytest.mark.parametrize("second", [True, False])
def test_a_cut_header_gives_what_comes_before_the_cut(second):
    whole = header(ELEMENTS, second=second)
    for size in range(len(whole)):
        found = csa.parse(whole[:size])
        assert all(
            dict(ELEMENTS)[name][: len(v)] == list(v) for name, v in found.items()
        )


NONSENSE = [
    b"",
    b"SV10",
    b"SV10" + bytes(20),
    b"\xff" * 500,
    struct.pack("<II", 10**9, 77),
]


@pytest.mark.parametrize("data", NONSENSE)
def test_bytes_that_are_no_header_give_nothing(data):
    assert csa.parse(data) == {}


def test_the_protocol_is_read_from_its_text():
    text = 'x <XProtocol>\n### ASCCONV BEGIN object=MrProtDataImpl ###\nsSliceArray.lSize = 5\nname = "a b"\n### ASCCONV END ###\n'

    assert csa.protocol(text) == {"sSliceArray.lSize": "5", "name": "a b"}
    assert csa.protocol("nothing here") == {}
