"""Which burned-in words may stay: measurements, scanner settings and imaging words, and nothing of the person."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from provident.deid.identifiers import fold
from provident.deid.names import common_names
from provident.deid.patterns import without_patterns
from provident.deid.table import words
from provident.deid.text import Cleaner, within_distance


UNITS = frozenset(
    (
        "mm", "cm", "m", "cm2", "mm2", "ml", "cc", "s", "ms", "sec", "min", "hz", "khz", "mhz", "fps", "db", "kv", "kvp",
        "ma", "mas", "mgy", "gy", "mgycm", "mgy-cm", "mgy.cm", "msv", "cm/s", "m/s", "bpm", "deg", "mw", "w", "kpa", "mmhg", "hu", "t", "x", "%",
    )
)  # fmt: skip
# What ultrasound and dose screens print beside figures.
LABELS = frozenset(
    (
        "mi", "ti", "tis", "tib", "tic", "dr", "fr", "gn", "pwr", "prf", "wf", "sv", "cfm", "pw", "cw", "fa", "ef", "vol", "dist",
        "ctdi", "ctdivol", "ctdlvol", "dlp", "dap", "kap", "phantom", "body", "head", "total", "scan", "series", "lat", "ap", "pa",
        "rt", "lt", "left", "right", "long", "trans", "sag", "cor", "ax", "gen", "hgen", "pen", "res", "thi", "ge", "philips", "siemens", "canon",
    )
)  # fmt: skip
_TELLS = frozenset(
    (
        "name", "id", "patient", "accession", "birth", "dob", "born", "date", "mrn", "physician", "operator", "hospital", "referring",
        "address", "phone", "tel", "exam", "ward", "gender", "sex",
    )
)  # fmt: skip
_TOKEN = re.compile(r"[^\s:;=<>()\[\],|*\"'!?&#+]+")
_NUMBER = re.compile(r"\d{1,3}(?:[.,]\d{1,3})?|\d{0,3}[.,]\d{1,4}")
_WITH_UNIT = re.compile(r"(\d{1,5}(?:[.,]\d{1,4})?)([^\d\W][\w./\-%]*|%)")
_SETTING = re.compile(r"[A-Za-z]{1,3}-?\d{1,3}(?:[.-]\d{1,2})?")
_FIGURES = re.compile(r"(\d{1,3}(?:[.,]\d+)?(?!\d)|\d{4,})|[.\-/]")
_CODE = re.compile(r"\d+[A-Za-z]{1,3}\d+\w*")  # 630P630: figures, letters, figures
_CAPITALS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def may_stay(text: str, cleaner: Cleaner, keep: Sequence[str]) -> bool:
    """Whether a line of burned-in text is a measurement, a setting or imaging words.

    `keep` are the study's regular expressions. A line that names an identity (Patient ID), holds a
    date, a long number, or anything of this person, may not stay whatever else it says.
    """
    text = text.strip()
    if cleaner.tells_of_person(text) or without_patterns(text) != text:
        return False
    if any(re.fullmatch(expression, text) for expression in keep):
        return True
    tokens = [t.strip(".,-_/") for t in _TOKEN.findall(text)]
    tokens = [t for t in tokens if t]
    return bool(tokens) and all(_is_plain(t) for t in tokens)


def _is_plain(token: str) -> bool:
    if _is_known(token):
        return True
    # Readers join words: DLP312.70mGy-cm, MI0.8TIS, PhantomBody32cm.
    pieces = [p.strip(".,-/") for p in _FIGURES.split(token) if p]
    if len(pieces) < 2 or _CODE.fullmatch(token):
        return False
    return all(_is_known(p) or _is_run(p) for p in pieces)


def _is_run(letters: str) -> bool:
    """Words written as one, told apart by their capitals."""
    pieces = _CAPITALS.findall(letters)
    return (
        len(pieces) > 1 and "".join(pieces) == letters and all(map(_is_known, pieces))
    )


@lru_cache(maxsize=20_000)
def _is_known(token: str) -> bool:
    folded = fold(token)
    if folded in _TELLS:
        return False
    if _NUMBER.fullmatch(token) or folded in UNITS or folded in LABELS:
        return True
    match = _WITH_UNIT.fullmatch(token)
    if match:
        return fold(match[2]).strip(".-") in UNITS
    if _SETTING.fullmatch(token):
        return True
    return token.isalpha() and _is_word(folded)


def _is_word(folded: str) -> bool:
    if folded in common_names():
        return False
    if len(folded) == 1:
        return folded in "lrahfpsix"
    if folded in words():
        return len(folded) > 2
    # One letter misread, of a label that is long enough to be told by the rest.
    return len(folded) >= 6 and any(
        within_distance(folded, label, 1) for label in LABELS
    )
