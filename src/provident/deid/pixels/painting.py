"""Regions painted out of every frame: by block in baseline JPEG, else in native pixels."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from io import BytesIO
from itertools import zip_longest
from typing import Any

from provident.deid.pixels import jpeg
from provident.deid.pixels.frames import NotDecodable, frames_of
from provident.deid.pixels.regions import Region


MARGIN = (
    3  # pixels painted around a line: letters have soft edges, compression smears them
)
SMEARED = 2  # pixels beyond a block that share the colour of a coarser colour plane
NATIVE = frozenset({"1.2.840.10008.1.2", "1.2.840.10008.1.2.1"})
# DCT by Huffman coding: baseline and extended (PS3.5 A.4.1)
BY_BLOCK = frozenset({"1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.51"})
_LOSSY = BY_BLOCK | {"1.2.840.10008.1.2.4.81"}  # lossy whatever the header says
_METHODS = {
    "1.2.840.10008.1.2.4.81": "ISO_14495_1"
}  # else ISO_10918_1 (PS3.3 C.7.6.1.1.5.1)
_UNPAINTABLE = frozenset({"1.2.840.10008.1.2.2", "1.2.840.10008.1.2.1.99"})


def without_regions(
    data: bytes, regions: Sequence[Region], keep: Sequence[Region] = ()
) -> bytes:
    """The file with regions and a margin painted over in every frame; nothing else changes.

    Baseline JPEG is edited by block, unless blocks would cover what is to `keep`; its other pixels
    stay as they are coded. Other compressed pixels become native ones of the same values.

    Raises:
        NotDecodable: the pixels cannot be decoded or rewritten here.
    """
    grown = [r.grown(MARGIN) for r in regions]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            dataset = _read(data)
            syntax = _syntax(dataset)
            if syntax in _UNPAINTABLE:
                raise NotDecodable(syntax)
            if syntax in BY_BLOCK:
                try:
                    return _by_block(data, dataset, grown, keep)
                except jpeg.Unsupported:
                    dataset = _read(data)
            return _native(dataset, syntax, grown)
        except NotDecodable:
            raise
        except Exception as error:  # noqa: BLE001  # decoders raise whatever they like
            raise NotDecodable(type(error).__name__) from None


def way_of(before: bytes, after: bytes) -> str:
    """How a file was painted, in words for the report."""
    was, now = _syntax(_read(before)), _syntax(_read(after))
    if now in BY_BLOCK:
        return "by JPEG block"
    return "in place" if was in NATIVE else "compressed pixels stored anew without loss"


def _syntax(dataset: Any) -> str:
    return str(dataset.file_meta.TransferSyntaxUID)


def _read(data: bytes) -> Any:
    import pydicom

    return pydicom.dcmread(BytesIO(data))


def _written(dataset: Any) -> bytes:
    out = BytesIO()
    dataset.save_as(out)
    return out.getvalue()


# By block


def _by_block(
    data: bytes, dataset: Any, regions: Sequence[Region], keep: Sequence[Region]
) -> bytes:
    from pydicom.encaps import encapsulate, generate_frames

    frames = list(
        generate_frames(
            dataset.PixelData, number_of_frames=int(dataset.get("NumberOfFrames") or 1)
        )
    )
    blocks = jpeg.blocks_of(frames[0], regions)
    if any(b.meets(k) for b in blocks for k in keep):
        raise jpeg.Unsupported("blocks would cover what may stay")
    levels = _levels(dataset, frames[0])
    # One frame's blocks are all frames' blocks: each is coded with the same size and sampling.
    if any(jpeg.blocks_of(f, regions) != blocks for f in frames[1:]):
        raise jpeg.Unsupported("frames of several kinds")
    done = [jpeg.painted(f, regions, levels) for f in frames]
    dataset["PixelData"].value = encapsulate([f + b"\0" * (len(f) % 2) for f in done])
    for offsets in ("ExtendedOffsetTable", "ExtendedOffsetTableLengths"):
        if offsets in dataset:
            del dataset[offsets]
    out = _written(dataset)
    if changed_outside(data, out, blocks):
        raise jpeg.Unsupported("something else changed")
    return out


def _levels(dataset: Any, stream: bytes) -> list[int]:
    photometric = str(dataset.PhotometricInterpretation)
    if int(dataset.get("SamplesPerPixel") or 1) == 1:
        return [255 if photometric == "MONOCHROME1" else 0]
    # Adobe's segment says how colours are coded: 0 as they are, 1 as luminance and chrominance.
    at = stream.find(b"\xff\xee\x00\x0eAdobe")
    coded = stream[at + 15] if at >= 0 else int(photometric.startswith("YBR"))
    return [0, 128, 128] if coded else [0, 0, 0]


def changed_outside(before: bytes, after: bytes, regions: Sequence[Region]) -> bool:
    """Whether any frame differs outside of regions, and the few pixels around them that colour reaches.

    Raises:
        NotDecodable: one of the two cannot be decoded.
    """
    import numpy as np

    outside: Any = None
    for old, new in zip_longest(frames_of(before), frames_of(after)):
        if old is None or new is None or old.shape != new.shape:
            return True
        if outside is None:
            outside = np.ones(old.shape[:2], bool)
            for r in (r.grown(SMEARED if old.ndim == 3 else 0) for r in regions):
                outside[max(0, r.top) : r.bottom, max(0, r.left) : r.right] = False
        if not np.array_equal(old[outside], new[outside]):
            return True
    return False


# Native


def _native(dataset: Any, syntax: str, regions: Sequence[Region]) -> bytes:
    if syntax not in NATIVE:
        # It stays the same instance: references to it go on to resolve.
        dataset.decompress(as_rgb=True, generate_instance_uid=False)
        if syntax in _LOSSY and dataset.get("LossyImageCompression") != "01":
            # The transfer syntax said so; now the header has to (PS3.3 C.7.6.1.1.5).
            dataset.LossyImageCompression = "01"
            dataset.LossyImageCompressionMethod = _METHODS.get(syntax, "ISO_10918_1")
    pixels = _painted(dataset, regions)
    dataset["PixelData"].value = pixels.tobytes() + b"\0" * (pixels.nbytes % 2)
    return _written(dataset)


def _painted(dataset: Any, regions: Sequence[Region]) -> Any:
    """The pixels as an array of frames, rows, columns, samples, with the regions blank."""
    import numpy as np

    cells = _cells(dataset)
    rows, columns = int(dataset.Rows), int(dataset.Columns)
    for region in regions:
        window = (
            slice(None),
            slice(max(0, region.top), min(rows, region.bottom)),
            slice(max(0, region.left), min(columns, region.right)),
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
