"""Scans of a disc phantom after the ACR MRI phantom: uniformity, ghosting, geometry, noise."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Final

import numpy as np
from pydicom.uid import MRImageStorage

from provident.kernel import InvalidInput
from provident.synthetic.exam import Exam, finish, uid
from provident.synthetic.faults import Fault, faults_of
from provident.synthetic.headers import (
    Occasion,
    SeriesHead,
    new_instance,
    put_pixels,
)
from provident.synthetic.mri import Settings, describe_image, describe_plane
from provident.synthetic.people import Patient
from provident.synthetic.scanner import Scanner, habits
from provident.synthetic.screen import screen_copy
from provident.synthetic.signal import digitise, magnitude
from provident.synthetic.solids import Floats


DIAMETER_MM: Final = 190.0  # inside diameter of the ACR phantom
_SETTINGS: Final = Settings(
    role="phantom", plane="axial", repetition=500, echo=20, thickness=5.0, gap=5.0, slices=11,
    field_of_view=250.0, minutes=2.3,
)  # fmt: skip
PHANTOM: Final = Patient(
    name="ACR^PHANTOM", patient_id="9000001", birth_date=date(2000, 1, 1), sex="O", seed=0,
    weight_kg=10.0, height_m=0.2,
)  # fmt: skip


def phantom(
    scanner: Scanner,
    *,
    acquired: datetime,
    rng: np.random.Generator,
    faults: Iterable[str] = (),
    uniformity: float = 0.93,
    ghosting: float = 0.006,
    diameter_mm: float = DIAMETER_MM,
    noise: float = 0.008,
) -> Exam:
    """Eleven axial slices of a disc as quality programmes scan it (ACR MRI Quality Control Manual 2015).

    `uniformity` is the percent integral uniformity / 100 to be measured, 1 - (max - min)/(max + min);
    `ghosting` the ghosts' signal relative to the disc (noise of their size hides a part of it); `noise` relative to the disc's signal.
    """
    wrong = faults_of("phantom", faults)
    if scanner.modality != "MR":
        raise InvalidInput(
            f"{scanner.id} is {scanner.modality}: the ACR phantom needs an MR scanner"
        )
    if not (
        0.3 <= uniformity <= 1
        and 0 <= ghosting <= 0.5
        and 0 < diameter_mm < 240
        and noise >= 0
    ):
        raise InvalidInput(
            "uniformity 0.3 to 1, ghosting 0 to 0.5, diameter up to 240 mm, noise 0 or more"
        )
    uniformity = 0.70 if Fault.NON_UNIFORM in wrong else uniformity
    ghosting = 0.05 if Fault.GHOSTING in wrong else ghosting
    diameter_mm += 4.0 if Fault.DISTORTED in wrong else 0.0
    noise *= 4 if Fault.LOW_SIGNAL in wrong else 1
    software = (
        f"{scanner.software}-HF02"
        if Fault.WRONG_SOFTWARE in wrong
        else scanner.software
    )
    occasion = Occasion.draw(
        PHANTOM, scanner, acquired, "QA ACR Phantom", software, rng
    )
    name = habits(scanner.make).descriptions["phantom"]
    head = SeriesHead(number=2, uid=uid(rng), description=name, protocol=name, start=acquired, body_part="PHANTOM")  # fmt: skip
    images = np.stack(
        [_disc(n, uniformity, ghosting, diameter_mm) for n in range(_SETTINGS.slices)]
    )
    # The factor undoes what noise adds to the disc's mean, so that the drawn values can be measured.
    stored = digitise(magnitude(images * np.float32(0.72), noise * 0.72, rng), habits(scanner.make).full_scale)  # fmt: skip
    made = []
    for n in range(_SETTINGS.slices):
        if Fault.MISSING_SLICE in wrong and n == 6:
            continue
        ds = new_instance(occasion, head, MRImageStorage, n + 1, acquired + timedelta(seconds=4 * n), rng)  # fmt: skip
        describe_image(ds, occasion, _SETTINGS, habits(scanner.make), wrong)
        ds.ImageLaterality = "U"
        describe_plane(ds, occasion, _SETTINGS, n)
        put_pixels(ds, stored[n])
        made.append(ds)
    if Fault.BURNED_IN_TEXT in wrong:
        made.append(
            screen_copy(occasion, 99, acquired + timedelta(minutes=4), made[0], rng)
        )
    return finish(made, wrong)


def _disc(n: int, uniformity: float, ghosting: float, diameter: float) -> Floats:
    size, pixel = _SETTINGS.rows, _SETTINGS.field_of_view / _SETTINGS.rows
    place = (np.arange(size, dtype=np.float32) - (size - 1) / 2) * np.float32(pixel)
    x, y = place[None, :], place[:, None]
    away = np.sqrt(x**2 + y**2)
    disc = np.clip((diameter / 2 - away) / pixel + 0.5, 0, 1)
    # Over the ROI of 200 cm2 (radius 80 mm) brightness runs from 1 - d to 1 + d: PIU = 1 - d.
    tilt = (1 - uniformity) * (0.8 * x + 0.6 * y) / 80
    image = disc * (1 + np.clip(tilt, -0.6, 0.6))
    if n == 0:
        image *= 1 - 0.9 * _inserts(x, y)
    if n == 4:
        image *= 1 - 0.85 * _grid(x, y)
    ghost = np.roll(image, size // 2, axis=0)
    return np.asarray(
        image * (1 - ghosting / 2) + ghosting * ghost * (disc < 0.5), np.float32
    )


def _inserts(x: Floats, y: Floats) -> Floats:
    """The block with ramps and hole arrays of slice 1."""
    block = (np.abs(x) < 45) & (np.abs(y - 55) < 14)
    holes = (
        (np.sin(x * 1.6) > 0.3)
        & (np.sin(y * 1.6) > 0.3)
        & (np.abs(x) < 40)
        & (np.abs(y - 55) < 10)
    )
    ramps = (np.abs(x) < 60) & (np.abs(y) < 3)
    return np.asarray(block & ~holes | ramps, np.float32)


def _grid(x: Floats, y: Floats) -> Floats:
    """The lattice of slice 5, 20 mm apart."""
    lines = (np.abs((x + 10) % 20 - 10) < 0.8) | (np.abs((y + 10) % 20 - 10) < 0.8)
    return np.asarray(lines & (np.abs(x) < 65) & (np.abs(y) < 65), np.float32)
