"""What a profile removes must be gone: the output read with pydicom and held against the table."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from io import BytesIO

import pydicom
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset

from provident.deid.patterns import CONTACTS, DATES, UIDS
from provident.deid.profile import Profile
from provident.deid.report import Leak
from provident.deid.table import OPTION_COLUMNS, rows, safe_private
from provident.deid.vrs import TEXT_VRS


_STATION_META = (0x00020016, 0x00020017, 0x00020018, 0x00020026, 0x00020027, 0x00020028)
_META_PRIVATE = (0x00020100, 0x00020102)
_DUMMY_TEXT = frozenset({"", "REMOVED", "Anonymous"})
_OURS = frozenset({0x00100010, 0x00100020, 0x00100030})


def remains(data: bytes, profile: Profile) -> list[Leak]:
    """What the profile removes and is still there, by kind and tag."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            dataset = pydicom.dcmread(
                BytesIO(data), stop_before_pixels=True, force=False
            )
            found = list(_file(dataset))
            found += list(_data_set(dataset, profile, "", dict(_allowed(profile))))
        except Exception:  # noqa: BLE001  # whatever pydicom cannot read is not verified
            return [Leak("file", "unreadable")]
    return found


def _file(dataset: pydicom.FileDataset) -> Iterator[Leak]:
    if any(dataset.preamble or b""):
        yield Leak("preamble", "preamble")
    meta = dataset.file_meta
    for tag in (*_STATION_META, *_META_PRIVATE):
        if tag in meta:
            yield Leak(_place("", tag), "file_meta")
    if dataset.get("PatientIdentityRemoved") != "YES":
        yield Leak("(0012,0062)", "not_marked")


def _allowed(profile: Profile) -> Iterator[tuple[tuple[str, int, int], str]]:
    rules = (*(safe_private() if 113111 in profile.options else ()), *profile.private)
    for rule in rules:
        yield rule.key, rule.vr


def _data_set(
    dataset: Dataset,
    profile: Profile,
    path: str,
    allowed: dict[tuple[str, int, int], str],
) -> Iterator[Leak]:
    for element in dataset:
        tag = int(element.tag)
        yield from _element(dataset, element, profile, path, allowed)
        if element.VR == "SQ":
            for number, item in enumerate(element.value):
                inner = f"{_place(path, tag)}[{number}]"
                yield from _data_set(item, profile, f"{inner}.", allowed)


def _element(
    dataset: Dataset,
    element: DataElement,
    profile: Profile,
    path: str,
    allowed: dict[tuple[str, int, int], str],
) -> Iterator[Leak]:
    tag, group = int(element.tag), int(element.tag) >> 16
    where = _place(path, tag)
    if group & 1:
        if not _is_allowed(dataset, element, allowed):
            yield Leak(where, "private")
        return
    if 0x6000 <= group <= 0x60FF or 0x5000 <= group <= 0x50FF or tag == 0x00880200:
        yield Leak(where, "graphics")
    elif group in (0xFFFA, 0xFFFC) or tag & 0xFFFF == 0:
        yield Leak(where, "padding")
    elif not element.is_empty and group != 0x0012 and not (not path and tag in _OURS):
        yield from _value(element, profile, where)


def _is_allowed(
    dataset: Dataset, element: DataElement, allowed: dict[tuple[str, int, int], str]
) -> bool:
    number = int(element.tag) & 0xFFFF
    group = int(element.tag) >> 16
    if 0x10 <= number <= 0xFF:
        name = str(element.value).strip().casefold()
        return any(creator == name and g == group for creator, g, _ in allowed)
    block = (group, number >> 8)
    if block not in dataset:
        return False
    key = (str(dataset[block].value).strip().casefold(), group, number & 0xFF)
    return key in allowed


def _value(element: DataElement, profile: Profile, where: str) -> Iterator[Leak]:
    tag = int(element.tag)
    values = element.value if element.VM > 1 else [element.value]
    if element.VR == "PN" and not _retained(tag, profile):
        if any(str(v) not in _DUMMY_TEXT for v in values):
            yield Leak(where, "name")
        return
    row = rows().get(tag)
    if row is not None and row.basic == "X" and not _retained(tag, profile):
        yield Leak(where, "attribute")
    elif element.VR in TEXT_VRS and row is not None and "descriptors" in row.options:
        for value in values:
            yield from _forms(str(value), where)


def _retained(tag: int, profile: Profile) -> bool:
    if any(o.tag == tag for o in profile.overrides):
        return True
    row = rows().get(tag)
    columns = {OPTION_COLUMNS[o] for o in profile.options if o in OPTION_COLUMNS}
    return row is not None and bool(columns & set(row.options))


def _forms(text: str, where: str) -> Iterator[Leak]:
    if DATES.search(text):
        yield Leak(where, "date_in_text")
    if UIDS.search(text):
        yield Leak(where, "uid_in_text")
    if CONTACTS.search(text):
        yield Leak(where, "contact_in_text")


def _place(path: str, tag: int) -> str:
    return f"{path}({tag >> 16:04x},{tag & 0xFFFF:04x})"
