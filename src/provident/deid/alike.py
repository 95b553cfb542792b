"""Two data sets element by element: what became of each value of the original, at every depth."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pydicom
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset

from provident.deid.table import rows


NUMBERS = frozenset(("DS", "IS", "FD", "FL", "US", "SS", "UL", "SL", "UV", "SV", "CS"))
"""Kinds of values that stay as they are, unless a rule removes them."""
REFERENCE = 0x00081155  # Referenced SOP Instance UID
_CLEAN_PIXELS = 113101
_PIXELS = (0x7FE00010, 0x7FE00008, 0x7FE00009)
# What Provident itself writes, and what the pixels' coding decides.
_NOT_COMPARED = frozenset((
    0x00080005, 0x00280301, 0x00280303, 0x00280302, 0x00280002, 0x00280004, 0x00280006, 0x00280008, 0x00282110,
    0x00282112, 0x00282114,
))  # fmt: skip


def both(
    before: Dataset, after: Dataset, path: str = ""
) -> Iterator[tuple[str, DataElement, DataElement | None]]:
    """Elements of the original and what they became, at every depth; private ones and pixels left out."""
    for old in before:
        if old.tag.is_private or int(old.tag) in _PIXELS:
            continue
        new = _element(after, old)
        where = f"{path}{_place(old)}"
        if old.VR != "SQ":
            yield where, old, new
            continue
        theirs = list(new.value) if new is not None and new.VR == "SQ" else []
        for n, item in enumerate(old.value):
            # Of a sequence that the profile removes, references alone are asked for.
            if n < len(theirs):
                yield from both(item, theirs[n], f"{where}[{n}].")
            else:
                yield from _lost(item, f"{where}[{n}].")


def _element(ds: Dataset, like: DataElement) -> DataElement | None:
    return ds[like.tag] if like.tag in ds else None  # noqa: SIM401  # pydicom's `get` says that it never is None


def _lost(item: Dataset, path: str) -> Iterator[tuple[str, DataElement, None]]:
    """References in an item that has gone."""
    for old in item:
        where = f"{path}{_place(old)}"
        if int(old.tag) == REFERENCE:
            yield where, old, None
        elif old.VR == "SQ":
            for n, inner in enumerate(old.value):
                yield from _lost(inner, f"{where}[{n}].")


def should_stay(old: DataElement) -> bool:
    """Whether no rule of the standard's table speaks of a value that is there."""
    tag = int(old.tag)
    return (
        old.VM > 0
        and tag not in rows()
        and tag not in _NOT_COMPARED
        and tag & 0xFFFF != 0  # group lengths, which the standard has retired
        and tag >> 16 not in (0x0012, 0x5000, 0x6000)
    )


def shown(element: DataElement) -> str:
    """An attribute by tag and keyword."""
    return f"{_place(element)} {element.keyword}".strip()


def _place(element: DataElement) -> str:
    return f"({element.tag.group:04x},{element.tag.element:04x})"


def values(element: DataElement) -> list[str]:
    """Its values as texts."""
    value = element.value
    if value is None:
        return []
    if isinstance(value, list | tuple | pydicom.multival.MultiValue):
        return [str(v) for v in value]
    return [str(value)]


def same(old: DataElement, new: DataElement) -> bool:
    """Whether two elements say the same; numbers as numbers, to a part in a million."""
    one, two = values(old), values(new)
    if one == two:
        return True
    try:
        return len(one) == len(two) and all(
            abs(float(a) - float(b)) <= 1e-6 * max(abs(float(a)), 1.0)
            for a, b in zip(one, two, strict=True)
        )
    except ValueError:
        return False


def moved(old: object, new: object) -> int | None:
    """The days between two dates as DICOM writes them; None where one is none, or a dummy."""
    one, two = _date(str(old or "")), _date(str(new or ""))
    return (two - one).days if one and two and two.year > 1900 else None


def _date(text: str) -> date | None:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        return None


def says_painted(ds: Dataset) -> bool:
    """Whether a file says that its pixels were cleaned (PS3.15 E.3.1)."""
    codes = {str(i.get("CodeValue")) for i in ds.get("DeidentificationMethodCodeSequence") or ()}  # fmt: skip
    return str(_CLEAN_PIXELS) in codes and ds.get("BurnedInAnnotation") == "NO"


def same_decoded(before: Dataset, after: Dataset) -> bool:
    """Whether the same picture is stored in another form. Without an imaging library it cannot be told: no."""
    try:
        one, two = before.pixel_array, after.pixel_array
        return bool(one.shape == two.shape and (one == two).all())
    except Exception:  # noqa: BLE001  # whatever a decoder raises, it is not known to be the same
        return False
