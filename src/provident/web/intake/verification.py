"""The centre's own check of an arriving instance: it takes nothing that does not say that it is de-identified."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from provident import dicom
from provident.kernel import InvalidInput
from provident.web.intake.manifest import Instance, Manifest


if TYPE_CHECKING:
    from pydicom import Dataset

BASIC_PROFILE = "113100"  # PS3.16 CID 7050
# Attributes that the basic profile always empties or removes (PS3.15 table E.1-1) and no option of it gives back.
ALWAYS_GONE = (
    "AccessionNumber", "ReferringPhysicianName", "OtherPatientIDs", "OtherPatientIDsSequence", "OtherPatientNames",
    "PatientAddress", "PatientTelephoneNumbers", "PatientBirthName", "PatientMotherBirthName", "PatientBirthTime",
    "MilitaryRank", "ResponsiblePerson",
)  # fmt: skip

WORDS = {
    "not_announced": "An image came that the manifest does not name.",
    "hash": "An image's bytes are not those that were announced.",
    "unreadable": "An image cannot be read.",
    "not_deidentified": "An image does not say that it is de-identified (0012,0062 and 0012,0064).",
    "participant": "An image names another participant than its transfer.",
    "names": "An image has other UIDs than were announced.",
    "identifier": "An image still has an attribute that de-identification always removes.",
}


def fault(stream: BinaryIO, manifest: Manifest, instance: Instance) -> str:
    """Why an instance may not be stored, as a key of `WORDS`; blank when it may."""
    try:
        header = dicom.read_header(stream)
    except InvalidInput:
        return "unreadable"
    checks = (
        ("not_deidentified", not _says_deidentified(header)),
        ("participant", not _of_participant(header, manifest.participant)),
        ("names", not _named(header, manifest, instance)),
        ("identifier", any(_text(header, name) for name in ALWAYS_GONE)),
    )
    return next((code for code, wrong in checks if wrong), "")


def _text(header: Dataset, name: str) -> str:
    value = header.get(name)
    return "" if value is None else str(value).strip()


def _says_deidentified(header: Dataset) -> bool:
    methods = header.get("DeidentificationMethodCodeSequence") or ()
    codes = {_text(item, "CodeValue") for item in methods}
    return _text(header, "PatientIdentityRemoved") == "YES" and BASIC_PROFILE in codes


def _of_participant(header: Dataset, code: str) -> bool:
    return _text(header, "PatientID") == code and _text(header, "PatientName") in ("", code)  # fmt: skip


def _named(header: Dataset, manifest: Manifest, instance: Instance) -> bool:
    return (
        _text(header, "SOPInstanceUID") == instance.sop_uid
        and _text(header, "SeriesInstanceUID") == instance.series_uid
        and _text(header, "StudyInstanceUID") == manifest.exam_uid
    )
