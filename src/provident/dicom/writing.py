"""Write a data set as a DICOM file, strictly: an invalid value is an error, never a warning."""

from __future__ import annotations

import warnings
from io import BytesIO

from pydicom import config
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.filewriter import dcmwrite
from pydicom.uid import ExplicitVRLittleEndian

from provident.dicom.reading import DAMAGE
from provident.kernel import Finding, InvalidInput, Place, Severity


def write(ds: Dataset) -> bytes:
    """The data set as a part 10 file, every element checked against its VR (PS3.5 6.2).

    A data set without a transfer syntax is written in explicit VR little endian.

    Raises:
        InvalidInput: elements whose values their VR does not allow, all at once, by tag.
    """
    findings: list[Finding] = []
    checked = _checked(ds, findings)
    if findings:
        raise InvalidInput(
            "The data set holds values that DICOM does not allow.", findings
        )
    meta = FileMetaDataset(getattr(ds, "file_meta", None) or Dataset())
    if not meta.get("TransferSyntaxUID"):
        meta.TransferSyntaxUID = ExplicitVRLittleEndian
    checked.file_meta = meta
    out = BytesIO()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            dcmwrite(out, checked, enforce_file_format=True)
    except DAMAGE as error:
        raise InvalidInput(
            f"The data set cannot be written: {type(error).__name__}."
        ) from None
    return out.getvalue()


def allowed(ds: Dataset) -> Dataset:
    """A copy of the data set without the elements whose values their VR does not allow."""
    return _checked(ds, [])


def _checked(ds: Dataset, findings: list[Finding]) -> Dataset:
    """A copy whose elements were made with strict validation.

    pydicom 3 checks assignment by its *reading* mode, which only warns; an element made
    with its own mode raises, without global state.
    """
    made = Dataset()
    for tag in sorted(ds.keys()):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                element = ds[tag]
            if element.VR == "SQ":
                items = [_checked(item, findings) for item in element.value]
                made.add(DataElement(tag, "SQ", items))
            else:
                made.add(_strict(element))
        except DAMAGE:
            findings.append(_finding(tag))
    return made


def _strict(element: DataElement) -> DataElement:
    value = element.value
    if element.VR in ("DS", "IS") and element.is_empty is False:
        # Numbers keep the text that they were read from.
        many = value if element.VM > 1 else [value]
        value = [getattr(v, "original_string", None) or v for v in many]
        value = value if element.VM > 1 else value[0]
    strict = DataElement(element.tag, element.VR, value, validation_mode=config.RAISE)
    strict.is_undefined_length = element.is_undefined_length
    return strict


def _finding(tag: int) -> Finding:
    place = f"({tag >> 16:04X},{tag & 0xFFFF:04X})"
    return Finding(
        code="DICOM.VALUE",
        severity=Severity.ERROR,
        where=Place(),
        message=f"{place} holds a value that its type does not allow.",
        remedy="Correct or remove the element.",
    )
