"""A PDF file of A4 pages: a cursor that goes down and turns the page, and the file's own structure."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from provident.adapters.pdf.drawing import text
from provident.adapters.pdf.letters import width


WIDTH, HEIGHT, MARGIN, FOOT = 595.28, 841.89, 50.0, 36.0
ACROSS = WIDTH - 2 * MARGIN


@dataclass(slots=True)
class Pages:
    """Content of pages so far; `y` is how far down this page is filled (points from below)."""

    contents: list[bytearray] = field(default_factory=lambda: [bytearray()])
    headings: list[tuple[str, int, float]] = field(default_factory=list)
    y: float = HEIGHT - MARGIN

    def room(self, height: float) -> None:
        """Turn the page unless so much fits below."""
        if self.y - height < MARGIN + FOOT and self.y < HEIGHT - MARGIN:
            self.contents.append(bytearray())
            self.y = HEIGHT - MARGIN

    def draw(self, orders: bytes) -> None:
        """Add drawing orders to this page."""
        self.contents[-1] += orders

    def line(self, words: str, size: float, *, bold: bool = False) -> None:
        """One line of text, and down by its height."""
        step = size * 1.4
        self.room(step)
        self.y -= step
        self.draw(text(words, MARGIN, self.y, size, bold=bold))

    def bookmark(self, words: str) -> None:
        """Where a section begins, for the reader's outline."""
        self.headings.append((words, len(self.contents) - 1, self.y))


def as_bytes(pages: Pages, *, title: str) -> bytes:
    """The whole file (PDF 1.7, ISO 32000-1), the same bytes for the same pages."""
    count = len(pages.contents)
    for number, content in enumerate(pages.contents, 1):
        foot = f"{title[:80]} · page {number} of {count}"
        at = WIDTH - MARGIN - width(foot, 8)
        content += text(foot, at, FOOT, 8, ink="#4c4c4c")
    return _file(_objects(pages, title))


_FIRST_PAGE = 6  # after catalogue, pages, two fonts and the file's description


def _objects(pages: Pages, title: str) -> list[bytes]:
    count = len(pages.contents)
    kids = " ".join(f"{_FIRST_PAGE + 2 * i} 0 R" for i in range(count))
    outline = _FIRST_PAGE + 2 * count
    fonts = [
        f"<< /Type /Font /Subtype /Type1 /BaseFont /{name} /Encoding /WinAnsiEncoding >>".encode()
        for name in ("Helvetica", "Helvetica-Bold")
    ]
    shown = f"/Outlines {outline} 0 R /PageMode /UseOutlines " if pages.headings else ""
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R /Lang (en) {shown}/ViewerPreferences << /DisplayDocTitle true >> >>".encode(),
        f"<< /Type /Pages /Kids [{kids}] /Count {count} >>".encode(),
        *fonts,
        b"<< /Title " + _string(title) + b" /Producer (Provident) >>",
    ]
    for number, content in enumerate(pages.contents):
        page = (
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}] "
            f"/Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> /Contents {_FIRST_PAGE + 2 * number + 1} 0 R >>"
        )
        packed = zlib.compress(bytes(content), 9)
        head = f"<< /Length {len(packed)} /Filter /FlateDecode >>\nstream\n".encode()
        objects += [page.encode(), head + packed + b"\nendstream"]
    return objects + _outline(pages.headings, outline)


def _outline(headings: Sequence[tuple[str, int, float]], first: int) -> list[bytes]:
    if not headings:
        return []
    last = first + len(headings)
    objects = [
        f"<< /Type /Outlines /First {first + 1} 0 R /Last {last} 0 R /Count {len(headings)} >>".encode()
    ]
    for number, (words, page, y) in enumerate(headings, first + 1):
        before = f"/Prev {number - 1} 0 R " if number > first + 1 else ""
        after = f"/Next {number + 1} 0 R " if number < last else ""
        to = f"/Dest [{_FIRST_PAGE + 2 * page} 0 R /XYZ 0 {y + 24:.1f} 0] >>"
        head = f"<< /Parent {first} 0 R {before}{after}/Title ".encode()
        objects.append(head + _string(words) + b" " + to.encode())
    return objects


def _string(words: str) -> bytes:
    """A text string as Unicode (7.9.2.2), in hexadecimal."""
    return b"<" + (b"\xfe\xff" + words.encode("utf-16-be")).hex().encode() + b">"


def _file(objects: Sequence[bytes]) -> bytes:
    made = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(made))
        made += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    start = len(made)
    rows = "".join(f"{place:010d} 00000 n \n" for place in places)
    made += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{rows}".encode()
    made += (
        f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R /Info 5 0 R >>\n"
        f"startxref\n{start}\n%%EOF\n"
    ).encode()
    return bytes(made)
