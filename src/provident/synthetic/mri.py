"""MRI of both hands: coronal T1, coronal STIR and axial T1 after contrast, for scoring by RAMRIS."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import numpy as np
from pydicom import Dataset
from pydicom.uid import MRImageStorage

from provident.kernel import InvalidInput
from provident.synthetic.exam import Exam, finish, uid
from provident.synthetic.faults import Fault, faults_of
from provident.synthetic.hand import hand_model
from provident.synthetic.headers import (
    Occasion,
    SeriesHead,
    new_instance,
    put_pixels,
    set_all,
    tm,
)
from provident.synthetic.lesions import diseased
from provident.synthetic.people import Patient
from provident.synthetic.pose import poses
from provident.synthetic.scanner import Habits, Scanner, habits
from provident.synthetic.screen import screen_copy
from provident.synthetic.signal import (
    MIDDLE,
    Hand,
    Slices,
    coil,
    digitise,
    magnitude,
    move,
    render,
)
from provident.synthetic.solids import Floats
from provident.synthetic.tissue import STIR, T1, T1_ENHANCED, T1_FAT_SATURATED, table
from provident.synthetic.truth import HandTruth


SERIES: Final = ("cor_t1", "cor_stir", "ax_t1_post")
AXIAL_CENTRE: Final = -35.0  # mm in the field: from the wrist to past the knuckles
_NOISE_AT_3T: Final = 0.020


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the radiographer set for one series: times in ms, lengths in mm."""

    role: str
    plane: str
    repetition: float
    echo: float
    inversion: float | None = None
    thickness: float = 3.0
    gap: float = 0.3
    slices: int = 16
    rows: int = 256
    columns: int = 256
    field_of_view: float = 230.0
    after_injection: float | None = None  # minutes; None: no contrast agent
    fat_saturated: bool = False
    minutes: float = 4.5


def ordinary(scanner: Scanner) -> tuple[Settings, ...]:
    """The settings that the imaging manual asks for, at this scanner's field and in its maker's way."""
    high = (scanner.field or 0) > 2
    stir_echo = habits(scanner.make).stir_echo_time
    return (
        Settings(role="cor_t1", plane="coronal", repetition=600 if high else 520, echo=12),
        Settings(role="cor_stir", plane="coronal", repetition=4200, echo=stir_echo, inversion=220 if high else 150),
        Settings(
            role="ax_t1_post", plane="axial", repetition=650, echo=12, thickness=4.0, gap=0.8, slices=20,
            rows=128, after_injection=4.2, fat_saturated=True,
        ),
    )  # fmt: skip


def _faulty(plan: Settings, faults: frozenset[Fault]) -> Settings:
    """The settings as somebody got them wrong."""
    if plan.role == "cor_t1":
        plan = replace(
            plan,
            echo=25.0 if Fault.WRONG_ECHO_TIME in faults else plan.echo,
            repetition=1100.0
            if Fault.WRONG_REPETITION_TIME in faults
            else plan.repetition,
        )
    if plan.inversion and Fault.WRONG_INVERSION_TIME in faults:
        plan = replace(plan, inversion=90.0)
    if plan.after_injection:
        late = 11.0 if Fault.LATE_CONTRAST in faults else plan.after_injection
        plan = replace(
            plan, after_injection=None if Fault.NO_CONTRAST in faults else late
        )
    if plan.plane == "coronal":
        plan = replace(
            plan,
            thickness=4.0 if Fault.THICK_SLICES in faults else plan.thickness,
            gap=1.0 if Fault.WIDE_GAP in faults else plan.gap,
            field_of_view=140.0
            if Fault.SMALL_FIELD_OF_VIEW in faults
            else plan.field_of_view,
        )
    return plan


def hand_mri(
    patient: Patient,
    scanner: Scanner,
    *,
    acquired: datetime,
    truth: HandTruth,
    rng: np.random.Generator,
    faults: Iterable[str] = (),
    other: HandTruth | None = None,
    roles: Sequence[str] = SERIES,
) -> Exam:
    """An MR exam of both hands of which the right is as ill as `truth` says.

    `other` is the left hand (default: the milder other side), `roles` the series that this visit has.
    Raises InvalidInput for a scanner that is not MR, or an unknown fault or role.
    """
    wrong = faults_of("hand_mri", faults)
    if scanner.modality != "MR":
        raise InvalidInput(
            f"{scanner.id} is {scanner.modality}: an MRI needs an MR scanner"
        )
    unknown = sorted(set(roles) - set(SERIES))
    if unknown:
        raise InvalidInput(
            f"unknown series {', '.join(unknown)}; there are {', '.join(SERIES)}"
        )
    software = (
        f"{scanner.software}-HF02"
        if Fault.WRONG_SOFTWARE in wrong
        else scanner.software
    )
    occasion = Occasion.draw(patient, scanner, acquired, "MRI Hands both with contrast", software, rng)  # fmt: skip
    hands = _hands(patient, truth, truth.milder() if other is None else other, rng)
    made: list[Dataset] = []
    start = acquired + timedelta(minutes=4)
    for number, plan in enumerate(ordinary(scanner), start=2):
        if plan.role in roles and not (
            plan.role == "cor_stir" and Fault.SERIES_MISSING in wrong
        ):
            made += _series(
                occasion, _faulty(plan, wrong), number, start, hands, wrong, rng
            )
        start += timedelta(minutes=plan.minutes + 1)
    if Fault.BURNED_IN_TEXT in wrong:
        made.append(screen_copy(occasion, 99, start, made[len(made) // 4], rng))
    return finish(made, wrong)


def _hands(
    patient: Patient, truth: HandTruth, other: HandTruth, rng: np.random.Generator
) -> list[Hand]:
    right, left = poses(patient.size, rng)
    return [
        (diseased(truth, patient.seed), right),
        (diseased(other, patient.seed + 1), left),
    ]


def _contrast(plan: Settings) -> Floats:
    """What the settings make bright. A STIR whose inversion misses the null of fat shows the fat."""
    if plan.inversion is None:
        if plan.fat_saturated:
            return table(T1_ENHANCED if plan.after_injection else T1_FAT_SATURATED)
        # A long echo or repetition time mixes in T2 weighting: fluid comes up, marrow goes down.
        drift = min((plan.echo - 12) / 60 + (plan.repetition - 600) / 2500, 0.5)
        return np.asarray(
            table(T1) * (1 - max(drift, 0)) + table(STIR) * max(drift, 0) * 0.8
        )
    shown = 0.45 if plan.inversion < 120 else 0.0
    return np.asarray(table(STIR) + shown * table(T1), np.float32)


def slice_places(plan: Settings) -> tuple[float, ...]:
    """Places of the slices along their normal: z of the hand, or y of the field, in mm."""
    middle = MIDDLE if plan.plane == "coronal" else AXIAL_CENTRE
    step = plan.thickness + plan.gap
    return tuple(
        middle + step * (n - (plan.slices - 1) / 2) for n in range(plan.slices)
    )


def _images(
    plan: Settings, occasion: Occasion, hands: Sequence[Hand], faults: frozenset[Fault], rng: np.random.Generator,
) -> Floats:  # fmt: skip
    slices = Slices(
        plane=plan.plane, centres=slice_places(plan), thickness=plan.thickness, rows=plan.rows, columns=plan.columns,
        pixel=plan.field_of_view / plan.columns,
    )  # fmt: skip
    found = render(hand_model(), hands, slices, _contrast(plan))
    if Fault.MOTION in faults:
        found = move(found, 2.6, rng)
    noise = (
        _NOISE_AT_3T
        * 3
        / (occasion.scanner.field or 3)
        * (4 if Fault.LOW_SIGNAL in faults else 1)
    )
    noise *= 3 / plan.thickness * (230 / plan.field_of_view) ** 2
    noise *= 1.6 if Fault.WRONG_COIL in faults else 1
    return magnitude(found * coil((plan.rows, plan.columns), rng), noise, rng)


def _series(
    occasion: Occasion, plan: Settings, number: int, start: datetime, hands: Sequence[Hand],
    faults: frozenset[Fault], rng: np.random.Generator,
) -> list[Dataset]:  # fmt: skip
    own = habits(occasion.scanner.make)
    name = own.descriptions[plan.role]
    shown = (
        "localizer"
        if Fault.WRONG_DESCRIPTION in faults and plan.role == "cor_t1"
        else name
    )
    head = SeriesHead(
        number=number, uid=uid(rng), description=shown, protocol=shown, start=start
    )
    stored = digitise(_images(plan, occasion, hands, faults, rng), own.full_scale)
    high = int(np.percentile(stored, 99.7)) + 1
    made = []
    for n in _kept(plan, faults):
        at = start + timedelta(
            seconds=plan.minutes * 60 * (n % 2 * plan.slices / 2 + n // 2) / plan.slices
        )
        ds = new_instance(occasion, head, MRImageStorage, n + 1, at, rng)
        describe_image(ds, occasion, plan, own, faults)
        describe_plane(ds, occasion, plan, n)
        if plan.after_injection is not None:
            _contrast_agent(
                ds, occasion.patient, start - timedelta(minutes=plan.after_injection)
            )
        put_pixels(ds, stored[n])
        set_all(ds, {"WindowCenter": str(high // 2), "WindowWidth": str(high)})
        made.append(ds)
    if Fault.FOREIGN_IDENTITY in faults and plan.role == "cor_stir":
        for ds in made:
            set_all(ds, {"PatientID": "9999999", "PatientName": "Stranger^Sam"})
    return made


def _kept(plan: Settings, faults: frozenset[Fault]) -> list[int]:
    """The slices that arrive."""
    numbers = list(range(plan.slices))
    if plan.role == "cor_t1" and Fault.ENDED_EARLY in faults:
        numbers = numbers[: plan.slices // 3]
    if plan.role == "cor_t1" and Fault.MISSING_SLICE in faults:
        del numbers[len(numbers) // 2]
    return numbers


def describe_image(
    ds: Dataset,
    occasion: Occasion,
    plan: Settings,
    own: Habits,
    faults: frozenset[Fault],
) -> None:
    """MR Image module (PS3.3 C.8.3.1)."""
    field = occasion.scanner.field or 3.0
    options = [
        o
        for o, on in (("FS", plan.fat_saturated), ("SAT1", plan.plane == "axial"))
        if on
    ]
    set_all(
        ds,
        {
            "ImageType": list(own.image_type),
            "ScanningSequence": ["SE", "IR"] if plan.inversion else "SE",
            "SequenceVariant": ["SK", "SP"],
            "ScanOptions": options or "",
            "MRAcquisitionType": "2D",
            "SequenceName": own.extra["SequenceName"],
            "AngioFlag": "N",
            "RepetitionTime": f"{plan.repetition:g}",
            "EchoTime": f"{plan.echo:g}",
            "InversionTime": f"{plan.inversion:g}" if plan.inversion else None,
            "NumberOfAverages": "2",
            "ImagingFrequency": f"{42.577 * field:.4f}",
            "ImagedNucleus": "1H",
            "EchoNumbers": "1",
            "MagneticFieldStrength": f"{field:g}",
            "EchoTrainLength": "9" if plan.inversion else "3",
            "PercentSampling": "80",
            "PercentPhaseFieldOfView": f"{100 * plan.rows / plan.columns:g}",
            "PixelBandwidth": "190",
            "ReceiveCoilName": "Knee_18" if Fault.WRONG_COIL in faults else own.coil,
            "TransmitCoilName": "Body",
            "AcquisitionMatrix": [0, plan.columns, round(plan.rows * 0.8), 0],
            "InPlanePhaseEncodingDirection": "COL",
            "FlipAngle": "150",
            "SAR": "0.31",
            "PatientPosition": "HFP",
            "ImageLaterality": "B",
        },
    )


def describe_plane(ds: Dataset, occasion: Occasion, plan: Settings, n: int) -> None:
    """Frame of reference and image plane (PS3.3 C.7.4.1, C.7.6.2), hands prone above the head.

    Thumbs meet in the middle, fingers point to the head end, the backs of the hands to the ceiling:
    patient x is the field's x, y is z of the hand, z is y of the field.
    """
    pixel = plan.field_of_view / plan.columns
    x0 = -pixel * (plan.columns - 1) / 2
    along = slice_places(plan)[n]
    if plan.plane == "coronal":
        orientation, place = (
            (1, 0, 0, 0, 0, -1),
            (x0, along, pixel * (plan.rows - 1) / 2),
        )
    else:
        orientation, place = (
            (1, 0, 0, 0, 1, 0),
            (x0, MIDDLE - pixel * (plan.rows - 1) / 2, along),
        )
    set_all(
        ds,
        {
            "FrameOfReferenceUID": occasion.frame_uid,
            "PositionReferenceIndicator": "",
            "PixelSpacing": [f"{pixel:.6g}"] * 2,
            "ImageOrientationPatient": [str(v) for v in orientation],
            "ImagePositionPatient": [f"{v:.4f}" for v in place],
            "SliceThickness": f"{plan.thickness:g}",
            "SpacingBetweenSlices": f"{plan.thickness + plan.gap:g}",
            "SliceLocation": f"{along:.4f}",
        },
    )


def _contrast_agent(ds: Dataset, patient: Patient, injected: datetime) -> None:
    """Contrast/bolus module (PS3.3 C.7.6.4): 0.1 mmol/kg of a 1 mmol/ml solution."""
    volume = round(0.1 * patient.weight_kg, 1)
    set_all(
        ds,
        {
            "ContrastBolusAgent": "Gadobutrol",
            "ContrastBolusRoute": "IV",
            "ContrastBolusVolume": f"{volume:g}",
            "ContrastBolusStartTime": tm(injected),
            "ContrastBolusTotalDose": f"{volume:g}",
            "ContrastBolusIngredient": "GADOLINIUM",
            "ContrastBolusIngredientConcentration": "1",
        },
    )
