"""Figures as people read them."""

from __future__ import annotations


NOTHING = "\N{EN DASH}"


def plain(value: object) -> str:
    """A number without needless digits; anything else as it is."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return NOTHING if value is None else str(value)
    return f"{value:,}" if isinstance(value, int) else f"{value:.4g}"


def percent(part: int, whole: int) -> str:
    """`91 %`, or a dash of nothing."""
    return f"{100 * part / whole:.0f} %" if whole else NOTHING


def plural(count: int, one: str, many: str = "") -> str:
    """`1 exam`, `3 exams`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
