"""Mutated and random bytes: never a crash, never an output on doubt."""

from __future__ import annotations

from io import BytesIO

import pydicom
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import (
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

from provident.deid import REASONS, Identifiers, Profile, gather, verify
from provident.deid.codestreams import outside_of_coding
from provident.deid.patterns import without_patterns
from provident.deid.text import Cleaner
from provident.deid.verify import scan
from tests.spec.deid.files import ct_file, data_set, file_of, run


def nested() -> Dataset:
    inner = Dataset()
    inner.PatientName = "Quarrendon^Ottilie"
    inner.ReferencedSOPInstanceUID = "1.2.826.0.1.99.7"
    return data_set(
        ReferencedImageSequence=Sequence([inner, inner]),
        StudyDescription="knee of Ottilie",
    )


SEEDS = [
    file_of(nested(), syntax)
    for syntax in (ExplicitVRLittleEndian, ImplicitVRLittleEndian, ExplicitVRBigEndian)
]


@st.composite
def mutated(draw) -> bytes:
    data = bytearray(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(128, len(data) - 1))
        how = draw(st.sampled_from(["flip", "cut", "insert", "copy"]))
        if how == "flip":
            data[at] = draw(st.integers(0, 255))
        elif how == "cut":
            del data[at : at + draw(st.integers(1, 40))]
        elif how == "insert":
            data[at:at] = draw(st.binary(min_size=1, max_size=16))
        else:
            data[at:at] = data[at : at + draw(st.integers(1, 60))]
        if len(data) < 140:
            break
    return bytes(data)


@pytest.mark.filterwarnings("ignore")
@settings(max_examples=400, deadline=None)
@given(mutated())
def test_a_mutated_file_never_crashes_and_never_lets_its_person_through(data):
    done = run(data)

    assert (done.data is None) == (done.reason is not None)
    if done.data is None:
        assert done.reason in REASONS
        return
    pydicom.dcmread(BytesIO(done.data))  # what comes out can be read
    assert scan(done.data, gather(data).without_uids(), shifted_by=-100) == []


@settings(max_examples=200, deadline=None)
@given(
    st.binary(max_size=600),
    st.sampled_from([b"", bytes(128) + b"DICM", b"\x08\x00\x05\x00CS"]),
)
def test_random_bytes_are_held(data, head):
    done = run(head + data)

    assert done.data is None
    assert done.reason in REASONS


MARKERS = st.sampled_from(
    [b"\xff\xd8\xff\xe0", b"\xff\xda\x00\x04", b"\xff\xd9", b"\xff\x4f\xff\x51", b"\xff\x90\x00\x0a", b"\xff\x93", b"\xfe\xff\x00\xe0"]
)  # fmt: skip


@settings(max_examples=300, deadline=2000)
@given(st.lists(st.one_of(MARKERS, st.binary(max_size=12)), max_size=12))
def test_compressed_pixels_of_any_bytes_are_walked_to_their_end(pieces):
    fragment = b"".join(pieces)
    data = b"\xfe\xff\x00\xe0" + len(fragment).to_bytes(4, "little") + fragment
    tail = b"\xfe\xff\xdd\xe0\0\0\0\0Quarrendon"

    assert list(outside_of_coding(data + tail, 0))[-1].endswith(tail)


NAMES = st.text(st.characters(categories=["L"]), min_size=5, max_size=12)


@settings(max_examples=200, deadline=None)
@given(
    NAMES, NAMES, st.sampled_from(["knee of {}", "{}", "x_{}_y", "{} 3 mm", "MR {} T2"])
)
def test_a_name_never_stays_in_a_description(family, given_name, template):
    who = Identifiers.of(names=[f"{family}^{given_name}"])

    for name in (family, family.upper(), family.lower(), f"{given_name}{family}"):
        cleaned = Cleaner(who).clean(template.format(name), "full").text
        assert family.casefold() not in cleaned.casefold()


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_cleaning_twice_changes_nothing_more(text):
    cleaner = Cleaner(Identifiers.of(names=["Quarrendon^Ottilie"]))
    once = cleaner.clean(text, "full").text

    assert once == cleaner.clean(once, "full").text


@settings(max_examples=100, deadline=None)
@given(
    st.dates(),
    st.sampled_from(
        [
            "%Y-%m-%d",
            "%d/%m/%Y",
            "%d.%m.%Y",
            "%Y%m%d",
            "%d %B %Y",
            "%B %d, %Y",
            "%d-%b-%Y",
        ]
    ),
)
def test_a_date_never_stays_in_a_description(day, form):
    if not 1900 <= day.year <= 2099:
        return
    text = f"knee {day.strftime(form)} follow up"

    assert " ".join(without_patterns(text).split()) == "knee follow up"


@pytest.mark.filterwarnings("ignore")
@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(
            [
                "StudyDescription",
                "SeriesDescription",
                "ImageComments",
                "ProtocolName",
                "ContrastBolusAgent",
                "SoftwareVersions",
            ]
        ),
        st.text(
            st.characters(
                codec="latin-1",
                exclude_characters="\\\x00\r\n\x0c\t\x1b",
                exclude_categories=["Cc"],
            ),
            max_size=30,
        ),
    )
)
def test_any_text_in_any_attribute_comes_out_without_the_person(told):
    made = ct_file(**{k: f"{v} Quarrendon {v}" for k, v in told.items()})
    done = run(made)

    assert done.data is not None
    assert (
        verify(done.data, identifiers=gather(made), profile=Profile(), shifted_by=-100)
        == []
    )
