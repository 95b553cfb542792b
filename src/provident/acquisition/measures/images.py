"""The images of a series, one at a time: stored pixels with what turns them into a measure.

Pixels are decoded by `dicom.pixels`; tiles of a Siemens mosaic and frames of a multi-frame
instance are images of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom import dcmread
from pydicom.dataset import Dataset

from provident.dicom import NotReadable, maker, pixels, read_header, values
from provident.dicom import frames as dicom_frames
from provident.dicom.geometry import Frame


Pixels = NDArray[Any]
Source = Path | bytes | Dataset
MOST_BYTES = 2**31


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Image:
    """One image: `pixels` are rows by columns, as stored (colour as its brightest channel).

    `slope` and `intercept` make CT numbers of CT; for other kinds they are 1 and 0.
    `position` is along the slice normal in mm, `weighting` the b-value in s/mm2, `order`
    the place in the acquisition, `phase_axis` is 0 when phase encoding runs down a column and 1 along a row,
    `sides` name the top, bottom, left and right edges by anatomy.
    """

    pixels: Pixels
    slope: float = 1.0
    intercept: float = 0.0
    spacing: tuple[float, float] | None = None
    position: float | None = None
    weighting: float | None = None
    order: int | None = None
    phase_axis: int | None = None
    sides: tuple[str, str, str, str] = ("top", "bottom", "left", "right")


@dataclass(frozen=True, slots=True, kw_only=True)
class Undecodable:
    """An instance that gave no image."""

    why: str


def images_of(sources: Sequence[Source]) -> Iterator[Image | Undecodable]:
    """The images of each instance, in the order of the instances. Never raises for bad pixels."""
    for number, source in enumerate(sources):
        try:
            yield from _instance(source, number)
        except (pixels.PixelFault, NotReadable) as error:
            yield Undecodable(why=error.reason)


def _instance(source: Source, number: int) -> Iterator[Image]:
    ds = _read(source)
    stored = pixels.decode(ds)
    if stored.ndim > 2 and values.numbers(ds, 0x00280002) == (3.0,):
        stored = stored.max(axis=-1)
    described = dicom_frames.instance(
        ds, maker(str(ds.get("Manufacturer", ""))), number
    )
    about = _about(described.base, described.overlays[:1])
    planes = _planes(stored, described)
    for plane, frame in zip(planes, _frames(described, len(planes)), strict=True):
        yield replace(about, pixels=plane, **_placed(frame, about))


def _read(source: Source) -> Dataset:
    if isinstance(source, Dataset):
        return source
    data = source if isinstance(source, bytes) else _bytes(source)
    try:
        found = dcmread(BytesIO(data), force=True)
    except Exception:  # noqa: BLE001  # pydicom raises many kinds; the tolerant reader names the fault
        read_header(data)
        raise NotReadable("broken") from None
    if not found.get("file_meta") or not found.file_meta.get("TransferSyntaxUID"):
        read_header(data)
        raise NotReadable("broken")
    return found


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise NotReadable("too_large")
        return path.read_bytes()
    except OSError:
        raise NotReadable("not_readable") from None


def _about(base: Dataset, overlays: Iterable[Dataset]) -> Image:
    """What all images of an instance share; a frame's own words come first."""
    said = [*overlays, base]
    kind = str(base.get("Modality", ""))
    slope = _first(said, 0x00281053) if kind in ("CT", "PT") else None
    intercept = _first(said, 0x00281052) if kind in ("CT", "PT") else None
    spacing = _numbers(said, 0x00280030)
    return Image(
        pixels=np.zeros((0, 0)),
        slope=slope or 1.0,
        intercept=intercept or 0.0,
        spacing=(spacing[0], spacing[1])
        if len(spacing) == 2 and min(spacing) > 0
        else None,
        phase_axis=_phase_axis(said),
    )


def _phase_axis(said: Sequence[Dataset]) -> int | None:
    """0 for COL (down a column), 1 for ROW (0018,1312)."""
    for ds in said:
        word = str(ds.get("InPlanePhaseEncodingDirection") or "").upper()
        if word:
            return {"COL": 0, "COLUMN": 0, "ROW": 1}.get(word)
    return None


def _numbers(said: Sequence[Dataset], tag: int) -> tuple[float, ...]:
    for ds in said:
        found = values.numbers(ds, tag)
        if isinstance(found, tuple) and found:
            return found
    return ()


def _first(said: Sequence[Dataset], tag: int) -> float | None:
    return next(iter(_numbers(said, tag)), None)


def _planes(stored: Pixels, described: dicom_frames.Instance) -> list[Pixels]:
    """Two-dimensional images: frames, or the tiles of a mosaic that hold a slice."""
    if described.tile is None:
        return [stored] if stored.ndim == 2 else list(stored)
    rows, columns = described.tile
    across = stored.shape[1] // columns if columns else 0
    if not rows or not across:
        return [stored]
    tiles = [
        stored[n // across * rows :, n % across * columns :][:rows, :columns]
        for n in range(across * (stored.shape[0] // rows))
    ]
    filled = [n for n, tile in enumerate(tiles) if tile.any()]
    known = len(described.frames)
    return tiles[: known or (filled[-1] + 1 if filled else 1)]


def _frames(described: dicom_frames.Instance, planes: int) -> list[Frame | None]:
    if len(described.frames) == planes:
        return list(described.frames)
    return [described.frames[0] if planes == 1 and described.frames else None] * planes


def _placed(frame: Frame | None, about: Image) -> dict[str, Any]:
    if frame is None or frame.orientation is None:
        return {}
    row, column = np.array(frame.orientation[:3]), np.array(frame.orientation[3:])
    placed: dict[str, Any] = {
        "weighting": frame.b,
        "order": frame.number,
        "sides": (*reversed(_ends(column)), *reversed(_ends(row))),
    }
    if frame.position is not None:
        normal = np.cross(row, column)
        placed["position"] = round(float(np.dot(normal, frame.position)), 2)
    return placed


def _ends(direction: Pixels) -> tuple[str, str]:
    """Where a direction of the patient's coordinates (PS3.3 C.7.6.2) runs to and from."""
    axis = int(np.argmax(np.abs(direction)))
    toward, away = (("left", "right"), ("posterior", "anterior"), ("head", "feet"))[
        axis
    ]
    return (toward, away) if direction[axis] > 0 else (away, toward)
