"""Why a gateway holds images back, in words for a site, and what can be done about each reason.

Three kinds and no other: identity, consent, integrity. A code is public and never reused.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from provident.deid.report import REASONS as DEID_REASONS


Kind = Literal["identity", "consent", "integrity"]
Act = Literal["link", "release", "rerun", "discard"]

ACT_WORDS: dict[str, str] = {
    "link": "Link to a participant",
    "release": "Try again",
    "rerun": "Run again by the plan in force",
    "discard": "Discard",
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: its code, its kind, what it says, what may be done."""

    code: str
    kind: Kind
    message: str
    acts: tuple[Act, ...]


_ALL = (
    Reason(
        "QUARANTINE.UNKNOWN_PARTICIPANT", "identity",
        "The hospital number on these images belongs to nobody who is enrolled at this site. "
        "Link them to the participant they are of, or discard them if they were sent by mistake.",
        ("link", "discard"),
    ),
    Reason(
        "QUARANTINE.NO_PATIENT_ID", "identity",
        "These images carry no patient number. Link them to the participant they are of, or discard them.",
        ("link", "discard"),
    ),
    Reason(
        "QUARANTINE.MIXED_IDENTITY", "identity",
        "One exam carries the numbers of more than one patient. Ask radiology to correct the exam, send it again, "
        "and discard these images.",
        ("discard",),
    ),
    Reason(
        "QUARANTINE.WITHDRAWN", "consent",
        "The participant has withdrawn, so these images stay at the site. Discard them, or try again if the "
        "withdrawal was recorded by mistake and has been corrected.",
        ("release", "discard"),
    ),
    Reason(
        "QUARANTINE.NO_CONSENT", "consent",
        "A consent that the study requires is not given, so these images stay at the site. Try again once the consent "
        "is recorded, or discard them.",
        ("release", "discard"),
    ),
    Reason(
        "QUARANTINE.EMPTY", "integrity",
        "A file of zero bytes arrived. Send the exam again and discard this file.", ("discard",),
    ),
    Reason(
        "QUARANTINE.NOT_DICOM", "integrity",
        "A file arrived that is not a DICOM image. Discard it.", ("discard",),
    ),
    Reason(
        "QUARANTINE.TRUNCATED", "integrity",
        "An image arrived cut off before its end. Send the exam again and discard this file.", ("discard",),
    ),
    Reason(
        "QUARANTINE.UNREADABLE", "integrity",
        "An image cannot be read or lacks the numbers that name it. Ask radiology to export the exam again, "
        "and discard this file.",
        ("discard",),
    ),
    Reason(
        "QUARANTINE.CONFLICT", "integrity",
        "An image arrived twice under one number (SOP Instance UID) with different content. The first was kept as it "
        "was. Ask radiology which is right; discard this one if the first is.",
        ("discard",),
    ),
    Reason(
        "QUARANTINE.IDENTIFIER_LEFT", "integrity",
        "After de-identification something that may identify the participant was still found, so nothing was sent. "
        "Tell the trial manager; try again once the profile is corrected.",
        ("release", "discard"),
    ),
    Reason(
        "QUARANTINE.NOT_VERIFIED", "integrity",
        "After de-identification something did not fit: a UID, a reference, a date, the pixels, or what the files say "
        "of the method. Nothing was sent. Tell the trial manager; try again once the cause is found.",
        ("release", "discard"),
    ),
    Reason(
        "QUARANTINE.REFUSED_BY_CENTRE", "integrity",
        "The centre did not take these images because its own check did not pass. Tell the trial manager; try again "
        "once the cause is found.",
        ("release", "discard"),
    ),
    Reason(
        "QUARANTINE.HELD", "integrity",
        "De-identification asks for a person to look first. Look at the images; try again once the plan's profile "
        "covers them, or discard them.",
        ("release", "discard"),
    ),
)  # fmt: skip

REASONS: dict[str, Reason] = {reason.code: reason for reason in _ALL}


_LOOKED = {
    "DEID.PIXELS_NEED_REVIEW": "Send: I looked, no text identifies anybody",
    "DEID.TEXT_NEEDS_REVIEW": "Send without the words that are not approved",
    "DEID.FACE_NEEDS_REMOVAL": "Send: I looked at the picture, no face can be recognised",
}


def act_words(code: str, act: str) -> str:
    """What a button says that does an act about images held for a reason."""
    return _LOOKED.get(code, ACT_WORDS[act]) if act == "release" else ACT_WORDS[act]


def reason(code: str) -> Reason:
    """The reason of a code; a code of de-identification's own counts as held."""
    found = REASONS.get(code)
    if found is not None:
        return found
    held = REASONS["QUARANTINE.HELD"]
    words = DEID_REASONS.get(code.removeprefix("DEID.").lower(), "")
    message = f"{words} Nothing was sent." if words else held.message
    # A release of these says that a person looked; only a second run asks the plan again.
    acts: tuple[Act, ...] = (
        ("release", "rerun", "discard") if code in _LOOKED else held.acts
    )
    return Reason(code, held.kind, message, acts)
