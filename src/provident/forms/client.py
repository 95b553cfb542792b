"""A form as the browser draws it (the JSON of docs/explanation/architecture.md)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from provident.forms.model import Field, Grid
from provident.plan.quantities import convert


def blocks(items: Sequence[Field], grids: Sequence[Grid]) -> list[dict[str, Any]]:
    """Items first, then grids, in the order of the plan."""
    return [*map(_item, items), *map(_grid, grids)]


def form_json(
    key: str,
    title: str,
    missing: Mapping[str, str],
    items: Sequence[Field],
    grids: Sequence[Grid],
) -> dict[str, Any]:
    """The whole form; one is drawn for each time point."""
    return {
        "id": key,
        "title": title,
        "scope": "timepoint",
        "missing": dict(missing),
        "blocks": blocks(items, grids),
    }


def _item(field: Field) -> dict[str, Any]:
    return {"kind": "item", "id": field.key, "ask": field.label, **_answer(field)}


def _grid(grid: Grid) -> dict[str, Any]:
    drawn: dict[str, Any] = {"kind": "grid", "id": grid.id, "title": grid.title}
    if grid.gate:
        gate = grid.gate
        drawn["gate"] = {"item": gate.item, "when": gate.when, "fill": gate.fill}
    if grid.repeat:
        drawn["repeat"] = {"item": grid.repeat.item, "beyond": grid.repeat.beyond}
    drawn["rows"] = [{"id": row.id, "label": row.label} for row in grid.rows]
    drawn["columns"] = [
        {"id": column.column, "label": column.label, **_answer(column)}
        for column in grid.columns
    ]
    return drawn


def _answer(field: Field) -> dict[str, Any]:
    drawn: dict[str, Any] = {"type": field.type}
    if field.choices:
        drawn["choices"] = [{"value": c.value, "label": c.label} for c in field.choices]
    if field.bounds:
        drawn |= _range(field)
    if field.at_most:
        drawn["max_length"] = field.at_most
    drawn["missing"] = list(field.missing)
    if field.measure:
        drawn["measure"] = field.measure
        factor = _factor(field)
        if factor != 1:
            drawn["measure_factor"] = factor
    if field.help:
        drawn["help"] = field.help
    return drawn


# The unit in which each measurement comes from the image; others are those of the pixels.
_MEASURED_IN = {
    **dict.fromkeys(("length", "long_axis", "short_axis"), "mm"),
    "area": "mm2",
    "adc": "mm2/s",
}


def _factor(field: Field) -> float:
    """What a measured value is multiplied by to stand in the field's unit."""
    of = _MEASURED_IN.get(field.measure or "")
    return convert(1.0, of, field.unit) if of and field.unit else 1.0


def _range(field: Field) -> dict[str, Any]:
    assert field.bounds is not None
    low, high = field.bounds.low, field.bounds.high
    if field.type == "integer":
        return {"min": int(low), "max": int(high)}
    # JSON has no infinity: an open end is null.
    ends = {
        "min": low if low != float("-inf") else None,
        "max": high if high != float("inf") else None,
    }
    return {**ends, "unit": field.unit, "decimals": field.decimals}
