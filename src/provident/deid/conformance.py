"""What a profile removes must be gone: the output read with pydicom and held against the table.

Elements are judged one by one by pydicom's reading of them, and a judgement is remembered by the
element's bytes: the slices of a series are judged about once.
"""

from __future__ import annotations

import struct
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from io import BytesIO

import pydicom
from pydicom.datadict import dictionary_VR
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.filereader import read_dataset

from provident.deid.patterns import CONTACTS, DATES, UIDS
from provident.deid.profile import Action, Profile
from provident.deid.report import Leak
from provident.deid.table import OPTION_COLUMNS, rows, safe_private
from provident.deid.vrs import LONG_VRS, TEXT_VRS, VRS
from provident.deid.worded_dates import without_worded_dates


_STATION_META = (0x0016, 0x0017, 0x0018, 0x0026, 0x0027, 0x0028, 0x0100, 0x0102)
_DUMMY_TEXT = frozenset({"", "REMOVED", "Anonymous"})
_OURS = frozenset({0x00100010, 0x00100020, 0x00100030})
_PIXELS = frozenset({0x7FE00008, 0x7FE00009, 0x7FE00010})
_CHARACTER_SET, _IDENTITY_REMOVED = 0x00080005, 0x00120062
_NESTED = "inside."
_REMEMBERED_UP_TO = 4096  # bytes of an element
# Kinds of values in which no name or description can stand, and groups that are judged by themselves.
_NO_TEXT = frozenset(
    (b"UI", b"DA", b"TM", b"DT", b"DS", b"IS", b"AS", b"US", b"SS", b"UL", b"SL", b"FL", b"FD", b"AT")
)  # fmt: skip
_LOOKED_AT = frozenset((0xFFFA, 0xFFFC, *range(0x5000, 0x5100), *range(0x6000, 0x6100)))
_UNREADABLE = [Leak("file", "unreadable")]


class _Unsplit(Exception):
    """The file cannot be split here; pydicom may still read it."""


def remains(data: bytes, profile: Profile, beyond: int = 0) -> list[Leak]:
    """What the profile removes and is still there, by kind and tag.

    `beyond` are bytes of pixel values that follow `data`.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return list(_by_elements(data, profile, beyond))
        except _Unsplit:
            # Whether what follows are pixel values only a walk to their very start can tell.
            return _UNREADABLE if beyond else _whole(data, profile)
        except Exception:  # noqa: BLE001  # whatever pydicom cannot read is not verified
            return _UNREADABLE


def gather_retained(data: bytes, profile: Profile) -> frozenset[str]:
    """The values of attributes that tell of devices and institutions and that the profile retains."""
    wanted = {"device", "institution"} & {
        OPTION_COLUMNS[o] for o in profile.options if o in OPTION_COLUMNS
    }
    kept = {
        t for t, r in rows().items() if any(r.options.get(c) == "K" for c in wanted)
    }
    kept |= {o.tag for o in profile.overrides if o.action is Action.KEEP}
    if not kept:
        return frozenset()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            dataset = pydicom.dcmread(BytesIO(data), stop_before_pixels=True)
            return frozenset(_values(dataset, kept))
        except Exception:  # noqa: BLE001  # what cannot be read retains nothing
            return frozenset()


def _values(dataset: Dataset, tags: set[int]) -> Iterator[str]:
    for element in dataset:
        if element.VR == "SQ":
            for item in element.value:
                yield from _values(item, tags)
        elif int(element.tag) in tags:
            yield from map(str, element.value if element.VM > 1 else [element.value])


def _whole(data: bytes, profile: Profile) -> list[Leak]:
    """The same by reading the file at once, for files that Provident did not write."""
    try:
        dataset = pydicom.dcmread(BytesIO(data), stop_before_pixels=True, force=False)
        judge = _judge_of(profile)
        told = [int(element.tag) for element in dataset.file_meta]
        found = [*_preamble(data), *_meta(told), *judge.data_set(dataset, "")]
        if dataset.get("PatientIdentityRemoved") != "YES":
            found.append(Leak("(0012,0062)", "not_marked"))
    except Exception:  # noqa: BLE001  # whatever pydicom cannot read is not verified
        return _UNREADABLE
    return found


def _by_elements(data: bytes, profile: Profile, beyond: int) -> Iterator[Leak]:
    start, implicit = _body(data)
    yield from _preamble(data)
    yield from _meta(tag for tag, _, _ in _split(data[:start], 132, False))
    judge = _judge_of(profile)
    marked = False
    end = len(data) + beyond
    for tag, raw, before in _with_context(data, start, end, implicit, b""):
        marked = marked or (tag == _IDENTITY_REMOVED and raw.endswith(b"YES "))
        if judge.passes_unread(tag, _known_vr(tag) if implicit else raw[4:6]):
            continue
        yield from _judged(judge, implicit, before, raw, "")
    if not marked:
        yield Leak("(0012,0062)", "not_marked")


def _with_context(
    data: bytes, start: int, end: int, implicit: bool, character_set: bytes
) -> Iterator[tuple[int, bytes, bytes]]:
    """Each element's tag and bytes, and before them what is needed to read it."""
    creators: dict[int, bytes] = {}
    for tag, begin, after in _split(
        data[:end] if end < len(data) else data, start, implicit, end
    ):
        if tag in _PIXELS:
            continue
        raw = data[begin:after]
        if tag == _CHARACTER_SET:
            character_set = raw
        before = character_set
        if (tag >> 16) & 1:
            if 0x10 <= tag & 0xFFFF <= 0xFF:
                creators[tag] = raw
            else:
                before += creators.get((tag & 0xFFFF0000) | (tag >> 8 & 0xFF), b"")
        yield tag, raw, before


def _judged(
    judge: _Judge, implicit: bool, before: bytes, raw: bytes, path: str
) -> Iterator[Leak]:
    """What is wrong with an element."""
    if len(raw) <= _REMEMBERED_UP_TO:
        for leak in _remembered(judge, implicit, before, raw, bool(path)):
            yield Leak(path + leak.where, leak.kind)
    else:
        yield from _read_anew(judge, implicit, before, raw, path)


def _read_anew(
    judge: _Judge, implicit: bool, before: bytes, raw: bytes, path: str
) -> Iterator[Leak]:
    """The same, not remembered; sequences are judged item by item, since their parts are."""
    tag = int.from_bytes(raw[:2], "little") << 16 | int.from_bytes(raw[2:4], "little")
    first = 8 if implicit else 12
    if _vr(tag, raw, implicit) != b"SQ" or judge.looks_at(tag) or len(raw) == first:
        yield from judge.element_bytes(implicit, before, raw, path)
        return
    where = _place(path, tag)
    if not judge.allows_sequence(tag):
        yield Leak(where, "attribute")
    for number, (start, end) in enumerate(_items(raw, first)):
        inner = f"{where}[{number}]."
        for tag, element, context in _with_context(
            raw, start, end, implicit, before[:0]
        ):
            if not judge.passes_unread(tag, _vr(tag, element, implicit)):
                yield from _judged(judge, implicit, before + context, element, inner)


def _vr(tag: int, raw: bytes, implicit: bool) -> bytes:
    """An element's VR: as it says, or as pydicom's dictionary knows it."""
    return _known_vr(tag) if implicit else raw[4:6]


@lru_cache(maxsize=4096)
def _known_vr(tag: int) -> bytes:
    try:
        return dictionary_VR(tag).encode("ascii")
    except KeyError:
        return b"UN"


def _items(raw: bytes, position: int) -> Iterator[tuple[int, int]]:
    """Start and end of the items of a sequence of defined lengths."""
    while position < len(raw):
        tag, length = raw[position : position + 4], raw[position + 4 : position + 8]
        size = int.from_bytes(length, "little")
        if tag != b"\xfe\xff\x00\xe0" or position + 8 + size > len(raw):
            raise _Unsplit
        yield position + 8, position + 8 + size
        position += 8 + size


@lru_cache(maxsize=8192)
def _remembered(
    judge: _Judge, implicit: bool, before: bytes, raw: bytes, nested: bool
) -> tuple[Leak, ...]:
    told = _read_anew(judge, implicit, before, raw, _NESTED if nested else "")
    return tuple(Leak(leak.where.removeprefix(_NESTED), leak.kind) for leak in told)


def _body(data: bytes) -> tuple[int, bool]:
    """Where the data set begins, and whether it is implicit."""
    if data[128:132] != b"DICM" or data[132:140] != b"\x02\0\0\0UL\x04\0":
        raise _Unsplit
    start = 144 + int.from_bytes(data[140:144], "little")
    meta = data[144:start]
    if b"UI\x12\x001.2.840.10008.1.2\0" in meta:
        return start, True
    if b"1.2.840.10008.1.2.2\0" in meta or b"1.2.840.10008.1.2.1.99" in meta:
        raise _Unsplit
    return start, False


def _split(
    data: bytes, position: int, implicit: bool, end: int | None = None
) -> Iterator[tuple[int, int, int]]:
    """Tag, begin and end of each top-level element; only pixels may be of undefined length, or run to an end beyond."""
    size, there = end or len(data), len(data)
    while position < size:
        if there - position < 8:
            raise _Unsplit
        group, number = struct.unpack_from("<HH", data, position)
        if implicit:
            length, value = (
                struct.unpack_from("<L", data, position + 4)[0],
                position + 8,
            )
        elif (vr := VRS.get(data[position + 4 : position + 6], "")) in LONG_VRS:
            length, value = _long(data, position), position + 12
        elif vr:
            length, value = (
                struct.unpack_from("<H", data, position + 6)[0],
                position + 8,
            )
        else:
            raise _Unsplit
        tag = (group << 16) | number
        if length == 0xFFFFFFFF:
            if tag not in _PIXELS:
                raise _Unsplit
            ends = (
                data.rfind(b"\xfe\xff\xdd\xe0\0\0\0\0") + 8 if value < there else size
            )
            length = ends - value
        if length < 0 or value + length > (size if tag in _PIXELS else there):
            raise _Unsplit
        yield tag, position, value + length
        position = value + length


def _long(data: bytes, position: int) -> int:
    if len(data) - position < 12:
        raise _Unsplit
    return int.from_bytes(data[position + 8 : position + 12], "little")


def _preamble(data: bytes) -> Iterator[Leak]:
    if any(data[:128]) and data[128:132] == b"DICM":
        yield Leak("preamble", "preamble")


def _meta(tags: Iterable[int]) -> Iterator[Leak]:
    """Elements of the file meta information that name a station or are private."""
    for tag in tags:
        if tag & 0xFFFF in _STATION_META:
            yield Leak(_place("", tag), "file_meta")


_JUDGES: list[tuple[Profile, _Judge]] = []  # the latest made is the last


def _judge_of(profile: Profile) -> _Judge:
    """Told by comparing: a hash over a long profile at each file takes longer."""
    for known, judge in reversed(_JUDGES):
        if known is profile or known == profile:
            return judge
    _JUDGES.append((profile, _new_judge(profile)))
    del _JUDGES[:-16]
    return _judge_of(profile)


def _new_judge(profile: Profile) -> _Judge:
    rules = (*(safe_private() if 113111 in profile.options else ()), *profile.private)
    return _Judge(
        frozenset(rule.key for rule in rules),
        frozenset(OPTION_COLUMNS[o] for o in profile.options if o in OPTION_COLUMNS),
        frozenset(o.tag for o in profile.overrides),
    )


@dataclass(frozen=True, eq=False)
class _Judge:
    """What a profile allows to be there; one for each profile, told apart by identity."""

    private: frozenset[tuple[str, int, int]]
    columns: frozenset[str]
    overridden: frozenset[int]
    unread: dict[tuple[int, bytes], bool] = field(default_factory=dict)

    def element_bytes(
        self, implicit: bool, before: bytes, raw: bytes, path: str
    ) -> tuple[Leak, ...]:
        """One element's bytes; `before` are the character set and the private creator."""
        dataset = read_dataset(BytesIO(before + raw), implicit, True)
        last = list(dataset)[-1]
        return tuple(self.element(dataset, last, path))

    def passes_unread(self, tag: int, vr: bytes) -> bool:
        """Whether an element may be there whatever its value says, so that nobody need decode it.

        Most elements that differ from slice to slice are such: UIDs, times, positions, numbers.
        """
        known = self.unread.get((tag, vr))
        if known is None:
            known = self.unread[tag, vr] = self.allows_any_value(tag, vr)
        return known

    def allows_sequence(self, tag: int) -> bool:
        """Whether a sequence may be there at all, whatever is in it."""
        row = rows().get(tag)
        return row is None or row.basic != "X" or self._retained(tag)

    def looks_at(self, tag: int) -> bool:
        """Whether more than its items and its row of the table decides on a sequence."""
        group = tag >> 16
        special = group & 1 or group in _LOOKED_AT or group == 0x0012
        return bool(special) or tag == 0x00880200 or not tag & 0xFFFF

    def data_set(self, dataset: Dataset, path: str) -> Iterator[Leak]:
        """A data set and all its items."""
        for element in dataset:
            yield from self.element(dataset, element, path)

    def element(
        self, dataset: Dataset, element: DataElement, path: str
    ) -> Iterator[Leak]:
        """One element, and what is in it."""
        tag, group = int(element.tag), int(element.tag) >> 16
        where = _place(path, tag)
        if group & 1:
            if not self._is_allowed(dataset, element):
                yield Leak(where, "private")
                return
        elif (
            0x6000 <= group <= 0x60FF or 0x5000 <= group <= 0x50FF or tag == 0x00880200
        ):
            yield Leak(where, "graphics")
        elif group in (0xFFFA, 0xFFFC) or tag & 0xFFFF == 0:
            yield Leak(where, "padding")
        elif (
            not element.is_empty and group != 0x0012 and not (not path and tag in _OURS)
        ):
            yield from self._value(element, where)
        if element.VR == "SQ":
            for number, item in enumerate(element.value):
                yield from self.data_set(item, f"{where}[{number}].")

    def _is_allowed(self, dataset: Dataset, element: DataElement) -> bool:
        number, group = int(element.tag) & 0xFFFF, int(element.tag) >> 16
        if 0x10 <= number <= 0xFF:
            name = str(element.value).strip().casefold()
            return any(creator == name and g == group for creator, g, _ in self.private)
        block = (group, number >> 8)
        if block not in dataset:
            return False
        key = (str(dataset[block].value).strip().casefold(), group, number & 0xFF)
        return key in self.private

    def _value(self, element: DataElement, where: str) -> Iterator[Leak]:
        tag = int(element.tag)
        values = element.value if element.VM > 1 else [element.value]
        if element.VR == "PN" and not self._retained(tag):
            if any(str(v) not in _DUMMY_TEXT for v in values):
                yield Leak(where, "name")
            return
        row = rows().get(tag)
        if row is not None and row.basic == "X" and not self._retained(tag):
            yield Leak(where, "attribute")
        elif (
            element.VR in TEXT_VRS and row is not None and "descriptors" in row.options
        ):
            for value in values:
                yield from _forms(str(value), where)

    def allows_any_value(self, tag: int, vr: bytes) -> bool:
        """Whether neither the table nor the value of an element with this VR can be against it."""
        group = tag >> 16
        if vr not in _NO_TEXT or group & 1 or group in _LOOKED_AT or not tag & 0xFFFF:
            return False
        row = rows().get(tag)
        return row is None or row.basic != "X" or self._retained(tag)

    def _retained(self, tag: int) -> bool:
        row = rows().get(tag)
        kept = row is not None and bool(self.columns & set(row.options))
        return kept or tag in self.overridden


def _forms(text: str, where: str) -> Iterator[Leak]:
    if DATES.search(text) or without_worded_dates(text) != text:
        yield Leak(where, "date_in_text")
    if UIDS.search(text):
        yield Leak(where, "uid_in_text")
    if CONTACTS.search(text):
        yield Leak(where, "contact_in_text")


def _place(path: str, tag: int) -> str:
    return f"{path}({tag >> 16:04x},{tag & 0xFFFF:04x})"
