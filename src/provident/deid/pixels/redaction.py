"""Burned-in text painted out of every frame, and the result looked at again."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

from provident.deid.pixels.detector import SHORT, Region, lines_by_length, overlap
from provident.deid.pixels.frames import Extremes, NotDecodable, extremes
from provident.deid.pixels.reading import Reader


if TYPE_CHECKING:
    from provident.deid.pixels.frames import Image


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
    anatomy: Sequence[Region] = (),
) -> Looked:
    """Look at an image: let it pass, paint text out of it, or make it wait.

    Text in the regions `settings`, where the device shows nothing else, may stay unread. `anatomy`
    is where the device says that it shows the body (ultrasound regions): outside of it two letters
    are text already. Without a reader whatever looks like text makes the image wait. With one,
    lines that `may_stay` stay, all others and whatever looks like text and was not read are painted
    out; if after that text is seen again where none may stay, it waits.
    """
    try:
        whole = extremes(data)
        seen, short = (_outside(r, settings) for r in lines_by_length(whole))
        if reader is None:
            text = [*seen, *(_off(short, anatomy))]
            return Looked("pixels_need_review" if text else None)
        stay, go = _read(whole, reader, may_stay)
        go += _words(whole, _apart(short, (*stay, *go)), reader, may_stay)
        paint = [*go, *_apart(seen, (*stay, *go))]
        if not paint:
            return Looked()
        painted = without_regions(data, paint)
        left = _still_seen(extremes(painted), settings, stay, reader, may_stay)
    except NotDecodable:
        return Looked("pixels_unreadable")
    if left:
        return Looked("pixels_need_review")
    return Looked(data=painted, painted=len(paint))


def _read(
    whole: Extremes, reader: Reader, may_stay: Callable[[str], bool]
) -> tuple[list[Region], list[Region]]:
    """The lines that may stay and those that may not."""
    stay: list[Region] = []
    go: list[Region] = []
    # What stands still is clearest on the minimum: what moves behind it is evened out.
    for line in reader(whole.lowest):
        which = stay if may_stay(line.text) else go
        which.append(line.region.times(whole.factor))
    return stay, go


def _words(
    whole: Extremes,
    regions: Sequence[Region],
    reader: Reader,
    may_stay: Callable[[str], bool],
) -> list[Region]:
    """Of marks that may be a short word, those that can be read as one which may not stay."""
    return [r for r in regions if _tells(_cuts(whole, r), reader, may_stay)]


def _tells(
    cuts: Sequence[Image], reader: Reader, may_stay: Callable[[str], bool]
) -> bool:
    told = [reader.word(cut).strip() for cut in cuts]
    return any(
        sum(map(str.isalnum, text)) >= SHORT and not may_stay(text) for text in told
    )


def _cuts(whole: Extremes, region: Region) -> list[Image]:
    """A region of the views with some room around it, in the size in which they were looked at."""
    edge = MARGIN + 2
    top, bottom = region.top // whole.factor, region.bottom // whole.factor
    left, right = region.left // whole.factor, region.right // whole.factor
    return [
        view[max(0, top - edge) : bottom + edge, max(0, left - edge) : right + edge]
        for view in whole.views
    ]


def _still_seen(
    whole: Extremes,
    settings: Sequence[Region],
    stay: Sequence[Region],
    reader: Reader,
    may_stay: Callable[[str], bool],
) -> list[Region]:
    """What looks like text after painting and was not allowed to stay; short words by reading."""
    seen, short = (_outside(r, settings) for r in lines_by_length(whole))
    return [
        *_apart(seen, stay),
        *_words(whole, _apart(short, stay), reader, may_stay),
    ]


def _off(seen: Sequence[Region], anatomy: Sequence[Region]) -> list[Region]:
    """What does not touch the body's picture; nothing where nobody says where that is."""
    if not anatomy:
        return []
    return [r for r in seen if not any(r.meets(a) for a in anatomy)]


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
