"""The declared kinds of names, so that an expression is checked before it ever runs."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What a name holds. `ANY` is checked when the expression runs instead."""

    NUMBER = "a number"
    TEXT = "a text"
    TRUTH = "a condition"
    ANY = "anything"


@dataclass(frozen=True, slots=True)
class Of:
    """One value of a kind, or a column of them."""

    kind: Kind
    column: bool = False

    def __str__(self) -> str:
        return f"a column, each cell {self.kind}" if self.column else str(self.kind)


@dataclass(frozen=True, slots=True)
class Record:
    """Names and what they hold, reached with a dot. An open record lets any name through."""

    fields: Mapping[str, Of | Record] = field(default_factory=dict)
    open: bool = False

    def __str__(self) -> str:
        return "a group of values"

    def get(self, name: str) -> Of | Record | None:
        """What a name holds; None when it is not declared."""
        if name in self.fields:
            return self.fields[name]
        return Record(open=True) if self.open else None

    def nearest(self, name: str) -> str:
        """Words that help after a name that does not exist."""
        near = difflib.get_close_matches(name, list(self.fields), 1)
        if near:
            return f' (did you mean "{near[0]}"?)'
        known = ", ".join(list(self.fields)[:8])
        more = ", ..." if len(self.fields) > 8 else ""
        return f" (known here: {known}{more})" if known else ""


NameType = Of | Record

NUMBER = Of(Kind.NUMBER)
TEXT = Of(Kind.TEXT)
TRUTH = Of(Kind.TRUTH)
ANY = Of(Kind.ANY)


def numeric(kind: Kind) -> bool:
    """Whether arithmetic may be done with it; a condition counts as 1 or 0."""
    return kind is not Kind.TEXT


def comparable(a: Kind, b: Kind) -> bool:
    """Whether two kinds can be compared at all: a text only with a text."""
    if Kind.ANY in (a, b):
        return True
    return (a is Kind.TEXT) == (b is Kind.TEXT)
