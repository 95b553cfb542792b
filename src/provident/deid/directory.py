"""A new DICOMDIR over the files that may leave: the index of a medium or folder (PS3.3 F, PS3.10 8.6, PS3.11).

The index of the input lists names and numbers of people and is never passed on. The new one is built from the
released files alone, so that it can say no more than they do. Where a file lacks what a record must have (its
Study ID was emptied), a number in sequence or a neutral word stands in the record; the file itself stays as it is.
"""

from __future__ import annotations

import base64
import hashlib
import re
import struct
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from itertools import pairwise
from pathlib import PurePosixPath
from typing import BinaryIO

import pydicom
from pydicom.dataset import Dataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset

from provident.deid.elements import EXPLICIT_LITTLE
from provident.deid.instance import DIRECTORY_CLASS
from provident.deid.writer import encode_element, encode_meta


NAME = "DICOMDIR"
_COMPONENT = re.compile(r"[A-Z0-9_]{1,8}")  # PS3.10 8.5
_DEPTH = 8  # components of a file id (PS3.10 8.2)
_IMAGE_STORAGE = "1.2.840.10008.5.1.4.1.1."
# Record types by what follows in the SOP class (PS3.3 table F.4-1); the longest beginning counts.
_TYPES = {
    "4.2": "SPECTROSCOPY", "9": "WAVEFORM", "11": "PRESENTATION", "66": "RAW DATA", "66.1": "REGISTRATION",
    "66.2": "FIDUCIAL", "66.3": "REGISTRATION", "66.4": "IMAGE", "66.5": "SURFACE", "66.6": "TRACT", "66.7": "IMAGE",
    "67": "VALUE MAP", "68": "SURFACE SCAN", "77.1.5.3": "STEREOMETRIC", "88": "SR DOCUMENT",
    "88.59": "KEY OBJECT DOC", "104": "ENCAP DOC", "481.2": "RT DOSE", "481.3": "RT STRUCTURE SET",
    "481.4": "RT TREAT RECORD", "481.5": "RT PLAN", "481.6": "RT TREAT RECORD", "481.7": "RT TREAT RECORD",
    "481.8": "RT PLAN", "481.9": "RT TREAT RECORD",
}  # fmt: skip
# What a record must have (type 1) and a file may lack.
_NEUTRAL = {
    "PresentationCreationDate": "19000101", "PresentationCreationTime": "000000", "ContentDate": "19000101",
    "ContentTime": "000000", "ContentLabel": "UNNAMED", "StructureSetLabel": "UNNAMED", "RTPlanLabel": "UNNAMED",
    "DoseSummationType": "PLAN", "CompletionFlag": "PARTIAL", "VerificationFlag": "UNVERIFIED",
    "ImageType": ["DERIVED", "PRIMARY"], "NumberOfFrames": 1, "Rows": 1, "Columns": 1, "DataPointRows": 1,
    "DataPointColumns": 1, "MIMETypeOfEncapsulatedDocument": "application/octet-stream",
}  # fmt: skip


def asks_for_one(names: Iterable[str]) -> bool:
    """Whether an input has a DICOMDIR, by the names of its files."""
    return any(PurePosixPath(name).name.upper() == NAME for name in names)


def file_id(released: str) -> str:
    """A released path as a file id that a DICOMDIR may name: at most 8 components of 1 to 8 of A-Z, 0-9, _.

    A path that is one stays. Any other becomes two components of 40 bits each of its hash: the
    first stands for the folder, so that what lay together still does.
    """
    parts = PurePosixPath(released).parts
    if len(parts) <= _DEPTH and all(map(_COMPONENT.fullmatch, parts)) and released != NAME:  # fmt: skip
        return released
    folder = str(PurePosixPath(released).parent)
    return f"{_hashed(folder)}/{_hashed(released)}"


def _hashed(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8", "surrogateescape")).digest()
    return base64.b32encode(digest[:5]).decode("ascii")


@dataclass(slots=True)
class _Node:
    """A record: its bytes with blank offsets, and those below it, by what tells them apart."""

    record: bytes
    below: dict[str, _Node] = field(default_factory=dict)

    def walk(self) -> Iterator[_Node]:
        yield self
        for node in self.below.values():
            yield from node.walk()


def directory_of(names: Iterable[str], opened: Callable[[str], BinaryIO]) -> bytes:
    """The DICOMDIR over files, by their file ids in any order; the same files give the same bytes.

    `opened` gives a stream of a file, of which its header alone is read.

    Raises:
        ValueError: a name is no file id.
    """
    roots: dict[str, _Node] = {}
    digest = hashlib.sha256()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in sorted(names):
            if file_id(name) != name:
                raise ValueError("a name is no file id of a DICOMDIR")
            with opened(name) as stream:
                ds = pydicom.dcmread(stream, stop_before_pixels=True)
            digest.update(f"{name}\0{ds.get('SOPInstanceUID', '')}\0".encode())
            _add(roots, name, ds)
        return _linked(roots, digest.digest())


def _add(roots: dict[str, _Node], name: str, ds: Dataset) -> None:
    patient = _child(roots, str(ds.get("PatientID") or "-"), "PATIENT", ds)
    study = _child(patient.below, str(ds.get("StudyInstanceUID") or "-"), "STUDY", ds)
    series = _child(study.below, str(ds.get("SeriesInstanceUID") or "-"), "SERIES", ds)  # fmt: skip
    record = _keys(_type_of(ds), ds, len(series.below) + 1)
    link = Dataset()
    link.ReferencedFileID = name.split("/")
    link.ReferencedSOPClassUIDInFile = ds.SOPClassUID
    link.ReferencedSOPInstanceUIDInFile = ds.SOPInstanceUID
    link.ReferencedTransferSyntaxUIDInFile = ds.file_meta.TransferSyntaxUID
    record.update(link)
    series.below[name] = _Node(_record(_type_of(ds), record, ds))


def _child(level: dict[str, _Node], key: str, kind: str, ds: Dataset) -> _Node:
    if key not in level:
        level[key] = _Node(_record(kind, _keys(kind, ds, len(level) + 1), ds))
    return level[key]


def _type_of(ds: Dataset) -> str:
    told = str(ds.SOPClassUID)
    rest = told.removeprefix(_IMAGE_STORAGE) if told.startswith(_IMAGE_STORAGE) else ""
    while rest:
        if rest in _TYPES:
            return _TYPES[rest]
        rest = rest.rpartition(".")[0]
    return "IMAGE" if "Rows" in ds else "RAW DATA"


def _keys(kind: str, ds: Dataset, number: int) -> Dataset:
    """What identifies a record among its neighbours (PS3.3 F.5), whole even where the file is not."""
    from pydicom.fileset import DIRECTORY_RECORDERS  # of use here alone, and large

    told = Dataset()
    told.update({e.tag: e for e in ds if e.tag.group != 0x0004})
    in_sequence = {"PatientID": f"UNKNOWN{number}", "StudyID": str(number), "SeriesNumber": number, "InstanceNumber": number}  # fmt: skip
    at_least = {"StudyDate": "19000101", "StudyTime": "000000", "Modality": "OT"}
    for keyword, value in (_NEUTRAL | at_least | in_sequence).items():
        if keyword not in told or told[keyword].VM == 0:
            setattr(told, keyword, value)
    if not told.get("ConceptNameCodeSequence"):
        told.ConceptNameCodeSequence = [_unnamed_concept()]
    record = DIRECTORY_RECORDERS[kind](told)
    _keep_modifiers(record)
    if kind == "ENCAP DOC" and not ds.get("ConceptNameCodeSequence"):
        record.ConceptNameCodeSequence = []  # type 2 there
    return record


def _unnamed_concept() -> Dataset:
    made = Dataset()
    made.CodeValue, made.CodingSchemeDesignator = "121070", "DCM"
    made.CodeMeaning = "Findings"
    return made


def _keep_modifiers(record: Dataset) -> None:
    """Of a report's content the directory tells what modifies its title, and no more (PS3.3 F.5.24)."""
    if "ContentSequence" in record:
        kept = [i for i in record.ContentSequence if i.get("RelationshipType") == "HAS CONCEPT MOD"]  # fmt: skip
        del record.ContentSequence
        if kept:
            record.ContentSequence = kept


def _record(kind: str, keys: Dataset, ds: Dataset) -> bytes:
    """The bytes of a record's item, without its header, its two offsets still 0."""
    keys.OffsetOfTheNextDirectoryRecord = 0
    keys.RecordInUseFlag = 0xFFFF
    keys.OffsetOfReferencedLowerLevelDirectoryEntity = 0
    keys.DirectoryRecordType = kind
    if ds.get("SpecificCharacterSet"):
        keys.SpecificCharacterSet = ds.SpecificCharacterSet
    out = DicomBytesIO()
    out.is_little_endian, out.is_implicit_VR = True, False
    write_dataset(out, keys, ds.get("SpecificCharacterSet") or "ISO_IR 6")
    return out.getvalue()


_NEXT, _LOWER = (
    8,
    30,
)  # where the values of (0004,1400) and (0004,1420) stand in an item
_ITEM = b"\xfe\xff\x00\xe0"
_SEQUENCE = b"\x04\x00\x20\x12SQ\0\0"  # (0004,1220), its length to follow


def _linked(roots: dict[str, _Node], digest: bytes) -> bytes:
    """The whole file: each record points to the next of its level and to the first below it (in bytes)."""
    nodes = [node for root in roots.values() for node in root.walk()]
    places: dict[int, int] = {}
    start = at = len(_head(digest, 0, 0)) + len(_SEQUENCE) + 4
    for node in nodes:
        places[id(node)] = at
        at += 8 + len(node.record)
    following = dict(_following(roots, places))
    tops = [places[id(node)] for node in roots.values()] or [0]
    head = _head(digest, tops[0], tops[-1])
    out = [head, _SEQUENCE, struct.pack("<L", at - start)]
    for node in nodes:
        raw = bytearray(node.record)
        first = next(iter(node.below.values()), None)
        struct.pack_into("<L", raw, _NEXT, following.get(id(node), 0))
        struct.pack_into("<L", raw, _LOWER, places[id(first)] if first else 0)
        out += [_ITEM, struct.pack("<L", len(raw)), bytes(raw)]
    return b"".join(out)


def _following(
    level: dict[str, _Node], places: dict[int, int]
) -> Iterator[tuple[int, int]]:
    nodes = list(level.values())
    for node, after in pairwise(nodes):
        yield id(node), places[id(after)]
    for node in nodes:
        yield from _following(node.below, places)


def _head(digest: bytes, first: int, last: int) -> bytes:
    """Preamble, file meta information and the general elements: where the first and last patient stand."""
    uid = f"2.25.{int.from_bytes(digest[:16], 'big')}"
    general = (
        (0x00041130, "CS", b""),
        (0x00041200, "UL", struct.pack("<L", first)),
        (0x00041202, "UL", struct.pack("<L", last)),
        (0x00041212, "US", b"\0\0"),
    )
    meta = encode_meta(DIRECTORY_CLASS, uid, EXPLICIT_LITTLE)
    return meta + b"".join(
        encode_element(tag, vr, value, implicit=False) for tag, vr, value in general
    )


def is_directory(data: bytes) -> bool:
    """Whether a file says in its meta information that it is a DICOMDIR."""
    return DIRECTORY_CLASS.encode() in data[:1024]


def records_as_files(data: bytes) -> list[tuple[str, bytes]]:
    """Each record of a DICOMDIR with what it says as a small file of its own, for verification.

    Raises:
        ValueError: it cannot be read.
    """
    return [(where, _as_file(record)) for where, record in _records(data)]


def people_in(data: bytes) -> list[tuple[str, set[str]]]:
    """The name and number of each patient's record.

    Raises:
        ValueError: it cannot be read.
    """
    return [
        (where, {str(record.get(k) or "") for k in ("PatientName", "PatientID")} - {""})
        for where, record in _records(data)
        if record.get("DirectoryRecordType") == "PATIENT"
    ]


def _records(data: bytes) -> list[tuple[str, Dataset]]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ds = pydicom.dcmread(BytesIO(data))
            found = list(ds.get("DirectoryRecordSequence") or ())
            list(ds.iterall())  # what cannot be read shows itself here
    except (
        Exception
    ) as error:  # whatever pydicom raises, it is no directory that can be verified
        raise ValueError("the DICOMDIR cannot be read") from error
    return [(f"(0004,1220)[{n}]", record) for n, record in enumerate(found)]


def _as_file(record: Dataset) -> bytes:
    told = Dataset()
    told.update({e.tag: e for e in record if e.tag.group != 0x0004})
    # What a whole file must say and a record cannot.
    told.PatientIdentityRemoved = "YES"
    told.SOPClassUID = record.get("ReferencedSOPClassUIDInFile") or DIRECTORY_CLASS
    out = DicomBytesIO()
    out.is_little_endian, out.is_implicit_VR = True, False
    write_dataset(out, told, record.get("SpecificCharacterSet") or "ISO_IR 6")
    uid = str(record.get("ReferencedSOPInstanceUIDInFile") or "2.25.1")
    return encode_meta(str(told.SOPClassUID), uid, EXPLICIT_LITTLE) + out.getvalue()
