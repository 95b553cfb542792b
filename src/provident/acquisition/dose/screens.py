"""Dose screens: pictures of a table of doses, the last resort.

A picture is recognised by its header. Its text comes from a callable that the caller
gives (character recognition) and counts only when the rows add up to the total that
stands beside them: a misread digit is found by that. Else a person must read it.

The lines are parsed in the layouts of Siemens (Patient Protocol), GE (Dose Report),
Philips (Exam Summary) and Canon; rows are one line each, as recognition gives them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pydicom.dataset import Dataset

from provident.acquisition.dose.content import text, texts
from provident.acquisition.dose.exposures import private_tag
from provident.acquisition.dose.images import is_secondary, region_of
from provident.acquisition.dose.model import Event, Kind, Source
from provident.dicom import values


_NAMES = re.compile(
    r"dose\s*(report|info|summary|screen|page|record)|patient protocol|exam (summary|protocol)",
    re.IGNORECASE,
)
# Philips says in Image Type which page of the summary a picture is.
_OTHER_PAGES = frozenset(("PATIENT_INFO", "RESULTS", "REF_SURVIEW"))
_NUMBER = r"\d+(?:[.,]\d+)?"
_TOTAL = re.compile(
    rf"total\s*(?:exam\s*)?DLP(?:\.e)?\s*(?:[\[(]?\s*mGy[\s*.·\-]*cm\s*[\])]?)?\s*[:=]?\s*(?P<dlp>{_NUMBER})(?=\s|$|mGy)",
    re.IGNORECASE,
)
# Siemens: Abdomen  2  100  126 / 210  4.9 L  235  0.5 0.6 (L = 32 cm, S = 16 cm)
_SIEMENS = re.compile(
    rf"(?P<label>[A-Za-z]\S*(?: \S+)*?)\s+(?P<number>\d+)\s+(?:\S+\s+)+?(?P<ctdi>{_NUMBER})\s*(?P<phantom>[LS])\s+(?P<dlp>{_NUMBER})(?:\s.*)?"
)
# GE: 2 Helical I12.500-I412.500 12.34 567.89 Body 32
_GE = re.compile(
    rf"(?P<number>\d+)\s+(?P<label>[A-Za-z][\w /]*?)\s+[ISRL]\d\S*\s*-\s*[ISRL]\d\S*\s+(?P<ctdi>{_NUMBER})\s+(?P<dlp>{_NUMBER})\s+(?P<phantom>(?:Body|Head)\s*(?:32|16))(?:\s*cm)?",
    re.IGNORECASE,
)
# Philips: 2 Helical 111 120 14 274.9 HEAD 16 CM (a survey has no mAs)
_PHILIPS = re.compile(
    rf"(?P<number>\d+)\s+(?P<label>[A-Za-z][\w /]*?)\s+(?:\d+\s+)?\d+\s+(?P<ctdi>{_NUMBER})\s+(?P<dlp>{_NUMBER})\s+(?P<phantom>(?:BODY|HEAD)\s*(?:32|16))(?:\s*CM)?",
    re.IGNORECASE,
)
# Canon: 1 Helical Body 12.3 456.7
_CANON = re.compile(
    rf"(?P<number>\d+)\s+(?P<label>[A-Za-z][\w /]*?)\s+(?P<phantom>Body|Head)\s+(?P<ctdi>{_NUMBER})\s+(?P<dlp>{_NUMBER})",
    re.IGNORECASE,
)
_LAYOUTS = (
    ("Siemens", _SIEMENS),
    ("GE", _GE),
    ("Philips", _PHILIPS),
    ("Canon", _CANON),
)
_SURVEYS = re.compile(r"topogram|scout|surview|scano", re.IGNORECASE)
_ROUNDED = 0.005, 0.6  # screens round each row: to 0.5 %, or half a unit a row


@dataclass(frozen=True, slots=True)
class Screen:
    """A picture of a dose table: where it is, and its header (without pixels)."""

    name: str
    uid: str
    study_uid: str
    header: Dataset

    @property
    def total_dlp(self) -> float | None:
        """The exam's total (mGy.cm) in Philips' private field (00E1,1021), None without it."""
        return _private_total(self.header)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenText:
    """What the text of a dose screen says; `agrees` when its rows add up to its total."""

    layout: str
    events: tuple[Event, ...]
    total_dlp: float | None
    agrees: bool


def is_screen(header: Dataset) -> bool:
    """Whether a header is that of a dose screen."""
    kind = texts(header, 0x00080008)
    if not is_secondary(header) or kind & _OTHER_PAGES:
        return False
    named = " ".join(text(header, tag) for tag in (0x0008103E, 0x00181030))
    return "DOSE_INFO" in kind or bool(_NAMES.search(named))


def screen_of(name: str, header: Dataset) -> Screen:
    """The screen that a header belongs to."""
    return Screen(name, text(header, 0x00080018), text(header, 0x0020000D), header)


def _private_total(header: Dataset) -> float | None:
    tag = private_tag(header, 0x00E1, 0x21)
    found = values.numbers(header, tag, "DS") if tag else None
    return found[0] if isinstance(found, tuple) and found[0] > 0 else None


def read_screen(lines: Sequence[str], screen: Screen | None = None) -> ScreenText:
    """What the lines of a dose screen say, in the layout that reads most rows."""
    total = next((_float(m["dlp"]) for m in map(_TOTAL.search, lines) if m), None)
    best, rows = "", list[Event]()
    for layout, pattern in _LAYOUTS:
        found = [m for m in (pattern.fullmatch(line.strip()) for line in lines) if m]
        if len(found) > len(rows):
            best, rows = layout, [_row(m, n, screen) for n, m in enumerate(found)]
    return ScreenText(
        layout=best,
        events=tuple(rows),
        total_dlp=total,
        agrees=adds_up([e.amounts["dlp_mgycm"] for e in rows], total),
    )


def adds_up(rows: Sequence[float], total: float | None) -> bool:
    """Whether the rows of a screen make up its total, each rounded as it is shown."""
    if total is None or not rows:
        return False
    share, half = _ROUNDED
    return abs(sum(rows) - total) <= max(share * total, half * len(rows) / 10)


def _float(text_of_number: str) -> float:
    return float(text_of_number.replace(",", "."))


def _row(match: re.Match[str], n: int, screen: Screen | None) -> Event:
    label, phantom = match["label"].strip(), match["phantom"].upper()
    return Event(
        kind=Kind.CT,
        source=Source.SCREEN,
        study_uid=screen.study_uid if screen else "",
        read_from=screen.uid if screen else "",
        view=str(n + 1),
        protocol=label,
        region=region_of(screen.header) if screen else "",
        technique=label,
        localizer=bool(_SURVEYS.search(label)),
        phantom_cm=32 if phantom.startswith(("L", "BODY")) else 16,
        amounts={
            "ctdivol_mgy": _float(match["ctdi"]),
            "dlp_mgycm": _float(match["dlp"]),
        },
    )
