"""Siemens' private headers keep their parameters and lose everything else."""

from __future__ import annotations

import struct

import pytest

from provident.deid.csa import protocol, reduced
from provident.dicom import csa
from tests.spec.deid.files import data_set, file_of, result, run


title = "Siemens private headers"


def blob(**fields: tuple[str, ...]) -> bytes:
    """A CSA2 header with rubbish where the layout leaves room."""
    out = b"SV10\4\3\2\1" + struct.pack("<II", len(fields), 77)
    for name, values in fields.items():
        raw_name = (name.encode() + b"\0").ljust(64, b"Q")
        out += struct.pack(
            "<64si4siii", raw_name, len(values), b"LO\0\0", 0, len(values), 77
        )
        for value in values:
            raw = value.encode() + b"\0"
            out += (
                struct.pack("<4i", len(raw), len(raw), 77, len(raw))
                + raw
                + b"Q" * (-len(raw) % 4)
            )
    return out


def unchanged(text: str) -> str:
    return text


PHOENIX = """<XProtocol> "Quarrendon"
### ASCCONV BEGIN object=MrProtDataImpl ###
ulVersion = 51130001
tPatientName = "Quarrendon"
tReferenceImage0 = "1.3.12.2.1107.5.2.43.66012.20240315"
sSliceArray.lSize = 40
alTR[0] = 2000000
sPat.lAccelFactPE = 2
sCoilSelectMeas.aRxCoilSelectData[0].asList[0].sCoilElementID.tCoilID = "HeadNeck_20"
sProtConsistencyInfo.tSystemType = "066"
### ASCCONV END ###"""


def test_listed_fields_stay_and_the_rest_goes():
    made = blob(
        NumberOfImagesInMosaic=("40",),
        SliceNormalVector=("0.0", "0.1", "0.99"),
        PatientName=("Quarrendon^Ottilie",),
        SequenceName=("ep2d",),
        MrPhoenixProtocol=(PHOENIX,),
    )

    out = reduced(made, unchanged)

    told = csa.parse(out)
    assert told["NumberOfImagesInMosaic"] == ("40",)
    assert told["SliceNormalVector"] == ("0.0", "0.1", "0.99")
    assert set(told) == {
        "NumberOfImagesInMosaic",
        "SliceNormalVector",
        "MrPhoenixProtocol",
    }
    assert b"Q" not in out.replace(b"HeadNeck_20", b"")


def test_of_the_protocol_the_parameters_stay():
    told = csa.protocol(protocol(PHOENIX, unchanged))

    assert told == {
        "sSliceArray.lSize": "40",
        "alTR[0]": "2000000",
        "sPat.lAccelFactPE": "2",
        "sCoilSelectMeas.aRxCoilSelectData[0].asList[0].sCoilElementID.tCoilID": "HeadNeck_20",
    }


@pytest.mark.parametrize(
    "value", ["Quarrendon^Ottilie", "20240315.1^x", "a" * 49, "1.2.3@4", "see \u00e9"]
)
def test_a_listed_field_with_an_unlikely_value_goes(value):
    assert reduced(blob(B_value=(value,)), unchanged) == b""


def test_a_coil_that_is_called_like_the_person_goes():
    out = reduced(
        blob(ImaCoilString=("Quarrendon",), B_value=("50",)),
        lambda t: t.replace("Quarrendon", ""),
    )

    assert set(csa.parse(out)) == {"B_value"}


@pytest.mark.parametrize(
    "made",
    [
        b"",
        b"SV10",
        b"SV10\4\3\2\1" + b"\xff" * 40,
        b"Quarrendon",
        blob(PatientName=("Q",)),
    ],
)
def test_what_is_no_header_leaves_nothing(made):
    assert reduced(made, unchanged) == b""


def test_in_a_file_the_header_stays_reduced_or_not_at_all():
    made = data_set()
    block = made.private_block(0x0029, "SIEMENS CSA HEADER", create=True)
    block.add_new(
        0x10, "OB", blob(B_value=("800",), PatientName=("Quarrendon^Ottilie",))
    )
    block.add_new(0x20, "OB", blob(PatientName=("Quarrendon^Ottilie",)))

    out = result(file_of(made))
    done = run(file_of(made))

    assert csa.parse(out[0x00291010].value) == {"B_value": ("800",)}
    assert 0x00291020 not in out
    assert b"Quarrendon" not in (done.data or b"")
