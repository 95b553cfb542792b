"""Images of the acceptance corpus: three makers' private parameters, many frames, mosaics, compressed and rare syntaxes, text in pixels."""

from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from pydicom import Dataset
from pydicom.encaps import encapsulate
from pydicom.uid import JPEG2000Lossless, JPEGBaseline8Bit, RLELossless

from provident.synthetic.acceptance.making import (
    BIG,
    DEFLATED,
    EXPLICIT,
    IMPLICIT,
    SIDE,
    Planted,
    apart,
    base,
    encoded,
    kept,
    picture,
    put_picture,
    uid,
)
from provident.synthetic.acceptance.people import Invented


MR, CT = "1.2.840.10008.5.1.4.1.1.4", "1.2.840.10008.5.1.4.1.1.2"
ENHANCED_MR = "1.2.840.10008.5.1.4.1.1.4.1"
SC, US = "1.2.840.10008.5.1.4.1.1.7", "1.2.840.10008.5.1.4.1.1.3.1"
B_VALUE = 800
_INK = 128  # of 255: from here on a pixel of the drawn text counts as letter


def _plane(ds: Dataset, who: Invented, visit: int, number: int) -> None:
    ds.ImageType = ["ORIGINAL", "PRIMARY", "M", "ND"]
    ds.FrameOfReferenceUID = uid(who, visit, 99)
    ds.SliceThickness, ds.PixelSpacing = "3", ["0.4", "0.4"]
    ds.ImageOrientationPatient = ["1", "0", "0", "0", "0", "-1"]
    ds.ImagePositionPatient = ["-12.5", str(3 * number), "40"]


def _common(who: Invented, ds: Dataset) -> list[tuple[str, str, str]]:
    told = list(kept("geometry", SliceThickness=3, Rows=ds.Rows, Columns=ds.Columns))
    told += kept("patient", PatientSex=who.sex, PatientWeight=71.5)
    told += kept("description", SeriesDescription="T1 SE COR", StudyDescription="MR HAND", ProtocolName="T1 SE COR")  # fmt: skip
    return told


def mr_slice(who: Invented, visit: int, number: int) -> Planted:
    """An MR slice with the maker's own diffusion weighting in private elements."""
    ds = base(who, visit, 1, number, MR, "MR")
    _plane(ds, who, visit, number)
    ds.ScanningSequence, ds.SequenceVariant, ds.MRAcquisitionType = "SE", "SK", "2D"
    ds.RepetitionTime, ds.EchoTime, ds.FlipAngle, ds.MagneticFieldStrength = "550", "12", "90", "3"  # fmt: skip
    put_picture(ds, picture(sum(who.id.encode()) * 100 + visit * 10 + number))
    keeps = [
        *_common(who, ds),
        *kept("acquisition", RepetitionTime=550, EchoTime=12, FlipAngle=90, MagneticFieldStrength=3),
        _diffusion(ds, who),
    ]  # fmt: skip
    name = f"{who.folder}/MR{visit + 1}/IM{number:04d}.dcm"
    return Planted(name, who.id, visit, "MR", ds, encoded(ds), keeps)


def _diffusion(ds: Dataset, who: Invented) -> tuple[str, str, str]:
    """A b-value where this maker puts it (PS3.15 table E.3.10-1 lists all three as safe)."""
    if who.maker == "Philips":
        ds.private_block(0x2001, "Philips Imaging DD 001", create=True).add_new(0x03, "FL", float(B_VALUE))  # fmt: skip
        return "private:Philips Imaging DD 001,2001,03", str(B_VALUE), "private"
    if who.maker == "SIEMENS":
        ds.private_block(0x0019, "SIEMENS MR HEADER", create=True).add_new(0x0C, "IS", str(B_VALUE))  # fmt: skip
        return "private:SIEMENS MR HEADER,0019,0c", str(B_VALUE), "private"
    block = ds.private_block(0x0043, "GEMS_PARM_01", create=True)
    block.add_new(0x39, "IS", [str(B_VALUE), "8", "0", "0"])
    return "private:GEMS_PARM_01,0043,39", str(B_VALUE), "private"


def mosaic(who: Invented, visit: int) -> Planted:
    """Sixteen slices in one picture, as Siemens sends them."""
    ds = base(who, visit, 3, 1, MR, "MR")
    _plane(ds, who, visit, 1)
    ds.ImageType = ["ORIGINAL", "PRIMARY", "M", "ND", "MOSAIC"]
    ds.RepetitionTime, ds.EchoTime = "2000", "30"
    block = ds.private_block(0x0019, "SIEMENS MR HEADER", create=True)
    block.add_new(0x0A, "US", 16)
    put_picture(ds, np.tile(picture(901, 32, 32), (4, 4)))
    keeps = [*kept("acquisition", RepetitionTime=2000, EchoTime=30), *kept("geometry", Rows=128, Columns=128)]  # fmt: skip
    keeps.append(("ImageType.4", "MOSAIC", "mosaic"))
    keeps.append(("private:SIEMENS MR HEADER,0019,0a", "16", "mosaic"))
    return Planted(f"{who.folder}/MOSAIC/IM0001", who.id, visit, "mosaic", ds, encoded(ds), keeps)  # fmt: skip


def enhanced(who: Invented, visit: int) -> Planted:
    """An enhanced MR object: three frames, their geometry and the person's name in functional groups."""
    ds = base(who, visit, 4, 1, ENHANCED_MR, "MR")
    ds.ImageType = ["ORIGINAL", "PRIMARY", "VOLUME", "NONE"]
    ds.FrameOfReferenceUID = uid(who, visit, 99)
    shared = Dataset()
    measures, timing = Dataset(), Dataset()
    measures.SliceThickness, measures.PixelSpacing = "2.5", ["0.5", "0.5"]
    timing.RepetitionTime, timing.FlipAngle = "610", "80"
    shared.PixelMeasuresSequence, shared.MRTimingAndRelatedParametersSequence = [measures], [timing]  # fmt: skip
    ds.SharedFunctionalGroupsSequence = [shared]
    ds.PerFrameFunctionalGroupsSequence = [_frame(who, visit, n) for n in range(3)]
    put_picture(
        ds,
        np.stack(
            [picture(sum(who.id.encode()) * 100 + 60 + n, 32, 32) for n in range(3)]
        ),
        frames=3,
    )
    shares = "SharedFunctionalGroupsSequence.0"
    frames = "PerFrameFunctionalGroupsSequence"
    keeps = [
        ("NumberOfFrames", "3", "multi-frame"),
        (f"{shares}.PixelMeasuresSequence.0.SliceThickness", "2.5", "multi-frame"),
        (f"{shares}.MRTimingAndRelatedParametersSequence.0.RepetitionTime", "610", "multi-frame"),
        *((f"{frames}.{n}.PlanePositionSequence.0.ImagePositionPatient.1", str(2.5 * n), "multi-frame") for n in range(3)),
    ]  # fmt: skip
    return Planted(f"{who.folder}/ENHANCED/IM0001.dcm", who.id, visit, "multi-frame", ds, encoded(ds), keeps)  # fmt: skip


def _frame(who: Invented, visit: int, number: int) -> Dataset:
    frame, content, place = Dataset(), Dataset(), Dataset()
    content.FrameAcquisitionDateTime = f"{who.day(visit):%Y%m%d}1016{number:02d}"
    content.FrameReferenceDateTime = content.FrameAcquisitionDateTime
    content.StackID, content.InStackPositionNumber = "1", number + 1
    content.FrameComments = f"{who.given} {who.family} moved"
    place.ImagePositionPatient = ["0", str(2.5 * number), "0"]
    frame.FrameContentSequence, frame.PlanePositionSequence = [content], [place]
    return frame


def ct_in(who: Invented, visit: int, number: int, syntax: str) -> Planted:
    """A CT image in one transfer syntax; implicit VR also has overlay, icon, padding, preamble with the name in it."""
    ds = base(who, visit, 2, number, CT, "CT")
    _plane(ds, who, visit, number)
    ds.KVP, ds.XRayTubeCurrent, ds.ConvolutionKernel = "120", "210", "B40f"
    ds.RescaleIntercept, ds.RescaleSlope = "-1024", "1"
    pixels = picture(sum(who.id.encode()) * 100 + 50 + number)
    put_picture(ds, pixels)
    if syntax == IMPLICIT:
        _hidden_corners(ds, who)
    if syntax in (RLELossless, JPEG2000Lossless):
        encoded(ds)
        # A library's version must not decide: these pixels are packed by our own means or losslessly.
        ds.compress(syntax, generate_instance_uid=False)
    name = f"{who.folder}/CT/IM{number:04d}.dcm"
    preamble = f"{who.family} {who.number}".encode()[:128]
    data = encoded(ds, syntax, preamble)
    keeps = [*_common(who, ds), *kept("acquisition", KVP=120, XRayTubeCurrent=210, RescaleIntercept=-1024)]  # fmt: skip
    return Planted(name, who.id, visit, "syntax" if syntax != EXPLICIT else "CT", ds, data, keeps)  # fmt: skip


def _hidden_corners(ds: Dataset, who: Invented) -> None:
    """Where few look: an overlay with its label, an icon, padding behind the data set."""
    drawn = ink([f"{who.family} {who.number}"], (SIDE, SIDE), (1, 20), 8) >= _INK
    ds.add_new(0x60000010, "US", SIDE)
    ds.add_new(0x60000011, "US", SIDE)
    ds.add_new(0x60000022, "LO", f"for {who.family}")
    ds.add_new(0x60000040, "CS", "G")
    ds.add_new(0x60000050, "SS", [1, 1])
    ds.add_new(0x60000100, "US", 1)
    ds.add_new(0x60000102, "US", 0)
    ds.add_new(0x60003000, "OW", np.packbits(drawn, bitorder="little").tobytes())
    icon = Dataset()
    put_picture(icon, (drawn * 255).astype(np.uint8))
    ds.IconImageSequence = [icon]
    ds.add_new(0xFFFCFFFC, "OB", f"{who.family} {who.number} ".encode("ascii", "replace").ljust(64))  # fmt: skip


SYNTAXES = (EXPLICIT, IMPLICIT, BIG, DEFLATED, str(RLELossless), str(JPEG2000Lossless))


def ink(lines: list[str], shape: tuple[int, int], at: tuple[int, int], size: int) -> np.ndarray[Any, np.dtype[np.uint8]]:  # fmt: skip
    """Text drawn white on black, rows x columns."""
    drawn = Image.new("L", (shape[1], shape[0]), 0)
    font = ImageFont.load_default(size)
    for n, line in enumerate(lines):
        ImageDraw.Draw(drawn).text((at[0], at[1] + n * round(size * 1.4)), line, fill=255, font=font)  # fmt: skip
    return np.asarray(drawn, np.uint8)


def _burned(
    grey: np.ndarray[Any, np.dtype[np.uint8]], text: str, at: tuple[int, int], size: int, *, leak: bool,
) -> tuple[np.ndarray[Any, np.dtype[np.uint8]], dict[str, Any]]:  # fmt: skip
    """A picture with a line of text, and the answer: where its letters are and how much they stand out."""
    rows, columns = grey.shape
    drawn = ink([text], (rows, columns), at, size)
    found = np.argwhere(drawn >= _INK)
    (top, left), (bottom, right) = found.min(0), found.max(0) + 1
    out = np.maximum(grey, drawn)
    letters = drawn[top:bottom, left:right] >= _INK
    box = {
        "at": [int(left), int(top), int(right), int(bottom)],
        "letters": base64.b64encode(np.packbits(letters).tobytes()).decode(),
        "contrast": float(np.mean(out[top:bottom, left:right][letters]) - np.mean(out[top:bottom, left:right][~letters])),
        "leak": leak,
    }  # fmt: skip
    return out, box


def screen_copy(who: Invented, visit: int, number: int, latin: str) -> Planted:
    """A secondary capture with the person over it, and scanner settings that may stay."""
    ds = base(who, visit, 6, number, SC, "OT")
    apart(ds, who, visit, 4)
    ds.ImageType, ds.ConversionType, ds.BurnedInAnnotation = ["DERIVED", "SECONDARY"], "WSD", "NO"  # fmt: skip
    ds.SeriesDescription = "Screen Save"
    grey = (
        picture(sum(who.id.encode()) * 100 + 70 + number, 256, 512, 180) % 256
    ).astype(np.uint8)
    boxes = []
    for text, at, leak in (
        (f"{latin.upper()}  {who.number}", (12, 12), True),
        (f"{who.born:%d/%m/%Y}", (12, 40), True),
        ("TR 550 TE 12 FA 90", (300, 226), False),
    ):
        grey, box = _burned(grey, text, at, 18, leak=leak)
        boxes.append(box)
    put_picture(ds, grey)
    name = f"{who.folder}/SC/SC{number:04d}.dcm"
    return Planted(name, who.id, visit, "burned-in", ds, encoded(ds), may_wait=True, boxes=boxes)  # fmt: skip


def ultrasound(who: Invented, visit: int, latin: str) -> Planted:
    """A colour clip of two frames in JPEG baseline, the person in its banner."""
    ds = base(who, visit, 7, 1, US, "US")
    apart(ds, who, visit, 6)
    ds.ImageType = ["ORIGINAL", "PRIMARY"]
    ds.SeriesDescription = "Wrist dorsal"
    grey = (picture(950, 192, 320, 200) % 256).astype(np.uint8)
    grey[:28] = 20
    boxes = []
    for text, at, leak in ((f"{latin}  {who.number}", (6, 5), True), (f"{who.hospital} {who.day(visit):%d.%m.%Y}", (170, 5), True)):  # fmt: skip
        text = text.translate(str.maketrans("łąęśżóŁŻŚ", "laeszoLZS"))
        grey, box = _burned(grey, text, at, 13, leak=leak)
        boxes.append(box)
    colour = np.stack([grey] * 3, -1)
    put_picture(ds, np.stack([colour, colour]), frames=2)
    packed = [_jpeg(colour), _jpeg(colour)]
    ds.PixelData = encapsulate(packed)
    ds["PixelData"].VR = "OB"
    ds["PixelData"].is_undefined_length = True
    ds.PhotometricInterpretation = "YBR_FULL_422"
    ds.LossyImageCompression, ds.LossyImageCompressionRatio = "01", "12"
    name = f"{who.folder}/US/IM0001"
    data = encoded(ds, str(JPEGBaseline8Bit))
    return Planted(name, who.id, visit, "burned-in", ds, data, may_wait=True, boxes=boxes)  # fmt: skip


def _jpeg(frame: np.ndarray[Any, np.dtype[np.uint8]]) -> bytes:
    into = io.BytesIO()
    Image.fromarray(frame).save(into, "JPEG", quality=95, subsampling="4:2:2")
    return into.getvalue()
