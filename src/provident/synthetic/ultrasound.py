"""Ultrasound clips of finger joints: grey scale with speckle, power Doppler over it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import numpy as np
import numpy.typing as npt
from pydicom import Dataset
from pydicom.sequence import Sequence as Items
from pydicom.uid import UltrasoundImageStorage, UltrasoundMultiFrameImageStorage
from scipy import ndimage

from provident.kernel import InvalidInput
from provident.synthetic.exam import Exam, finish, uid
from provident.synthetic.faults import Fault, faults_of
from provident.synthetic.headers import (
    Occasion,
    SeriesHead,
    new_instance,
    put_pixels,
    set_all,
)
from provident.synthetic.jpeg import compress
from provident.synthetic.letters import mask, shown_name
from provident.synthetic.people import Patient
from provident.synthetic.scanner import Scanner
from provident.synthetic.solids import Floats
from provident.synthetic.truth import JOINTS, HandTruth


ROWS, COLUMNS = 480, 640
_TOP, _LEFT, _HEIGHT, _WIDTH = 60, 120, 390, 400  # the beam's part of the screen
_DEPTH_MM: Final = 19.0
_WIDTH_MM: Final = _DEPTH_MM * _WIDTH / _HEIGHT
DEFAULT_JOINTS: Final = ("mcp2", "mcp3", "radiocarpal")


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One joint from its back, along the finger: grades 0 to 3, erosion depth in mm."""

    joint: str
    grey: int
    doppler: int
    erosion: float


def view_of(truth: HandTruth, joint: str) -> View:
    """What the probe finds over a joint. Doppler lags one grade behind mild synovitis."""
    grade = truth.synovitis.get(joint, 0)
    eroded = truth.erosion.get(joint.replace("mcp", "head"), 0)
    return View(joint=joint, grey=grade, doppler=max(grade - 1, 0) + (grade == 3), erosion=min(0.5 * eroded, 3.0))  # fmt: skip


def joint_ultrasound(
    patient: Patient,
    scanner: Scanner,
    *,
    acquired: datetime,
    truth: HandTruth,
    rng: np.random.Generator,
    faults: Iterable[str] = (),
    joints: Sequence[str] = DEFAULT_JOINTS,
    frames: int = 8,
    compressed: bool = False,
) -> Exam:
    """A clip of `frames` pictures for each joint of the right hand, with power Doppler.

    `compressed` stores JPEG baseline, as most machines send it, at a tenth of the size.

    Raises InvalidInput for a scanner that is not US, or an unknown joint or fault.
    """
    wrong = faults_of("joint_ultrasound", faults)
    if scanner.modality != "US":
        raise InvalidInput(
            f"{scanner.id} is {scanner.modality}: a clip needs an US scanner"
        )
    unknown = sorted(set(joints) - set(JOINTS))
    if unknown or frames < 2:
        raise InvalidInput(
            f"a clip has 2 frames or more of the joints {', '.join(JOINTS)}"
        )
    software = (
        f"{scanner.software}.9" if Fault.WRONG_SOFTWARE in wrong else scanner.software
    )
    occasion = Occasion.draw(
        patient, scanner, acquired, "US Hand joints", software, rng
    )
    head = SeriesHead(
        number=1, uid=uid(rng), description="Hand joints dorsal", protocol="MSK Hand", start=acquired
    )  # fmt: skip
    shown = joints[:-1] if Fault.SERIES_MISSING in wrong and len(joints) > 1 else joints
    count = 1 if Fault.STILL_ONLY in wrong else frames
    made = [
        _clip(occasion, head, n, view_of(truth, joint), count, wrong, rng)
        for n, joint in enumerate(shown, start=1)
    ]
    if compressed:
        for ds in made:
            compress(ds)
    return finish(made, wrong)


def _clip(
    occasion: Occasion, head: SeriesHead, number: int, view: View, count: int, faults: frozenset[Fault], rng: np.random.Generator,
) -> Dataset:  # fmt: skip
    sop = UltrasoundMultiFrameImageStorage if count > 1 else UltrasoundImageStorage
    at = occasion.acquired + timedelta(minutes=2 * number)
    ds = new_instance(occasion, head, sop, number, at, rng)
    burned = Fault.BURNED_IN_TEXT in faults
    set_all(
        ds,
        {
            "ImageType": ["ORIGINAL", "PRIMARY", "SMALL PARTS", "0011"],
            "Laterality": "R",
            "PatientOrientation": "",
            "TransducerData": ["L4-20t-RS", "", ""],
            "BurnedInAnnotation": "YES" if burned else "NO",
            "LossyImageCompression": "00",
        },
    )
    if count > 1:
        set_all(ds, {"FrameTime": "66.7", "FrameIncrementPointer": 0x00181063, "RecommendedDisplayFrameRate": 15})  # fmt: skip
    ds.SequenceOfUltrasoundRegions = Items([_region()])
    put_pixels(ds, _screen(occasion, view, count, burned, faults, rng))
    return ds


def _region() -> Dataset:
    """The tissue region with its calibration (PS3.3 C.8.5.5): cm per pixel in both directions."""
    region = Dataset()
    set_all(
        region,
        {
            "RegionSpatialFormat": 1,  # 2D
            "RegionDataType": 2,  # colour flow
            "RegionFlags": 0,
            "RegionLocationMinX0": _LEFT,
            "RegionLocationMinY0": _TOP,
            "RegionLocationMaxX1": _LEFT + _WIDTH - 1,
            "RegionLocationMaxY1": _TOP + _HEIGHT - 1,
            "PhysicalUnitsXDirection": 3,
            "PhysicalUnitsYDirection": 3,
            "PhysicalDeltaX": _WIDTH_MM / _WIDTH / 10,
            "PhysicalDeltaY": _DEPTH_MM / _HEIGHT / 10,
        },
    )
    return region


def _surface(view: View, x: Floats, rng: np.random.Generator) -> Floats:
    """Depth of the bone under the skin in mm, along the finger: head, joint gap, phalanx."""
    head = (
        8.2 + 0.024 * np.minimum(x + 2.5, 0) ** 2 + 0.11 * np.maximum(x + 3.2, 0) ** 2.2
    )
    base = (
        8.8 + 0.03 * np.maximum(x - 3.0, 0) ** 1.5 + 0.9 * np.maximum(2.2 - x, 0) ** 2
    )
    depth = np.minimum(head, base)
    pit = view.erosion * np.exp(-(((x + 3.6) / 1.1) ** 4))
    wave = np.interp(x, np.linspace(x.min(), x.max(), 9), rng.normal(0, 0.15, 9))
    return np.asarray(depth + pit + wave, np.float32)


def _recess(view: View, x: Floats, surface: Floats) -> Floats:
    """Depth of the joint capsule in mm: synovitis lifts it off the bone."""
    swell = (0.5, 1.6, 2.8, 4.2)[view.grey]
    lifted = swell * np.exp(-(((x + 0.8) / (4.0 + view.grey)) ** 2)) + 0.25
    return np.asarray(np.maximum(np.minimum(surface, 9.4) - lifted, 2.8), np.float32)


def _echo(
    view: View,
    surface: Floats,
    recess: Floats,
    x: Floats,
    y: Floats,
    rng: np.random.Generator,
) -> Floats:
    """Mean echo amplitude [depth, along]: skin, fat, tendon with its fibres, synovium, bone, shadow."""
    depth = y[:, None]
    echo = np.full((y.size, x.size), 0.085, np.float32)
    septa = ndimage.gaussian_filter(rng.standard_normal(echo.shape), (1.6, 18.0))
    echo *= np.exp(0.55 * septa / septa.std()).astype(np.float32)
    echo[y < 1.3] = 0.30  # skin
    echo[y < 0.3] = 0.85
    middle = (np.minimum(recess, 7.6) - 1.35)[None, :]
    fibres = 0.20 * np.exp(
        0.9 * np.sin((depth - middle) * 17 + np.sin(x / 2.5)[None, :])
    )
    echo = np.where(np.abs(depth - middle) < 0.9, fibres, echo)
    inside = (depth > recess[None, :]) & (depth < surface[None, :])
    lumps = ndimage.gaussian_filter(rng.standard_normal(echo.shape), 6)
    synovium = (0.016 + 0.005 * view.grey) * np.exp(0.5 * lumps / lumps.std())
    echo = np.where(inside, synovium, echo)
    echo = np.where(np.abs(depth - recess[None, :]) < 0.14, 0.26, echo)  # capsule
    cartilage = (depth > surface[None, :] - 0.55) & (depth < surface[None, :])
    echo = np.where(cartilage & ((x > -6) & (x < 1))[None, :], 0.004, echo)
    below = depth - surface[None, :]
    facing = 1 / (1 + 0.35 * np.gradient(surface, x)[None, :] ** 2)
    bone = 1.5 * facing * np.exp(-((below / 0.20) ** 2))
    echoes = 0.20 * np.exp(-(((below - 1.9) / 0.35) ** 2)) * facing  # reverberation
    shadow = 0.022 * np.exp(-np.maximum(below, 0) / 2.2) + 0.03 * echoes
    return np.asarray(np.where(below > 0, shadow, echo) + bone, np.float32)


def _speckle(
    echo: Floats, rng: np.random.Generator, previous: Floats | None
) -> tuple[Floats, Floats]:
    """A B-mode picture: scatterers blurred by the beam, envelope, log compression over 55 dB.

    Scatterers of the frame before are kept for the greater part, so that speckle moves, not flickers.
    """
    grain = rng.standard_normal((2, *echo.shape), dtype=np.float32)
    if previous is not None:
        grain = np.float32(0.95) * previous + np.float32(0.312) * grain
    depth = np.linspace(0, 1, echo.shape[0], dtype=np.float32)[:, None]
    near = ndimage.gaussian_filter(grain, (0, 0.75, 1.5), truncate=2.5)
    far = ndimage.gaussian_filter(near, (0, 0.5, 2.4), truncate=2.5)
    beam = (1 - depth) * near / near.std() + depth * far / far.std()
    mean = ndimage.gaussian_filter(echo, (0.8, 1.4))
    envelope = np.sqrt(beam[0] ** 2 + beam[1] ** 2) * mean / 1.41
    decibel = 20 * np.log10(envelope + 0.0015)
    picture = np.clip(1 + (decibel - 2) / 55, 0, 1) ** 1.5
    return np.asarray(picture, np.float32), grain


def _flow(
    view: View,
    surface: Floats,
    recess: Floats,
    x: Floats,
    y: Floats,
    rng: np.random.Generator,
) -> Floats:
    """Power Doppler signal, 0 to 1: branching patches inside the synovium, more with the grade."""
    share = (0.0, 0.10, 0.30, 0.62)[view.doppler]
    found = np.zeros((y.size, x.size), np.float32)
    depth = y[:, None]
    inside = (depth > recess[None, :] + 0.1) & (
        depth < np.minimum(surface, 9.6)[None, :] - 0.1
    )
    inside &= (np.abs(x + 0.8) < 5.5)[None, :]
    if share == 0 or not inside.any():
        return found
    patches = ndimage.gaussian_filter(rng.standard_normal(found.shape), (4.5, 8))
    patches += (
        0.8 * ndimage.gaussian_filter(rng.standard_normal(found.shape), (2, 3.5)) / 3
    )
    level = np.quantile(patches[inside], 1 - share)
    top = patches[inside].max()
    found = np.clip((patches - level) / (top - level) + 0.25, 0, 1) * inside
    return np.asarray(ndimage.gaussian_filter(found, 1.5), np.float32)


def _coloured(grey: Floats, flow: Floats) -> npt.NDArray[np.uint8]:
    """Grey picture with Doppler in the maker's orange scale."""
    picture = np.repeat(grey[..., None], 3, axis=-1)
    on = flow > 0.22
    heat = np.clip((flow - 0.22) / 0.55, 0, 1)[..., None]
    orange = np.concatenate(
        [0.55 + 0.45 * heat, 0.12 + 0.62 * heat, 0.02 + 0.18 * heat], axis=-1
    )
    picture[on] = orange[on]
    return np.rint(picture * 255).astype(np.uint8)


def _screen(
    occasion: Occasion, view: View, count: int, burned: bool, faults: frozenset[Fault], rng: np.random.Generator,
) -> npt.NDArray[np.uint8]:  # fmt: skip
    """All frames as the machine's screen shows them: [frame, row, column, RGB]."""
    x = np.linspace(-_WIDTH_MM / 2, _WIDTH_MM / 2, _WIDTH, dtype=np.float32)
    y = np.linspace(0, _DEPTH_MM, _HEIGHT, dtype=np.float32)
    surface = _surface(view, x, rng)
    recess = _recess(view, x, surface)
    echo = _echo(view, surface, recess, x, y, rng)
    if Fault.LOW_SIGNAL in faults:
        echo = echo * 0.08  # no gel: hardly any sound goes in
    flow = _flow(view, surface, recess, x, y, rng)
    frame = _surround(occasion, view, burned)
    made = np.repeat(frame[None], count, axis=0)
    grain: Floats | None = None
    for n in range(count):
        grey, grain = _speckle(echo, rng, grain)
        pulse = 0.72 + 0.28 * np.sin(2 * np.pi * (n / 8 + 0.1))  # the heart beats
        now = flow * pulse * rng.uniform(0.9, 1.1)
        made[n, _TOP : _TOP + _HEIGHT, _LEFT : _LEFT + _WIDTH] = _coloured(grey, now)
        _doppler_box(made[n])
    return made


def _doppler_box(screen: npt.NDArray[np.uint8]) -> None:
    top, bottom = _TOP + 50, _TOP + 215
    left, right = _LEFT + 70, _LEFT + 320
    green = np.array([90, 200, 120], np.uint8)
    screen[[top, bottom], left:right] = green
    screen[top:bottom, [left, right]] = green


def _surround(occasion: Occasion, view: View, burned: bool) -> npt.NDArray[np.uint8]:
    """The dark screen around the beam: settings, depth ticks, colour bar, and identity when burned in."""
    scanner = occasion.scanner
    ink = mask(
        (ROWS, COLUMNS), [f"{view.joint.upper()} dorsal R", "MSK Hand"], (540, 70), 13
    )
    settings = ["B  18 MHz", "Gn 52", "DR 66", f"D  {_DEPTH_MM / 10:.1f} cm", "", "PD 9.1 MHz", "PRF 0.8 kHz", "WF 62 Hz"]  # fmt: skip
    ink = np.maximum(ink, mask((ROWS, COLUMNS), settings, (540, 130), 11))
    if burned:
        patient = occasion.patient
        strip = [
            f"{shown_name(patient)}    {patient.patient_id}    DOB {patient.birth_date:%d.%m.%Y}",
            f"{scanner.institution}    {occasion.acquired:%d.%m.%Y %H:%M:%S}",
        ]
        ink = np.maximum(ink, mask((ROWS, COLUMNS), strip, (12, 8), 15))
    ink = np.maximum(ink, mask((ROWS, COLUMNS), [scanner.model], (540, 12), 15))
    for tick in range(0, int(_DEPTH_MM) + 1, 5):
        row = _TOP + round(tick / _DEPTH_MM * (_HEIGHT - 1))
        ink[
            row, _LEFT + _WIDTH + 6 : _LEFT + _WIDTH + (16 if tick % 10 == 0 else 11)
        ] = 0.8
    screen = np.repeat((ink * 215)[..., None], 3, axis=-1).astype(np.uint8)
    heat = np.linspace(1, 0, 90)[:, None]
    bar = np.concatenate(
        [0.55 + 0.45 * heat, 0.12 + 0.62 * heat, 0.02 + 0.18 * heat], axis=1
    )
    screen[80:170, 70:82] = np.rint(bar[:, None, :] * 255).astype(np.uint8)
    return screen
