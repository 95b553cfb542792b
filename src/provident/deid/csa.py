"""Siemens' private headers reduced to the acquisition parameters in them (groups 0029 and 0021).

A CSA header is a blob of named fields (layout: nibabel's notes, nipy.org/nibabel/dicom/siemens_csa.html).
It repeats names, dates and UIDs of the exam. Here it is written anew with the fields on a list, and of
the protocol text inside it only assignments of numbers (and coil codes) under listed names. Whatever
does not read as it should is left out; a header with nothing left is removed.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from provident.dicom import csa


CREATORS = frozenset({"siemens csa header", "siemens mr sds 01"})
FIELDS = frozenset(
    (
        "NumberOfImagesInMosaic",
        "SliceNormalVector",
        "ProtocolSliceNumber",
        "PhaseEncodingDirectionPositive",
        "BandwidthPerPixelPhaseEncode",
        "MosaicRefAcqTimes",
        "B_value",
        "B_matrix",
        "DiffusionGradientDirection",
        "DiffusionDirectionality",
        "SliceMeasurementDuration",
        "SliceResolution",
        "TimeAfterStart",
        "RealDwellTime",
        "GradientMode",
        "FlowCompensation",
        "AcquisitionMatrixText",
        "ImaCoilString",
        "PATModeText",
        "SliceThickness",
        "PixelSpacing",
        "RepetitionTime",
        "EchoTime",
        "FlipAngle",
        "InversionTime",
        "NumberOfAverages",
        "EchoTrainLength",
        "MagneticFieldStrength",
        "ImagePositionPatient",
        "ImageOrientationPatient",
    )
)
PROTOCOLS = frozenset({"MrPhoenixProtocol", "MrProtocol"})
_PARAMETER = re.compile(
    r"(?:sSliceArray|sPat|sKSpace|sFastImaging|sDiffusion|sRXSPEC|sTXSPEC\.asNucleusInfo|alT[REI]|adFlipAngleDegree|"
    r"asCoilSelectMeas|sCoilSelectMeas|lContrasts|lAverages|lRepetitions|ucMultiSliceMode|ucFlipAngleMode|"
    r"sPrepPulses|sAsl|sWipMemBlock\.a[ld]Free)\b[\w.\[\]]*"
)
_COIL_ID = re.compile(r"\w*(?:CoilSelectMeas)[\w.\[\]]*\.t(?:CoilID|Element)")
_NUMBER = re.compile(r"[-+]?(?:0x[0-9a-fA-F]+|\d+(?:\.\d*)?(?:[eE][-+]?\d+)?|\.\d+)")
_CODE = re.compile(r"[\w;:,+*/\- .]{0,48}")
_HEAD = struct.Struct("<64si4siii")
_MARK = 77


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    values: tuple[str, ...]


def reduced(blob: bytes, clean: Callable[[str], str]) -> bytes:
    """A CSA header with the listed fields alone, or nothing. `clean` cleans texts of the person."""
    if blob[:4] != b"SV10":
        return _reduced_text(blob, clean)
    fields = list(_listed(csa.parse(blob), clean))
    if not fields:
        return b""
    head = b"SV10\4\3\2\1" + struct.pack("<II", len(fields), _MARK)
    return head + b"".join(_encoded(field) for field in fields)


def _listed(
    told: Mapping[str, tuple[str, ...]], clean: Callable[[str], str]
) -> Iterator[_Field]:
    for name, values in told.items():
        if name in PROTOCOLS and values:
            text = protocol(values[0], clean)
            if text:
                yield _Field(name, (text,))
        elif name in FIELDS and values:
            kept = tuple(v for v in values if _is_parameter(v, clean))
            if len(kept) == len(values):
                yield _Field(name, kept)


def _is_parameter(value: str, clean: Callable[[str], str]) -> bool:
    if _NUMBER.fullmatch(value):
        return True
    return bool(_CODE.fullmatch(value)) and clean(value) == value


def protocol(text: str, clean: Callable[[str], str]) -> str:
    """A protocol text with the listed assignments of numbers and coil codes alone."""
    lines = [
        f"{name} = {value}"
        for name, value in csa.protocol(text).items()
        if _PARAMETER.fullmatch(name) and _NUMBER.fullmatch(value)
    ]
    lines += [
        f'{name} = "{value}"'
        for name, value in csa.protocol(text).items()
        if _COIL_ID.fullmatch(name) and _CODE.fullmatch(value) and clean(value) == value
    ]
    if not lines:
        return ""
    return "\n".join(["### ASCCONV BEGIN ###", *sorted(lines), "### ASCCONV END ###"])


def _reduced_text(blob: bytes, clean: Callable[[str], str]) -> bytes:
    return protocol(blob.decode("latin-1"), clean).encode("latin-1")


def _encoded(field: _Field) -> bytes:
    """One field as version 2 of the layout writes it."""
    raw = [value.encode("latin-1", "replace") + b"\0" for value in field.values]
    vr = b"UT\0\0" if field.name in PROTOCOLS else b"LO\0\0"
    head = _HEAD.pack(field.name.encode("ascii"), len(raw), vr, 0, len(raw), _MARK)
    return head + b"".join(
        struct.pack("<4i", len(r), len(r), _MARK, len(r)) + r + bytes(-len(r) % 4)
        for r in raw
    )
