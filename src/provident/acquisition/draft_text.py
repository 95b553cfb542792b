"""A manual as text: roles, rules with the reason beside them, and what a person must confirm."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftRule:
    """One rule: the fact, the rule as YAML in one line, and why it is so."""

    fact: str
    text: str
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftRole:
    """One series of the exam."""

    id: str
    title: str
    match: tuple[DraftRule, ...]
    rules: tuple[DraftRule, ...] = ()
    constant: tuple[str, ...] = ()
    count: int | str = 1
    optional: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftManual:
    """A whole manual; `notes` head the file, `same_as_baseline` are facts,
    `minor` are rules (`role.fact`) that only warn."""

    exam: str
    title: str
    modality: tuple[str, ...]
    minutes: int
    roles: tuple[DraftRole, ...]
    notes: tuple[str, ...] = ()
    same_as_baseline: tuple[str, ...] = ()
    version: str = "0.1"
    minor: tuple[str, ...] = ()

    def text(self) -> str:
        """The file."""
        return "\n".join(_lines(self)) + "\n"


def quoted(value: object) -> str:
    """A text as a YAML scalar that is read back as it is."""
    return json.dumps(value, ensure_ascii=False)


def identifier(
    text: str, taken: frozenset[str] = frozenset(), *, otherwise: str
) -> str:
    """An id of small letters, digits and underscores that is not taken yet."""
    plain = re.sub(r"[^a-z0-9]+", "_", text.casefold()).strip("_")[:40].strip("_")
    plain = plain if plain[:1].isalpha() else f"{otherwise}_{plain}".strip("_")
    number, made = 2, plain
    while made in taken:
        made, number = f"{plain}_{number}", number + 1
    return made


def _lines(manual: DraftManual) -> Iterator[str]:
    for note in manual.notes:
        yield f"# {_one_line(note)}"
    yield f"exam: {manual.exam}"
    yield f"title: {quoted(manual.title)}"
    yield f"modality: [{', '.join(manual.modality)}]"
    yield f"manual: {quoted(manual.version)}"
    yield "strictness: research                     # or pragmatic"
    yield f"minutes: {manual.minutes}                              # confirm: table time of the whole exam"
    yield "# people: {preparation: [...], positioning: {text: ...}, send: {format: DICOM, within: 1 d}}"
    yield "series:"
    for role in manual.roles:
        yield from _role(role)
    if manual.same_as_baseline:
        yield f"same_as_baseline: [{', '.join(manual.same_as_baseline)}]"
    minor = "".join(f", {key}: minor" for key in manual.minor)
    yield f"severity: {{default: major{minor}}}"


def _role(role: DraftRole) -> Iterator[str]:
    yield f"  {role.id}:"
    for note in role.notes:
        yield f"    # {_one_line(note)}"
    yield f"    title: {quoted(role.title)}"
    yield "    match:"
    for rule in role.match:
        yield _rule(rule)
    yield f"    count: {role.count if isinstance(role.count, int) else quoted(role.count)}"
    if role.optional:
        yield "    optional: yes"
    if role.rules or role.constant:
        yield "    require:"
        for rule in role.rules:
            yield _rule(rule)
        if role.constant:
            yield f"      constant: [{', '.join(role.constant)}]"


def _rule(rule: DraftRule) -> str:
    line = f"      {rule.fact}: {rule.text}"
    return f"{line}   # {_one_line(rule.why)}" if rule.why else line


def _one_line(text: str) -> str:
    return " ".join(text.split())
