"""A report of statistics as page values."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from provident.statistics.figures import Figure, Table, as_svg
from provident.statistics.report import Report


_MOST_ROWS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class TablePage:
    """A table as people read it; `left` rows are only in the data to keep."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FigurePage:
    """A drawing with its words and its numbers."""

    title: str
    description: str
    svg: Markup
    table: TablePage


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionPage:
    """One card."""

    heading: str
    words: tuple[str, ...]
    figures: tuple[FigurePage, ...]
    tables: tuple[TablePage, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPage:
    """The report."""

    title: str
    about: tuple[str, ...]
    sections: tuple[SectionPage, ...]


def report_page(report: Report) -> ReportPage:
    """The report with its figures drawn."""
    return ReportPage(
        title=report.title,
        about=report.about,
        sections=tuple(
            SectionPage(
                heading=section.heading,
                words=section.words,
                figures=tuple(map(_figure, section.figures)),
                tables=tuple(map(_table, section.tables)),
            )
            for section in report.sections
        ),
    )


def _figure(figure: Figure) -> FigurePage:
    # The drawing escapes every word that it shows (statistics.figures.svg).
    drawn = Markup(as_svg(figure, css="plot"))  # noqa: S704
    return FigurePage(
        title=figure.title,
        description=figure.description,
        svg=drawn,
        table=_table(figure.table),
    )


def _table(table: Table) -> TablePage:
    rows = tuple(table.shown())
    return TablePage(
        caption=table.caption,
        columns=table.columns,
        rows=rows[:_MOST_ROWS],
        left=max(len(rows) - _MOST_ROWS, 0),
    )
