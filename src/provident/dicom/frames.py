"""The images in one instance: classic, enhanced multi-frame, or a Siemens mosaic."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset

from provident.dicom import csa, values
from provident.dicom.diffusion import Weighting, weighting
from provident.dicom.geometry import Frame, Vector, cross, unit_vector


SHARED, PER_FRAME, INJECTION = 0x52009229, 0x52009230, 0x00540016
DETECTOR = 0x00540022
POSITION, ORIENTATION, NUMBER, PER_PIXEL = (
    0x00200032,
    0x00200037,
    0x00200013,
    0x00280030,
)
# Sequences inside a functional group whose items' elements are facts themselves.
_INNER = frozenset((0x00189076, 0x00189042, 0x00189049))
# What tells volumes apart. Acquisition and content times do where nothing else does.
VOLUME = (
    0x00080008, 0x0008002A, 0x00080032, 0x00080033, 0x00180081, 0x00180082, 0x00180086, 0x00181060,
    0x00189074, 0x00189082, 0x00209128, 0x00209153, 0x00200012, 0x00200100, 0x00089007, 0x00541300,
)  # fmt: skip

Elements = dict[int, RawDataElement | DataElement]


def flattened(item: Dataset, into: Elements | None = None) -> Elements:
    """The elements of all macros in a functional group's item (PS3.3 C.7.6.16), side by side."""
    found: Elements = {} if into is None else into
    for macro in item:
        if macro.VR != "SQ":
            found[macro.tag] = macro
            continue
        for inner in values.items(item, macro.tag)[:1]:
            _take(inner, found)
    return found


def _take(item: Dataset, found: Elements) -> None:
    for tag in item.keys():  # noqa: SIM118  # iterating a Dataset converts every element
        if tag in _INNER:
            for inner in values.items(item, tag)[:1]:
                _take(inner, found)
        else:
            found[tag] = item.get_item(tag)


def dataset(elements: Elements, like: Dataset) -> Dataset:
    """A data set of these elements, in the character set of another."""
    made = Dataset()
    for tag, element in elements.items():
        made[tag] = element
    implicit, little = like.original_encoding
    made.set_original_encoding(implicit, little, like.original_character_set)
    return made


@dataclass(frozen=True, slots=True)
class Instance:
    """One instance as frames; `overlays` holds what each frame says by itself.

    `base` answers for what no frame says. `tile` is rows and columns of one image where
    they are not those of the header (a mosaic).
    """

    base: Dataset
    overlays: list[Dataset]
    frames: list[Frame]
    weightings: list[Weighting | None]
    tile: tuple[int, int] | None = None
    declared_frames: int = 1


def instance(ds: Dataset, maker: str, index: int) -> Instance:
    """Split one instance into its images."""
    per_frame = values.items(ds, PER_FRAME)
    if per_frame:
        return _enhanced(ds, per_frame, maker, index)
    weight = weighting(ds, maker) if _may_be_weighted(ds) else None
    frame = _frame(ds, ds, weight, _whole(ds, NUMBER), index)
    base = _with_injection_and_detector(ds)
    tiles = _tiles(ds) if maker == "SIEMENS" else 0
    if tiles > 1:
        side = math.ceil(math.sqrt(tiles))
        rows, columns = _whole(ds, 0x00280010) or 0, _whole(ds, 0x00280011) or 0
        tile = (rows // side, columns // side)
        frames = list(_mosaic(ds, frame, tiles, tile, (rows, columns)))
        return Instance(base, [], frames, [weight], tile)
    declared = _whole(ds, 0x00280008) or 1
    return Instance(base, [], [frame], [weight], None, declared)


def _with_injection_and_detector(ds: Dataset) -> Dataset:
    """The header with what it says of radiopharmaceutical and detector beside the rest.

    PS3.3 C.8.9.2 (PET isotope), C.8.4.10 and C.8.4.11 (NM isotope and detector). What the
    header says itself stays.
    """
    inner = [*values.items(ds, INJECTION)[:1], *values.items(ds, DETECTOR)[:1]]
    if not inner:
        return ds
    elements: Elements = {}
    for item in reversed(inner):
        _take(item, elements)
    elements |= {tag: ds.get_item(tag) for tag in ds.keys()}  # noqa: SIM118
    return dataset(elements, ds)


def _may_be_weighted(ds: Dataset) -> bool:
    modality = values.texts(ds, 0x00080060)
    return modality == ("MR",)


def _whole(ds: Dataset, tag: int) -> int | None:
    found = values.numbers(ds, tag)
    return int(found[0]) if isinstance(found, tuple) else None


def _vector(ds: Dataset, tag: int, size: int) -> tuple[float, ...] | None:
    found = values.numbers(ds, tag)
    return found if isinstance(found, tuple) and len(found) == size else None


def _frame(
    ds: Dataset, base: Dataset, weight: Weighting | None, number: int | None, index: int
) -> Frame:
    place = ds if POSITION in ds else base
    position = _vector(place, POSITION, 3)
    facing = ds if ORIENTATION in ds else base
    key = tuple(_raw(ds if tag in ds else base, tag) for tag in VOLUME)
    b, direction = (weight[0], weight[1]) if weight else (None, None)
    return Frame(
        position=(position[0], position[1], position[2]) if position else None,
        orientation=_vector(facing, ORIENTATION, 6),
        volume=(*key, b, direction),
        number=number,
        b=b,
        direction=direction,
        instance=index,
        time=_time(ds, base),
    )


def _time(ds: Dataset, base: Dataset) -> int | None:
    """Temporal Position Index of a frame, or Identifier of a classic image."""
    for tag in (0x00209128, 0x00200100):
        place = ds if tag in ds else base
        if tag in place:
            return _whole(place, tag)
    return None


def _raw(ds: Dataset, tag: int) -> object:
    if tag not in ds:
        return None
    value = ds.get_item(tag).value
    return value if isinstance(value, bytes) else str(value)


def _enhanced(
    ds: Dataset, per_frame: list[Dataset], maker: str, index: int
) -> Instance:
    elements: Elements = {
        tag: ds.get_item(tag)
        for tag in ds.keys()  # noqa: SIM118
        if tag not in (SHARED, PER_FRAME)
    }
    for shared in values.items(ds, SHARED)[:1]:
        flattened(shared, elements)
    base = dataset(elements, ds)
    overlays = [dataset(flattened(item), ds) for item in per_frame]
    common = weighting(base, maker)
    weights = [weighting(overlay, maker) or common for overlay in overlays]
    frames = [
        _frame(overlay, base, weight, number, index)
        for number, (overlay, weight) in enumerate(
            zip(overlays, weights, strict=True), 1
        )
    ]
    declared = _whole(ds, 0x00280008) or len(frames)
    return Instance(base, overlays, frames, weights, None, declared)


def _tiles(ds: Dataset) -> int:
    """The number of slices in a Siemens mosaic; 0 when the instance is none."""
    image_type = values.texts(ds, 0x00080008)
    if not isinstance(image_type, tuple) or "MOSAIC" not in image_type:
        return 0
    tag = values.private(ds, 0x0019, "SIEMENS MR HEADER", 0x0A)
    found = values.numbers(ds, tag, "US") if tag is not None else None
    if isinstance(found, tuple):
        return int(found[0])
    raw = csa_bytes(ds, 0x10)
    header = csa.parse(raw) if raw else {}
    number = header.get("NumberOfImagesInMosaic", ("",))[:1]
    return int(number[0]) if number and number[0].isdigit() else 0


def csa_bytes(ds: Dataset, offset: int) -> bytes | None:
    """Siemens' private header of the image (0x10) or of the series (0x20)."""
    tag = values.private(ds, 0x0029, "SIEMENS CSA HEADER", offset)
    return values.data(ds, tag) if tag is not None else None


def _mosaic(
    ds: Dataset,
    whole: Frame,
    tiles: int,
    tile: tuple[int, int],
    size: tuple[int, int],
) -> Iterator[Frame]:
    """The slices of a mosaic, placed by the header's spacing along the slice normal.

    The header's position is that of a slice as large as the whole mosaic, so the first
    tile lies half the difference further in (as the nibabel project describes it).
    """
    step = values.numbers(ds, 0x00180088)
    pixel = values.numbers(ds, PER_PIXEL)
    o, p = whole.orientation, whole.position
    ready = isinstance(step, tuple) and isinstance(pixel, tuple) and len(pixel) == 2
    row = unit_vector((o[0], o[1], o[2])) if o else None
    column = unit_vector((o[3], o[4], o[5])) if o else None
    if not ready or p is None or row is None or column is None:
        return
    assert isinstance(step, tuple)
    assert isinstance(pixel, tuple)
    along_row = pixel[1] * (size[1] - tile[1]) / 2
    along_column = pixel[0] * (size[0] - tile[0]) / 2
    normal = _slice_normal(ds) or cross(row, column)
    for i in range(tiles):
        yield Frame(
            position=_moved(
                p, (row, along_row), (column, along_column), (normal, i * step[0])
            ),
            orientation=whole.orientation,
            volume=whole.volume,
            number=whole.number,
            b=whole.b,
            direction=whole.direction,
            instance=whole.instance,
            time=whole.time,
        )


def _slice_normal(ds: Dataset) -> Vector | None:
    raw = csa_bytes(ds, 0x10)
    written = csa.parse(raw).get("SliceNormalVector", ()) if raw else ()
    try:
        n = [float(x) for x in written]
    except ValueError:
        return None
    return unit_vector((n[0], n[1], n[2])) if len(n) == 3 else None


def _moved(start: Vector, *steps: tuple[Vector, float]) -> Vector:
    x, y, z = start
    for direction, far in steps:
        x, y, z = x + direction[0] * far, y + direction[1] * far, z + direction[2] * far
    return x, y, z
