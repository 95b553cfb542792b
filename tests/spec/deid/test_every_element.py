"""Planted in every element that the standard knows: the person never comes through, whatever the element."""

from __future__ import annotations

from io import BytesIO

import pydicom
import pytest
from pydicom._dicom_dict import DicomDictionary
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from provident.deid import Profile, gather, verify
from provident.deid.table import rows
from tests.spec.deid.files import ct_file, data_set, file_of, raw_element, result, run


title = "Every element of the dictionary"

TEXT = frozenset(("PN", "LO", "SH", "ST", "LT", "UT", "UC", "AE", "CS", "UR"))
# What makes the data set itself, or a file that waits by rule.
KEPT_AS_IT_IS = frozenset(
    {0x00080005, 0x00080016, 0x00080018, 0x00420011, 0x00280004, 0x00080060}
)


def tags(*vrs: str) -> list[int]:
    return [
        tag
        for tag, entry in DicomDictionary.items()
        if entry[0] in vrs
        and 0x0008 <= tag >> 16 < 0x7FE0
        and tag not in KEPT_AS_IT_IS
        and tag >> 16 not in (0x5000, 0x6000)
    ]


def planted(value: str, vrs: list[int], *, nested: bool) -> bytes:
    made = data_set(PatientName="Quarrendon^Ottilie", PixelData=None)
    place = Dataset() if nested else made
    for tag in vrs:
        vr = DicomDictionary[tag][0]
        place.add(
            pydicom.DataElement(tag, vr, value, validation_mode=pydicom.config.IGNORE)
        )
    made.PatientName = "Quarrendon^Ottilie"
    if nested:
        made.ReferencedSeriesSequence = Sequence([place])
    return file_of(made)


PROFILES = [
    Profile.basic(),
    Profile(),
    Profile(options=Profile().options | {113109, 113112}),
]


@pytest.mark.parametrize("nested", [False, True])
@pytest.mark.parametrize("profile", PROFILES, ids=["basic", "default", "retaining"])
@pytest.mark.parametrize("value", ["Quarrendon", "QUARRENDON O", "ottie.quarrendon"])
def test_the_person_s_name(value, profile, nested):
    data = planted(value, tags(*TEXT), nested=nested)

    done = run(data, profile)

    assert done.data is not None, done.reason
    kept = retained(profile)
    found = survivors(done.data, "quarrendon") - kept
    assert found == set()


def retained(profile: Profile) -> set[int]:
    """What an option keeps as it is: device and institution identity, by the study's own choice."""
    columns = {113109: "device", 113112: "institution"}
    wanted = {c for o, c in columns.items() if o in profile.options}
    return {tag for tag, row in rows().items() if wanted & set(row.options)}


def survivors(data: bytes, word: str) -> set[int]:
    found: set[int] = set()

    def walk(dataset: Dataset) -> None:
        for element in dataset:
            if element.VR == "SQ":
                for item in element.value:
                    walk(item)
            elif word in str(element.value).lower():
                found.add(int(element.tag))

    walk(pydicom.dcmread(BytesIO(data)))
    return found


@pytest.mark.parametrize("profile", PROFILES[:2], ids=["basic", "default"])
def test_the_name_of_somebody_else_comes_through_in_technical_attributes_at_most(
    profile,
):
    data = planted(
        "Tolliverstone", tags("PN", "ST", "LT", "UT", "UC", "UR"), nested=False
    )
    done = run(data, profile)

    assert done.data is not None
    assert survivors(done.data, "tolliverstone") == set()
    assert all(
        tag not in rows() and "Description" not in DicomDictionary[tag][4]
        for tag in survivors(
            run(planted("Tolliverstone", tags("LO", "SH"), nested=False), profile).data
            or b"",
            "tolliverstone",
        )
    )


@pytest.mark.parametrize("profile", PROFILES[:2], ids=["basic", "default"])
@pytest.mark.parametrize(
    ("vr", "value"), [("DA", "20240315"), ("DT", "20240315101112")]
)
def test_a_date(vr, value, profile):
    done = run(planted(value, tags(vr), nested=True), profile)

    assert done.data is not None
    assert b"20240315" not in done.data


@pytest.mark.parametrize("profile", PROFILES[:2], ids=["basic", "default"])
def test_a_uid(profile):
    instances = [
        t for t in tags("UI") if not DicomDictionary[t][4].endswith("ClassUID")
    ]
    done = run(planted("1.2.826.0.1.99.4711", instances, nested=True), profile)

    assert done.data is not None
    kept = {DicomDictionary[t][4] for t in survivors(done.data, "1.2.826.0.1.99.4711")}
    assert all(
        "TransferSyntax" in k
        or k
        in (
            "CodingSchemeUID",
            "ContextUID",
            "MappingResourceUID",
            "ContextGroupExtensionCreatorUID",
        )
        for k in kept
    )


def test_what_comes_out_passes_verification():
    data = planted("QUARRENDON OTTILIE", tags(*TEXT), nested=True)
    done = run(data)

    assert verify(done.data or b"", identifiers=gather(data), profile=Profile()) == []


@pytest.mark.parametrize(
    ("told", "left"),
    [
        ("101112", "101112"),
        ("101112.5", "101112.5"),
        ("1011", "1011"),
        ("10:11:12", "10:11:12"),
        ("101112.123456", "101112.123456"),
        ("101112\\111213", "101112\\111213"),
        ("20240315", ""),
        ("H7731904", ""),
        ("9434765919", ""),
    ],
)
def test_a_time_stays_when_it_is_one(told, left):
    data = ct_file(AcquisitionTime="000000").replace(
        raw_element(0x00080032, b"TM", b"000000"),
        raw_element(0x00080032, b"TM", told.encode() + b" " * (len(told) % 2)),
    )
    out = result(data)

    assert out.get_item(0x00080032).value.decode().strip() == left


def test_text_that_calls_itself_a_number_is_removed():
    right = raw_element(0x00280100, b"US", b"\x10\x00")
    wrong = raw_element(0x00280100, b"US", b"Quarrendon")
    done = run(ct_file().replace(right, wrong))

    assert done.data is not None
    assert b"Quarrendon" not in done.data
