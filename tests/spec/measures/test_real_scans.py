"""Image measures on the real scans: what each gives, in bands wide enough for another machine."""

from __future__ import annotations

import time
from functools import cache
from pathlib import Path

import pytest

from provident.acquisition.measures import Measure, measure_series
from provident.dicom import Folder, series_facts


pytestmark = [pytest.mark.real, pytest.mark.slow]
title = "Image measures of real scans"

BANDS = [
    ("ct_head_ge_hispeed", "field_of_view_cut", 0, 0),
    ("ct_head_ge_hispeed", "ct_noise", 3.5, 5.5),
    ("ct_head_ge_hispeed", "ct_noise_air", 2, 3.5),
    ("ct_head_ge_hispeed", "ct_air", -1005, -985),
    ("ct_head_ge_hispeed", "slice_jumps", 3, 12),
    ("mr_dwi_philips_classic", "duplicate_images", 0, 0),
    ("mr_dwi_philips_classic", "snr", 8, 15),
    ("mr_dwi_philips_classic", "half_field_ghost", -1, 6),
    ("mr_dwi_philips_classic", "motion_between_volumes", 0.2, 2),
    ("mr_fmri_ge_750_s4", "snr_difference", 10, 25),
    ("mr_fmri_ge_750_s4", "motion_between_volumes", 0.1, 1.5),
    ("mr_fmri_ge_750_s4", "ghosting", 0, 2),
    ("mr_fmri_siemens_skyra", "snr_difference", 150, 280),
    ("mr_fmri_siemens_skyra", "motion_between_volumes", 0, 0.2),
    ("mr_fmri_siemens_skyra", "wrap_around", None, None),
    ("mr_fmri_siemens_skyra", "snr_background", None, None),
    ("mr_dwi_philips_classic", "snr_background", None, None),
    ("ct_phantom_philips_ingenuity", "ct_noise", None, None),
    ("ct_phantom_philips_ingenuity", "duplicate_images", 2, 2),
]


@cache
def measured(folder: Path) -> tuple[list[dict[str, Measure]], float]:
    """The measures of each series of a folder, and CPU seconds for 1,000 images."""
    headers = list(Folder(folder).headers())
    files: dict[str, list[Path]] = {}
    for name, header in headers:
        files.setdefault(str(header.SeriesInstanceUID), []).append(folder / name)
    begun = time.process_time()
    found = [
        {m.name: m for m in measure_series(files[one.uid], one)}
        for one in series_facts(headers)
    ]
    return found, 1000 * (time.process_time() - begun) / len(headers)


@pytest.mark.parametrize(("scan", "name", "low", "high"), BANDS)
def test_each_real_scan_measures_as_listed(shared, scan, name, low, high):
    for series in measured(shared / "data/realscans" / scan)[0]:
        one = series[name]
        if low is None:
            assert one.because, one
        else:
            assert one.value is not None, one
            assert low <= one.value <= high


def test_measuring_takes_less_than_ten_seconds_for_a_thousand_images(shared):
    assert measured(shared / "data/realscans/mr_dwi_philips_classic")[1] < 10
