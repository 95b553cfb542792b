"""Whether an instance's pixels are all there: the length that the header promises, and the file's."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Literal

from pydicom.dataset import Dataset, FileDataset
from pydicom.uid import DeflatedExplicitVRLittleEndian

from provident.dicom import values
from provident.dicom.reading import NotReadable, read_header


State = Literal["whole", "truncated", "no_pixels"]
_LONG = (b"OB", b"OW", b"OF", b"OD", b"OL", b"OV", b"UN")
_UNDEFINED = 0xFFFFFFFF
_SIZES = (
    0x00080016,
    0x00080018,
    0x00280002,
    0x00280004,
    0x00280008,
    0x00280010,
    0x00280011,
    0x00280100,
)
_ITEM, _END = (0xFFFE, 0xE000), (0xFFFE, 0xE0DD)


@dataclass(frozen=True, slots=True, kw_only=True)
class Integrity:
    """The state of the pixels; `expected` and `found` are bytes of the pixel element's value."""

    state: State
    expected: int | None = None
    found: int | None = None
    words: str = ""


def integrity(source: Path | bytes | BinaryIO) -> Integrity:
    """Compare the pixel element with the file's length, and with rows, columns, bits and frames.

    An image header without a pixel element counts as truncated.

    Raises:
        NotReadable: the header itself cannot be read.
    """
    if isinstance(source, Path):
        try:
            with source.open("rb") as file:
                return _integrity(file)
        except OSError:
            raise NotReadable("not_readable") from None
    return _integrity(BytesIO(source) if isinstance(source, bytes) else source)


def header_and_integrity(
    source: Path, *, only: Collection[int] | None = None
) -> tuple[FileDataset, Integrity]:
    """Both in one reading of the file; `only` as for `read_header`, and what pixels are counted by.

    Raises:
        NotReadable: the header cannot be read.
    """
    wanted = None if only is None else _with_sizes(frozenset(only))
    try:
        with source.open("rb") as file:
            header = read_header(file, only=wanted)
            return header, _pixels(file, header)
    except OSError:
        raise NotReadable("not_readable") from None


@lru_cache(maxsize=16)
def _with_sizes(only: frozenset[int]) -> frozenset[int]:
    return only.union(_SIZES)


def _integrity(fp: BinaryIO) -> Integrity:
    return _pixels(fp, read_header(fp, only=_SIZES))


def _pixels(fp: BinaryIO, header: Dataset) -> Integrity:
    """Of a file that stands where its pixels begin."""
    if values.texts(header.file_meta, 0x00020010) == (DeflatedExplicitVRLittleEndian,):
        fp = _inflated(fp, header)
    at = fp.tell()
    size = fp.seek(0, 2)
    fp.seek(at)
    order = "<" if header.original_encoding[1] is not False else ">"
    start = fp.read(12)
    if len(start) < 8:
        return _without_pixels(header)
    # By the bytes, not by the transfer syntax: some compressed files are implicit inside.
    explicit = start[4:6] in _LONG
    length = _length(start, explicit, order)
    if length is None:
        return _without_pixels(header)
    value_at = at + (12 if explicit else 8)
    if length == _UNDEFINED:
        fp.seek(value_at)
        return _fragments(fp, size, header)
    return _native(header, length, size - value_at)


def _inflated(fp: BinaryIO, header: Dataset) -> BinaryIO:
    """The deflated data set by itself, positioned at its pixels."""
    fp.seek(0)
    raw = fp.read()
    group = values.numbers(header.file_meta, 0x00020000)
    start = 144 + int(group[0]) if isinstance(group, tuple) else 0
    try:
        plain = BytesIO(zlib.decompress(raw[start:], -zlib.MAX_WBITS))
    except zlib.error:
        raise NotReadable("broken") from None
    read_header(plain, only=_SIZES)
    return plain


def _length(start: bytes, explicit: bool, order: str) -> int | None:
    if not explicit:
        return int(struct.unpack(f"{order}L", start[4:8])[0])
    return int(struct.unpack(f"{order}L", start[8:12])[0]) if len(start) == 12 else None


def _without_pixels(header: Dataset) -> Integrity:
    if 0x00280010 in header and 0x00280100 in header:
        return Integrity(
            state="truncated",
            expected=promised(header),
            found=0,
            words="The header is that of an image, but the pixels are not there.",
        )
    return Integrity(state="no_pixels", words="This is no image.")


def promised(header: Dataset) -> int | None:
    """The bytes of uncompressed pixels that rows, columns, samples, bits and frames make up."""
    sizes = [
        values.numbers(header, tag) for tag in (0x00280010, 0x00280011, 0x00280100)
    ]
    if not all(isinstance(size, tuple) for size in sizes):
        return None
    rows, columns, bits = (int(size[0]) for size in sizes if isinstance(size, tuple))
    samples = values.numbers(header, 0x00280002)
    frames = values.numbers(header, 0x00280008)
    planes = int(samples[0]) if isinstance(samples, tuple) else 1
    many = max(int(frames[0]), 1) if isinstance(frames, tuple) else 1
    photometric = values.texts(header, 0x00280004)
    if photometric == ("YBR_FULL_422",) and planes == 3:
        planes = 2
    return (rows * columns * planes * many * bits + 7) // 8


def _native(header: Dataset, length: int, there: int) -> Integrity:
    wanted = promised(header)
    found = min(length, there)
    short = there < length or (wanted is not None and found < wanted)
    if not short:
        return Integrity(state="whole", expected=wanted or length, found=found)
    expected = max(length, wanted or 0)
    return Integrity(
        state="truncated",
        expected=expected,
        found=found,
        words=f"The pixels end early: {expected:,} bytes are promised, {found:,} are there.",
    )


def _fragments(fp: BinaryIO, size: int, header: Dataset) -> Integrity:
    """Walk the items of encapsulated pixels (PS3.5 A.4) to the delimiter."""
    found, fragments = 0, -1
    while True:
        start = fp.read(8)
        if len(start) < 8:
            break
        group, element, length = struct.unpack("<HHL", start)
        if (group, element) == _END:
            return _counted(header, fragments, found)
        if (group, element) != _ITEM or fp.tell() + length > size:
            break
        fp.seek(length, 1)
        fragments += 1
        found += length if fragments else 0
    return Integrity(
        state="truncated",
        found=found,
        words="The compressed pixels end before their delimiter.",
    )


def _counted(header: Dataset, fragments: int, found: int) -> Integrity:
    frames = values.numbers(header, 0x00280008)
    wanted = max(int(frames[0]), 1) if isinstance(frames, tuple) else 1
    if fragments < wanted:
        return Integrity(
            state="truncated",
            found=found,
            words=f"{wanted} frames are promised, {max(fragments, 0)} are there.",
        )
    return Integrity(state="whole", found=found)
