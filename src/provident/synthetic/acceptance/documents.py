"""Objects that point to images: reports, presentation states, structures, segmentations, key images, letters."""

from __future__ import annotations

import numpy as np
from pydicom import Dataset

from provident.synthetic.acceptance.images import MR
from provident.synthetic.acceptance.making import (
    EXPLICIT,
    IMPLICIT,
    SIDE,
    Planted,
    apart,
    base,
    code,
    encoded,
    kept,
    picture,
    reference,
    uid,
)
from provident.synthetic.acceptance.people import PEOPLE, Invented


SR, KO = "1.2.840.10008.5.1.4.1.1.88.22", "1.2.840.10008.5.1.4.1.1.88.59"
PR, SEG = "1.2.840.10008.5.1.4.1.1.11.1", "1.2.840.10008.5.1.4.1.1.66.4"
RTSTRUCT, PDF = "1.2.840.10008.5.1.4.1.1.481.3", "1.2.840.10008.5.1.4.1.1.104.1"


def _images(who: Invented, visit: int) -> tuple[str, ...]:
    return tuple(uid(who, visit, 1, n) for n in (1, 2))


def _own(who: Invented, begins: str) -> str:
    """A measured value that no other person's file has, so that a file can be told by it."""
    return f"{begins}{PEOPLE.index(who)}"


def _referenced(who: Invented, visit: int) -> list[Dataset]:
    series = Dataset()
    series.SeriesInstanceUID = uid(who, visit, 1)
    series.ReferencedImageSequence = [reference(MR, i) for i in _images(who, visit)]
    return [series]


def _evidence(who: Invented, visit: int) -> list[Dataset]:
    study, series = Dataset(), Dataset()
    study.StudyInstanceUID = uid(who, visit)
    series.SeriesInstanceUID = uid(who, visit, 1)
    series.ReferencedSOPSequence = [reference(MR, i) for i in _images(who, visit)]
    study.ReferencedSeriesSequence = [series]
    return [study]


def _item(relation: str, kind: str, concept: Dataset | None = None) -> Dataset:
    ds = Dataset()
    ds.RelationshipType, ds.ValueType = relation, kind
    if concept is not None:
        ds.ConceptNameCodeSequence = [concept]
    return ds


def report(who: Invented, visit: int) -> Planted:
    """A measured report: who wrote it, whom it is about, a text, a length, and the image it was measured on."""
    ds = base(who, visit, 20, 1, SR, "SR")
    ds.CompletionFlag, ds.VerificationFlag, ds.ValueType = "COMPLETE", "UNVERIFIED", "CONTAINER"  # fmt: skip
    ds.ContinuityOfContent = "SEPARATE"
    ds.ConceptNameCodeSequence = [code("126000", "DCM", "Imaging Measurement Report")]
    ds.CurrentRequestedProcedureEvidenceSequence = _evidence(who, visit)
    observer = _item("HAS OBS CONTEXT", "PNAME", code("121008", "DCM", "Person Observer Name"))  # fmt: skip
    observer.PersonName = who.operator
    subject = _item("HAS OBS CONTEXT", "PNAME", code("121029", "DCM", "Subject Name"))
    subject.PersonName = who.name
    text = _item("CONTAINS", "TEXT", code("121071", "DCM", "Finding"))
    text.TextValue = f"{who.given} {who.family}: synovitis of the wrist, no erosion. Call {who.phone}."  # fmt: skip
    length = _item("CONTAINS", "NUM", code("410668003", "SCT", "Length"))
    measured = Dataset()
    measured.NumericValue = _own(who, "8.")
    measured.MeasurementUnitsCodeSequence = [code("mm", "UCUM", "mm")]
    length.MeasuredValueSequence = [measured]
    image = _item("INFERRED FROM", "IMAGE")
    image.ReferencedSOPSequence = [reference(MR, _images(who, visit)[0])]
    length.ContentSequence = [image]
    shown = _item("CONTAINS", "IMAGE")
    shown.ReferencedSOPSequence = [reference(MR, _images(who, visit)[0])]
    ds.ContentSequence = [observer, subject, text, length, shown]
    keeps = [
        ("@NumericValue", _own(who, "8."), "report"),
        ("@TextValue", "synovitis of the wrist", "report"),
        ("ConceptNameCodeSequence.0.CodeValue", "126000", "report"),
    ]
    return _planted(who, visit, "SR", "SR/SR0001.dcm", ds, keeps)


def presentation(who: Invented, visit: int) -> Planted:
    """A window, and an annotation drawn with the person's name in it."""
    ds = base(who, visit, 21, 1, PR, "PR")
    ds.ContentLabel, ds.ContentDescription = "WINDOW", f"for {who.given} {who.family}"
    ds.ContentCreatorName = who.operator
    ds.PresentationCreationDate = who.day(visit).strftime("%Y%m%d")
    ds.PresentationCreationTime = "121500"
    ds.ReferencedSeriesSequence = _referenced(who, visit)
    note, voi, area = Dataset(), Dataset(), Dataset()
    text = Dataset()
    text.UnformattedTextValue = f"erosion {who.family}"
    text.AnchorPoint, text.AnchorPointVisibility = [10.0, 12.0], "Y"
    text.AnchorPointAnnotationUnits = "PIXEL"
    note.GraphicLayer, note.TextObjectSequence = "1", [text]
    ds.GraphicAnnotationSequence = [note]
    voi.WindowCenter, voi.WindowWidth = _own(who, "64"), "1280"
    ds.SoftcopyVOILUTSequence = [voi]
    area.DisplayedAreaTopLeftHandCorner, area.DisplayedAreaBottomRightHandCorner = [1, 1], [SIDE, SIDE]  # fmt: skip
    area.PresentationSizeMode = "SCALE TO FIT"
    ds.DisplayedAreaSelectionSequence = [area]
    ds.PresentationLUTShape = "IDENTITY"
    keeps = [
        ("SoftcopyVOILUTSequence.0.WindowCenter", _own(who, "64"), "presentation"),
    ]
    return _planted(who, visit, "PR", "PR/PR0001.dcm", ds, keeps)


def structures(who: Invented, visit: int) -> Planted:
    """A contour by its points, its name said with the person's."""
    ds = base(who, visit, 22, 1, RTSTRUCT, "RTSTRUCT")
    ds.StructureSetLabel, ds.StructureSetName = "BONES", f"bones {who.family}"
    ds.StructureSetDate = who.day(visit).strftime("%Y%m%d")
    ds.StructureSetTime = "130000"
    frame, study, series = Dataset(), Dataset(), Dataset()
    series.SeriesInstanceUID = uid(who, visit, 1)
    series.ContourImageSequence = [reference(MR, i) for i in _images(who, visit)]
    study.ReferencedSOPClassUID = "1.2.840.10008.3.1.2.3.1"
    study.ReferencedSOPInstanceUID = uid(who, visit)
    study.RTReferencedSeriesSequence = [series]
    frame.FrameOfReferenceUID = uid(who, visit, 99)
    frame.RTReferencedStudySequence = [study]
    ds.ReferencedFrameOfReferenceSequence = [frame]
    roi, contours, contour, seen = Dataset(), Dataset(), Dataset(), Dataset()
    roi.ROINumber, roi.ROIName, roi.ReferencedFrameOfReferenceUID = 1, "Capitate", uid(who, visit, 99)  # fmt: skip
    roi.ROIDescription, roi.ROIGenerationAlgorithm = f"drawn for {who.family}", "MANUAL"
    ds.StructureSetROISequence = [roi]
    contour.ContourImageSequence = [reference(MR, _images(who, visit)[0])]
    contour.ContourGeometricType, contour.NumberOfContourPoints = "CLOSED_PLANAR", 3
    contour.ContourData = ["1.5", "3", "2", "4", "3", "2", "2.5", "3", _own(who, "6.")]
    contours.ReferencedROINumber, contours.ContourSequence = 1, [contour]
    ds.ROIContourSequence = [contours]
    seen.ObservationNumber, seen.ReferencedROINumber = 1, 1
    seen.RTROIInterpretedType, seen.ROIInterpreter = "", who.operator
    ds.RTROIObservationsSequence = [seen]
    keeps = [
        ("StructureSetROISequence.0.ROIName", "Capitate", "structures"),
        (
            "ROIContourSequence.0.ContourSequence.0.ContourData.8",
            _own(who, "6."),
            "structures",
        ),
    ]
    return _planted(who, visit, "RTSTRUCT", "RT/RS0001.dcm", ds, keeps)


def segmentation(who: Invented, visit: int) -> Planted:
    """One segment of one bit, over the first image."""
    ds = base(who, visit, 23, 1, SEG, "SEG")
    ds.ImageType, ds.ContentLabel = ["DERIVED", "PRIMARY"], "SEGMENTATION"
    ds.ContentDescription, ds.ContentCreatorName = f"hand of {who.family}", who.operator
    ds.FrameOfReferenceUID = uid(who, visit, 99)
    ds.SegmentationType, ds.ReferencedSeriesSequence = "BINARY", _referenced(who, visit)
    segment = Dataset()
    segment.SegmentNumber, segment.SegmentLabel = 1, "Synovium"
    segment.SegmentDescription = f"of {who.given} {who.family}"
    segment.SegmentAlgorithmType = "MANUAL"
    segment.SegmentedPropertyCategoryCodeSequence = [code("85756007", "SCT", "Tissue")]
    segment.SegmentedPropertyTypeCodeSequence = [code("18682000", "SCT", "Synovium")]
    ds.SegmentSequence = [segment]
    frame, which, source = Dataset(), Dataset(), Dataset()
    which.ReferencedSegmentNumber = 1
    source.SourceImageSequence = [reference(MR, _images(who, visit)[0])]
    source.DerivationCodeSequence = [code("113076", "DCM", "Segmentation")]
    frame.SegmentIdentificationSequence, frame.DerivationImageSequence = [which], [source]  # fmt: skip
    ds.PerFrameFunctionalGroupsSequence = [frame]
    bits = picture(sum(who.id.encode()) * 100 + 80) > 1500
    ds.Rows = ds.Columns = SIDE
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.BitsAllocated = ds.BitsStored = 1
    ds.HighBit, ds.PixelRepresentation, ds.NumberOfFrames = 0, 0, 1
    ds.PixelData = np.packbits(bits, bitorder="little").tobytes()
    ds["PixelData"].VR = "OB"
    keeps = [
        ("SegmentSequence.0.SegmentLabel", "Synovium", "segmentation"),
        ("SegmentSequence.0.SegmentedPropertyTypeCodeSequence.0.CodeValue", "18682000", "segmentation"),
    ]  # fmt: skip
    return _planted(who, visit, "SEG", "SEG/SEG0001.dcm", ds, keeps)


def key_images(who: Invented, visit: int) -> Planted:
    """A selection of one image, with a remark."""
    ds = base(who, visit, 24, 1, KO, "KO")
    ds.ValueType, ds.ContinuityOfContent = "CONTAINER", "SEPARATE"
    ds.ConceptNameCodeSequence = [code("113000", "DCM", "Of Interest")]
    ds.CurrentRequestedProcedureEvidenceSequence = _evidence(who, visit)
    image = _item("CONTAINS", "IMAGE")
    image.ReferencedSOPSequence = [reference(MR, _images(who, visit)[1])]
    text = _item("CONTAINS", "TEXT", code("113012", "DCM", "Key Object Description"))
    text.TextValue = f"show to {who.referrer.replace('^', ' ')}"
    ds.ContentSequence = [image, text]
    keeps = [("ConceptNameCodeSequence.0.CodeValue", "113000", "report")]
    return _planted(who, visit, "KO", "SR/KO0001.dcm", ds, keeps)


def letter(who: Invented, visit: int) -> Planted:
    """A PDF about the person: no rule can clean it."""
    ds = base(who, visit, 25, 1, PDF, "DOC")
    apart(ds, who, visit, 5)
    ds.BurnedInAnnotation, ds.DocumentTitle = "YES", f"Letter about {who.family}"
    ds.MIMETypeOfEncapsulatedDocument = "application/pdf"
    ds.ConceptNameCodeSequence = []
    words = f"Letter about {who.given} {who.family}, {who.number}, {who.street}"
    shown = b"%PDF-1.4\n1 0 obj<</Length 99>>stream\n(" + words.encode("utf-8") + b") Tj\nendstream endobj\n%%EOF\n"  # fmt: skip
    ds.EncapsulatedDocument = shown + b"\0" * (len(shown) % 2)
    made = _planted(who, visit, "PDF", "DOC/PDF0001.dcm", ds, [], points=False)
    made.may_wait = True
    return made


def _planted(
    who: Invented, visit: int, kind: str, name: str, ds: Dataset, keeps: list[tuple[str, str, str]], *, points: bool = True,
) -> Planted:  # fmt: skip
    syntax = IMPLICIT if kind == "RTSTRUCT" else EXPLICIT
    keeps = [*keeps, *kept("patient", PatientSex=who.sex)]
    refers = _images(who, visit) if kind in ("PR", "RTSTRUCT") else _images(who, visit)[:1]  # fmt: skip
    if kind == "KO":
        refers = _images(who, visit)[1:]
    return Planted(
        f"{who.folder}/{name}", who.id, visit, kind, ds, encoded(ds, syntax), keeps, refers if points else (),
    )  # fmt: skip
