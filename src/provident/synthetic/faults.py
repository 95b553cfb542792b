"""What can go wrong with a synthetic exam, by name, and in which kinds of exam."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from provident.kernel import InvalidInput


class Fault(StrEnum):
    """One thing that went wrong. The values are the names that callers may pass."""

    WRONG_ECHO_TIME = "wrong_echo_time"  # T1 with 25 ms
    WRONG_REPETITION_TIME = "wrong_repetition_time"  # T1 with 1100 ms
    WRONG_INVERSION_TIME = "wrong_inversion_time"  # STIR nulls nothing: 90 ms
    MISSING_SLICE = "missing_slice"  # one slice of the coronal T1 never came
    SERIES_MISSING = "series_missing"  # no STIR; of radiographs: the second of two
    THICK_SLICES = "thick_slices"  # 4 mm instead of 3
    WIDE_GAP = "wide_gap"  # 1.0 mm between slices
    SMALL_FIELD_OF_VIEW = "small_field_of_view"  # 140 mm, fingers cut off
    LATE_CONTRAST = "late_contrast"  # post-contrast series 11 min after the injection
    NO_CONTRAST = "no_contrast"  # nothing was injected and nothing enhances
    ENDED_EARLY = "ended_early"  # a third of the slices of the coronal T1
    MOTION = "motion"  # ghosts along the phase direction
    LOW_SIGNAL = "low_signal"  # four times the noise
    WRONG_COIL = "wrong_coil"  # the knee coil
    WRONG_SOFTWARE = "wrong_software"  # another version than the register says
    WRONG_DESCRIPTION = "wrong_description"  # series named "localizer"
    BURNED_IN_TEXT = "burned_in_text"  # name, number and date in the pixels
    NO_LATERALITY = "no_laterality"  # radiographs without side
    COARSE_PIXELS = "coarse_pixels"  # radiographs of 0.28 mm
    OVEREXPOSED = "overexposed"  # three times the dose
    STILL_ONLY = "still_only"  # ultrasound without clips
    GHOSTING = "ghosting"  # phantom: 5 % ghosts
    NON_UNIFORM = "non_uniform"  # phantom: uniformity of some 70 %
    DISTORTED = "distorted"  # phantom: 4 mm too wide
    TRUNCATED = "truncated"  # the last file lost its second half
    DUPLICATE = "duplicate"  # the first instance twice, with other pixels
    FOREIGN_IDENTITY = "foreign_identity"  # another patient's number in one series


_EVERY: Final = {
    Fault.TRUNCATED,
    Fault.DUPLICATE,
    Fault.WRONG_SOFTWARE,
    Fault.BURNED_IN_TEXT,
}
POSSIBLE: Final[dict[str, frozenset[Fault]]] = {
    "hand_mri": frozenset(
        _EVERY
        | {
            Fault.WRONG_ECHO_TIME,
            Fault.WRONG_REPETITION_TIME,
            Fault.WRONG_INVERSION_TIME,
            Fault.MISSING_SLICE,
            Fault.SERIES_MISSING,
            Fault.THICK_SLICES,
            Fault.WIDE_GAP,
            Fault.SMALL_FIELD_OF_VIEW,
            Fault.LATE_CONTRAST,
            Fault.NO_CONTRAST,
            Fault.ENDED_EARLY,
            Fault.MOTION,
            Fault.LOW_SIGNAL,
            Fault.WRONG_COIL,
            Fault.WRONG_DESCRIPTION,
            Fault.FOREIGN_IDENTITY,
        }
    ),
    "hand_xray": frozenset(
        _EVERY
        | {
            Fault.SERIES_MISSING,
            Fault.NO_LATERALITY,
            Fault.COARSE_PIXELS,
            Fault.OVEREXPOSED,
            Fault.MOTION,
            Fault.WRONG_DESCRIPTION,
        }
    ),
    "joint_ultrasound": frozenset(
        _EVERY | {Fault.STILL_ONLY, Fault.LOW_SIGNAL, Fault.SERIES_MISSING}
    ),
    "phantom": frozenset(
        _EVERY
        | {
            Fault.GHOSTING,
            Fault.NON_UNIFORM,
            Fault.DISTORTED,
            Fault.LOW_SIGNAL,
            Fault.MISSING_SLICE,
            Fault.WRONG_COIL,
        }
    ),
}


def faults_of(exam: str, names: Iterable[str]) -> frozenset[Fault]:
    """The faults by name; raises InvalidInput for one that this kind of exam cannot have."""
    possible = POSSIBLE[exam]
    unknown = sorted(set(names) - {str(f) for f in possible})
    if unknown:
        known = ", ".join(sorted(possible))
        raise InvalidInput(
            f"{exam} cannot have the fault {', '.join(unknown)}; it can have {known}"
        )
    return frozenset(Fault(n) for n in names)
