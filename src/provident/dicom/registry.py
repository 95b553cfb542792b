"""The published registry of facts: their names, units and what they mean.

A name or a unit here is public: it may be added, never changed.
Free of pydicom, so that a plan can be checked without it.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal


Kind = Literal["number", "count", "text", "flag", "axes", "shells"]

AXES = ("LR", "AP", "FH", "slices")
PLANES = ("axial", "coronal", "sagittal", "oblique")


@dataclass(frozen=True, slots=True, kw_only=True)
class FactSpec:
    """One fact that can be known of a series.

    `unit` is that of `provident.plan.quantities`; "" for counts, texts and flags.
    `words` is how a radiographer calls it, at the start of a sentence.
    `also` are names that people try first, for did-you-mean.
    """

    name: str
    kind: Kind
    words: str
    description: str
    group: str
    unit: str = ""
    also: tuple[str, ...] = ()

    @property
    def numeric(self) -> bool:
        """Whether limits and ranges can be asked of it."""
        return self.kind in ("number", "count", "axes", "shells")

    @property
    def verb(self) -> str:
        """`is` or `are`, after `words`."""
        last = self.words.split()[-1]
        return "are" if last.endswith("s") and not last.endswith("ss") else "is"


def _group(
    group: str,
    *rows: tuple[str, Kind, str, str, str] | tuple[str, Kind, str, str, str, str],
) -> list[FactSpec]:
    return [
        FactSpec(
            name=row[0],
            kind=row[1],
            unit=row[2],
            words=row[3],
            description=row[4],
            group=group,
            also=tuple(row[5].split()) if len(row) == 6 else (),
        )
        for row in rows
    ]


_ALL = [
    *_group(
        "What the series is",
        ("modality", "text", "", "Modality", "Kind of acquisition (0008,0060)."),
        ("description", "text", "", "Series description", "What the scanner called the series (0008,103E).", "series_description name"),
        ("protocol", "text", "", "Protocol name", "Protocol on the scanner (0018,1030).", "protocol_name"),
        ("sequence_name", "text", "", "Sequence name", "Pulse sequence (0018,0024 or 0018,9005), GE private (0019,109C).", "pulse_sequence"),
        ("image_type", "text", "", "Image type", "All values of Image Type (0008,0008), joined by a backslash."),
        ("storage", "text", "", "Kind of DICOM object", "Name of the SOP Class (0008,0016).", "sop_class"),
        ("body_part", "text", "", "Body part", "Body part examined (0018,0015), or the region's code meaning.", "anatomy region"),
        ("laterality", "text", "", "Side", "L, R or B: Laterality (0020,0060), Image Laterality (0020,0062) or Frame Laterality (0020,9072); not readable where the first two say different sides.", "side"),
        ("view", "text", "", "View", "View Position (0018,5101) or the view's code (0054,0220), such as PA, AP, LL, CC, MLO.", "view_position projection"),
        ("patient_position", "text", "", "Patient position", "HFS, FFS, HFP and so on (0018,5100).", "position"),
        ("series_number", "count", "", "Series number", "Number of the series in the exam (0020,0011)."),
        ("timepoint", "text", "", "Time point", "Clinical Trial Time Point ID (0012,0050), written at de-identification.", "visit"),
        ("acquired_at", "text", "", "Acquired at", "Earliest acquisition date and time, ISO 8601, as the header has it (shifted when the exam was shifted).", "acquisition_time date"),
        ("acquisition_duration", "number", "s", "Acquisition time", "Duration of the acquisition (0018,9073).", "duration scan_time"),
    ),
    *_group(
        "Scanner",
        ("make", "text", "", "Manufacturer", "Manufacturer (0008,0070), as the header writes it.", "manufacturer vendor"),
        ("model", "text", "", "Scanner model", "Manufacturer's Model Name (0008,1090).", "model_name scanner"),
        ("serial", "text", "", "Serial number", "Device Serial Number (0018,1000).", "serial_number"),
        ("station", "text", "", "Station", "Station Name (0008,1010).", "station_name"),
        ("software", "text", "", "Software", "Software Versions (0018,1020), joined by a backslash.", "software_version software_versions"),
        ("coil", "text", "", "Receive coil", "Receive coil: (0018,1250), (0018,9041), GE private (0043,1081), Siemens private (0051,100F).", "receive_coil"),
        ("transmit_coil", "text", "", "Transmit coil", "Transmit coil: (0018,1251) or (0018,9051)."),
        ("field", "number", "T", "Field strength", "Magnetic Field Strength (0018,0087); a value above 50 is in gauss and is converted.", "field_strength magnetic_field B0"),
    ),
    *_group(
        "MR acquisition",
        ("TR", "number", "ms", "Repetition time", "Repetition Time (0018,0080).", "repetition_time tr"),
        ("TE", "number", "ms", "Echo time", "Echo Time (0018,0081), Effective Echo Time (0018,9082); one value an echo.", "echo_time te"),
        ("TI", "number", "ms", "Inversion time", "Inversion Time (0018,0082) or Inversion Times (0018,9079).", "inversion_time ti"),
        ("flip", "number", "deg", "Flip angle", "Flip Angle (0018,1314).", "flip_angle fa"),
        ("echo_train", "count", "", "Echo train length", "Echo Train Length (0018,0091), RF Echo Train Length (0018,9240) or Gradient (0018,9241).", "echo_train_length ETL turbo_factor"),
        ("echoes", "count", "", "Number of echoes", "Number of different echo times in the series.", "number_of_echoes"),
        ("averages", "number", "", "Averages", "Number of Averages (0018,0083).", "NEX NSA number_of_averages"),
        ("bandwidth", "number", "Hz/px", "Bandwidth", "Pixel Bandwidth (0018,0095).", "pixel_bandwidth"),
        ("phase_encoding", "text", "", "Phase encoding", "ROW or COL (0018,1312); the COLUMN of enhanced images becomes COL.", "phase_encoding_direction"),
        ("phase_axis", "text", "", "Phase encoding axis", "Anatomical axis that the phase encoding lies nearest to: LR, AP or FH."),
        ("phase_direction", "text", "", "Phase encoding direction", "Where phase encoding runs from and to: AP, PA, RL, LR, FH or HF; from Siemens' PhaseEncodingDirectionPositive or (0021,xx1C) of each image, GE's (0018,9034).", "phase_polarity polarity"),
        ("phase_steps", "count", "", "Phase encoding steps", "Number of Phase Encoding Steps (0018,0089 or 0018,9231)."),
        ("percent_sampling", "number", "%", "Percent sampling", "Percent Sampling (0018,0093)."),
        ("percent_phase_fov", "number", "%", "Phase field of view", "Percent Phase Field of View (0018,0094)."),
        ("acceleration", "number", "", "Acceleration", "In-plane parallel reduction factor (0018,9069), GE private (0043,xx83).", "parallel_factor sense grappa"),
        ("acquisition_type", "text", "", "2D or 3D", "MR Acquisition Type (0018,0023).", "mr_acquisition_type"),
        ("scanning_sequence", "text", "", "Scanning sequence", "Scanning Sequence (0018,0020), joined by a backslash.", "sequence"),
        ("sequence_variant", "text", "", "Sequence variant", "Sequence Variant (0018,0021), joined by a backslash."),
        ("scan_options", "text", "", "Scan options", "Scan Options (0018,0022), joined by a backslash."),
        ("fat_sat", "text", "", "Fat suppression", "Spectrally Selected Suppression (0018,9025), or FS / SPIR / SPAIR / FAT among the scan options; NONE otherwise.", "fat_suppression"),
        ("nucleus", "text", "", "Nucleus", "Imaged Nucleus (0018,0085) or Resonant Nucleus (0018,9100)."),
        ("imaging_frequency", "number", "MHz", "Imaging frequency", "Imaging Frequency (0018,0084) or Transmitter Frequency (0018,9098)."),
        ("trigger_time", "number", "ms", "Trigger time", "Trigger Time (0018,1060) or Nominal Cardiac Trigger Delay Time (0020,9153)."),
    ),
    *_group(
        "Diffusion, time and contrast agent",
        ("b_values", "shells", "s/mm2", "b-values", "Diffusion weightings in the series with the number of volumes of each; standard (0018,9087) and private fields of Siemens, GE, Philips, Canon, UIH.", "b bval shells b_value"),
        ("b_max", "number", "s/mm2", "Highest b-value", "Largest diffusion weighting in the series.", "bmax"),
        ("directions", "count", "", "Diffusion directions", "Number of different gradient directions with b above 50 s/mm2.", "gradient_directions"),
        ("volumes", "count", "", "Volumes", "How often each slice position was acquired (time points, echoes, b-values and so on); from positions.", "dynamics repetitions"),
        ("incomplete_volumes", "count", "", "Incomplete volumes", "Volumes in which at least one slice position is missing."),
        ("temporal_positions", "count", "", "Time points", "Number of different temporal positions (0020,0100 or 0020,9128), else Number of Temporal Positions (0020,0105).", "timepoints phases"),
        ("temporal_resolution", "number", "s", "Time between volumes", "Temporal Resolution (0020,0110), or TR of a Siemens mosaic.", "temporal_spacing"),
        ("volume_interval", "number", "s", "Measured time between volumes", "Median time between the first images of neighbouring temporal positions, by their acquisition times; Temporal Resolution is what was announced.", "dynamic_interval"),
        ("contrast", "flag", "", "Contrast agent", "Whether a contrast agent is in the header: agent, volume, start time or (0018,9342) yes.", "contrast_agent_given gadolinium"),
        ("contrast_agent", "text", "", "Contrast agent", "Contrast/Bolus Agent (0018,0010) or (0018,0012).", "agent"),
        ("contrast_volume", "number", "ml", "Contrast volume", "Contrast/Bolus Volume (0018,1041).", "contrast_dose"),
        ("contrast_flow", "number", "ml/s", "Contrast flow rate", "Contrast Flow Rate (0018,1046)."),
        ("time_after_injection", "number", "s", "Time after injection", "Acquisition Time minus Contrast/Bolus Start Time (0018,1042).", "post_contrast_delay delay"),
    ),
    *_group(
        "Geometry",
        ("rows", "count", "", "Rows", "Rows of one image; of one tile in a mosaic.", "matrix"),
        ("columns", "count", "", "Columns", "Columns of one image; of one tile in a mosaic."),
        ("pixel_spacing", "number", "mm", "Pixel spacing", "Pixel Spacing (0028,0030), else Imager Pixel Spacing (0018,1164): between rows, between columns.", "pixel_size resolution voxel"),
        ("slice_thickness", "number", "mm", "Slice thickness", "Slice Thickness (0018,0050).", "thickness"),
        ("slice_spacing", "number", "mm", "Slice spacing", "True distance between neighbouring slices along their normal, from Image Position (0020,0032).", "true_spacing spacing spacing_between_slices"),
        ("slice_gap", "number", "mm", "Slice gap", "True slice spacing minus slice thickness; negative where slices overlap.", "gap"),
        ("nominal_spacing", "number", "mm", "Slice spacing in the header", "Spacing Between Slices (0018,0088), as written; never used in place of the true one."),
        ("slices", "count", "", "Slices", "Different slice positions.", "number_of_slices slice_count"),
        ("missing_slices", "count", "", "Missing slices", "Holes in the regular grid of positions, or fewer slices than the scanner says it made.", "missing"),
        ("duplicate_slices", "count", "", "Duplicate slices", "Images that share position, orientation, volume and instance number or content with another.", "duplicates"),
        ("irregular_spacing", "number", "mm", "Uneven slice spacing", "Largest difference between a slice distance and the usual one, beyond missing slices."),
        ("stacks", "count", "", "Orientations", "Number of different image orientations."),
        ("plane", "text", "", "Plane", "axial, coronal or sagittal: the nearest to the slice normal; oblique beyond 45 degrees.", "orientation"),
        ("obliquity", "number", "deg", "Obliquity", "Angle between the slice normal and the nearest axis of the body.", "oblique max_oblique"),
        ("gantry_tilt", "number", "deg", "Gantry tilt", "Gantry/Detector Tilt (0018,1120).", "tilt"),
        ("skew", "number", "deg", "Stack skew", "Angle between the slice normal and the line through the slice positions."),
        ("coverage", "axes", "mm", "Coverage", "Extent along LR, AP and FH of the block of all slices, thickness included, and along the slice normal (slices).", "extent"),
        ("field_of_view", "number", "mm", "Field of view", "Rows and columns times pixel spacing: down a column, along a row.", "fov FOV"),
        ("images", "count", "", "Images", "Instances in the series.", "number_of_images instances"),
        ("frames", "count", "", "Frames", "Largest Number of Frames (0028,0008) of one instance; 1 when it has none.", "number_of_frames"),
        ("frame_time", "number", "ms", "Frame time", "Frame Time (0018,1063), or from the recommended or cine rate."),
        ("bits", "count", "", "Bits stored", "Bits Stored (0028,0101).", "bits_stored"),
        ("lossy", "flag", "", "Lossy compression", "Lossy Image Compression (0028,2110) or a lossy transfer syntax.", "lossy_compression"),
        ("transfer_syntax", "text", "", "Transfer syntax", "Name of the transfer syntax (0002,0010)."),
        ("photometric", "text", "", "Photometric interpretation", "Photometric Interpretation (0028,0004)."),
        ("presentation_intent", "text", "", "Presentation intent", "FOR PRESENTATION or FOR PROCESSING (0008,0068).", "intent"),
        ("burned_in", "text", "", "Burned-in annotation", "YES or NO (0028,0301), as the header says."),
    ),
    *_group(
        "X-ray",
        ("kVp", "number", "kV", "Tube voltage", "KVP (0018,0060).", "kv tube_voltage"),
        ("tube_current", "number", "mA", "Tube current", "X-Ray Tube Current (0018,1151), (0018,9330) or in uA (0018,8151).", "mA"),
        ("exposure", "number", "mAs", "Exposure", "Exposure (0018,1152), (0018,9332) or in uAs (0018,1153); else current times time.", "mAs"),
        ("exposure_time", "number", "ms", "Exposure time", "Exposure Time (0018,1150), (0018,9328) or in us (0018,8150)."),
        ("DAP", "number", "Gy.cm2", "Dose area product", "Image and Fluoroscopy Area Dose Product (0018,115E), which DICOM states in dGy.cm2.", "KAP dose_area_product dap"),
        ("entrance_dose", "number", "mGy", "Entrance dose", "Entrance Dose in mGy (0040,8302), else Entrance Dose (0040,0302) in dGy."),
        ("organ_dose", "number", "mGy", "Organ dose", "Organ Dose (0040,0316), which DICOM states in dGy.", "AGD mean_glandular_dose"),
        ("CTDIvol", "number", "mGy", "CTDIvol", "CTDIvol (0018,9345), of each image.", "ctdi"),
        ("kernel", "text", "", "Reconstruction kernel", "Convolution Kernel (0018,1210), joined by a backslash.", "convolution_kernel"),
        ("rescale_intercept", "number", "", "Rescale intercept", "Rescale Intercept (0028,1052): what is added to make CT numbers of pixel values.", "intercept"),
        ("rescale_slope", "number", "", "Rescale slope", "Rescale Slope (0028,1053).", "slope"),
        ("pitch", "number", "", "Pitch", "Spiral Pitch Factor (0018,9311)."),
        ("collimation", "number", "mm", "Total collimation", "Total Collimation Width (0018,9307)."),
        ("rotation_time", "number", "s", "Rotation time", "Revolution Time (0018,9305)."),
        ("reconstruction_diameter", "number", "mm", "Reconstruction diameter", "Reconstruction Diameter (0018,1100)."),
        ("iterative", "text", "", "Reconstruction algorithm", "Reconstruction Algorithm (0018,9315)."),
        ("filter", "text", "", "Filter", "Filter Type (0018,1160) or Filter Material (0018,7050)."),
        ("anode", "text", "", "Anode", "Anode Target Material (0018,1191).", "target"),
        ("grid", "text", "", "Grid", "Grid (0018,1166)."),
        ("source_detector", "number", "mm", "Source to detector", "Distance Source to Detector (0018,1110).", "SID FDD"),
        ("source_patient", "number", "mm", "Source to patient", "Distance Source to Patient (0018,1111)."),
        ("exposure_index", "number", "", "Exposure index", "Exposure Index (0018,1411)."),
        ("target_exposure_index", "number", "", "Target exposure index", "Target Exposure Index (0018,1412)."),
        ("deviation_index", "number", "", "Deviation index", "Deviation Index (0018,1413)."),
        ("compression_force", "number", "", "Compression force", "Compression Force (0018,11A2), in newton."),
        ("breast_thickness", "number", "mm", "Compressed breast thickness", "Body Part Thickness (0018,11A0).", "body_part_thickness"),
    ),
    *_group(
        "Nuclear medicine and PET",
        ("radiopharmaceutical", "text", "", "Radiopharmaceutical", "Radiopharmaceutical (0018,0031) or its code (0054,0304).", "tracer"),
        ("radionuclide", "text", "", "Radionuclide", "Meaning of the radionuclide code (0054,0300).", "isotope"),
        ("injected_activity", "number", "MBq", "Injected activity", "Radionuclide Total Dose (0018,1074), which PET states in Bq and NM in MBq.", "injected_dose activity"),
        ("uptake_time", "number", "min", "Uptake time", "Series or acquisition time minus Radiopharmaceutical Start (0018,1078 or 0018,1072)."),
        ("half_life", "number", "s", "Half-life", "Radionuclide Half Life (0018,1075)."),
        ("units", "text", "", "Pixel units", "Units (0054,1001), such as BQML."),
        ("corrections", "text", "", "Corrections", "Corrected Image (0028,0051), joined by a backslash.", "corrected_image"),
        ("decay_correction", "text", "", "Decay correction", "Decay Correction (0054,1102)."),
        ("attenuation_correction", "text", "", "Attenuation correction", "Attenuation Correction Method (0054,1101)."),
        ("scatter_correction", "text", "", "Scatter correction", "Scatter Correction Method (0054,1105)."),
        ("reconstruction", "text", "", "Reconstruction method", "Reconstruction Method (0054,1103)."),
        ("frame_duration", "number", "s", "Frame duration", "Actual Frame Duration (0018,1242)."),
        ("weight_given", "flag", "", "Patient weight given", "Whether Patient's Weight (0010,1030) is there, without which there is no SUV; the weight itself is not kept."),
        ("collimator", "text", "", "Collimator", "Collimator Type (0018,1181), of the first detector (0054,0022) in NM."),
    ),
    *_group(
        "Ultrasound",
        ("regions", "count", "", "Calibrated regions", "Items of the Sequence of Ultrasound Regions (0018,6011).", "us_regions"),
        ("region_types", "text", "", "Kinds of region", "Data types of the regions: tissue, colour flow, spectral Doppler and others, joined by a backslash."),
        ("calibrated", "flag", "", "Calibrated", "Whether a region gives its pixel size (0018,602C and 0018,602E), in cm where it says a unit (0018,6024 and 0018,6026)."),
        ("depth", "number", "mm", "Depth of scan field", "Depth of Scan Field (0018,5050).", "depth_of_scan"),
        ("transducer", "text", "", "Transducer", "Transducer Type (0018,6031) or Transducer Data (0018,5010).", "probe"),
        ("transducer_frequency", "number", "kHz", "Transducer frequency", "Transducer Frequency of the regions (0018,6030), in kHz."),
        ("mechanical_index", "number", "", "Mechanical index", "Mechanical Index (0018,5022)."),
        ("thermal_index", "number", "", "Thermal index", "Soft Tissue Thermal Index (0018,5027) or Bone (0018,5024)."),
    ),
]  # fmt: skip

FACTS: Mapping[str, FactSpec] = MappingProxyType({spec.name: spec for spec in _ALL})


def nearest_fact(name: str) -> str | None:
    """The fact that a person most probably meant, or None."""
    wanted = name.casefold()
    for spec in _ALL:
        if wanted == spec.name.casefold() or wanted in (
            a.casefold() for a in spec.also
        ):
            return spec.name
    words = {a.casefold(): spec.name for spec in _ALL for a in (spec.name, *spec.also)}
    near = difflib.get_close_matches(wanted, words, 1, cutoff=0.7)
    return words[near[0]] if near else None


def reference_markdown() -> str:
    """The registry as a page of the reference."""
    lines = [
        "# Facts",
        "",
        "What Provident knows of a series from its headers alone.",
        "This page is made from the registry by `provident.dicom.reference_markdown()`.",
        "A name and its unit never change; new ones may be added.",
        "",
        "A fact that varies within a series is a list, with the number of images of each value.",
        "A fact that cannot be read is absent, with the reason: a rule on it is then not assessable, and never a pass.",
    ]
    for group in dict.fromkeys(spec.group for spec in _ALL):
        lines += [
            "",
            f"## {group}",
            "",
            "| name | unit | kind | what it is |",
            "|---|---|---|---|",
        ]
        lines += _rows(spec for spec in _ALL if spec.group == group)
    return "\n".join(lines) + "\n"


def _rows(specs: Iterable[FactSpec]) -> list[str]:
    return [
        f"| `{s.name}` | {s.unit} | {s.kind} | {s.description.replace('|', '/')} |"
        for s in specs
    ]
