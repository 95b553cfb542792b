"""What Provident writes itself: who, which trial, which time point, and what was done (PS3.3 C.7.1.3, C.12.1.1)."""

from __future__ import annotations

from provident.deid.charsets import encode
from provident.deid.header import Written
from provident.deid.identity import Subject
from provident.deid.profile import BASIC, Profile
from provident.deid.table import METHODS
from provident.deid.writer import encode_element, encode_items, encode_number


METHOD_LENGTH = 64  # characters of LO


def written_elements(
    profile: Profile,
    subject: Subject,
    encodings: tuple[str, ...],
    *,
    implicit: bool,
    applied: frozenset[int],
) -> list[Written]:
    """The elements that identify the participant and tell the method. `applied` are option codes."""
    write = _Writer(encodings, implicit)
    trial = profile.trial
    write.text(0x00100010, "PN", subject.participant)
    write.text(0x00100020, "LO", subject.participant)
    write.text(0x00120010, "LO", trial.sponsor, always=True)
    write.text(0x00120020, "LO", trial.protocol, always=True)
    write.text(0x00120021, "LO", trial.protocol_name, always=True)
    write.text(0x00120030, "LO", trial.site, always=True)
    write.text(0x00120031, "LO", trial.site_name, always=True)
    write.text(0x00120040, "LO", subject.participant)
    write.text(0x00120050, "LO", subject.timepoint_id, always=True)
    write.text(0x00120051, "ST", subject.timepoint_description)
    if subject.day_offset is not None:
        write.raw(0x00120052, "FD", encode_number("FD", subject.day_offset))
        write.text(0x00120053, "CS", subject.anchor)
    write.text(0x00120062, "CS", "YES")
    write.text(0x00120063, "LO", _method(profile))
    write.raw(0x00120064, "SQ", write.codes(sorted({BASIC, *applied})))
    write.text(0x00280303, "CS", _temporal(profile))
    return write.out


# A one-page PDF that says what stood here, so that the object stays valid and is told apart.
_PAGE = (
    b"BT /F1 14 Tf 72 720 Td (This document was removed in de-identification.) Tj ET"
)
_PDF = (
    b"%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
    b"/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>endobj\n"
    b"4 0 obj<</Length %d>>stream\n%s\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%%%EOF\n"
    % (len(_PAGE), _PAGE)
)


def placeholder(*, implicit: bool) -> Written:
    """The Encapsulated Document element that stands where a PDF was removed."""
    return 0x00420011, encode_element(0x00420011, "OB", _PDF, implicit=implicit)


class _Writer:
    def __init__(self, encodings: tuple[str, ...], implicit: bool) -> None:
        self.encodings = encodings
        self.implicit = implicit
        self.out: list[Written] = []

    def text(self, tag: int, vr: str, value: str, *, always: bool = False) -> None:
        if value or always:
            self.raw(tag, vr, encode(value, self.encodings))

    def raw(self, tag: int, vr: str, value: bytes) -> None:
        self.out.append((tag, encode_element(tag, vr, value, implicit=self.implicit)))

    def codes(self, codes: list[int]) -> bytes:
        return encode_items(
            [
                b"".join(
                    encode_element(tag, vr, text.encode(), implicit=self.implicit)
                    for tag, vr, text in (
                        (0x00080100, "SH", str(code)),
                        (0x00080102, "SH", "DCM"),
                        (0x00080104, "LO", METHODS[code]),
                    )
                )
                for code in codes
            ]
        )


def _method(profile: Profile) -> str:
    told = f"Provident {profile.id} v{profile.version} {profile.hash[:12]} {profile.edition}"
    return told[:METHOD_LENGTH]


def _temporal(profile: Profile) -> str:
    if 113106 in profile.options:
        return "UNMODIFIED"
    return "MODIFIED" if 113107 in profile.options else "REMOVED"
