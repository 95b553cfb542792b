"""ROC curves: one thin line a reader, the mean over readers of each modality bold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from provident.kernel import InvalidInput
from provident.statistics.figures.axes import Axis, Frame
from provident.statistics.figures.figure import Figure
from provident.statistics.figures.marks import (
    PALETTE,
    SHAPES,
    SOFT,
    Dot,
    Line,
    Mark,
    Path,
    Words,
)
from provident.statistics.figures.table import Table, listed
from provident.statistics.mrmc.data import ReadStudy
from provident.statistics.roc import roc_curve
from provident.statistics.values import Floats


Curve = tuple[Floats, Floats, Floats]
_GRID = np.linspace(0, 1, 101)


def roc_figure(study: ReadStudy, *, title: str = "ROC curves") -> Figure:
    """The empirical curve of each reader in each modality, and their mean over readers.

    The mean is taken of sensitivities at the same false positive fraction, so that its
    area is the mean of the areas (Chen & Samuelson, Br J Radiol 2014;87:20140016).
    Raises `InvalidInput` where no cell has both truths.
    """
    curves = _curves(study)
    if not curves:
        raise InvalidInput("No reader rated cases of both truths: there is no curve.")
    frame = Frame(
        x=Axis(low=0, high=1), y=Axis(low=0, high=1), width=340.0, height=340.0
    )
    marks: list[Mark] = [
        *frame.drawn("False positive fraction", "Sensitivity"),
        Line(ends=(*frame.at(0, 0), *frame.at(1, 1)), ink=SOFT, dashed=True),
    ]
    by_treatment: dict[int, list[Curve]] = {}
    for (t, _), curve in curves.items():
        by_treatment.setdefault(t, []).append(curve)
    for t, several in by_treatment.items():
        ink = PALETTE[t % len(PALETTE)]
        name = str(study.treatments[t]) or "all readers"
        marks += _modality(frame, several, ink, dashed=t % 2 == 1)
        at = frame.top + 14 + 22 * t
        shape = SHAPES[t % len(SHAPES)]
        marks += [
            Dot(x=frame.right + 24, y=at - 4, fill=ink, shape=shape, size=5),
            Words(x=frame.right + 36, y=at, text=name[:24], ink=ink, bold=True),
        ]
        marks += [
            Dot(
                x=frame.across(float(x)),
                y=frame.up(float(y)),
                size=2.5,
                fill=ink,
                shape=shape,
            )
            for false, true, _ in several
            for x, y in zip(false[1:-1][:60], true[1:-1][:60], strict=True)
        ]
    return Figure(
        name="roc",
        title=title,
        description=_words(study, curves),
        width=600.0,
        height=410.0,
        marks=tuple(marks),
        table=_table(study, curves),
    )


def _curves(study: ReadStudy) -> dict[tuple[int, int], Curve]:
    found = {}
    for t in range(len(study.treatments)):
        for r in range(len(study.readers)):
            x = study.ratings[t, r]
            there = ~np.isnan(x)
            sick = int(study.truth[there].sum())
            if min(sick, int(there.sum()) - sick) >= 2:
                found[t, r] = roc_curve(study.truth[there], x[there])
    return found


def _modality(
    frame: Frame, curves: list[Curve], ink: str, *, dashed: bool
) -> list[Mark]:
    one = len(curves) == 1
    marks: list[Mark] = [
        Path(
            points=_points(frame, false, true),
            ink=ink,
            width=2.5 if one else 0.8,
            dashed=dashed,
        )
        for false, true, _ in curves
    ]
    if not one:
        mean = np.mean([_at(_GRID, false, true) for false, true, _ in curves], axis=0)
        points = np.concatenate([[0.0], _GRID]), np.concatenate([[0.0], mean])
        marks.append(
            Path(points=_points(frame, *points), ink=ink, width=3.0, dashed=dashed)
        )
    return marks


def _at(grid: Floats, false: Floats, true: Floats) -> Floats:
    """Sensitivity at each false positive fraction; the upper one where the curve rises."""
    last = np.append(np.flatnonzero(np.diff(false)), len(false) - 1)
    return np.asarray(np.interp(grid, false[last], true[last]))


def _points(frame: Frame, x: Floats, y: Floats) -> tuple[tuple[float, float], ...]:
    return tuple(frame.at(float(a), float(b)) for a, b in zip(x, y, strict=True))


def _words(study: ReadStudy, curves: Mapping[tuple[int, int], Any]) -> str:
    treatments = [study.treatments[t] for t in sorted({t for t, _ in curves})]
    named = f" of {listed(treatments)}" if any(map(str, treatments)) else ""
    return (
        f"Sensitivity against false positive fraction{named}: {len(curves)} curves of "
        f"{len({r for _, r in curves})} readers over {len(study.cases)} cases."
    )


def _table(study: ReadStudy, curves: Mapping[tuple[int, int], Curve]) -> Table:
    rows = [
        (
            study.treatments[t],
            study.readers[r],
            None if np.isinf(cut) else float(cut),
            float(false),
            float(true),
        )
        for (t, r), curve in curves.items()
        for false, true, cut in zip(*curve, strict=True)
    ]
    return Table(
        caption="Points of the curves: positive is a score of the threshold or more",
        columns=(
            "modality",
            "reader",
            "threshold",
            "false positive fraction",
            "sensitivity",
        ),
        rows=tuple(rows),
    )
