"""What was done with every element of a file, and by which rule: for the person who reviews a profile.

Shows original values: it identifies the person and is for the site alone.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO

import pydicom
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset

from provident.deid.engine import deidentify
from provident.deid.identity import SiteKey, Subject
from provident.deid.instance import read_instance
from provident.deid.profile import Profile
from provident.deid.report import REASONS
from provident.deid.rules import Rules


SHOWN = 120  # characters of a value


@dataclass(frozen=True, slots=True)
class Change:
    """One element: where, what stood there, what stands there now, what was done and why.

    `action` is kept, changed, emptied, removed or written. Values are shortened; binary ones are
    told by their size.
    """

    where: str
    name: str
    before: str = field(repr=False)
    after: str
    action: str
    why: str


def explain(
    data: bytes, *, profile: Profile, key: SiteKey, subject: Subject
) -> list[Change]:
    """Every element of a file, in order, with what became of it.

    What would have to wait is shown as if a person had let it pass. Empty for what is no DICOM
    instance.
    """
    done = deidentify(
        data, profile=profile, key=key, subject=subject, cleared=frozenset(REASONS)
    )
    if done.data is None:
        return []
    rules = Rules(profile, read_instance(data).sop_class)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        before = pydicom.dcmread(BytesIO(data), force=True)
        after = pydicom.dcmread(BytesIO(done.data))
        return list(_compared(before, after, rules, ""))


def _compared(
    before: Dataset, after: Dataset | None, rules: Rules, path: str
) -> Iterator[Change]:
    now = after if after is not None else Dataset()
    for tag in sorted({*before.keys(), *now.keys()}):
        old = before.get(tag)
        new = now.get(tag)
        yield from _change(old, new, rules, path, before)


def _change(
    old: DataElement | None,
    new: DataElement | None,
    rules: Rules,
    path: str,
    dataset: Dataset,
) -> Iterator[Change]:
    element = old if old is not None else new
    assert element is not None  # the tag comes from one of the two
    where = f"{path}{element.tag}"
    why = _why(old, rules, dataset)
    was, is_ = _shown(old), _shown(new)
    yield Change(where, element.name, was, is_, _action(old, new, was, is_), why)
    if old is not None and old.VR == "SQ" and new is not None and new.VR == "SQ":
        for number, item in enumerate(old.value):
            other = new.value[number] if number < len(new.value) else None
            yield from _compared(item, other, rules, f"{where}[{number}].")


def _action(
    old: DataElement | None, new: DataElement | None, was: str, is_: str
) -> str:
    if old is None:
        return "written"
    if new is None:
        return "removed"
    if was == is_:
        return "kept"
    return "changed" if is_ else "emptied"


def _why(old: DataElement | None, rules: Rules, dataset: Dataset) -> str:
    if old is None:
        return "Provident writes who, which trial and what was done"
    tag = int(old.tag)
    if not (tag >> 16) & 1:
        return rules.why(tag)
    if 0x10 <= tag & 0xFFFF <= 0xFF:
        return "private creator: stays with an element that stays"
    block = (tag >> 16, (tag & 0xFFFF) >> 8)
    creator = str(dataset[block].value) if block in dataset else ""
    rule = rules.private(creator, tag)
    return f"private, listed: {rule.why}" if rule else "private, not listed"


def _shown(element: DataElement | None) -> str:
    if element is None or element.is_empty:
        return ""
    if element.VR == "SQ":
        return f"{len(element.value)} items"
    if isinstance(element.value, bytes):
        return f"{len(element.value)} bytes"
    text = str(element.value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}..."
