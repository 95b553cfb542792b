"""Content items of structured reports: concepts that identify whatever their value type (PS3.15 Table E.1-2)."""

from __future__ import annotations

from provident.deid.elements import Element, elements, items


CONCEPT_NAME = 0x0040A043
CODE_VALUE = 0x00080100
TEXT_VALUE = 0x0040A160
PERSON_NAME = 0x0040A123
MEASURED_VALUE, NUMERIC_VALUE = 0x0040A300, 0x0040A30A
SUBJECT_AGE = "121033"

# DCM codes of PS3.16: observers, subjects, devices and places by name or number.
_CODES = (
    "121008 121009 121010 121011 121012 121013 121016 121017 121018 121019 121020 121021 "
    "121022 121023 121024 121025 121026 121027 121028 121029 121030 121036 121037 121038 "
    "121041 121042 121044 121152 121153 121154 121173 121174 121177 121178 "
    "113870 113871 113872 113873 113874 113876 113877 113880 113970 "
    "122073 122107 122128 122139 122143 122145 122150 122163 122166 "
    "127005 128425 128426 128429 130001 111706 111724 "
    "109054 109121 110119 110180 110190"
)
IDENTIFYING = frozenset(_CODES.split())
_VALUES = frozenset({TEXT_VALUE, PERSON_NAME})


def concept_code(
    data: bytes, parts: list[Element], *, implicit: bool, depth: int
) -> str:
    """The code value of a content item's concept name; empty when it has none."""
    for element in parts:
        if element.tag == CONCEPT_NAME:
            for start, end in items(data, element, implicit=implicit, depth=depth):
                for inner in elements(
                    data, start, end, implicit=implicit, depth=depth + 1
                ):
                    if inner.tag == CODE_VALUE:
                        raw = data[inner.value : inner.end]
                        return raw.decode("ascii", "replace").strip("\0 ")
    return ""


def identifies(concept: str, tag: int) -> bool:
    """Whether this value of an item with this concept tells who someone is."""
    return tag in _VALUES and concept in IDENTIFYING
