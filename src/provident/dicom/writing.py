"""Write a data set as a DICOM file, strictly: an invalid value is an error, never a warning."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from io import BytesIO

from pydicom import config
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.filewriter import dcmwrite
from pydicom.uid import ExplicitVRLittleEndian
from pydicom.valuerep import format_number_as_ds

from provident.dicom.reading import DAMAGE
from provident.kernel import Finding, InvalidInput, Place, Severity


LONGEST_NUMBER = 16  # characters of a decimal string, PS3.5 6.2


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
    """A copy without the elements whose values their VR does not allow.

    Numbers written with more than 16 characters, a frequent fault of scanners, are rounded
    rather than lost: positions and spacings are among them.
    """
    return _checked(ds, [], _rounded)


def _checked(
    ds: Dataset,
    findings: list[Finding],
    mend: Callable[[DataElement], DataElement | None] = lambda _: None,
) -> Dataset:
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
                items = [_checked(item, findings, mend) for item in element.value]
                made.add(DataElement(tag, "SQ", items))
            else:
                made.add(_strict(mend(element) or element))
        except DAMAGE:
            findings.append(_finding(tag))
    return made


def _rounded(element: DataElement) -> DataElement | None:
    if element.VR != "DS" or element.is_empty:
        return None
    many = element.value if element.VM > 1 else [element.value]
    written = [str(getattr(v, "original_string", None) or v) for v in many]
    if all(len(text) <= LONGEST_NUMBER for text in written):
        return None
    short = [
        text if len(text) <= LONGEST_NUMBER else format_number_as_ds(float(text))
        for text in written
    ]
    return DataElement(element.tag, "DS", short if len(short) > 1 else short[0])


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
