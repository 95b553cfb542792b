"""Fuzz de-identification: no crash, no output on doubt, the same bytes whether read whole or apart.

    python tests/fuzz/deid.py --seconds 60             mutations of the seeds, reproducible by --seed
    python tests/fuzz/deid.py --atheris SEEDS -max_total_time=60    guided by coverage (needs PyPI's atheris; libFuzzer's options)

Seeds are pydicom's own test files and a few that the tests make; atheris is given a folder, filled with them if empty.
A failing input is written to the current folder as `crash-...`; make it a test before mending it.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import time
import warnings
from collections.abc import Iterator
from contextlib import nullcontext
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
from pydicom.uid import (
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)


ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]
LARGEST = 1 << 17  # bytes of a seed
OPTIONS_LEFT_OUT = frozenset({113101})  # pixels have a reader of their own


def check(data: bytes) -> None:
    """What must hold for any bytes.

    Raises:
        AssertionError: it does not.
    """
    from provident.deid import REASONS, deidentify, gather
    from provident.deid.engine import workbench

    done = deidentify(data, profile=PROFILE, key=KEY, subject=SUBJECT)
    assert (done.data is None) == (done.reason is not None), "neither held nor made"
    assert done.data or done.reason in REASONS, f"no such reason: {done.reason}"
    gather(data)
    bench = workbench(PROFILE, KEY, SUBJECT)
    same(bench.deidentify(data, apart=True), done, b"")
    value = value_in(data)
    if value:
        same_apart(bench, data, value, done)
    if done.data is not None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            pydicom.dcmread(BytesIO(done.data), stop_before_pixels=True)


def value_in(data: bytes) -> int:
    """Where native pixel values begin, for files that are large enough to be taken apart."""
    from provident.deid.passing import _values_at

    return _values_at(data, len(data))


def same_apart(bench: Any, data: bytes, value: int, whole: Any) -> None:
    """A head and its values give what the whole file gives, or are refused."""
    from provident.deid.instance import NotApart

    try:
        apart = bench.deidentify(data[:value], beyond=len(data) - value)
    except NotApart:
        return
    same(apart, whole, data[value:])


def same(apart: Any, whole: Any, rest: bytes) -> None:
    """The same bytes or reason, and verification blocks both or neither; it may not crash either."""
    assert apart.reason == whole.reason, "apart is held and whole is not, or otherwise"
    if whole.data is None:
        return
    behind = rest if apart.pixels is None else bytes(apart.pixels)
    assert apart.data + behind == whole.data, "apart is not as whole"
    assert blocks(apart) == blocks(whole), "verified otherwise apart than whole"


def blocks(done: Any) -> bool:
    """Whether verification lets a file wait."""
    from provident.deid import verify

    told = {"identifiers": done.identifiers, "profile": PROFILE, "subject": SUBJECT}
    return bool(verify(done.data, beyond=done.beyond, pixels=done.pixels, **told))


def seeds() -> Iterator[bytes]:
    """Small files of many kinds."""
    from tests.spec.deid.files import data_set, file_of

    large = np.zeros((256, 256), dtype="<u2").tobytes()
    for syntax in (ExplicitVRLittleEndian, ImplicitVRLittleEndian, ExplicitVRBigEndian):
        for _ in range(8):  # as often as one maker's among the others
            yield file_of(nested(data_set()), syntax)
            yield file_of(
                nested(data_set(Rows=256, Columns=256, PixelData=large)), syntax
            )
    top = Path(pydicom.__file__).parent / "data"
    for path in sorted(p for f in ("test_files", "charset_files") for p in (top / f).rglob("*")):  # fmt: skip
        if path.is_file() and 128 < path.stat().st_size <= LARGEST:
            yield path.read_bytes()


def nested(ds: Any) -> Any:
    """With what identifies inside sequences and private elements."""
    inner, outer = type(ds)(), type(ds)()
    inner.PatientName, inner.ReferencedSOPInstanceUID = "Quarrendon^Ottilie", "1.2.826.0.1.99.7"  # fmt: skip
    outer.ReferencedImageSequence = [inner, inner]
    outer.StudyDescription = "knee of Ottilie, 3 May 2024"
    ds.RequestAttributesSequence = [outer]
    block = ds.private_block(0x0019, "SIEMENS MR HEADER", create=True)
    block.add_new(0x0C, "IS", "800")
    block.add_new(0x99, "LO", "Quarrendon")
    return ds


def mutated(data: bytes, chance: np.random.Generator) -> bytes:
    """A few bytes flipped, cut, doubled, or set to lengths that matter."""
    made = bytearray(data)
    for _ in range(int(chance.integers(1, 4))):
        if len(made) < 16:
            break
        # Most of what decides stands in the header.
        at = int(chance.integers(min(len(made) - 1, 128), min(len(made), 4000)))
        size = int(chance.integers(1, 40))
        how = chance.integers(0, 6)
        if how == 0:
            made[at] = int(chance.integers(0, 256))
        elif how == 1:
            del made[at : at + size]
        elif how == 2:
            made[at:at] = made[at : at + size]
        elif how == 3:
            made[at : at + 4] = LENGTHS[int(chance.integers(0, len(LENGTHS)))]
        elif how == 4:
            made[at:at] = chance.bytes(size)
        else:
            made[at : at + 2] = _VRS[int(chance.integers(0, len(_VRS)))]
    return bytes(made)


LENGTHS = [b"\xff\xff\xff\xff", b"\0\0\0\0", b"\xfe\xff\xff\xff", b"\x01\0\0\0", b"\xfe\xff\x00\xe0", b"\xfe\xff\x0d\xe0", b"\xfe\xff\xdd\xe0", b"\xe0\x7f\x10\0"]  # fmt: skip
_VRS = [b"SQ", b"UN", b"OB", b"UI", b"PN", b"LO", b"DA", b"UT", b"US", b"\0\0"]


def mutate_for(seconds: float, seed: int) -> int:
    """Check mutations until the processor's seconds are over; how many were checked."""
    chance = np.random.default_rng(seed)
    known = list(seeds())
    count = 0
    begun = time.process_time()
    while time.process_time() - begun < seconds:
        data = mutated(known[int(chance.integers(0, len(known)))], chance)
        try:
            check(data)
        except Exception:
            name = f"crash-{hashlib.sha256(data).hexdigest()[:16]}"
            Path(name).write_bytes(data)
            sys.stderr.write(f"{name}: {len(data)} bytes\n")
            raise
        count += 1
    return count


def guided(arguments: list[str]) -> None:
    """Run under atheris."""
    atheris = import_module("atheris")
    folders = [Path(a) for a in arguments if not a.startswith("-")]
    if folders and (not folders[0].exists() or not any(folders[0].iterdir())):
        folders[0].mkdir(parents=True, exist_ok=True)
        for number, data in enumerate(seeds()):
            (folders[0] / f"{number:03}").write_bytes(data)
    atheris.Setup([sys.argv[0], *arguments], check)
    atheris.Fuzz()


def main() -> None:
    """Fuzz as asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--atheris", action="store_true")
    told, rest = parser.parse_known_args()
    if told.atheris:
        guided(rest)
    else:
        sys.stdout.write(f"{mutate_for(told.seconds, told.seed)} inputs, no fault\n")


def instrumented() -> Any:
    """While this is open, what is imported reports its coverage to atheris."""
    if "--atheris" not in sys.argv:
        return nullcontext()
    return import_module("atheris").instrument_imports(include=["provident"])


with instrumented():
    from provident.deid import Profile, SiteKey, Subject

PROFILE = Profile(documents="remove", options=Profile().options - OPTIONS_LEFT_OUT)
KEY = SiteKey(bytes(range(32)))
SUBJECT = Subject(participant="LE-017", date_shift_days=-100)


if __name__ == "__main__":
    main()
