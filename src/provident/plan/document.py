"""Read one YAML 1.2 file into plain values, with the place of each key and value.

Values are made here from the parser's events, by the core schema of YAML 1.2:
`no`, `on` and `2026-03-01` stay words, `0: No` stays a number and a word.
Anchors, aliases and tags are refused: a plan needs none, and a few lines of them
can unfold into gigabytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml import events as ev
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from provident.kernel import Finding, Place, Severity
from provident.plan import codes
from provident.plan.places import FilePlaces, Path


LARGEST = 1_000_000  # bytes of one YAML file
DEEPEST = 32

_NULL = re.compile(r"~|null|Null|NULL|")
_TRUE = re.compile(r"true|True|TRUE")
_FALSE = re.compile(r"false|False|FALSE")
_INT = re.compile(r"[-+]?[0-9]+")
_HEX = re.compile(r"0x[0-9a-fA-F]+")
_OCTAL = re.compile(r"0o[0-7]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
# Halves of UTF-16 pairs and control characters, which an escape such as "\ud800" can write.
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_INDENTED_BY_TAB = re.compile(r"^ *\t", re.MULTILINE)


@dataclass(slots=True)
class Document:
    """One file: its value, its places, and what is wrong with it as YAML."""

    file: str
    value: Any = None
    places: FilePlaces = field(default_factory=lambda: FilePlaces(""))
    findings: list[Finding] = field(default_factory=list)


def plain_value(text: str) -> Any:
    """What a plain scalar means by YAML 1.2's core schema."""
    if _NULL.fullmatch(text):
        return None
    if _TRUE.fullmatch(text):
        return True
    if _FALSE.fullmatch(text):
        return False
    if _INT.fullmatch(text):
        return int(text)
    if _HEX.fullmatch(text):
        return int(text, 16)
    if _OCTAL.fullmatch(text):
        return int(text[2:], 8)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text


def fault(
    code: codes.Code,
    where: Place,
    message: str,
    *,
    expected: str = "",
    found: str = "",
    remedy: str = "",
) -> Finding:
    """A finding at error level about a plan's file."""
    return Finding(
        code=code.code,
        severity=Severity.ERROR,
        where=where,
        message=message,
        expected=expected,
        found=found,
        remedy=remedy or code.remedy,
    )


def read_document(file: str, data: bytes) -> Document:
    """Read one file. Never raises for bad content: the document's findings say what is wrong.

    A value is there only when there are no findings.
    """
    document = Document(file, places=FilePlaces(file))
    text = _text(document, data)
    if text is not None:
        try:
            _Builder(document).build(text)
        except _Refused:
            pass
        except MarkedYAMLError as error:
            document.findings.append(_syntax(file, error))
        except YAMLError as error:
            document.findings.append(
                fault(codes.SYNTAX, _at(file, 1, 1), f"not YAML: {_first_line(error)}")
            )
    if document.findings:
        document.value = None
    return document


def _text(document: Document, data: bytes) -> str | None:
    """The file as text, or None with a finding."""
    file = document.file
    if len(data) > LARGEST:
        document.findings.append(
            fault(
                codes.TOO_BIG,
                _at(file, 1, 1),
                f"the file has {len(data):,} bytes",
                expected=f"at most {LARGEST:,} bytes",
                found=f"{len(data):,} bytes",
            )
        )
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line = before.count(b"\n") + 1
        column = len(before) - (before.rfind(b"\n") + 1) + 1
        document.findings.append(
            fault(
                codes.ENCODING,
                _at(file, line, column),
                "the file is not UTF-8 text here",
                expected="UTF-8",
                found=f"byte 0x{data[error.start]:02x}",
            )
        )
        return None
    for tab in _INDENTED_BY_TAB.finditer(text):
        line = text.count("\n", 0, tab.end()) + 1
        document.findings.append(
            fault(
                codes.TAB,
                _at(file, line, tab.end() - tab.start()),
                "this line is indented with a tab",
                expected="spaces",
                found="a tab",
            )
        )
    return None if document.findings else text


def _at(file: str, line: int, column: int) -> Place:
    return Place(file=file, line=line, column=column)


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n")[0]


# What the parser says, in the words of someone who writes a plan.
_PLAINER = (
    (
        "mapping values are not allowed here",
        'a second ": " on this line; put the text in quotes',
    ),
    (
        "cannot start any token",
        "a text may not start with this sign; put the text in quotes",
    ),
    ("unexpected end of stream", "a quote or bracket opened here is never closed"),
    ("expected ',' or '}'", 'a "}" or a comma is missing before this point'),
    ("expected ',' or ']'", 'a "]" or a comma is missing before this point'),
    ("expected <block end>", "this line is not indented like the ones above it"),
    ("could not find expected ':'", 'a ":" is missing after this key'),
)


def _syntax(file: str, error: MarkedYAMLError) -> Finding:
    problem = str(error.problem or error.context or "not YAML")
    plain = next((words for sign, words in _PLAINER if sign in problem), None)
    # An unclosed quote is reported where the file ends: say where it begins.
    unclosed = "unexpected end of stream" in problem and error.context_mark
    mark = error.context_mark if unclosed else error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    return fault(
        codes.SYNTAX,
        _at(file, line, column),
        f"not YAML: {plain or problem}",
        found=problem if plain else "",
    )


class _Refused(Exception):
    """Reading stops: the finding is noted."""


class _Builder:
    """Makes values and places from the parser's events."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.places = document.places
        self.file = document.file

    def build(self, text: str) -> None:
        yaml = YAML(typ="safe", pure=True)
        events: Iterator[Any] = iter(yaml.parse(text))
        documents = 0
        for event in events:
            if isinstance(event, ev.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._note(
                        codes.SYNTAX, event, 'a second document starts here ("---")'
                    )
                    raise _Refused
                self.document.value = self._node(next(events), events, ())
        if not documents:
            self.places.values[()] = (1, 1)

    def _note(self, code: codes.Code, event: Any, message: str) -> None:
        where = _at(self.file, event.start_mark.line + 1, event.start_mark.column + 1)
        self.document.findings.append(fault(code, where, message))

    def _node(self, event: Any, events: Iterator[Any], path: Path) -> Any:
        self._refuse_unfolding(event)
        mark = event.start_mark
        self.places.values[path] = (mark.line + 1, mark.column + 1)
        if len(path) > DEEPEST:
            self._note(codes.DEPTH, event, f"nested deeper than {DEEPEST} levels")
            raise _Refused
        if isinstance(event, ev.MappingStartEvent):
            return self._mapping(events, path, inline=bool(event.flow_style))
        if isinstance(event, ev.SequenceStartEvent):
            return self._sequence(events, path)
        return self._scalar(event)

    def _refuse_unfolding(self, event: Any) -> None:
        if isinstance(event, ev.AliasEvent):
            self._note(codes.ALIAS, event, f"an alias (*{event.anchor}) stands here")
            raise _Refused
        if event.anchor:
            self._note(codes.ALIAS, event, f"an anchor (&{event.anchor}) stands here")
        tag = getattr(event, "tag", None) or getattr(event, "ctag", None)
        if tag and str(tag) != "!":
            self._note(codes.ALIAS, event, f"a tag ({tag}) stands here")

    def _scalar(self, event: Any) -> Any:
        if wrong := _NO_TEXT.search(event.value):
            self._note(
                codes.ENCODING,
                event,
                f"this text holds U+{ord(wrong[0]):04X}, which no text may hold",
            )
        return event.value if event.style else plain_value(event.value)

    def _sequence(self, events: Iterator[Any], path: Path) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := next(events), ev.SequenceEndEvent):
            items.append(self._node(event, events, (*path, len(items))))
        return items

    def _mapping(
        self, events: Iterator[Any], path: Path, *, inline: bool
    ) -> dict[Any, Any]:
        mapping: dict[Any, Any] = {}
        while not isinstance(event := next(events), ev.MappingEndEvent):
            self._refuse_unfolding(event)
            if not isinstance(event, ev.ScalarEvent):
                self._note(codes.SYNTAX, event, "a key must be a word or a number")
                raise _Refused
            key = self._key(event)
            inner = (*path, key)
            if inner in self.places.keys:
                first = self.places.keys[inner][0]
                self._note(
                    codes.DUPLICATE_KEY,
                    event,
                    f'"{key}" is already there on line {first}',
                )
            self.places.keys[inner] = (
                event.start_mark.line + 1,
                event.start_mark.column + 1,
            )
            mapping[key] = self._node(next(events), events, inner)
            if inline and mapping[key] is None:
                self.places.cut.add(inner)
        return mapping

    def _key(self, event: Any) -> str | int:
        """A key is a word; a whole number stays one (the choices of a form)."""
        value = self._scalar(event)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        return str(event.value)
