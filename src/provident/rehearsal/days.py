"""Days and times of the rehearsed study."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta


TUESDAY, THURSDAY = 1, 3  # sites send on Thursdays


def moment(day: date, hour: int, minute: int = 0) -> datetime:
    """A time of a day, UTC."""
    return datetime.combine(day, time(hour, minute), UTC)


def sending_day(day: date, lag: int) -> date:
    """The Thursday on which a scan of a day is sent, `lag` Thursdays after the next one."""
    return day + timedelta(days=(THURSDAY - day.weekday()) % 7 + 7 * lag)


def last_thursday(today: date, back: int) -> date:
    """The Thursday before today, or `back` weeks before that."""
    return today - timedelta(days=(today.weekday() - THURSDAY - 1) % 7 + 1 + 7 * back)


def near_weekday(day: date, weekday: int, first: date, last: date) -> date:
    """The nearest such weekday from `first` to `last`, or the day itself where there is none."""
    near = (day + timedelta(days=n) for n in sorted(range(-6, 7), key=abs))
    return next((d for d in near if d.weekday() == weekday and first <= d <= last), day)
