"""Structured reports read: our own to the same measurements, bit for bit, and those of others as named values.

Read by the content tree itself (PS3.3 C.17.3), so that a report of another maker that strays from its template can be
read as far as it goes.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from provident import dicom
from provident.adapters import sr_codes
from provident.dicom import values
from provident.kernel import InvalidInput
from provident.reading.measurements import (
    Check,
    Filled,
    ImageRef,
    Measurement,
    Plane,
    placed,
)
from provident.reading.measuring import Value
from provident.reading.shapes import REGIONS, Point, Shape, points_of


if TYPE_CHECKING:
    from pydicom import Dataset

_CONCEPT, _CONTENT, _MEASURED = 0x0040A043, 0x0040A730, 0x0040A300
_DEEPEST = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Coded:
    """A concept: scheme, code and its meaning in words."""

    scheme: str
    value: str
    meaning: str = ""

    @property
    def key(self) -> str:
        """How a plan names it: `DCM 111047`."""
        return f"{self.scheme} {self.value}"


_NOTHING = Coded(scheme="", value="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Coordinates on one image."""

    graphic: str
    points: tuple[Point, ...]
    image: ImageRef


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item of the content tree, with what stands under it."""

    kind: str
    name: Coded
    value: float | None = None
    unit: str = ""
    code: Coded = _NOTHING
    text: str = ""
    line: Line | None = None
    inside: tuple[Item, ...] = ()

    def every(self) -> Iterator[Item]:
        """The item and all under it, in order."""
        yield self
        for item in self.inside:
            yield from item.every()

    def named(self, key: str) -> Iterator[Item]:
        """The items under it with this concept as name."""
        return (i for i in self.every() if i.name.key == key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A structured report.

    Attributes:
        uid, study_uid: its own SOP Instance UID, and the exam that it belongs to.
        patient: its Patient ID, which in de-identified images is the trial number.
        algorithms: names and versions that it was made by (TID 4019, or the device observer).
        images: SOP Instance UIDs of all images that it refers to.
    """

    uid: str
    study_uid: str
    patient: str
    root: Item
    algorithms: tuple[tuple[str, str], ...] = ()
    images: frozenset[str] = field(default_factory=frozenset)

    def groups(self) -> Iterator[Item]:
        """The measurement groups (DCM 125007)."""
        return self.root.named("DCM 125007")


def read_report(data: bytes) -> Report:
    """A structured report of anyone.

    Raises:
        InvalidInput: it is no DICOM, or no structured report.
    """
    from pydicom import dcmread

    dicom.read_header(data)  # says what is wrong with it, if anything is
    ds = dcmread(io.BytesIO(data), force=True)
    if str(ds.get("Modality", "")) != "SR" or not values.items(ds, _CONTENT):
        raise InvalidInput("The file is no structured report.")
    root = _item(ds, 0)
    lines = (item.line for item in root.every() if item.line)
    named = (_text(r, 0x00081155) for r in _references(ds))
    return Report(
        uid=_text(ds, 0x00080018),
        study_uid=_text(ds, 0x0020000D),
        patient=_text(ds, 0x00100020),
        root=root,
        algorithms=tuple(dict.fromkeys(_algorithms(root))),
        images=frozenset({line.image.sop_uid for line in lines} | set(named)) - {""},
    )


def _references(ds: Dataset) -> Iterator[Dataset]:
    """All references to images in the evidence (PS3.3 C.17.2)."""
    for study in (*values.items(ds, 0x0040A375), *values.items(ds, 0x0040A385)):
        for series in values.items(study, 0x00081115):
            yield from values.items(series, 0x00081199)


def _algorithms(root: Item) -> Iterator[tuple[str, str]]:
    """Algorithm Name (DCM 111001) and Version (DCM 111003) that stand side by side."""
    for item in root.every():
        said = {i.name.key: i.text for i in item.inside if i.text}
        if "DCM 111001" in said:
            yield said["DCM 111001"], said.get("DCM 111003", "")


def _text(ds: Dataset, tag: int) -> str:
    found = values.texts(ds, tag)
    return found[0] if isinstance(found, tuple) and found else ""


def _code(ds: Dataset, tag: int) -> Coded:
    item = next(iter(values.items(ds, tag)), None)
    if item is None:
        return _NOTHING
    value = _text(item, 0x00080100) or _text(item, 0x00080119) or _text(item, 0x00080120)  # fmt: skip
    return Coded(scheme=_text(item, 0x00080102), value=value, meaning=_text(item, 0x00080104))  # fmt: skip


def _item(ds: Dataset, depth: int) -> Item:
    """An item of the tree.

    Raises:
        InvalidInput: the tree is deeper than any report is.
    """
    if depth > _DEEPEST:
        raise InvalidInput("The content of the structured report is nested too deeply.")
    measured = next(iter(values.items(ds, _MEASURED)), None)
    kind = _text(ds, 0x0040A040)
    return Item(
        kind=kind,
        name=_code(ds, _CONCEPT),
        value=_number(measured) if measured else None,
        unit=_code(measured, 0x004008EA).value if measured else "",
        code=_code(ds, 0x0040A168),
        text=_text(ds, 0x0040A160) or _text(ds, 0x0040A123),
        line=_line(ds) if kind == "SCOORD" else None,
        inside=tuple(_item(i, depth + 1) for i in values.items(ds, _CONTENT)),
    )


def _number(measured: Dataset) -> float | None:
    """The floating point value where there is one (exact), else the decimal string."""
    for tag in (0x0040A161, 0x0040A30A):
        found = values.numbers(measured, tag)
        if isinstance(found, tuple) and found:
            return float(found[0])
    return None


def _line(ds: Dataset) -> Line | None:
    graphic = values.numbers(ds, 0x00700022)
    if not isinstance(graphic, tuple) or len(graphic) % 2:
        return None
    for image in values.items(ds, _CONTENT):
        for reference in values.items(image, 0x00081199):
            frames = values.numbers(reference, 0x00081160)
            ref = ImageRef(
                study_uid="",
                series_uid="",
                sop_class=_text(reference, 0x00081150),
                sop_uid=_text(reference, 0x00081155),
                frame=int(frames[0]) if isinstance(frames, tuple) and frames else 1,
            )
            pairs = tuple(zip(graphic[::2], graphic[1::2], strict=True))
            return Line(graphic=_text(ds, 0x00700023), points=pairs, image=ref)
    return None


# -- measurements

PlaneOf = Callable[[ImageRef], tuple[ImageRef, Plane | None] | None]
"""The whole reference and place of an image that a report names by SOP Instance UID; None where it is not known."""


def measurements_of(report: Report, plane_of: PlaneOf) -> tuple[Measurement, ...]:
    """The measurements of our own report as they were stored, to the last bit.

    Raises:
        InvalidInput: a group is none of ours, or an image that it names is not there.
    """
    found = []
    for group in report.groups():
        notes = {i.name.key: i.code for i in group.inside if i.kind == "CODE"}
        if f"{sr_codes.OURS} {sr_codes.SHAPE.value}" in notes:
            found.append(_measurement(group, notes, plane_of))
    return tuple(found)


def _measurement(
    group: Item, notes: dict[str, Coded], plane_of: PlaneOf
) -> Measurement:
    kind = Shape(notes[f"{sr_codes.OURS} {sr_codes.SHAPE.value}"].value)
    lines = [i.line for i in group.every() if i.line is not None]
    if not lines:
        raise InvalidInput("A measurement of the report has no coordinates.")
    known = plane_of(lines[0].image)
    if known is None:
        raise InvalidInput("The report refers to an image that is not there.")
    image, plane = known
    points = points_of(kind, _points(kind, lines))
    numbers = [i for i in group.inside if i.kind == "NUM" and i.value is not None]
    return Measurement(
        id=_said(group, "DCM 112039"),
        kind=kind,
        visit=_said(group, "UMLS C2348792"),
        role=notes[f"{sr_codes.OURS} {sr_codes.ROLE.value}"].value,
        image=image,
        points=points,
        patient=placed(plane, points),
        frame_of_reference=plane.frame_of_reference if plane else "",
        values=dict(v for n in numbers if (v := _part(n)) is not None),
        shown=_shown(numbers),
        check=Check(notes[f"{sr_codes.OURS} {sr_codes.CHECK.value}"].value),
        fills=tuple(f for n in numbers if (f := _filled(n)) is not None),
    )


def _said(group: Item, key: str) -> str:
    return next((i.text for i in group.inside if i.name.key == key), "")


def _points(kind: Shape, lines: list[Line]) -> list[Point]:
    if kind is Shape.BIDIRECTIONAL:
        return [point for line in lines[:2] for point in line.points]
    points = list(lines[0].points)
    if kind in REGIONS and kind is not Shape.ELLIPSE:
        return points[:-1]  # an outline comes back to its first point
    return points


def _part(item: Item) -> tuple[str, Value] | None:
    """Which part of a measurement an item is; None when it is an answer or what was shown."""
    if item.name.scheme == sr_codes.OURS and item.name.value not in (sr_codes.COUNT.value, sr_codes.PIXELS.value):  # fmt: skip
        return None
    how = next((i.code.value for i in item.inside if i.name.key == "DCM 121401"), "")
    for part, code in _PARTS_BY_CODE.get(item.name.value, ()):
        if code == how:
            return part, Value(
                value=item.value or 0.0, unit=sr_codes.unit_of(item.unit)
            )
    return None


def _by_code() -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for part in (*sr_codes.PARTS, "mean", "sd", "min", "max", "count"):
        derivation = sr_codes.DERIVED.get(part)
        for modality in ("CT", "MR", ""):
            pair = (part, derivation.value if derivation else "")
            at = found.setdefault(sr_codes.part_name(part, modality).value, [])
            if pair not in at:
                at.append(pair)
    return found


_PARTS_BY_CODE = _by_code()


def _shown(numbers: list[Item]) -> Value | None:
    key = f"{sr_codes.OURS} {sr_codes.SHOWN.value}"
    for item in numbers:
        if item.name.key == key and item.value is not None:
            return Value(value=item.value, unit=sr_codes.unit_of(item.unit))
    return None


def _filled(item: Item) -> Filled | None:
    how = next((i.code.value for i in item.inside if i.name.key == "SCT 370129005"), "")
    kept, _, part = how.partition(".")
    if item.name.scheme != sr_codes.OURS or not part or item.value is None:
        return None
    return Filled(key=item.name.value, part=part, gives=item.value, kept=kept == "from")
