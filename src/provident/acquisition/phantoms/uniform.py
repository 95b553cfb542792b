"""Measures of a uniform round phantom, MR or CT, that need no other software.

MR: signal to noise (NEMA MS 1), uniformity (ACR, NEMA MS 3), ghosting (ACR), diameter.
CT: water, noise and uniformity (IEC 61223-3-5), diameter. The phantom is found by itself;
what is not round or not uniform is refused with a reason.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from scipy import ndimage

from provident.acquisition.measures.images import Image, Source, images_of
from provident.acquisition.phantoms.circle import Circle, Floats, find_circle
from provident.acquisition.phantoms.model import Engine, Value


ENGINE = Engine(name="provident", version="1")
"""This engine. Its version changes whenever a value may change."""

RAYLEIGH_SD = math.sqrt(2 - math.pi / 2)
UNEVEN = 0.01  # share of pixels that may lie off a smooth surface
OFF = 0.12  # how far off, of the mean
Modality = Literal["MR", "CT"]


@dataclass(frozen=True, slots=True, kw_only=True)
class UniformResult:
    """What was measured on which image (from 0); `refused` says why it is no uniform phantom."""

    values: Mapping[str, Value] = field(default_factory=dict)
    unknown: Mapping[str, str] = field(default_factory=dict)
    image: int | None = None
    circle: Circle | None = None
    refused: str = ""
    engine: Engine = ENGINE


NAMES: Mapping[Modality, tuple[str, ...]] = {
    "MR": ("snr", "snr_difference", "uniformity", "uniformity_nema", "ghosting", "diameter", "geometry", "distortion"),
    "CT": ("water", "noise", "ct_uniformity", "diameter", "geometry", "distortion"),
}  # fmt: skip


def measure_uniform(
    sources: Sequence[Source | Image],
    *,
    modality: Modality,
    diameter: float | None = None,
    image: int | None = None,
    again: Sequence[Source | Image] = (),
) -> UniformResult:
    """Measure a uniform phantom.

    Args:
        sources: one series, as files, bytes, data sets or images.
        modality: MR, or CT with values in HU.
        diameter: its true inside diameter in mm, for geometry.
        image: which image (from 0); else the most uniform one near the middle.
        again: the same series acquired a second time, for the two-image SNR.
    """
    found = _images(sources)
    if not found:
        return _refused("no image can be decoded", modality)
    chosen = _chosen(found, image)
    if isinstance(chosen, str):
        return _refused(chosen, modality)
    number, circle = chosen
    one = found[number]
    signal = _signal(one)
    second = _second(found, _images(again), number)
    made = dict(
        _mr(signal, circle, one, second)
        if modality == "MR"
        else _ct(signal, circle, one)
    )
    made |= dict(_geometry(circle, diameter))
    return UniformResult(
        values={n: v for n, v in made.items() if isinstance(v, Value)},
        unknown={n: why for n, why in made.items() if isinstance(why, str)},
        image=number,
        circle=circle,
    )


def _refused(why: str, modality: Modality) -> UniformResult:
    return UniformResult(refused=why, unknown=dict.fromkeys(NAMES[modality], why))


def _images(sources: Sequence[Source | Image]) -> list[Image]:
    made: list[Image] = []
    for source in sources:
        several: Iterator[Any] = (
            iter([source]) if isinstance(source, Image) else images_of([source])
        )
        made += [one for one in several if isinstance(one, Image)]
    placed = [one.position is not None for one in made]
    return (
        sorted(made, key=lambda i: i.position or 0.0) if made and all(placed) else made
    )


def _signal(image: Image) -> Floats:
    return np.asarray(image.pixels.astype(np.float64) * image.slope + image.intercept)


def _spacing(image: Image) -> tuple[float, float]:
    return image.spacing or (1.0, 1.0)


def _chosen(images: list[Image], wanted: int | None) -> tuple[int, Circle] | str:
    """The image to measure: the wanted one, or the uniform one nearest to the middle."""
    if wanted is not None and not 0 <= wanted < len(images):
        return f"there is no image {wanted}; there are {len(images)}"
    middle = (len(images) - 1) / 2
    order = (
        [wanted]
        if wanted is not None
        else sorted(range(len(images)), key=lambda n: (abs(n - middle), n))
    )
    reasons = []
    for number in order:
        if images[number].spacing is None:
            reasons.append("the size of a pixel is not known")
            continue
        signal = _signal(images[number])
        circle = find_circle(signal, _spacing(images[number]))
        if isinstance(circle, str):
            reasons.append(circle)
        elif _uneven(signal, circle, images[number]) > UNEVEN:
            reasons.append(
                "the object is round and has structure within: it is no uniform phantom, or not a uniform part of one"
            )
        else:
            return number, circle
    return max(set(reasons), key=reasons.count)


def _uneven(signal: Floats, circle: Circle, image: Image) -> float:
    """Share of pixels well inside that lie off a smooth (second-order) surface."""
    spacing = _spacing(image)
    smooth = ndimage.uniform_filter(signal, max(3, round(4 / min(spacing))))
    x, y, away = _polar(signal, circle, spacing)
    inside = away < 0.85 * circle.radius
    if np.count_nonzero(inside) < 100:
        return 1.0
    u, v = x[inside] / circle.radius, y[inside] / circle.radius
    terms = np.stack([np.ones_like(u), u, v, u * u, v * v, u * v], axis=1)
    values = smooth[inside] - min(0.0, float(signal.min()))
    fitted, *_ = np.linalg.lstsq(terms, values, rcond=None)
    off = np.abs(values - terms @ fitted) > OFF * abs(float(values.mean()))
    return float(off.mean())


def _polar(
    signal: Floats, circle: Circle, spacing: tuple[float, float]
) -> tuple[Floats, Floats, Floats]:
    y = (np.arange(signal.shape[0])[:, None] - circle.row) * spacing[0]
    x = (np.arange(signal.shape[1])[None, :] - circle.column) * spacing[1]
    x, y = (np.asarray(np.broadcast_to(a, signal.shape), np.float64) for a in (x, y))
    return x, y, np.asarray(np.hypot(x, y))


def _second(first: list[Image], again: list[Image], number: int) -> Floats | str:
    if not again:
        return "the series was not acquired twice"
    if (
        len(again) != len(first)
        or again[number].pixels.shape != first[number].pixels.shape
    ):
        return "the second series is not like the first"
    return _signal(again[number])


def _mr(
    signal: Floats, circle: Circle, image: Image, second: Floats | str
) -> Iterator[tuple[str, Value | str]]:
    spacing = _spacing(image)
    x, y, away = _polar(signal, circle, spacing)
    most = away < math.sqrt(0.75) * circle.radius  # 75 % of the area
    mean = float(signal[most].mean())
    yield "snr", _snr(signal, away, circle, mean)
    if isinstance(second, str):
        yield "snr_difference", second
    else:
        sd = float((signal - second)[most].std(ddof=1)) / math.sqrt(2)
        yield (
            "snr_difference",
            (
                Value(
                    value=float(((signal + second) / 2)[most].mean()) / sd,
                    method="NEMA MS 1, two images",
                )
                if sd > 0
                else "the two images are the same"
            ),
        )
    yield "uniformity", _integral(signal, away, circle, spacing)
    yield "uniformity_nema", _nema(signal, most)
    yield "ghosting", _ghosting(signal, x, y, circle, mean)


def _snr(signal: Floats, away: Floats, circle: Circle, mean: float) -> Value | str:
    """Against the quietest of four corners: ghosts lie beside the phantom, not there."""
    rows, columns = (max(6, n // 10) for n in signal.shape)
    corners = [
        signal[a, b]
        for a in (slice(2, rows), slice(-rows, -2))
        for b in (slice(2, columns), slice(-columns, -2))
        if away[a, b].min() > 1.05 * circle.radius
    ]
    if not corners:
        return "the phantom leaves no corner of the image free"
    noise = min(corners, key=lambda c: float(c.mean()))
    if noise.std() == 0 or np.count_nonzero(noise == 0) > 0.2 * noise.size:
        return "the background was set to zero"
    sigma = float(noise.std(ddof=1)) / RAYLEIGH_SD
    return Value(
        value=mean / sigma, method="NEMA MS 1, one image, background SD / 0.655"
    )


def _integral(
    signal: Floats, away: Floats, circle: Circle, spacing: tuple[float, float]
) -> Value:
    """100 (1 - (max - min) / (max + min)) of means over 1 cm2, within 71 % of the area (200 of 284 cm2)."""
    radius = math.sqrt(100 / math.pi)
    down, right = (int(radius / s) for s in spacing)
    yy, xx = np.ogrid[-down : down + 1, -right : right + 1]
    small = np.hypot(yy * spacing[0], xx * spacing[1]) <= radius
    inside = away < 80 / 95 * circle.radius - radius
    if not inside.any():
        inside = away <= away.min()
    means = ndimage.convolve(signal, small / small.sum())[inside]
    high, low = float(means.max()), float(means.min())
    return Value(
        value=100 * (1 - (high - low) / (high + low)),
        unit="%",
        method="ACR percent integral uniformity, means over 1 cm2 in 71 % of the area",
    )


def _nema(signal: Floats, most: np.ndarray) -> Value:
    kernel = np.outer([1, 2, 1], [1, 2, 1]) / 16
    values = ndimage.convolve(signal, kernel)[most]
    high, low = float(values.max()), float(values.min())
    return Value(
        value=100 * (1 - (high - low) / (high + low)),
        unit="%",
        method="NEMA MS 3, 9-point filter, 75 % of the area; noise lowers it",
    )


def _ghosting(
    signal: Floats, x: Floats, y: Floats, circle: Circle, mean: float
) -> Value | str:
    """|(top + bottom) - (left + right)| / (2 centre), means over strips midway to the edges."""
    strips = []
    for along, across in ((y, x), (x, y)):
        for side in (-1, 1):
            edge = float((along * side).max())
            gap = edge - circle.radius
            middle, half = circle.radius + gap / 2, gap / 4
            strip = (np.abs(along * side - middle) <= half) & (
                np.abs(across) <= 0.35 * circle.radius
            )
            if gap < 0.08 * circle.radius or np.count_nonzero(strip) < 20:
                return "the phantom leaves too little background beside it"
            strips.append(float(signal[strip].mean()))
    top, bottom, left, right = strips
    return Value(
        value=100 * abs((top + bottom) - (left + right)) / (2 * mean),
        unit="%",
        method="ACR percent signal ghosting",
    )


def _ct(
    signal: Floats, circle: Circle, image: Image
) -> Iterator[tuple[str, Value | str]]:
    x, y, away = _polar(signal, circle, _spacing(image))
    centre = signal[away < 0.4 * circle.radius]
    yield (
        "water",
        Value(
            value=float(centre.mean()),
            unit="HU",
            method="IEC 61223-3-5, mean of the middle 40 % of the diameter",
        ),
    )
    yield (
        "noise",
        Value(
            value=float(centre.std(ddof=1)),
            unit="HU",
            method="IEC 61223-3-5, SD of the middle 40 % of the diameter",
        ),
    )
    # Regions of a tenth of the diameter, their edges 10 mm within the phantom's.
    small = 0.1 * circle.radius
    out = circle.radius - 10 - small
    if out < 3 * small:
        yield (
            "ct_uniformity",
            "the phantom is too small for regions 10 mm within its edge",
        )
        return
    middle = float(signal[away < small].mean())
    edges = [
        float(signal[np.hypot(x - out * a, y - out * b) < small].mean()) - middle
        for a, b in ((0, -1), (1, 0), (0, 1), (-1, 0))
    ]
    yield (
        "ct_uniformity",
        Value(
            value=max(edges, key=abs),
            unit="HU",
            method="IEC 61223-3-5, the largest difference of four edges from the middle",
        ),
    )


def _geometry(
    circle: Circle, diameter: float | None
) -> Iterator[tuple[str, Value | str]]:
    across = [circle.diameter(angle) for angle in (0, 45, 90, 135)]
    yield (
        "diameter",
        Value(
            value=2 * circle.radius,
            unit="mm",
            method="fitted circle, edges at half signal",
        ),
    )
    if diameter is None:
        yield "geometry", "the plan does not state the phantom's diameter"
    else:
        off = max((d - diameter for d in across), key=abs)
        yield (
            "geometry",
            Value(
                value=off,
                unit="mm",
                method="largest difference of four diameters from the true one",
            ),
        )
    spread = 100 * (max(across) - min(across)) / (2 * circle.radius)
    yield (
        "distortion",
        Value(
            value=spread,
            unit="%",
            method="(largest - smallest of four diameters) / diameter",
        ),
    )
