"""`hang:` of a read design: how the images of a case are put before the reader.

A hanging protocol is data (DICOM PS3.3 A.44 has the same parts: image sets by role, displays in rows and columns,
presentation intents). One line of words says what one pane shows, so that a layout reads as it looks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Protocol, Self, cast

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from provident.kernel import PlanError
from provident.plan.base import PlanModel
from provident.plan.models.problems import Problem
from provident.plan.nearest import did_you_mean, listed
from provident.plan.words import Id, Name, YesNo, grammar


Plane = Literal["acquired", "axial", "coronal", "sagittal"]
At = Literal["scored", "prior", "first", "last"]

_EMPTY = "nothing"
_PANE = re.compile(
    r"(?P<series>[a-z][a-z0-9_]*)"
    r"(?: over (?P<under>[a-z][a-z0-9_]*))?"
    r"(?: as (?P<plane>axial|coronal|sagittal))?"
    r"(?: at (?P<at>scored|prior|first|last))?"
    r"(?: with (?P<preset>[a-z][a-z0-9_]*))?"
    r"(?P<inverted> inverted)?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class HungPane:
    """One pane of a layout.

    Attributes:
        series: the role that is shown; None for a pane that stays empty. With `under`, it lies in colour over it.
        plane: as acquired, or reconstructed through the volume.
        at: the time point; None takes the layout's.
        preset: the window it starts with.
    """

    series: str | None
    under: str | None = None
    plane: Plane = "acquired"
    at: At | None = None
    preset: str | None = None
    inverted: bool = False

    def __str__(self) -> str:
        words = (
            (self.series or _EMPTY, True),
            (f"over {self.under}", self.under),
            (f"as {self.plane}", self.plane != "acquired"),
            (f"at {self.at}", self.at),
            (f"with {self.preset}", self.preset),
            ("inverted", self.inverted),
        )
        return " ".join(text for text, said in words if said)


_WORDS = "what a pane shows: a series role, and if need be `over` another, `as` a plane, `at` a time point, `with` a preset, inverted"


def _read_pane(value: Any) -> HungPane:
    if isinstance(value, HungPane):
        return value
    text = " ".join(str(value).split())
    if text == _EMPTY:
        return HungPane(series=None)
    match = _PANE.fullmatch(text)
    if not isinstance(value, str) or not match or match["series"] == _EMPTY:
        raise PlanError(f'"{value}" is not {_WORDS}; or write {_EMPTY}')
    return HungPane(
        series=match["series"],
        under=match["under"],
        plane=cast(Plane, match["plane"] or "acquired"),
        at=cast(At | None, match["at"]),
        preset=match["preset"],
        inverted=bool(match["inverted"]),
    )


PaneWords = Annotated[
    HungPane,
    grammar(
        _read_pane,
        expected=_WORDS,
        examples=["t2_axial", "t1 as coronal at prior", "pet over ct with suv_10"],
    ),
]


class Preset(PlanModel):
    """A window by its width and centre, or by the values at its two ends (SUV, ADC)."""

    label: Name | None = Field(default=None, description="How readers call it.")
    window: float | None = Field(
        default=None, gt=0, description="The width of the window."
    )
    level: float | None = Field(default=None, description="The centre of the window.")
    lower: float | None = Field(default=None, description="The value drawn black.")
    upper: float | None = Field(default=None, description="The value drawn white.")
    series: tuple[Id, ...] = Field(
        default=(), description="The series roles it is for; all when left out."
    )

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        by_window = (self.window is not None, self.level is not None)
        by_ends = (self.lower is not None, self.upper is not None)
        if (by_window, by_ends) not in (
            ((True, True), (False, False)),
            ((False, False), (True, True)),
        ):
            raise PydanticCustomError(
                "preset", "a preset has window and level, or lower and upper"
            )
        if (
            self.lower is not None
            and self.upper is not None
            and self.upper <= self.lower
        ):
            raise PydanticCustomError(
                "preset", "the value drawn white lies above the one drawn black"
            )
        return self

    @property
    def ends(self) -> tuple[float, float]:
        """Window and level, whichever way it was written."""
        if self.window is not None and self.level is not None:
            return self.window, self.level
        assert self.lower is not None  # one of the two ways is there
        assert self.upper is not None
        # DICOM PS3.3 C.11.2.1.2.1: a window of w values ends at level - 0.5 - (w-1)/2.
        width = self.upper - self.lower + 1
        return width, self.lower + 0.5 + (width - 1) / 2


class Layout(PlanModel):
    """One way to hang a case: panes in rows, and what the reader's hands start with."""

    label: Name | None = Field(
        default=None, description="How readers call it; its id when left out."
    )
    rows: tuple[tuple[PaneWords, ...], ...] = Field(
        min_length=1,
        max_length=4,
        description="Panes, row by row; a row is repeated for each time point of the layout.",
    )
    time_points: Literal["each", "scored", "prior and scored", "first and last"] = (
        Field(
            default="each",
            description="Which time points stand side by side; scored is the one whose form is open, prior the one before it.",
        )
    )
    tool: Literal["window", "zoom", "pan", "length", "angle", "crosshair"] = Field(
        default="window", description="What the left mouse button does at the start."
    )
    crosshair: YesNo = Field(
        default=False, description="Whether the crosshair is on at the start."
    )
    lines: YesNo = Field(
        default=True,
        description="Whether panes show where the active one's slice cuts them.",
    )
    cine: YesNo = Field(default=False, description="Whether clips play at once.")


class Screen(PlanModel):
    """What the plan asks of a reader's display; what falls short is told and recorded with the read."""

    megapixels: float = Field(
        default=1.9, gt=0, le=50, description="At least so many million pixels."
    )
    grey_check_days: int = Field(
        default=30,
        gt=0,
        le=366,
        description="How long a reader's check of the dark and bright greys holds.",
    )


class Hang(PlanModel):
    """Hanging protocols of a read design; the first layout is shown first."""

    layouts: dict[Id, Layout] = Field(
        min_length=1, max_length=9, description="Layouts by id; keys 1 to 9 with Shift."
    )
    link: Literal["position", "same series", "off"] = Field(
        default="position",
        description="What scrolls together: parallel planes by their place in the patient, the same series only, or nothing.",
    )
    presets: dict[Id, Preset] = Field(
        default={}, max_length=8, description="Windows by id; keys 2 to 9, after Auto."
    )
    screen: Screen = Field(
        default=Screen(), description="What is asked of the display."
    )


class HasHang(Protocol):
    """What the rules need of a read design."""

    @property
    def hang(self) -> Hang | None: ...
    @property
    def present(self) -> Any: ...


def hanging_problems(design: HasHang) -> Iterator[Problem]:
    """Rows that tell the hidden order, presets that are not there or not for this series."""
    if design.hang is None:
        return
    for name, layout in design.hang.layouts.items():
        at = ("hang", "layouts", name)
        if design.present.time_order == "hidden":
            yield from _tells_order(layout, at)
        for r, row in enumerate(layout.rows):
            for c, pane in enumerate(row):
                yield from _pane(design, pane, (*at, "rows", r, c))


_ORDERED = {"prior and scored", "first and last", "prior", "first", "last"}


def _tells_order(layout: Layout, at: tuple[str | int, ...]) -> Iterator[Problem]:
    words = "the order of the time points is hidden, so that no layout may name one as prior, first or last"
    if layout.time_points in _ORDERED:
        yield Problem((*at, "time_points"), words, layout.time_points)
    for r, row in enumerate(layout.rows):
        for c, pane in enumerate(row):
            if pane.at in _ORDERED:
                yield Problem((*at, "rows", r, c), words, str(pane))


def _pane(
    design: HasHang, pane: HungPane, at: tuple[str | int, ...]
) -> Iterator[Problem]:
    assert design.hang is not None  # asked by the caller
    presets: Mapping[str, Preset] = design.hang.presets
    if pane.series and pane.under == pane.series:
        yield Problem(at, "a series cannot lie over itself", str(pane))
    if pane.preset is None:
        return
    if pane.preset not in presets:
        words = f'there is no preset "{pane.preset}"{did_you_mean(pane.preset, presets)} (presets: {listed(presets)})'
        yield Problem(at, words, str(pane))
    elif presets[pane.preset].series and pane.series not in presets[pane.preset].series:
        yield Problem(
            at, f'the preset "{pane.preset}" is not for {pane.series}', str(pane)
        )
