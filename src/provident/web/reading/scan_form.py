"""A form of the plan as a page without scripts: what is drawn, and what was filled in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from provident.forms import Form


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """One place for an answer: its key, its words, its choices (value and words), what was given.

    `choices` is empty where a number or a text is typed.
    """

    key: str
    label: str
    row: str
    column: str
    choices: tuple[tuple[str, str], ...]
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """An item, or a grid with its rows of boxes."""

    title: str
    gate: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Box, ...]], ...]


MOST_STEPS = 12  # a range of so many whole numbers is a list to choose from


def drawn(form: Form, given: Mapping[str, Any]) -> list[Block]:
    """The blocks of a form, items first."""
    boxes = {key: _box(form, key, given) for key in form.fields}
    items = [b for b in boxes.values() if not form.fields[b.key].grid]
    blocks = [Block(title="", gate="", columns=(), rows=(("", (b,)),)) for b in items]
    for block in form.as_client()["blocks"]:
        if block["kind"] != "grid":
            continue
        rows = tuple(
            (row["label"], tuple(boxes[f"{block['id']}.{row['id']}.{column['id']}"] for column in block["columns"]))
            for row in block["rows"]
        )  # fmt: skip
        gate = block.get("gate")
        blocks.append(
            Block(
                title=block.get("title") or block["id"].replace("_", " ").capitalize(),
                gate=form.fields[gate["item"]].label if gate else "",
                columns=tuple(c["label"] for c in block["columns"]),
                rows=rows,
            )
        )
    return blocks


def _box(form: Form, key: str, given: Mapping[str, Any]) -> Box:
    field = form.fields[key]
    choices = [(str(c.value), c.label) for c in field.choices]
    bounds = field.bounds
    if field.type == "integer" and bounds and bounds.high - bounds.low < MOST_STEPS:
        steps = range(int(bounds.low), int(bounds.high) + 1)
        choices = [(str(n), str(n)) for n in steps]
    typed = not choices
    choices += [(code, form.missing[code]) for code in field.missing]
    return Box(
        key=key, label=field.label, row=field.row or "", column=field.column or "",
        choices=() if typed else tuple(choices), value=str(given.get(key, "")),
    )  # fmt: skip


def answers(form: Form, posted: Mapping[str, str]) -> dict[str, Any]:
    """What was filled in, as the form's checks take it; what was left empty is left out."""
    found: dict[str, Any] = {}
    for key, field in form.fields.items():
        text = str(posted.get(key) or "").strip()
        if not text:
            continue
        coded = {str(c.value): c.value for c in field.choices}
        if text in coded or text in field.missing:
            found[key] = coded.get(text, text)
        elif field.type in ("integer", "number"):
            found[key] = _number(text)
        else:
            found[key] = text
    return found


def _number(text: str) -> int | float | str:
    try:
        value = float(text)
    except ValueError:
        return text  # the form's own check says what fits
    return int(value) if value.is_integer() else value
