"""Before and after, per element, with the rule and its reason."""

from __future__ import annotations

import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from provident.deid import Action, Override, Profile, explain
from tests.spec.deid.files import KEY, SUBJECT, data_set, file_of


title = "Explaining what was done"


def told(profile: Profile | None = None) -> dict[str, tuple[str, str, str, str]]:
    item = Dataset()
    item.OperatorsName = "Penhallow^Jory"
    made = data_set(
        StudyDescription="knee Quarrendon",
        AccessionNumber="ACC0081",
        KVP="120",
        InstitutionAddress="4 Priory Row",
        ContributingEquipmentSequence=Sequence([item]),
    )
    made.private_block(0x0019, "SIEMENS MR HEADER", create=True).add_new(
        0x0C, "IS", "800"
    )
    made.private_block(0x0011, "WARD PACS", create=True).add_new(0x01, "LO", "Ottilie")
    made.add_new(0x00109FF0, "LO", "Ottilie")
    changes = explain(
        file_of(made), profile=profile or Profile(), key=KEY, subject=SUBJECT
    )
    return {c.where: (c.before, c.after, c.action, c.why) for c in changes}


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("(0008,1030)", ("knee Quarrendon", "knee", "changed", "PS3.15 Table E.1-1: X, descriptors C")),
        ("(0008,0050)", ("ACC0081", "", "emptied", "PS3.15 Table E.1-1: Z")),
        ("(0008,0081)", ("4 Priory Row", "", "removed", "PS3.15 Table E.1-1: X")),
        ("(0018,0060)", ("120", "120", "kept", "not in the standard's table: by the kind of its value")),
        ("(0010,0010)", ("Quarrendon^Ottilie", "LE-017", "changed", "Provident writes who, which trial and what was done")),
        ("(0012,0050)", ("", "week12", "written", "Provident writes who, which trial and what was done")),
        ("(0010,0030)", ("19610204", "", "emptied", "birth date: remove")),
        ("(0010,9ff0)", ("Ottilie", "", "removed", "no dictionary knows it")),
        ("(0018,a001)[0].(0008,1070)", ("Penhallow^Jory", "REMOVED", "changed", "PS3.15 Table E.1-1: X/Z/D")),
        ("(0019,100c)", ("800", "800", "kept", "private, listed: PS3.15 Table E.3.10-1")),
        ("(0011,1001)", ("Ottilie", "", "removed", "private, not listed")),
        ("(0011,0010)", ("WARD PACS", "", "removed", "private creator: stays with an element that stays")),
        ("(7fe0,0010)", ("8 bytes", "8 bytes", "kept", "not in the standard's table: by the kind of its value")),
    ],
)  # fmt: skip
def test_each_element_says_what_became_of_it_and_why(where, expected):
    found = {k.lower(): v for k, v in told().items()}

    assert found[where] == expected


def test_a_study_s_own_reason_is_given():
    keep = Override(tag=0x00180060, action=Action.EMPTY, why="dose is not analysed")

    assert told(Profile(overrides=(keep,)))["(0018,0060)"][2:] == (
        "emptied",
        "dose is not analysed",
    )


def test_what_would_wait_is_shown_as_if_it_had_been_let_pass():
    assert told(Profile(text="hold"))["(0008,1030)"][2] == "changed"


def test_what_is_no_instance_has_nothing_to_explain():
    assert explain(b"no dicom", profile=Profile(), key=KEY, subject=SUBJECT) == []


def test_a_change_does_not_print_the_original():
    changes = explain(file_of(data_set()), profile=Profile(), key=KEY, subject=SUBJECT)

    assert not any("Quarrendon" in repr(c) for c in changes)
