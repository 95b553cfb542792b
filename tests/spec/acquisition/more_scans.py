"""A second set of exams with their manuals, over more makers and kinds of image, for faults drawn one at a time."""

from __future__ import annotations

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from tests.spec.acquisition import scans


NM, MG, XA = (
    "1.2.840.10008.5.1.4.1.1.20",
    "1.2.840.10008.5.1.4.1.1.1.2",
    "1.2.840.10008.5.1.4.1.1.12.1",
)
Exam = dict[str, list[Dataset]]

KNEE = """
exam: knee_mri
modality: MR
manual: "1.0"
minutes: 25
series:
  sag_pd:
    match: {description: "~pd.*sag", plane: sagittal}
    require:
      TR: 2500..3500 ms
      TE: 30 ± 4 ms
      fat_sat: [FAT_SAT, SPIR, FS, SPAIR]
      coil: "~knee"
      averages: 2
      echo_train: 6..10
      phase_encoding: ROW
      acquisition_type: 2D
      slice_thickness: 3 ± 0.1 mm
      slices: ">= 10"
      missing_slices: 0
      body_part: KNEE
      laterality: [L, R]
      patient_position: FFS
      percent_phase_fov: 100 %
      image_type: ~^ORIGINAL
      bits: 12
      nucleus: 1H
      lossy: no
      constant: [TE, TR, slice_thickness, pixel_spacing, coil]
  cor_t1:
    match: {description: "~t1.*cor", plane: coronal}
    require: {TR: 400..700 ms, TE: 12 ± 2 ms, flip: 90 ± 1 deg, laterality: same as sag_pd, field: 1.5 T, missing_slices: 0, slice_spacing: 3.2 ± 0.1 mm, coil: same as sag_pd, software: present, rows: 256, columns: 256, sequence_variant: SK}
  sag_3d:
    match: {description: "~3d.*sag"}
    require: {acquisition_type: 3D, slice_thickness: <= 0.8 mm, slice_spacing: <= 0.8 mm, coverage: {along: LR, at_least: 8 mm}, slices: 12, duplicate_slices: 0, obliquity: <= 20 deg}
order: [sag_pd, cor_t1, sag_3d]
"""


def knee(maker: str) -> Exam:
    """A knee in three series, one after the other."""
    study = scans.uid()
    common = {
        "study": study, "maker": maker, "MagneticFieldStrength": 1.5, "ReceiveCoilName": "Knee_15", "BodyPartExamined": "KNEE",
        "Laterality": "L", "PatientPosition": "FFS", "PercentPhaseFieldOfView": 100, "ImagedNucleus": "1H",
        "SequenceVariant": "SK", "ScanOptions": "FAT_SAT", "NumberOfAverages": 2,
    }  # fmt: skip
    return {
        "sag_pd": scans.mr("pd_tse_sag", "sagittal", number=1, RepetitionTime=3000, EchoTime=30, EchoTrainLength=8, AcquisitionTime="090000", **common),
        "cor_t1": scans.mr("t1_tse_cor", "coronal", number=2, AcquisitionTime="090500", **common),
        "sag_3d": scans.mr("t2_3d_sag", "sagittal", number=3, spacing=0.7, SliceThickness=0.7, MRAcquisitionType="3D", AcquisitionTime="091000", **common),
    }  # fmt: skip


BRAIN_DWI = """
exam: brain_dwi
modality: MR
manual: "1.0"
minutes: 8
series:
  dwi:
    match: {description: ~dwi}
    require: {b_values: {shells: [0 s/mm2, 1000 s/mm2], within: 20 s/mm2, volumes: {0 s/mm2: 2, 1000 s/mm2: 6}}, directions: ">= 6", TE: 70 ± 3 ms, slices: 6, incomplete_volumes: 0, missing_slices: 0, plane: coronal, constant: [TE, TR, rows, pixel_spacing]}
"""


def dwi(maker: str) -> Exam:
    """Diffusion with two plain volumes and six directions, as the maker writes it."""
    return {"dwi": scans.dwi(maker, shells=((0, 2), (1000, 6)))}


ABDOMEN = """
exam: abdomen_ct
modality: CT
manual: "1.0"
minutes: 10
series:
  portal:
    match: {description: ~chest|portal}
    require:
      kVp: [100 kV, 120 kV]
      kernel: FC18
      pitch: 0.8..1.0
      collimation: 40 mm
      rotation_time: <= 0.6 s
      iterative: ITERATIVE
      gantry_tilt: 0 deg
      slice_thickness: 1.25 mm
      slice_spacing: 1.25 ± 0.01 mm
      slices: 20
      missing_slices: 0
      reconstruction_diameter: 300..400 mm
      patient_position: FFS
      contrast: yes
      contrast_volume: 80..120 ml
      time_after_injection: 60..80 s
      CTDIvol: <= 10 mGy
      plane: axial
      lossy: no
      photometric: MONOCHROME2
      constant: [kVp, kernel, pixel_spacing, slice_thickness]
"""


def abdomen(maker: str) -> Exam:
    """A CT of the portal phase."""
    images = scans.ct()
    make, model = scans.MAKERS[maker]
    for image in images:
        image.Manufacturer, image.ManufacturerModelName = make, model
        image.ConvolutionKernel, image.SpiralPitchFactor = "FC18", 0.9
        image.TotalCollimationWidth, image.RevolutionTime = 40, 0.5
        image.ReconstructionAlgorithm, image.GantryDetectorTilt = "ITERATIVE", 0
        image.ReconstructionDiameter, image.PatientPosition = 350, "FFS"
        image.ContrastBolusAgent, image.ContrastBolusVolume = "iohexol", 100
        image.ContrastBolusStartTime, image.AcquisitionTime = "101350", "101500"
        image.PhotometricInterpretation = "MONOCHROME2"
    return {"portal": images}


TUMOUR_PET = """
exam: tumour_pet
modality: PT
manual: "1.0"
minutes: 30
series:
  whole:
    match: {description: "~PET"}
    require: {injected_activity: 200..300 MBq, uptake_time: 60 ± 10 min, units: BQML, corrections: ~ATTN, scatter_correction: present, reconstruction: ~OSEM|TOF, frame_duration: 120 s, slice_thickness: 3 mm, slices: 10, missing_slices: 0, half_life: 6500..6700 s, rows: 256, weight_given: true, coverage: {along: FH, at_least: 30 mm}}
"""


def pet(maker: str) -> Exam:
    """PET of a whole body."""
    images = scans.pet()
    make, model = scans.MAKERS[maker]
    for image in images:
        image.Manufacturer, image.ManufacturerModelName = make, model
        image.ScatterCorrectionMethod = "Model-based"
        image.ReconstructionMethod = "OSEM3D 4i8s"
        image.ActualFrameDuration = 120000
    return {"whole": images}


LIVER_US = """
exam: liver_us
modality: US
manual: "1.0"
minutes: 20
severity: {default: major}
series:
  clip:
    match: {description: ~joint|liver}
    require: {frames: ">= 50", frame_time: <= 40 ms, calibrated: true, region_types: ~tissue, transducer_frequency: 3..15 MHz, depth: 30..160 mm, mechanical_index: <= 1.9, thermal_index: <= 2, transducer: present, lossy: no}
"""


def liver(maker: str) -> Exam:
    """One ultrasound clip."""
    clip = scans.clip()
    ds = clip[0]
    ds.Manufacturer, ds.ManufacturerModelName = scans.MAKERS[maker]
    ds.DepthOfScanField, ds.MechanicalIndex, ds.SoftTissueThermalIndex = 120, 1.1, 0.4
    ds.TransducerType = "CURVED LINEAR"
    return {"clip": clip}


WRIST_XRAY = """
exam: wrist_xray
modality: DX
manual: "1.0"
minutes: 5
severity: {default: major}
series:
  pa: {match: {view: PA}, require: {laterality: [L, R], kVp: 50..60 kV, exposure: 2..6 mAs, source_detector: 1000 ± 50 mm, grid: NONE, pixel_spacing: <= 0.15 mm, exposure_index: 200..800, deviation_index: -2..2, DAP: <= 0.05 Gy.cm2, body_part: HAND, filter: present, photometric: MONOCHROME2, burned_in: NO}}
"""


def wrist(maker: str) -> Exam:
    """One radiograph."""
    images = scans.radiograph(
        ImageLaterality="L", DistanceSourceToDetector=1000, Grid="NONE", ExposureIndex=400, DeviationIndex=0.1,
        BodyPartExamined="HAND", FilterType="NONE", PhotometricInterpretation="MONOCHROME2", BurnedInAnnotation="NO",
    )  # fmt: skip
    for image in images:
        image.Manufacturer, image.ManufacturerModelName = scans.MAKERS[maker]
    return {"pa": images}


BREAST = """
exam: breast
modality: MG
manual: "1.0"
minutes: 10
severity: {default: major}
series:
  cc: {match: {view: CC}, require: {laterality: [L, R], kVp: 26..32 kV, organ_dose: <= 2.5 mGy, compression_force: 60..200, breast_thickness: 20..90 mm}}
"""


def breast(maker: str) -> Exam:
    """One mammogram."""
    ds = scans.header(MG, "MG", maker, scans.uid())
    ds.SeriesInstanceUID, ds.SeriesNumber, ds.InstanceNumber = scans.uid(), 1, 1
    ds.SeriesDescription, ds.ViewPosition, ds.ImageLaterality = "L CC", "CC", "L"
    ds.KVP, ds.OrganDose, ds.CompressionForce, ds.BodyPartThickness = 29, 0.015, 100, 55
    return {"cc": [ds]}


BONE_NM = """
exam: bone_nm
modality: NM
manual: "1.0"
minutes: 40
severity: {default: major}
series:
  whole: {match: {description: ~bone}, require: {injected_activity: 500..800 MBq, uptake_time: 150..240 min, radiopharmaceutical: ~MDP|HDP, collimator: PARA, weight_given: true, frame_duration: <= 1500 s, frames: 2, rows: 256}}
"""


def bone(maker: str) -> Exam:
    """A bone scan of two frames."""
    ds = scans.header(NM, "NM", maker, scans.uid())
    ds.SeriesInstanceUID, ds.SeriesNumber, ds.InstanceNumber = scans.uid(), 1, 1
    ds.SeriesDescription, ds.NumberOfFrames = "WB bone", 2
    ds.SeriesDate, ds.SeriesTime = "20260302", "121500"
    ds.PatientWeight, ds.ActualFrameDuration = 70, 900000
    injected, detector = Dataset(), Dataset()
    injected.Radiopharmaceutical = "Tc-99m MDP"
    injected.RadiopharmaceuticalStartTime = "091500"
    injected.RadionuclideTotalDose = 600
    detector.CollimatorType = "PARA"
    ds.RadiopharmaceuticalInformationSequence = Sequence([injected])
    ds.DetectorInformationSequence = Sequence([detector])
    return {"whole": [ds]}


ANGIO = """
exam: coronary_xa
modality: XA
manual: "1.0"
minutes: 30
severity: {default: major}
series:
  run: {match: {description: ~coronary}, require: {frames: ">= 40", frame_time: <= 70 ms, kVp: 60..120 kV, DAP: <= 20 Gy.cm2, source_detector: 900..1200 mm, contrast: yes}}
"""


def angio(maker: str) -> Exam:
    """One run of a coronary angiogram."""
    ds = scans.header(XA, "XA", maker, scans.uid())
    ds.SeriesInstanceUID, ds.SeriesNumber, ds.InstanceNumber = scans.uid(), 1, 1
    ds.SeriesDescription, ds.NumberOfFrames, ds.FrameTime = "Left coronary", 60, 66.7
    ds.KVP, ds.XRayTubeCurrent, ds.ExposureTime = 80, 600, 8
    ds.ImageAndFluoroscopyAreaDoseProduct = 50  # dGy.cm2
    ds.DistanceSourceToDetector, ds.ContrastBolusAgent = 1000, "iohexol"
    return {"run": [ds]}
