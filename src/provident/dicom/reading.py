"""Read the header of a DICOM file, whatever state it is in: tolerant in, never a crash."""

from __future__ import annotations

import logging
import struct
import warnings
import zlib
from collections.abc import Collection
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Literal

from pydicom.dataset import FileDataset
from pydicom.errors import BytesLengthException, InvalidDicomError
from pydicom.filereader import read_partial
from pydicom.tag import BaseTag
from pydicom.uid import DeflatedExplicitVRLittleEndian

from provident.dicom import quick
from provident.kernel import Finding, InvalidInput, Place, Severity


# pydicom logs what it finds odd together with the value: a name, a number, a file's path.
logging.getLogger("pydicom").setLevel(logging.CRITICAL)

Reason = Literal[
    "empty", "not_dicom", "truncated_header", "broken", "too_large", "not_readable"
]

PIXELS = quick.PIXELS
_WORDS: dict[Reason, tuple[str, str]] = {
    "empty": ("The file is empty.", "Send it again."),
    "not_dicom": ("The file is not DICOM.", "Leave it out, or export it as DICOM."),
    "truncated_header": (
        "The file ends in the middle of its header.",
        "Send it again from the scanner or the PACS.",
    ),
    "broken": (
        "The header is damaged and cannot be read.",
        "Send it again from the scanner or the PACS.",
    ),
    "too_large": (
        "The file unfolds into more than can be read here.",
        "Send it uncompressed.",
    ),
    "not_readable": (
        "The file cannot be opened.",
        "Check that it is there and that you may read it.",
    ),
}
_MAGIC = slice(128, 132)
_DEFLATED = b"1.2.840.10008.1.2.1.99"
MOST_INFLATED = (
    2**30
)  # bytes; a few kilobytes of zeros deflated fill a machine's memory
_VRS = frozenset(
    b"AE AS AT CS DA DS DT FD FL IS LO LT OB OD OF OL OV OW PN SH SL SQ SS ST SV TM UC UI UL UN UR US UT UV".split()
)
# What pydicom raises on damaged bytes, found with its own files and by fuzzing.
DAMAGE = (
    InvalidDicomError,
    BytesLengthException,
    EOFError,
    OSError,
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
    NotImplementedError,
    RecursionError,
    OverflowError,
    MemoryError,
    struct.error,
    zlib.error,
)


class NotReadable(InvalidInput):
    """A file that is no DICOM, or too damaged to have a header; `reason` is one of `Reason`."""

    def __init__(self, reason: Reason) -> None:
        message, remedy = _WORDS[reason]
        finding = Finding(
            code=f"DICOM.{reason.upper()}",
            severity=Severity.ERROR,
            where=Place(),
            message=message,
            remedy=remedy,
        )
        super().__init__(message, [finding])
        self.reason: Reason = reason


def read_header(
    source: Path | bytes | BinaryIO, *, only: Collection[int] | None = None
) -> FileDataset:
    """The header of one DICOM instance, without its pixels.

    Reads files without preamble or meta information, implicit, big endian and deflated
    ones. `only` names the tags to keep (at the top level), which takes a tenth of the time.

    Raises:
        NotReadable: zero bytes, no DICOM, or a header that ends too early or is damaged.
    """
    if isinstance(source, bytes):
        return _read(BytesIO(source), len(source), only)
    if not isinstance(source, Path):
        start = source.tell()
        size = source.seek(0, 2)
        source.seek(start)
        return _read(source, size, only)
    try:
        with source.open("rb") as file:
            return _read(file, source.stat().st_size, only)
    except OSError:
        raise NotReadable("not_readable") from None


def _read(fp: BinaryIO, size: int, only: Collection[int] | None) -> FileDataset:
    if size == 0:
        raise NotReadable("empty")
    start = fp.read(1024)
    fp.seek(0)
    if not _looks_like_dicom(start, size):
        raise NotReadable("not_dicom")
    if _DEFLATED in start:
        _check_inflated(fp)
    elif only is not None and (ordinary := quick.read(fp, size, only)) is not None:
        return ordinary
    fp.seek(0)
    watch = _Watch(fp)
    try:
        # pydicom warns in the words of a programmer, with the file's name.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            header = read_partial(
                fp,
                stop_when=watch,
                force=True,
                specific_tags=[BaseTag(tag) for tag in only] if only else None,
            )
            _check_whole(header, watch, size, start)
    except DAMAGE:
        reason: Reason = "truncated_header" if fp.tell() >= size else "broken"
        raise NotReadable(reason) from None
    return header


def _check_inflated(fp: BinaryIO) -> None:
    """Refuse a deflated file that would not fit into memory."""
    raw = fp.read()
    fp.seek(0)
    # The file meta information ends where its group length says (PS3.10 7.1).
    at = raw.find(b"\x02\x00\x00\x00UL\x04\x00", 132)
    if at < 0:
        return
    (length,) = struct.unpack_from("<L", raw, at + 8)
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    left, total = raw[at + 12 + length :], 0
    try:
        while left and not inflater.eof:
            total += len(inflater.decompress(left, 2**24))
            left = inflater.unconsumed_tail
            if total > MOST_INFLATED:
                raise NotReadable("too_large")
    except zlib.error:
        raise NotReadable("broken") from None
    if not inflater.eof:
        raise NotReadable("truncated_header")


def _check_whole(header: FileDataset, watch: _Watch, size: int, start: bytes) -> None:
    syntax = header.file_meta.get("TransferSyntaxUID")
    if not watch.seen:
        marked = start[_MAGIC] == b"DICM"
        raise NotReadable("truncated_header" if marked else "not_dicom")
    if not (watch.plausible or header.file_meta):
        raise NotReadable("not_dicom")
    # A deflated file was inflated whole, or zlib would have complained.
    if syntax != DeflatedExplicitVRLittleEndian and watch.cut_short(size):
        raise NotReadable("truncated_header")


class _Watch:
    """Stops the reader at the pixels, and sees where each element should end."""

    def __init__(self, fp: BinaryIO) -> None:
        self.tell = fp.tell
        self.end: int | None = 0
        self.seen = 0
        self.plausible = False
        self.at_pixels = False

    def __call__(self, tag: int, vr: str | None, length: int) -> bool:
        if tag in PIXELS:
            self.at_pixels = self.plausible = True
            self.seen += 1
            return True
        self.seen += 1
        if 0x0004 <= tag >> 16 <= 0x0012:
            self.plausible = True
        self.end = None if length == 0xFFFFFFFF else self.tell() + length
        return False

    def cut_short(self, size: int) -> bool:
        """Whether the file ends before the last element does, or inside the next one's tag."""
        return not self.at_pixels and self.end is not None and self.end != size


def _looks_like_dicom(start: bytes, size: int) -> bool:
    if start[_MAGIC] == b"DICM":
        return True
    if len(start) < 8:
        return False
    for order in "<>":
        group, _, length = struct.unpack(f"{order}HHL", start[:8])
        if group not in (0x0000, 0x0002, 0x0004, 0x0008):
            continue
        if start[4:6] in _VRS or length <= size:
            return True
    return False
