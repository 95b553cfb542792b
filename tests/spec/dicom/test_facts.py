"""What headers say of a series: values, units, sources, and reasons where there is nothing."""

from __future__ import annotations

import random  # noqa: TID251  # seeded, to shuffle files
from copy import deepcopy

import pytest
from pydicom.sequence import Sequence

from provident.dicom import FACTS, SeriesFacts
from tests.spec.acquisition import scans


def one(images) -> SeriesFacts:
    (found,) = scans.arrived(images)
    return found


def test_a_fact_says_its_value_its_unit_and_where_it_comes_from():
    fact = one(scans.mr("stir", study="1.2.3"))

    assert fact.facts["TE"].as_json() == {
        "value": 12,
        "unit": "ms",
        "source": "(0018,0081) EchoTime",
        "derivation": "as written",
    }


def test_a_value_that_varies_is_a_list_with_the_images_of_each():
    images = scans.mr("stir", study="1.2.3")
    images[3].EchoTime = 95

    fact = one(images).facts["TE"]

    assert (fact.value, fact.counts, fact.varies) == ((12, 95), (11, 1), True)


def test_a_fact_that_is_not_there_has_a_reason():
    images = scans.mr("stir", study="1.2.3")
    for image in images:
        del image.EchoTime

    found = one(images)

    assert "TE" not in found.facts
    assert found.absent["TE"] == "the header has no (0018,0081) EchoTime"


def test_a_fact_that_some_images_do_not_say_counts_them():
    images = scans.mr("stir", study="1.2.3")
    del images[0].EchoTime

    assert one(images).facts["TE"].unread == 1


def test_facts_survive_being_stored():
    images = scans.mr("stir", study="1.2.3")
    images[3].EchoTime = 95
    images[4].PixelSpacing = [0.8, 0.9]
    found = one(images)

    assert SeriesFacts.from_json(found.as_json()) == found


def test_units_are_those_of_the_registry():
    for series in scans.arrived(
        scans.dwi("ge"), scans.ct(), scans.pet(), scans.radiograph(), scans.clip()
    ):
        assert {name: f.unit for name, f in series.facts.items()} == {
            name: FACTS[name].unit for name in series.facts
        }


def test_the_order_of_files_makes_no_difference():
    images = scans.dwi("philips")
    shuffled = images[:]
    random.Random(4).shuffle(shuffled)  # noqa: S311  # no secret

    assert one(images) == one(shuffled)


def test_an_instance_that_comes_twice_counts_once():
    images = scans.mr("stir", study="1.2.3")

    assert one([*images, *deepcopy(images)]) == one(images)


def test_an_enhanced_image_says_what_its_classic_form_says():
    images = scans.mr("stir", study="1.2.3", InversionTime=220)
    classic, enhanced = one(images), one(scans.enhanced(images))

    same = (
        "TE", "TR", "TI", "flip", "echo_train", "field", "coil", "bandwidth", "slice_thickness", "slice_spacing",
        "slice_gap", "missing_slices", "slices", "plane", "obliquity", "pixel_spacing", "field_of_view", "coverage",
        "volumes", "duplicate_slices", "incomplete_volumes",
    )  # fmt: skip
    assert {f: enhanced.value(f) for f in same} == {f: classic.value(f) for f in same}
    assert (enhanced.files, enhanced.frames) == (1, 12)


@pytest.mark.parametrize(
    "maker", ["siemens", "ge", "philips", "uih", "canon", "standard"]
)
def test_b_values_are_read_from_each_makers_own_elements(maker):
    images = scans.dwi("siemens" if maker == "standard" else maker)
    if maker == "standard":
        for image in images:
            b = image[0x0019, 0x100C].value
            del image[0x0019, 0x100C]
            image.DiffusionBValue = float(b)

    found = one(images)

    assert (found.facts["b_values"].value, found.facts["b_values"].counts) == (
        (50, 400, 800),
        (1, 3, 3),
    )
    assert (found.value("b_max"), found.value("volumes"), found.value("slices")) == (
        800,
        7,
        6,
    )


def test_b_values_are_read_from_an_enhanced_image():
    images = scans.dwi("siemens")
    for image in images:
        image.DiffusionBValue = float(image[0x0019, 0x100C].value)

    assert one(scans.enhanced(images)).facts["b_values"].counts == (1, 3, 3)


def test_a_b_value_of_zero_that_a_maker_writes_everywhere_is_no_diffusion():
    images = scans.dwi("ge", shells=[(0, 3)])

    assert "b_values" not in one(images).facts


def test_a_private_block_may_lie_anywhere_in_its_group():
    """PS3.5 7.8.1: the creator's element says which block it has, not the element's number."""
    images = scans.dwi("siemens")
    for image in images:
        b = image[0x0019, 0x100C].value
        del image[0x0019, 0x100C]
        image[0x0019, 0x0010].value = "SOMEBODY ELSE"
        image.add_new(0x00190011, "LO", "SIEMENS MR HEADER")
        image.add_new(0x0019110C, "IS", b)

    assert one(images).facts["b_values"].value == (50, 400, 800)


MOSAIC = {
    "slices": 9,
    "slice_spacing": 4.0,
    "missing_slices": 0,
    "rows": 64,
    "columns": 64,
    "volumes": 2,
    "plane": "axial",
}


def mosaic() -> list:
    images = scans.mr(
        "bold",
        "axial",
        study="1.2.3",
        slices=2,
        spacing=4.0,
        ImageType=["ORIGINAL", "PRIMARY", "M", "MOSAIC"],
    )
    for i, image in enumerate(images):
        image.Rows = image.Columns = 192
        image.PixelSpacing = [3, 3]
        image.ImagePositionPatient = [-288, -288, 10]
        image.AcquisitionTime = f"10150{i}"
        block = image.private_block(0x19, "SIEMENS MR HEADER", create=True)
        block.add_new(0x0A, "US", 9)
    return images


def test_a_mosaic_is_taken_apart():
    found = one(mosaic())

    assert {name: found.value(name) for name in MOSAIC} == MOSAIC
    assert found.value("coverage") == {
        "LR": 192.0,
        "AP": 192.0,
        "FH": 35.0,
        "slices": 35.0,
    }


def test_time_points_are_counted_not_believed():
    images = [
        i
        for t in range(3)
        for i in scans.mr(
            "dyn", study="1.2.3", slices=4, TemporalPositionIdentifier=t + 1
        )
    ]
    for image in images:
        image.SeriesInstanceUID, image.NumberOfTemporalPositions = "1.2.3.4", 5

    found = one(images)

    assert (
        found.value("temporal_positions"),
        found.value("volumes"),
        found.value("duplicate_slices"),
    ) == (3, 3, 0)


def test_time_points_that_no_image_numbers_are_those_that_the_header_announces():
    assert (
        one(scans.mr("x", study="1.2.3", NumberOfTemporalPositions=5)).value(
            "temporal_positions"
        )
        == 5
    )


GE_PHASE = [("LINEAR", "RL"), ("REVERSE_LINEAR", "LR"), (None, None)]


@pytest.mark.parametrize(("order", "expected"), GE_PHASE)
def test_the_direction_of_phase_encoding_is_told_where_the_maker_says_it(
    order, expected
):
    images = scans.mr(
        "epi", study="1.2.3", maker="ge", RectilinearPhaseEncodeReordering=order
    )

    assert one(images).value("phase_direction") == expected


def test_a_localizer_has_three_planes():
    images = [
        image
        for plane in ("axial", "coronal", "sagittal")
        for image in scans.mr("loc", plane, study="1.2.3", slices=3)
    ]
    for image in images:
        image.SeriesInstanceUID = "1.2.3.4"

    found = one(images)

    assert (found.value("stacks"), set(found.facts["plane"].values())) == (
        3,
        {"axial", "coronal", "sagittal"},
    )
    assert "several orientations" in found.absent["coverage"]


def test_time_after_injection_is_that_of_the_first_image_and_passes_midnight():
    images = scans.mr(
        "post", study="1.2.3", ContrastBolusAgent="x", ContrastBolusStartTime="235800"
    )
    for i, image in enumerate(images):
        image.AcquisitionTime = f"0002{i:02}"

    found = one(images)

    assert (found.value("contrast"), found.value("time_after_injection")) == (True, 240)


def test_the_scanner_says_how_many_slices_it_planned():
    images = scans.mr("stir", study="1.2.3", maker="ge")
    for image in images:
        image.private_block(0x21, "GEMS_RELA_01", create=True).add_new(0x4F, "SS", 14)

    fact = one(images).facts["missing_slices"]

    assert (fact.value, fact.derivation) == (
        2,
        "the scanner planned 14 slices, 12 are here",
    )


RADIOGRAPH = {
    "view": "PA",
    "laterality": "B",
    "pixel_spacing": 0.143,
    "kVp": 55,
    "exposure": 4,
    "DAP": 0.015,
}


def test_a_radiograph_says_its_dose_in_the_registrys_unit():
    found = one(scans.radiograph())

    assert {name: found.value(name) for name in RADIOGRAPH} == RADIOGRAPH
    assert found.facts["DAP"].unit == "Gy.cm2"


def test_the_view_of_a_mammogram_is_read_from_its_code():
    code = scans.header(scans.DX, "MG", "ge", "1")
    code.CodeMeaning = "cranio-caudal"
    images = scans.radiograph(
        Modality="MG",
        ViewPosition=None,
        ViewCodeSequence=Sequence([code]),
        OrganDose=0.012,
    )

    found = one(images)

    assert (found.value("view"), found.value("organ_dose")) == (
        "CC",
        pytest.approx(1.2),
    )


PET = {
    "injected_activity": 250,
    "uptake_time": 60,
    "radiopharmaceutical": "FDG",
    "half_life": 6586.2,
    "weight_given": True,
    "units": "BQML",
}


def test_a_pet_says_its_injection():
    found = one(scans.pet())

    assert {name: found.value(name) for name in PET} == PET


def test_the_weight_itself_is_not_kept():
    images = scans.pet()
    for image in images:
        image.PatientWeight = 71.253

    assert "71.253" not in str(one(images).as_json())


CLIP = {
    "frames": 60,
    "regions": 1,
    "calibrated": True,
    "transducer_frequency": 12000,
    "frame_time": 33.3,
    "region_types": "tissue",
}


def test_a_clip_says_its_regions_and_its_speed():
    found = one(scans.clip())

    assert {name: found.value(name) for name in CLIP} == CLIP


def test_clips_and_stills_of_one_series_say_the_longest_clip():
    images = [*scans.clip(), *scans.clip(frames=1)]
    for image in images:
        image.SeriesInstanceUID = "1.2.3.4"
        image.StudyInstanceUID = "1.2.3"

    assert one(images).value("frames") == 60


def test_no_name_of_a_person_is_among_the_facts():
    for series in scans.arrived(
        scans.dwi("ge"), scans.ct(), scans.pet(), scans.radiograph(), scans.clip()
    ):
        assert "SECRET" not in str(series.as_json())


def test_a_field_in_gauss_is_converted():
    assert (
        one(scans.mr("x", study="1", MagneticFieldStrength=15000)).value("field") == 1.5
    )


def test_series_of_several_exams_are_kept_apart():
    found = scans.arrived(scans.mr("x", study="1.2"), scans.mr("x", study="1.3"))

    assert [s.study_uid for s in found] == ["1.2", "1.3"]
