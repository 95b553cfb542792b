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
