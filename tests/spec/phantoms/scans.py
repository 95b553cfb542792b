"""Uniform phantoms whose truth is known, and submissions of them."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from provident.acquisition.measures import Image
from provident.acquisition.phantoms import Engine, PhantomRule, Submission, Value
from provident.plan.models.phantom_limits import phantom_limit


OURS = Engine(name="provident", version="1")
DAY = date(2026, 1, 5)


def disc_mm(
    diameter: float,
    *,
    size: int = 256,
    pixel: float = 1.0,
    at: tuple[float, float] = (0.0, 0.0),
    stretch: float = 1.0,
    square: bool = False,
) -> np.ndarray:
    """A disc with partly filled edge pixels; `stretch` makes it an ellipse along a row."""
    place = (np.arange(size) - (size - 1) / 2) * pixel
    y, x = place[:, None] - at[0], (place[None, :] - at[1]) / stretch
    away = np.maximum(np.abs(x), np.abs(y)) if square else np.hypot(x, y)
    return np.clip((diameter / 2 - away) / pixel + 0.5, 0, 1)


def mr(
    rng: np.random.Generator,
    *,
    snr: float = 100,
    tilt: float = 0.0,
    ghost: float = 0.0,
    diameter: float = 170.0,
    image: np.ndarray | None = None,
    pixel: float = 1.0,
) -> Image:
    """One MR image; `tilt` is the uniformity lost over 71 % of the area, `ghost` along a column at half a field."""
    disc = disc_mm(diameter, pixel=pixel) if image is None else image
    place = (np.arange(disc.shape[1]) - (disc.shape[1] - 1) / 2) * pixel
    shaded = disc * (1 + tilt * place[None, :] / (80 / 95 * diameter / 2))
    signal = 1000 * (
        shaded + ghost * np.roll(disc, disc.shape[0] // 2, axis=0) * (disc < 0.5)
    )
    sigma = 1000 / snr
    real = signal + rng.normal(0, sigma, signal.shape)
    pixels = np.round(np.hypot(real, rng.normal(0, sigma, signal.shape))).astype(
        np.int16
    )
    return Image(pixels=pixels, spacing=(pixel, pixel))


def water(
    rng: np.random.Generator, *, hu: float = 0.0, noise: float = 4.0, cup: float = 0.0
) -> Image:
    """A CT image of a water phantom of 200 mm; `cup` is the difference of edge from middle in HU."""
    disc = disc_mm(200, pixel=0.6, size=384)
    place = (np.arange(384) - 191.5) * 0.6
    away = np.hypot(place[:, None], place[None, :]) / 80
    inside = hu + cup * away**2 + rng.normal(0, noise, disc.shape)
    pixels = np.round(-1000 + disc * (inside + 1000)).astype(np.int16)
    return Image(pixels=pixels, spacing=(0.6, 0.6))


def rule(**values: object) -> PhantomRule:
    """A phantom that is due every 90 days on one scanner."""
    accept = values.pop("accept", {})
    limits = {name: phantom_limit(text) for name, text in accept.items()}
    return PhantomRule(**{"id": "acr", "scanners": ("mr1",), "every": 90, "grace": 14, "limits": limits, **values})  # fmt: skip


def submission(day: int | date = 0, **values: object) -> Submission:
    """One accepted scan, so many days after the fifth of January."""
    acquired = day if isinstance(day, date) else DAY + timedelta(days=day)
    measured = values.pop("measured", {"snr": 100.0})
    units = {"uniformity": "%", "ghosting": "%", "geometry": "mm"}
    made = {
        n: Value(value=float(v), unit=units.get(n, "")) for n, v in measured.items()
    }
    given = {"id": f"s{acquired:%m%d}", "phantom": "acr", "scanner": "mr1", "engine": OURS, "accepted": True, "values": made}  # fmt: skip
    return Submission(**{**given, "acquired": acquired, **values})
