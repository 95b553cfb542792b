"""What a measure of images is: a value with its unit and method, or why there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal


Better = Literal["higher", "lower", "same"]
"""Which way is better; `same` means that only a change from the scanner's usual says something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureSpec:
    """One measure of the registry: a name, a unit, how it is got and who described it.

    `modalities` are those it says something of; empty means all.
    """

    name: str
    words: str
    unit: str
    method: str
    citation: str
    better: Better
    modalities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One measure of one series. It informs a person and decides nothing.

    `value` is None when it is not assessable, and `because` then says why in words.
    `note` is what limits the value; `details` are its parts (by side, by frame), in the
    same unit; `frames` are the images (from 0, in the order they came) it speaks of.
    """

    name: str
    value: float | None
    because: str = ""
    note: str = ""
    details: Mapping[str, float] = field(default_factory=dict)
    frames: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if (self.value is None) != bool(self.because):
            raise ValueError(f"{self.name} has a value, or a reason why it has none")

    @property
    def spec(self) -> MeasureSpec:
        """Its row of the registry."""
        return MEASURES[self.name]

    @property
    def words(self) -> str:
        """One sentence for a person."""
        if self.value is None:
            return f"{self.spec.words}: not assessable because {self.because}."
        said = f"{self.spec.words}: {self.value:.4g} {self.spec.unit}".rstrip()
        return f"{said} ({self.note})." if self.note else f"{said}."

    def as_json(self) -> dict[str, Any]:
        """Value, unit, method, citation and words, ready to be stored."""
        spec = self.spec
        return {
            "name": self.name,
            "value": self.value,
            "unit": spec.unit,
            "method": spec.method,
            "citation": spec.citation,
            "because": self.because,
            "note": self.note,
            "details": dict(self.details),
            "frames": list(self.frames),
            "words": self.words,
        }

    @classmethod
    def from_json(cls, written: Mapping[str, Any]) -> Measure:
        """The measure that `as_json` wrote."""
        return cls(
            name=written["name"],
            value=written["value"],
            because=written["because"],
            note=written["note"],
            details=dict(written["details"]),
            frames=tuple(written["frames"]),
        )


_MR, _CT, _SECTIONS = ("MR",), ("CT",), ("MR", "CT", "PT")
_ALL = (
    MeasureSpec(
        name="unreadable_images", words="Images that cannot be decoded", unit="", better="lower",
        method="Instances whose pixels are missing, cut short or not decodable.",
        citation="DICOM PS3.5, section 8",
    ),
    MeasureSpec(
        name="constant_images", words="Blank or constant images", unit="", better="lower",
        method="Images in which all pixels are equal, or whose range (1st to 99th percentile) is below 2 % of the series' median range.",
        citation="own definition",
    ),
    MeasureSpec(
        name="duplicate_images", words="Images with the pixels of another", unit="", better="lower",
        method="Images whose stored pixels equal those of an earlier image of the series byte for byte; constant images are not counted.",
        citation="own definition",
    ),
    MeasureSpec(
        name="saturation", words="Pixels at the upper end", unit="%", better="lower",
        method="Share of all pixels that have the largest value of the series. Where nothing is clipped this is a few pixels; a plateau means that the receiver or the reconstruction cut values off.",
        citation="own definition",
    ),
    MeasureSpec(
        name="floor", words="Pixels at the lower end", unit="%", better="same",
        method="Share of all pixels that have the smallest value of the series. Large where the background was set to zero, or a circle was padded.",
        citation="own definition",
    ),
    MeasureSpec(
        name="field_of_view_cut", words="Edge of the image that the object touches", unit="%", better="lower",
        method="Largest share of one edge (a quarter of the circle in CT) that lies in the object, over all images; by side. The object is what exceeds Otsu's threshold of square-rooted signal, in CT -300 HU.",
        citation="Otsu, IEEE Trans SMC 1979;9:62; own definition", modalities=_SECTIONS,
    ),
    MeasureSpec(
        name="noise", words="Noise", unit="signal", better="lower",
        method="Median absolute diagonal Haar coefficient inside the object / 0.6745. Too low where images were interpolated, filtered or denoised.",
        citation="Donoho & Johnstone, Biometrika 1994;81:425", modalities=_MR,
    ),
    MeasureSpec(
        name="noise_immerkaer", words="Noise by difference of Laplacians", unit="signal", better="lower",
        method="Mean absolute response to the difference of two Laplacians inside the object, without its steepest tenth of pixels. Fine structure adds to it.",
        citation="Immerkaer, Comput Vis Image Underst 1996;64:300", modalities=_MR,
    ),
    MeasureSpec(
        name="snr", words="Signal to noise", unit="", better="higher",
        method="Median signal inside the object, with the Rician bias taken off, / noise (diagonal Haar coefficients).",
        citation="Donoho & Johnstone 1994; Gudbjartsson & Patz, Magn Reson Med 1995;34:910", modalities=_MR,
    ),
    MeasureSpec(
        name="snr_background", words="Signal to noise against the background", unit="", better="higher",
        method="Median signal inside the object, with the Rician bias taken off, / (SD of the quietest corner / 0.655), when that corner has the Rayleigh distribution of one receiver channel.",
        citation="NEMA MS 1-2008, method 4; Henkelman, Med Phys 1985;12:232", modalities=_MR,
    ),
    MeasureSpec(
        name="snr_difference", words="Signal to noise of repeated volumes", unit="", better="higher",
        method="Median signal, with the Rician bias taken off, / (SD of the difference of successive volumes / sqrt 2), in the middle of the image. Motion and pulsation make it lower.",
        citation="NEMA MS 1-2008, method 1; Dietrich et al., J Magn Reson Imaging 2007;26:375", modalities=_MR,
    ),
    MeasureSpec(
        name="cnr", words="Contrast to noise", unit="", better="higher",
        method="Difference of the medians of the brighter and the darker class inside the object (Otsu) / noise (diagonal Haar coefficients).",
        citation="Otsu 1979; Magnotta & Friedman, J Digit Imaging 2006;19:140", modalities=_MR,
    ),
    MeasureSpec(
        name="ghosting", words="Signal along phase encoding outside the object", unit="%", better="lower",
        method="(Mean beside the object along phase encoding - mean beside it along frequency encoding) / mean in the object: median of the sampled images.",
        citation="after ACR Large and Medium Phantom Test Guidance 2022; MRIQC, Esteban et al., PLoS One 2017;12:e0184661", modalities=_MR,
    ),
    MeasureSpec(
        name="half_field_ghost", words="Ghost at half a field of view", unit="%", better="lower",
        method="Root of (mean square where the object shifted by half the field along phase encoding would lie outside the object - mean square beside the object along frequency encoding) / mean in the object. Below about 0.5 % it is noise.",
        citation="Giannelli et al., J Appl Clin Med Phys 2010;11:3237", modalities=_MR,
    ),
    MeasureSpec(
        name="gradient_entropy", words="Entropy of the gradients", unit="", better="same",
        method="Entropy of squared gradient magnitudes relative to their sum, per log2 of the number of pixels. Blur and motion raise it; comparable within one sequence only.",
        citation="McGee et al., J Magn Reson Imaging 2000;11:174", modalities=_MR,
    ),
    MeasureSpec(
        name="sharpness", words="Sharpness", unit="", better="same",
        method="Tenengrad: mean squared Sobel gradient inside the object / squared mean signal. Blur lowers it, noise raises it; comparable within one sequence only.",
        citation="Krotkov, Int J Comput Vis 1987;1:223", modalities=_MR,
    ),
    MeasureSpec(
        name="slice_jumps", words="Jumps between slices", unit="%", better="lower",
        method="Largest deviation of a slice's mean object signal from the line through its two neighbours', relative to it (CT: above air). Motion between interleaved slices and lost slices show here.",
        citation="after Esteban et al. 2017", modalities=_SECTIONS,
    ),
    MeasureSpec(
        name="motion_between_volumes", words="Displacement between volumes", unit="mm", better="lower",
        method="Largest in-plane shift between successive volumes at one slice position, by phase correlation.",
        citation="Kuglin & Hines, Proc IEEE Cybern Soc 1975:163", modalities=_MR,
    ),
    MeasureSpec(
        name="wrap_around", words="Sign of wrap-around", unit="", better="lower",
        method="Correlation of the first with the last line along phase encoding where the object reaches both; the largest of the sampled images. Near 1 where the object runs out at one side and in at the other.",
        citation="own definition", modalities=_MR,
    ),
    MeasureSpec(
        name="inhomogeneity", words="Slow variation of intensity", unit="%", better="lower",
        method="SD of a second-order polynomial fitted to the log signal of the object, of its brighter class where it has two, over the volume. Anatomy adds to it; comparable within one sequence and coil.",
        citation="after Dawant et al., IEEE Trans Med Imaging 1993;12:770", modalities=_MR,
    ),
    MeasureSpec(
        name="ct_noise", words="Noise in soft tissue", unit="HU", better="lower",
        method="Mode of the local SD (squares of about 7 mm) of pixels between 0 and 100 HU whose neighbourhood is soft tissue: the global noise level.",
        citation="Christianson et al., AJR 2015;205:W93", modalities=_CT,
    ),
    MeasureSpec(
        name="ct_noise_air", words="Noise in air", unit="HU", better="lower",
        method="Mode of the local SD (squares of about 7 mm) of pixels below -900 HU beside the object.",
        citation="after Christianson et al. 2015", modalities=_CT,
    ),
    MeasureSpec(
        name="ct_air", words="CT number of air", unit="HU", better="same",
        method="Median of the homogeneous pixels below -900 HU beside the object; -1000 HU in a calibrated scanner.",
        citation="IEC 61223-3-5", modalities=_CT,
    ),
)  # fmt: skip

MEASURES: Mapping[str, MeasureSpec] = MappingProxyType({one.name: one for one in _ALL})
"""The published registry: a name, its unit and its meaning never change; new ones may come."""


def missing(name: str, because: str) -> Measure:
    """A measure that is not assessable."""
    return Measure(name=name, value=None, because=because)


def reference_markdown() -> str:
    """The registry as a table of the documentation."""
    lines = ["| measure | unit | for | method | source |", "|---|---|---|---|---|"]
    lines += [
        f"| `{s.name}` | {s.unit} | {', '.join(s.modalities) or 'all'} | {s.method} | {s.citation} |"
        for s in _ALL
    ]
    return "\n".join(lines) + "\n"
