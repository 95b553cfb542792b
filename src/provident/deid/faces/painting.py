"""Voxels replaced by air, and the file written again with every other byte as it was.

Only what the standard asks for changes in the header (PS3.15 E.3.2): the method's code, Recognizable
Visual Features, and what would have become untrue.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from provident.deid.elements import EXPLICIT_LITTLE, PIXEL_DATA, Damaged, Element, items
from provident.deid.faces.model import OPTION
from provident.deid.faces.reading import Frame, Image
from provident.deid.faces.stacks import Mask
from provident.deid.instance import Instance, read_instance
from provident.deid.table import METHODS
from provident.deid.writer import encode_element, encode_items, encode_meta


METHOD_CODES, RECOGNIZABLE = 0x00120064, 0x00280302
SMALLEST, LARGEST = 0x00280106, 0x00280107
LOSSY, LOSSY_METHOD = 0x00282110, 0x00282114
MAY_DIFFER = frozenset(
    (PIXEL_DATA, METHOD_CODES, RECOGNIZABLE, SMALLEST, LARGEST, LOSSY, LOSSY_METHOD)
)
_LOSSY_SYNTAXES = {
    "1.2.840.10008.1.2.4.50": "ISO_10918_1",
    "1.2.840.10008.1.2.4.51": "ISO_10918_1",
    "1.2.840.10008.1.2.4.81": "ISO_14495_1",
    "1.2.840.10008.1.2.4.91": "ISO_15444_1",
    "1.2.840.10008.1.2.4.203": "ISO_15444_15",
}


def paint(image: Image, frame: Frame, mask: Mask, air: float) -> int:
    """Replaces the pixels of a frame in a mask by air; padding stays. Gives how many changed.

    `air` is a real value (Hounsfield units where it is CT).
    """
    if not mask.any():
        return 0
    pixels = image.stored[frame.number]
    fill = _stored_value(image, frame, air)
    change = mask & (pixels != fill) & ~_padding(image, pixels)
    changed = int(change.sum())
    if changed:
        if not image.stored.flags.writeable:
            image.stored = image.stored.copy()
        image.stored[frame.number][change] = fill
    return changed


def _stored_value(image: Image, frame: Frame, air: float) -> int:
    bits = int(image.dataset.get("BitsStored") or image.stored.dtype.itemsize * 8)
    signed = image.stored.dtype.kind == "i"
    low, high = (
        (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) if signed else (0, (1 << bits) - 1)
    )
    return int(np.clip(round((air - frame.intercept) / frame.slope), low, high))


def _padding(image: Image, pixels: NDArray[Any]) -> Mask:
    """Pixels that are no part of the image (PS3.3 C.7.5.1.1.2)."""
    value = image.dataset.get("PixelPaddingValue")
    if not isinstance(value, int):
        return np.zeros(pixels.shape, dtype=bool)
    other = image.dataset.get("PixelPaddingRangeLimit")
    ends = sorted((value, other if isinstance(other, int) else value))
    return np.asarray((pixels >= ends[0]) & (pixels <= ends[1]))


def written(data: bytes, pixels: NDArray[Any] | None) -> tuple[bytes, tuple[str, ...]]:
    """A file that says that no face can be recognised in it, with other pixels where they are given.

    Compressed pixels that changed become explicit VR little endian of the same values; what was lossy
    goes on to be called so (PS3.3 C.7.6.1.1.5). Gives notes of what had to change with the pixels.

    Raises:
        Damaged: the file cannot be taken apart without doubt.
    """
    instance = read_instance(data)
    changes = {
        METHOD_CODES: _element(instance, METHOD_CODES, "SQ", _codes(instance)),
        RECOGNIZABLE: _element(instance, RECOGNIZABLE, "CS", b"NO"),
    }
    notes: tuple[str, ...] = ()
    syntax = instance.transfer_syntax
    if pixels is not None:
        element = instance.element(PIXEL_DATA)
        assert element is not None  # it was decoded
        little = np.ascontiguousarray(
            pixels.astype(pixels.dtype.newbyteorder("<"), copy=False)
        )
        if element.undefined:
            changes |= _still_lossy(instance)
            notes = ("compressed pixels written as explicit VR little endian",)
            syntax = EXPLICIT_LITTLE
        changes[PIXEL_DATA] = _pixels(instance, element, little)
        changes |= _extremes(instance, little)
    return _joined(data, instance, changes, syntax), notes


def _joined(
    data: bytes, instance: Instance, changes: dict[int, bytes], syntax: str
) -> bytes:
    kept = {e.tag: instance.body[e.start : e.after] for e in instance.elements}
    together = kept | changes
    body = b"".join(together[tag] for tag in sorted(together))
    if instance.body is data and syntax == instance.transfer_syntax:
        return data[: instance.elements[0].start] + body
    return encode_meta(instance.sop_class, instance.sop_instance, syntax) + body


def _element(instance: Instance, tag: int, vr: str, value: bytes) -> bytes:
    return encode_element(tag, vr, value, implicit=instance.implicit)


def _codes(instance: Instance) -> bytes:
    """The items of the De-identification Method Code Sequence with the option's among them."""
    there = instance.element(METHOD_CODES)
    told = []
    if there is not None:
        told = [
            instance.body[start:end]
            for start, end in items(
                instance.body, there, implicit=instance.implicit, depth=0
            )
        ]
    if not any(OPTION.encode() in item for item in told):
        parts = (
            (0x00080100, "SH", OPTION),
            (0x00080102, "SH", "DCM"),
            (0x00080104, "LO", METHODS[int(OPTION)]),
        )
        told.append(
            b"".join(_element(instance, t, vr, v.encode()) for t, vr, v in parts)
        )
    return encode_items(told)


def _pixels(instance: Instance, element: Element, little: NDArray[Any]) -> bytes:
    # PS3.5 A.2: native pixels of more than 8 bits are OW.
    vr = "OW" if element.undefined and little.dtype.itemsize > 1 else element.vr
    return _element(instance, PIXEL_DATA, vr, little.tobytes())


def _still_lossy(instance: Instance) -> dict[int, bytes]:
    method = _LOSSY_SYNTAXES.get(instance.transfer_syntax)
    if method is None or instance.text(LOSSY):
        return {}
    return {
        LOSSY: _element(instance, LOSSY, "CS", b"01"),
        LOSSY_METHOD: _element(instance, LOSSY_METHOD, "CS", method.encode()),
    }


def _extremes(instance: Instance, pixels: NDArray[Any]) -> dict[int, bytes]:
    """The smallest and largest pixel value, where the file tells them."""
    told = {SMALLEST: int(pixels.min()), LARGEST: int(pixels.max())}
    signed = pixels.dtype.kind == "i"
    return {
        tag: _element(
            instance,
            tag,
            "SS" if signed else "US",
            value.to_bytes(2, "little", signed=signed),
        )
        for tag, value in told.items()
        if instance.element(tag) is not None and pixels.dtype.itemsize <= 2
    }


def only_the_face_differs(before: bytes, after: bytes) -> bool:
    """Whether all elements but `MAY_DIFFER` are the same bytes, and the option is told."""
    try:
        old, new = read_instance(before), read_instance(after)
    except Damaged:
        return False
    kept = {e.tag for e in old.elements} - MAY_DIFFER
    same = all(old.value(tag) == new.value(tag) for tag in kept)
    nothing_new = {e.tag for e in new.elements} <= kept | MAY_DIFFER
    told = OPTION.encode() in (new.value(METHOD_CODES) or b"")
    return same and nothing_new and told and new.text(RECOGNIZABLE) == "NO"
