"""Documents as Word files (.docx) with styles that a person can edit on; pictures of the data flow as PNG."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from provident.programme.documents.blocks import (
    Block,
    Bullets,
    Document,
    Figure,
    Gap,
    Paragraph,
    Section,
    Table,
)


if TYPE_CHECKING:
    from docx.document import Document as Word


def as_word(document: Document) -> bytes:
    """The bytes of a .docx file: headings in Word's own styles, the plan's version and hash in the footer.

    The same document gives the same text; the file's own dates are fixed, so that equal plans give equal files.
    """
    from docx import Document as new

    word = new()
    core = word.core_properties
    core.title, core.subject, core.author = document.title, document.stamp, "Provident"
    core.created = core.modified = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
    word.add_heading(document.title, 0)
    word.add_paragraph(document.study_title)
    if document.about:
        word.add_paragraph(document.about)
    word.add_paragraph(f"{document.study}, plan {document.version}, {document.hash}")
    word.sections[0].footer.paragraphs[0].text = document.stamp
    for at, section in enumerate(document.sections, 1):
        _section(word, section, (at,))
    if document.gaps:
        word.add_heading("Still to be written by the team", 1)
        for asks in document.gaps:
            word.add_paragraph(asks, style="List Bullet")
    out = io.BytesIO()
    word.save(out)
    return _undated(out)


def _undated(word: io.BytesIO) -> bytes:
    """The same archive with fixed dates of its members."""
    out = io.BytesIO()
    with ZipFile(word) as source, ZipFile(out, "w", ZIP_DEFLATED) as target:
        for name in source.namelist():
            member = ZipInfo(name, date_time=(2000, 1, 1, 0, 0, 0))
            target.writestr(member, source.read(name), ZIP_DEFLATED)
    return out.getvalue()


def _section(word: Word, section: Section, number: tuple[int, ...]) -> None:
    told = ".".join(map(str, number))
    word.add_heading(f"{told} {section.heading}", min(len(number), 9))
    for block in section.blocks:
        _block(word, block)
    for at, below in enumerate(section.sections, 1):
        _section(word, below, (*number, at))


def _block(word: Word, block: Block) -> None:
    match block:
        case Paragraph(text):
            word.add_paragraph(text)
        case Bullets(items, numbered):
            style = "List Number" if numbered else "List Bullet"
            for item in items:
                word.add_paragraph(item, style=style)
        case Table():
            _table(word, block)
        case Figure(picture):
            from docx.shared import Cm

            from provident.adapters.flow_png import as_png

            word.add_picture(io.BytesIO(as_png(picture)), width=Cm(16))
            word.add_paragraph(picture.description, style="Caption")
        case Gap(asks):
            line = word.add_paragraph()
            line.add_run("For the team to write: ").bold = True
            line.add_run(asks)


def _table(word: Word, block: Table) -> None:
    if block.caption:
        word.add_paragraph(block.caption, style="Caption")
    made: Any = word.add_table(rows=1, cols=len(block.columns))
    made.style = "Table Grid"
    for cell, text in zip(made.rows[0].cells, block.columns, strict=True):
        cell.text = ""
        cell.paragraphs[0].add_run(text).bold = True
    for row in block.rows:
        for cell, text in zip(made.add_row().cells, row, strict=True):
            cell.text = text
    word.add_paragraph()
