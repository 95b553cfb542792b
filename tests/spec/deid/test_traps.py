"""Traps of our own: where a name hides, and what a description must keep. Made by rule, not taken from any corpus."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian

from provident.deid import verify
from tests.spec.deid.files import DEFAULT, SUBJECT, data_set, file_of, run


title = "Traps of our own"

SYNTAXES = {"explicit": ExplicitVRLittleEndian, "implicit": ImplicitVRLittleEndian}


@dataclass(frozen=True)
class Trap:
    """A file, what must not be found in its output (folded), and what must."""

    made: Dataset
    gone: tuple[str, ...]
    kept: tuple[str, ...] = ()


def described(text: str, **more: Any) -> Dataset:
    return data_set(StudyDescription=text, **more)


def item(**told: Any) -> Dataset:
    made = Dataset()
    for keyword, value in told.items():
        setattr(made, keyword, value)
    return made


def private(creator: str, *told: tuple[int, str, Any]) -> Dataset:
    made = data_set()
    block = made.private_block(0x0029, creator, create=True)
    for offset, vr, value in told:
        block.add_new(offset, vr, value)
    return made


def nested(depth: int) -> Dataset:
    inner = item(
        PatientName="Quarrendon^Ottilie", InstitutionName="St Aldhelm Infirmary"
    )
    for _ in range(depth):
        inner = item(RequestAttributesSequence=Sequence([inner]))
    return data_set(ReferencedImageSequence=Sequence([inner]))


def enhanced(frames: int) -> Dataset:
    groups = [
        item(
            FrameContentSequence=Sequence(
                [
                    item(
                        FrameAcquisitionDateTime=f"20240315101{n % 10}12",
                        FrameComments=f"Ottilie Quarrendon frame {n}",
                        StackID=str(n),
                    )
                ]
            ),
            PlanePositionSequence=Sequence([item(ImagePositionPatient=[0, 0, n])]),
        )
        for n in range(frames)
    ]
    return data_set(
        SOPClassUID="1.2.840.10008.5.1.4.1.1.4.1",
        Modality="MR",
        NumberOfFrames=frames,
        PixelData=bytes(8 * frames),
        PerFrameFunctionalGroupsSequence=Sequence(groups),
    )


def charset(name: str, patient: str, text: str) -> Dataset:
    return data_set(
        SpecificCharacterSet=name, PatientName=patient, StudyDescription=text
    )


TRAPS = {
    # Third parties: people who are not the patient.
    "a referrer in the text": Trap(described("knee for Dr Tolliver", ReferringPhysicianName="Tolliver^Maud"), ("tolliver",), ("knee",)),
    "a titled stranger": Trap(described("MRI knee, discussed with Prof. Hesketh"), ("hesketh",), ("MRI knee",)),
    "a sister with a phone": Trap(described("wrist; call sister Oonagh 0113 496 0011"), ("oonagh", "496 0011"), ("wrist",)),
    "staff by name alone": Trap(described("hand OPG checked Featherstonehaugh"), ("featherstonehaugh",), ("hand",)),
    "an operator's initials and number": Trap(data_set(OperatorsName="ZQX", OperatorIdentificationSequence=Sequence([item(PersonIdentificationCodeSequence=Sequence([item(CodeValue="ST-99182", CodeMeaning="Zara Quixote")]))])), ("st-99182", "quixote")),
    # Spellings.
    "one letter lost": Trap(described("CT chest Quarendon"), ("quarendon",), ("CT chest",)),
    "two letters swapped": Trap(described("CT chest Qaurrendon"), ("qaurrendon",), ("CT chest",)),
    "joined": Trap(described("OttilieQuarrendon_CTchest"), ("ottilie", "quarrendon")),
    "an umlaut written out": Trap(described("CT Muellerschoen Abdomen", PatientName="Müllerschön^Jürgen"), ("muellerschoen",), ("Abdomen",)),
    "an umlaut dropped": Trap(described("CT Mullerschon Abdomen", PatientName="Müllerschön^Jürgen"), ("mullerschon",), ("Abdomen",)),
    "a possessive": Trap(described("Quarrendon's wrist"), ("quarrendon",), ("wrist",)),
    "a hyphenated name in two": Trap(described("hip of Ashby and Rowanberry", PatientName="Ashby-Rowanberry^Ivo"), ("ashby", "rowanberry"), ("hip",)),
    "a number with spaces": Trap(described("wrist 943 476 5919", PatientID="9434765919"), ("943 476", "5919"), ("wrist",)),
    # Dates in words.
    "a day in English": Trap(described("knee 15th of March 2024 follow up"), ("march", "2024"), ("knee", "follow up")),
    "a day in German": Trap(described("Knie vom 15. März 2024"), ("märz", "2024")),
    "a day in French": Trap(described("genou 15 août 2024"), ("août", "2024")),
    "a day in Polish": Trap(data_set(SpecificCharacterSet="ISO_IR 192", StudyDescription="knee 15 października 2024"), ("października", "2024"), ("knee",)),
    "a month and a year": Trap(described("baseline Aug 2021 wrist"), ("aug", "2021"), ("baseline", "wrist")),
    "a birthday with a label": Trap(described("wrist DOB: 04.02.1961"), ("04.02", "1961"), ("wrist",)),
    # Depth.
    "eight sequences down": Trap(nested(8), ("quarrendon", "aldhelm")),
    "twenty frames": Trap(enhanced(20), ("quarrendon", "ottilie", "20240315")),
    "a request": Trap(data_set(RequestAttributesSequence=Sequence([item(RequestedProcedureDescription="wrist Quarrendon", ScheduledProcedureStepID="SPS771903", RequestedProcedureID="RP771903")])), ("quarrendon",), ("wrist",)),
    # Private.
    "a private sequence": Trap(private("ZORB WORKSTATION", (0x10, "SQ", Sequence([item(PatientName="Quarrendon^Ottilie")])), (0x11, "LO", "Quarrendon")), ("quarrendon", "zorb")),
    "a private blob": Trap(private("ZORB WORKSTATION", (0x10, "OB", b"\x00\x01xx Quarrendon, Ottilie\x00\x00")), ("quarrendon",)),
    "a name as private creator": Trap(private("Quarrendon", (0x10, "LO", "x")), ("quarrendon",)),
    # Character sets.
    "Latin 2": Trap(charset("ISO_IR 101", "Brzęczyszczykiewicz^Łucja", "hand Brzęczyszczykiewicz"), ("brzęczyszczykiewicz", "łucja"), ("hand",)),
    "Cyrillic": Trap(charset("ISO_IR 144", "Жданова^Ирина", "hand Ирина"), ("ирина",), ("hand",)),
    "Greek": Trap(charset("ISO_IR 126", "Διονυσιος^Ελενη", "hand Διονυσιος"), ("διονυσιος",), ("hand",)),
    "UTF-8": Trap(charset("ISO_IR 192", "王^小東", "hand 王小東"), ("小東",), ("hand",)),
    "GB18030": Trap(charset("GB18030", "Wang^XiaoDong=王^小东", "hand Wang XiaoDong"), ("xiaodong", "小东"), ("hand",)),
}  # fmt: skip


def texts(dataset: Dataset) -> str:
    """Everything readable in an output but what the study writes, folded."""
    found = []
    for element in dataset.iterall():
        if element.tag.group != 0x0012 and element.tag not in (0x00100010, 0x00100020):
            value = element.value
            found.append(
                value.decode("latin-1") if isinstance(value, bytes) else str(value)
            )
    return "\n".join(found).casefold()


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("syntax", SYNTAXES)
@pytest.mark.parametrize("name", TRAPS)
def test_a_trap(name, syntax):
    trap = TRAPS[name]
    done = run(file_of(trap.made, SYNTAXES[syntax]), DEFAULT)

    assert done.data is not None, done.reason
    told = texts(pydicom.dcmread(BytesIO(done.data)))
    assert [word for word in trap.gone if word in told] == []
    assert [word for word in trap.kept if word.casefold() not in told] == []
    left = verify(done.data, identifiers=done.identifiers, profile=DEFAULT, subject=SUBJECT)  # fmt: skip
    assert left == []
