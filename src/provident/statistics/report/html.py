"""A report as one HTML page that needs nothing else; a browser prints it as it stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape

from provident.statistics.figures import Figure, Table, as_svg
from provident.statistics.report.section import Section


_STYLE = """
body { font: 16px/1.5 Arial, Helvetica, sans-serif; color: #1d1d1d; max-width: 58rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.9rem; line-height: 1.2; margin-bottom: .3rem; }
h2 { font-size: 1.35rem; border-bottom: 1px solid #bbb; padding-bottom: .2rem; margin-top: 2.2rem; }
.about { color: #4c4c4c; margin-top: 0; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; margin: .8rem 0; font-size: .92rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: bold; padding-bottom: .3rem; }
th, td { border: 1px solid #aaa; padding: .25rem .5rem; text-align: left; vertical-align: top; }
th { background: #f0f0f0; }
figure { margin: 1.4rem 0; }
figcaption { font-weight: bold; }
.plot { display: block; height: auto; max-width: 100%; }
@media print {
  body { max-width: none; margin: 0; font-size: 10.5pt; }
  h2 { break-after: avoid; } tr, figure { break-inside: avoid; } details { display: none; }
}
@page { size: A4; margin: 16mm; }
"""


def page(
    title: str, about: Sequence[str], sections: Iterable[Section], *, nonce: str
) -> str:
    """The page of a report."""
    allowed = f' nonce="{escape(nonce)}"' if nonce else ""
    told = "<br>".join(map(escape, about))
    parts = [
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="generator" content="Provident">',
        f"<title>{escape(title)}</title>",
        f"<style{allowed}>{_STYLE}</style></head><body><main>",
        f"<h1>{escape(title)}</h1>",
        f'<p class="about">{told}</p>' if told else "",
        *sections_html(sections),
        "</main></body></html>",
    ]
    return "\n".join(part for part in parts if part) + "\n"


def sections_html(sections: Iterable[Section]) -> Iterator[str]:
    """The sections alone, for a page that has a head of its own."""
    for section in sections:
        yield f"<section><h2>{escape(section.heading)}</h2>"
        yield from (f"<p>{escape(words)}</p>" for words in section.words)
        yield from map(_figure, section.figures)
        yield from map(_table, section.tables)
        yield "</section>"


def _figure(figure: Figure) -> str:
    return (
        f"<figure><figcaption>{escape(figure.title)}</figcaption>{as_svg(figure, css='plot')}"
        f"<p>{escape(figure.description)}</p>"
        f"<details><summary>The same as a table</summary>{_table(figure.table)}</details></figure>"
    )


def _table(table: Table) -> str:
    head = "".join(f'<th scope="col">{escape(c)}</th>' for c in table.columns)
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>"
        for row in table.shown()
    )
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(table.caption)}"><table>'
        f"<caption>{escape(table.caption)}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )
