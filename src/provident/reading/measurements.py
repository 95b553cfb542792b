"""Measurements of a read: how they are stored, and how what was drawn in the room becomes what is stored.

The browser says where a shape lies and what it showed. Here the shape is placed on the stored image
(original UIDs, patient coordinates) and measured again from the stored pixels; what was shown is kept beside
it and compared. The JSON of `as_json` is public, its version is `SCHEMA`
(docs/explanation/measurements.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from provident.kernel import InvalidInput
from provident.reading.measuring import Raster, Value
from provident.reading.shapes import LONGEST, Point, Shape, as_drawn, points_of, single


SCHEMA = 1
Position = tuple[float, float, float]


class Check(StrEnum):
    """How what the browser showed compares with what the stored pixels give."""

    AGREES = "agrees"
    DIFFERS = "differs"
    NOT_SHOWN = "not shown"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageRef:
    """The stored image, de-identified, by its own UIDs; `frame` counts from 1, of `frames` in the file."""

    study_uid: str
    series_uid: str
    sop_class: str
    sop_uid: str
    frame: int = 1
    frames: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Plane:
    """Where the frame lies in the patient (PS3.3 C.7.6.2.1.1): mm and unit vectors.

    `row` is the direction along a row (x), `column` along a column (y).
    """

    position: Position
    row: Position
    column: Position
    spacing: tuple[float, float]
    frame_of_reference: str = ""

    def at(self, point: Point) -> Position:
        """A point of the image in patient coordinates, mm; the position is the first pixel's centre."""
        x = (point[0] - 0.5) * self.spacing[0]
        y = (point[1] - 0.5) * self.spacing[1]
        return (
            self.position[0] + x * self.row[0] + y * self.column[0],
            self.position[1] + x * self.row[1] + y * self.column[1],
            self.position[2] + x * self.row[2] + y * self.column[2],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseImage:
    """One frame of a case: whose visit and series role it is, and its pixels."""

    visit: str
    role: str
    ref: ImageRef
    raster: Raster
    plane: Plane | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """An answer that a measurement gives.

    Attributes:
        key: the answer's key in the form, without the time point's label.
        part: which value of the measurement it is.
        gives: that value in the answer's unit, to the digits that it takes.
        kept: whether the reader's answer is that value; a reader may type another.
    """

    key: str
    part: str
    gives: float
    kept: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """One shape on one image, as it is stored with a read.

    Attributes:
        id: its stable name in the read.
        points: 32-bit numbers, in pixels; see `shapes.points_of` for their order.
        patient: the same points in mm, where the image says where it lies.
        values: what the stored pixels give, by part.
        shown: what the browser showed for the first of them; None where nothing was shown.
        check: how the two compare.
        fills: the answers that it gives.
    """

    id: str
    kind: Shape
    visit: str
    role: str
    image: ImageRef
    points: tuple[Point, ...]
    patient: tuple[Position, ...] | None
    frame_of_reference: str
    values: Mapping[str, Value]
    shown: Value | None = None
    check: Check = Check.NOT_SHOWN
    fills: tuple[Filled, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """What is stored."""
        return {
            "schema": SCHEMA,
            "id": self.id,
            "kind": str(self.kind),
            "visit": self.visit,
            "role": self.role,
            "image": asdict(self.image),
            "points": [list(p) for p in self.points],
            "patient": [list(p) for p in self.patient] if self.patient else None,
            "frame_of_reference": self.frame_of_reference,
            "values": {name: asdict(value) for name, value in self.values.items()},
            "shown": asdict(self.shown) if self.shown else None,
            "check": str(self.check),
            "fills": [asdict(f) for f in self.fills],
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Measurement:
        """What `as_json` stored.

        Raises:
            InvalidInput: it is of a schema that this version does not know.
        """
        if stored.get("schema") != SCHEMA:
            raise InvalidInput(
                f"A measurement is stored by schema {stored.get('schema')}; this version knows {SCHEMA}."
            )
        patient = stored["patient"]
        return cls(
            id=stored["id"],
            kind=Shape(stored["kind"]),
            visit=stored["visit"],
            role=stored["role"],
            image=ImageRef(**stored["image"]),
            points=tuple((p[0], p[1]) for p in stored["points"]),
            patient=tuple((p[0], p[1], p[2]) for p in patient) if patient else None,
            frame_of_reference=stored["frame_of_reference"],
            values={name: Value(**v) for name, v in stored["values"].items()},
            shown=Value(**stored["shown"]) if stored["shown"] else None,
            check=Check(stored["check"]),
            fills=tuple(Filled(**f) for f in stored["fills"]),
        )

    def as_client(self, address: str, prefix: str = "") -> dict[str, Any]:
        """What the reading room draws again: `address` names the image, `prefix` the time point's label."""
        shown = self.shown or self.values.get(LONGEST[self.kind]) or Value(value=0)
        stats = {part: self.values.get(part) for part in ("mean", "sd", "min", "max")}
        return {
            "id": self.id,
            "kind": str(self.kind),
            "image": address,
            "points": as_drawn(self.kind, self.points),
            "value": shown.value,
            "unit": shown.unit,
            "stats": _stats(stats, self.values.get("area")),
            "item": f"{prefix}{self.fills[0].key}" if self.fills else None,
            "items": [f"{prefix}{f.key}" for f in self.fills],
        }


def _stats(
    parts: Mapping[str, Value | None], area: Value | None
) -> dict[str, Any] | None:
    if any(value is None for value in parts.values()):
        return None
    found: dict[str, Any] = {
        name: round(value.value, 3) for name, value in parts.items() if value
    }
    return {**found, "area_mm2": round(area.value, 3) if area else None}


def placed(plane: Plane | None, points: Iterable[Point]) -> tuple[Position, ...] | None:
    """Points in patient coordinates, 32-bit; None where the image does not say where it lies."""
    if plane is None:
        return None
    at = [plane.at(point) for point in points]
    return tuple((single(x), single(y), single(z)) for x, y, z in at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A shape as the browser sends it (the reading room's API, docs/explanation/architecture.md)."""

    id: str
    kind: Shape
    image: str
    points: tuple[Point, ...]
    shown: Value | None
    items: tuple[str, ...]


def drawn(given: Any) -> Drawn:
    """A measurement as it came, checked in itself.

    Raises:
        InvalidInput: it is none, with what is wrong with it.
    """
    if not isinstance(given, Mapping):
        raise InvalidInput("it is no measurement")
    name, kind, image = (given.get(k) for k in ("id", "kind", "image"))
    if not isinstance(name, str) or not 0 < len(name) <= 64:
        raise InvalidInput("it has no name of 1 to 64 characters")
    if not isinstance(kind, str) or kind not in set(Shape):
        raise InvalidInput(
            f"there is no shape of its kind; there are {', '.join(Shape)}"
        )
    if not isinstance(image, str):
        raise InvalidInput("it names no image")
    points = given.get("points")
    if not isinstance(points, Sequence) or isinstance(points, str):
        raise InvalidInput("it has no points")
    shape = Shape(kind)
    return Drawn(
        id=name,
        kind=shape,
        image=image,
        points=points_of(shape, points),
        shown=_shown(given),
        items=_items(given),
    )


def _shown(given: Mapping[str, Any]) -> Value | None:
    value, unit = given.get("value"), given.get("unit")
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return Value(value=float(value), unit=unit if isinstance(unit, str) else "")


def _items(given: Mapping[str, Any]) -> tuple[str, ...]:
    several = given.get("items")
    named = [*several] if isinstance(several, list) else []
    keys = [k for k in (given.get("item"), *named) if isinstance(k, str) and k]
    return tuple(dict.fromkeys(keys))
