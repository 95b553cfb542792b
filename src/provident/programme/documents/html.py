"""A document as one HTML page that needs nothing else: readable on a screen, in print, and by who edits it."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from provident.flows import diagram
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


_STYLE = """
body { font: 16px/1.5 Arial, Helvetica, sans-serif; color: #1d1d1d; max-width: 58rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.9rem; line-height: 1.2; margin-bottom: .3rem; }
h2 { font-size: 1.35rem; border-bottom: 1px solid #bbb; padding-bottom: .2rem; margin-top: 2.2rem; }
h3 { font-size: 1.1rem; margin-top: 1.6rem; }
.stamp { color: #4c4c4c; margin-top: 0; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; margin: .8rem 0; font-size: .95rem; }
caption { text-align: left; font-weight: bold; padding-bottom: .3rem; }
th, td { border: 1px solid #aaa; padding: .3rem .5rem; text-align: left; vertical-align: top; }
th { background: #f0f0f0; }
.gap { border-left: .3rem solid #b3001b; padding: .2rem .7rem; background: #fff4f4; }
figure { margin: 1rem 0; overflow-x: auto; }
@page wide { size: A4 landscape; }
@media print { figure { page: wide; } svg { max-width: 100%; height: auto; } body { max-width: none; margin: 0; font-size: 11pt; } h2, h3 { break-after: avoid; } tr, svg { break-inside: avoid; } }
"""


def as_html(document: Document, *, nonce: str = "") -> str:
    """The page. `nonce` allows its style sheet where the server's policy asks for one."""
    about = f" · {escape(document.about)}" if document.about else ""
    allowed = f' nonce="{escape(nonce)}"' if nonce else ""
    parts = [
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f'<meta name="generator" content="Provident"><meta name="plan-hash" content="{document.hash}">',
        f"<title>{escape(document.title)} · {escape(document.study)}</title>",
        f"<style{allowed}>{_STYLE}</style></head><body><main>",
        f"<h1>{escape(document.title)}</h1>",
        f'<p class="stamp">{escape(document.study_title)}{about}<br>',
        f'{escape(document.study)}, plan {escape(document.version)}, <code title="SHA-256 of the plan\'s files">'
        f"{document.hash}</code></p>",
        *(
            part
            for at, section in enumerate(document.sections, 1)
            for part in _section(section, (at,))
        ),
        *_gaps(document),
        "</main></body></html>",
    ]
    return "\n".join(parts) + "\n"


def _section(section: Section, number: tuple[int, ...]) -> Iterator[str]:
    level = min(len(number) + 1, 6)
    told = ".".join(map(str, number))
    yield f'<section><h{level} id="s{told}">{told} {escape(section.heading)}</h{level}>'
    for block in section.blocks:
        yield _block(block)
    for at, below in enumerate(section.sections, 1):
        yield from _section(below, (*number, at))
    yield "</section>"


def _block(block: Block) -> str:
    match block:
        case Paragraph(text):
            return f"<p>{escape(text)}</p>"
        case Bullets(items, numbered):
            name = "ol" if numbered else "ul"
            lines = "".join(f"<li>{escape(item)}</li>" for item in items)
            return f"<{name}>{lines}</{name}>"
        case Table():
            return _table(block)
        case Figure(picture):
            return (
                f'<figure tabindex="0" role="group" aria-label="Data flow diagram">'
                f"{diagram(picture).svg}</figure>"
            )
        case Gap(asks):
            return f'<p class="gap"><b>For the team to write:</b> {escape(asks)}</p>'


def _table(block: Table) -> str:
    caption = f"<caption>{escape(block.caption)}</caption>" if block.caption else ""
    head = "".join(f'<th scope="col">{escape(c)}</th>' for c in block.columns)
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>"
        for row in block.rows
    )
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(block.caption or "Table")}"><table>{caption}'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _gaps(document: Document) -> Iterator[str]:
    if document.gaps:
        yield '<section><h2 id="gaps">Still to be written by the team</h2><ul>'
        yield from (f"<li>{escape(asks)}</li>" for asks in document.gaps)
        yield "</ul></section>"
