"""Images with text burned in that is hard to see for a machine, and images with none: made from code.

Each trap knows where its ink is, so that a test can tell whether it can still be seen afterwards.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from typing import Any

import numpy as np
import pydicom
from PIL import Image, ImageDraw, ImageFont
from scipy import ndimage

from tests.spec.deid.files import MODEL, ct_file


ROWS, COLUMNS = 360, 480
WIDE = "DejaVuSans.ttf"  # a font of many scripts
NAME = "Quarrendon, Ottilie"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trap:
    """One file and where its ink is (rows, columns), in the frames where it is."""

    name: str
    data: bytes
    ink: np.ndarray
    frames: tuple[int, ...] = (0,)


# Grounds: 0..1, ROWS x COLUMNS


def sector(seed: int = 0) -> np.ndarray:
    """Ultrasound: speckle in a sector on black."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:ROWS, :COLUMNS]
    body = (np.hypot(x - 240, y + 10) < 340) & (np.abs(x - 240) < (y + 10))
    echo = ndimage.gaussian_filter(rng.rayleigh(90, (ROWS, COLUMNS)), 1.1) - 60
    return np.where(body & (y > 60), echo, 4).clip(0, 220) / 255


def slab(seed: int = 0) -> np.ndarray:
    """CT: a body with bone and lung in air, with noise."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:ROWS, :COLUMNS]
    r = np.hypot((x - 240) / 200, (y - 180) / 140)
    body = np.where(r < 1, 0.36, 0.02)
    for cx, cy, size, value in (
        (170, 170, 55, 0.1),
        (310, 170, 55, 0.1),
        (240, 270, 22, 0.75),
        (240, 120, 30, 0.42),
    ):
        body[np.hypot(x - cx, y - cy) < size] = value
    soft = ndimage.gaussian_filter(body, 1.2)
    return (soft + ndimage.gaussian_filter(rng.normal(0, 0.03, r.shape), 0.7)).clip(
        0, 1
    )


def hand(seed: int = 0) -> np.ndarray:
    """A radiograph: bright bones with trabeculae on a dark ground with a gradient."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:ROWS, :COLUMNS]
    image = 0.12 + 0.1 * x / COLUMNS
    for n in range(5):
        middle = 100 + 70 * n + 12 * np.sin(y / 90 + n)
        flesh = np.exp(-(((x - middle) / 30) ** 4))
        joint = 0.6 + 0.4 * np.abs(np.sin(y / 45 + n))
        bone = np.exp(-(((x - middle) / (9 * joint + 3)) ** 6))
        image = image + 0.18 * flesh + 0.38 * bone * joint
    grain = ndimage.gaussian_filter(rng.normal(0, 1, image.shape), (2.5, 0.8))
    return (image + 0.05 * grain + rng.normal(0, 0.006, image.shape)).clip(0, 1)


def bright(seed: int = 0) -> np.ndarray:
    """Bright uneven anatomy all over."""
    rng = np.random.default_rng(seed)
    cloud = ndimage.gaussian_filter(rng.normal(0, 1, (ROWS, COLUMNS)), 14)
    fine = ndimage.gaussian_filter(rng.normal(0, 1, (ROWS, COLUMNS)), 1)
    return (0.72 + 0.9 * cloud / np.ptp(cloud) * 0.3 + 0.05 * fine).clip(0, 0.9)


def brain(seed: int = 0) -> np.ndarray:
    """MR: folded tissue with sharp bright and dark bands, noise that is never below 0."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:ROWS, :COLUMNS]
    r = np.hypot((x - 240) / 150, (y - 180) / 165)
    folds = ndimage.gaussian_filter(rng.normal(0, 1, r.shape), 4.5)
    tissue = 0.45 + 0.16 * np.tanh(folds / folds.std() * 2)
    image = np.where(r < 0.86, tissue, 0.02)
    image = np.where((r > 0.93) & (r < 1), 0.85, image)
    noise = rng.normal(0, 0.02, (2, *r.shape))
    return np.hypot(ndimage.gaussian_filter(image, 0.8) + noise[0], noise[1]).clip(0, 1)


def plain(level: float) -> np.ndarray:
    """One value all over."""
    return np.full((ROWS, COLUMNS), level)


def banner(seed: int = 0) -> np.ndarray:
    """Ultrasound under a pale banner with a gradient."""
    image = sector(seed)
    image[:44] = np.linspace(0.5, 0.65, COLUMNS)
    return image


GROUNDS: dict[str, Callable[[int], np.ndarray]] = {
    "sector": sector, "slab": slab, "hand": hand, "bright": bright, "brain": brain, "banner": banner,
}  # fmt: skip


# Ink: 0..1, how much of each pixel it covers


@cache
def font(size: int, file: str = "") -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """A font of PIL's own, or a file's."""
    return ImageFont.truetype(file, size) if file else ImageFont.load_default(size)


def written(
    text: str, left: int, top: int, *, size: int = 16, turn: float = 0, file: str = ""
) -> np.ndarray:
    """Text whose upper left corner is there, turned anticlockwise by degrees."""
    letters = font(size, file)
    width = math.ceil(letters.getlength(text)) + 4
    cut = Image.new("L", (width, round(size * 1.5)), 0)
    ImageDraw.Draw(cut).text((2, 1), text, fill=255, font=letters)
    if turn:
        cut = cut.rotate(turn, resample=Image.Resampling.BICUBIC, expand=True)
    page = Image.new("L", (COLUMNS, ROWS), 0)
    page.paste(cut, (left, top))
    return np.asarray(page) / 255


def by_hand(left: int, top: int, *, height: int = 22, seed: int = 1) -> np.ndarray:
    """A scrawl: joined loops and strokes, slanted, uneven, of a pen two or three pixels wide."""
    rng = np.random.default_rng(seed)
    page = Image.new("L", (COLUMNS * 4, ROWS * 4), 0)
    pen = ImageDraw.Draw(page)
    x, points = float(left), []
    for _ in range(9):
        wide, tall = rng.uniform(0.35, 0.75) * height, rng.choice([0.55, 0.6, 1.0])
        for t in np.linspace(0, 2 * np.pi, 14):
            across = x + wide * (t / (2 * np.pi)) + 0.3 * wide * np.sin(t)
            up = tall * height * (1 - np.cos(t)) / 2 + rng.normal(0, 0.4)
            points.append((4 * (across + 0.25 * up), 4 * (top + height - up)))
        x += wide
    pen.line(points, fill=255, width=9, joint="curve")
    return np.asarray(page.resize((COLUMNS, ROWS), Image.Resampling.BOX)) / 255


def inked(ground: np.ndarray, ink: np.ndarray, level: float) -> np.ndarray:
    """A ground with ink of one level on it."""
    return ground * (1 - ink) + level * ink


# Files


def grey_file(image: np.ndarray, *, modality: str = "US", **attributes: Any) -> bytes:
    """An 8-bit file of one image (rows, columns) or of frames, of values 0..1."""
    cells = np.rint(image * 255).astype("u1")
    return ct_file(**_told(cells, modality, 8), **attributes)


def deep_file(cells: np.ndarray, *, modality: str = "DX", **attributes: Any) -> bytes:
    """A 16-bit file of these stored values."""
    return ct_file(**_told(cells.astype("<u2"), modality, 16), **attributes)


def colour_file(image: np.ndarray, **attributes: Any) -> bytes:
    """An RGB file of values 0..1 (rows, columns, 3)."""
    cells = np.rint(image * 255).astype("u1")
    told = _told(cells, "US", 8) | {
        "SamplesPerPixel": 3, "PhotometricInterpretation": "RGB", "PlanarConfiguration": 0,
    }  # fmt: skip
    return ct_file(**(told | attributes))


def _told(cells: np.ndarray, modality: str, bits: int) -> dict[str, Any]:
    shape = cells.shape[1:] if cells.ndim == 3 and cells.shape[-1] != 3 else cells.shape
    told = {
        "Modality": modality, "Rows": shape[0], "Columns": shape[1], "BitsAllocated": bits, "BitsStored": bits,
        "HighBit": bits - 1, "PixelData": cells.tobytes(), "InstanceNumber": 1,
        "ManufacturerModelName": MODEL,
    }  # fmt: skip
    if shape != cells.shape:
        told["NumberOfFrames"] = len(cells)
    return told


def palette_file(index: np.ndarray, colours: np.ndarray) -> bytes:
    """A PALETTE COLOR file: indices, and 256 colours of 0..255."""
    tables = {
        f"{name}PaletteColorLookupTable{what}": value
        for n, name in enumerate(("Red", "Green", "Blue"))
        for what, value in (
            ("Descriptor", [256, 0, 16]),
            ("Data", (colours[:, n].astype("<u2") * 257).tobytes()),
        )
    }
    return ct_file(
        **_told(index.astype("u1"), "US", 8)
        | {"PhotometricInterpretation": "PALETTE COLOR"}
        | tables
    )


# Traps


@dataclass(frozen=True, slots=True)
class _Making:
    found: dict[str, Trap] = field(default_factory=dict)

    def add(
        self, name: str, data: bytes, ink: np.ndarray, frames: tuple[int, ...] = (0,)
    ) -> None:
        self.found[name] = Trap(name=name, data=data, ink=ink, frames=frames)


INKS = {"sector": 0.95, "slab": 1.0, "hand": 1.0, "bright": 1.0, "brain": 1.0, "banner": 0.95}  # fmt: skip


@cache
def traps() -> dict[str, Trap]:
    """All traps by their names."""
    making = _Making()
    for kind, ground in GROUNDS.items():
        _on(making, kind, ground(1), INKS[kind])
    _colours(making)
    _depths(making)
    _clips(making)
    return making.found


def styles() -> dict[str, np.ndarray]:
    """Ink by the way in which it is written."""
    turned = {
        f"turned by {turn}": written(NAME, 60, 90, turn=turn)
        for turn in (8, 20, 45, 90, 180, 270, 340)
    }
    sizes = {
        f"{size} pixels": written("Ottilie Q", 30, 150, size=size)
        for size in (6, 7, 9, 12, 64, 96)
    }
    return {
        "plain": written(NAME, 60, 200), "spaced": written("O T T I L I E", 60, 200),
        "joined": written("OTTILIEQUARRENDON", 60, 200), "initials": written("OB", 60, 200),
        "one letter": written("Q", 60, 200, size=20), "over the edge": written(NAME, 12, 34, size=18),
        "by hand": by_hand(70, 190), "by hand, small": by_hand(260, 120, height=14, seed=4),
        "by hand, large": by_hand(40, 110, height=44, seed=7),
    } | turned | sizes  # fmt: skip


def scripts() -> dict[str, np.ndarray]:
    """A name in scripts that a reader of Latin letters cannot read (needs the font of many scripts)."""
    names = {
        "Cyrillic": "Оттилия Кварендон", "Greek": "Οττιλία Κουάρεντον", "Arabic": "أوتيلي كوارندون",
        "Hebrew": "אוטילי קוורנדון", "Armenian": "Օտիլի Քուարենդոն", "Georgian": "ოტილი კუარენდონ",
    }  # fmt: skip
    return {k: written(v, 60, 200, file=WIDE) for k, v in names.items()}


def _on(making: _Making, kind: str, ground: np.ndarray, level: float) -> None:
    for style, ink in (styles() | scripts()).items():
        making.add(f"{style} on {kind}", grey_file(inked(ground, ink, level)), ink)
    ink = written(NAME, 60, 200)
    half = 0.5 * ink
    making.add(f"half transparent on {kind}", grey_file(inked(ground, half, level)), ink)  # fmt: skip
    dark = grey_file(inked(ground, ink, 0.0))
    if kind not in ("sector", "slab"):
        making.add(f"black on {kind}", dark, ink)
    edge = ndimage.grey_dilation(ink, (3, 3))
    outlined = inked(inked(ground, edge, 0.0), ink, 1.0)
    making.add(f"outlined on {kind}", grey_file(outlined), ink)
    inverse = grey_file(1 - inked(ground, ink, level), PhotometricInterpretation="MONOCHROME1")  # fmt: skip
    making.add(f"MONOCHROME1 on {kind}", inverse, ink)


def _colours(making: _Making) -> None:
    ink = written(NAME, 60, 200)
    ground = np.stack([sector(2)] * 3, axis=-1)
    pairs = {
        "red on green": ((0.8, 0.15, 0.15), (0.15, 0.8, 0.15)),
        "green on red of one grey": ((0.0, 0.55, 0.0), (0.92, 0.0, 0.0)),
        "blue on black": ((0.0, 0.0, 0.5), (0.02, 0.02, 0.02)),
        "yellow on white": ((1.0, 1.0, 0.4), (1.0, 1.0, 1.0)),
    }
    for name, (pen, paper) in pairs.items():
        image = ground.copy()
        image[180:240] = paper
        image = image * (1 - ink[..., None]) + np.array(pen) * ink[..., None]
        making.add(name, colour_file(image), ink)
        planes = np.rint(image * 255).astype("u1").transpose(2, 0, 1)
        planar = colour_file(image, PlanarConfiguration=1, PixelData=planes.tobytes())
        making.add(f"{name}, in planes", planar, ink)
        making.add(f"{name}, YBR", _ybr(image), ink)
    scattered = np.random.default_rng(5).permutation(256)
    index = np.rint(inked(sector(2), ink, 0.95) * 255).astype("u1")
    colours = np.repeat(np.argsort(scattered)[:, None], 3, axis=1)
    making.add("palette in any order", palette_file(scattered[index], colours), ink)


def _ybr(image: np.ndarray) -> bytes:
    ybr = Image.fromarray(np.rint(image * 255).astype("u1")).convert("YCbCr")
    return colour_file(image, PhotometricInterpretation="YBR_FULL", PixelData=ybr.tobytes())  # fmt: skip


def _depths(making: _Making) -> None:
    ink = written(NAME, 60, 200)
    solid = ink > 0.5
    body = np.rint(slab(3) * 3000).astype("<u2")
    shown = {"WindowCenter": 1500, "WindowWidth": 3000}
    making.add("at the highest value", deep_file(np.where(solid, 65535, body), **shown), ink)  # fmt: skip
    narrow = np.where(solid, 1012, 1000).astype("<u2")
    narrow[:150] = body[:150]
    making.add("a narrow band of values", deep_file(narrow, **shown), ink)
    far = np.where(solid, 20, 0).astype("<u2")
    far[:150] = body[:150] + 20_000
    making.add("below the window", deep_file(far, WindowCenter=21_500, WindowWidth=3000), ink)  # fmt: skip
    spike = np.where(solid, 900, np.rint(hand(3) * 700)).astype("<u2")
    spike[2, 2] = 65535
    making.add("beside one hot pixel", deep_file(spike), ink)
    ct = ct_file(**_told(np.where(solid, 3071, body), "CT", 16) | {"ImageType": ["DERIVED", "SECONDARY"]})  # fmt: skip
    making.add("a CT's screenshot", ct, ink)


def _clips(making: _Making) -> None:
    frames = np.stack([sector(seed % 7) for seed in range(90)])
    for name, left, top, when in (
        ("in two frames, beside the body", 10, 20, (41, 42)),
        ("in two frames, on the body", 200, 250, (41, 42)),
        ("in one frame, beside the body", 10, 20, (17,)),
        ("in the last ten frames, on the body", 200, 250, tuple(range(80, 90))),
        ("in all frames, on the body", 200, 250, tuple(range(90))),
    ):
        ink = written(NAME, left, top)
        clip = frames.copy()
        clip[list(when)] = inked(clip[list(when)], ink, 0.95)
        making.add(name, grey_file(clip), ink, when)


def grey_frames(data: bytes) -> np.ndarray:
    """The frames as a viewer shows them: frames, rows, columns, samples of 0..255, palette applied."""
    dataset = pydicom.dcmread(BytesIO(data))
    cells = dataset.pixel_array
    photometric = dataset.PhotometricInterpretation
    if photometric == "PALETTE COLOR":
        cells = pydicom.pixels.apply_color_lut(cells, dataset)
    frames = int(dataset.get("NumberOfFrames") or 1)
    rows, columns = dataset.Rows, dataset.Columns
    return cells.reshape(frames, rows, columns, -1).astype(float)


def seen_after(trap: Trap, after: bytes) -> float:
    """The share of the ink that can still be seen, 0..1: where a pixel of it is as it was, on paper."""
    ink = trap.ink > 0.6
    before, now = (grey_frames(d)[list(trap.frames)] for d in (trap.data, after))
    if before.shape != now.shape:
        raise AssertionError("the image has another shape")
    # What is black on a painted place cannot be told from it.
    flat = np.ptp(
        [
            ndimage.maximum_filter(now, (1, 9, 9, 1)),
            ndimage.minimum_filter(now, (1, 9, 9, 1)),
        ],
        axis=0,
    )
    same = (np.abs(before - now).max(axis=-1) < 1) & (flat.max(axis=-1) > 1)
    return float(same[:, ink].mean(axis=1).max())
