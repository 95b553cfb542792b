"""What gives a person away by its form alone: dates, UIDs, telephone and other long numbers, titles with names."""

from __future__ import annotations

import re

from provident.deid.table import words


_MONTHS = (
    "jan(?:uary|vier|uar|uari)?|feb(?:ruary|ruar|ruari)?|f[eé]v(?:rier)?|mar(?:ch|s|zo)?|m[aä]rz|maart|"
    "apr(?:il|ile)?|avr(?:il)?|may|mai|mei|mayo|maggio|jun[ei]?|juin|giugno|junio|jul[yi]?|juillet|luglio|julio|"
    "aug(?:ust|ustus)?|ao[uû]t|agosto|sep(?:t|tember|tembre)?|septiembre|settembre|o[ck]t(?:ober|obre)?|"
    "octubre|ottobre|nov(?:ember|embre|iembre)?|de[czs](?:ember|embre)?|d[eé]c(?:embre)?|dez(?:ember)?|diciembre|"
    "dicembre|ene(?:ro)?|gennaio|febbraio|febrero|abril|"
    "styczni[au]|luty|lutego|marca|kwietni[au]|maja|czerwca|lipca|sierpnia|wrze[sś]nia|pa[zź]dziernika|"
    "listopada|grudnia"
)
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_MONTH = r"(?:0?[1-9]|1[0-2])"
_YEAR = r"(?:(?:19|20)\d{2})"
_SHORT_YEAR = r"(?:(?:19|20)\d{2}|\d{2})"
_ORDINAL = r"(?:st|nd|rd|th|er|\.)?"
_BEFORE = r"(?<![\w.])"
_AFTER = r"(?![\w]|\.\d)"

DATES = re.compile(
    "|".join(
        (
            # 2023-08-15, 2023/8/15, 2023.08.15, with a time behind
            rf"(?<!\d){_YEAR}([-/._]){_MONTH}\1{_DAY}(?!\d)(?:[T ]\d{{1,2}}:\d{{2}}(?::\d{{2}})?)?",
            # 15/08/2023, 15.08.23, 08-15-2023
            rf"(?<![\d.]){_DAY}([-/._]){_DAY}\2{_SHORT_YEAR}(?!\d|\.\d)",
            # 20230815, also glued behind letters or an underscore
            rf"(?<!\d){_YEAR}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?!\d)",
            # 15 August 2023, 15th of Aug, 15-Aug-23, 15AUG2023
            rf"(?<!\d){_DAY}{_ORDINAL}[\s\-/.,_]*(?:of\s+|de\s+)?(?:{_MONTHS})\b\.?(?:[\s\-/.,_]*(?:de\s+|del\s+)?{_SHORT_YEAR}(?!\d))?",
            rf"(?<!\d){_DAY}(?:{_MONTHS}){_SHORT_YEAR}(?!\d)",
            # August 15, 2023, August 2023
            rf"\b(?:{_MONTHS})\b\.?[\s\-/.,_]+{_DAY}{_ORDINAL}(?!\d)(?:[\s\-/.,_]+{_SHORT_YEAR}(?!\d))?",
            rf"\b(?:{_MONTHS})\b\.?[\s\-/.,_]*{_YEAR}(?!\d)",
        )
    ),
    re.IGNORECASE,
)

UIDS = re.compile(r"(?<![\d.])(?:[0-2]\.\d+(?:\.\d+){3,}|\d+(?:\.\d+){5,})(?![\d])")

CONTACTS = re.compile(
    "|".join(
        (
            r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+",
            r"(?:https?|ftp)://\S+|www\.\S+",
            # telephone numbers: an international or trunk prefix, or brackets
            r"(?<![\w.])(?:\+|00)\d[\d\s().\-/]{6,}\d",
            r"(?<![\w.])\(?0\d{1,5}\)?[\s\-/.]\d[\d\s\-/.]{3,}\d(?![\w])",
            r"(?<![\w.])\(?\d{3}\)?[\s\-.]\d{3}[\s\-.]\d{4}(?![\w.])",
            # a British postcode
            r"(?<!\w)[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}(?!\w)",
            # a street with its number
            r"(?<!\w)\d{1,4}[a-z]?\s+(?:[A-Z][\w'\u2019-]+\s+){1,3}(?:Road|Rd|Street|St|Avenue|Ave|Lane|Ln|Drive|Close|Way|Gate|Court|Crescent|Square|Terrace|Gardens|Grove|Place)\b\.?",
            r"(?<!\w)[A-ZÄÖÜ][\w-]*(?:stra(?:ß|ss)e|str\.|weg|platz|gasse|allee)\s*\d{1,4}[a-z]?\b",
        )
    )
)

# A label and what it labels. The label stays, the value goes.
LABELLED = re.compile(
    r"\b(MRN|NHS(?:\s*(?:no|number|nr))?|PID|Pat(?:ient)?[-_ ]?ID|ID|DOB|D\.O\.B|SSN|Acc(?:ession)?(?:\s*(?:no|number|nr))?|"
    r"born|geb(?:oren)?|tel(?:ephone|efon)?|phone|mobile|mob|fax|pager|bleep|ext|hosp(?:ital)?\s*no|case\s*no|ref\s*no|CHI|HCN|RUT|BSN|PESEL)"
    r"(\s*[.:#=]+\s*|\s+(?=[\w-]*\d))([\w][\w./-]*)",
    re.IGNORECASE,
)

LONG_NUMBERS = re.compile(
    r"(?<![\w.])[A-Za-z]{1,4}[-_]?\d{5,}[A-Za-z]?(?![\w])"  # A8520162, ACC-00073140
    r"|(?<![\d.])\d{6,}(?![\d]|\.\d)"  # runs of digits that are no decimals
    r"|(?<![\w.])\d{3}[ -]\d{3}[ -]\d{3,4}(?![\w])"  # 943 476 5919
    r"|(?<![\w.])\d{3}-\d{2}-\d{4}(?![\w])"
)

_NAME = r"[^\W\d_][^\W\d_'\u2019.-]*(?:[-'\u2019][^\W\d_]+)*"
# Written as a title is: MR, MRS and DR in capitals are modalities, ms is a unit.
TITLED = re.compile(
    r"\b(?:Drs?|dr|Prof(?:essor)?|prof|Mr|Mrs|Ms|Miss|Sir|Dame|Sister|Nurse|Herrn?|Frau|Mme|Mlle|Sra?|Dra|Dott|Dhr|Mevr)\b"
    rf"\.?[\s:]+(?:(?:med|Prof|Dr)\.?\s+)*(?:(?:van|von|de|der|den|la|le)\s+)*(?:[A-Z]\.?\s+)*{_NAME}(?:\s+(?:[A-Z]\.?\s+)?[A-ZÀ-Þ][^\W\d_]+)?"
)
CARETS = re.compile(r"[^\s^=]+(?:\^+[^\s^=]*)+")
AGES = re.compile(
    r"\b(?:9\d|1[0-2]\d)\s*-?\s*(?:y(?:ears?)?[\s/-]*o(?:ld)?\b|yrs?\b|years?\b|y/o\b|yo\b|Y\b|J(?:ahre)?\b)|\baged?\s+(?:9\d|1[0-2]\d)\b",
    re.IGNORECASE,
)


def without_patterns(text: str) -> str:
    """The text without what its form gives away."""
    text = UIDS.sub(" ", text)
    text = CONTACTS.sub(" ", text)
    text = DATES.sub(" ", text)
    text = CARETS.sub(_protocol_alone, text)
    text = LABELLED.sub(_label_alone, text)
    text = LONG_NUMBERS.sub(" ", text)
    text = AGES.sub(" ", text)
    return TITLED.sub(" ", text)


def _protocol_alone(match: re.Match[str]) -> str:
    """Siemens writes region^protocol, as person names are written: known by its first word."""
    first = re.sub(r"[\W\d_]+", "", match.group().split("^")[0])
    return match.group() if first.lower() in words() else " "


def _label_alone(match: re.Match[str]) -> str:
    value = match.group(3)
    if not any(c.isdigit() for c in value):
        return match.group(0)
    return match.group(1)
