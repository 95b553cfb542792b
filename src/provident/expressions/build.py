"""From a syntax tree to checked, runnable pieces."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from provident.expressions import operators
from provident.expressions.errors import ExpressionError
from provident.expressions.functions import Function
from provident.expressions.kinds import (
    ANY,
    NUMBER,
    TEXT,
    TRUTH,
    Kind,
    NameType,
    Of,
    Record,
    comparable,
    numeric,
)
from provident.expressions.looking_back import LOOKING_BACK
from provident.expressions.syntax import position
from provident.expressions.tables import Table
from provident.expressions.values import LARGEST, Missing, Value, lift


@dataclass(frozen=True, slots=True)
class Context:
    """What an expression runs on: names now, and at the earlier time points."""

    names: Mapping[str, Any]
    history: tuple[Mapping[str, Any] | None, ...]


Run = Callable[[Context], Value]


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of an expression: what it gives, and how."""

    type: NameType
    run: Run


class Builder:
    """Builds one expression. `references` and `earlier` fill with the names it uses."""

    def __init__(
        self,
        text: str,
        names: Record,
        functions: Mapping[str, Function],
        tables: Mapping[str, Table],
    ) -> None:
        self.text = text
        self.names = names
        self.functions = functions
        self.tables = tables
        self.references: set[str] = set()
        self.earlier: set[str] = set()
        self._back_names: set[str] | None = None

    def build(self, node: ast.expr) -> Piece:
        """The piece for one node of the tree."""
        make = _MAKERS.get(type(node))
        if make is None:
            words = _NOT_PART.get(type(node), "this")
            raise self.error(node, f"{words} is not part of the expression language")
        return make(self, node)

    def error(self, node: ast.AST, problem: str) -> ExpressionError:
        """The refusal of the expression at a node."""
        return ExpressionError(
            problem, text=self.text, position=position(self.text, node)
        )

    def value(self, node: ast.expr) -> tuple[Of, Run]:
        """A piece that must be a value or a column, not a group of names."""
        piece = self.build(node)
        if isinstance(piece.type, Of):
            return piece.type, piece.run
        if piece.type.open:
            return ANY, piece.run
        inside = ", ".join(list(piece.type.fields)[:6])
        raise self.error(
            node, f"this is a group of values; add a dot and one of: {inside}"
        )

    # -- names and constants

    def constant(self, node: ast.Constant) -> Piece:
        value = node.value
        if isinstance(value, bool):
            return Piece(TRUTH, lambda _: value)
        if isinstance(value, int | float):
            if not abs(value) <= LARGEST:
                raise self.error(node, "a number here is larger than 1e18")
            return Piece(NUMBER, lambda _: value)
        if isinstance(value, str):
            return Piece(TEXT, lambda _: value)
        if value is None:
            raise self.error(node, '"None" is not used here; write "is missing"')
        raise self.error(
            node, "this kind of constant is not part of the expression language"
        )

    def name(self, node: ast.Name | ast.Attribute) -> Piece:
        path = _dotted(node)
        if path is None:
            return self._field_of_result(node)
        declared: NameType | None = self.names
        for depth, part in enumerate(path):
            inside = declared
            if not isinstance(inside, Record):
                raise self.error(
                    node, f'"{".".join(path[:depth])}" has nothing inside it'
                )
            declared = inside.get(part)
            if declared is None:
                raise self.error(node, self._unknown(path[: depth + 1], inside))
        assert declared is not None
        dotted = ".".join(path)
        seen = self.references if self._back_names is None else self._back_names
        seen.add(dotted)
        return Piece(declared, lambda context: _look_up(context.names, path))

    def _unknown(self, path: list[str], inside: Record) -> str:
        if path == ["missing"]:
            return '"missing" stands only after "is" or "is not"'
        if path[-1] in self.functions:
            return f'"{path[-1]}" is a function; write {path[-1]}(...)'
        return f'unknown name "{".".join(path)}"{inside.nearest(path[-1])}'

    def _field_of_result(self, node: ast.Name | ast.Attribute) -> Piece:
        assert isinstance(node, ast.Attribute)
        piece, part = self.build(node.value), node.attr
        if not isinstance(piece.type, Record):
            raise self.error(node, f'"{part}" does not exist here')
        declared = piece.type.get(part)
        if declared is None:
            raise self.error(node, f'unknown name "{part}"{piece.type.nearest(part)}')
        return Piece(declared, lambda context: _step(piece.run(context), part))

    # -- operators

    def binary(self, node: ast.BinOp) -> Piece:
        operator = operators.ARITHMETIC.get(type(node.op))
        if operator is None:
            raise self.error(
                node, "this operator is not part of the expression language"
            )
        (left, run_left), (right, run_right) = (
            self.value(node.left),
            self.value(node.right),
        )
        kind = self._arithmetic_kind(node, left.kind, right.kind)

        def run(context: Context) -> Value:
            return lift(operator, run_left(context), run_right(context))

        return Piece(Of(kind, left.column or right.column), run)

    def _arithmetic_kind(self, node: ast.BinOp, left: Kind, right: Kind) -> Kind:
        if isinstance(node.op, ast.Add):
            if left is Kind.TEXT and right is Kind.TEXT:
                return Kind.TEXT
            if Kind.ANY in (left, right):
                return Kind.ANY
        if not (numeric(left) and numeric(right)):
            raise self.error(
                node, "arithmetic needs numbers on both sides, here is a text"
            )
        return Kind.NUMBER

    def unary(self, node: ast.UnaryOp) -> Piece:
        operand, run_operand = self.value(node.operand)
        if isinstance(node.op, ast.Not):
            self._need_truth(node.operand, operand)
            return Piece(
                Of(Kind.TRUTH, operand.column),
                lambda context: lift(operators.negate, run_operand(context)),
            )
        operator = operators.SIGNS.get(type(node.op))
        if operator is None or not numeric(operand.kind):
            raise self.error(node, "this operator works on numbers only")
        return Piece(
            Of(Kind.NUMBER, operand.column),
            lambda context: lift(operator, run_operand(context)),
        )

    def _need_truth(self, node: ast.expr, found: Of) -> None:
        if found.kind not in (Kind.TRUTH, Kind.ANY):
            raise self.error(
                node,
                f"a condition is needed here, this gives {found}; compare it, such as x == 1",
            )

    def junction(self, node: ast.BoolOp) -> Piece:
        parts = [self.value(n) for n in node.values]
        for part, (found, _) in zip(node.values, parts, strict=True):
            self._need_truth(part, found)
        runs = [run for _, run in parts]
        join = operators.either if isinstance(node.op, ast.Or) else operators.both

        def run(context: Context) -> Value:
            return lift(join, *(r(context) for r in runs))

        return Piece(Of(Kind.TRUTH, any(t.column for t, _ in parts)), run)

    def choice(self, node: ast.IfExp) -> Piece:
        test, run_test = self.value(node.test)
        self._need_truth(node.test, test)
        (yes, run_yes), (no, run_no) = self.value(node.body), self.value(node.orelse)
        kind = yes.kind if yes.kind is no.kind else Kind.ANY
        if {yes.kind, no.kind} == {Kind.NUMBER, Kind.TRUTH}:
            kind = Kind.NUMBER

        def run(context: Context) -> Value:
            decision = run_test(context)
            if isinstance(decision, Missing):
                return decision
            if isinstance(decision, bool):  # the branch not taken never runs
                return (run_yes if decision else run_no)(context)
            return lift(operators.choose, decision, run_yes(context), run_no(context))

        return Piece(Of(kind, test.column or yes.column or no.column), run)

    # -- comparisons

    def comparison(self, node: ast.Compare) -> Piece:
        operands = [node.left, *node.comparators]
        links: list[Run] = []
        column = False
        for left, op, right in zip(operands, node.ops, operands[1:], strict=False):
            kind, run = self._link(node, left, op, right)
            column = column or kind.column
            links.append(run)
        if len(links) == 1:
            return Piece(Of(Kind.TRUTH, column), links[0])

        def run_chain(context: Context) -> Value:
            return lift(operators.both, *(link(context) for link in links))

        return Piece(Of(Kind.TRUTH, column), run_chain)

    def _link(
        self, node: ast.Compare, left: ast.expr, op: ast.cmpop, right: ast.expr
    ) -> tuple[Of, Run]:
        if isinstance(op, ast.Is | ast.IsNot):
            return self._missing_test(left, op, right)
        if isinstance(op, ast.In | ast.NotIn):
            return self._membership(left, op, right)
        (a, run_a), (b, run_b) = self.value(left), self.value(right)
        if not comparable(a.kind, b.kind):
            raise self.error(node, f"{a} is compared with {b}")
        operator = operators.COMPARISONS[type(op)]
        return (
            Of(Kind.TRUTH, a.column or b.column),
            lambda context: operator(run_a(context), run_b(context)),
        )

    def _missing_test(
        self, left: ast.expr, op: ast.Is | ast.IsNot, right: ast.expr
    ) -> tuple[Of, Run]:
        if not (isinstance(right, ast.Name) and right.id == "missing"):
            raise self.error(
                right, 'after "is" only "missing" may stand; compare with "=="'
            )
        kind, run = self.value(left)
        wanted = isinstance(op, ast.Is)
        return (
            Of(Kind.TRUTH, kind.column),
            lambda context: lift(
                lambda value: isinstance(value, Missing) is wanted, run(context)
            ),
        )

    def _membership(
        self, left: ast.expr, op: ast.In | ast.NotIn, right: ast.expr
    ) -> tuple[Of, Run]:
        if not isinstance(right, ast.Tuple | ast.List | ast.Set) or not right.elts:
            raise self.error(right, 'after "in" a list is needed, such as ("CR", "PR")')
        kind, run = self.value(left)
        members: list[Any] = []
        for element in right.elts:
            member, run_member = self.value(element)
            if not comparable(kind.kind, member.kind):
                raise self.error(element, f"{kind} is compared with {member}")
            if not isinstance(element, ast.Constant):
                raise self.error(element, "the list holds plain numbers or texts only")
            members.append(run_member(_NOWHERE))
        inside = operators.member(tuple(members), isinstance(op, ast.In))
        return (
            Of(Kind.TRUTH, kind.column),
            lambda context: lift(inside, run(context)),
        )

    # -- calls

    def call(self, node: ast.Call) -> Piece:
        if not isinstance(node.func, ast.Name) or node.keywords:
            raise self.error(
                node, "a call is a function's name and its values in brackets"
            )
        name = node.func.id
        if name == "lookup":
            return self._lookup(node)
        if name in LOOKING_BACK:
            return self._look_back(node, name)
        function = self.functions.get(name)
        if function is None:
            known = Record(
                dict.fromkeys((*self.functions, *LOOKING_BACK, "lookup"), ANY)
            )
            raise self.error(node, f'unknown function "{name}"{known.nearest(name)}')
        pieces = [self.build(argument) for argument in node.args]
        try:
            given = function.check([_value_type(piece.type) for piece in pieces])
        except ValueError as error:
            raise self.error(node, f"{name}(...) {error}") from None
        runs = [piece.run for piece in pieces]
        return Piece(given, lambda c: function.apply([run(c) for run in runs]))

    def _lookup(self, node: ast.Call) -> Piece:
        first = node.args[0] if node.args else None
        if not isinstance(first, ast.Constant) or not isinstance(first.value, str):
            raise self.error(node, 'lookup starts with a table: lookup("pz", dwi, dce)')
        table = self.tables.get(first.value)
        if table is None:
            known = Record(dict.fromkeys(self.tables, ANY))
            raise self.error(
                first, f'unknown table "{first.value}"{known.nearest(first.value)}'
            )
        if len(node.args) - 1 != len(table.keys):
            raise self.error(
                node,
                f'table "{table.name}" needs {len(table.keys)} values: {", ".join(table.keys)}',
            )
        pieces = [self.value(argument) for argument in node.args[1:]]
        runs = [run for _, run in pieces]
        return Piece(
            Of(table.kind, any(kind.column for kind, _ in pieces)),
            lambda c: lift(lambda *cells: table.find(cells), *(r(c) for r in runs)),
        )

    def _look_back(self, node: ast.Call, name: str) -> Piece:
        if len(node.args) != 1:
            raise self.error(node, f"{name}(...) takes one value")
        if self._back_names is not None:
            raise self.error(node, f"{name}(...) cannot stand inside another look back")
        look, only_earlier, numbers_only = LOOKING_BACK[name]
        self._back_names = set()
        try:
            kind, run = self.value(node.args[0])
            self.earlier |= self._back_names
            if not only_earlier:  # at the baseline itself the value now is the baseline
                self.references |= self._back_names
        finally:
            self._back_names = None
        if kind.column or (numbers_only and not numeric(kind.kind)):
            wanted = "one number" if numbers_only else "one value"
            raise self.error(node, f"{name}(...) works on {wanted}, not on {kind}")

        def run_back(context: Context) -> Value:
            def at(names: Mapping[str, Any]) -> Value:
                return run(Context(names, ()))

            return look(at, context.names, context.history)

        return Piece(kind, run_back)


def _value_type(found: NameType) -> NameType:
    return ANY if isinstance(found, Record) and found.open else found


def _dotted(node: ast.expr) -> list[str] | None:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return None
    return [node.id, *reversed(parts)]


def _look_up(names: Mapping[str, Any], path: list[str]) -> Value:
    value: Value = names
    for part in path:
        value = _step(value, part)
    return value


def _step(value: Value, part: str) -> Value:
    if isinstance(value, Missing):
        return value
    if type(value) is not dict and not isinstance(value, Mapping):
        raise ExpressionError(f'"{part}" does not exist here')
    found = value.get(part)
    if found is None:
        return Missing("not answered")
    if isinstance(found, float) and not math.isfinite(found):
        raise ExpressionError(f'"{part}" is not a finite number')
    return _column(found) if isinstance(found, list | tuple) else found


def _column(cells: Sequence[Any]) -> Value:
    if type(cells) is tuple and None not in cells:
        return cells
    return tuple(Missing("not answered") if cell is None else cell for cell in cells)


_NOWHERE = Context({}, ())

_MAKERS: dict[type[ast.expr], Callable[[Builder, Any], Piece]] = {
    ast.Constant: Builder.constant,
    ast.Name: Builder.name,
    ast.Attribute: Builder.name,
    ast.BinOp: Builder.binary,
    ast.UnaryOp: Builder.unary,
    ast.BoolOp: Builder.junction,
    ast.IfExp: Builder.choice,
    ast.Compare: Builder.comparison,
    ast.Call: Builder.call,
}

_NOT_PART: dict[type[ast.expr], str] = {
    ast.Subscript: "an index in square brackets",
    ast.JoinedStr: "a formatted text",
    ast.NamedExpr: 'an assignment ":="',
    ast.Tuple: 'a list outside "in"',
    ast.List: 'a list outside "in"',
    ast.Dict: "a dictionary",
    ast.Starred: "a star",
}
