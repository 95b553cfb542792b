"""Checks on hanging protocols: what they show is acquired, is shown to readers, and can be cut in planes."""

from __future__ import annotations

from collections.abc import Iterator

from provident.kernel import Severity
from provident.plan.models.hanging import HungPane
from provident.plan.models.reading import ReadDesignFile
from provident.plan.nearest import did_you_mean
from provident.plan.places import Path
from provident.programme.checks.registry import Flag, PlanUnderCheck, check


# Modalities of images that lie beside each other in a volume.
VOLUMES = frozenset({"CT", "MR", "PT", "NM"})


def _panes(design: ReadDesignFile) -> Iterator[tuple[HungPane, Path]]:
    for name, layout in design.hang.layouts.items() if design.hang else ():
        for r, row in enumerate(layout.rows):
            for c, pane in enumerate(row):
                yield pane, ("hang", "layouts", name, "rows", r, c)


def _named(design: ReadDesignFile) -> Iterator[tuple[str, Path]]:
    """Every series role that the hanging protocols name, with its place."""
    for pane, path in _panes(design):
        yield from ((role, path) for role in (pane.series, pane.under) if role)
    for name, preset in design.hang.presets.items() if design.hang else ():
        for i, role in enumerate(preset.series):
            yield role, ("hang", "presets", name, "series", i)


def _readable(c: PlanUnderCheck, design: ReadDesignFile) -> set[str]:
    """The series roles that readers of a design get."""
    form = c.plan.forms.get(design.form)
    needs = (need.partition(".") for need in (form.needs if form else ()))
    return set(design.show) or {role for exam, _, role in needs if exam == design.exam}


@check(
    code="READ.HANG_NOT_SHOWN",
    subdomain="reading.methods",
    finds="A hanging protocol with a series that readers of the design do not get, or that leaves out one that the form needs.",
    why="Readers would score an empty pane, or look for the series that they need.",
    remedy="Correct the pane, or `show:` of the design.",
)
def hang_not_shown(c: PlanUnderCheck) -> Iterator[Flag]:
    for endpoint, design in c.plan.reading.items():
        if design.hang is None:
            continue
        file, given = c.file("reading", endpoint), _readable(c, design)
        named = list(_named(design))
        for role, path in named:
            if given and role not in given:
                yield Flag(
                    file=file,
                    path=path,
                    message=f"readers of {endpoint} do not get the series {role}{did_you_mean(role, given)}",
                    expected=", ".join(sorted(given)),
                    found=role,
                )
        hung = {role for role, path in named if path[1] == "layouts"}
        for role in sorted(given - hung):
            yield Flag(
                file=file,
                path=("hang", "layouts"),
                key=True,
                severity=Severity.WARNING,
                message=f"no layout of {endpoint} shows {role}",
                expected=f"{role} in a layout",
                found=", ".join(sorted(hung)),
            )


@check(
    code="READ.HANG_NO_VOLUME",
    subdomain="reading.methods",
    finds="A pane that is cut in another plane, or lies in colour over another, in an exam that makes no volumes.",
    why="Radiographs and ultrasound have no planes to cut, so that the pane stays empty.",
    remedy="Show the series as it was acquired.",
)
def hang_no_volume(c: PlanUnderCheck) -> Iterator[Flag]:
    for endpoint, design in c.plan.reading.items():
        manual = c.plan.imaging.get(design.exam)
        if manual is None or VOLUMES & set(manual.modality):
            continue
        for pane, path in _panes(design):
            if pane.plane != "acquired" or pane.under:
                yield Flag(
                    file=c.file("reading", endpoint),
                    path=path,
                    message=f"{design.exam} makes no volume ({', '.join(manual.modality)})",
                    expected="a series as it was acquired",
                    found=str(pane),
                )
