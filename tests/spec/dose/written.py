"""Dose reports and images made by hand, in the shapes that vendors write.

None of it comes from a machine. The shapes follow the templates (PS3.16 TID 10001, 10011,
10021, 10040) and what vendors' conformance statements say of theirs:
Siemens CT writes a report after each part of an exam, whose total goes on rising; GE leaves
the dose out of a localizer; Philips states the localizer in the body phantom; Canon writes
the unit without a dot. Siemens XA states Gy.m2 for two planes under one event UID; Philips XA
writes mGy.cm2; GE writes dGy.cm2; Hologic states glandular dose for each breast.
"""

from __future__ import annotations

from collections.abc import Sequence as Many
from io import BytesIO

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.filewriter import dcmwrite
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian

from provident.acquisition.dose import ExamDose, exam_doses
from provident.dicom import read_header


XRAY_SR = "1.2.840.10008.5.1.4.1.1.88.67"
PHARMA_SR = "1.2.840.10008.5.1.4.1.1.88.68"
PATIENT_SR = "1.2.840.10008.5.1.4.1.1.88.75"
ENHANCED_SR = "1.2.840.10008.5.1.4.1.1.88.22"
ENHANCED_XRAY_SR = "1.2.840.10008.5.1.4.1.1.88.76"
SECONDARY = "1.2.840.10008.5.1.4.1.1.7"
ROOT = "2.25.1"
STUDY = f"{ROOT}.1"

HEAD, BODY = ("113690", "DCM", "IEC Head Dosimetry Phantom"), ("113691", "DCM", "IEC Body Dosimetry Phantom")  # fmt: skip
SPIRAL = ("116152004", "SCT", "Spiral Acquisition")
LOCALIZER = ("113805", "DCM", "Constant Angle Acquisition")


def coded(value: str, scheme: str, meaning: str) -> Sequence:
    """A code sequence of one item."""
    ds = Dataset()
    ds.CodeValue, ds.CodingSchemeDesignator, ds.CodeMeaning = value, scheme, meaning
    return Sequence([ds])


def item(kind: str, name: str, meaning: str = "concept") -> Dataset:
    """A content item of a DCM concept."""
    ds = Dataset()
    ds.RelationshipType, ds.ValueType = "CONTAINS", kind
    ds.ConceptNameCodeSequence = coded(name, "DCM", meaning)
    return ds


def container(name: str, *children: Dataset) -> Dataset:
    """A container."""
    ds = item("CONTAINER", name)
    ds.ContentSequence = Sequence(children)
    return ds


def num(name: str, value: object, unit: str, *children: Dataset) -> Dataset:
    """A number; None has no value, but a reason."""
    ds = item("NUM", name)
    if value is None:
        ds.MeasuredValueSequence = Sequence([])
        ds.NumericValueQualifierCodeSequence = coded("114006", "DCM", "Measurement failure")  # fmt: skip
    else:
        measured = Dataset()
        measured.NumericValue = str(value)
        measured.MeasurementUnitsCodeSequence = coded(unit, "UCUM", unit)
        ds.MeasuredValueSequence = Sequence([measured])
    if children:
        ds.ContentSequence = Sequence(children)
    return ds


def choice(name: str, code: tuple[str, str, str], *children: Dataset) -> Dataset:
    """A coded value."""
    ds = item("CODE", name)
    ds.ConceptCodeSequence = coded(*code)
    if children:
        ds.ContentSequence = Sequence(children)
    return ds


def words(name: str, text: str) -> Dataset:
    """A text."""
    ds = item("TEXT", name)
    ds.TextValue = text
    return ds


def uidref(name: str, uid: str) -> Dataset:
    """A UID."""
    ds = item("UIDREF", name)
    ds.UID = uid
    return ds


def report(
    *content: Dataset,
    number: int = 1,
    title: str = "113701",
    sop_class: str = XRAY_SR,
    maker: str = "SIEMENS",
    serial: str = "1",
    at: str = "100000",
    study: str = STUDY,
    completion: str = "COMPLETE",
) -> Dataset:
    """A dose report as a file would be read."""
    ds = Dataset()
    ds.SOPClassUID, ds.SOPInstanceUID = sop_class, f"{ROOT}.9.{number}"
    ds.StudyInstanceUID, ds.SeriesInstanceUID = study, f"{ROOT}.8"
    ds.Modality, ds.Manufacturer, ds.DeviceSerialNumber = "SR", maker, serial
    ds.ContentDate, ds.ContentTime = "20260302", at
    ds.CompletionFlag, ds.ValueType = completion, "CONTAINER"
    ds.ConceptNameCodeSequence = coded(title, "DCM", "Radiation Dose Report")
    ds.ContentSequence = Sequence(content)
    return as_read(ds)


def as_read(ds: Dataset) -> Dataset:
    """The dataset after it was written to a file and read back."""
    return read_header(as_bytes(ds))


def as_bytes(ds: Dataset) -> bytes:
    """The file of a dataset."""
    ds.file_meta = FileMetaDataset()
    ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID
    ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    buffer = BytesIO()
    dcmwrite(buffer, ds, enforce_file_format=True)
    return buffer.getvalue()


def ct_total(dlp: object, unit: str = "mGy.cm", events: int | None = None) -> Dataset:
    """CT Accumulated Dose Data (TID 10012)."""
    count = [] if events is None else [num("113812", events, "{events}")]
    return container("113811", *count, num("113813", dlp, unit))


def ct_event(
    number: int,
    dlp: object,
    *,
    ctdi: object = 10,
    region: str = "Head",
    phantom: tuple[str, str, str] | None = HEAD,
    technique: tuple[str, str, str] = SPIRAL,
    unit: str = "mGy.cm",
    dose: bool = True,
    uid: bool = True,
) -> Dataset:
    """CT Acquisition (TID 10013)."""
    kind = [] if phantom is None else [choice("113835", phantom)]
    doses = container(
        "113829", num("113830", ctdi, "mGy"), *kind, num("113838", dlp, unit)
    )
    return container(
        "113819",
        words("125203", f"protocol {number}"),
        choice("123014", ("1", "SCT", region)),
        choice("113820", technique),
        *([uidref("113769", f"{ROOT}.7.{number}")] if uid else []),
        *([doses] if dose else []),
    )


def xray_total(
    dap: object, unit: str = "Gy.m2", plane: str | None = None, **more: object
) -> Dataset:
    """Accumulated X-Ray Dose Data (TID 10002, 10004) of one plane."""
    found = [choice("113764", _plane(plane))] if plane else []
    found.append(num("113722", dap, unit))
    if "rp" in more:
        found.append(num("113725", more["rp"], "Gy"))
    if "fluoro_s" in more:
        found.append(num("113730", more["fluoro_s"], "s"))
    return container("113702", *found)


def _plane(plane: str) -> tuple[str, str, str]:
    return {"A": ("113620", "DCM", "Plane A"), "B": ("113621", "DCM", "Plane B")}[plane]


def xray_event(
    number: int,
    dap: object,
    unit: str = "Gy.m2",
    *,
    plane: str | None = None,
    region: str = "Hand",
    rp: object = None,
    uid: bool = True,
) -> Dataset:
    """Irradiation Event X-Ray Data (TID 10003)."""
    return container(
        "113706",
        *([choice("113764", _plane(plane))] if plane else []),
        *([uidref("113769", f"{ROOT}.6.{number}")] if uid else []),
        choice("113721", ("113611", "DCM", "Stationary Acquisition")),
        choice("123014", ("1", "SCT", region)),
        *([] if dap == "absent" else [num("122130", dap, unit)]),
        *([] if rp is None else [num("113738", rp, "Gy")]),
    )


MAMMOGRAPHY = choice("121058", ("71651007", "SCT", "Mammography"))
SIDES = {"left": ("7771000", "SCT", "Left"), "right": ("24028007", "SCT", "Right")}


def laterality(side: str) -> Dataset:
    """Laterality, whose concept is SNOMED's."""
    ds = choice("272741003", SIDES[side])
    ds.ConceptNameCodeSequence[0].CodingSchemeDesignator = "SCT"
    return ds


def breast_total(side: str, agd: object) -> Dataset:
    """Accumulated Average Glandular Dose of one breast (TID 10005)."""
    return container("113702", num("111637", agd, "mGy", laterality(side)))


def breast_event(number: int, side: str, agd: object) -> Dataset:
    """One mammogram."""
    region = choice("123014", ("76752008", "SCT", "Breast"), laterality(side))
    return container(
        "113706",
        uidref("113769", f"{ROOT}.5.{number}"),
        region,
        num("111631", agd, "mGy"),
        num("122130", "0.00002", "Gy.m2"),
    )


FDG = ("35321007", "SCT", "Fluorodeoxyglucose F^18^")


def administration(
    number: int, activity: object, unit: str = "MBq", agent: tuple[str, str, str] = FDG
) -> Dataset:
    """Radiopharmaceutical Administration (TID 10022)."""
    tracer = choice("349358000", agent)
    return container(
        "113502",
        tracer,
        uidref("113503", f"{ROOT}.4.{number}"),
        num("113507", activity, unit),
    )


def image(number: int, modality: str, **elements: object) -> Dataset:
    """The header of an image."""
    classes = {"CT": "2", "DX": "1.1.1", "CR": "1", "MG": "1.2", "XA": "12.1", "PT": "128", "NM": "20", "MR": "4"}  # fmt: skip
    ds = Dataset()
    ds.SOPClassUID = f"1.2.840.10008.5.1.4.1.1.{classes[modality]}"
    ds.SOPInstanceUID = f"{ROOT}.3.{number}"
    ds.StudyInstanceUID, ds.SeriesInstanceUID = (
        STUDY,
        f"{ROOT}.2.{list(classes).index(modality) + 1}",
    )
    ds.Modality = modality
    for name, value in elements.items():
        setattr(ds, name, value)
    return as_read(ds)


def injected(number: int, modality: str, dose: object, **elements: object) -> Dataset:
    """The header of a PET or NM image."""
    one = Dataset()
    if dose is not None:
        one.RadionuclideTotalDose = str(dose)
    one.Radiopharmaceutical = "FDG"
    one.RadiopharmaceuticalStartDateTime = "20260302093000"
    return image(
        number,
        modality,
        RadiopharmaceuticalInformationSequence=Sequence([one]),
        **elements,
    )


def screen(number: int, **elements: object) -> Dataset:
    """The header of a secondary capture that CT scanners make of their dose table."""
    ds = Dataset()
    ds.SOPClassUID, ds.SOPInstanceUID = SECONDARY, f"{ROOT}.3.{number}"
    ds.StudyInstanceUID, ds.SeriesInstanceUID = STUDY, f"{ROOT}.2.999"
    ds.Modality = "CT"
    for name, value in elements.items():
        setattr(ds, name, value)
    return as_read(ds)


def assessed(*headers: Dataset, **options: object) -> ExamDose:
    """The dose of the one exam that these headers are."""
    (exam,) = exam_doses([(str(n), h) for n, h in enumerate(headers)], **options)  # type: ignore[arg-type]
    return exam


def found(exam: ExamDose) -> list[str]:
    """The codes of the findings, without their common beginning, in order."""
    return sorted({f.code.removeprefix("DOSE.") for f in exam.findings})


def biplane(dap_a: object, dap_b: object) -> Many[Dataset]:
    """One exposure of a biplane machine: both planes share the event's UID."""
    return (xray_event(1, dap_a, plane="A"), xray_event(1, dap_b, plane="B"))
