"""Compile an expression: names and kinds are checked once, then it runs as often as needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from provident.expressions.build import Builder, Context, Run
from provident.expressions.errors import ExpressionError
from provident.expressions.functions import STANDARD, Function
from provident.expressions.kinds import Kind, NameType, Of, Record
from provident.expressions.syntax import parse
from provident.expressions.tables import Table
from provident.expressions.values import Value


@dataclass(frozen=True, slots=True)
class Expression:
    """A checked expression. Two are equal when their text is.

    `references` are the dotted names it needs now; `earlier` those it only needs at an earlier time point.
    """

    text: str
    kind: NameType = field(compare=False)
    references: frozenset[str] = field(compare=False)
    earlier: frozenset[str] = field(compare=False)
    _run: Run = field(compare=False, repr=False)

    def evaluate(
        self,
        names: Mapping[str, Any],
        history: Sequence[Mapping[str, Any] | None] = (),
    ) -> Value:
        """The value, or a `Missing` with its reason.

        `history` holds the names of the earlier time points, the first being the baseline;
        None stands for a time point that has no answers.

        Raises:
            ExpressionError: the names hold something the expression cannot work with.
        """
        try:
            return self._run(Context(names, tuple(history)))
        except ExpressionError as error:
            raise ExpressionError(error.problem, text=self.text) from None

    def __str__(self) -> str:
        return self.text


OPEN = Record(open=True)


def compile_expression(
    text: str,
    *,
    names: Record = OPEN,
    result: Kind | None = None,
    functions: Mapping[str, Function] = STANDARD,
    tables: Mapping[str, Table] | None = None,
) -> Expression:
    """Check an expression against the names that will exist and make it ready to run.

    Without `names` every name is accepted and checked when it runs.
    `result` asks for a single value of that kind.

    Raises:
        ExpressionError: wrong syntax, an unknown name or function, kinds that do not fit,
            or a limit (2,000 characters, 100 nested operations, 600 parts).
    """
    clean, tree = parse(text)
    builder = Builder(clean, names, functions, tables or {})
    piece = builder.build(tree)
    if result is not None:
        _check_result(clean, piece.type, result)
    return Expression(
        clean,
        piece.type,
        frozenset(builder.references),
        frozenset(builder.earlier),
        piece.run,
    )


def _check_result(text: str, found: NameType, wanted: Kind) -> None:
    if isinstance(found, Record) and found.open:
        return
    if isinstance(found, Of) and not found.column:
        if Kind.ANY in (found.kind, wanted) or found.kind is wanted:
            return
        if wanted is Kind.NUMBER and found.kind is Kind.TRUTH:
            return
    expected = "one value" if wanted is Kind.ANY else str(wanted)
    raise ExpressionError(
        f"{expected} is needed here, this gives {found}", text=text, position=1
    )
