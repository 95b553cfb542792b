"""The gateway's own look at what de-identification made, file by file and as an exam, before anything is released.

`deid.verify` looks for what must not be there. This looks for what must: every UID replaced one to one, references
that follow, dates moved by the participant's days and no other, pixels untouched unless it is told, and the method
told as DICOM asks (PS3.15 E.1.1, PS3.3 C.12.1.1.1). It shares no code with the engine but the key's hash of a UID.
"""

from __future__ import annotations

import re
import warnings
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from provident import deid
from provident.kernel import ProvidentError


if TYPE_CHECKING:
    from pydicom import Dataset

NOT_VERIFIED = "QUARANTINE.NOT_VERIFIED"
BASIC, PIXELS, FACES = 113100, 113101, 113102
RETAIN_UIDS, FULL_DATES = 113110, 113106
# Options that are told in a file wherever the profile has them; the two above only where pixels were looked at.
_TOLD = frozenset(range(113103, 113113))
_DATES = {
    "study_date": 0x00080020,
    "series_date": 0x00080021,
    "acquired": 0x00080022,
    "content_date": 0x00080023,
}
TAGS = (
    0x0020000D, 0x0020000E, 0x00080018, 0x00120062, 0x00120063, 0x00120064, 0x00280301, *_DATES.values(),
)  # fmt: skip
"""The attributes of an output that are looked at."""
_UID = re.compile(rb"(?<![\d.])[0-2](?:\.\d{1,64}){2,}")
_MADE = re.compile(rb"(?<![\d.])2\.25\.\d{1,39}(?![\d.])")
_REFERENCE = b"\x08\x00\x55\x11"  # (0008,1155)
_PIXEL_DATA = b"\xe0\x7f\x10\x00"
_DEFLATED = b"1.2.840.10008.1.2.1.99"
_CHANGED = ("paint", "face")  # words of a report that tells of changed pixels


@dataclass(frozen=True, slots=True)
class Fault:
    """What is not as it should be: a code, and words for people; never a value."""

    code: str
    words: str


_WORDS = {
    "method": "A file does not tell by which method it was de-identified.",
    "burned_in": "A file was looked at for burned-in text and does not say so.",
    "date": "A date was not moved by the participant's days.",
    "uid": "A file holds a UID that is not the replacement of one of its own.",
    "names": "UIDs of the exam were not replaced one to one.",
    "pixels": "Pixels changed, and nothing tells why.",
}


def fault(code: str) -> Fault:
    """The fault of a code."""
    return Fault(code, _WORDS[code])


def file_faults(
    original: bytes,
    done: deid.Deidentified,
    header: Dataset,
    *,
    profile: deid.Profile,
    subject: deid.Subject,
    key: deid.SiteKey,
    noted: Mapping[str, str],
    painted: bool = False,
) -> list[Fault]:
    """What is wrong with one file; empty when nothing is.

    Args:
        header: of the output, with `TAGS`.
        noted: what the original's header said when it was indexed.
        painted: a person had regions painted over before.
    """
    assert done.data is not None  # only what may leave is verified
    codes = method_codes(header)
    checks = (
        ("method", not _tells_method(header, codes, profile)),
        ("burned_in", PIXELS in codes and header.get("BurnedInAnnotation") != "NO"),
        ("date", not _dates_moved(header, profile, subject, noted)),
        ("uid", bool(_strangers(original, done.data, profile, key))),
        ("pixels", not _pixels_kept(original, done, codes, painted=painted)),
    )
    return [fault(code) for code, wrong in checks if wrong]


def exam_faults(
    names: Sequence[tuple[Mapping[str, str], Mapping[str, str]]],
    *,
    profile: deid.Profile,
    key: deid.SiteKey,
) -> list[Fault]:
    """What is wrong with an exam's files together: UIDs of study, series and images that are not one to one.

    Args:
        names: of each file, what the original's header said and what the output's does: `study_uid`, `series_uid`,
            `sop_uid`.
    """
    for name in ("study_uid", "series_uid", "sop_uid"):
        pairs = {(before[name], after[name]) for before, after in names}
        one_to_one = len(pairs) == len({b for b, _ in pairs}) == len({a for _, a in pairs})  # fmt: skip
        follows = all(after == _replacement(before, profile, key) for before, after in pairs)  # fmt: skip
        if not (one_to_one and follows):
            return [fault("names")]
    return []


def _replacement(uid: str, profile: deid.Profile, key: deid.SiteKey) -> str:
    return uid if RETAIN_UIDS in profile.options else deid.hidden_uid(key, uid)


# the method


def method_codes(header: Dataset) -> set[int]:
    """The codes of the methods that a file says were applied (0012,0064)."""
    told = header.get("DeidentificationMethodCodeSequence") or ()
    values = (str(item.get("CodeValue") or "") for item in told)
    return {int(value) for value in values if value.isdigit()}


def _tells_method(header: Dataset, codes: set[int], profile: deid.Profile) -> bool:
    needed = {BASIC} | (profile.options & _TOLD)
    said = header.get("PatientIdentityRemoved") == "YES"
    return said and bool(header.get("DeidentificationMethod")) and needed <= codes


# dates


def _dates_moved(
    header: Dataset,
    profile: deid.Profile,
    subject: deid.Subject,
    noted: Mapping[str, str],
) -> bool:
    days = 0 if FULL_DATES in profile.options else subject.date_shift_days
    elsewhere = {override.tag for override in profile.overrides}
    for name, tag in _DATES.items():
        before, after = noted.get(name, ""), str(header[tag].value or "") if tag in header else ""  # fmt: skip
        # A date that the profile takes out, or treats in a way of its own, keeps no interval.
        if after and tag not in elsewhere and not _is_moved(before, after, days):
            return False
    return True


def _is_moved(before: str, after: str, days: int) -> bool:
    try:
        was, is_ = (date.fromisoformat(v.replace(".", "")) for v in (before, after))
    except ValueError:
        return True  # what is no date in the original has no interval to keep
    return is_ - was == timedelta(days=days)


# UIDs


def _strangers(
    original: bytes, output: bytes, profile: deid.Profile, key: deid.SiteKey
) -> set[str]:
    """UIDs of our making in the output that no UID of the original leads to: a reference to nowhere."""
    if RETAIN_UIDS in profile.options:
        return set()
    # The file meta information names the software that wrote it, which the original did not.
    made = {m.group().decode() for m in _MADE.finditer(_head(output), _body(output))}
    left = made - _replaced(_head(_plain(original)), key)
    if left:
        left -= _replaced_of_elements(original, key)
    return left


def _replaced(head: bytes, key: deid.SiteKey) -> set[str]:
    found = {m.group().decode() for m in _UID.finditer(head)}
    return found | {deid.hidden_uid(key, uid) for uid in found}


def _replaced_of_elements(original: bytes, key: deid.SiteKey) -> set[str]:
    """The same by reading every element: UIDs that are not of the form, or lie in what was deflated or swapped."""
    found = set()
    for value in _uids_of(_read(original)):
        found |= {value, deid.hidden_uid(key, value)}
    return found


def references(
    original: bytes, output: bytes, key: deid.SiteKey
) -> Iterator[tuple[str, str]]:
    """The images that a file refers to: (UID in the original, UID in the output).

    A reference whose original is not found is left out: `file_faults` has told it.
    """
    if _REFERENCE not in output:
        return
    before = {deid.hidden_uid(key, uid): uid for uid in _uids_of(_read(original))}
    for uid in sorted(set(_referenced(_read(output)))):
        if uid in before:
            yield before[uid], uid


def _elements(dataset: Dataset) -> list[Any]:
    """All elements, at every depth."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # they repeat values, which no log may hold
        return list(dataset.iterall())


def _referenced(dataset: Dataset) -> Iterator[str]:
    for element in _elements(dataset):
        if element.tag == 0x00081155 and element.value:
            yield str(element.value)


def _uids_of(dataset: Dataset) -> Iterator[str]:
    for element in _elements(dataset):
        if element.VR == "UI" and element.value:
            values = [element.value] if isinstance(element.value, str) else element.value  # fmt: skip
            yield from (str(value) for value in values)


def _read(data: bytes) -> Dataset:
    from io import BytesIO

    import pydicom

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # odd values of a header are no news to the log
        return pydicom.dcmread(BytesIO(data), force=True, stop_before_pixels=True)


def _plain(data: bytes) -> bytes:
    """The data set's bytes; of a deflated one inflated (PS3.5 A.5)."""
    if _DEFLATED not in data[:1024]:
        return data
    try:
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(data[_body(data) :])
    except zlib.error:
        return data


def _body(data: bytes) -> int:
    """Where the data set begins, behind the file meta information (PS3.10 7.1)."""
    grouped = data[128:132] == b"DICM" and data[132:136] == b"\x02\0\0\0"
    return 144 + int.from_bytes(data[140:144], "little") if grouped else 0


def _head(data: bytes) -> bytes:
    at = _pixels(data)
    return data if at is None else data[:at]


# pixels


def _pixels(data: bytes) -> int | None:
    """Where the value of the pixel data begins, when that is the last element of a file of ours."""
    at = data.find(_PIXEL_DATA)
    while at >= 0:
        for offset in (4, 8):  # implicit: length behind the tag; explicit: VR first
            length = int.from_bytes(data[at + offset : at + offset + 4], "little")
            start = at + offset + 4
            if length == 0xFFFFFFFF and data.endswith(b"\xfe\xff\xdd\xe0\0\0\0\0"):
                return start
            if length and start + length == len(data):
                return start
        at = data.find(_PIXEL_DATA, at + 1)
    return None


def _pixels_kept(
    original: bytes, done: deid.Deidentified, codes: set[int], *, painted: bool
) -> bool:
    data = done.data or b""
    if painted or any(word in note for note in done.report.notes for word in _CHANGED):
        return bool(codes & {PIXELS, FACES})
    start = _pixels(data)
    if start is None:
        return True
    size = len(data) - start
    # Nearly always the same bytes stand at the same distance from the end.
    if original[-size:] == data[start:] or data[start:] in original:
        return True
    return _same_picture(original, data)


def _same_picture(original: bytes, output: bytes) -> bool:
    """Whether what is stored decodes to the same values, in the bits that count as stored (PS3.5 8.1.1)."""
    from provident.dicom import pixels

    try:
        before, after = pixels.decode(original), pixels.decode(output)
        stored = _read(output)
        low = int(stored.get("HighBit", 0)) + 1 - int(stored.get("BitsStored", 0))
        mask = ((1 << int(stored.get("BitsStored", 0))) - 1) << max(0, low)
    except (ProvidentError, ValueError, TypeError):
        return False
    return bool(before.shape == after.shape and _masked(before, mask) == _masked(after, mask))  # fmt: skip


def _masked(values: Any, mask: int) -> bytes:
    kind = values.dtype.str.replace("i", "u")
    return bytes((values.view(kind) & mask).tobytes()) if mask and values.dtype.kind in "iu" else bytes(values.tobytes())  # fmt: skip
