"""Datasets with identifiers planted at every depth, and what must be found or not found in their outputs."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.uid import UID

from provident.synthetic.acceptance.people import Invented


ROOT = "1.2.826.0.1.3680043.8.498.77"
IMPLICIT, EXPLICIT = "1.2.840.10008.1.2", "1.2.840.10008.1.2.1"
BIG, DEFLATED = "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.1.99"
SIDE = 64  # pixels of an ordinary image's edge
_IMPLEMENTATION = "2.25.309485960192837465564738291010293847"


@dataclass(slots=True)
class Planted:
    """One file with its answers.

    `keeps` are (path, value, kind): what must still be there; a path is keywords and item numbers
    joined by dots, or `private:` creator, group, element. `refers` are SOP Instance UIDs that it
    points to. `may_wait` says that holding it back is right as well as releasing it cleaned.
    """

    name: str
    person: str
    visit: int
    kind: str
    dataset: Dataset = field(repr=False)
    data: bytes = field(default=b"", repr=False)
    keeps: list[tuple[str, str, str]] = field(default_factory=list)
    refers: tuple[str, ...] = ()
    may_wait: bool = False
    boxes: list[dict[str, Any]] = field(default_factory=list)
    extra: bytes = b""  # planted behind or before the data set


def uid(who: Invented, *parts: int) -> str:
    """A UID of a person's exam, series or instance."""
    index = sum(who.id.encode())
    return ".".join([ROOT, str(index), *map(str, parts)])


def base(who: Invented, visit: int, series: int, number: int, sop_class: str, modality: str) -> Dataset:  # fmt: skip
    """Everything but the object's own module, with identifiers wherever hospitals leave them."""
    ds = Dataset()
    ds.SpecificCharacterSet = who.charset.split("\\") if "\\" in who.charset else who.charset  # fmt: skip
    ds.SOPClassUID, ds.SOPInstanceUID = sop_class, uid(who, visit, series, number)
    ds.StudyInstanceUID, ds.SeriesInstanceUID = uid(who, visit), uid(who, visit, series)
    ds.Modality, ds.Manufacturer, ds.ManufacturerModelName = modality, who.maker, who.model  # fmt: skip
    _person(ds, who)
    _exam(ds, who, visit)
    ds.SeriesNumber, ds.InstanceNumber = series, number
    ds.SeriesDescription, ds.BodyPartExamined = "T1 SE COR", "HAND"
    _nested(ds, who)
    block = ds.private_block(0x0029, "WOLKENRUH PACS 1.0", create=True)
    block.add_new(0x10, "LO", f"{_plain(who.family, who)} {who.number}")
    block.add_new(0x11, "PN", who.name.split("=")[0])
    block.add_new(0x12, "DA", who.day(visit).strftime("%Y%m%d"))
    return ds


def _person(ds: Dataset, who: Invented) -> None:
    ds.PatientName, ds.PatientID, ds.IssuerOfPatientID = who.name, who.number, who.issuer  # fmt: skip
    ds.PatientBirthDate, ds.PatientSex, ds.PatientAge = who.born.strftime("%Y%m%d"), who.sex, who.age  # fmt: skip
    ds.PatientWeight, ds.PatientSize = "71.5", "1.68"
    ds.PatientAddress, ds.PatientTelephoneNumbers = who.street, who.phone
    ds.OtherPatientNames, ds.OtherPatientIDs = who.name.split("=")[0], who.number
    ds.PatientComments = f"{who.given} {who.family}, call {who.phone}, {who.street}"
    ds.EthnicGroup = "not told"


def _exam(ds: Dataset, who: Invented, visit: int) -> None:
    day = who.day(visit)
    for keyword in ("StudyDate", "SeriesDate", "ContentDate", "AcquisitionDate"):
        setattr(ds, keyword, day.strftime("%Y%m%d"))
    ds.StudyTime = ds.SeriesTime = ds.ContentTime = "101500"
    ds.AcquisitionDateTime = f"{day:%Y%m%d}101502.5"
    ds.StudyID, ds.AccessionNumber = who.accession[-5:], who.accession
    ds.ReferringPhysicianName, ds.OperatorsName = who.referrer, who.operator
    ds.InstitutionName, ds.InstitutionAddress, ds.StationName = who.hospital, who.street, "ZWIRBELFINK7"  # fmt: skip
    ds.DeviceSerialNumber = "SN8837120"
    ds.StudyDescription = f"MR HAND {who.family}"
    ds.ProtocolName = f"T1 SE COR {who.number}"


def _nested(ds: Dataset, who: Invented) -> None:
    request = Dataset()
    request.RequestingPhysician, request.AccessionNumber = who.referrer, who.accession
    request.RequestedProcedureDescription = "HAND"
    request.ScheduledProcedureStepDescription = f"HAND {who.given} {who.family}"
    person = Dataset()
    person.PersonName, person.InstitutionName = who.operator, who.hospital
    request.ScheduledProcedureStepID = who.accession
    ds.RequestAttributesSequence = [request]
    ds.OperatorIdentificationSequence = [person]
    other = Dataset()
    other.PatientID, other.IssuerOfPatientID = f"{who.number}/2", who.issuer
    ds.OtherPatientIDsSequence = [other]


def _plain(text: str, who: Invented) -> str:
    """A text that any implicit or private element can hold in this person's character set."""
    return text if who.charset != "\\ISO 2022 IR 87" else text.encode("ascii", "ignore").decode()  # fmt: skip


def apart(ds: Dataset, who: Invented, visit: int, exam: int) -> None:
    """Make it an exam of its own, of the same day: what waits must not make the others wait."""
    number, series = exam + 10 * visit, int(ds.SeriesNumber)
    ds.StudyInstanceUID = uid(who, number)
    ds.SeriesInstanceUID = uid(who, number, series)
    ds.SOPInstanceUID = uid(who, number, series, int(ds.InstanceNumber))


def picture(seed: int, rows: int = SIDE, columns: int = SIDE, top: int = 3000) -> np.ndarray[Any, np.dtype[np.uint16]]:  # fmt: skip
    """A smooth shape with noise, different for each seed, the same for the same."""
    rng = np.random.Generator(np.random.PCG64([seed, 77]))
    y, x = np.mgrid[0:rows, 0:columns]
    hand = np.exp(-(((x - columns / 2) / (columns / 4)) ** 2 + ((y - rows / 2) / (rows / 3)) ** 2))  # fmt: skip
    noise = rng.integers(0, 40, (rows, columns))
    return np.asarray(np.clip(hand * top + noise, 0, 4095), np.uint16)


def put_picture(ds: Dataset, pixels: np.ndarray[Any, Any], frames: int = 1) -> None:
    """16-bit grey pixels, or 8-bit grey or colour ones, by the array's type and shape."""
    deep = pixels.dtype == np.uint16
    colour = pixels.ndim > 2 and pixels.shape[-1] == 3
    ds.SamplesPerPixel = 3 if colour else 1
    ds.PhotometricInterpretation = "RGB" if colour else "MONOCHROME2"
    if colour:
        ds.PlanarConfiguration = 0
    shape = pixels.shape[:-1] if colour else pixels.shape
    ds.Rows, ds.Columns = shape[-2:]
    if frames > 1:
        ds.NumberOfFrames = frames
    ds.BitsAllocated, ds.BitsStored, ds.HighBit = (16, 12, 11) if deep else (8, 8, 7)
    ds.PixelRepresentation = 0
    ds.PixelData = pixels.astype("<u2" if deep else "u1").tobytes()
    ds["PixelData"].VR = "OW" if deep else "OB"


def encoded(ds: Dataset, syntax: str = EXPLICIT, preamble: bytes = b"") -> bytes:
    """A part 10 file; the dataset's pixels are in the form that the syntax wants."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = ds.SOPClassUID, ds.SOPInstanceUID  # fmt: skip
    meta.TransferSyntaxUID = UID(syntax if syntax != DEFLATED else EXPLICIT)
    meta.ImplementationClassUID = UID(_IMPLEMENTATION)
    meta.ImplementationVersionName = "ACCEPTANCE"
    meta.SourceApplicationEntityTitle = "ZWIRBELFINK7"
    ds.file_meta = meta
    if syntax == BIG and "PixelData" in ds and ds.BitsAllocated == 16:
        ds.PixelData = np.frombuffer(ds.PixelData, "<u2").astype(">u2").tobytes()
    out = io.BytesIO()
    ds.save_as(out, enforce_file_format=True)
    data = (preamble.ljust(128, b"\0")[:128] if preamble else bytes(128)) + out.getvalue()[128:]  # fmt: skip
    return _deflated(data) if syntax == DEFLATED else data


def _deflated(data: bytes) -> bytes:
    """The same with its data set deflated (PS3.5 A.5), its syntax in the meta information."""
    end = 132 + 12 + int.from_bytes(data[140:144], "little")
    old, new = b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.1.2.1.99"
    meta = data[144:end].replace(b"\x02\x00\x10\x00UI\x14\x00" + old, b"\x02\x00\x10\x00UI\x16\x00" + new)  # fmt: skip
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    body = packer.compress(data[end:]) + packer.flush()
    body += b"\0" * (len(body) % 2)
    return data[:140] + len(meta).to_bytes(4, "little") + meta + body


def code(value: str, scheme: str, meaning: str) -> Dataset:
    """One coded concept."""
    ds = Dataset()
    ds.CodeValue, ds.CodingSchemeDesignator, ds.CodeMeaning = value, scheme, meaning
    return ds


def reference(sop_class: str, instance: str) -> Dataset:
    """A reference to an instance."""
    ds = Dataset()
    ds.ReferencedSOPClassUID, ds.ReferencedSOPInstanceUID = sop_class, instance
    return ds


def kept(kind: str, **values: object) -> Iterable[tuple[str, str, str]]:
    """What must still be there: keywords with their values, of one kind."""
    return [(keyword, str(value), kind) for keyword, value in values.items()]
