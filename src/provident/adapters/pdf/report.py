"""A report of statistics as a PDF: headings, words, figures as line drawings, tables."""

from __future__ import annotations

from collections.abc import Sequence

from provident.adapters.pdf import drawing
from provident.adapters.pdf.letters import width, wrapped
from provident.adapters.pdf.pages import ACROSS, HEIGHT, MARGIN, Pages, as_bytes
from provident.statistics.figures import Figure, Table
from provident.statistics.report import Report, Section


_BODY, _SMALL, _PAD = 10.0, 8.0, 3.0
_FILL, _RULE = "#f0f0f0", "#aaaaaa"


def as_pdf(report: Report) -> bytes:
    """The report on A4. Letters that Windows' Latin lacks lose their accents or become ?."""
    pages = Pages()
    _paragraph(pages, report.title, 18, bold=True)
    for words in report.about:
        _paragraph(pages, words, _SMALL + 1)
    for section in report.sections:
        _section(pages, section)
    return as_bytes(pages, title=report.title)


def _section(pages: Pages, section: Section) -> None:
    first = (
        section.figures[0].height * _scale(section.figures[0])
        if section.figures
        else 40
    )
    pages.room(90 + min(first, 560))
    pages.y -= 14
    pages.bookmark(section.heading)
    _paragraph(pages, section.heading, 13, bold=True)
    for words in section.words:
        _paragraph(pages, words, _BODY)
        pages.y -= 4
    for figure in section.figures:
        _figure(pages, figure)
    for table in section.tables:
        _table(pages, table)


def _paragraph(pages: Pages, words: str, size: float, *, bold: bool = False) -> None:
    for line in wrapped(words, size, ACROSS, bold=bold):
        pages.line(line, size, bold=bold)


def _scale(figure: Figure) -> float:
    """At most as on the page, and no wider or higher than fits."""
    return min(0.75, ACROSS / figure.width, 560 / figure.height)


def _figure(pages: Pages, figure: Figure) -> None:
    scale = _scale(figure)
    lines = list(wrapped(figure.description, _BODY - 1, ACROSS))
    height = figure.height * scale
    pages.room(height + 26 + 14 * min(len(lines), 4))
    pages.y -= 6
    _paragraph(pages, figure.title, _BODY, bold=True)
    pages.y -= 4
    pages.draw(drawing.figure(figure, MARGIN, pages.y, scale))
    pages.y -= height
    for line in lines:
        pages.line(line, _BODY - 1)
    pages.y -= 6


def _table(pages: Pages, table: Table) -> None:
    rows = list(table.shown())
    if not rows:
        return
    widths = _widths(table.columns, rows)
    pages.room(70)
    pages.y -= 6
    _paragraph(pages, table.caption, _BODY, bold=True)
    pages.y -= 3
    _row(pages, table.columns, widths, head=True)
    for row in rows:
        if (
            _row_height(row, widths) > pages.y - MARGIN - 40
            and pages.y < HEIGHT - MARGIN
        ):
            pages.room(HEIGHT)
            _row(pages, table.columns, widths, head=True)
        _row(pages, row, widths, head=False)
    pages.y -= 8


def _widths(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[float]:
    """As wide as the contents ask, shrunk in proportion where the page is too narrow."""
    wanted = [
        max(width(cell, _SMALL, bold=True) for cell in column) + 2 * _PAD + 2
        for column in zip(columns, *rows, strict=True)
    ]
    total = sum(wanted)
    if total <= ACROSS:
        return wanted
    least = min(34.0, ACROSS / len(wanted))
    narrow = [max(least, w * ACROSS / total) for w in wanted]
    return [w * ACROSS / sum(narrow) for w in narrow]


def _cells(row: Sequence[str], widths: Sequence[float], bold: bool) -> list[list[str]]:
    return [
        list(wrapped(cell, _SMALL, wide - 2 * _PAD, bold=bold))
        for cell, wide in zip(row, widths, strict=True)
    ]


def _row_height(row: Sequence[str], widths: Sequence[float]) -> float:
    return max(map(len, _cells(row, widths, False))) * _SMALL * 1.3 + 2 * _PAD


def _row(
    pages: Pages, row: Sequence[str], widths: Sequence[float], *, head: bool
) -> None:
    cells = _cells(row, widths, head)
    height = max(map(len, cells)) * _SMALL * 1.3 + 2 * _PAD
    top, x = pages.y, MARGIN
    for lines, wide in zip(cells, widths, strict=True):
        box = f"{x:.2f} {top - height:.2f} {wide:.2f} {height:.2f} re"
        if head:
            pages.draw(f"{drawing.colour(_FILL)} rg {box} f\n".encode())
        pages.draw(f"{drawing.colour(_RULE)} RG 0.5 w [] 0 d {box} S\n".encode())
        for number, line in enumerate(lines):
            y = top - _PAD - _SMALL - number * _SMALL * 1.3 + 1
            pages.draw(drawing.text(line, x + _PAD, y, _SMALL, bold=head))
        x += wide
    pages.y = top - height
