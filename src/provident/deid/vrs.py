"""Value representations by kind, and the dictionary's answer for each tag (PS3.5 6.2, PS3.6)."""

from __future__ import annotations

from functools import cache, lru_cache

from pydicom._dicom_dict import DicomDictionary
from pydicom.datadict import get_entry, repeater_has_tag


LONG_VRS = frozenset(
    ("OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV")
)
TEXT_VRS = frozenset(("LO", "SH", "ST", "LT", "UT", "UC"))
FREE_TEXT_VRS = frozenset(("LT", "ST", "UT"))
DATE_VRS = frozenset(("DA", "DT"))
CHARACTERS = frozenset(
    (
        "AE", "AS", "CS", "DA", "DS", "DT", "IS", "LO", "LT", "PN", "SH", "ST", "TM", "UC", "UI", "UR", "UT",
    )
)  # fmt: skip
WORD_SIZES = {
    "US": 2, "SS": 2, "OW": 2, "UL": 4, "SL": 4, "FL": 4, "AT": 4, "OF": 4, "OL": 4, "FD": 8, "OD": 8, "OV": 8, "SV": 8, "UV": 8,
}  # fmt: skip
SINGLE_VALUED = frozenset(("LT", "ST", "UT", "UR"))
SHORT_STRING_VRS = frozenset(("AE", "AS", "CS", "DA", "DS", "DT", "IS", "TM", "UI"))

_ALL = (
    "AE AS AT CS DA DS DT FD FL IS LO LT OB OD OF OL OV OW PN SH SL SQ SS ST SV TM UC "
    "UI UL UN UR US UT UV"
)
VRS: dict[bytes, str] = {vr.encode(): vr for vr in _ALL.split()}

# What a VR may be written as when the dictionary leaves a choice.
_FIRST = {"US or SS": "US", "OB or OW": "OW", "US or OW": "OW", "US or SS or OW": "OW"}


@cache
def _dictionary() -> dict[int, tuple[str, str]]:
    return {
        int(tag): (_FIRST.get(entry[0], entry[0]), entry[4])
        for tag, entry in DicomDictionary.items()
    }


@lru_cache(maxsize=65536)
def vr_of(tag: int) -> str:
    """The VR of a tag in implicit VR: the dictionary's, or UN for what it does not know."""
    known = _dictionary().get(tag)
    if known is not None:
        return known[0] if known[0] in LONG_VRS or len(known[0]) == 2 else "UN"
    if tag & 0xFFFF == 0:
        return "UL"
    if (tag >> 16) & 1:
        return "LO" if 0x10 <= tag & 0xFFFF <= 0xFF else "UN"
    return _repeater(tag)


def _repeater(tag: int) -> str:
    if not repeater_has_tag(tag):
        return "UN"
    vr = get_entry(tag)[0]
    return _FIRST.get(vr, vr)


@lru_cache(maxsize=4096)
def length_of_numbers(tag: int, vr: str) -> int:
    """Bytes of a binary number attribute whose count of values the dictionary fixes; 0 where it does not."""
    size = WORD_SIZES.get(vr, 0)
    entry = DicomDictionary.get(tag)
    if entry is None or vr in LONG_VRS or not entry[1].isdigit():
        return 0
    return size * int(entry[1])


def keyword_of(tag: int) -> str:
    """The dictionary's keyword of a tag, or an empty string."""
    known = _dictionary().get(tag)
    return known[1] if known else ""


def is_standard(tag: int) -> bool:
    """Whether the dictionary knows this tag."""
    return tag in _dictionary() or (not (tag >> 16) & 1 and repeater_has_tag(tag))


@cache
def keywords() -> dict[str, int]:
    """Keyword to tag, for profiles that name attributes by keyword."""
    return {keyword: tag for tag, (_, keyword) in _dictionary().items() if keyword}


_DEFINITIONS = (
    "TransferSyntaxUID",
    "CodingSchemeUID",
    "ContextUID",
    "MappingResourceUID",
    "EncryptedContentTransferSyntaxUID",
    "MACCalculationTransferSyntaxUID",
    "AvailableTransferSyntaxUID",
    "ReferencedTransferSyntaxUIDInFile",
    "ContextGroupExtensionCreatorUID",
)


@cache
def names_a_definition(tag: int) -> bool:
    """Whether a UID attribute names a kind of thing (a class, a syntax, a code list), not a thing."""
    keyword = keyword_of(tag)
    return keyword.endswith("ClassUID") or keyword in _DEFINITIONS
