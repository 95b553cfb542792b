"""Look for planted identifiers in one output file, whoever made it: in each element, and in the bytes that no element holds."""

from __future__ import annotations

import io
import warnings
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import pydicom
from pydicom import Dataset
from pydicom.dataelem import DataElement

from provident.synthetic.acceptance.answers import Answer, Person


ENCODINGS = ("utf-8", "latin-1", "iso8859_2", "iso8859_5", "iso2022_jp", "shift_jis", "euc_jp", "utf-16-le")  # fmt: skip
DEFLATED = "1.2.840.10008.1.2.1.99"
_PIXELS = (0x7FE00010, 0x7FE00008, 0x7FE00009)


@dataclass(slots=True)
class Output:
    """One file of somebody's output: its bytes and what pydicom reads of it."""

    name: str
    data: bytes = field(repr=False)
    dataset: Dataset = field(repr=False)

    @classmethod
    def read(cls, path: Path, name: str) -> Output | None:
        """A file; None where it is no DICOM."""
        data = path.read_bytes()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                ds = pydicom.dcmread(io.BytesIO(data))
                list(ds.iterall())  # what cannot be read shows itself here
        except Exception:  # noqa: BLE001  # whatever pydicom cannot read is not judged as DICOM
            return None
        if not ds.get("SOPClassUID") or "DirectoryRecordSequence" in ds:
            return None
        return cls(name, data, ds)

    @property
    def bytes_in_clear(self) -> bytes:
        """The file with its data set inflated and without the pixels' values."""
        data = self.data
        meta = getattr(self.dataset, "file_meta", None)
        if meta is not None and meta.get("TransferSyntaxUID") == DEFLATED:
            end = 132 + 12 + int.from_bytes(data[140:144], "little")
            data = data[:end] + zlib.decompress(data[end:], -15)
        for tag in _PIXELS:
            if tag in self.dataset:
                value = bytes(self.dataset[tag].value or b"")
                at = data.rfind(value) if len(value) > 256 else -1
                data = data[:at] + data[at + len(value) :] if at >= 0 else data
        return data


@dataclass(frozen=True, slots=True)
class Leak:
    """One planted identifier that is left: what kind of thing, in which part of which file."""

    kind: str
    where: str
    file: str
    what: str


def leaks_in(output: Output, answer: Answer, person: Person) -> Iterator[Leak]:
    """Every identifier of its person that is left in a file or its name, each once for each part of the file."""
    seen: set[tuple[str, str]] = set()
    tokens = _tokens(person, answer.visit)
    for kind, token in tokens:
        if kind != "date" and token.lower() in output.name.lower():
            yield Leak(kind, "file name", answer.name, token)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        values = list(_values(output.dataset, ""))
        together = b"\0".join(raw for _, raw in values)
        there = [(kind, token) for kind, token in tokens if _holds(together, token)]
        for where, raw in values if there else ():
            for kind, token in there:
                if (where, token) not in seen and _holds(raw, token):
                    seen.add((where, token))
                    yield Leak(kind, where, answer.name, token)
    found = {token for _, token in seen}
    clear = output.bytes_in_clear
    for kind, token in tokens:
        if token not in found and _holds(clear, token):
            yield Leak(kind, "elsewhere", answer.name, token)
    if person.age > "089Y" and str(output.dataset.get("PatientAge", "")) == person.age:
        yield Leak("age", "header", answer.name, person.age)


def _tokens(person: Person, visit: int) -> list[tuple[str, str]]:
    told = [(kind, token) for kind, tokens in person.tokens.items() for token in tokens]
    told += [("date", person.days[visit]), ("date", person.born)]
    return [*told, ("uid", person.uid_root)]


def _holds(raw: bytes, token: str) -> bool:
    lower = raw.lower()
    return any(needle in lower for needle in _needles(token))


@lru_cache(maxsize=4096)
def _needles(token: str) -> frozenset[bytes]:
    found = set()
    for text in (token, token.lower(), token.upper(), token.title()):
        for encoding in ENCODINGS:
            try:
                # Bytes are made lower case, as those that are searched: of ASCII letters that is all there is to it.
                found.add(text.encode(encoding).lower())
            except UnicodeEncodeError:
                continue
    return frozenset(found)


def _values(ds: Dataset, place: str) -> Iterator[tuple[str, bytes]]:
    """The raw values of all elements with the part of the file that they lie in."""
    for element in ds:
        where = place or _place(element)
        if element.VR == "SQ":
            deeper = where if where != "header" else "nested header"
            for item in element.value:
                yield from _values(item, deeper)
        elif int(element.tag) not in _PIXELS:
            yield where, _raw(element)


def _place(element: DataElement) -> str:
    tag = int(element.tag)
    group = tag >> 16
    if element.tag.is_private:
        return "private"
    if group & 0xFF00 in (0x5000, 0x6000):
        return "overlay"
    places = {0x0040A730: "report", 0x00420011: "document", 0x00880200: "icon", 0xFFFCFFFC: "padding"}  # fmt: skip
    if tag in places:
        return places[tag]
    if group == 0x0070:
        return "annotation"
    if group in (0x3006, 0x0062, 0x5200):
        return {0x3006: "structures", 0x0062: "segmentation", 0x5200: "frames"}[group]
    text = element.VR in ("LT", "ST", "UT") or "Description" in element.keyword or element.keyword == "ProtocolName"  # fmt: skip
    return "text" if text else "header"


def _raw(element: DataElement) -> bytes:
    value = element.value
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value)
    many = value if isinstance(value, list | tuple | pydicom.multival.MultiValue) else [value]  # fmt: skip
    return "\\".join("" if v is None else str(v) for v in many).encode("utf-8", "surrogatepass")  # fmt: skip
