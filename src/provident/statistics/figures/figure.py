"""A figure: marks on a sheet, its title and description in words, and its numbers as a table."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

from provident.statistics.figures.marks import Mark
from provident.statistics.figures.svg import drawing
from provident.statistics.figures.table import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A drawing of `width` x `height` with what it says in words and in numbers.

    In a notebook it draws itself; `as_svg` and the PDF writer draw the same marks.
    """

    name: str
    title: str
    description: str
    width: float
    height: float
    marks: tuple[Mark, ...]
    table: Table

    def as_json(self) -> dict[str, Any]:
        """Its words and its numbers."""
        return {
            "name": self.name,
            "title": self.title,
            "description": self.description,
            **self.table.as_json(),
        }

    def _repr_html_(self) -> str:
        return f"<figure>{as_svg(self)}<figcaption>{escape(self.title)}</figcaption></figure>"


def as_svg(figure: Figure, *, css: str = "chart") -> str:
    """The drawing; its title and description are read out by screen readers."""
    return drawing(
        figure.marks,
        (figure.width, figure.height),
        title=figure.title,
        description=figure.description,
        css=css,
    )
