"""Coded concepts of our structured reports: SNOMED CT, DICOM and UCUM where they have one, ours where they have none.

Items of a form, its choices and its missing codes are known to nobody else: they have the scheme `99PROVIDENT`, with
the plan's own words as meaning.
"""

from __future__ import annotations

from hashlib import sha256

from pydicom.sr.codedict import codes
from pydicom.sr.coding import Code

from provident.reading.shapes import Shape


OURS = "99PROVIDENT"
LONGEST_MEANING = 64  # VR LO

PARTS: dict[str, Code] = {
    "length": codes.SCT.Length,
    "long_axis": codes.SCT.LongAxis,
    "short_axis": codes.SCT.ShortAxis,
    "angle": codes.SCT.Angle,
    "area": codes.SCT.Area,
    "suv_mean": Code("126401", "DCM", "SUVbw"),
    "suv_max": Code("126401", "DCM", "SUVbw"),
    "adc": codes.DCM.ApparentDiffusionCoefficient,
}
"""What a part is called; statistics of pixels are called by what the pixels are."""

DERIVED: dict[str, Code] = {
    "mean": codes.SCT.Mean,
    "sd": codes.SCT.StandardDeviation,
    "min": codes.SCT.Minimum,
    "max": codes.SCT.Maximum,
    "suv_mean": codes.SCT.Mean,
    "suv_max": codes.SCT.Maximum,
    "adc": codes.SCT.Mean,
}
"""How a part was derived from the pixels of a region (CID 7464)."""

_UNITS: dict[str, Code] = {
    "": codes.UCUM.NoUnits,
    "mm": codes.UCUM.Millimeter,
    "mm2": codes.UCUM.SquareMillimeter,
    "deg": codes.UCUM.Degree,
    "HU": codes.UCUM.HounsfieldUnit,
    "SUV": codes.UCUM.StandardizedUptakeValueBodyWeight,
    "px": Code("{pixels}", "UCUM", "pixels"),
    "mm2/s": codes.UCUM.SquareMillimeterPerSecond,
}
_BACK = {code.value: unit for unit, code in _UNITS.items()}


def ours(value: str, meaning: str) -> Code:
    """A concept of our own scheme."""
    words = meaning.strip() or value
    if len(words) > LONGEST_MEANING:
        words = words[: LONGEST_MEANING - 1].rstrip() + "…"
    return Code(value, OURS, words)


COUNT = ours("count", "Number of points")
PIXELS = ours("pixel-value", "Value of the pixels")
CHECK = ours("check", "Value shown to the reader against the stored image")
SHOWN = ours("shown", "Value shown to the reader")
ROLE = ours("series-role", "Role of the series in the plan")
SHAPE = ours("shape", "Shape")
ANSWERS = ours("answers", "Answers to the form")
DERIVED_VALUES = ours("derived", "Values computed from the answers")


def part_name(part: str, modality: str) -> Code:
    """What a value is called: pixels of CT and MR by what they are."""
    if part in PARTS:
        return PARTS[part]
    if part == "count":
        return COUNT
    of_pixels: dict[str, Code] = {
        "CT": codes.DCM.AttenuationCoefficient,
        "MR": codes.DCM.MRSignalIntensity,
    }
    return of_pixels.get(modality, PIXELS)


def unit_code(unit: str) -> Code:
    """A unit of the plan in UCUM; what is not listed is spelt there as in the plan."""
    return _UNITS.get(unit) or Code(unit, "UCUM", unit)


def unit_of(value: str) -> str:
    """The reverse of `unit_code`, by the code's value."""
    return _BACK.get(value, value)


def uid_of(*parts: str) -> str:
    """The same UID for the same parts, under 2.25 (PS3.5 B.2)."""
    digest = sha256("\0".join(parts).encode()).digest()
    return f"2.25.{int.from_bytes(digest[:16], 'big')}"


GRAPHIC: dict[Shape, str] = {
    Shape.LENGTH: "POLYLINE",
    Shape.BIDIRECTIONAL: "POLYLINE",
    Shape.ANGLE: "POLYLINE",
    Shape.ELLIPSE: "ELLIPSE",
    Shape.RECTANGLE: "POLYLINE",
    Shape.POLYGON: "POLYLINE",
    Shape.POINTS: "MULTIPOINT",
}
"""The graphic type of each shape (PS3.3 C.18.6.1); the outline of a region comes back to its first point."""
