"""The marks that figures are made of: places on a sheet, y downwards, colours that are told apart by all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias


INK, SOFT, PALE = "#1d3a56", "#8a99a6", "#eef2f5"
# Okabe and Ito's colours, told apart with every kind of colour vision; each has a shape and a dash too.
PALETTE = ("#0072b2", "#b85400", "#00795a", "#8f3f71", "#5c5c00", "#3d3d3d")
Shape = Literal["disc", "square", "diamond", "triangle", "cross"]
SHAPES: tuple[Shape, ...] = ("disc", "square", "diamond", "triangle", "cross")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line from one point to another."""

    ends: tuple[float, float, float, float]
    ink: str = INK
    width: float = 1.0
    dashed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """A line through points."""

    points: tuple[tuple[float, float], ...]
    ink: str = INK
    width: float = 2.0
    dashed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A filled rectangle; `words` is what it stands for."""

    x: float
    y: float
    width: float
    height: float
    fill: str
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """A small mark of a shape; `words` is what it stands for."""

    x: float
    y: float
    size: float = 4.0
    fill: str = INK
    shape: Shape = "disc"
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A short text on the sheet; `turned` reads from below to above."""

    x: float
    y: float
    text: str
    ink: str = INK
    size: float = 12.0
    anchor: Literal["start", "middle", "end"] = "start"
    bold: bool = False
    turned: bool = False


Mark: TypeAlias = Line | Path | Box | Dot | Words
