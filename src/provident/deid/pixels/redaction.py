"""Burned-in text painted out of every frame, and the result looked at again."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from provident.deid.pixels.detector import Region, lines_in, overlap
from provident.deid.pixels.frames import NotDecodable, extremes
from provident.deid.pixels.reading import Reader


MARGIN = (
    3  # pixels painted around a line: letters have soft edges, compression smears them
)
NATIVE = frozenset({"1.2.840.10008.1.2", "1.2.840.10008.1.2.1"})
_UNPAINTABLE = frozenset({"1.2.840.10008.1.2.2", "1.2.840.10008.1.2.1.99"})


@dataclass(frozen=True, slots=True)
class Looked:
    """The result of a look: a reason to wait, or the file (painted where text was), or neither."""

    reason: str | None = None
    data: bytes | None = None
    painted: int = 0


def look(
    data: bytes,
    *,
    reader: Reader | None,
    may_stay: Callable[[str], bool],
    settings: Sequence[Region] = (),
) -> Looked:
    """Look at an image: let it pass, paint text out of it, or make it wait.

    Text in the regions `settings`, where the device shows nothing else, may stay unread.
    Without a reader whatever looks like text makes it wait. With one, lines that `may_stay` stay,
    all others and whatever looks like text and was not read are painted out; if after that text is
    seen again where none may stay, it waits.
    """
    try:
        whole = extremes(data)
        seen = _outside(lines_in(whole), settings)
        if reader is None:
            return Looked("pixels_need_review" if seen else None)
        # What stands still is clearest on the minimum: what moves behind it is evened out.
        lines = [
            (line.text, line.region.times(whole.factor))
            for line in reader(whole.lowest)
        ]
        stay = [region for text, region in lines if may_stay(text)]
        go = [region for text, region in lines if not may_stay(text)]
        paint = [*go, *_apart(seen, (*stay, *go))]
        if not paint:
            return Looked()
        painted = without_regions(data, paint)
        left = _apart(_outside(lines_in(extremes(painted)), settings), stay)
    except NotDecodable:
        return Looked("pixels_unreadable")
    if left:
        return Looked("pixels_need_review")
    return Looked(data=painted, painted=len(paint))


def _outside(seen: Sequence[Region], settings: Sequence[Region]) -> list[Region]:
    return [r for r in seen if not any(r.lies_in(s) for s in settings)]


def _apart(seen: Sequence[Region], from_: Sequence[Region]) -> list[Region]:
    """The regions that lie on none of the others: what looks like text and was not read."""
    return [r for r in seen if not any(overlap(r, s) for s in from_)]


def without_regions(data: bytes, regions: Sequence[Region]) -> bytes:
    """The file with regions painted over in every frame; compressed pixels become native ones.

    Raises:
        NotDecodable: the pixels cannot be decoded or rewritten here.
    """
    import pydicom

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            dataset = pydicom.dcmread(BytesIO(data))
            syntax = str(dataset.file_meta.TransferSyntaxUID)
            if syntax in _UNPAINTABLE:
                raise NotDecodable(syntax)
            if syntax not in NATIVE:
                dataset.decompress(as_rgb=True)
            pixels = _painted(dataset, regions)
            dataset["PixelData"].value = pixels.tobytes() + b"\0" * (pixels.nbytes % 2)
            out = BytesIO()
            dataset.save_as(out)
        except NotDecodable:
            raise
        except Exception as error:  # noqa: BLE001  # decoders raise whatever they like
            raise NotDecodable(type(error).__name__) from None
    return out.getvalue()


def _painted(dataset: Any, regions: Sequence[Region]) -> Any:
    """The pixels as an array of frames, rows, columns, samples, with the regions blank."""
    import numpy as np

    cells = _cells(dataset)
    rows, columns = int(dataset.Rows), int(dataset.Columns)
    for region in regions:
        window = (
            slice(None),
            slice(max(0, region.top - MARGIN), min(rows, region.bottom + MARGIN)),
            slice(max(0, region.left - MARGIN), min(columns, region.right + MARGIN)),
        )
        cells[window] = _blank(dataset, cells, window)
    planar = int(dataset.get("PlanarConfiguration") or 0) == 1 and cells.shape[3] > 1
    return np.ascontiguousarray(cells.transpose(0, 3, 1, 2) if planar else cells)


def _cells(dataset: Any) -> Any:
    """A writable copy of native pixels, samples last."""
    import numpy as np

    photometric = str(dataset.PhotometricInterpretation)
    if photometric.endswith("_422") or int(dataset.BitsAllocated) not in (8, 16, 32):
        raise NotDecodable(photometric)
    rows, columns = int(dataset.Rows), int(dataset.Columns)
    samples = int(dataset.get("SamplesPerPixel") or 1)
    frames = int(dataset.get("NumberOfFrames") or 1)
    kind = f"<{'i' if int(dataset.get('PixelRepresentation') or 0) else 'u'}{int(dataset.BitsAllocated) // 8}"
    count = frames * rows * columns * samples
    flat = np.frombuffer(dataset.PixelData, dtype=kind, count=count).copy()
    if int(dataset.get("PlanarConfiguration") or 0) == 1 and samples > 1:
        return flat.reshape(frames, samples, rows, columns).transpose(0, 2, 3, 1).copy()
    return flat.reshape(frames, rows, columns, samples)


def _blank(dataset: Any, cells: Any, window: Any) -> Any:
    """What to paint with: the darkest that the image has, per its colour model."""
    import numpy as np

    photometric = str(dataset.PhotometricInterpretation)
    if photometric == "MONOCHROME1":
        return cells.max()
    if photometric == "PALETTE COLOR":
        # Indices have no order: the one that the region has most is its background.
        values, counts = np.unique(cells[window], return_counts=True)
        return values[counts.argmax()]
    if photometric.startswith("YBR"):
        middle = 1 << (int(dataset.BitsStored) - 1)
        return np.array([0, middle, middle], dtype=cells.dtype)
    return cells.min()
