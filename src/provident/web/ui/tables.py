"""Tables: sorting, pages, filters that live in the address, and a CSV of what is shown."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from django.http import HttpResponse


Row = TypeVar("Row")
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a table: its key in the address, its heading, what it sorts by and what the CSV holds."""

    key: str
    label: str
    value: Callable[[Any], Any]
    numeric: bool = False
    sortable: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Table(Generic[Row]):
    """A page of rows, with what the template needs to draw the head and the foot."""

    columns: Sequence[Column]
    rows: Sequence[Row]
    total: int
    page: int
    pages: int
    sort: str
    asked: Mapping[str, str] = field(default_factory=dict)

    def address(self, **changes: Any) -> str:
        """The query string of this view with some values changed; None takes one out."""
        return address_of(self.asked, **changes)

    def sort_address(self, key: str) -> str:
        """The address that sorts by a column; again turns it round."""
        return self.address(sort=f"-{key}" if self.sort == key else key, page=None)


def address_of(asked: Mapping[str, str], **changes: Any) -> str:
    """A query string with some values changed; None takes one out."""
    merged = {**asked, **changes}
    return "?" + urlencode({k: v for k, v in merged.items() if v not in (None, "")})


def _key(value: Any) -> tuple[int, Any]:
    """Nothing comes last; numbers as numbers, everything else as text."""
    if value is None or value == "":
        return (1, 0)
    return (0, value) if not isinstance(value, str) else (0, value.casefold())


def sorted_by(rows: Sequence[Row], columns: Sequence[Column], sort: str) -> list[Row]:
    """The rows in the order that the address asks for; an unknown column changes nothing."""
    name, down = sort.lstrip("-"), sort.startswith("-")
    column = next((c for c in columns if c.key == name and c.sortable), None)
    if column is None:
        return list(rows)
    return sorted(rows, key=lambda row: _key(column.value(row)), reverse=down)


def table(
    rows: Iterable[Row],
    columns: Sequence[Column],
    asked: Mapping[str, str],
    *,
    per_page: int = 50,
) -> Table[Row]:
    """Sort and cut into pages by what the address asks (`request.GET.dict()`)."""
    everything = sorted_by(list(rows), columns, asked.get("sort", ""))
    pages = max(1, -(-len(everything) // per_page))
    wanted = asked.get("page", "1")
    page = min(max(int(wanted) if wanted.isdecimal() else 1, 1), pages)
    shown = everything[(page - 1) * per_page : page * per_page]
    return Table(
        columns=columns, rows=shown, total=len(everything), page=page, pages=pages, sort=asked.get("sort", ""),
        asked={k: v for k, v in asked.items() if k != "format"},
    )  # fmt: skip


def safe_cell(value: Any) -> str:
    """A cell that no spreadsheet takes for a formula; numbers keep their sign."""
    if value is None:
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def csv_text(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A CSV (UTF-8, comma, CRLF) that is safe to open in a spreadsheet."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return out.getvalue()


def csv_answer(
    name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]
) -> HttpResponse:
    """The CSV as a download."""
    answer = HttpResponse(
        "\ufeff" + csv_text(header, rows), content_type="text/csv; charset=utf-8"
    )
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


def table_csv(
    name: str,
    rows: Sequence[Row],
    columns: Sequence[Column],
    asked: Mapping[str, str],
) -> HttpResponse:
    """The whole table, in the order shown, as a CSV."""
    ordered = sorted_by(rows, columns, asked.get("sort", ""))
    return csv_answer(
        name,
        [c.label for c in columns],
        ([c.value(row) for c in columns] for row in ordered),
    )
