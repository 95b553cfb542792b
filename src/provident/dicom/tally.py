"""Count what the images of a series say of each fact, and make facts of the counts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping

from provident.dicom.facts import Fact, Scalar
from provident.dicom.registry import FACTS
from provident.dicom.values import Unreadable


Many = Scalar | tuple[Scalar, ...]


class Tally:
    """How many images say what, fact by fact."""

    def __init__(self) -> None:
        self.seen: dict[str, Counter[Hashable]] = defaultdict(Counter)
        self.sources: dict[str, str] = {}
        self.unread: Counter[str] = Counter()
        self.silent: Counter[str] = Counter()
        self.why: dict[str, str] = {}

    def add(self, fact: str, value: Many, source: str, images: int = 1) -> None:
        """So many images say this."""
        self.seen[fact][_rounded(value)] += images
        self.sources.setdefault(fact, source)

    def instead(self, fact: str, value: Many, source: str, images: int = 1) -> None:
        """So many images, whose own element is empty, say this by other elements."""
        self.silent[fact] = max(self.silent[fact] - images, 0)
        self.add(fact, value, source, images)

    def unreadable(
        self, fact: str, why: Unreadable, source: str, images: int = 1
    ) -> None:
        """So many images have the element, but it makes no sense."""
        self.unread[fact] += images
        self.why[fact] = f"{source} is there, but {why.why}"

    def nothing(self, fact: str, source: str, images: int = 1) -> None:
        """So many images do not have the element."""
        self.silent[fact] += images
        self.why.setdefault(fact, f"the header has no {source}")

    def withdraw(
        self, fact: str, value: Many, why: str, source: str, images: int = 1
    ) -> None:
        """So many images said this, but another element of theirs says otherwise."""
        seen = self.seen[fact]
        seen[_rounded(value)] -= images
        if seen[_rounded(value)] <= 0:
            del seen[_rounded(value)]
        if not seen:
            del self.seen[fact]
        self.unreadable(fact, Unreadable(why), source, images)

    def facts(self) -> dict[str, Fact]:
        """What was seen, as facts; the commonest value first."""
        return {name: self._fact(name, seen) for name, seen in self.seen.items()}

    def _fact(self, name: str, seen: Counter[Hashable]) -> Fact:
        ordered = seen.most_common()
        source = self.sources[name]
        values = tuple(value for value, _ in ordered)
        several = len(values) > 1
        return Fact(
            value=values if several else _single(values[0]),  # type: ignore[arg-type]  # tallied values are Many
            unit=FACTS[name].unit,
            source=source,
            derivation="each different value, commonest first"
            if several
            else "as written",
            counts=tuple(n for _, n in ordered) if several else (),
            unread=self.unread[name] + self.silent[name],
        )

    def absent(self) -> dict[str, str]:
        """Why a fact that was looked for is not there."""
        names: Mapping[str, int] = self.unread + self.silent
        return {name: self.why[name] for name in names if name not in self.seen}


def _single(value: Hashable) -> Hashable:
    """A pair of equal numbers is one number: square pixels."""
    if isinstance(value, tuple) and len(set(value)) == 1:
        first: Hashable = value[0]
        return first
    return value


def _rounded(value: Many) -> Hashable:
    if isinstance(value, tuple):
        return tuple(_rounded(v) for v in value)
    if isinstance(value, float):
        short = float(f"{value:.7g}")
        return int(short) if short.is_integer() and abs(short) < 1e15 else short
    return value
