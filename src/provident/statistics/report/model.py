"""A report as a value: sections of words, tables and figures; pages, PDF and data are made of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from provident.statistics.figures import Table
from provident.statistics.report.html import page, sections_html
from provident.statistics.report.section import Section


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A title, what it is about (study, plan, day), and sections in their order."""

    title: str
    about: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Everything that it says, as a mapping of JSON values."""
        return {
            "title": self.title,
            "about": list(self.about),
            "sections": [
                {
                    "heading": section.heading,
                    "words": list(section.words),
                    "figures": [one.as_json() for one in section.figures],
                    "tables": [one.as_json() for one in section.tables],
                }
                for section in self.sections
            ],
        }

    def files(self) -> dict[str, str]:
        """Its numbers to keep: report.json, and a CSV for each table and figure, by name."""
        made = {"report.json": json.dumps(self.as_json(), indent=1) + "\n"}
        for number, table in enumerate(self._tables(), 1):
            made[f"{number:02d}-{_short(table.caption)}.csv"] = table.as_csv()
        return made

    def _tables(self) -> Iterator[Table]:
        for section in self.sections:
            yield from section.tables
            yield from (figure.table for figure in section.figures)

    def _repr_html_(self) -> str:
        return "".join(sections_html(self.sections))


def as_html(report: Report, *, nonce: str = "") -> str:
    """The report as one page that needs nothing else, and that a browser prints as it stands.

    `nonce` allows its style sheet where the server's policy asks for one.
    """
    return page(report.title, report.about, report.sections, nonce=nonce)


def _short(caption: str) -> str:
    """A caption as a file name."""
    plain = "".join(c if c.isascii() and c.isalnum() else " " for c in caption.lower())
    return "-".join(plain.split()[:6]) or "table"
