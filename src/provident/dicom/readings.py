"""Which element each fact is read from: tables, one for each kind of image.

Where a fact has several rows, the first that holds a value is taken.
Scales turn DICOM's unit of the element (PS3.3) into the registry's.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from pydicom.datadict import keyword_for_tag
from pydicom.tag import BaseTag


How = Literal["number", "numbers", "text", "joined", "code", "pair"]


@dataclass(frozen=True, slots=True)
class Reading:
    """One element that holds a fact."""

    fact: str
    tag: int
    how: How = "number"
    scale: float = 1.0
    creator: str = (
        ""  # of a private element, whose tag then is group and offset (gggg,00ee)
    )
    vr: str = ""
    makers: tuple[str, ...] = ()

    source: str = field(init=False)
    """The element as people write it: `(0018,0081) EchoTime`."""

    def __post_init__(self) -> None:
        # pydicom looks up its own kind of tag in half the time.
        object.__setattr__(self, "tag", BaseTag(self.tag))
        object.__setattr__(self, "source", self._source())

    def _source(self) -> str:
        group, element = self.tag >> 16, self.tag & 0xFFFF
        if self.creator:
            return f"({group:04X},xx{element:02X}) {self.creator}"
        return f"({group:04X},{element:04X}) {keyword_for_tag(self.tag)}".rstrip()


def _texts(**tags: int) -> list[Reading]:
    return [Reading(fact, tag, "joined") for fact, tag in tags.items()]


def _numbers(**tags: int) -> list[Reading]:
    return [Reading(fact, tag) for fact, tag in tags.items()]


COMMON = [
    *_texts(
        modality=0x00080060,
        description=0x0008103E,
        protocol=0x00181030,
        image_type=0x00080008,
        body_part=0x00180015,
        laterality=0x00200060,
        patient_position=0x00185100,
        timepoint=0x00120050,
        make=0x00080070,
        model=0x00081090,
        serial=0x00181000,
        station=0x00081010,
        software=0x00181020,
        photometric=0x00280004,
        presentation_intent=0x00080068,
        burned_in=0x00280301,
    ),
    Reading("laterality", 0x00200062, "joined"),
    Reading("laterality", 0x00209072, "joined"),
    Reading("body_part", 0x00082218, "code"),
    *_numbers(
        series_number=0x00200011,
        rows=0x00280010,
        columns=0x00280011,
        bits=0x00280101,
    ),
    Reading("pixel_spacing", 0x00280030, "pair"),
    Reading("pixel_spacing", 0x00181164, "pair"),
]

SLICES = _numbers(slice_thickness=0x00180050, nominal_spacing=0x00180088)

CONTRAST = [
    Reading("contrast_agent", 0x00180010, "joined"),
    Reading("contrast_agent", 0x00180012, "code"),
    *_numbers(contrast_volume=0x00181041, contrast_flow=0x00181046),
]

MR = [
    Reading("field", 0x00180087),
    Reading("TR", 0x00180080),
    Reading("TE", 0x00180081),
    Reading("TE", 0x00189082),
    Reading("TI", 0x00180082),
    Reading("TI", 0x00189079, "numbers"),
    Reading("flip", 0x00181314),
    Reading("echo_train", 0x00180091),
    Reading("echo_train", 0x00189240),
    Reading("echo_train", 0x00189241),
    *_numbers(
        averages=0x00180083,
        bandwidth=0x00180095,
        phase_steps=0x00180089,
        percent_sampling=0x00180093,
        percent_phase_fov=0x00180094,
        imaging_frequency=0x00180084,
        trigger_time=0x00181060,
        acquisition_duration=0x00189073,
        temporal_resolution=0x00200110,
    ),
    Reading("temporal_positions", 0x00200105),
    Reading("phase_steps", 0x00189231),
    Reading("imaging_frequency", 0x00189098),
    Reading("trigger_time", 0x00209153),
    Reading("phase_encoding", 0x00181312, "text"),
    Reading("acceleration", 0x00189069),
    Reading("acceleration", 0x00430083, creator="GEMS_PARM_01", vr="DS", makers=("GE",)),
    *_texts(
        sequence_name=0x00180024,
        acquisition_type=0x00180023,
        scanning_sequence=0x00180020,
        sequence_variant=0x00180021,
        scan_options=0x00180022,
        nucleus=0x00180085,
        coil=0x00181250,
        transmit_coil=0x00181251,
        fat_sat=0x00189025,
    ),
    Reading("sequence_name", 0x00189005, "joined"),
    Reading("sequence_name", 0x0019009C, "joined", creator="GEMS_ACQU_01", makers=("GE",)),
    Reading("nucleus", 0x00189100, "joined"),
    Reading("coil", 0x00189041, "joined"),
    Reading("coil", 0x00430081, "joined", creator="GEMS_PARM_01", makers=("GE",)),
    Reading("coil", 0x0051000F, "joined", creator="SIEMENS MR HEADER", makers=("SIEMENS",)),
    Reading("coil", 0x0021004F, "joined", creator="SIEMENS MR SDI 02", makers=("SIEMENS",)),
    Reading("transmit_coil", 0x00189051, "joined"),
    *SLICES,
    *CONTRAST,
]  # fmt: skip

XRAY = [
    Reading("kVp", 0x00180060),
    Reading("tube_current", 0x00189330),
    Reading("tube_current", 0x00188151, scale=1e-3),
    Reading("tube_current", 0x00181151),
    Reading("exposure", 0x00189332),
    Reading("exposure", 0x00181153, scale=1e-3),
    Reading("exposure", 0x00181152),
    Reading("exposure_time", 0x00189328),
    Reading("exposure_time", 0x00188150, scale=1e-3),
    Reading("exposure_time", 0x00181150),
    Reading("DAP", 0x0018115E, scale=0.1),
    Reading("entrance_dose", 0x00408302),
    Reading("entrance_dose", 0x00400302, scale=100.0),
    Reading("organ_dose", 0x00400316, scale=100.0),
    Reading("view", 0x00185101, "text"),
    Reading("view", 0x00540220, "code"),
    Reading("filter", 0x00187050, "joined"),
    Reading("filter", 0x00181160, "joined"),
    Reading("grid", 0x00181166, "joined"),
    Reading("anode", 0x00181191, "joined"),
    *_numbers(
        source_detector=0x00181110,
        source_patient=0x00181111,
        exposure_index=0x00181411,
        target_exposure_index=0x00181412,
        deviation_index=0x00181413,
        compression_force=0x001811A2,
        breast_thickness=0x001811A0,
    ),
]

CT = [
    *XRAY,
    *SLICES,
    *CONTRAST,
    *_numbers(
        CTDIvol=0x00189345,
        gantry_tilt=0x00181120,
        pitch=0x00189311,
        collimation=0x00189307,
        rotation_time=0x00189305,
        reconstruction_diameter=0x00181100,
        rescale_intercept=0x00281052,
        rescale_slope=0x00281053,
    ),
    Reading("kernel", 0x00181210, "joined"),
    Reading("iterative", 0x00189315, "joined"),
]

NUCLEAR = [
    *SLICES,
    Reading("radiopharmaceutical", 0x00180031, "text"),
    Reading("radiopharmaceutical", 0x00540304, "code"),
    Reading("radionuclide", 0x00540300, "code"),
    Reading("injected_activity", 0x00181074),
    Reading("half_life", 0x00181075),
    Reading("frame_duration", 0x00181242, scale=1e-3),
    Reading("reconstruction_diameter", 0x00181100),
    *_texts(
        units=0x00541001,
        corrections=0x00280051,
        decay_correction=0x00541102,
        attenuation_correction=0x00541101,
        scatter_correction=0x00541105,
        reconstruction=0x00541103,
        collimator=0x00181181,
        kernel=0x00181210,
    ),
]

ULTRASOUND = [
    Reading("frame_time", 0x00181063),
    Reading("depth", 0x00185050),
    Reading("mechanical_index", 0x00185022),
    Reading("thermal_index", 0x00185027),
    Reading("thermal_index", 0x00185024),
    Reading("transducer", 0x00186031, "joined"),
    Reading("transducer", 0x00185010, "joined"),
]

BY_MODALITY: dict[str, list[Reading]] = {
    "MR": MR,
    "CT": CT,
    "DX": XRAY,
    "CR": XRAY,
    "MG": XRAY,
    "XA": [*XRAY, *CONTRAST, Reading("frame_time", 0x00181063)],
    "RF": [*XRAY, *CONTRAST, Reading("frame_time", 0x00181063)],
    "PT": NUCLEAR,
    "NM": NUCLEAR,
    "US": ULTRASOUND,
}


def readings(modality: str) -> list[Reading]:
    """The rows for one kind of image."""
    return [*COMMON, *BY_MODALITY.get(modality, SLICES)]
