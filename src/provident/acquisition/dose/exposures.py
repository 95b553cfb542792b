"""The exposures in the header of a Philips dose screen.

Its Exposure Dose Sequence (0040,030E) has an item for each scan, with the irradiation
event's UID, CTDIvol, the region, and in private elements (ELSCINT1) the dose length
product and the phantom. Comments on Radiation Dose (0040,0310) says the two once more.
Seen on real screens of Ingenuity and Brilliance scanners.
"""

from __future__ import annotations

import re

from pydicom.dataset import Dataset

from provident.acquisition.dose.content import items, text
from provident.acquisition.dose.model import Event, Kind, Source
from provident.acquisition.dose.units import Reading, canonical
from provident.dicom import values


EXPOSURES = 0x0040030E
_CREATOR = "ELSCINT1"
_COMMENT = re.compile(r"\bDLP\s*=\s*(?P<dlp>\d+(?:\.\d+)?)")


def private_tag(ds: Dataset, group: int, element: int) -> int | None:
    """The tag of one of Philips' private elements, wherever its block was put (PS3.5 7.8.1)."""
    for block in range(0x10, 0x20):
        if text(ds, group << 16 | block) == _CREATOR:
            return group << 16 | block << 8 | element
    return None


def screen_exposures(header: Dataset) -> tuple[Event, ...]:
    """The scans that the header of a dose screen lists, none where it lists none with a dose."""
    listed = items(header, EXPOSURES)
    events = tuple(_event(header, item, n) for n, item in enumerate(listed, 1))
    return events if any(event.main is not None for event in events) else ()


def _event(header: Dataset, item: Dataset, number: int) -> Event:
    readings = {
        "dlp_mgycm": _dlp(item),
        "ctdivol_mgy": _number(item, 0x00189345, "mGy", "absorbed dose"),
    }
    technique = text(item, 0x00189302)
    return Event(
        kind=Kind.CT,
        source=Source.SCREEN,
        uid=text(item, 0x00083010),
        study_uid=text(header, 0x0020000D),
        read_from=text(header, 0x00080018),
        started=text(item, 0x0008002A),
        protocol=text(item, 0x00181030),
        region=text(item, 0x00180015),
        view=str(number),
        technique=technique,
        localizer=technique == "CONSTANT_ANGLE",
        phantom_cm=_phantom(item),
        amounts={n: r.value for n, r in readings.items() if r.value is not None},
        unread={n: r.why for n, r in readings.items() if r.value is None},
    )


def _number(ds: Dataset, tag: int, unit: str, measured: str) -> Reading:
    found = values.numbers(ds, tag, "DS")
    if isinstance(found, tuple):
        return canonical(found[0], unit, measured)
    return Reading(None, "the screen's header does not state it")


def _dlp(item: Dataset) -> Reading:
    """The private dose length product; where private elements were taken out, the comment's."""
    tag = private_tag(item, 0x00E1, 0x21)
    if tag is not None and tag in item:
        return _number(item, tag, "mGy.cm", "dose length product")
    comment = _COMMENT.search(text(item, 0x00400310))
    if comment:
        return canonical(float(comment["dlp"]), "mGy.cm", "dose length product")
    return Reading(None, "the screen's header does not state it")


def _phantom(item: Dataset) -> int | None:
    tag = private_tag(item, 0x01E1, 0x26)
    words = text(item, tag).upper() if tag else ""
    return {"HEAD": 16, "BODY": 32}.get(words.split(" ")[0])
