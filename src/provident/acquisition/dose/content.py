"""Go through the content tree of a structured report (PS3.3 C.17.3), whatever state it is in."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from pydicom.dataset import Dataset

from provident.acquisition.dose.units import ABSENT, Reading, canonical
from provident.dicom import values
from provident.dicom.reading import DAMAGE


CONTENT, CONCEPT_NAME, CONCEPT_CODE = 0x0040A730, 0x0040A043, 0x0040A168
MEASURED, NUMBER, UNITS, QUALIFIER = 0x0040A300, 0x0040A30A, 0x004008EA, 0x0040A301
CODE_VALUE, LONG_CODE, MEANING = 0x00080100, 0x00080119, 0x00080104
DEEPEST = 24  # templates of dose reports nest six deep; a loop made on purpose must end


def items(ds: Dataset, tag: int) -> list[Dataset]:
    """The items of a sequence; none when it is absent or damaged."""
    try:
        value = ds[tag].value if tag in ds else ()
        return [item for item in value or () if isinstance(item, Dataset)]
    except DAMAGE:
        return []


def text(ds: Dataset, tag: int) -> str:
    """The first text of an element, "" when there is none."""
    found = values.texts(ds, tag)
    return found[0] if isinstance(found, tuple) else ""


def texts(ds: Dataset, tag: int) -> frozenset[str]:
    """The texts of an element, none when there is none or it cannot be read."""
    found = values.texts(ds, tag)
    return frozenset(found) if isinstance(found, tuple) else frozenset()


@dataclass(frozen=True, slots=True)
class Code:
    """A coded concept; the scheme is not kept, since vendors write SRT and SCT for one another."""

    value: str = ""
    meaning: str = ""


def code_of(ds: Dataset, tag: int) -> Code:
    """The first code of a code sequence."""
    for item in items(ds, tag)[:1]:
        return Code(
            text(item, CODE_VALUE) or text(item, LONG_CODE), text(item, MEANING)
        )
    return Code()


@dataclass(frozen=True, slots=True)
class Node:
    """One content item."""

    ds: Dataset
    depth: int = 0
    # the first item below of each concept, found in one walk when first asked for
    _firsts: dict[str, Node] = field(default_factory=dict, compare=False, repr=False)

    @property
    def name(self) -> Code:
        """What the item is about."""
        return code_of(self.ds, CONCEPT_NAME)

    @property
    def code(self) -> Code:
        """The value of a coded item."""
        return code_of(self.ds, CONCEPT_CODE)

    def children(self) -> list[Node]:
        """The items below this one."""
        if self.depth >= DEEPEST:
            return []
        return [Node(item, self.depth + 1) for item in items(self.ds, CONTENT)]

    def within(self, stop: Collection[str] = ()) -> Iterator[Node]:
        """Every item below, depth first; not below those named in `stop`."""
        for child in self.children():
            yield child
            if child.name.value not in stop:
                yield from child.within(stop)

    def first(self, *codes: str) -> Node | None:
        """The first item below with one of these concept codes."""
        if not self._firsts:
            for node in self.within():
                self._firsts.setdefault(node.name.value, node)
        return next((self._firsts[c] for c in codes if c in self._firsts), None)

    def coded(self, *codes: str) -> Code:
        """The value of the first coded item with one of these concept codes."""
        found = self.first(*codes)
        return found.code if found else Code()

    def said(self, tag: int, *codes: str) -> str:
        """The text, date or UID of the first item with one of these concept codes."""
        found = self.first(*codes)
        return text(found.ds, tag) if found else ""

    def number(self, measured: str, *codes: str) -> Reading:
        """The number of the first item with one of these concept codes, in its canonical unit."""
        found = self.first(*codes)
        return measured_value(found, measured) if found else ABSENT


def measured_value(node: Node, measured: str) -> Reading:
    """The number of a NUM item in its canonical unit, or why there is none."""
    for item in items(node.ds, MEASURED)[:1]:
        number = values.numbers(item, NUMBER)
        if isinstance(number, values.Unreadable):
            return Reading(None, number.why)
        if number is not None:
            return canonical(number[0], code_of(item, UNITS).value, measured)
    qualifier = code_of(node.ds, QUALIFIER).meaning
    return Reading(
        None, "the report gives a reason instead" if qualifier else "it has no value"
    )


def plain_number(node: Node | None) -> float | None:
    """The number of a NUM item without looking at its unit (counts)."""
    for item in items(node.ds, MEASURED)[:1] if node else []:
        number = values.numbers(item, NUMBER)
        return number[0] if isinstance(number, tuple) else None
    return None
