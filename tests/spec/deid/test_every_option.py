"""Each option of the standard, alone and together: what Table E.1-1 says happens, at the top and nested.

The expectation is read from the table's own cells here, not from the engine's rules.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pydicom
import pytest
from pydicom.datadict import dictionary_VR
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from provident.deid import Action, Override, Profile
from provident.deid.table import OPTION_COLUMNS, Row, rows
from provident.deid.vrs import is_standard
from tests.spec.deid.files import CT_IMAGE, US_IMAGE, data_set, file_of, result, run


title = "Every option of the standard"

VALUES: dict[str, Any] = {
    "PN": "Zorblatt^Quim", "DA": "20240315", "TM": "101112", "DT": "20240315101112", "UI": "1.2.826.0.1.99.4711", "DS": "1", "IS": "1", "AS": "063Y", "US": 1,
    "SS": 1, "UL": 1, "SL": 1, "FL": 1.0, "FD": 1.0, "AT": 0x00100010, "UR": "http://a.example/x", "OB": b"\1\0", "OW": b"\1\0", "UN": b"\1\0",
}  # fmt: skip
# Written by Provident, decided by a policy of the profile, or with a deviation that the docs name.
OWN = frozenset({0x00100010, 0x00100020, 0x00100030, 0x00080201, 0x00101010, 0x00420011, 0x00700006})  # fmt: skip
# Content, annotations, observers, flows: their items stay, and what identifies in them goes one by one.
ITEMS_STAY = frozenset({0x0040A730, 0x00700001, 0x0040A073, 0x00340001})
OPTIONS = sorted(OPTION_COLUMNS)
SETS = [
    (),
    *((o,) for o in OPTIONS),
    tuple(o for o in OPTIONS if o != 113106),
    tuple(o for o in OPTIONS if o != 113107),
    (113105, 113107, 113108),
    (113109, 113110, 113112),
]


def checked() -> list[Row]:
    """The rows that one element of a data set can show."""
    return [
        row
        for tag, row in rows().items()
        if is_standard(tag)
        and tag not in OWN
        and tag >> 16 not in (0x0000, 0x0002, 0x0004, 0x0006, 0x0012, 0x5000, 0x6000, 0xFFFA, 0xFFFC)
        and tag not in (0x00880200, 0x00080018, 0x0020000D, 0x0020000E, 0x00287FE0, 0x00400555, 0x00100021)
    ]  # fmt: skip


def planted(*, nested: bool, sop_class: str = CT_IMAGE) -> bytes:
    made = data_set(PixelData=None, SOPClassUID=sop_class)
    place = Dataset() if nested else made
    for row in checked():
        if row.tag in place:
            continue
        vr = vr_of(row.tag)
        value = Sequence([Dataset()]) if vr == "SQ" else VALUES.get(vr, words_of(row))
        if vr == "SQ":
            value[0].EchoTime = "80"
        place.add(pydicom.DataElement(row.tag, vr, value, validation_mode=pydicom.config.IGNORE))  # fmt: skip
    if nested:
        made.ReferencedSeriesSequence = Sequence([place])
    return file_of(made)


def words_of(row: Row) -> str:
    """Imaging words where text may stay by an option; else what could be anybody's number."""
    prose = {"descriptors", "patient", "graphics", "structured"}
    return "CHEST" if prose & set(row.options) else "Z7Q9"


def vr_of(tag: int) -> str:
    return dictionary_VR(tag).split(" or ")[0]


def expected(row: Row, options: tuple[int, ...]) -> str:
    """One of kept, changed, removed, empty, dummy, hidden, as the row's cells say."""
    columns = {OPTION_COLUMNS[o] for o in options}
    told = {c: row.options[c] for c in row.options if c in columns}
    if "full_dates" in told:
        return "kept"
    if "modified_dates" in told:
        # A time stamp in binary cannot be moved.
        kinds = {"TM": "kept", "SQ": "kept", "OB": "removed"}
        return kinds.get(vr_of(row.tag), "changed")
    if "modified_dates" in row.options:
        told = {}  # dates follow the options on dates, a device's own as well
    if "device" in told:
        return "kept" if told["device"] == "K" else "cleaned"
    if told:
        return "kept"
    basic = row.basic
    for code, action in (("U", "hidden"), ("D", "dummy"), ("Z", "empty")):
        if code in basic:
            return action
    return "removed"


def became(before: Dataset, after: Dataset | None, row: Row) -> str:
    if after is None or row.tag not in after:
        return "removed"
    new, old = after[row.tag], before[row.tag]
    if row.tag in after and new.VR == "SQ":
        items = new.value
        if not items:
            return "empty"
        return "kept" if "EchoTime" in items[0] else "dummy"
    if new.is_empty:
        return "empty"
    if str(new.value) == str(old.value):
        return "kept"
    return "hidden" if str(new.value).startswith("2.25.") else "changed"


# A sequence that identifies by codes is emptied whole where the table asks for a dummy; what is
# written instead of a value differs from it, and is no shifted date.
FITS = {
    "kept": {"kept"},
    "cleaned": {"kept", "changed", "empty"},
    "changed": {"changed"},
    "removed": {"removed"},
    "empty": {"empty"},
    "dummy": {"changed", "empty", "dummy"},
    "hidden": {"hidden", "kept"},
}


@pytest.mark.parametrize("nested", [False, True], ids=["top", "nested"])
@pytest.mark.parametrize("options", SETS, ids=lambda o: "+".join(map(str, o)) or "basic")  # fmt: skip
def test_each_row_becomes_what_its_cells_say(options, nested):
    data = planted(nested=nested)
    source = pydicom.dcmread(BytesIO(data))
    out = result(data, Profile.basic(*options))
    before = source.ReferencedSeriesSequence[0] if nested else source
    # Referenced Series Sequence is in the table itself, and is kept for what lies in it.
    after = out.ReferencedSeriesSequence[0] if nested else out

    wrong = {}
    for row in checked():
        if row.tag not in before:
            continue
        now, want = became(before, after, row), expected(row, options)
        sequence = vr_of(row.tag) == "SQ"
        if row.tag in ITEMS_STAY and want == "dummy":
            want = "kept"
        hidden = want == "hidden" and not sequence
        if now not in ({"hidden"} if hidden else FITS[want]):
            wrong[f"{row.name} {row.basic} {dict(row.options)}"] = (want, now)
    assert wrong == {}


@pytest.mark.parametrize(
    ("option", "keyword", "value"),
    [
        (113109, "DeviceSerialNumber", "S123456"),
        (113109, "StationName", "WARDCT07"),
        (113112, "InstitutionName", "St Aldhelm Infirmary"),
        (113110, "FrameOfReferenceUID", "1.2.826.0.1.99.4711"),
        (113106, "SeriesDate", "20240315"),
        (113108, "PatientWeight", "71.5"),
    ],
)
def test_what_an_option_retains_is_gone_without_it(option, keyword, value):
    data = file_of(data_set(**{keyword: value}))

    retained = str(result(data, Profile.basic(option))[keyword].value)
    without = str(result(data, Profile.basic()).get(keyword, ""))
    assert (value, True) == (retained, value not in without)


def test_an_override_of_one_sop_class_holds_for_it_alone():
    override = Override(
        tag=0x0008103E, action=Action.REMOVE, why="a free text here", sop_class=US_IMAGE
    )
    profile = Profile(overrides=(override,), examine=frozenset())
    told = {
        sop_class: "SeriesDescription"
        in result(
            file_of(data_set(SOPClassUID=sop_class, SeriesDescription="CHEST")), profile
        )
        for sop_class in (CT_IMAGE, US_IMAGE)
    }

    assert told == {CT_IMAGE: True, US_IMAGE: False}


def test_nothing_of_a_person_passes_whatever_the_options():
    data = file_of(
        data_set(StudyDescription="chest Quarrendon 15.3.2024", SeriesDate="20240315")
    )
    for options in SETS:
        done = run(data, Profile.basic(*options))

        assert done.data is not None, done.reason
        assert b"uarrendon" not in done.data
        assert b"15.3.2024" not in done.data
