"""Ratings as they come (a table of cases by readers, blanks included) made ready to count."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, get_args

import numpy as np

from provident.kernel import InvalidInput
from provident.statistics.choices import check_choice
from provident.statistics.values import Floats, Ints


Missing: TypeAlias = Literal["refuse", "leave_out"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratings:
    """Codes 0 to q - 1 of each case (row) and reader (column), -1 where there is none."""

    codes: Ints
    categories: tuple[Any, ...]
    ordered: bool

    @property
    def q(self) -> int:
        """The number of categories."""
        return len(self.categories)

    def counts(self) -> Floats:
        """How many readers put each case into each category: cases x q."""
        n, readers = self.codes.shape
        counted = np.zeros((n, self.q))
        for reader in range(readers):
            rated = np.flatnonzero(self.codes[:, reader] >= 0)
            counted[rated, self.codes[rated, reader]] += 1
        return counted

    def indicators(self) -> Floats:
        """1 where a reader put a case into a category: cases x readers x q."""
        marks = self.codes[:, :, None] == np.arange(self.q)
        return np.asarray(marks, dtype=np.float64)


def is_blank(value: Any) -> bool:
    """None, not-a-number and the empty string are blanks."""
    return (
        value is None or value == "" or (isinstance(value, float) and math.isnan(value))
    )


def ratings(
    table: Any, *, categories: Sequence[Any] | None = None, constant: bool = False
) -> Ratings:
    """Read a table (rows are cases, columns are readers) of numbers or words.

    `categories` is the whole scale in its order; without it the values that occur, sorted.
    Cases that nobody rated are left out. One category alone is refused unless `constant`
    says that it may be. Raises `InvalidInput`.
    """
    cells = _table(table)
    known = _values(cells)
    scale = tuple(categories) if categories is not None else _sorted(known)
    if len(set(scale)) != len(scale):
        raise InvalidInput("A category stands twice in `categories`.")
    unknown = [value for value in known if value not in scale]
    if unknown:
        raise InvalidInput(
            f"Ratings outside the categories: {', '.join(map(str, unknown[:5]))}."
        )
    codes = _codes(cells, scale)
    codes = codes[(codes >= 0).any(axis=1)]
    _check_size(codes, len(scale), 1 if constant else 2)
    ordered = categories is not None or all(_is_number(value) for value in scale)
    return Ratings(codes=codes, categories=scale, ordered=ordered)


def pair(
    a: Any, b: Any, *, categories: Sequence[Any] | None, missing: Missing
) -> Ratings:
    """Two readers' ratings of the same cases; blanks are refused or their cases left out."""
    if len(a) != len(b):
        raise InvalidInput(
            f"The two readers rated {len(a)} and {len(b)} cases; the same cases in the same order are needed."
        )
    both = [np.asarray(one) for one in (a, b)]
    if all(one.ndim == 1 and one.dtype.kind in "biuf" for one in both):
        table: Any = np.column_stack(both)
    else:
        table = list(zip(a, b, strict=True))
    return complete(ratings(table, categories=categories), missing=missing)


def complete(found: Ratings, *, missing: Missing) -> Ratings:
    """The cases that all readers rated; with `refuse` a blank is an error."""
    check_choice("way with missing ratings", missing, get_args(Missing))
    whole = (found.codes >= 0).all(axis=1)
    if missing == "refuse" and not whole.all():
        raise InvalidInput(
            f"{int((~whole).sum())} cases have a blank. This method needs every rating: "
            'say missing="leave_out" to leave those cases out, and report how many.'
        )
    codes = found.codes[whole]
    if len(codes) < 2:
        raise InvalidInput(f"{len(codes)} cases are rated by all; 2 are needed.")
    return Ratings(codes=codes, categories=found.categories, ordered=found.ordered)


def numbers(table: Any) -> Floats:
    """A table of numbers, cases x readers; blanks become NaN. Raises `InvalidInput`."""
    cells = _table(table)
    if cells.dtype == object:
        cells = np.array(
            [[_number(value) for value in row] for row in cells], dtype=np.float64
        )
    found: Floats = cells.astype(np.float64)
    if np.isinf(found).any():
        raise InvalidInput("A measurement is infinite.")
    return found


def column(values: Any, what: str) -> Floats:
    """A list of numbers without blanks. Raises `InvalidInput` that names it."""
    found = numbers([[value] for value in values])[:, 0] if len(values) else np.empty(0)
    if np.isnan(found).any():
        raise InvalidInput(f"There is a blank in {what}; leave it out and say why.")
    return found


def _table(table: Any) -> Any:
    try:
        cells = np.asarray(table)
    except ValueError:
        cells = np.empty(0)
    if cells.dtype.kind not in "biuf":
        cells = np.asarray([list(row) for row in table], dtype=object)
    if cells.ndim != 2 or 0 in cells.shape:
        raise InvalidInput(
            "Ratings are a table: one row a case, one column a reader, all rows as long."
        )
    return cells


def _values(cells: Any) -> list[Any]:
    if cells.dtype.kind in "biuf":
        flat = np.unique(cells)
        return [_natural(v) for v in flat.tolist() if not is_blank(v)]
    return list(dict.fromkeys(v for v in cells.ravel().tolist() if not is_blank(v)))


def _natural(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float, np.number))


def _sorted(values: list[Any]) -> tuple[Any, ...]:
    if all(_is_number(value) for value in values):
        return tuple(sorted(values))
    return tuple(sorted(values, key=str))


def _codes(cells: Any, scale: tuple[Any, ...]) -> Ints:
    codes = np.full(cells.shape, -1, dtype=np.int64)
    for code, value in enumerate(scale):
        codes[cells == value] = code
    return codes


def _check_size(codes: Ints, q: int, least: int) -> None:
    if len(codes) < 2:
        raise InvalidInput(f"Agreement needs 2 rated cases at least; {len(codes)} are.")
    if codes.shape[1] < 2:
        raise InvalidInput("Agreement needs 2 readers at least.")
    if q < least:
        raise InvalidInput(
            "All ratings are the same category, so agreement beyond chance is not "
            "defined. Give the whole scale in `categories` if others were possible."
        )


def _number(value: Any) -> float:
    if is_blank(value):
        return math.nan
    try:
        return float(value)
    except (TypeError, ValueError):
        raise InvalidInput(f'"{value}" is not a number.') from None
