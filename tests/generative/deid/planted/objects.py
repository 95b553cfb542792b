"""DICOM objects of many kinds with identifiers wherever a machine or a person puts them.

Each object knows what was planted (and must be gone) and what must stay, by its place.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import pydicom
from pydicom.charset import python_encoding
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence

from tests.generative.deid.planted.chance import Chance
from tests.generative.deid.planted.people import Person
from tests.generative.deid.planted.phrases import KINDS, OTHERS


CLINICAL = tuple((Path(__file__).parent / "clinical.txt").read_text(encoding="utf-8").splitlines())  # fmt: skip
IMPLICIT, EXPLICIT, BIG, DEFLATED = (
    "1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.1.99",
)  # fmt: skip
STORAGE = "1.2.840.10008.5.1.4.1.1."
ROOT = "1.2.826.0.1.3680043.9.7777"
# As Python calls them; pydicom has names of its own for some.
_CODECS = {"ISO_IR 126": "iso8859_7", "ISO_IR 127": "iso8859_6", "ISO_IR 138": "iso8859_8", "ISO_IR 144": "iso8859_5", "ISO_IR 166": "iso8859_11"}  # fmt: skip
STAFF = ("Gerhardina", "Thibaud", "Marlenea", "Jasperina", "Renatella", "Clothilde")
_STROKES = str.maketrans("łŁ\u0131øØß\u2019", "lLioOs'")
Path_ = tuple[Any, ...]


@dataclass
class Object:
    """One file's data set, with what was planted in it and what must stay."""

    p: Person
    rng: Chance
    syntax: str
    ds: Dataset = field(default_factory=Dataset)
    planted: list[tuple[str, str, str, str]] = field(
        default_factory=list
    )  # kind, place, text, token
    stays: list[tuple[Path_, str, str]] = field(
        default_factory=list
    )  # place, value, kind
    uids: list[str] = field(default_factory=list)

    def uid(self) -> str:
        """A fresh UID, to be hidden."""
        r = self.rng
        told = f"{ROOT}.{r.randrange(10**6)}.{self.p.exam:%Y%m%d}{r.randrange(10**6)}.{r.randrange(10**8)}"
        self.uids.append(told)
        return told

    def fit(self, text: str) -> str:
        """The text as the file's character set can say it."""
        if self._says(text):
            return text
        plain = unicodedata.normalize("NFKD", text.translate(_STROKES))
        told = "".join(c for c in plain if not unicodedata.combining(c))
        return told.encode("ascii", "ignore").decode()

    def _says(self, text: str) -> bool:
        term = self.p.charset.split("\\")[-1]
        if term == "ISO_IR 6":
            return text.isascii()
        try:
            text.encode(_CODECS.get(term) or python_encoding[term])
        except UnicodeError:
            return False
        return True

    def text(self, ds: Dataset, keyword: str, place: Path_, *, limit: int = 64) -> None:
        """A description: clinical words and one or two plants, in any order."""
        for _ in range(8):
            words = self.fit(self.rng.choice(CLINICAL))
            kinds = self.rng.sample(list(KINDS), self.rng.choice((0, 1, 1, 1, 2)))
            plants = [(k, *KINDS[k](self.rng, self.p)) for k in kinds]
            parts = [words, *(self.fit(t) for _, t, _ in plants)]
            self.rng.shuffle(parts)
            value = self.rng.choice((" ", ", ", "; ", " - ")).join(parts)
            value = value.replace("\\", "/")
            if len(value) <= limit:
                break
        else:
            plants = []
            words = value = self.fit(min(self.rng.sample(CLINICAL, 9), key=len))[:limit]
        setattr(ds, keyword, value)
        self.stays.append(((*place, keyword), words, f"mixed {'+'.join(k for k, *_ in plants)}" if plants else "description"))  # fmt: skip
        for kind, _, tokens in plants:
            for token in tokens:
                told = self.fit(token)
                if len(told) >= 2 and told.casefold() not in words.casefold():
                    self.planted.append((kind, keyword, value, told))

    def name(self, ds: Dataset, keyword: str, value: str | None = None) -> None:
        """A person name element."""
        if value is None:
            value = f"{self.rng.choice(OTHERS)}xton^{self.rng.choice(STAFF)}"
        setattr(ds, keyword, self.fit(value) if "=" not in value else value)
        for part in value.split("=")[0].split("^"):
            told = max(self.fit(part).replace("-", " ").split(), key=len, default="")
            if len(told) > 3:
                self.planted.append(("PN", keyword, value, told))

    def gone(self, kind: str, ds: Dataset, keyword: str, value: str) -> None:
        """An element whose value must go."""
        setattr(ds, keyword, self.fit(value))
        self.planted.append((kind, keyword, value, self.fit(value)))

    def keep(self, ds: Dataset, keyword: str, value: Any, place: Path_ = ()) -> None:
        """An element that must stay as it is."""
        setattr(ds, keyword, value)
        told = "\\".join(map(str, value)) if isinstance(value, list) else str(value)
        self.stays.append(((*place, keyword), told, "attribute"))

    def private(self, ds: Dataset, place: Path_, safe: tuple[Any, ...] | None) -> None:
        """A private block with a safe number and one with identifiers."""
        if safe:
            creator, group, element, vr, value = safe
            ds.private_block(group, creator, create=True).add_new(element, vr, value)
            self.stays.append(((*place, (group, creator, element)), str(value), "safe private"))  # fmt: skip
        block = ds.private_block(0x0011, "WARD ROUTING 1", create=True)
        block.add_new(1, "LO", self.fit(f"{self.p.family}, {self.p.given}"))
        inner = Dataset()
        inner.PatientID = self.p.patient_id
        inner.add_new(0x00110010, "LO", "WARD ROUTING 1")
        inner.add_new(0x00111003, "PN", self.fit(f"{self.p.family}^{self.p.given}"))
        block.add_new(2, "SQ", Sequence([inner]))
        self.planted.append(("private", "0011", "", self.p.patient_id))

    def bytes(self) -> bytes:
        """The file."""
        ds = self.ds
        ds.file_meta = FileMetaDataset()
        ds.file_meta.TransferSyntaxUID = self.syntax
        ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID
        ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
        ds.file_meta.SourceApplicationEntityTitle = self.p.station
        if self.rng.random() < 0.5:
            _undefined(ds)
        out = BytesIO()
        pydicom.dcmwrite(out, ds, enforce_file_format=True)
        return out.getvalue()


def _undefined(ds: Dataset) -> None:
    for element in ds:
        if element.VR == "SQ":
            element.is_undefined_length = True
            for item in element.value:
                item.is_undefined_length_sequence_item = True
                _undefined(item)


def _base(o: Object, modality: str, sop_class: str) -> None:
    ds, p, r = o.ds, o.p, o.rng
    ds.SpecificCharacterSet = p.charset.split("\\") if "\\" in p.charset else p.charset
    if p.charset == "ISO_IR 6":
        del ds.SpecificCharacterSet
    ds.SOPClassUID = sop_class
    ds.SOPInstanceUID, ds.StudyInstanceUID, ds.SeriesInstanceUID = o.uid(), o.uid(), o.uid()  # fmt: skip
    o.keep(ds, "Modality", modality)
    ds.StudyDate = ds.SeriesDate = ds.ContentDate = f"{p.exam:%Y%m%d}"
    ds.AcquisitionDateTime = f"{p.exam:%Y%m%d}101112.120"
    o.keep(ds, "StudyTime", "101112")
    o.name(ds, "PatientName", p.name)
    o.gone("id", ds, "PatientID", p.patient_id)
    ds.PatientBirthDate = f"{p.born:%Y%m%d}"
    o.keep(ds, "PatientSex", r.choice("MF"))
    o.keep(ds, "PatientWeight", "71.5")
    o.gone("id", ds, "AccessionNumber", p.accession)
    o.gone("contact", ds, "PatientTelephoneNumbers", p.phone)
    o.gone("contact", ds, "PatientAddress", p.address)
    o.gone("place", ds, "InstitutionName", p.hospital)
    o.gone("place", ds, "StationName", p.station)
    other = Dataset()
    o.gone("id", other, "PatientID", p.national)
    ds.OtherPatientIDsSequence = Sequence([other])
    for keyword in ("ReferringPhysicianName", "OperatorsName", "PerformingPhysicianName", "RequestingPhysician", "NameOfPhysiciansReadingStudy"):  # fmt: skip
        if r.random() < 0.6:
            o.name(ds, keyword)
    o.text(ds, "StudyDescription", ())
    o.text(ds, "SeriesDescription", ())
    o.text(ds, "ProtocolName", ())
    for keyword in ("ImageComments", "AdditionalPatientHistory", "PatientComments", "StudyComments", "AdmittingDiagnosesDescription", "PerformedProcedureStepDescription"):  # fmt: skip
        if r.random() < 0.5:
            o.text(ds, keyword, (), limit=400 if "Comments" in keyword else 64)
    step = Dataset()
    step.ScheduledProcedureStepID = o.p.accession[3:]
    o.text(step, "ScheduledProcedureStepDescription", ("RequestAttributesSequence", 0))
    o.text(step, "RequestedProcedureDescription", ("RequestAttributesSequence", 0))
    o.name(step, "ScheduledPerformingPhysicianName") if r.random() < 0.3 else None
    ds.RequestAttributesSequence = Sequence([step])
    o.keep(ds, "SeriesNumber", "4")


def _reference(o: Object, uid: str | None = None) -> Dataset:
    made = Dataset()
    made.ReferencedSOPClassUID = STORAGE + "2"
    made.ReferencedSOPInstanceUID = uid or o.uid()
    return made


def _pixels(o: Object) -> None:
    ds = o.ds
    for keyword, value in (("Rows", 2), ("Columns", 2), ("SamplesPerPixel", 1), ("BitsAllocated", 16), ("BitsStored", 12), ("HighBit", 11), ("PixelRepresentation", 0)):  # fmt: skip
        setattr(ds, keyword, value)
    ds.PhotometricInterpretation = "MONOCHROME2"
    ds.PixelData = bytes(8)


def ct(o: Object) -> None:
    """One CT slice."""
    _base(o, "CT", STORAGE + "2")
    for keyword, value in (("KVP", "120"), ("SliceThickness", "1.25"), ("ConvolutionKernel", "B60f"), ("XRayTubeCurrent", "181"), ("CTDIvol", 12.5), ("BodyPartExamined", "CHEST"), ("PixelSpacing", ["0.742", "0.742"]), ("ManufacturerModelName", "SOMATOM Definition Edge"), ("SoftwareVersions", "syngo CT VA48A"), ("ContrastBolusAgent", "Omnipaque 300")):  # fmt: skip
        o.keep(o.ds, keyword, value)
    o.text(o.ds, "DerivationDescription", (), limit=300)
    o.ds.SourceImageSequence = Sequence([_reference(o)])
    o.private(o.ds, (), ("GEMS_HELIOS_01", 0x0045, 0x01, "SS", 64))
    _pixels(o)


def mr(o: Object) -> None:
    """One MR slice."""
    _base(o, "MR", STORAGE + "4")
    for keyword, value in (("RepetitionTime", "2500"), ("EchoTime", "90"), ("FlipAngle", "150"), ("MagneticFieldStrength", "1.5"), ("ScanningSequence", "EP"), ("SequenceName", "*ep_b400"), ("ReceiveCoilName", "HeadNeck_20"), ("ImagingFrequency", "123.25")):  # fmt: skip
        o.keep(o.ds, keyword, value)
    safe = o.rng.choice((("SIEMENS MR HEADER", 0x0019, 0x0C, "IS", "400"), ("Philips Imaging DD 001", 0x2001, 0x03, "FL", 400.0), ("GEMS_PARM_01", 0x0043, 0x39, "IS", "1000000400")))  # fmt: skip
    o.private(o.ds, (), safe)
    _pixels(o)


def enhanced(o: Object) -> None:
    """An enhanced MR or CT with functional groups, shared and per frame."""
    modality, sop_class = o.rng.choice(
        (("MR", STORAGE + "4.1"), ("CT", STORAGE + "2.1"))
    )
    _base(o, modality, sop_class)
    ds = o.ds
    o.keep(ds, "NumberOfFrames", "3")
    shared = Dataset()
    here: Path_ = ("SharedFunctionalGroupsSequence", 0)
    timing = Dataset()
    o.keep(timing, "RepetitionTime", 2500.0, (*here, "MRTimingAndRelatedParametersSequence", 0))  # fmt: skip
    shared.MRTimingAndRelatedParametersSequence = Sequence([timing])
    derivation = Dataset()
    o.text(derivation, "DerivationDescription", (*here, "DerivationImageSequence", 0), limit=200)  # fmt: skip
    derivation.SourceImageSequence = Sequence([_reference(o)])
    shared.DerivationImageSequence = Sequence([derivation])
    o.private(shared, here, ("SIEMENS MR HEADER", 0x0019, 0x0C, "IS", "400"))
    ds.SharedFunctionalGroupsSequence = Sequence([shared])
    frames = []
    for number in range(3):
        place: Path_ = ("PerFrameFunctionalGroupsSequence", number)
        frame, content = Dataset(), Dataset()
        content.FrameAcquisitionDateTime = f"{o.p.exam:%Y%m%d}10111{number}"
        content.FrameReferenceDateTime = f"{o.p.exam:%Y%m%d}10111{number}"
        o.text(content, "FrameComments", (*place, "FrameContentSequence", 0), limit=300)
        o.text(content, "FrameLabel", (*place, "FrameContentSequence", 0))
        o.keep(content, "InStackPositionNumber", number + 1, (*place, "FrameContentSequence", 0))  # fmt: skip
        frame.FrameContentSequence = Sequence([content])
        frame.ReferencedImageSequence = Sequence([_reference(o)])
        position = Dataset()
        o.keep(position, "ImagePositionPatient", ["-110.0", "-110.0", f"{number}.5"], (*place, "PlanePositionSequence", 0))  # fmt: skip
        frame.PlanePositionSequence = Sequence([position])
        o.private(frame, place, ("Philips Imaging DD 001", 0x2001, 0x03, "FL", 400.0))
        frames.append(frame)
    ds.PerFrameFunctionalGroupsSequence = Sequence(frames)
    dimension = Dataset()
    dimension.DimensionOrganizationUID = o.uid()
    o.text(dimension, "DimensionDescriptionLabel", ("DimensionIndexSequence", 0))
    ds.DimensionIndexSequence = Sequence([dimension])
    _pixels(o)
    ds.PixelData = bytes(24)


def _item(value_type: str, code: str, meaning: str, **values: Any) -> Dataset:
    made, concept = Dataset(), Dataset()
    concept.CodeValue, concept.CodingSchemeDesignator, concept.CodeMeaning = code, "DCM", meaning  # fmt: skip
    made.RelationshipType, made.ValueType = "CONTAINS", value_type
    made.ConceptNameCodeSequence = Sequence([concept])
    for keyword, value in values.items():
        setattr(made, keyword, value)
    return made


def sr(o: Object) -> None:
    """A structured report: nested content with names, dates, UIDs and numbers."""
    _base(o, "SR", STORAGE + "88.33")
    ds, at = o.ds, "ContentSequence"
    ds.VerifyingObserverSequence = Sequence([Dataset()])
    o.name(ds.VerifyingObserverSequence[0], "VerifyingObserverName")
    finding = _item("TEXT", "121071", "Finding")
    o.text(finding, "TextValue", (at, 0, at, 0), limit=600)
    measured = Dataset()
    o.keep(
        measured, "NumericValue", "312.7", (at, 0, at, 1, "MeasuredValueSequence", 0)
    )
    number = _item("NUM", "113838", "CT Dose Length Product Total", MeasuredValueSequence=Sequence([measured]))  # fmt: skip
    inner = _item("CONTAINER", "121070", "Findings")
    inner.ContentSequence = Sequence([finding, number])
    person = _item("PNAME", "121008", "Person Observer Name")
    o.name(person, "PersonName")
    when = _item("DATETIME", "111526", "DateTime Started", DateTime=f"{o.p.exam:%Y%m%d}101112")  # fmt: skip
    day = _item("DATE", "121031", "Subject Birth Date", Date=f"{o.p.born:%Y%m%d}")
    uid = _item("UIDREF", "121126", "UID", UID=o.uid())
    device = _item("TEXT", "121013", "Device Observer Name", TextValue=o.p.station)
    image = _item("IMAGE", "121112", "Source", ReferencedSOPSequence=Sequence([_reference(o)]))  # fmt: skip
    ds.ContentSequence = Sequence([inner, person, when, day, uid, device, image])


def structures(o: Object) -> None:
    """An RT structure set."""
    _base(o, "RTSTRUCT", STORAGE + "481.3")
    ds = o.ds
    o.text(ds, "StructureSetLabel", (), limit=16)
    o.text(ds, "StructureSetDescription", (), limit=200)
    o.keep(ds, "StructureSetTime", "101112")
    ds.StructureSetDate = f"{o.p.exam:%Y%m%d}"
    frame = Dataset()
    frame.FrameOfReferenceUID = o.uid()
    ds.ReferencedFrameOfReferenceSequence = Sequence([frame])
    roi = Dataset()
    roi.ROINumber = "1"
    roi.ReferencedFrameOfReferenceUID = frame.FrameOfReferenceUID
    o.text(roi, "ROIName", ("StructureSetROISequence", 0))
    o.text(roi, "ROIDescription", ("StructureSetROISequence", 0), limit=200)
    ds.StructureSetROISequence = Sequence([roi])
    contour, contours = Dataset(), Dataset()
    contour.ContourImageSequence = Sequence([_reference(o)])
    o.keep(contour, "ContourData", ["1.5", "2.5", "3.5"], ("ROIContourSequence", 0, "ContourSequence", 0))  # fmt: skip
    contours.ContourSequence = Sequence([contour])
    contours.ReferencedROINumber = "1"
    ds.ROIContourSequence = Sequence([contours])
    observed = Dataset()
    observed.ROIInterpreter = ""
    o.name(observed, "ROIInterpreter")
    ds.RTROIObservationsSequence = Sequence([observed])


def plan(o: Object) -> None:
    """An RT plan."""
    _base(o, "RTPLAN", STORAGE + "481.5")
    ds = o.ds
    o.text(ds, "RTPlanLabel", (), limit=16)
    o.text(ds, "RTPlanDescription", (), limit=300)
    ds.RTPlanDate = f"{o.p.exam:%Y%m%d}"
    beam = Dataset()
    o.text(beam, "BeamName", ("BeamSequence", 0))
    o.text(beam, "BeamDescription", ("BeamSequence", 0), limit=300)
    o.keep(beam, "SourceAxisDistance", "1000.0", ("BeamSequence", 0))
    ds.BeamSequence = Sequence([beam])
    ds.ReferencedStructureSetSequence = Sequence([_reference(o)])
    o.name(ds, "ReviewerName")
    ds.ReviewDate = f"{o.p.exam:%Y%m%d}"


def presentation(o: Object) -> None:
    """A presentation state with annotations."""
    _base(o, "PR", STORAGE + "11.1")
    ds, at = o.ds, ("GraphicAnnotationSequence", 0)
    words = Dataset()
    o.text(words, "UnformattedTextValue", (*at, "TextObjectSequence", 0), limit=200)
    note = Dataset()
    note.TextObjectSequence = Sequence([words])
    note.ReferencedImageSequence = Sequence([_reference(o)])
    ds.GraphicAnnotationSequence = Sequence([note])
    o.text(ds, "ContentDescription", ())
    ds.ContentLabel = "ANNOTATION"
    o.name(ds, "ContentCreatorName")
    series = Dataset()
    series.SeriesInstanceUID = o.uid()
    series.ReferencedImageSequence = Sequence([_reference(o)])
    ds.ReferencedSeriesSequence = Sequence([series])


def segmentation(o: Object) -> None:
    """A segmentation."""
    _base(o, "SEG", STORAGE + "66.4")
    ds, segment = o.ds, Dataset()
    segment.SegmentNumber = 1
    o.text(segment, "SegmentLabel", ("SegmentSequence", 0))
    o.text(segment, "SegmentDescription", ("SegmentSequence", 0), limit=200)
    o.keep(segment, "SegmentAlgorithmType", "MANUAL", ("SegmentSequence", 0))
    segment.TrackingUID = o.uid()
    ds.SegmentSequence = Sequence([segment])
    o.text(ds, "ContentDescription", ())
    o.name(ds, "ContentCreatorName")
    series = Dataset()
    series.SeriesInstanceUID = o.uid()
    series.ReferencedInstanceSequence = Sequence([_reference(o)])
    ds.ReferencedSeriesSequence = Sequence([series])


def key_objects(o: Object) -> None:
    """A key object selection."""
    _base(o, "KO", STORAGE + "88.59")
    evidence, series = Dataset(), Dataset()
    evidence.StudyInstanceUID, series.SeriesInstanceUID = o.uid(), o.uid()
    series.ReferencedSOPSequence = Sequence([_reference(o)])
    evidence.ReferencedSeriesSequence = Sequence([series])
    o.ds.CurrentRequestedProcedureEvidenceSequence = Sequence([evidence])
    text = _item("TEXT", "113012", "Key Object Description")
    o.text(text, "TextValue", ("ContentSequence", 0), limit=300)
    o.ds.ContentSequence = Sequence([text])


def waveform(o: Object) -> None:
    """An electrocardiogram."""
    _base(o, "ECG", STORAGE + "9.1.1")
    note, group, channel = Dataset(), Dataset(), Dataset()
    o.gone("waveform", note, "UnformattedTextValue", f"{o.p.given} at rest")
    o.ds.WaveformAnnotationSequence = Sequence([note])
    o.gone("waveform", channel, "ChannelLabel", f"{o.p.given}")
    o.keep(channel, "ChannelSensitivity", "1.25", ("WaveformSequence", 0, "ChannelDefinitionSequence", 0))  # fmt: skip
    group.ChannelDefinitionSequence = Sequence([channel])
    o.keep(group, "SamplingFrequency", "500.0", ("WaveformSequence", 0))
    o.ds.WaveformSequence = Sequence([group])


MAKERS: dict[str, Callable[[Object], None]] = {
    "CT": ct, "MR": mr, "enhanced": enhanced, "SR": sr, "RTSTRUCT": structures, "RTPLAN": plan, "PR": presentation, "SEG": segmentation, "KO": key_objects, "ECG": waveform,
}  # fmt: skip


def make(kind: str, p: Person, rng: Chance) -> Object:
    """One object of a kind for a person."""
    syntax = rng.choice((IMPLICIT, EXPLICIT, EXPLICIT, BIG, DEFLATED))
    made = Object(p, rng, syntax)
    MAKERS[kind](made)
    return made
