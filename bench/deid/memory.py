"""Peak memory of de-identification: a file of 300 MB of 572 frames, native and compressed, and a long run.

    python bench/deid/memory.py

One JSON line each: the file's size and the process's largest memory beside it, in megabytes, start included.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pydicom


ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from bench.deid.compare import provident
from bench.deid.made import ct_slices


FRAMES = 572  # of 512 x 512 in 16 bits: 300 MB
MANY = 3000  # files of one person, pixels cut to 64 x 64


def _with_frames() -> bytes:
    (data,) = ct_slices(1, nested=FRAMES)
    ds, out = pydicom.dcmread(BytesIO(data)), BytesIO()
    ds.NumberOfFrames = str(FRAMES)
    ds.save_as(out)
    return out.getvalue()


def multi_frame() -> Iterator[bytes]:
    """One file of many frames, in pieces."""
    data = _with_frames()
    pixels = 512 * 512 * 2
    head = data[: -pixels - 4]
    yield head + (pixels * FRAMES).to_bytes(4, "little")
    for _ in range(FRAMES):
        yield data[-pixels:]


def compressed() -> Iterator[bytes]:
    """The same as fragments of JPEG 2000 whose coded data nobody decodes."""
    data = _with_frames()
    pixels = 512 * 512 * 2
    told, new = b"UI\x14\x001.2.840.10008.1.2.1\0", b"UI\x16\x001.2.840.10008.1.2.4.90"
    head = data[: -pixels - 12].replace(told, new)
    length = int.from_bytes(head[140:144], "little") + 2
    yield head[:140] + length.to_bytes(4, "little") + head[144:]
    yield b"\xe0\x7f\x10\0OB\0\0\xff\xff\xff\xff\xfe\xff\x00\xe0\0\0\0\0"
    frame = b"\xff\x4f\xff\x51\0\4\0\0\xff\x90\0\x0a" + bytes(8) + b"\xff\x93"
    frame = frame.ljust(pixels - 2, b"\1") + b"\xff\xd9"
    for _ in range(FRAMES):
        yield b"\xfe\xff\x00\xe0" + pixels.to_bytes(4, "little") + frame
    yield b"\xfe\xff\xdd\xe0\0\0\0\0"


def measured(name: str, folder: Path, work: Path) -> None:
    """De-identify a folder in a process of its own."""
    out = work / f"{name}-out"
    took = provident()(folder, out)
    files = [p for p in folder.iterdir() if p.is_file()]
    made = sum(p.is_file() for p in out.rglob("*")) if out.is_dir() else 0
    largest = max(p.stat().st_size for p in files) >> 20
    print(json.dumps({"benchmark": "deid-memory", "input": name, "files": len(files), "out": made, "largest_file_mb": largest, "megabytes": took.megabytes}), flush=True)  # fmt: skip


def main() -> int:
    """Measure all."""
    with tempfile.TemporaryDirectory(prefix="bench-deid-memory-") as temporary:
        work = Path(temporary)
        for name, pieces in (("native", multi_frame()), ("compressed", compressed())):
            folder = work / name
            folder.mkdir()
            with (folder / "IM0001.dcm").open("wb") as stream:
                stream.writelines(pieces)
            measured(name, folder, work)
        folder = work / "many"
        folder.mkdir()
        for number, data in enumerate(ct_slices(MANY)):
            pixels = 512 * 512 * 2
            cut = (8192).to_bytes(4, "little") + data[-8192:]
            (folder / f"{number:05}.dcm").write_bytes(data[: -pixels - 4] + cut)
        measured("many", folder, work)
    return 0


if __name__ == "__main__":
    sys.exit(main())
