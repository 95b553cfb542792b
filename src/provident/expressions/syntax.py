"""From text to a syntax tree, within limits that no input can get round."""

from __future__ import annotations

import ast
import keyword
import re

from provident.expressions.errors import ExpressionError


MAX_LENGTH = 2000  # characters
MAX_DEPTH = 100  # nested operations, of which a long sum makes one a term
MAX_BRACKETS = 50
MAX_NODES = 600
# Words that Python keeps for itself and this language does not: a form may ask for a `class`.
WORDS = frozenset(
    {"and", "or", "not", "in", "is", "if", "else", "True", "False", "None"}
)
_FREE = re.compile(rf"\b(?:{'|'.join(sorted(set(keyword.kwlist) - WORDS))})\b")
_QUOTED = re.compile(r"""('[^']*'|"[^"]*")""")
_TO_FULL_WIDTH = 0xFEE0  # from U+0061 to U+FF41
_LONE_EQUALS = re.compile(r"(?<![=<>!:])=(?!=)")
_OPEN, _CLOSE = "([{", ")]}"


def parse(text: str) -> tuple[str, ast.expr]:
    """The expression on one line, and its syntax tree.

    Raises:
        ExpressionError: it is empty, too long, too deep, or no expression.
    """
    clean = _one_line(text)
    try:
        tree = ast.parse(_freed(clean), mode="eval").body
    except SyntaxError as error:
        raise _syntax_error(clean, error) from None
    except (ValueError, MemoryError, RecursionError, Warning):
        # A zero byte, a lone surrogate, or nesting that exhausts Python's own parser.
        raise ExpressionError("this is not an expression", text=clean) from None
    _within_limits(clean, tree)
    return clean, tree


def position(text: str, node: ast.AST) -> int | None:
    """The character, from 1, at which a node begins; ast itself counts bytes."""
    offset: int | None = getattr(node, "col_offset", None)
    if offset is None:
        return None
    return len(_freed(text).encode()[:offset].decode(errors="replace")) + 1


def _freed(text: str) -> str:
    """The text with Python's other keywords written so that Python takes them for names.

    Their first letter becomes its full-width form. Python compares keywords before, and
    names after, it brings letters to their plain form (NFKC), so the name comes out as written.
    """

    def wide(match: re.Match[str]) -> str:
        word = match[0]
        return chr(ord(word[0]) + _TO_FULL_WIDTH) + word[1:]

    parts = _QUOTED.split(text)
    # Every second part is a quoted text and stays as it is.
    return "".join(
        part if i % 2 else _FREE.sub(wide, part) for i, part in enumerate(parts)
    )


def _one_line(text: str) -> str:
    if not isinstance(text, str):
        raise ExpressionError("an expression is a text")
    if len(text) > MAX_LENGTH:
        raise ExpressionError(
            f"the expression has {len(text)} characters; at most {MAX_LENGTH} are allowed"
        )
    clean = " ".join(text.split())
    if not clean:
        raise ExpressionError("the expression is empty")
    if "\\" in clean:
        raise ExpressionError(
            "a backslash has no meaning here",
            text=clean,
            position=clean.index("\\") + 1,
        )
    _check_brackets(clean)
    return clean


def _check_brackets(text: str) -> None:
    depth = 0
    for at, character in enumerate(text, 1):
        depth += (character in _OPEN) - (character in _CLOSE)
        if depth > MAX_BRACKETS:
            raise ExpressionError(
                f"more than {MAX_BRACKETS} nested brackets", text=text, position=at
            )


def _syntax_error(text: str, error: SyntaxError) -> ExpressionError:
    at = error.offset if error.offset and error.offset > 0 else None
    if _LONE_EQUALS.search(text):
        return ExpressionError(
            'one "=" does not compare; write "=="', text=text, position=at
        )
    return ExpressionError("this is not an expression", text=text, position=at)


def _within_limits(text: str, tree: ast.expr) -> None:
    stack: list[tuple[ast.AST, int]] = [(tree, 1)]
    nodes = 0
    while stack:
        node, depth = stack.pop()
        nodes += 1
        if depth > MAX_DEPTH:
            raise ExpressionError(
                f"more than {MAX_DEPTH} nested operations",
                text=text,
                position=position(text, node),
            )
        if nodes > MAX_NODES:
            raise ExpressionError("the expression has too many parts", text=text)
        stack.extend((child, depth + 1) for child in ast.iter_child_nodes(node))
