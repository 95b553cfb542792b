"""Fill a tally from one instance: the tables of `readings`, and what a table cannot say."""

from __future__ import annotations

from collections import defaultdict
from functools import cache

from pydicom import config
from pydicom.dataset import Dataset
from pydicom.uid import UID

from provident.dicom import values
from provident.dicom.frames import Instance
from provident.dicom.readings import Reading, readings
from provident.dicom.tally import Many, Tally
from provident.dicom.values import Unreadable


Found = tuple[Many | Unreadable, str] | None


@cache
def table(modality: str, maker: str) -> dict[str, tuple[Reading, ...]]:
    """The rows of each fact that hold for a kind of image and a maker."""
    rows: dict[str, list[Reading]] = defaultdict(list)
    for reading in readings(modality):
        if not reading.makers or maker in reading.makers:
            rows[reading.fact].append(reading)
    return {fact: tuple(found) for fact, found in rows.items()}


@cache
def facts_of_tags(modality: str, maker: str) -> dict[int, tuple[str, ...]]:
    """Which facts an element can change; for what frames say by themselves."""
    by_tag: dict[int, list[str]] = defaultdict(list)
    for fact, rows in table(modality, maker).items():
        for reading in rows:
            by_tag[reading.tag].append(fact)
    return {tag: tuple(facts) for tag, facts in by_tag.items()}


def extract(instance: Instance, modality: str, maker: str, tally: Tally) -> None:
    """Count what one instance says."""
    images = max(len(instance.overlays), 1)
    rows = table(modality, maker)
    if not instance.overlays:
        for fact, choices in rows.items():
            _count(tally, fact, choices, _first(instance.base, None, choices), 1)
        return
    own = _own_facts(instance, modality, maker)
    for fact, choices in rows.items():
        if fact not in own:
            _count(tally, fact, choices, _first(instance.base, None, choices), images)
    for overlay in instance.overlays:
        for fact in own:
            found = _first(instance.base, overlay, rows[fact])
            _count(tally, fact, rows[fact], found, 1)


def _own_facts(instance: Instance, modality: str, maker: str) -> list[str]:
    by_tag = facts_of_tags(modality, maker)
    tags = {tag for overlay in instance.overlays for tag in overlay.keys()}  # noqa: SIM118
    return sorted({fact for tag in tags for fact in by_tag.get(tag, ())})


def _count(
    tally: Tally, fact: str, choices: tuple[Reading, ...], found: Found, images: int
) -> None:
    if found is None:
        tally.nothing(fact, choices[0].source, images)
    elif isinstance(found[0], Unreadable):
        tally.unreadable(fact, found[0], found[1], images)
    else:
        tally.add(fact, found[0], found[1], images)


def _first(
    base: Dataset, overlay: Dataset | None, choices: tuple[Reading, ...]
) -> Found:
    """The first row that holds a value; a broken value when no row holds a good one."""
    broken: Found = None
    for reading in choices:
        ds = overlay if overlay is not None and reading.tag in overlay else base
        value = _read(ds, reading)
        if isinstance(value, Unreadable):
            broken = broken or (value, reading.source)
        elif value is not None:
            return value, reading.source
    return broken


def _read(ds: Dataset, reading: Reading) -> Many | Unreadable | None:
    tag: int | None = reading.tag
    if reading.creator:
        tag = values.private(ds, reading.tag >> 16, reading.creator, reading.tag & 0xFF)
    if tag is None:
        return None
    if reading.how in ("number", "numbers", "pair"):
        return _number(ds, tag, reading)
    if reading.how == "code":
        return code_meaning(ds, tag)
    found = values.texts(ds, tag)
    if not isinstance(found, tuple):
        return found
    return found[0] or None if reading.how == "text" else "\\".join(found)


def _number(ds: Dataset, tag: int, reading: Reading) -> Many | Unreadable | None:
    found = values.numbers(ds, tag, reading.vr or None)
    if not isinstance(found, tuple):
        return found
    scaled = tuple(n * reading.scale for n in found)
    if reading.how == "pair":
        return scaled if len(scaled) == 2 else values.NOT_A_NUMBER
    return scaled if reading.how == "numbers" and len(scaled) > 1 else scaled[0]


def code_meaning(ds: Dataset, tag: int) -> str | None:
    """The meaning of the first code of a sequence (PS3.3 8.8)."""
    for item in values.items(ds, tag)[:1]:
        meaning = values.texts(item, 0x00080104)
        if isinstance(meaning, tuple):
            return meaning[0] or None
    return None


def uid_name(uid: str) -> str:
    """The standard's name of a UID, else the UID."""
    return UID(uid, validation_mode=config.IGNORE).name
