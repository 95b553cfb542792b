"""The numbers behind a figure or a statement: named columns, as CSV, JSON and for people."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from provident.statistics.values import plain


_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Named columns and rows of plain values; None is a blank."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]

    def as_json(self) -> dict[str, Any]:
        """Caption and rows as mappings of JSON values."""
        rows = [dict(zip(self.columns, plain(row), strict=True)) for row in self.rows]
        return {"caption": self.caption, "rows": rows}

    def as_csv(self) -> str:
        """CSV text (RFC 4180, UTF-8, LF), safe to open in a spreadsheet."""
        out = io.StringIO(newline="")
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(self.columns)
        writer.writerows([_cell(value) for value in plain(row)] for row in self.rows)
        return out.getvalue()

    def shown(self) -> Iterator[tuple[str, ...]]:
        """The rows as people read them: four digits."""
        return (tuple(shown(value) for value in row) for row in self.rows)


def shown(value: Any) -> str:
    """A value as people read it: numbers with four digits, a blank for what is not defined."""
    value = plain(value)
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.4g}"
    return str(value)


def listed(names: Sequence[Any], most: int = 6) -> str:
    """Names in one line, the first few of them."""
    told = [str(name) for name in names[:most]]
    more = [f"{len(names) - most} more"] if len(names) > most else []
    return ", ".join([*told, *more])


def _cell(value: Any) -> str:
    """A spreadsheet would run a text that begins like a formula (OWASP, CSV injection)."""
    if value is None:
        return ""
    if isinstance(value, bool | int | float):
        return repr(value)
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
