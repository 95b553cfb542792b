"""Looking at pixels for burned-in text: of one image, or of the few that stand for their series.

Of a series the first, the middle and the last image are looked at, by instance number and then by UID, so
that neither the order of arrival nor where a numbering starts decides. What is found makes the whole series
wait: a name on one slice was typed before all of them were made.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from provident.deid.elements import Damaged
from provident.deid.image import (
    Look,
    anatomy_of,
    how_looked_at,
    is_a_slice,
    is_plain,
    looks_of,
    needs_reader,
    regions_of,
)
from provident.deid.instance import Instance, read_instance
from provident.deid.pixels.redaction import Looked
from provident.deid.profile import Profile


# Told by who has had the series of a file looked at: this image is not looked at again.
SERIES_LOOKED_AT = "series_looked_at"
WAITS, UNREADABLE = "pixels_need_review", "pixels_unreadable"
NO_READER = (
    "no reader of burned-in text is installed, and of this kind of image the detector alone cannot say that there "
    "is none; name its device in the plan (pixels: regions or plain) if it burns in nothing of a person"
)

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Member(Generic[Key]):
    """One image of a series: `key` is the caller's own name for it, `number` the instance number as written."""

    key: Key
    series: str = field(repr=False)
    number: str
    instance: str = field(repr=False)

    @property
    def place(self) -> tuple[int, str, str]:
        """Where it stands in its series; an image without a number stands before all others."""
        told = self.number.strip()
        digits = told.lstrip("+-")
        counted = digits.isascii() and digits.isdigit() and len(digits) <= 12
        return (int(told[-len(digits) :]) * (-1 if told[0] == "-" else 1) if counted else -(10**13), self.instance, str(self.key))  # fmt: skip


def standing_for(members: Iterable[Member[Key]]) -> dict[str, frozenset[Key]]:
    """By series, which images stand for it: the first, the middle and the last, whatever order they came in."""
    series: dict[str, list[Member[Key]]] = {}
    for member in members:
        series.setdefault(member.series, []).append(member)
    found = {}
    for name, those in series.items():
        those.sort(key=lambda m: m.place)
        places = (0, len(those) // 2, len(those) - 1)
        found[name] = frozenset(those[p].key for p in places)
    return found


def look_for_series(data: bytes, profile: Profile) -> str | None:
    """Why the series that an image stands for must wait, or None. Never raises for what is in it.

    An image that is looked at by itself stands for no other, nor does what is broken, which is held for that.
    """
    try:
        instance = read_instance(data)
        if how_looked_at(instance, *looks_of(profile)) is not Look.ONCE:
            return None
        return look_at(instance, data, profile, lambda _: False).reason
    except (Damaged, RecursionError):
        return None


def look_at(
    instance: Instance,
    data: bytes,
    profile: Profile,
    may_stay: Callable[[str], bool],
) -> Looked:
    """Look at an image; where nobody here can look well enough, it waits.

    Without imaging libraries (a browser) that is each image; without a reader, each that `needs_reader`.
    """
    from provident.deid import pixels

    slice_ = is_a_slice(instance)
    reader = pixels.installed_reader()
    try:
        if reader is None and needs_reader(instance, profile):
            instance.notes.append(NO_READER)
            return Looked(_for_a_person(data))
        return pixels.look(
            data,
            reader=reader,
            painting=profile.burned_in == "redact" and not slice_,
            guessing=not slice_,
            rare=is_plain(instance, profile),
            may_stay=may_stay,
            settings=[
                pixels.Region(r.left, r.top, r.right, r.bottom)
                for r in regions_of(instance, profile)
            ],
            anatomy=[pixels.Region(*corners) for corners in anatomy_of(instance)],
        )
    except ImportError:
        return Looked(WAITS)


def _for_a_person(data: bytes) -> str:
    """Whether a person can look at it: what does not decode nobody can."""
    from provident.deid import pixels

    try:
        return WAITS if pixels.can_be_seen(data) else UNREADABLE
    except pixels.NotDecodable:
        return UNREADABLE
