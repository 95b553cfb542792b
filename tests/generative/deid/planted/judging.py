"""De-identify planted objects and count what is left and what is lost, by kind."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import pydicom
from pydicom.dataset import Dataset

from provident.deid import Profile, SiteKey, Subject, deidentify
from tests.generative.deid.planted.chance import Chance
from tests.generative.deid.planted.objects import MAKERS, Object, make
from tests.generative.deid.planted.people import person


KEY = SiteKey(bytes(range(32)))
SHIFT = -103
_TEXT = frozenset(("PN", "LO", "SH", "ST", "LT", "UT", "UC", "CS", "AE", "UR", "UN"))
# Pixels are another part's matter.
PROFILE = Profile(examine=frozenset())


@dataclass
class Tally:
    """Counts by kind, with examples."""

    planted: Counter[str] = field(default_factory=Counter)
    leaked: Counter[str] = field(default_factory=Counter)
    expected: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)

    def leak(self, kind: str, told: str) -> None:
        """Something that should be gone is there."""
        self.leaked[kind] += 1
        self.examples.append(f"LEAK {kind}: {told}")

    def loss(self, kind: str, told: str) -> None:
        """Something that should be there is gone."""
        self.lost[kind] += 1
        self.examples.append(f"LOSS {kind}: {told}")

    @property
    def kept_share(self) -> float:
        """The share of values that should stay and do."""
        total = sum(self.expected.values())
        return 1 - sum(self.lost.values()) / total if total else 1.0

    def mixed_share(self) -> float:
        """The same of descriptions with an identifier in them."""
        mixed = [k for k in self.expected if k.startswith("mixed")]
        total = sum(self.expected[k] for k in mixed)
        return 1 - sum(self.lost[k] for k in mixed) / total if total else 1.0


def objects(count: int, seed: int) -> Iterator[Object]:
    """So many objects of all kinds and persons, always the same for a seed."""
    rng = Chance(seed)
    kinds = list(MAKERS)
    for number in range(count):
        p = person(rng, rng.randrange(1000))
        yield make(kinds[number % len(kinds)], p, rng)


def judge(made: Object, tally: Tally, profile: Profile = PROFILE) -> None:
    """De-identify one object and count."""
    data = made.bytes()
    done = deidentify(data, profile=profile, key=KEY, subject=Subject(participant="LE-017", date_shift_days=SHIFT))  # fmt: skip
    if done.data is None:
        tally.loss("waits", f"{made.ds.Modality}: {done.reason}")
        return
    out = pydicom.dcmread(BytesIO(done.data))
    values = "\n".join(_values(out)).casefold()
    _count_texts(made, values, done.data.lower(), tally)
    _count_forms(made, done.data, tally)
    for path, value, kind in made.stays:
        group = "mixed" if kind.startswith("mixed") else kind
        tally.expected[group] += 1
        now = _found(out, path)
        if not _same(now, value, group):
            tally.loss(group, f"{kind} {path}: {value!r} -> {now!r} of {_found(made.ds, path)!r}")  # fmt: skip


def _count_texts(made: Object, values: str, raw: bytes, tally: Tally) -> None:
    clinical = "\n".join(v for _, v, _ in made.stays).casefold()
    for kind, where, text, token in made.planted:
        if _stands(clinical, token):
            continue  # it is also what must stay, elsewhere in the file
        tally.planted[kind] += 1
        long = len(token) > 5 and not token.isdigit() and token.isascii()
        if _stands(values, token) or (long and token.lower().encode() in raw):
            tally.leak(kind, f"{token!r} of {text!r} in {where} ({made.ds.Modality}): {_at(values, token)}")  # fmt: skip


def _count_forms(made: Object, data: bytes, tally: Tally) -> None:
    for uid in made.uids:
        tally.planted["UID"] += 1
        if uid.encode() in data:
            tally.leak("UID", uid)
    for day in (made.p.born, made.p.exam):
        tally.planted["DA, DT"] += 1
        if f"{day:%Y%m%d}".encode() in data:
            tally.leak("DA, DT", f"{day:%Y%m%d}")


def _at(values: str, token: str) -> str:
    return next((v for v in values.splitlines() if _stands(v, token)), "raw bytes")


def _stands(values: str, token: str) -> bool:
    """Whether a token stands as a word of its own; a long one anywhere."""
    told = re.escape(token.casefold())
    if len(token) <= 5 or token.isdigit():
        told = rf"(?<![^\W_]){told}(?![^\W_])"
    return re.search(told, values) is not None


def _values(ds: Dataset) -> Iterator[str]:
    for element in ds:
        if element.VR == "SQ":
            if element.tag != 0x00120064:
                for item in element.value:
                    yield from _values(item)
        elif isinstance(element.value, bytes):
            yield element.value.decode("latin-1")
        elif (
            element.tag != 0x00080005
            and element.tag.group != 0x0012
            and element.VR in _TEXT
        ):
            yield str(element.value)


def _found(ds: Dataset, path: tuple[Any, ...]) -> Any:
    here: Any = ds
    for step in path:
        try:
            if isinstance(step, tuple):
                group, creator, element = step
                here = here.private_block(group, creator)[element].value
            elif isinstance(step, int):
                here = here[step]
            else:
                here = getattr(here, step)
        except (KeyError, AttributeError, IndexError):
            return None
    return here


def _same(now: Any, value: str, group: str) -> bool:
    if now is None:
        return False
    if isinstance(now, pydicom.multival.MultiValue):
        told = "\\".join(str(v) for v in now)
        return told == value or [float(v) for v in now] == [float(v) for v in value.split("\\")]  # fmt: skip
    if group in ("mixed", "description"):
        return value in str(now)
    try:
        return str(now) == value or float(now) == float(value)
    except (TypeError, ValueError):
        return False
