"""What was done with a file, and why it may have to wait."""

from __future__ import annotations

from dataclasses import dataclass, field

from provident.deid.identifiers import Identifiers


# Why a file waits for a human. The code is public; the words are for the trial team.
REASONS = {
    "not_dicom": "This is no DICOM file. Check what was sent; nothing of it was passed on.",
    "truncated": "The file ends too early. Ask the scanner or PACS to send it again.",
    "damaged": "The file's structure is broken. Ask the scanner or PACS to send it again.",
    "no_identity": "The file has no SOP Instance UID, SOP Class or transfer syntax, so it cannot be filed.",
    "character_set": "The file names a character set that DICOM does not know, so its text cannot be read for certain. Ask for it to be sent in another one.",
    "directory": "This is a DICOMDIR, an index of other files. It lists names and numbers and is not passed on; the files that it lists are de-identified themselves.",
    "transfer_syntax": "The file is in a transfer syntax that Provident does not know. Send it in another one.",
    "document_needs_review": "The file holds an encapsulated document (PDF or similar), which no rule can clean.",
    "pixels_need_review": "Text may be burned into the image or, where no reader of text is installed, nobody could rule it out. A person must look at it first. To have such images looked at by themselves install the reader, or name in the plan the devices that burn in nothing.",
    "pixels_unreadable": "The image must be looked at for burned-in text, but its pixels cannot be decoded.",
    "text_needs_review": "A description holds words that are not on the study's approved list.",
    "identifier_left": "An identifier of the person was still found after de-identification. Report it.",
    "overlay_in_pixels": "An overlay is hidden in the unused bits of the pixel data and could not be taken out.",
    "face_needs_removal": "The plan wants faces removed from this exam. That was not done, or what was done could not be verified: the picture of before and after, and the report beside it, say which.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DeidReport:
    """What was done with one file; `gone` are the attributes of its first level that were removed.

    Holds no value of the original but `unapproved`, which stays at the site.
    """

    profile: str
    profile_version: str
    profile_hash: str
    sop_instance_uid: str = ""
    transfer_syntax: str = ""
    kept: int = 0
    removed: int = 0
    changed: int = 0
    gone: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()
    unapproved: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Deidentified:
    """The result: bytes that may pass, or None and the reason why a human must look first.

    `identifiers` is what was gathered, for verification; it stays at the site. `beyond` are the bytes of pixel data
    that belong behind `data`, for a caller who left them on disk or asked for them apart: then they are `pixels`.
    """

    data: bytes | None
    report: DeidReport
    reason: str | None = None
    identifiers: Identifiers = field(default_factory=Identifiers, repr=False)
    beyond: int = 0
    pixels: memoryview | None = field(default=None, repr=False)

    @property
    def explanation(self) -> str:
        """The reason in words, with what to do."""
        return REASONS.get(self.reason, self.reason) if self.reason else ""


@dataclass(frozen=True, slots=True)
class Leak:
    """Something that must not be in an output. `where` names the place, never the value."""

    where: str
    kind: str
