"""What a document is made of, whatever it is written as: headings, paragraphs, lists, tables, figures, gaps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from provident.flows import Picture
from provident.plan.models.imaging_dose import DoseLimit
from provident.plan.quantities import Interval, Quantity, Rate


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Words."""

    text: str


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list, numbered where the order matters."""

    items: tuple[str, ...]
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under column heads; every row has as many cells as there are heads."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""

    def __post_init__(self) -> None:
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError("a row has another number of cells than the head")


@dataclass(frozen=True, slots=True)
class Figure:
    """The data flow diagram."""

    picture: Picture


@dataclass(frozen=True, slots=True)
class Gap:
    """What only the team can write: shown as an open line, listed at the end."""

    asks: str


Block: TypeAlias = Paragraph | Bullets | Table | Figure | Gap


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with what stands below it."""

    heading: str
    blocks: tuple[Block, ...] = ()
    sections: tuple[Section, ...] = ()

    def everything(self) -> Iterator[Block]:
        """Its blocks and those of the sections below it."""
        yield from self.blocks
        for section in self.sections:
            yield from section.everything()


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document of a plan: it says which version it was made from, and cannot contradict it."""

    kind: str
    title: str
    study: str
    study_title: str
    version: str
    hash: str
    about: str = ""  # exam, site, scanner
    sections: tuple[Section, ...] = field(default=())

    @property
    def gaps(self) -> tuple[str, ...]:
        """What only the team can write, in the order in which it stands."""
        blocks = (b for section in self.sections for b in section.everything())
        return tuple(b.asks for b in blocks if isinstance(b, Gap))

    @property
    def stamp(self) -> str:
        """Which plan it was made from."""
        return f"{self.study}, plan {self.version}, {self.hash[:16]}"


def section(heading: str, *content: Block | Section | str | None) -> Section:
    """A section of what is there: strings become paragraphs, None and empty tables and lists are left out."""
    blocks: list[Block] = []
    below: list[Section] = []
    for one in content:
        if isinstance(one, Section):
            below.append(one)
        elif isinstance(one, str):
            if one:
                blocks.append(Paragraph(one))
        elif one is not None and not _empty(one):
            blocks.append(one)
    return Section(heading, tuple(blocks), tuple(below))


def _empty(block: Block) -> bool:
    return (isinstance(block, Table) and not block.rows) or (
        isinstance(block, Bullets) and not block.items
    )


def table(
    columns: Sequence[str], rows: Iterable[Sequence[object]], caption: str = ""
) -> Table:
    """A table of anything that prints; None prints as a dash."""
    made = tuple(tuple(said(cell) or "-" for cell in row) for row in rows)
    return Table(tuple(columns), made, caption)


def bullets(items: Iterable[object], *, numbered: bool = False) -> Bullets:
    """A list of anything that prints."""
    return Bullets(tuple(said(item) for item in items), numbered)


_COUNTED = frozenset({"year", "month", "week", "working day"})


def said(value: object) -> str:
    """A value of a plan as a sentence has it: `25 years`, `-14 to 0 d`, `a, b`; nothing for None."""
    match value:
        case None:
            return ""
        case Quantity(number, unit) if unit in _COUNTED and number != 1:
            return f"{value}s"
        case Interval(text=text) if ".." in text or (not text and ".." in str(value)):
            return str(value).replace("..", " to ")
        case Rate(number, unit, per):
            told = " and ".join(per)
            return f"{number:g}{f' {unit}' if unit else ''} per {told}"
        case DoseLimit(text=text):
            return text
        case True:
            return "yes"
        case False:
            return "no"
        case tuple() | list():
            return ", ".join(said(one) for one in value)
        case float():
            return f"{value:g}"
    return str(value)


def minutes(value: float | None) -> str:
    """A number of minutes of a plan, with its unit."""
    return "" if value is None else f"{value:g} min"
