"""Private elements: removed unless a rule names them by creator, group and element."""

from __future__ import annotations

import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian

from provident.deid import PrivateRule, Profile
from tests.spec.deid.files import data_set, file_of, result, run


title = "Private elements"


def with_private(creator, group, element, vr, value, **attributes):
    made = data_set(**attributes)
    made.private_block(group, creator, create=True).add_new(element, vr, value)
    return made


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ImplicitVRLittleEndian])
def test_a_safe_element_of_the_standard_stays_with_its_creator(syntax):
    made = with_private("SIEMENS MR HEADER", 0x0019, 0x0C, "IS", "800")

    out = result(file_of(made, syntax))

    assert out[0x00190010].value == "SIEMENS MR HEADER"
    assert str(int(out[0x0019100C].value)) == "800"


@pytest.mark.parametrize(
    ("creator", "group", "element", "vr", "value"),
    [
        ("WARD PACS", 0x0011, 0x01, "LO", "Quarrendon, Ottilie"),  # unknown creator
        ("SIEMENS MR HEADER", 0x0019, 0x99, "LO", "Quarrendon"),  # unknown element
        ("WARD PACS", 0x0019, 0x0C, "IS", "800"),  # a safe place, but another creator
        ("SIEMENS CSA HEADER", 0x0029, 0x10, "OB", b"SV10 PatientName Quarrendon"),
        (
            "SIEMENS MR HEADER",
            0x0019,
            0x0C,
            "OB",
            b"Quarrendon",
        ),  # not the VR that is known
        ("SIEMENS MR HEADER", 0x0019, 0x0C, "PN", "Quarrendon^O"),
    ],
)
def test_all_else_is_removed_with_its_creator(creator, group, element, vr, value):
    done = run(file_of(with_private(creator, group, element, vr, value)))

    assert done.data is not None
    assert creator.encode() not in done.data
    assert b"Quarrendon" not in done.data


def test_without_the_option_nothing_private_stays():
    made = with_private("SIEMENS MR HEADER", 0x0019, 0x0C, "IS", "800")

    assert 0x0019100C not in result(file_of(made), Profile.basic())


def test_what_a_study_names_stays():
    rule = PrivateRule(
        "ACME QUANT", 0x0021, 0x05, "DS", why="perfusion value, analysed"
    )
    made = with_private("ACME QUANT", 0x0021, 0x05, "DS", "3.25")

    out = result(file_of(made), Profile(private=(rule,)))

    assert float(out[0x00211005].value) == 3.25


def test_private_text_that_stays_is_cleaned():
    rule = PrivateRule("ACME QUANT", 0x0021, 0x05, "LO", why="protocol step")
    made = with_private(
        "ACME QUANT", 0x0021, 0x05, "LO", "step 2 Quarrendon 2024-03-15"
    )

    out = result(file_of(made), Profile(private=(rule,)))

    assert out[0x00211005].value == "step 2"


def test_an_element_without_a_creator_is_removed():
    made = data_set()
    made.add_new(0x0019100C, "IS", "800")

    assert 0x0019100C not in result(file_of(made))


def test_private_sequences_that_nothing_names_go_and_those_named_are_cleaned_inside():
    item = Dataset()
    item.PatientName = "Quarrendon^Ottilie"
    item.EchoTime = "80"
    rule = PrivateRule("ACME QUANT", 0x0021, 0x05, "SQ", why="nested")
    made = with_private("ACME QUANT", 0x0021, 0x05, "SQ", Sequence([item]))

    assert 0x00211005 not in result(file_of(made))
    told = result(file_of(made), Profile(private=(rule,)))[0x00211005].value[0]
    assert str(told.EchoTime) == "80"
    assert "PatientName" not in told
