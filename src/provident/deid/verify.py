"""Look at an output for what must not be there: code apart from the engine, so that no mistake is made twice.

`verify` reads bytes as bytes: every identifier in every encoding, wherever it stands; and reads the
data set with pydicom: what the profile removes must be gone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from provident.deid.codestreams import outside_of_coding
from provident.deid.conformance import gather_retained, remains
from provident.deid.dates import shift_date
from provident.deid.identifiers import Identifiers, fold, spellings
from provident.deid.identity import Subject
from provident.deid.own import masked, written_texts
from provident.deid.profile import Profile
from provident.deid.report import Leak
from provident.deid.table import words


ENCODINGS = (
    "utf-8",
    "latin-1",
    "iso8859_2",
    "iso8859_3",
    "iso8859_4",
    "iso8859_5",
    "iso8859_6",
    "iso8859_7",
    "iso8859_8",
    "iso8859_9",
    "tis_620",
    "shift_jis",
    "iso2022_jp",
    "iso2022_jp_2",
    "euc_kr",
    "gb18030",
    "utf-16-le",
    "utf-16-be",
)
_LETTERS = (
    4  # shorter names occur by chance; they are looked for as words of the text alone
)
_DIGITS = 6  # shorter runs of digits occur in any table of numbers
_UID = re.compile(r"[0-2](?:\.\d{1,39}){3,}", re.ASCII)
Needle = tuple[str, bytes, bool]
_COMPRESSED = b"\xe0\x7f\x10\x00OB\0\0\xff\xff\xff\xff"
_SEQUENCE_END = b"\xfe\xff\xdd\xe0\0\0\0\0"
_PIXEL_DATA = b"\xe0\x7f\x10\x00"


def verify(
    data: bytes,
    *,
    identifiers: Identifiers,
    profile: Profile,
    subject: Subject | None = None,
    shifted_by: int | None = None,
    written: frozenset[str] = frozenset(),
    beyond: int = 0,
    pixels: memoryview | None = None,
) -> list[Leak]:
    """What is left in one de-identified file; empty when nothing is.

    `subject` is whom the file was made for: its number and visit are no leak, nor are the texts of
    the profile's trial, and an original date that is also the shifted form of another one is none.
    Where the subject is not known, `shifted_by` are the days by which its dates were moved and
    `written` the numbers that the study gives. `beyond` are bytes of native pixel values that follow `data`, which
    nobody searches, or of the fragments in `pixels`, which are searched: where `data` does not end with the header of
    just so many, that is a leak.
    """
    if beyond and not _ends_before_pixels(data, beyond, pixels):
        return [Leak("pixels", "unreadable")]
    if subject is not None:
        shifted_by = subject.date_shift_days
    found = scan(data, identifiers, shifted_by=shifted_by, beyond=beyond, pixels=pixels)
    if any(leak.kind in ("name", "number", "place") for leak in found):
        # What the study writes, and devices and institutions that the profile retains, are no
        # leak, wherever they were gathered.
        left = without_retained(data, identifiers, profile)
        open_texts = written_texts(profile, subject) | written
        blank = masked(data, open_texts)
        found = scan(blank, left, shifted_by=shifted_by, beyond=beyond, pixels=pixels)
    return [*found, *remains(data, profile, beyond)]


def without_retained(
    data: bytes, identifiers: Identifiers, profile: Profile
) -> Identifiers:
    """The identifiers without those that stand in attributes which the profile retains."""
    retained = gather_retained(data, profile)
    if not retained:
        return identifiers
    return Identifiers(
        identifiers.names,
        frozenset(n for n in identifiers.numbers if n not in retained),
        frozenset(p for p in identifiers.places if not _part_of(p, retained)),
        identifiers.dates,
        identifiers.uids,
    )


def _part_of(place: str, retained: frozenset[str]) -> bool:
    return any(place in value for value in retained)


def scan(
    data: bytes,
    identifiers: Identifiers,
    *,
    shifted_by: int | None = None,
    beyond: int = 0,
    pixels: memoryview | None = None,
) -> list[Leak]:
    """Search the bytes for each identifier in each encoding.

    Pixel values are left out: they hold no text but what is drawn. What else stands in compressed
    pixels (comments of JPEG and the like) is searched in one-byte encodings.
    """
    end, compressed = _pixels_start(data, beyond)
    fragments, first = (data, end) if pixels is None else (pixels, 0)
    compressed = compressed or pixels is not None
    head = data[:end]
    found = [
        Leak(_near(at), kind)
        for kind, at in _words(head.lower(), needles(identifiers.without_uids()))
    ]
    found += [Leak(_near(at), "date") for at in _dates(head, identifiers, shifted_by)]
    found += [Leak(_near(at), "uid") for at in _uids(head, identifiers)]
    if compressed:
        short = tuple(
            n for n in needles(identifiers.without_uids()) if b"\0" not in n[1]
        )
        kinds = {
            kind: None
            for beside in outside_of_coding(fragments, first)
            for kind, _ in _words(beside.lower(), short)
        }
        found += [Leak("compressed pixels", kind) for kind in kinds]
    return found


def in_name(name: str, identifiers: Identifiers) -> bool:
    """Whether a file's or folder's name holds an identifier."""
    raw = name.encode("utf-8", "surrogateescape")
    return bool(scan(raw, identifiers))


def _pixels_start(data: bytes, beyond: int = 0) -> tuple[int, bool]:
    """Where the pixels begin when they are the file's last element, and whether they are compressed.

    The tag's bytes may stand elsewhere by chance: only the one that reaches the end counts.
    """
    if data.endswith(_SEQUENCE_END) and not beyond:
        at = data.find(_COMPRESSED)
        if at >= 0:
            return at + len(_COMPRESSED), True
    at = data.find(_PIXEL_DATA)
    while at >= 0:
        for offset in (
            4,
            8,
        ):  # implicit: length behind the tag; explicit: behind VR and zeros
            length = int.from_bytes(data[at + offset : at + offset + 4], "little")
            if length and at + offset + 4 + length == len(data) + beyond:
                return at + offset + 4, False
        at = data.find(_PIXEL_DATA, at + 1)
    return len(data), False


def _ends_before_pixels(
    data: bytes, beyond: int, pixels: memoryview | None = None
) -> bool:
    """Whether the last bytes are the header of a native pixel data element with this length, or of these fragments."""
    if pixels is not None:
        whole = len(pixels) == beyond and pixels[-8:] == _SEQUENCE_END
        return whole and data.endswith(_COMPRESSED)
    told = beyond.to_bytes(4, "little")
    explicit = (_PIXEL_DATA + vr + b"\0\0" + told for vr in (b"OW", b"OB"))
    return data.endswith((_PIXEL_DATA + told, *explicit))


def _words(lower: bytes, told: tuple[Needle, ...]) -> Iterator[tuple[str, int]]:
    for kind, needle, bounded in told:
        at = lower.find(needle)
        while at >= 0:
            alone = not bounded or _stands_alone(lower, at, len(needle))
            if alone and not _in_a_word(lower, at, len(needle)):
                yield kind, at
                break
            at = lower.find(needle, at + 1)


@lru_cache(maxsize=256)
def needles(identifiers: Identifiers) -> tuple[Needle, ...]:
    """Kind, lower-case bytes, and whether they must stand alone, for all names, numbers and places."""
    told: dict[tuple[str, bytes], bool] = {}
    for name in identifiers.names:
        if fold(name) in words():
            continue  # an imaging word: the engine takes it out of text, elsewhere it means itself
        for spelling in {name.lower(), *spellings(name)}:
            if len(spelling) >= _LETTERS or not spelling.isascii():
                _add(told, "name", spelling, bounded=len(spelling) == _LETTERS)
    for number in identifiers.numbers:
        if fold(number) in words():
            continue  # a service called Radiology
        if len(number) >= _DIGITS or (len(number) >= 5 and not number.isdigit()):
            _add(told, "number", number.lower(), bounded=True)
    for place in identifiers.places:
        if len(place) >= 5 and fold(place) not in words():
            _add(told, "place", place.lower(), bounded=" " not in place)
    return tuple((kind, needle, bounded) for (kind, needle), bounded in told.items())


def _add(
    told: dict[tuple[str, bytes], bool], kind: str, text: str, *, bounded: bool
) -> None:
    for encoding in ENCODINGS if not text.isascii() else ("ascii", "utf-16-le"):
        try:
            needle = text.encode(encoding).lower()
            # Without its last zero the little endian form is found in the big endian one too.
            needle = needle.rstrip(b"\0") if encoding == "utf-16-le" else needle
        except (UnicodeEncodeError, LookupError):
            continue
        if len(needle) >= _LETTERS - 1:
            told.setdefault((kind, needle), bounded)


def _in_a_word(lower: bytes, at: int, size: int) -> bool:
    """Whether it is but a part of a longer imaging word: Presse in compressed."""
    start, end = at, at + size
    while start > 0 and lower[start - 1 : start].isalpha():
        start -= 1
    while lower[end : end + 1].isalpha():
        end += 1
    if end - start == size or end - start > 40:
        return False
    return lower[start:end].decode("latin-1") in words()


def _stands_alone(lower: bytes, at: int, size: int) -> bool:
    before = lower[at - 1 : at]
    after = lower[at + size : at + size + 1]
    return not before.isalnum() and not after.isalnum()


def _dates(
    head: bytes, identifiers: Identifiers, shifted_by: int | None
) -> Iterator[int]:
    moved = (
        {shift_date(d, shifted_by) for d in identifiers.dates}
        if shifted_by is not None
        else set()
    )
    for day in identifiers.dates - moved - {"19000101"}:
        for form in (
            day,
            f"{day[:4]}-{day[4:6]}-{day[6:]}",
            f"{day[6:]}/{day[4:6]}/{day[:4]}",
        ):
            needle = form.encode()
            at = head.find(needle)
            while at >= 0:
                if not _digit_beside(head, at, len(needle)):
                    yield at
                    break
                at = head.find(needle, at + 1)


def _digit_beside(head: bytes, at: int, size: int) -> bool:
    return head[at - 1 : at].isdigit() or head[at + size : at + size + 1].isdigit()


def _uids(head: bytes, identifiers: Identifiers) -> Iterator[int]:
    for uid in sorted(identifiers.uids):
        if uid.startswith("1.2.840.10008.") or not _UID.fullmatch(uid):
            continue
        needle = uid.encode("ascii")
        at = head.find(needle)
        while at >= 0:
            if not _goes_on(head, at, at + len(needle)):
                yield at
            at = head.find(needle, at + 1)


def _goes_on(head: bytes, start: int, end: int) -> bool:
    """Whether a UID found is but a part of a longer one."""
    before, after = head[start - 1 : start], head[end : end + 2]
    longer = after[:1].isdigit() or (after[:1] == b"." and after[1:].isdigit())
    return before.isdigit() or before == b"." or longer


def _near(at: int) -> str:
    """Where in the file, without saying what."""
    return f"byte {at}" if at >= 132 else "preamble"
