"""Facts of a whole series that follow from its positions, times and counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from statistics import median

from provident.dicom import geometry as g
from provident.dicom.diffusion import shells
from provident.dicom.facts import Fact, Value
from provident.dicom.registry import FACTS


Facts = dict[str, Fact]
Absent = dict[str, str]
POSITIONS = "(0020,0032) ImagePositionPatient, (0020,0037) ImageOrientationPatient"
# GE and Philips write a b-value of 0 into every image, diffusion or not.
ALWAYS_WRITTEN = ("(0043,", "(2001,")
DIRECTED = 50.0  # s/mm2; below it a gradient's direction means nothing


def fact(
    name: str, value: Value, source: str, derivation: str, unread: int = 0
) -> Fact:
    """A derived fact in the registry's unit."""
    if isinstance(value, float):
        value = round(value, 4) + 0.0
    return Fact(
        value=value,
        unit=FACTS[name].unit,
        source=source,
        derivation=derivation,
        unread=unread,
    )


def from_positions(
    frames: Sequence[g.Frame], facts: Facts, absent: Absent, declared: int | None
) -> None:
    """Add what the positions of the slices say; `declared` is the number the scanner planned."""
    names = [
        "slices", "slice_spacing", "slice_gap", "missing_slices", "duplicate_slices", "irregular_spacing",
        "stacks", "skew", "coverage", "volumes", "incomplete_volumes",
    ]  # fmt: skip
    _planes(frames, facts, absent)
    found = g.stacks(frames)
    placed = sum(stack.size for stack in found)
    if not found:
        absent.update(dict.fromkeys(names, f"no image has readable {POSITIONS}"))
        return
    lost = len(frames) - placed
    facts["stacks"] = fact(
        "stacks",
        len(found),
        "(0020,0037) ImageOrientationPatient",
        "different orientations",
        lost,
    )
    _counts(found, facts, lost)
    _spacings(found, facts, absent, declared, lost)
    _duplicates(found, facts, lost)
    _extent(found[0], len(found), facts, absent)


def phase(
    frames: Sequence[g.Frame],
    signs: Mapping[tuple[int, str] | None, int],
    facts: Facts,
    absent: Absent,
) -> None:
    """Add the anatomical axis and direction of phase encoding: along a row, or down a column."""
    said = facts.get("phase_encoding")
    facing = {
        tuple(round(x, 3) for x in f.orientation)
        for f in frames
        if f.orientation is not None
    }
    if said is None or said.varies or len(facing) != 1:
        why = "phase_encoding or the orientation is absent or varies"
        absent.update(dict.fromkeys(("phase_axis", "phase_direction"), why))
        return
    o = facing.pop()
    along = o[:3] if str(said.value).upper().startswith("ROW") else o[3:]
    axis, _ = g.nearest_axis((along[0], along[1], along[2]))
    source = (
        "(0018,1312) InPlanePhaseEncodingDirection, (0020,0037) ImageOrientationPatient"
    )
    words = "the body's axis nearest to the encoded direction"
    facts["phase_axis"] = fact("phase_axis", axis, source, words, said.unread)
    known = {sign: n for sign, n in signs.items() if sign is not None}
    if not known:
        absent["phase_direction"] = "the header does not say which way it runs"
        return
    # Coordinates grow to the left, the back and the head.
    towards = {"LR": ("RL", "LR"), "AP": ("AP", "PA"), "FH": ("FH", "HF")}[axis]
    here = along[g.AXES.index(axis)]
    ways: Counter[str] = Counter()
    for sign, images in known.items():
        ways[towards[0 if here * sign[0] > 0 else 1]] += images
    ordered = ways.most_common()
    several = len(ordered) > 1
    facts["phase_direction"] = Fact(
        value=tuple(way for way, _ in ordered) if several else ordered[0][0],
        unit="",
        source=f"{next(iter(known))[1]}, {source}",
        derivation="each different way, commonest first" if several else words,
        counts=tuple(n for _, n in ordered) if several else (),
        unread=max(said.unread, signs.get(None, 0)),
    )


def _planes(frames: Sequence[g.Frame], facts: Facts, absent: Absent) -> None:
    """Planes need no positions: a slice that is lost in space still faces somewhere."""
    source = "(0020,0037) ImageOrientationPatient"
    weight: Counter[str] = Counter()
    angles = []
    facing = Counter(f.orientation for f in frames if f.orientation is not None)
    for orientation, images in facing.items():
        normal = g.normal_of(orientation)
        if normal is not None:
            plane, angle = g.plane_of(normal)
            weight[plane] += images
            angles.append(angle)
    if not weight:
        for name in ("plane", "obliquity"):
            absent[name] = f"no image has a readable {source}"
        return
    several = len(weight) > 1
    ordered = weight.most_common()
    lost = len(frames) - sum(weight.values())
    facts["plane"] = Fact(
        value=tuple(name for name, _ in ordered) if several else ordered[0][0],
        unit="",
        source=source,
        derivation="the plane that the slice normal is nearest to",
        counts=tuple(n for _, n in ordered) if several else (),
        unread=lost,
    )
    facts["obliquity"] = fact(
        "obliquity",
        max(angles),
        source,
        "angle of the slice normal to the body's nearest axis",
        lost,
    )


def _counts(found: list[g.Stack], facts: Facts, lost: int) -> None:
    slices = sum(len(stack.distances) for stack in found)
    facts["slices"] = fact(
        "slices", slices, POSITIONS, "different positions along the slice normal", lost
    )
    counted = [g.volumes_of(stack) for stack in found]
    volumes = max(n for n, _ in counted)
    facts["volumes"] = fact(
        "volumes", volumes, POSITIONS, "images at the position that has most", lost
    )
    short = max(n for _, n in counted)
    facts["incomplete_volumes"] = fact(
        "incomplete_volumes",
        short,
        POSITIONS,
        "most images of a position minus fewest",
        lost,
    )


def _spacings(
    found: list[g.Stack], facts: Facts, absent: Absent, declared: int | None, lost: int
) -> None:
    spaced = [s for stack in found if (s := g.spacing(stack)) is not None]
    _holes(spaced, found, facts, absent, declared, lost)
    if not spaced:
        for name in ("slice_spacing", "slice_gap", "irregular_spacing"):
            absent[name] = "the series has a single slice position"
        return
    source = "(0020,0032) ImagePositionPatient"
    uneven = max(s.uneven for s in spaced)
    facts["irregular_spacing"] = fact(
        "irregular_spacing",
        uneven,
        source,
        "largest difference from the usual slice distance",
        lost,
    )
    usual = median(s.usual for s in spaced)
    facts["slice_spacing"] = fact(
        "slice_spacing",
        usual,
        source,
        "usual distance of neighbours along the slice normal",
        lost,
    )
    skew = g.skew_of(found[0])
    if skew is not None:
        facts["skew"] = fact(
            "skew",
            skew,
            POSITIONS,
            "angle between the slice normal and the line through the positions",
            lost,
        )
    thickness = facts.get("slice_thickness")
    if thickness is None:
        absent["slice_gap"] = absent.get(
            "slice_thickness", "the header has no (0018,0050) SliceThickness"
        )
        return
    if thickness.varies:
        absent["slice_gap"] = "the slice thickness varies within the series"
        return
    facts["slice_gap"] = fact(
        "slice_gap",
        usual - float(thickness.values()[0]),
        "slice_spacing, (0018,0050) SliceThickness",
        "true spacing minus thickness",
        thickness.unread,
    )


def _holes(
    spaced: list[g.Spacing],
    found: list[g.Stack],
    facts: Facts,
    absent: Absent,
    declared: int | None,
    lost: int,
) -> None:
    holes = sum(s.holes for s in spaced)
    slices = sum(len(stack.distances) for stack in found)
    planned = max(declared - slices, 0) if declared and len(found) == 1 else 0
    numbers = _missing_numbers(found)
    missing = max(holes, planned, numbers)
    if any(s.uneven for s in spaced) and not missing:
        absent["missing_slices"] = (
            "the slices are unevenly spaced, so a hole cannot be told from a wide step"
        )
        return
    how = "holes in the regular grid of positions"
    if planned == missing > 0:
        how = f"the scanner planned {declared} slices, {slices} are here"
    elif numbers == missing > holes:
        how = "instance numbers that are not there"
    facts["missing_slices"] = fact("missing_slices", missing, POSITIONS, how, lost)


def _missing_numbers(found: list[g.Stack]) -> int:
    """Instance numbers missing from a series of one volume: they see what a grid cannot, its ends."""
    frames = [frame for stack in found for at in stack.frames for frame in at]
    numbers = {f.number for f in frames if f.number is not None}
    single = all(len(at) == 1 for stack in found for at in stack.frames)
    if not single or len(found) > 1 or len(numbers) != len(frames) or len(frames) < 3:
        return 0
    span = max(numbers) - min(numbers) + 1
    gone = span - len(numbers) + min(numbers) - 1
    # A series that numbers every second image, or starts far away, has its own way of counting.
    return gone if 0 < gone * 4 <= len(numbers) else 0


def _duplicates(found: list[g.Stack], facts: Facts, lost: int) -> None:
    again = sum(g.duplicates_of(stack) for stack in found)
    facts["duplicate_slices"] = fact(
        "duplicate_slices",
        again,
        POSITIONS,
        "images that repeat the position and volume of another",
        lost,
    )


def _extent(stack: g.Stack, orientations: int, facts: Facts, absent: Absent) -> None:
    if orientations > 1:
        absent["coverage"] = "the series has several orientations"
        return
    size = facts.get("field_of_view")
    thickness = facts.get("slice_thickness")
    if size is None or thickness is None:
        missing = "field_of_view" if size is None else "slice_thickness"
        absent["coverage"] = absent.get(missing, f"{missing} is not known")
        return
    pair = [float(v) for v in size.values()]
    thin = min(float(t) for t in thickness.values())
    slab = stack.distances[-1] - stack.distances[0] + thin
    edges = {
        "column": pair[0],
        "row": pair[1] if len(pair) > 1 else pair[0],
        "slices": slab,
    }
    axes = g.axes_of(stack)
    along = {axes[edge]: round(length, 3) for edge, length in edges.items()}
    facts["coverage"] = fact(
        "coverage",
        {axis: along[axis] for axis in g.AXES} | {"slices": round(slab, 3)},
        f"{POSITIONS}, field_of_view, slice_thickness",
        "each edge of the block along the body's nearest axis",
        size.unread + thickness.unread,
    )


def field_of_view(facts: Facts, absent: Absent) -> None:
    """Add the field of view: rows and columns times the pixel spacing."""
    parts = [facts.get(name) for name in ("rows", "columns", "pixel_spacing")]
    known = [part for part in parts if part is not None and not part.varies]
    if len(known) < 3:
        absent["field_of_view"] = "rows, columns or pixel_spacing is absent or varies"
        return
    rows, columns, spacing = (part.values() for part in known)
    high = round(float(rows[0]) * float(spacing[0]), 4)
    wide = round(float(columns[0]) * float(spacing[-1]), 4)
    facts["field_of_view"] = fact(
        "field_of_view",
        high if high == wide else (high, wide),
        "rows, columns, pixel_spacing",
        "down a column, along a row",
        max(part.unread for part in known),
    )


def temporal_positions(frames: Sequence[g.Frame], facts: Facts) -> None:
    """Count the time points that are there, in place of those that the header announces."""
    numbered = {f.time for f in frames if f.time is not None}
    if numbered:
        facts["temporal_positions"] = fact(
            "temporal_positions",
            len(numbered),
            "(0020,0100) TemporalPositionIdentifier or (0020,9128) TemporalPositionIndex",
            "different temporal positions",
            sum(f.time is None for f in frames),
        )


def volume_interval(
    starts: Mapping[int, datetime], facts: Facts, absent: Absent
) -> None:
    """Add the time between volumes as it was, from when the first image of each time point was taken."""
    if len(starts) < 2:
        absent["volume_interval"] = "the images have no two temporal positions"
        return
    ordered = [starts[n] for n in sorted(starts)]
    steps = [(b - a).total_seconds() for a, b in pairwise(ordered)]
    facts["volume_interval"] = fact(
        "volume_interval",
        float(median(steps)),
        "acquisition times of the temporal positions",
        "median of neighbours",
    )


def from_weightings(
    frames: Sequence[g.Frame], source: str | None, facts: Facts, absent: Absent
) -> None:
    """Add b-values, their volumes and directions."""
    weighted = [f for f in frames if f.b is not None]
    undecided = (source or "").startswith(ALWAYS_WRITTEN)
    if not weighted or (undecided and not any(f.b for f in weighted)):
        why = "no image says a diffusion weighting"
        absent.update(dict.fromkeys(("b_values", "b_max", "directions"), why))
        return
    slices = int(facts["slices"].values()[0]) if "slices" in facts else 1
    groups = shells([f.b for f in weighted if f.b is not None])
    values = tuple(_plain(b) for b, _ in groups)
    unread = len(frames) - len(weighted)
    facts["b_values"] = Fact(
        value=values,
        unit=FACTS["b_values"].unit,
        source=source or "",
        derivation="shells of b-values, with the volumes of each",
        counts=tuple(max(round(len(members) / slices), 1) for _, members in groups),
        unread=unread,
    )
    facts["b_max"] = fact("b_max", max(values), source or "", "largest b-value", unread)
    directions = {
        tuple(round(x, 4) for x in f.direction)
        for f in weighted
        if f.direction and f.b and f.b > DIRECTED
    }
    facts["directions"] = fact(
        "directions",
        len(directions),
        source or "",
        "different gradient directions",
        unread,
    )


def _plain(b: float) -> float:
    return int(b) if float(b).is_integer() else round(b, 3)
