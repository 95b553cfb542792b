"""What pixels mean: SUV by body weight and ADC, known from the header or not at all."""

from __future__ import annotations

import numpy as np
import pytest
from pydicom import Dataset

from provident.adapters import measured_images
from provident.dicom.pixel_meaning import meaning


title = "SUV and ADC from the header"


def pet(**changes):
    ds, injected = Dataset(), Dataset()
    injected.RadionuclideTotalDose, injected.RadionuclideHalfLife = 300e6, 6586.2
    injected.RadiopharmaceuticalStartTime = "100000"
    ds.Modality, ds.Units, ds.DecayCorrection = "PT", "BQML", "START"
    ds.CorrectedImage, ds.PatientWeight = ["ATTN", "DECY"], 70
    ds.SeriesTime, ds.AcquisitionTime = "110000", "110500"
    ds.RadiopharmaceuticalInformationSequence = [injected]
    for name, value in changes.items():
        setattr(ds, name, value)
    return ds


def test_suv_is_weight_over_the_dose_that_is_left_when_the_scan_begins():
    left = 300e6 * 2 ** (-3600 / 6586.2)

    assert meaning(pet()).factor == pytest.approx(70_000 / left)


def test_a_dose_that_is_corrected_to_the_injection_is_whole():
    assert meaning(pet(DecayCorrection="ADMIN")).factor == pytest.approx(70_000 / 300e6)


@pytest.mark.parametrize(
    "changes",
    [
        {"PatientWeight": None},
        {"CorrectedImage": ["DECY"]},
        {"DecayCorrection": "NONE"},
        {"Units": "CNTS"},
        {"SeriesTime": "120000"},  # saved again after its own acquisition
        {"RadiopharmaceuticalInformationSequence": []},
    ],
)
def test_without_what_it_needs_there_is_no_suv(changes):
    assert meaning(pet(**changes)) is None


def test_philips_gives_its_own_factor():
    ds = pet(Units="CNTS")
    ds.add_new(0x70530010, "LO", "Philips PET Private Group")
    ds.add_new(0x70531000, "DS", "0.0005")

    assert meaning(ds).factor == 0.0005


def adc(**changes):
    ds = Dataset()
    ds.Modality, ds.ImageType = "MR", ["DERIVED", "PRIMARY", "ADC"]
    for name, value in changes.items():
        setattr(ds, name, value)
    return ds


@pytest.mark.parametrize(
    ("changes", "factor"),
    [
        ({"Manufacturer": "SIEMENS"}, 1e-6),
        ({"Manufacturer": "GE MEDICAL SYSTEMS"}, 1e-6),
        ({"RescaleType": "10-3 mm2/s"}, 1e-3),
        ({"Manufacturer": "Philips"}, None),
        ({"Manufacturer": "SIEMENS", "RescaleSlope": "2"}, None),
        ({"Manufacturer": "SIEMENS", "ImageType": ["ORIGINAL"]}, None),
    ],
)
def test_adc_has_the_unit_that_the_header_or_the_maker_says(changes, factor):
    found = meaning(adc(**changes))

    assert (found.factor if found else None) == factor


def test_a_real_world_value_mapping_counts_from_the_stored_values():
    item, unit = Dataset(), Dataset()
    unit.CodeValue, unit.CodingSchemeDesignator = "um2/s", "UCUM"
    item.RealWorldValueSlope, item.RealWorldValueIntercept = 2.0, 0.0
    item.MeasurementUnitsCodeSequence = [unit]
    ds = adc(RescaleSlope="4", RealWorldValueMappingSequence=[item])

    assert meaning(ds).factor == pytest.approx(0.5e-6)


def image(**changes):
    ds = Dataset()
    ds.SOPClassUID = "1.2.840.10008.5.1.4.1.1.1"
    ds.Rows = ds.Columns = 4
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 16, 15, 0
    ds.PixelData = np.arange(16, dtype="<u2").tobytes()
    from pydicom.dataset import FileMetaDataset

    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.1"
    for name, value in changes.items():
        setattr(ds, name, value)
    return ds


@pytest.mark.parametrize(
    ("changes", "spacing"),
    [
        ({}, None),
        ({"PixelSpacing": [2, 1]}, (1, 2)),
        ({"ImagerPixelSpacing": [0.2, 0.2]}, (0.2, 0.2)),
        ({"ImagerPixelSpacing": [0.2, 0.2], "EstimatedRadiographicMagnificationFactor": 2}, (0.1, 0.1)),
        ({"ImagerPixelSpacing": [0.2, 0.2], "PixelSpacing": [0.2, 0.2], "EstimatedRadiographicMagnificationFactor": 2}, (0.1, 0.1)),
        ({"ImagerPixelSpacing": [0.2, 0.2], "PixelSpacing": [0.15, 0.15]}, (0.15, 0.15)),
    ],
)  # fmt: skip
def test_a_projection_has_the_spacing_that_the_reading_room_uses(changes, spacing):
    assert measured_images.raster(image(**changes)).spacing == spacing


def test_an_ultrasound_image_has_a_scale_within_a_region_alone():
    region = Dataset()
    region.RegionLocationMinX0, region.RegionLocationMinY0 = 0, 0
    region.RegionLocationMaxX1, region.RegionLocationMaxY1 = 1, 3
    region.PhysicalUnitsXDirection = region.PhysicalUnitsYDirection = 3
    region.PhysicalDeltaX = region.PhysicalDeltaY = 0.05
    found = measured_images.raster(image(SequenceOfUltrasoundRegions=[region]))

    assert found.spacing_at([(0, 0), (1.5, 3)]) == (0.5, 0.5)
    assert found.spacing_at([(0, 0), (3.5, 3)]) is None


def test_pixels_are_rescaled():
    found = measured_images.raster(image(RescaleSlope=2, RescaleIntercept=-5))

    assert found.pixels[0].tolist() == [-5, -3, -1, 1]
