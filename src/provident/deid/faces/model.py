"""What removing a face takes and gives: a report, the result. No imaging library is needed here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal


Verdict = Literal["done", "nothing_to_do", "hold"]
OPTION = "113102"  # Clean Recognizable Visual Features Option (PS3.16 CID 7050)

# Why files wait for a person. The codes are public and never reused; the words are for the trial team.
REASONS: Mapping[str, str] = {
    "face_not_installed": "Faces cannot be removed here: numpy, scipy or Pillow is not installed. Install them, and try again.",
    "face_no_head": "A series does not show what looks like a head, so its face cannot be found. Look at it; if it shows no head, correct the body part at the site.",
    "face_doubtful": "The head in a series could not be found for certain. Look at the picture of before and after.",
    "face_left": "More of the face or the ears is left than the plan allows. Look at the picture of before and after.",
    "face_brain_lost": "More of the brain was lost than the plan allows. Look at the picture of before and after.",
    "face_unplaced": "An image does not say where it lies in the patient, so the face cannot be found in it. Look at it.",
    "face_picture": "An image is in colour or a capture of a screen, and may be a picture of the face. Look at it.",
    "face_mosaic": "An image holds many slices side by side (a mosaic). Send the series as single slices or as an enhanced image.",
    "face_unreadable": "An image's pixels cannot be decoded. Ask for it to be sent uncompressed.",
    "face_few_images": "A series has too few images to find a head in, and shares its patient space with no other series. Look at it.",
    "face_outline": "An object holds outlines or surfaces, which may be those of the head. Look at it, or leave it out.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesReport:
    """What was done with one series. Shares are None where the series cannot be measured.

    `how`: `fitted` (the head was found in this series), `same_space` (by the patient space of
    another), `moved` (the same, and the head's motion between the two made good), `untouched`.
    `fit_mm` is the 80th percentile of the distance between skin and template; `turned` in degrees;
    `seen_left` the share of what is seen around the nose from in front that stayed where it was.
    """

    series_uid: str
    modality: str
    files: int
    how: Literal["fitted", "same_space", "moved", "untouched"]
    files_changed: int = 0
    voxels_changed: int = 0
    fit_mm: float | None = None
    turned: float | None = None
    left: float | None = None
    ears_left: float | None = None
    seen_left: float | None = None
    brain_lost: float | None = None
    depth_change_mm: float | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceReport:
    """What was done with an exam; it stays at the site.

    `waiting` names the places in the given sequence of files for each reason.
    """

    series: tuple[SeriesReport, ...] = ()
    reasons: tuple[str, ...] = ()
    waiting: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    option: str = OPTION

    def as_json(self) -> dict[str, Any]:
        """The report as plain values, with the reasons in words."""
        told = asdict(self) | {"waiting": {k: list(v) for k, v in self.waiting.items()}}
        return told | {"words": {code: REASONS[code] for code in self.reasons}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaced:
    """The files in the given order, a report, a picture (PNG) of before and after, and the verdict.

    A file with a reason in `held` may not pass; its bytes are as far as it went, for the person who
    looks. What has none may pass. The verdict is `hold` where one has. The picture shows a face.
    """

    files: tuple[bytes, ...]
    held: tuple[str | None, ...]
    report: FaceReport
    picture: bytes | None
    verdict: Verdict

    @property
    def explanation(self) -> str:
        """The reasons in words."""
        return " ".join(REASONS[code] for code in self.report.reasons)
