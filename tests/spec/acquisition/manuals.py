"""Manuals for tests, in the plan's own wording."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from provident.acquisition import Manual, compile_manual
from provident.plan.document import read_document
from provident.plan.models.imaging import ImagingManual


@cache
def manual(text: str, first_visit: str | None = None) -> Manual:
    """The manual that a YAML text says."""
    document = read_document("imaging/test.yaml", text.encode())
    assert not document.findings
    return compile_manual(
        ImagingManual.model_validate(document.value), first_visit=first_visit
    )


def example(shared: Path, name: str) -> Manual:
    """A manual of the example plan."""
    text = (shared / "examples/arthritis/imaging" / name).read_text()
    return manual(text, first_visit="baseline")


# The example's manual for a block of 12 slices, so that tests are quick, and with more rules.
HANDS = """
exam: hands_mri
modality: MR
manual: "3.1"
strictness: research
minutes: 35
series:
  cor_t1:
    match: {description: "~t1.*cor|cor.*t1", plane: coronal, contrast: false}
    count: 1
    require:
      TR: 400..700 ms
      TE: {target: 12 ms, warn: 3 ms, fail: 5 ms}
      slice_thickness: 3 ± 0.2 mm
      slice_gap: <= 0.3 mm
      slices: 12
      coverage: {along: AP, at_least: 35 mm}
      field_of_view: {at_least: 180 mm}
      pixel_spacing: <= 0.85 mm
      missing_slices: 0
      duplicate_slices: 0
      bandwidth: 150..250 Hz/px
      obliquity: <= 15 deg
      constant: [TE, TR, flip, rows]
  cor_stir:
    match: {description: "~stir", plane: coronal}
    count: 1
    require: {TE: {target: 70 ms, warn: 5 ms, fail: 10 ms}, TI: {by: field, 1.5 T: 150 ± 10 ms, 3 T: 220 ± 10 ms}, missing_slices: 0, coil: "~hand"}
  ax_t1_post:
    match: {description: "~t1.*(ax|tra)", contrast: true}
    count: 1
    at: [baseline, week24, week52]
    require: {time_after_injection: 3..6 min, missing_slices: 0}
same_as_baseline: [field, coil, cor_t1.TE, cor_stir.TE]
vendor:
  GE MEDICAL SYSTEMS: {cor_stir: {require: {TE: {target: 68 ms, warn: 5 ms, fail: 10 ms}}}}
severity: {cor_t1.coverage: critical, default: major}
owner: radiographer
on_repeat: latest_complete
recall: {within: visit window, advised_by: physicist, decided_by: investigator}
"""

DWI = """
exam: bowel_mri
modality: MR
manual: "2"
minutes: 20
series:
  dwi:
    match: {any: [{b_max: ">= 400 s/mm2"}, {description: "~dwi|diff"}]}
    require:
      TR: ">= 2500 ms"
      TE: 70 ± 5 ms
      b_values: {shells: [50 s/mm2, 400 s/mm2, 800 s/mm2], within: 25 s/mm2, volumes: {800 s/mm2: 3}}
      incomplete_volumes: 0
      missing_slices: 0
      slice_spacing: 3.2 ± 0.1 mm
      plane: coronal
"""

CHEST = """
exam: chest_ct
modality: CT
manual: "1"
minutes: 10
series:
  thin:
    match: {description: "~thin"}
    require: {kVp: [100 kV, 120 kV], exposure: 50..150 mAs, kernel: STANDARD, slice_thickness: <= 1.25 mm, slice_spacing: <= 1.3 mm, missing_slices: 0, duplicate_slices: 0, CTDIvol: <= 8 mGy, pixel_spacing: <= 0.8 mm, constant: [kVp, slice_thickness], coverage: {along: FH, at_least: 25 mm}}
"""

PET = """
exam: fdg_pet
modality: PT
manual: "1"
minutes: 30
series:
  whole:
    match: {description: "~PET"}
    require: {injected_activity: 200..300 MBq, uptake_time: 60 ± 10 min, units: BQML, corrections: ~ATTN, decay_correction: START, weight_given: true, radiopharmaceutical: FDG, missing_slices: 0}
"""

HANDS_XRAY = """
exam: hands_xray
modality: [DX, CR]
manual: "3.1"
strictness: pragmatic
minutes: 10
series:
  pa_both: {match: {view: PA}, count: 1..2, require: {pixel_spacing: <= 0.2 mm, laterality: present, DAP: <= 0.05 Gy.cm2, kVp: 50..60 kV, exposure: 2..6 mAs}}
severity: {default: major}
"""

JOINTS = """
exam: joints_us
modality: US
manual: "3.1"
strictness: pragmatic
minutes: 30
series:
  clips: {match: {frames: "> 1"}, count: ">= 1", or: {still: with reason}, require: {calibrated: true, transducer_frequency: ">= 10 MHz", frame_time: <= 50 ms}}
"""
