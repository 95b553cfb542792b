"""Who a participant is on the other side: keyed, one way, the same at any time (issue 3, item 3).

The site's key never leaves the site. Without it nobody, the centre included, can tell which
original a UID or a date belongs to, nor test a guess.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Protocol

from provident.deid.identifiers import Identifiers
from provident.deid.profile import Profile
from provident.kernel.ids import new_key


KEY_BYTES = 32
WELL_KNOWN = "1.2.840.10008."


@dataclass(frozen=True, slots=True)
class SiteKey:
    """A site's secret of 256 bits. `namespace` is changed at a rotation: old output stays valid."""

    secret: bytes = field(repr=False)
    namespace: str = "1"

    def __post_init__(self) -> None:
        if len(self.secret) != KEY_BYTES:
            raise ValueError(f"a site's key has {KEY_BYTES} bytes")

    @classmethod
    def new(cls) -> SiteKey:
        """A fresh random key."""
        return cls(new_key())

    def mac(self, purpose: str, *parts: str) -> bytes:
        """HMAC-SHA256 over a purpose and its parts, each with its length, 32 bytes."""
        message = b"".join(
            len(raw).to_bytes(4, "big") + raw
            for raw in (
                p.encode() for p in ("provident", self.namespace, purpose, *parts)
            )
        )
        return hmac.new(self.secret, message, hashlib.sha256).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The participant and the visit that a file belongs to: what is written into it.

    `day_offset` is in days from the `anchor` event (0012,0052 and 0012,0053).
    `identifiers` are what the site knows of the person besides what the file says.
    """

    participant: str
    date_shift_days: int = 0
    timepoint_id: str = ""
    timepoint_description: str = ""
    day_offset: float | None = None
    anchor: str = "ENROLLMENT"
    identifiers: Identifiers = field(default_factory=Identifiers)

    def __post_init__(self) -> None:
        if not self.participant or not self.participant.isprintable():
            raise ValueError("a subject needs a participant number that can be printed")
        if "\\" in self.participant or len(self.participant) > 64:
            raise ValueError(
                "a participant number has at most 64 characters, no backslash"
            )


class Crosswalk(Protocol):
    """Who is who, held at the site alone."""

    def lookup(self, issuer: str, patient_id: str) -> str | None:
        """The participant number of a hospital number, or None when it is not enrolled."""
        ...

    def date_shift(self, participant: str) -> int:
        """The days by which a participant's dates are moved."""
        ...


@lru_cache(maxsize=65536)
def hidden_uid(key: SiteKey, uid: str) -> str:
    """The replacement of a UID: `2.25.` and 128 bits of its keyed hash (PS3.5 B.2).

    UIDs that DICOM itself registers (1.2.840.10008...) say nothing of a person and stay.
    """
    if uid.startswith(WELL_KNOWN) or not uid:
        return uid
    return f"2.25.{int.from_bytes(key.mac('uid', uid)[:16], 'big')}"


def date_shift(key: SiteKey, participant: str, profile: Profile) -> int:
    """The days by which all dates of a participant move: within the profile's range, never 0."""
    low, high = profile.date_shift
    choices = [high - low + 1, 1] if low <= 0 <= high else [high - low + 1, 0]
    span = choices[0] - choices[1]
    if span <= 0:
        raise ValueError("the range of date shifts holds no day but 0")
    days = low + int.from_bytes(key.mac("dates", participant)[:8], "big") % span
    return days + 1 if low <= 0 <= high and days >= 0 else days
