"""Times as people say them, with the exact UTC time beside."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from markupsafe import Markup


def exact(at: datetime) -> str:
    """`24 Nov 2026 10:00 UTC`."""
    return f"{at.astimezone(UTC):%-d %b %Y %H:%M} UTC"


def day(on: date | None) -> str:
    """`24 Nov 2026`, or a dash."""
    return f"{on:%-d %b %Y}" if on else "\N{EN DASH}"


def span(length: timedelta) -> str:
    """A length as one figure and one unit: `40 min`, `3 h`, `12 d`."""
    seconds = max(0, int(length.total_seconds()))
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min"
    if seconds < 48 * 3600:
        return f"{seconds // 3600} h"
    return f"{seconds // 86400} d"


def relative(at: datetime, now: datetime) -> str:
    """`3 h ago`, `just now`, `in 2 d`."""
    gap = now - at
    if gap < timedelta(0):
        return f"in {span(-gap)}" if -gap >= timedelta(minutes=1) else "just now"
    return "just now" if gap < timedelta(minutes=1) else f"{span(gap)} ago"


def ago(at: datetime | None, now: datetime) -> Markup:
    """A `<time>` that says `3 h ago`; the exact time on hover and in print."""
    if at is None:
        return Markup('<span class="soft">\N{EN DASH}</span>')
    utc = exact(at)
    return Markup(
        '<time datetime="{}" title="{}" data-utc="{}" class="nowrap">{}</time>'
    ).format(
        at.astimezone(UTC).isoformat(timespec="seconds"), utc, utc, relative(at, now)
    )


def age(since: datetime, now: datetime, limit_days: int | None = None) -> Markup:
    """The age of open work in days, in bold past its limit."""
    days = max(0, (now - since).days)
    text = f"{days} d" if days else "today"
    if limit_days is not None and days > limit_days:
        return Markup(
            '<b class="late">{}<span class="nhsuk-u-visually-hidden"> (past its limit)</span></b>'
        ).format(text)
    return Markup('<span class="nowrap">{}</span>').format(text)


def size(count: int) -> str:
    """Bytes as people read them: `12 MB`."""
    value, units = float(count), ["B", "kB", "MB", "GB", "TB"]
    while value >= 1000 and len(units) > 1:
        value, units = value / 1000, units[1:]
    return (
        f"{value:.0f} {units[0]}"
        if value >= 10 or units[0] == "B"
        else f"{value:.1f} {units[0]}"
    )
