"""Dates and ages: moved by whole days, times kept, so that every interval stays exact."""

from __future__ import annotations

import re
from datetime import date, timedelta


_DA = re.compile(r"(\d{4})\.?(\d{2})\.?(\d{2})")
_DT = re.compile(r"(\d{4})(\d{2})?(\d{2})?(\d{2,6}(?:\.\d{1,6})?)?([+-]\d{4})?")
_AS = re.compile(r"(\d{1,3})([DWMY])")
_PER_YEAR = {"D": 365.25, "W": 365.25 / 7, "M": 12.0, "Y": 1.0}


def shift_date(value: str, days: int) -> str:
    """One DA value moved; what is no date becomes empty."""
    match = _DA.fullmatch(value.strip())
    moved = (
        _move(match.group(1), match.group(2), match.group(3), days) if match else None
    )
    return moved.strftime("%Y%m%d") if moved else ""


def shift_datetime(value: str, days: int) -> str:
    """One DT value moved, its time and precision kept; what is no date becomes empty.

    The offset from UTC is dropped: it tells where the scanner stands.
    """
    match = _DT.fullmatch(value.strip())
    if not match:
        return ""
    year, month, day, time, _ = match.groups()
    moved = _move(year, month or "01", day or "01", days)
    if moved is None:
        return ""
    text = moved.strftime("%Y%m%d")
    if day is None:
        return text[: 6 if month else 4]
    return text + (time or "")


def _move(year: str, month: str, day: str, days: int) -> date | None:
    try:
        return date(int(year), int(month), int(day)) + timedelta(days=days)
    except (ValueError, OverflowError):
        return None


def capped_age(value: str, cap: int) -> str:
    """An AS value, where older than `cap` years becomes cap + 1 years."""
    match = _AS.fullmatch(value.strip().upper())
    if not match:
        return ""
    number, unit = int(match.group(1)), match.group(2)
    if number / _PER_YEAR[unit] > cap:
        return f"{cap + 1:03d}Y"
    return f"{number:03d}{unit}"


def capped_years(value: str, cap: int) -> str:
    """A number of years, where more than `cap` becomes cap + 1; what is no number becomes empty."""
    try:
        years = float(value)
    except ValueError:
        return ""
    return value.strip() if years <= cap else str(cap + 1)


def is_older_than(value: str, cap: int) -> bool:
    """Whether an AS value is above `cap` years."""
    match = _AS.fullmatch(value.strip().upper())
    if match is None:
        return False
    return int(match.group(1)) / _PER_YEAR[match.group(2)] > cap
