"""A file taken apart at its pixel values comes out with the same bytes as one that is read whole."""

from __future__ import annotations

import hashlib
import os
from io import BytesIO
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.uid import (
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    RLELossless,
)

from provident.deid import Action, Identifiers, Override, Profile, verify
from provident.deid.batch import Job, Places, run
from provident.deid.codebook import CrosswalkFile
from provident.deid.engine import workbench
from provident.deid.instance import NotApart, read_instance
from provident.deid.passing import APART_FROM, Hashed, Taken, originals_of
from provident.deid.sources import Source, Unreadable
from tests.spec.deid.files import KEY, SUBJECT, ct_file, raw_element, with_raw


PIXELS = np.random.default_rng(3).integers(0, 4096, (256, 256), "<u2").tobytes()


# Whatever the image, its pixels are not looked at.
UNSEEN = Profile(options=Profile().options - {113101})


def large(syntax: str = ExplicitVRLittleEndian, **attributes: object) -> bytes:
    told = {"Rows": 256, "Columns": 256, "PixelData": PIXELS}
    return ct_file(syntax, **(told | attributes))


def on_disk(folder: Path, data: bytes) -> Source:
    (folder / "IM0001.dcm").write_bytes(data)
    return Source(folder, "IM0001.dcm")


def compressed() -> bytes:
    ds = pydicom.dcmread(BytesIO(large()))
    ds.compress(RLELossless, generate_instance_uid=False)
    out = BytesIO()
    ds.save_as(out)
    return out.getvalue()


APART = {
    "explicit": large(),
    "implicit": large(ImplicitVRLittleEndian),
    "bytes": large(BitsAllocated=8, BitsStored=8, HighBit=7, Rows=512),
}
WHOLE = {
    "small": ct_file(),
    "big endian": large(ExplicitVRBigEndian),
    "compressed": compressed(),
    "something behind the pixels": with_raw(
        large(), raw_element(0xFFFCFFFC, b"OB", b"\0" * 8)
    ),
    "no DICOM": b"scans of Ottilie" * 9000,
    "nothing": b"",
}


@pytest.mark.parametrize("kind", APART)
def test_native_values_at_the_end_are_left_on_disk(kind, tmp_path):
    data = APART[kind]
    with Taken(on_disk(tmp_path, data)) as file:
        assert file.beyond == len(PIXELS)
        assert len(file.data) == len(data) - len(PIXELS)
        assert file.data + b"".join(map(bytes, file.rest())) == data


@pytest.mark.parametrize("kind", WHOLE)
def test_all_else_is_read_whole(kind, tmp_path):
    with Taken(on_disk(tmp_path, WHOLE[kind])) as file:
        assert (file.beyond, file.data) == (0, WHOLE[kind])


def test_a_file_taken_apart_can_be_made_whole(tmp_path):
    with Taken(on_disk(tmp_path, large())) as file:
        file.make_whole()

        assert (file.beyond, file.data, list(file.rest())) == (0, large(), [])


def test_a_long_head_is_read_as_far_as_the_values(tmp_path):
    data = large(RedPaletteColorLookupTableData=bytes(100_000), NumberOfFrames="8", PixelData=PIXELS * 8)  # fmt: skip
    with Taken(on_disk(tmp_path, data)) as file:
        assert file.beyond == 8 * len(PIXELS)
        assert file.data + b"".join(map(bytes, file.rest())) == data


def test_a_file_that_is_cut_while_it_is_read_cannot_be_read(tmp_path):
    source = on_disk(tmp_path, large())
    with Taken(source) as file:
        os.truncate(tmp_path / source.name, 90_000)
        with pytest.raises(Unreadable):
            list(file.rest())


def test_what_is_not_there_or_no_file_cannot_be_read(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for name in ("none", "pipe", "."):
        with pytest.raises(Unreadable):
            Taken(Source(tmp_path, name))


@pytest.mark.parametrize("kind", [*APART, *WHOLE])
def test_the_output_is_the_same_whether_read_apart_or_whole(kind, tmp_path):
    data = (APART | WHOLE)[kind]
    source = on_disk(tmp_path, data)
    bench = workbench(UNSEEN, KEY, SUBJECT)
    whole = bench.deidentify(data)
    with Taken(source) as file:
        apart = bench.deidentify(file.data, beyond=file.beyond, apart=True)
        pieces = Hashed(apart.data or b"", file, apart.pixels)
        made = None if apart.data is None else b"".join(pieces)

    assert (made, apart.reason) == (whole.data, whole.reason)


def hidden_overlay() -> bytes:
    ds = pydicom.dcmread(BytesIO(large()))
    for element, vr, value in ((0x10, "US", 256), (0x11, "US", 256), (0x40, "CS", "G"), (0x50, "SS", [1, 1]), (0x100, "US", 16), (0x102, "US", 12)):  # fmt: skip
        ds.add_new((0x6000, element), vr, value)
    out = BytesIO()
    ds.save_as(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "profile"),
    [
        (hidden_overlay(), Profile()),  # its bits are cleared
        (large(Rows=200), Profile()),  # what trails behind the last pixel is cut off
        (large(Modality="US"), Profile()),  # the pixels are looked at
        (large(), Profile(overrides=(Override(tag=0x7FE00010, action=Action.EMPTY, why="no pixels"),))),
    ],
    ids=["overlay", "trailing", "looked at", "emptied"],
)  # fmt: skip
def test_values_that_are_needed_are_asked_for(data, profile, tmp_path):
    bench = workbench(profile, KEY, SUBJECT)
    with Taken(on_disk(tmp_path, data)) as file:
        assert file.beyond
        with pytest.raises(NotApart):
            bench.deidentify(file.data, beyond=file.beyond)


@pytest.mark.parametrize(
    ("head", "beyond"),
    [
        (b"", APART_FROM),
        (large()[: -len(PIXELS)][:-20], len(PIXELS)),
        (large()[: -len(PIXELS)], len(PIXELS) - 2),
        (large(ExplicitVRBigEndian)[: -len(PIXELS)], len(PIXELS)),
    ],
    ids=["nothing", "cut", "another length", "big endian"],
)
def test_a_head_that_does_not_end_at_its_values_is_refused(head, beyond):
    with pytest.raises(NotApart):
        read_instance(head, beyond)


def test_verification_lets_nothing_be_beyond_but_pixel_values():
    made = workbench(Profile(), KEY, SUBJECT).deidentify(large()).data or b""
    head, size = made[: -len(PIXELS)], len(PIXELS)

    def kinds(data: bytes, beyond: int) -> set[str]:
        found = verify(data, identifiers=Identifiers(), profile=Profile(), beyond=beyond)  # fmt: skip
        return {leak.kind for leak in found}

    assert kinds(head, size) == set()
    assert kinds(head, size + 2) == {"unreadable"}
    assert kinds(head[:-20], size) == {"unreadable"}
    # The header of pixel values at the end of another element's value is none.
    inside = raw_element(0x7FE10010, b"OB", head[-12:])
    assert kinds(head[:-12] + inside, size) == {"unreadable"}


def test_verification_finds_an_identifier_in_a_head():
    made = workbench(Profile(), KEY, SUBJECT).deidentify(large()).data or b""
    head = made[: -len(PIXELS)].replace(b"LE-017", b"WRONG!")
    found = verify(head, identifiers=Identifiers(names=frozenset({"Wrong!"})), profile=Profile(), beyond=len(PIXELS))  # fmt: skip

    assert "name" in {leak.kind for leak in found}


@pytest.mark.parametrize("data", [large(), ct_file(), WHOLE["compressed"]], ids=["apart", "small", "compressed"])  # fmt: skip
def test_the_journal_tells_which_original_it_was(data, tmp_path):
    (tmp_path / "in").mkdir()
    on_disk(tmp_path / "in", data)
    job = Job(profile=Profile(), key=KEY, places=Places.beside(tmp_path / "out"))
    (outcome,) = run(tmp_path / "in", job=job, crosswalk=CrosswalkFile(), enrol=True)
    made = (tmp_path / "out" / str(outcome.out)).read_bytes()

    assert outcome.sha256 == hashlib.sha256(made).hexdigest()

    def marks(original: bytes, out: bytes) -> set[str]:
        told = originals_of(original, hashlib.sha256(out).hexdigest())
        return {KEY.mac("original", one).hex() for one in told}

    assert outcome.was in marks(data, made)
    other = data[:-9] + bytes([data[-9] ^ 1]) + data[-8:]
    changed = made[:-9] + bytes([made[-9] ^ 1]) + made[-8:]
    assert outcome.was not in marks(other, changed)


def test_an_output_that_cannot_be_written_whole_leaves_nothing(tmp_path):
    places = Places.beside(tmp_path / "out")

    def pieces():
        yield b"half"
        raise Unreadable("unreadable")

    with pytest.raises(Unreadable):
        places.put_pieces("a/IM0001.dcm", pieces())

    assert [p for p in (tmp_path / "out").rglob("*") if p.is_file()] == []


def fragments(*, vr: bytes = b"OB", comment: bytes = b"") -> bytes:
    """A file whose pixels are a JPEG with a comment."""
    jpeg = b"\xff\xd8\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment
    jpeg += b"\xff\xda\x00\x02" + bytes(70_000) + b"\xff\xd9"
    items = b"".join(b"\xfe\xff\x00\xe0" + len(i).to_bytes(4, "little") + i for i in (b"", jpeg))  # fmt: skip
    head = ct_file(PixelData=None, SeriesDescription="knee").replace(b"UI\x14\x001.2.840.10008.1.2.1\0", b"UI\x16\x001.2.840.10008.1.2.4.50")  # fmt: skip
    length = int.from_bytes(head[140:144], "little") + 2
    head = head[:140] + length.to_bytes(4, "little") + head[144:]
    return head + b"\xe0\x7f\x10\0" + vr + b"\0\0\xff\xff\xff\xff" + items + b"\xfe\xff\xdd\xe0\0\0\0\0"  # fmt: skip


def test_fragments_are_in_memory_once_and_searched():
    bench = workbench(UNSEEN, KEY, SUBJECT)

    def kinds(comment: bytes) -> set[str]:
        done = bench.deidentify(fragments(comment=comment), apart=True)
        assert done.pixels is not None
        assert (done.data or b"") + done.pixels == bench.deidentify(fragments(comment=comment)).data  # fmt: skip
        found = verify(done.data or b"", identifiers=done.identifiers, profile=UNSEEN, subject=SUBJECT, beyond=done.beyond, pixels=done.pixels)  # fmt: skip
        return {leak.kind for leak in found}

    assert kinds(b"knee") == set()
    assert kinds(b"Quarrendon") == {"name"}


def test_fragments_that_some_senders_call_words_stay_whole():
    done = workbench(UNSEEN, KEY, SUBJECT).deidentify(fragments(vr=b"OW"), apart=True)

    assert (done.pixels, done.beyond) == (None, 0)
    assert (done.data or b"").endswith(b"\xfe\xff\xdd\xe0\0\0\0\0")


def test_fragments_that_do_not_end_are_refused_by_verification():
    done = workbench(UNSEEN, KEY, SUBJECT).deidentify(fragments(), apart=True)
    pixels = done.pixels or memoryview(b"")
    for beyond, cut in ((done.beyond, pixels[:-8]), (done.beyond - 8, pixels[:-8])):
        found = verify(done.data or b"", identifiers=Identifiers(), profile=UNSEEN, beyond=beyond, pixels=cut)  # fmt: skip
        assert [leak.kind for leak in found] == ["unreadable"]
