"""The platform's clock: the machine's, or the one a rehearsal sets."""

from __future__ import annotations

from django.conf import settings

from provident.kernel import Clock, FileClock, SystemClock


def clock() -> Clock:
    """The clock that views and jobs hand to actions."""
    return FileClock(settings.CLOCK_FILE) if settings.CLOCK_FILE else SystemClock()
