"""What waits for a person, reckoned once and kept for a few seconds while nothing happens in the study.

Every page shows these counts, and they take most of a page's queries. All that changes them writes an event to the
study's ledger, but for a few things that come of themselves (a job's outcome, a gateway that was not heard): hence the
seconds. Each process keeps its own.
"""

from __future__ import annotations

import time
from datetime import datetime

from django.db.models import Max

from provident.web.ledger.models import Event
from provident.web.people.selectors import Membership
from provident.web.ui.waits import Wait, waits


KEPT_FOR = 5.0  # seconds
MOST = 500  # people

_Key = tuple[int | None, datetime]
_kept: dict[int, tuple[_Key, float, list[Wait]]] = {}


def kept_waits(of: Membership, now: datetime) -> list[Wait]:
    """What waits for a person at a time, most urgent first."""
    last = Event.objects.filter(study=of.study.slug).aggregate(last=Max("number"))
    key = (last["last"], now.replace(second=0, microsecond=0))
    found = _kept.get(of.pk)
    if found and found[0] == key and time.monotonic() - found[1] < KEPT_FOR:
        return found[2]
    reckoned = waits(of, now)
    if len(_kept) >= MOST:
        _kept.clear()
    _kept[of.pk] = (key, time.monotonic(), reckoned)
    return reckoned


def forget() -> None:
    """Reckon anew for everybody."""
    _kept.clear()
