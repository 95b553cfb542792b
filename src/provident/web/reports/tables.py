"""The export's tables: plain values in, CSV text out, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any


# A cell that begins so would be run by a spreadsheet as a formula (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def cell(value: Any) -> str:
    """One cell. Numbers stay numbers; text that a spreadsheet would run gets an apostrophe before it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, int | float):
        return repr(value)
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def csv_text(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """A CSV file (RFC 4180, UTF-8, LF) with a header line; a row's missing key is an empty cell."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([cell(row.get(name)) for name in columns])
    return out.getvalue()


def widened(
    rows: Iterable[Mapping[str, Any]], key: Sequence[str], name: Sequence[str]
) -> tuple[list[str], list[dict[str, Any]]]:
    """Long rows as wide ones: one row a key, a column for each name and one for why it is missing.

    Returns the columns and the rows. A value and its reason never share a column, so that a numeric column
    holds numbers alone.
    """
    columns: dict[str, None] = dict.fromkeys(key)
    made: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in rows:
        at = tuple(row[k] for k in key)
        wide = made.setdefault(at, {k: row[k] for k in key})
        column = "__".join(str(row[n]) for n in name if row[n] != "")
        columns[column] = columns[f"{column}__missing"] = None
        wide[column], wide[f"{column}__missing"] = row["value"], row["missing"]
    return list(columns), list(made.values())
