"""Whom a file belongs to, as the file says: for the gateway and its crosswalk, never written out."""

from __future__ import annotations

from dataclasses import dataclass, field

from provident.deid.charsets import codecs, decode
from provident.deid.elements import Damaged
from provident.deid.instance import Instance, read_instance
from provident.kernel import InvalidInput


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSubject:
    """What a file says of its person and exam. Identifiable: keep it at the site.

    Dates are YYYYMMDD or empty; `study_uid`, `series_uid` and `sop_uid` are the originals.
    """

    issuer: str
    patient_id: str = field(repr=False)
    name: str = field(repr=False)
    birth_date: str = field(repr=False)
    sex: str
    study_uid: str
    series_uid: str
    sop_uid: str
    modality: str
    study_date: str = field(repr=False)
    trial_subject: str = ""
    trial_timepoint: str = ""


def subject_of(data: bytes) -> FileSubject:
    """Read whom a file belongs to.

    Raises:
        InvalidInput: it cannot be read as a DICOM instance; the message is the reason's code.
    """
    try:
        instance = read_instance(data)
    except Damaged as damage:
        raise InvalidInput(damage.reason) from None
    return person_of(instance)


def person_of(instance: Instance) -> FileSubject:
    """The same of a file that was split already."""
    text = _Reader(instance)
    return FileSubject(
        issuer=text(0x00100021),
        patient_id=text(0x00100020),
        name=text(0x00100010),
        birth_date=text(0x00100030),
        sex=text(0x00100040),
        study_uid=text(0x0020000D),
        series_uid=text(0x0020000E),
        sop_uid=instance.sop_instance,
        modality=text(0x00080060),
        study_date=text(0x00080020),
        trial_subject=text(0x00120040),
        trial_timepoint=text(0x00120050),
    )


class _Reader:
    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.encodings = codecs(instance.character_set)

    def __call__(self, tag: int) -> str:
        raw = self.instance.value(tag)
        return decode(raw, self.encodings).strip("\0 ") if raw else ""
