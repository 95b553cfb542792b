"""An MR exam as Enhanced MR: one object per series, the same pictures."""

from __future__ import annotations

import numpy as np
from pydicom import dcmread
from pydicom.filebase import DicomBytesIO

from provident.synthetic import enhanced
from tests.spec.synthetic.conftest import mri, volume


title = "Enhanced MR"


def test_each_series_becomes_one_object_with_the_same_frames():
    exam = mri("philips")
    merged = enhanced(exam, np.random.default_rng(1))

    assert [int(d.NumberOfFrames) for d in merged] == [16, 16, 20]
    assert {d.SOPClassUID.name for d in merged} == {"Enhanced MR Image Storage"}
    for one, classic in zip(merged, exam.series.values(), strict=True):
        assert np.array_equal(one.pixel_array, volume(classic))


def test_settings_move_into_the_functional_groups():
    _, stir, post = (
        dcmread(DicomBytesIO(content))
        for _, content in enhanced(mri("philips"), np.random.default_rng(1)).files()
    )
    shared = stir.SharedFunctionalGroupsSequence[0]

    assert "EchoTime" not in stir
    assert shared.MREchoSequence[0].EffectiveEchoTime == 70
    assert shared.MRModifierSequence[0].InversionTimes == 150
    assert "ContrastBolusAgentSequence" not in stir
    assert post.ContrastBolusAgentSequence[0].CodeMeaning == "Gadobutrol"
    places = [f.PlanePositionSequence[0].ImagePositionPatient[1] for f in stir.PerFrameFunctionalGroupsSequence]  # fmt: skip
    assert np.allclose(np.diff([float(p) for p in places]), 3.3)


def test_a_screen_copy_stays_a_single_image():
    merged = enhanced(
        mri("philips", faults=["burned_in_text"], roles=["cor_t1"]),
        np.random.default_rng(1),
    )

    assert merged[-1].SOPClassUID.name == "Secondary Capture Image Storage"
