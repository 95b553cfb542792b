"""What can be told of an image without decoding it: whether it must be looked at, and what hides in its bytes."""

from __future__ import annotations

import re
from collections.abc import Collection
from enum import StrEnum

from provident.deid.elements import PIXEL_DATA, Damaged, Element, elements, items
from provident.deid.instance import Instance, NotApart
from provident.deid.profile import OTHER, DeviceRegion, Profile
from provident.deid.writer import encode_element


MODALITY, IMAGE_TYPE, INSTANCE_NUMBER = 0x00080060, 0x00080008, 0x00200013
ROWS, COLUMNS, SAMPLES, FRAMES = 0x00280010, 0x00280011, 0x00280002, 0x00280008
ALLOCATED, STORED, HIGH_BIT = 0x00280100, 0x00280101, 0x00280102
PHOTOMETRIC = 0x00280004
ULTRASOUND_REGIONS = 0x00186011
BODY_PART = 0x00180015
_DESCRIPTIONS = (0x00081030, 0x0008103E, 0x00181030, 0x00321060)
_ANATOMY = (0x00082218, 0x52009229)  # Anatomic Region, shared functional groups
_HEAD_CODES = (b"T-D1100", b"T-A0100", b"69536005", b"12738006")  # SNOMED RT and CT
_WORD = re.compile(r"[A-Z]+")
_CORNERS = (0x00186018, 0x0018601A, 0x0018601C, 0x0018601E)  # X0, Y0, X1, Y1
SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7"
_STANDARD = "1.2.840.10008."  # the root of the standard's own SOP classes
CONVERSION_TYPE, BURNED_IN = 0x00080064, 0x00280301
# What scanners store with 16 bits and in grey, unless it is a screen, a map or a capture.
SLICES = frozenset(("CT", "MR", "PT", "NM"))
_SCREENS = ("SCREEN", "DOSE", "REPORT", "CAPTURE")
_VOLUMES = frozenset(("CT", "MR", "PT"))
# Cells of these are labels, doses or measures and no picture: segmentations, label maps, RT dose, parametric maps.
_GRIDS = frozenset(
    f"{_STANDARD}5.1.4.1.1.{leaf}" for leaf in ("66.4", "66.7", "481.2", "30")
)


class Look(StrEnum):
    """How the pixels of an image are examined for burned-in text."""

    NOT = "not"
    EACH = "each"  # this image by itself
    ONCE = "once"  # some images stand for its whole series


def must_be_looked_at(instance: Instance, profile: Profile) -> bool:
    """Whether the profile wants this image's pixels examined, by themselves or for its series."""
    return how_looked_at(instance, *looks_of(profile)) is not Look.NOT


def looks_of(profile: Profile) -> tuple[frozenset[str], frozenset[str]]:
    """The kinds that a profile wants looked at one by one, and the modalities once per series."""
    if 113101 not in profile.options:
        return frozenset(), frozenset()
    return profile.examine, profile.series_once


def how_looked_at(
    instance: Instance, each: frozenset[str], once: frozenset[str]
) -> Look:
    """How this image is examined, where kinds of `each` are one by one and modalities of `once` by series."""
    if instance.element(PIXEL_DATA) is None:
        return Look.NOT
    if _kinds_of(instance) & each:
        return Look.EACH
    return Look.ONCE if instance.text(MODALITY) in once else Look.NOT


def _kinds_of(instance: Instance) -> set[str]:
    """The words of a plan that fit an image: its modality, `SC`, `derived`, `other`."""
    modality = instance.text(MODALITY)
    kinds = {modality}
    if is_a_screen(instance):
        kinds |= {"SC", OTHER}
    elif modality not in _VOLUMES and instance.sop_class not in _GRIDS:
        kinds.add(OTHER)
    image_type = instance.text(IMAGE_TYPE).upper().split("\\")
    if image_type[0] == "DERIVED" or "SECONDARY" in image_type[1:2]:
        kinds.add("derived")
    if "LOCALIZER" in image_type[2:]:
        kinds.add("derived")  # lines and letters of the planned slices are drawn in
    return kinds


def is_a_screen(instance: Instance) -> bool:
    """Whether an image is a capture of a screen or has lines and letters drawn in, whatever it calls itself.

    A dose page stored as CT, a fusion map stored as MR, a capture of a private class: told by their
    values. Burned In Annotation counts where it says YES; NO proves nothing (PS3.3 C.7.6.1.1.7).
    """
    if not instance.sop_class.startswith(_STANDARD):
        return True
    if instance.sop_class.startswith(SECONDARY_CAPTURE):
        return True
    if instance.text(CONVERSION_TYPE) or instance.text(BURNED_IN) == "YES":
        return True
    named = instance.text(IMAGE_TYPE).upper().split("\\")[2:]
    if any(screen in word for word in named for screen in _SCREENS):
        return True
    return instance.text(MODALITY) in SLICES and _is_not_a_slice(instance)


def is_a_slice(instance: Instance) -> bool:
    """Whether it is a slice as scanners store it: text on it is rare, and painting could hit the body."""
    return instance.text(MODALITY) in SLICES and not is_a_screen(instance)


def needs_reader(instance: Instance, profile: Profile) -> bool:
    """Whether nobody but a reader (or a person) may say that an image shows no text.

    The detector misses half of the text that it was not tuned on. That is enough for slices, where text is
    rare, for labels and doses, and for devices of which the plan knows what they burn in; for no other image.
    """
    if is_a_slice(instance) or instance.sop_class in _GRIDS:
        return False
    return not is_plain(instance, profile) and not regions_of(instance, profile)


def is_plain(instance: Instance, profile: Profile) -> bool:
    """Whether the plan says that the image's device burns in nothing of a person."""
    plain = {(d.make.casefold(), d.model.casefold()) for d in profile.plain}
    return _device_of(instance) in plain


def _device_of(instance: Instance) -> tuple[str, str]:
    make, model = instance.text(0x00080070), instance.text(0x00081090)
    return make.casefold(), model.casefold()


def _is_not_a_slice(instance: Instance) -> bool:
    return (
        instance.number(SAMPLES) > 1
        or instance.text(PHOTOMETRIC) == "PALETTE COLOR"
        or instance.number(ALLOCATED) == 8
    )


def regions_of(instance: Instance, profile: Profile) -> list[DeviceRegion]:
    """Where the profile knows that this device's screen shows settings and never a person."""
    size = (instance.number(ROWS), instance.number(COLUMNS))
    told = (*_device_of(instance), *size)
    return [
        r
        for r in profile.regions
        if (r.make.casefold(), r.model.casefold(), r.rows, r.columns) == told
    ]


def anatomy_of(instance: Instance) -> list[tuple[int, int, int, int]]:
    """Where an ultrasound device says that it shows the body: left, top, right, bottom (excluded).

    Sequence of Ultrasound Regions (PS3.3 C.8.5.5); empty where a device does not say.
    """
    sequence = instance.element(ULTRASOUND_REGIONS)
    if sequence is None:
        return []
    found = []
    implicit = instance.implicit or sequence.vr == "UN"
    for start, end in items(
        instance.body, sequence, implicit=instance.implicit, depth=0
    ):
        told = {
            e.tag: int.from_bytes(instance.body[e.value : e.value + 4], "little")
            for e in elements(instance.body, start, end, implicit=implicit, depth=1)
            if e.tag in _CORNERS and e.end - e.value == 4
        }
        if len(told) == len(_CORNERS):
            left, top, right, bottom = (told[tag] for tag in _CORNERS)
            found.append((left, top, right + 1, bottom + 1))
    return found


def shows_a_face(instance: Instance, profile: Profile) -> bool:
    """Whether the profile wants a face removed from images of this body part."""
    return bool(profile.faces) and is_of_body_part(instance, profile.faces)


def is_of_body_part(instance: Instance, parts: Collection[str]) -> bool:
    """Whether this is an image of CT, MR or PET of one of the body parts.

    Where Body Part Examined is not told, the words of its descriptions and the codes of the head and the brain
    in its frames' anatomy say it (PS3.16 CID 4030, 2).
    """
    if instance.text(MODALITY) not in ("CT", "MR", "PT"):
        return False
    names = {p.upper() for p in parts}
    part = instance.text(BODY_PART).upper()
    if part:
        return part in names
    told = " ".join(instance.text(tag) for tag in _DESCRIPTIONS).upper()
    if names & set(_WORD.findall(told)):
        return True
    coded = b"".join(instance.value(tag) or b"" for tag in _ANATOMY)
    return bool(names & {"HEAD", "BRAIN"}) and any(c in coded for c in _HEAD_CODES)


def clean_pixel_element(instance: Instance, element: Element) -> bytes | None:
    """The pixel data element without overlays in unused bits and without bytes behind the last pixel.

    None when it may stay as it is.

    Raises:
        Damaged: an overlay hides in pixels that are compressed.
        NotApart: they have to change and were left on disk.
    """
    hidden = _overlay_in_pixels(instance)
    if element.undefined:
        if hidden:
            raise Damaged("overlay_in_pixels")
        return None
    expected = _native_length(instance)
    too_long = bool(expected) and element.end - element.value > expected + 1
    if not hidden and not too_long:
        return None
    if instance.beyond:
        raise NotApart
    raw = instance.body[element.value : element.end]
    value = raw[:expected] if too_long else raw
    if hidden:
        value = _masked(instance, value)
    if value == raw:
        return None
    return encode_element(PIXEL_DATA, element.vr, value, implicit=instance.implicit)


def _overlay_in_pixels(instance: Instance) -> bool:
    for element in instance.elements:
        tag = element.tag
        if tag >> 24 == 0x60 and tag & 0xFFFF == 0x0102 and instance.number(tag) > 0:
            return True
    return False


def _native_length(instance: Instance) -> int:
    """Bytes of native pixel data, or 0 where they cannot be told."""
    if instance.text(PHOTOMETRIC) in ("YBR_FULL_422", "YBR_PARTIAL_422"):
        return 0
    frames = instance.text(FRAMES) or "1"
    if not frames.isdigit():
        return 0
    cells = (
        instance.number(ROWS)
        * instance.number(COLUMNS)
        * (instance.number(SAMPLES) or 1)
        * int(frames)
    )
    return -(-cells * instance.number(ALLOCATED) // 8)


def _masked(instance: Instance, value: bytes) -> bytes:
    """Native pixels with all bits cleared that are not part of the stored value."""
    allocated, stored = instance.number(ALLOCATED), instance.number(STORED)
    high = instance.number(HIGH_BIT)
    if allocated not in (8, 16) or not 0 < stored <= high + 1 <= allocated:
        raise Damaged("overlay_in_pixels")
    keep = ((1 << stored) - 1) << (high + 1 - stored)
    cell = keep.to_bytes(allocated // 8, "little")
    mask = cell * (len(value) // len(cell)) + b"\xff" * (len(value) % len(cell))
    number = int.from_bytes(value, "little") & int.from_bytes(mask, "little")
    return number.to_bytes(len(value), "little")
