"""How the images of a case are hung: layouts by series role, sent to the browser without a visit's name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from provident.kernel import PlanError


# What of a time point a pane may ask for; `scored` is the one whose form is open in the browser.
SCORED, PRIOR, FIRST, LAST, EACH = "scored", "prior", "first", "last", "each"
COLUMNS = {
    "scored": (SCORED,),
    "prior and scored": (PRIOR, SCORED),
    "first and last": (FIRST, LAST),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pane:
    """One pane of a layout.

    Attributes:
        series: the role shown, or None for a pane that stays empty.
        under: a role over which `series` lies in colour (PET over CT).
        plane: `acquired`, or `axial`, `coronal`, `sagittal` through the volume.
        at: a time point of its own; None repeats the pane for each of the layout's.
        preset: the preset it starts with.
    """

    series: str | None
    under: str | None = None
    plane: str = "acquired"
    at: str | None = None
    preset: str | None = None
    inverted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """One way to hang a case, and what the reader's hands start with."""

    id: str
    label: str
    rows: tuple[tuple[Pane, ...], ...]
    time_points: str = EACH
    tool: str = "window"
    crosshair: bool = False
    lines: bool = True
    cine: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """A window by width and centre; `series` are the roles that it is for, all when empty."""

    id: str
    label: str
    window: float
    level: float
    series: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hang:
    """The hanging protocols of a read design; the first layout is shown first.

    Attributes:
        link: what scrolls together: `position`, `same series` or `off`.
        megapixels: what the display is asked to have.
        grey_check_days: how long a reader's check of the dark and bright greys holds.
    """

    layouts: tuple[Layout, ...]
    link: str = "position"
    presets: tuple[Preset, ...] = field(default=())
    megapixels: float = 1.9
    grey_check_days: int = 30

    def __post_init__(self) -> None:
        if not self.layouts:
            raise PlanError("a hanging protocol needs a layout")


def hang_json(hang: Hang | None, labels: Sequence[str]) -> dict[str, Any] | None:
    """What the browser is sent of the hanging protocols; `labels` are the case's time points in their order."""
    if hang is None:
        return None
    return {
        "layouts": [_layout(layout, labels) for layout in hang.layouts],
        "link": hang.link,
        "screen": {
            "megapixels": hang.megapixels,
            "grey_check_days": hang.grey_check_days,
        },
    }


def presets_json(hang: Hang | None) -> list[dict[str, Any]]:
    """The presets of the plan, as the browser's keys 2 to 9 take them."""
    return [
        {
            "id": p.id,
            "name": p.label,
            "window": p.window,
            "level": p.level,
            "series": list(p.series),
        }
        for p in (hang.presets if hang else ())
    ]


def _layout(layout: Layout, labels: Sequence[str]) -> dict[str, Any]:
    columns = COLUMNS.get(layout.time_points, tuple(labels))
    return {
        "id": layout.id,
        "name": layout.label,
        "rows": [_row(row, columns, labels) for row in layout.rows],
        "tool": layout.tool,
        "crosshair": layout.crosshair,
        "lines": layout.lines,
        "cine": layout.cine,
    }


def _row(
    row: Sequence[Pane], columns: Sequence[str], labels: Sequence[str]
) -> list[dict[str, Any] | None]:
    """A row for each time point side by side; panes with a time point of their own stand once, behind."""
    repeated = [p for p in row if p.at is None]
    own = [p for p in row if p.at is not None]
    return [
        *(_pane(pane, _label(at, labels)) for at in columns for pane in repeated),
        *(_pane(pane, _label(str(pane.at), labels)) for pane in own),
    ]


def _label(at: str, labels: Sequence[str]) -> str:
    """First and last are known here; scored and prior move with the form."""
    ends = {FIRST: labels[0], LAST: labels[-1]}
    return ends.get(at, at)


def _pane(pane: Pane, at: str) -> dict[str, Any] | None:
    if pane.series is None:
        return None
    return {
        "series": pane.series,
        "at": at,
        "plane": pane.plane,
        "under": pane.under,
        "preset": pane.preset,
        "inverted": pane.inverted,
    }
