"""The answer key: what was planted in each file, what must still be there, and how to know the file again."""

from __future__ import annotations

import base64
import hashlib
import io
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pydicom

from provident.kernel import InvalidInput
from provident.synthetic.acceptance.making import ROOT, Planted, uid
from provident.synthetic.acceptance.people import Invented


FORMAT = 1
BLOCK = 16  # pixels of the squares whose mean tells whether the rest of a painted picture is as it was


@dataclass(frozen=True, slots=True)
class Person:
    """What identifies one invented person, by kind."""

    id: str
    tokens: dict[str, tuple[str, ...]]
    uid_root: str
    born: str
    days: tuple[str, str]
    interval: int
    number: str
    age: str


@dataclass(frozen=True, slots=True)
class Answer:
    """One planted file: how to know it, what it keeps, where it points."""

    name: str
    person: str
    visit: int
    kind: str
    sha256: str
    sop_class: str
    sop: str
    study: str
    series: str
    frame: str
    number: int
    keeps: tuple[tuple[str, str, str], ...] = ()
    refers: tuple[str, ...] = ()
    may_wait: bool = False
    boxes: tuple[dict[str, Any], ...] = ()
    pixels: str = ""
    lossy: bool = False
    blocks: str = ""
    shape: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Answers:
    """The whole key. `corpus` is a hash over all files: two programs were given the same if it is the same."""

    corpus: str
    people: dict[str, Person]
    files: dict[str, Answer] = field(repr=False)

    def encoded(self) -> bytes:
        """As it is written to a file."""
        told: dict[str, Any] = {"format": FORMAT, "corpus": self.corpus}
        told["people"] = [asdict(p) for p in self.people.values()]
        told["files"] = [asdict(a) for a in self.files.values()]
        return json.dumps(told, ensure_ascii=False, indent=1).encode() + b"\n"


def read_answers(path: Path) -> Answers:
    """A key from its file.

    Raises:
        InvalidInput: it is not there, or is none.
    """
    try:
        told = json.loads(path.read_bytes())
        if told["format"] != FORMAT:
            raise ValueError
        people = [Person(**_frozen(p)) for p in told["people"]]
        files = [Answer(**_frozen(f)) for f in told["files"]]
        return Answers(told["corpus"], {p.id: p for p in people}, {f.name: f for f in files})  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError):
        raise InvalidInput(
            f"{path}: this is no answer key of the acceptance corpus. provident deid --acceptance FOLDER writes it as "
            "FOLDER.key.json."
        ) from None


def _frozen(told: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(v) if isinstance(v, list) else v for name, v in told.items()}


def answers_of(planted: Iterable[Planted], people: Iterable[Invented]) -> Answers:
    """The key of a corpus."""
    files = {one.name: _answer(one) for one in planted}
    digest = hashlib.sha256("".join(f"{a.name}\0{a.sha256}\n" for a in files.values()).encode())  # fmt: skip
    return Answers(digest.hexdigest(), {who.id: _person(who) for who in people}, files)


def _person(who: Invented) -> Person:
    rare = max(who.hospital.split(), key=len)
    tokens = {
        "name": (*who.words, *who.staff),
        "number": (who.number, who.accession, who.phone),
        "place": (rare, who.street),
    }
    days = (who.day(0).strftime("%Y%m%d"), who.day(1).strftime("%Y%m%d"))
    root = uid(who, 0).rpartition(".")[0] + "."
    assert root.startswith(ROOT)
    return Person(who.id, tokens, root, who.born.strftime("%Y%m%d"), days, who.interval, who.number, who.age)  # fmt: skip


def _answer(one: Planted) -> Answer:
    ds = pydicom.dcmread(io.BytesIO(one.data))
    pixels, blocks, shape = "", "", ()
    if "PixelData" in ds:
        array = ds.pixel_array
        pixels, shape = digest_of(array), array.shape
        if one.boxes:
            means = blocks_of(array).astype(np.float32)
            blocks = base64.b64encode(means.tobytes()).decode()
    return Answer(
        name=one.name, person=one.person, visit=one.visit, kind=one.kind, sha256=hashlib.sha256(one.data).hexdigest(),
        sop_class=str(ds.SOPClassUID), sop=str(ds.SOPInstanceUID), study=str(ds.StudyInstanceUID),
        series=str(ds.SeriesInstanceUID), frame=str(ds.get("FrameOfReferenceUID", "")), number=int(ds.InstanceNumber),
        keeps=tuple(one.keeps), refers=one.refers, may_wait=one.may_wait, boxes=tuple(one.boxes), pixels=pixels,
        lossy=ds.get("LossyImageCompression") == "01", blocks=blocks, shape=shape,
    )  # fmt: skip


def digest_of(array: np.ndarray[Any, Any]) -> str:
    """The digest of decoded pixels, whatever syntax they came in."""
    little = np.ascontiguousarray(array.astype(array.dtype.newbyteorder("<")))
    return hashlib.sha256(little.tobytes()).hexdigest()


def grey_of(array: np.ndarray[Any, Any]) -> np.ndarray[Any, np.dtype[np.float32]]:
    """The last frame in grey: what was painted on must be gone from every frame."""
    colour = array.ndim > 2 and array.shape[-1] == 3
    grey = array.astype(np.float32).mean(-1) if colour else array.astype(np.float32)
    return np.asarray(grey if grey.ndim == 2 else grey[-1], np.float32)


def blocks_of(array: np.ndarray[Any, Any]) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Means of squares of the picture, for what may differ a little."""
    grey = grey_of(array)
    rows, columns = (n // BLOCK for n in grey.shape)
    cut = grey[: rows * BLOCK, : columns * BLOCK]
    return np.asarray(cut.reshape(rows, BLOCK, columns, BLOCK).mean((1, 3)), np.float32)
