"""Diffusion weighting of one image: the standard's elements, else each maker's own."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from pydicom.dataset import Dataset

from provident.dicom import csa, values
from provident.dicom.geometry import Vector


STANDARD = "(0018,9087) DiffusionBValue"
_BVALUE, _DIRECTION = 0x00189087, 0x00189089
_NUMBER = r"\s*([-+]?\d+(?:\.\d+)?)\s*"
_COMMENT = re.compile(
    rf"\bb\s*=\s*(\d+(?:\.\d+)?)(?:\s*\({_NUMBER},{_NUMBER},{_NUMBER}\))?",
    re.IGNORECASE,
)
_SEQUENCE = re.compile(r"_b(\d+)(?:#\d+|t)?$", re.IGNORECASE)
SAME_SHELL = 0.025  # of the b-value: gradients that differ by less are one shell

Weighting = tuple[float, Vector | None, str]


def weighting(ds: Dataset, maker: str) -> Weighting | None:
    """b in s/mm2, the gradient direction if any, and the source; None when nothing says so."""
    b = _one(ds, _BVALUE)
    if b is not None:
        direction = _vector(ds, _DIRECTION)
        if direction is None and maker == "CANON":
            direction = _commented(ds)[1]
        return b, direction, STANDARD
    read = _PRIVATE.get(maker)
    return read(ds) if read else None


def _one(ds: Dataset, tag: int | None, vr: str | None = None) -> float | None:
    if tag is None:
        return None
    found = values.numbers(ds, tag, vr)
    return found[0] if isinstance(found, tuple) else None


def _vector(ds: Dataset, tag: int | None, vr: str | None = None) -> Vector | None:
    found = values.numbers(ds, tag, vr) if tag is not None else None
    if not isinstance(found, tuple) or len(found) != 3 or not any(found):
        return None
    return found[0], found[1], found[2]


def _siemens(ds: Dataset) -> Weighting | None:
    creator = "SIEMENS MR HEADER"
    b = _one(ds, values.private(ds, 0x0019, creator, 0x0C), "IS")
    if b is not None:
        direction = _vector(ds, values.private(ds, 0x0019, creator, 0x0E), "FD")
        return b, direction, "(0019,xx0C) SIEMENS MR HEADER"
    return _siemens_csa(ds) or _siemens_name(ds)


def _siemens_csa(ds: Dataset) -> Weighting | None:
    tag = values.private(ds, 0x0029, "SIEMENS CSA HEADER", 0x10)
    raw = values.data(ds, tag) if tag is not None else None
    header = csa.parse(raw) if raw else {}
    try:
        b = float(header["B_value"][0])
        d = [float(x) for x in header.get("DiffusionGradientDirection", ())]
    except (KeyError, IndexError, ValueError):
        return None
    direction = (d[0], d[1], d[2]) if len(d) == 3 and any(d) else None
    return b, direction, "B_value of (0029,xx10) SIEMENS CSA HEADER"


def _siemens_name(ds: Dataset) -> Weighting | None:
    """Old software says it in the sequence's name alone: `*ep_b1000#3`."""
    name = values.texts(ds, 0x00180024)
    match = _SEQUENCE.search(name[0]) if isinstance(name, tuple) else None
    return (float(match[1]), None, "(0018,0024) SequenceName") if match else None


def _ge(ds: Dataset) -> Weighting | None:
    b = _one(ds, values.private(ds, 0x0043, "GEMS_PARM_01", 0x39), "IS")
    if b is None:
        return None
    # Software of some releases adds 10^9 to mark the number of the b-value.
    b = b % 1e6 if b >= 1e9 else b
    parts = [
        _one(ds, values.private(ds, 0x0019, "GEMS_ACQU_01", offset), "DS")
        for offset in (0xBB, 0xBC, 0xBD)
    ]
    d = tuple(0.0 if p is None else p for p in parts)
    direction = (d[0], d[1], d[2]) if any(d) else None
    return b, direction, "(0043,xx39) GEMS_PARM_01"


def _philips(ds: Dataset) -> Weighting | None:
    b = _one(ds, values.private(ds, 0x2001, "Philips Imaging DD 001", 0x03), "FL")
    if b is None:
        return None
    creator = "Philips MR Imaging DD 001"
    d = [
        _one(ds, values.private(ds, 0x2005, creator, offset), "FL")
        for offset in (0xB0, 0xB1, 0xB2)
    ]
    direction = None
    if d[0] is not None and d[1] is not None and d[2] is not None and any(d):
        direction = (d[0], d[1], d[2])
    return b, direction, "(2001,xx03) Philips Imaging DD 001"


def _uih(ds: Dataset) -> Weighting | None:
    creator = "Image Private Header"
    b = _one(ds, values.private(ds, 0x0065, creator, 0x09), "FD")
    if b is None:
        return None
    direction = _vector(ds, values.private(ds, 0x0065, creator, 0x37), "FD")
    return b, direction, "(0065,xx09) Image Private Header"


def _canon(ds: Dataset) -> Weighting | None:
    b, direction = _commented(ds)
    return None if b is None else (b, direction, "(0020,4000) ImageComments")


def _commented(ds: Dataset) -> tuple[float | None, Vector | None]:
    """What Canon (Toshiba) writes into Image Comments: `b=1500(0.445,0.000,0.895)`.

    The direction stands there alone, even where the b-value is in the standard's element
    (the notes on Canon of the dcm2niix project).
    """
    comment = values.texts(ds, 0x00204000)
    match = _COMMENT.search(comment[0]) if isinstance(comment, tuple) else None
    if match is None:
        return None, None
    x, y, z = (float(d) if d else 0.0 for d in match.group(2, 3, 4))
    return float(match[1]), (x, y, z) if any((x, y, z)) else None


_PRIVATE = {
    "SIEMENS": _siemens,
    "GE": _ge,
    "PHILIPS": _philips,
    "UIH": _uih,
    "CANON": _canon,
}


def shells(b_values: Sequence[float]) -> list[tuple[float, list[float]]]:
    """b-values that belong together: the commonest of each shell, and the shell's members.

    Real scanners vary b with the gradient's direction by a few s/mm2.
    """
    found: list[list[float]] = []
    for b in sorted(b_values):
        if found and b - found[-1][-1] <= max(5.0, SAME_SHELL * b):
            found[-1].append(b)
        else:
            found.append([b])
    return [(Counter(members).most_common(1)[0][0], members) for members in found]
