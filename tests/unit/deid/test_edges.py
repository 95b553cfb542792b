"""Rules, engine and verification at their edges."""

from __future__ import annotations

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.sequence import Sequence
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ImplicitVRLittleEndian,
)

from provident.deid import (
    Action,
    Identifiers,
    Override,
    Profile,
    date_shift,
    pixels,
    verify,
)
from provident.deid.audit import audit
from provident.deid.batch import Job, Places, look, work
from provident.deid.batch import Task as BatchTask
from provident.deid.pixels import NotDecodable, Region
from provident.deid.pixels.frames import extremes
from provident.deid.pixels.redaction import without_regions
from provident.deid.rules import Do, Rules
from provident.deid.sources import Source, Unreadable, sources
from provident.kernel import InvalidInput
from tests.spec.deid.files import (
    KEY,
    ct_file,
    data_set,
    file_of,
    raw_element,
    result,
    run,
    with_raw,
)


CT = "1.2.840.10008.5.1.4.1.1.2"


def override(tag: int, action: Action) -> Profile:
    return Profile(overrides=(Override(tag=tag, action=action, why="a test"),))


@pytest.mark.parametrize(
    ("tag", "keyword", "value", "action", "expected"),
    [
        (0x00181000, "DeviceSerialNumber", "88120", Action.HASH, None),
        (0x00180060, "KVP", "120", Action.HASH, ""),
        (0x00180060, "KVP", "120", Action.SHIFT, ""),
        (0x00180060, "KVP", "120", Action.EMPTY, ""),
        (0x00180060, "KVP", "120", Action.CLEAN, "120"),
        (0x00080022, "AcquisitionDate", "20240315", Action.CLEAN, "20231206"),
        (0x00180015, "BodyPartExamined", "KNEE", Action.CLEAN, "KNEE"),
        (0x00180060, "KVP", "120", Action.DUMMY, "0"),
    ],
)
def test_an_action_of_the_plan_does_what_the_kind_of_value_allows(
    tag, keyword, value, action, expected
):
    out = result(ct_file(**{keyword: value}), override(tag, action))

    told = str(out[keyword].value if out[keyword].value is not None else "")
    if expected is None:
        assert len(told) == 16
        assert told == str(
            result(ct_file(**{keyword: value}), override(tag, action))[keyword].value
        )
        assert told != value
    else:
        assert told == expected


def test_rules_for_values_that_no_table_names():
    rules = Rules(Profile(), CT)
    full = Rules(Profile.basic(113106, 113110), CT)
    bare = Rules(Profile.basic(), CT)

    assert [rules.by_kind(0x00109FF0, vr) for vr in ("SQ", "AS", "UN", "FD", "DA")] == [
        Do.RECURSE, Do.AGE, Do.REMOVE, Do.KEEP, Do.SHIFT,
    ]  # fmt: skip
    assert [full.by_kind(0, vr) for vr in ("DA", "UI")] == [Do.KEEP, Do.KEEP]
    assert [bare.by_kind(0, vr) for vr in ("DA", "UT")] == [Do.REMOVE, Do.REMOVE]


def test_times_go_where_the_profile_does_not_keep_them():
    profile = Profile(keep_time=False)

    assert result(ct_file(AcquisitionTime="101112"), profile).get(
        "AcquisitionTime", ""
    ) in ("", None)


def test_a_range_of_shifts_that_holds_no_day_is_refused():
    with pytest.raises(ValueError, match="no day but 0"):
        date_shift(KEY, "P1", Profile(date_shift=(0, 0)))


def test_text_where_a_number_belongs_is_emptied():
    data = ct_file(KVP="120").replace(b"DS\x04\x00120 ", b"DS\x04\x00Otti")

    assert not result(data).KVP


def test_an_element_of_undefined_length_that_is_no_sequence_and_no_pixels_goes():
    fragment = encapsulate([b"Otti"])
    raw = (
        b"\x28\x00\x00\x20OB\x00\x00\xff\xff\xff\xff"
        + fragment
        + b"\xfe\xff\xdd\xe0\x00\x00\x00\x00"
    )
    data = ct_file(PixelData=None) + raw

    out = run(
        data,
        Profile(overrides=(Override(tag=0x00282000, action=Action.EMPTY, why="x"),)),
    )

    assert out.data is not None
    assert b"Otti" not in out.data


def foreign(syntax: str = "1.2.840.10008.1.2.1", **attributes) -> bytes:
    """A file by somebody else, with sequences of undefined length."""
    item = Dataset()
    item.OperatorsName = "Penhallow^Jory"
    made = data_set(ContributingEquipmentSequence=Sequence([item]), **attributes)
    made["ContributingEquipmentSequence"].is_undefined_length = True
    return file_of(made, syntax)


@pytest.mark.parametrize(
    "syntax",
    [
        "1.2.840.10008.1.2.1",
        ImplicitVRLittleEndian,
        ExplicitVRBigEndian,
        DeflatedExplicitVRLittleEndian,
    ],
)
def test_files_of_others_are_verified_too(syntax):
    found = verify(foreign(syntax), identifiers=Identifiers(), profile=Profile())

    assert ("(0018,a001)[0].(0008,1070)", "name") in {
        (leak.where, leak.kind) for leak in found
    }


@pytest.mark.parametrize("cut", [1, 60])
def test_a_file_that_is_damaged_does_not_pass(cut):
    done = run(ct_file())
    assert done.data is not None
    damaged = (
        done.data[:200]
        if cut == 60
        else done.data.replace(b"\x08\x00\x60\x00CS", b"\x08\x00\x60\x00??")
    )

    assert verify(damaged, identifiers=Identifiers(), profile=Profile())


def test_a_long_element_is_verified_each_time():
    data = with_raw(
        run(ct_file(PixelData=None)).data or b"",
        raw_element(0x40084000, b"ST", b"knee 3 May 2024 " * 400),
    )

    assert "date_in_text" in {
        leak.kind for leak in verify(data, identifiers=Identifiers(), profile=Profile())
    }


def test_frames_of_other_shapes_and_pixels_without_frames():
    with pytest.raises(NotDecodable):
        extremes(ct_file(PixelData=None))
    with pytest.raises(NotDecodable):
        extremes(b"no dicom")


def test_what_cannot_be_painted_is_said():
    region = [Region(0, 0, 1, 1)]
    for data in (
        ct_file(ExplicitVRBigEndian),
        ct_file(BitsAllocated=64),
        ct_file(PixelData=b""),
    ):
        with pytest.raises(NotDecodable):
            without_regions(data, region)


def test_ybr_is_painted_grey_black():
    cells = np.full((2, 2, 3), 200, "u1")
    data = ct_file(
        SamplesPerPixel=3, PhotometricInterpretation="YBR_FULL", PlanarConfiguration=0,
        BitsAllocated=8, BitsStored=8, HighBit=7, PixelData=cells.tobytes(),
    )  # fmt: skip
    out = without_regions(data, [Region(0, 0, 2, 2)])

    assert bytes([0, 128, 128] * 4) in out


def test_an_image_that_cannot_be_painted_waits(monkeypatch):
    from provident.deid.pixels import redaction

    def undecodable(data, regions):
        raise NotDecodable("x")

    monkeypatch.setattr(redaction, "without_regions", undecodable)
    monkeypatch.setattr(
        redaction, "by_length", lambda seen, found, least: ([Region(0, 0, 9, 9)], [])
    )

    looked = redaction.look(
        ct_file(), reader=lambda image: [], may_stay=lambda text: False
    )
    assert looked == pixels.Looked("pixels_unreadable")


def test_a_file_that_goes_away_while_it_is_read(tmp_path):
    gone = Source(tmp_path, "gone.dcm")
    job = Job(profile=Profile(), key=KEY, places=Places.beside(tmp_path / "out"))

    assert look(gone).reason == "unreadable"
    outcomes = work(job, BatchTask((gone,), reason="unreadable"))
    assert [o.reason for _, o in outcomes] == ["unreadable"]
    assert (tmp_path / "out.quarantine" / "gone.dcm").read_bytes() == b""


def test_the_reading_of_an_archive_s_members(tmp_path):
    import zipfile

    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("x.dcm", b"data")
    (source,) = sources(tmp_path / "a.zip")
    assert (source.read(), source.stamp().split("-")[0]) == (b"data", "4")
    (tmp_path / "a.zip").write_bytes(b"PK\x03\x04 broken")
    with pytest.raises(Unreadable):
        source.read()
    with pytest.raises(InvalidInput, match="cannot be read"):
        list(sources(tmp_path / "a.zip"))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_an_archive_with_two_files_of_one_name_is_refused(tmp_path):
    import zipfile

    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("x.dcm", b"1")
        archive.writestr("x.dcm", b"2")

    with pytest.raises(InvalidInput, match="same name"):
        list(sources(tmp_path / "a.zip"))


def test_a_single_file_and_an_audit_of_what_is_unreadable(tmp_path, monkeypatch):
    (tmp_path / "one.dcm").write_bytes(b"x")
    assert [s.name for s in sources(tmp_path / "one.dcm")] == ["one.dcm"]

    def unreadable(self):
        raise Unreadable("unreadable")

    monkeypatch.setattr(Source, "read", unreadable)
    count, leaks = audit(
        tmp_path, profile=Profile(), known=Identifiers(), original=tmp_path
    )
    assert (count, [leak.kind for leak in leaks]) == (1, ["unreadable"])
