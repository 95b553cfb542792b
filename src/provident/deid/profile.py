"""A de-identification profile as a value: what of the standard applies, and each deviation with its reason."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum

from provident.deid.table import EDITION, METHODS, PrivateRule, tables_hash


BASIC = 113100
DEFAULT_OPTIONS = frozenset({113101, 113103, 113104, 113105, 113107, 113108, 113111})


class Action(StrEnum):
    """What may be done with an attribute, in the words of a plan."""

    KEEP = "keep"
    REMOVE = "remove"
    EMPTY = "empty"
    DUMMY = "dummy"
    CLEAN = "clean"
    HASH = "hash"
    SHIFT = "shift"


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """A deviation from the standard's table, for one SOP class or for all, with its reason."""

    tag: int
    action: Action
    why: str
    sop_class: str = ""

    def __post_init__(self) -> None:
        if not self.why.strip():
            raise ValueError("a deviation from the standard needs a written reason")


# Kinds of images that are looked at one by one. `other` is whatever is no slice of CT, MR or PET:
# a list of modalities would forget one.
OTHER = "other"
EXAMINED = frozenset((OTHER, "derived"))

# What Provident does unlike the table, with the reason. A study's overrides come on top.
SHIPPED_OVERRIDES = (
    Override(
        tag=0x00081110,
        action=Action.CLEAN,
        why="references between objects must go on to resolve; their UIDs are replaced",
    ),
    Override(
        tag=0x00081111,
        action=Action.CLEAN,
        why="references between objects must go on to resolve; their UIDs are replaced",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceRegion:
    """Where the screen of one device shows its settings and never a person, in pixels.

    It holds for images of just this make, model and size; right and bottom are excluded.
    """

    make: str
    model: str
    rows: int
    columns: int
    left: int
    top: int
    right: int
    bottom: int

    def __post_init__(self) -> None:
        across = 0 <= self.left < self.right <= self.columns
        if not across or not 0 <= self.top < self.bottom <= self.rows:
            raise ValueError(
                f"the region of {self.make} {self.model} does not lie in its image"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainDevice:
    """A device that burns in nothing of a person, and how that is known."""

    make: str
    model: str
    why: str

    def __post_init__(self) -> None:
        if not (self.make.strip() and self.model.strip() and self.why.strip()):
            raise ValueError(
                "a device that burns in nothing needs make, model and a written reason"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceRemoval:
    """What is removed of a face, and when that counts as done.

    `remove` is `face`, `ears` or both; `left` and `brain_lost` are the largest shares of face and ears
    that may be left and of brain that may be lost; `template` is the study's own template head
    (`deid.faces.template.read`), empty for the shipped one.
    """

    remove: tuple[str, ...] = ("face", "ears")
    left: float = 0.05
    brain_lost: float = 0.003
    template: bytes = field(default=b"", repr=False)

    def __post_init__(self) -> None:
        if not self.remove or set(self.remove) - {"face", "ears"}:
            raise ValueError("face, ears or both are removed")
        for name in ("left", "brain_lost"):
            if not 0 <= getattr(self, name) < 1:
                raise ValueError(f"{name} is a share from 0 to below 1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What the Clinical Trial modules say (PS3.3 C.7.1.3): the same in every file of a site."""

    sponsor: str = ""
    protocol: str = ""
    protocol_name: str = ""
    site: str = ""
    site_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One profile. Its hash is part of every report, so that what was done can be told later.

    `date_shift` is the range of days; `age_cap` in years: older becomes cap + 1;
    `birth_date` is `remove`, `year` or `shift`; `comments` and `documents` say what becomes of
    free-text elements and encapsulated documents; `examine` are the kinds of images whose
    pixels are looked at before they may pass, `series_once` those where one per series is;
    `burned_in` says whether what is found makes a file wait (`hold`) or is painted out (`redact`);
    `regions` are where devices show their settings, which may stay; `plain` are devices that burn in nothing:
    of these two alone the detector may let an image pass without a reader that is no slice;
    `faces` are the body parts whose images must lose the face before they may pass, `face_removal` how.
    """

    id: str = "provident-default"
    version: str = "1"
    options: frozenset[int] = DEFAULT_OPTIONS
    overrides: tuple[Override, ...] = SHIPPED_OVERRIDES
    private: tuple[PrivateRule, ...] = ()
    trial: Trial = field(default_factory=Trial)
    date_shift: tuple[int, int] = (-3650, -30)
    keep_time: bool = True
    birth_date: str = "remove"
    age_cap: int = 89
    comments: str = "clean"
    text: str = "clean"
    approved: frozenset[str] = frozenset()
    documents: str = "quarantine"
    examine: frozenset[str] = EXAMINED
    series_once: frozenset[str] = frozenset()
    keep_text: tuple[str, ...] = ()
    burned_in: str = "hold"
    regions: tuple[DeviceRegion, ...] = ()
    plain: tuple[PlainDevice, ...] = ()
    faces: frozenset[str] = frozenset()
    face_removal: FaceRemoval = field(default_factory=FaceRemoval)

    def __post_init__(self) -> None:
        unknown = self.options - set(METHODS)
        if unknown:
            raise ValueError(f"no de-identification options: {sorted(unknown)}")
        if {113106, 113107} <= self.options:
            raise ValueError(
                "full dates (113106) and modified dates (113107) exclude each other"
            )
        low, high = self.date_shift
        if low > high:
            raise ValueError("the lower end of the date shift is above its upper end")
        _one_of("birth_date", self.birth_date, ("remove", "year", "shift"))
        _one_of("comments", self.comments, ("remove", "clean"))
        _one_of("text", self.text, ("hold", "clean"))
        _one_of("burned_in", self.burned_in, ("hold", "redact"))
        _one_of("documents", self.documents, ("quarantine", "remove"))

    @classmethod
    def basic(cls, *options: int) -> Profile:
        """The basic profile (113100) with just these options."""
        return cls(id="basic", options=frozenset(options), overrides=())

    def with_text(self, mode: str) -> Profile:
        """The same profile with `hold` or `clean` for descriptors."""
        return replace(self, text=mode)

    @property
    def edition(self) -> str:
        """The edition of the standard's table."""
        return EDITION

    @property
    def hash(self) -> str:
        """SHA-256 over everything that decides the output, the shipped tables included."""
        told = asdict(self)
        told["options"] = sorted(self.options)
        told["approved"] = sorted(self.approved)
        for name in ("examine", "series_once", "faces"):
            told[name] = sorted(told[name])
        text = json.dumps(told, sort_keys=True, default=str)
        return hashlib.sha256((tables_hash() + text).encode()).hexdigest()


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise ValueError(f"{name} is one of {', '.join(allowed)}")
