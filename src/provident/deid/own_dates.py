"""This person's dates in a text, in whatever order and with whatever gaps their figures are written."""

from __future__ import annotations

import re


_IN_FIGURES = re.compile(
    r"(?<![^\W_])(\d{1,4})([-/._ ]?)(\d{1,2})([-/._ ]?)(\d{1,4})(?![^\W_])"
)
_DAY_AND_MONTH = re.compile(r"(?<![\w./-])(\d{1,2})([./])(\d{1,2})\.?(?![\w/-]|\.\d)")


def without_dates(text: str, dates: frozenset[str]) -> str:
    """The text without these dates (YYYYMMDD): 15.3.2024, 3/15/24, 15032024, 20240315, 15/03."""
    at = 0
    match = _IN_FIGURES.search(text)
    while match is not None:
        if _spelt(match, dates):
            text = f"{text[: match.start()]} {text[match.end() :]}"
            at = match.start()
        else:
            at = match.start() + 1
        match = _IN_FIGURES.search(text, at)
    days = frozenset(d[4:] for d in dates)
    return _DAY_AND_MONTH.sub(lambda m: " " if _of_days(m, days) else m.group(), text)


def _spelt(match: re.Match[str], dates: frozenset[str]) -> bool:
    """Whether figures spell one of the dates: 2024-03-15, 20240315, 15.3.2024, 3/15/24, 15032024."""
    first, gap, middle, gap2, last = match.groups()
    if not gap and not gap2:
        joined = first + middle + last
        return joined in dates or f"{joined[4:]}{joined[2:4]}{joined[:2]}" in dates
    if len(first) == 4:
        told = {f"{first}{middle.zfill(2)}{last.zfill(2)}"}
        whole = bool(gap and gap2) or len(middle) == len(last) == 2
        return whole and not told.isdisjoint(dates)
    one, two = first.zfill(2), middle.zfill(2)
    years = (last,) if len(last) == 4 else (f"19{last}", f"20{last}")
    told = {f"{year}{two}{one}" for year in years}
    told |= {f"{year}{one}{two}" for year in years}
    return bool(gap and gap2) and not told.isdisjoint(dates)


def _of_days(match: re.Match[str], days: frozenset[str]) -> bool:
    """Whether a day and a month without a year are those of a date: 15/3, 03.04; 3/4 may be anything."""
    first, gap, last = match.groups()
    padded = len(first) == 2 and len(last) == 2 and "0" in (first[0], last[0])
    if not padded and max(int(first), int(last)) <= 12:
        return False
    if gap == "." and not padded:
        return False  # a decimal: 12.5
    one, two = first.zfill(2), last.zfill(2)
    return f"{one}{two}" in days or f"{two}{one}" in days
