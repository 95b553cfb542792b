"""Decision tables: the first row that fits gives the value (`lookup("pz", dwi, dce)`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from provident.expressions.errors import ExpressionError
from provident.expressions.kinds import Kind
from provident.expressions.values import Missing, Scalar


ANYTHING = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of cells and a value; `*` fits anything, and cells are compared as text."""

    name: str
    keys: tuple[str, ...]
    rows: tuple[tuple[tuple[str, ...], int | float | str], ...]

    def __post_init__(self) -> None:
        for cells, _ in self.rows:
            if len(cells) != len(self.keys):
                raise ExpressionError(
                    f'table "{self.name}": the row "{",".join(cells)}" has {len(cells)} cells, '
                    f"its keys are {', '.join(self.keys)}"
                )

    @property
    def kind(self) -> Kind:
        """The kind of all its values, or `ANY` when they are mixed."""
        texts = {isinstance(value, str) for _, value in self.rows}
        if len(texts) != 1:
            return Kind.ANY
        return Kind.TEXT if texts.pop() else Kind.NUMBER

    def find(self, cells: Sequence[Scalar]) -> Scalar:
        """The value of the first row that fits; missing when a cell is missing or no row fits.

        A missing cell is no obstacle where the row that fits asks nothing of it.
        """
        for row, value in self.rows:
            fits = [_fits(want, have) for want, have in zip(row, cells, strict=True)]
            if all(f is True for f in fits):
                return value
            if False not in fits:  # this row might fit, were the missing cell known
                return next(c for c in cells if isinstance(c, Missing))
        return Missing(f'no row of table "{self.name}" fits')


def _fits(want: str, have: Scalar) -> bool | None:
    if want == ANYTHING:
        return True
    if isinstance(have, Missing):
        return None
    return want == _as_cell(have)


def _as_cell(value: Scalar) -> str:
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
