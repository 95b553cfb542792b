"""The hanging protocols of a plan's read design, as the reading library knows them."""

from __future__ import annotations

from provident.plan.models import hanging as plan
from provident.reading import hanging as reading


def hang_of(file: plan.Hang | None) -> reading.Hang | None:
    """`hang:` of a read design; None where the plan has none."""
    if file is None:
        return None
    return reading.Hang(
        layouts=tuple(_layout(name, made) for name, made in file.layouts.items()),
        link=file.link,
        presets=tuple(_preset(name, made) for name, made in file.presets.items()),
        megapixels=file.screen.megapixels,
        grey_check_days=file.screen.grey_check_days,
    )


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _layout(name: str, made: plan.Layout) -> reading.Layout:
    return reading.Layout(
        id=name,
        label=made.label or _words(name),
        rows=tuple(tuple(_pane(pane) for pane in row) for row in made.rows),
        time_points=made.time_points,
        tool=made.tool,
        crosshair=made.crosshair,
        lines=made.lines,
        cine=made.cine,
    )


def _pane(made: plan.HungPane) -> reading.Pane:
    return reading.Pane(
        series=made.series,
        under=made.under,
        plane=made.plane,
        at=made.at,
        preset=made.preset,
        inverted=made.inverted,
    )


def _preset(name: str, made: plan.Preset) -> reading.Preset:
    window, level = made.ends
    return reading.Preset(
        id=name,
        label=made.label or _words(name),
        window=window,
        level=level,
        series=made.series,
    )
