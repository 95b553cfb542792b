"""How far a series may lie off a test scan, fact by fact, with the reason: a table, not a model.

The numbers are a starting point for a physicist, who narrows or widens them. They follow
what quality programmes ask (ACR-AAPM technical standards, QIBA profiles, EANM guidelines
for FDG) where those state a limit, and half of what visibly changes an image where not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal


How = Literal[
    "about",
    "same",
    "at most",
    "at least",
    "zero",
    "ceiling",
    "shells",
    "coverage",
    "present",
    "original",
    "one exam",
    "one scanner",
    "one side",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolerance:
    """What is asked of one fact.

    about: within `warn` passes, within `fail` warns (shares of the value, or `least` in the
    fact's unit when that is more). at most, at least: `fail` above or below is allowed.
    original: what the scanner made itself, not what was derived from it.
    one exam: the same in all series, whatever it is.
    one scanner, one side: that too, and as in the test scan, or it warns.
    ceiling: an upper limit of `least` in the fact's unit, whatever the scan has below it.
    """

    fact: str
    how: How
    why: str
    warn: float = 0.0
    fail: float = 0.0
    least: float = 0.0
    modalities: tuple[str, ...] = ()

    @property
    def warns(self) -> bool:
        """Whether another value only warns: it is of this scanner or this person, not of the protocol."""
        return self.how in ("one scanner", "one side") or self.fact in _WARN_ONLY

    @property
    def of_the_exam(self) -> bool:
        """Whether all series of an exam have to agree in it."""
        return self.how in ("one exam", "one scanner", "one side")


# What other scanners and other people have otherwise, without harm to the image.
_WARN_ONLY = frozenset(
    ("bits", "sequence_name", "phase_steps", "percent_phase_fov", "sequence_variant", "acquisition_duration", "transducer", "contrast_agent")
)  # fmt: skip
_MR, _CT, _PT, _XRAY, _US = (
    ("MR",),
    ("CT",),
    ("PT",),
    ("DX", "CR", "MG", "RF", "XA"),
    ("US",),
)
_SECTIONS = ("MR", "CT", "PT")

_ALL = (
    Tolerance(fact="image_type", how="original", why="What was derived from other images is not what was scanned.", modalities=_SECTIONS),
    Tolerance(fact="model", how="one scanner", why="One scanner's: list those of the others."),
    Tolerance(fact="serial", how="one exam", why="All series of an exam come from one scanner."),
    Tolerance(fact="station", how="one exam", why="All series of an exam come from one scanner."),
    Tolerance(fact="software", how="one scanner", why="One scanner's: list those of the others; a new one asks for a bridging scan."),
    Tolerance(fact="body_part", how="same", why="What is imaged; list the words that other sites use."),
    Tolerance(fact="patient_position", how="same", why="Left and right, and what hangs where, follow it.", modalities=_SECTIONS),
    Tolerance(fact="field", how="about", warn=0.05, fail=0.05, why="Contrast and noise follow the field; 5 % covers a 3 T magnet of 2.89 T.", modalities=_MR),
    Tolerance(fact="TR", how="about", warn=0.05, fail=0.10, why="T1 contrast follows TR; 10 % is seen in a T1 image.", modalities=_MR),
    Tolerance(fact="TE", how="about", warn=0.05, fail=0.10, least=0.5, why="T2 contrast follows TE; 10 % is seen in a T2 image.", modalities=_MR),
    Tolerance(fact="TI", how="about", warn=0.04, fail=0.08, least=5, why="The null point of fat or fluid is narrow.", modalities=_MR),
    Tolerance(fact="flip", how="about", warn=0.05, fail=0.10, least=1, why="Ernst angle and T1 weighting; scanners round to 1 degree.", modalities=_MR),
    Tolerance(fact="echo_train", how="about", warn=0.10, fail=0.25, why="Blur and effective contrast follow the train; makers count differently.", modalities=_MR),
    Tolerance(fact="averages", how="same", why="Noise follows the averages.", modalities=_MR),
    Tolerance(fact="bandwidth", how="about", warn=0.10, fail=0.20, why="Chemical shift and noise follow the bandwidth; makers step it.", modalities=_MR),
    Tolerance(fact="imaging_frequency", how="about", warn=0.01, fail=0.05, why="It belongs to the field.", modalities=_MR),
    Tolerance(fact="sequence_name", how="same", why="The pulse sequence; list what other makers call it.", modalities=_MR),
    Tolerance(fact="sequence_variant", how="same", why="Segmented, spoiled, steady state.", modalities=_MR),
    Tolerance(fact="acquisition_type", how="same", why="2D and 3D differ in everything.", modalities=_MR),
    Tolerance(fact="scanning_sequence", how="same", why="Spin echo, gradient echo or inversion recovery.", modalities=_MR),
    Tolerance(fact="fat_sat", how="same", why="Suppressed and not suppressed fat cannot be compared.", modalities=_MR),
    Tolerance(fact="phase_encoding", how="same", why="Ghosts and distortion lie along it.", modalities=_MR),
    Tolerance(fact="phase_direction", how="same", why="Distortion turns round with it.", modalities=_MR),
    Tolerance(fact="phase_steps", how="about", warn=0.10, fail=0.25, why="Resolution along phase encoding.", modalities=_MR),
    Tolerance(fact="percent_phase_fov", how="about", warn=0.05, fail=0.15, why="Wrapping and resolution along phase encoding.", modalities=_MR),
    Tolerance(fact="acquisition_duration", how="about", warn=0.15, fail=0.30, why="Another protocol takes another time.", modalities=_MR),
    Tolerance(fact="transmit_coil", how="same", why="A small transmit coil gives another flip angle; list those of other scanners.", modalities=_MR),
    Tolerance(fact="acceleration", how="about", warn=0.05, fail=0.05, why="Noise follows it.", modalities=_MR),
    Tolerance(fact="percent_sampling", how="about", warn=0.05, fail=0.15, why="Resolution along phase encoding.", modalities=_MR),
    Tolerance(fact="nucleus", how="same", why="What is imaged.", modalities=_MR),
    Tolerance(fact="coil", how="same", why="One scanner's name: list those of the others.", modalities=_MR),
    Tolerance(fact="b_values", how="shells", least=25, why="ADC needs each weighting, with as many volumes.", modalities=_MR),
    Tolerance(fact="directions", how="at least", fail=0.0, why="Tensors need the directions.", modalities=_MR),
    Tolerance(fact="echoes", how="about", warn=0.0, fail=0.0, why="Maps need each echo.", modalities=_MR),
    Tolerance(fact="volumes", how="at least", fail=0.0, why="Time series need their length.", modalities=("MR", "PT")),
    Tolerance(fact="incomplete_volumes", how="zero", why="A lost image of a volume is a lost volume.", modalities=_SECTIONS),
    Tolerance(fact="temporal_resolution", how="about", warn=0.05, fail=0.10, why="Uptake curves are sampled by it.", modalities=("MR", "CT")),
    Tolerance(fact="temporal_positions", how="at least", fail=0.0, why="Uptake curves need their length.", modalities=_MR),
    Tolerance(fact="volume_interval", how="about", warn=0.05, fail=0.10, why="Uptake curves are sampled by it; as it was, not as it was announced.", modalities=_MR),
    Tolerance(fact="contrast", how="same", why="With or without contrast agent.", modalities=("MR", "CT", "XA", "RF")),
    Tolerance(fact="contrast_agent", how="same", why="Agents enhance differently; list the others that are in use.", modalities=("MR", "CT", "XA", "RF")),
    Tolerance(fact="contrast_volume", how="about", warn=0.25, fail=0.50, why="Enhancement follows the dose, which follows the weight.", modalities=("MR", "CT")),
    Tolerance(fact="contrast_flow", how="about", warn=0.10, fail=0.25, why="The shape of the bolus.", modalities=("MR", "CT")),
    Tolerance(fact="time_after_injection", how="about", warn=0.15, fail=0.25, least=20, why="Enhancement changes within minutes.", modalities=("MR", "CT")),
    Tolerance(fact="plane", how="same", why="The plane is part of what is read.", modalities=("MR", "CT")),
    Tolerance(fact="obliquity", how="ceiling", least=15, why="More than the anatomy asks for; widen it where planes are angled.", modalities=("MR", "CT")),
    Tolerance(fact="slice_thickness", how="about", warn=0.05, fail=0.10, why="Partial volume and noise follow it.", modalities=_SECTIONS),
    Tolerance(fact="slice_spacing", how="about", warn=0.05, fail=0.10, why="True distance of slices, from their positions.", modalities=_SECTIONS),
    Tolerance(fact="irregular_spacing", how="zero", why="Uneven slices cannot be measured or overlaid.", modalities=_SECTIONS),
    Tolerance(fact="skew", how="about", warn=0.0, fail=0.0, least=1, why="Slices that follow each other askew are a tilted gantry or a table that moved.", modalities=_SECTIONS),
    Tolerance(fact="stacks", how="same", why="Another orientation is another series: a localiser got in.", modalities=_SECTIONS),
    Tolerance(fact="slices", how="at least", fail=0.0, why="Fewer slices cover less; more do no harm.", modalities=_SECTIONS),
    Tolerance(fact="missing_slices", how="zero", why="A hole in the stack is lost anatomy.", modalities=_SECTIONS),
    Tolerance(fact="duplicate_slices", how="zero", why="A slice that comes twice is an error of sending or of reconstruction.", modalities=_SECTIONS),
    Tolerance(fact="coverage", how="coverage", fail=0.05, why="What is not covered cannot be read.", modalities=_SECTIONS),
    Tolerance(fact="field_of_view", how="at least", fail=0.10, why="A smaller field may cut the anatomy.", modalities=_SECTIONS),
    Tolerance(fact="pixel_spacing", how="about", warn=0.05, fail=0.10, why="Resolution and noise follow it."),
    Tolerance(fact="rows", how="about", warn=0.05, fail=0.25, why="Another matrix, or interpolation, which doubles it."),
    Tolerance(fact="columns", how="about", warn=0.05, fail=0.25, why="Another matrix, or interpolation, which doubles it."),
    Tolerance(fact="bits", how="same", why="Grey levels; list what other scanners store."),
    Tolerance(fact="photometric", how="same", why="Inverted images are read the wrong way round."),
    Tolerance(fact="presentation_intent", how="same", why="Images for processing are not for reading.", modalities=_XRAY),
    Tolerance(fact="lossy", how="same", why="Lossy compression changes what is measured."),
    Tolerance(fact="kVp", how="about", warn=0.0, fail=0.05, why="CT numbers and contrast follow it.", modalities=(*_CT, *_XRAY)),
    Tolerance(fact="exposure", how="about", warn=0.25, fail=0.50, why="Noise and dose; automatic exposure follows the patient's size.", modalities=(*_CT, *_XRAY)),
    Tolerance(fact="kernel", how="same", why="Texture, noise and CT numbers or SUV follow it.", modalities=("CT", "PT", "NM")),
    Tolerance(fact="iterative", how="same", why="Noise and texture follow the reconstruction.", modalities=_CT),
    Tolerance(fact="filter", how="same", why="Beam quality; list those of other tubes.", modalities=(*_CT, *_XRAY)),
    Tolerance(fact="rescale_intercept", how="same", why="CT numbers are made with it.", modalities=_CT),
    Tolerance(fact="rescale_slope", how="same", why="CT numbers are made with it.", modalities=_CT),
    Tolerance(fact="reconstruction_diameter", how="about", warn=0.15, fail=0.30, why="Resolution, and what is cut off.", modalities=_CT),
    Tolerance(fact="pitch", how="about", warn=0.05, fail=0.10, why="Noise and artefacts.", modalities=_CT),
    Tolerance(fact="rotation_time", how="about", warn=0.10, fail=0.25, why="Motion.", modalities=_CT),
    Tolerance(fact="collimation", how="about", warn=0.05, fail=0.25, why="Scatter and slice profile.", modalities=_CT),
    Tolerance(fact="gantry_tilt", how="about", warn=0.0, fail=0.0, least=1, why="Tilted and straight stacks do not overlay.", modalities=_CT),
    Tolerance(fact="CTDIvol", how="at most", fail=0.50, why="One patient's dose: put the reference level of the exam here.", modalities=_CT),
    Tolerance(fact="DAP", how="at most", fail=0.50, why="One patient's dose: put the reference level of the exam here.", modalities=_XRAY),
    Tolerance(fact="view", how="same", why="The projection is what is read.", modalities=_XRAY),
    Tolerance(fact="laterality", how="one side", why="The side of the test scan: write [L, R] where both are examined."),
    Tolerance(fact="grid", how="same", why="Scatter.", modalities=_XRAY),
    Tolerance(fact="anode", how="same", why="Beam quality.", modalities=("MG",)),
    Tolerance(fact="exposure_index", how="about", warn=0.60, fail=1.50, why="Noise and dose at the detector; the target depends on the examination (IEC 62494-1).", modalities=_XRAY),
    Tolerance(fact="deviation_index", how="about", warn=0.0, fail=0.0, least=3, why="Beyond 3 the exposure was half or double of what was meant (AAPM report 116).", modalities=_XRAY),
    Tolerance(fact="organ_dose", how="at most", fail=0.50, why="One breast's dose: put the reference level here.", modalities=("MG",)),
    Tolerance(fact="compression_force", how="about", warn=0.40, fail=0.70, why="Thickness, motion and dose.", modalities=("MG",)),
    Tolerance(fact="source_detector", how="about", warn=0.05, fail=0.10, why="Magnification.", modalities=_XRAY),
    Tolerance(fact="injected_activity", how="about", warn=0.10, fail=0.25, why="Noise of the image, and dose; it follows the weight.", modalities=("PT", "NM")),
    Tolerance(fact="uptake_time", how="about", warn=0.085, fail=0.17, why="SUV rises with time: 60 ± 5 min is aimed at, 10 min accepted (EANM).", modalities=("PT", "NM")),
    Tolerance(fact="radiopharmaceutical", how="same", why="What is imaged.", modalities=("PT", "NM")),
    Tolerance(fact="radionuclide", how="same", why="What is imaged.", modalities=("PT", "NM")),
    Tolerance(fact="half_life", how="about", warn=0.0, fail=0.02, why="Decay is corrected by it; it tells the nuclide.", modalities=("PT", "NM")),
    Tolerance(fact="collimator", how="same", why="Resolution and counts.", modalities=("NM",)),
    Tolerance(fact="attenuation_correction", how="same", why="Without it there is no SUV.", modalities=_PT),
    Tolerance(fact="scatter_correction", how="same", why="SUV is too high without it; list what other makers call it.", modalities=_PT),
    Tolerance(fact="reconstruction", how="same", why="Recovery and noise; list what other makers call it.", modalities=_PT),
    Tolerance(fact="units", how="same", why="SUV needs Bq/ml.", modalities=_PT),
    Tolerance(fact="corrections", how="same", why="Without attenuation and decay correction there is no SUV.", modalities=_PT),
    Tolerance(fact="decay_correction", how="same", why="The time that activity is corrected to.", modalities=_PT),
    Tolerance(fact="weight_given", how="same", why="Without the weight there is no SUV.", modalities=_PT),
    Tolerance(fact="frame_duration", how="about", warn=0.10, fail=0.25, why="Noise of the image.", modalities=_PT),
    Tolerance(fact="calibrated", how="same", why="Without a pixel size nothing can be measured.", modalities=_US),
    Tolerance(fact="region_types", how="same", why="Colour or Doppler where tissue was asked for.", modalities=_US),
    Tolerance(fact="transducer", how="same", why="Linear or curved; list those of other machines.", modalities=_US),
    Tolerance(fact="depth", how="about", warn=0.30, fail=0.60, why="Resolution, and what is seen.", modalities=_US),
    Tolerance(fact="mechanical_index", how="ceiling", least=1.9, why="The limit of diagnostic ultrasound.", modalities=_US),
    Tolerance(fact="transducer_frequency", how="about", warn=0.15, fail=0.30, why="Depth and resolution.", modalities=_US),
    Tolerance(fact="frame_time", how="at most", fail=0.25, why="Slower clips miss motion.", modalities=(*_US, "XA", "RF")),
    Tolerance(fact="frames", how="at least", fail=0.50, why="A still does not stand for a clip.", modalities=(*_US, "XA", "RF")),
)  # fmt: skip

TOLERANCES: Mapping[str, Tolerance] = {one.fact: one for one in _ALL}
CONSTANT: tuple[str, ...] = (
    "TE", "TR", "TI", "flip", "bandwidth", "coil", "rows", "columns", "pixel_spacing",
    "slice_thickness", "kVp", "kernel", "units", "radiopharmaceutical", "software", "serial", "model",
    "patient_position", "laterality", "phase_direction", "phase_encoding", "rescale_intercept", "frame_duration",
)  # fmt: skip
"""What may not vary within a series, where it does not in the test scan."""


def tolerances_markdown() -> str:
    """The table for the documentation."""
    lines = ["| fact | asked | why | for |", "|---|---|---|---|"]
    lines += [
        f"| `{t.fact}` | {_asked(t)} | {t.why} | {', '.join(t.modalities) or 'all'} |"
        for t in _ALL
    ]
    return "\n".join(lines) + "\n"


_PLAINLY: Mapping[How, str] = {
    "zero": "0",
    "present": "that it is there",
    "original": "original images",
    "one exam": "the same in all series",
    "one scanner": "as scanned, else it warns; the same in all series",
    "one side": "as scanned, else it warns; the same in all series",
    "same": "the same",
}


def _asked(t: Tolerance) -> str:
    least = f", or {t.least:g} in its unit if that is more" if t.least else ""
    match t.how:
        case "about":
            return f"as scanned; beyond {100 * t.warn:g} % warns, beyond {100 * t.fail:g} % fails{least}"
        case "at most" | "at least":
            return f"{t.how} as scanned" + (
                f", {100 * t.fail:g} % allowed" if t.fail else ""
            )
        case "coverage":
            return f"at least {100 - 100 * t.fail:g} % of what was scanned, along the slices"
        case "ceiling":
            return f"<= {t.least:g} in its unit"
        case "shells":
            return f"the same weightings within {t.least:g} s/mm2, as many volumes"
    return _PLAINLY[t.how] + (", else it warns" if t.fact in _WARN_ONLY else "")
