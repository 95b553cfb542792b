"""What gives a person away by its form alone: dates, UIDs, telephone and other long numbers, titles with names."""

from __future__ import annotations

import re

from provident.deid.approval import is_approved_word
from provident.deid.identifiers import fold
from provident.deid.table import words
from provident.deid.third_parties import eponyms, is_name_beside
from provident.deid.worded_dates import without_worded_dates


_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_MONTH = r"(?:0?[1-9]|1[0-2])"
_YEAR = r"(?:(?:18|19|20)\d{2})"
_SHORT_YEAR = r"(?:(?:18|19|20)\d{2}|\d{2})"
_MARK = r"[-/._:|\u2010-\u2015\u2044\u2215]"

# Dates in figures; those whose month is a word are found by `worded_dates`.
DATES = re.compile(
    "|".join(
        (
            # 2023-08-15, 2023/8/15, 2023.08.15, 2023:08:15, with a time behind
            rf"(?<!\d){_YEAR}({_MARK}){_MONTH}\1{_DAY}(?!\d)(?:[T ]\d{{1,2}}:\d{{2}}(?::\d{{2}})?)?",
            # 15/08/2023, 15.08.23, 08-15-2023
            rf"(?<![\d.:]){_DAY}([-/._|\u2010-\u2015\u2044\u2215])\s?{_DAY}\2\s?['\u2019]?{_SHORT_YEAR}(?!\d|[.:]\d)",
            # 15 08 2023 and 2023 08 15
            rf"(?<![\d.])(?:0[1-9]|[12]\d|3[01]) (?:0[1-9]|[12]\d|3[01]) {_YEAR}(?!\d|\.\d)",
            rf"(?<![\d.]){_YEAR} (?:0[1-9]|1[0-2]) (?:0[1-9]|[12]\d|3[01])(?!\d|\.\d)",
            # 20230815, also glued behind letters or an underscore
            rf"(?<!\d){_YEAR}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?!\d)",
            # 15-VIII-2023
            rf"(?<![\d.]){_DAY}[-/. ](?:I{{1,3}}|I?V|VI{{1,3}}|I?X|XI{{1,2}})[-/. ]{_YEAR}(?!\d)",
            # 08/2023, 2023-08
            # (not the echo and repetition time 9/2000)
            rf"(?<![\d./-])(?:{_MONTH}[/-](?!2000|1900){_YEAR}|0[1-9][/-]{_YEAR})(?![\d/-]|\.\d)",
            rf"(?<![\d./-]){_YEAR}[/-](?:0[1-9]|1[0-2])(?![\d/-]|\.\d)",
            # 2023-W33-2, 2023W33, KW 33/2023, week 33 of 2023
            rf"(?<!\d){_YEAR}[- ]?W[0-5]\d(?:-?[1-7])?(?!\d)",
            rf"(?<![^\W_])(?:KW|CW|WK|week|wk|Woche|semaine|semana|settimana)\.?\s?[0-5]?\d\s?(?:[/-]|of|in|von|de)?\s?{_YEAR}(?!\d)",
            # am 15.3., du 15/03
            rf"(?<![^\W_])(?:am|vom|zum|seit|dated|du|del|dnia|den)\s+{_DAY}\.\s?{_MONTH}\.(?!\d)",
        )
    ),
    re.IGNORECASE,
)

UIDS = re.compile(r"(?<![\d.])(?:[0-2]\.\d+(?:\.\d+){3,}|\d+(?:\.\d+){5,})(?![\d])")

CONTACTS = re.compile(
    "|".join(
        (
            r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+",
            r"(?:https?|ftp)://\S+|www\.\S+",
            # telephone numbers: an international or trunk prefix, or brackets
            r"(?<![\w.])(?:\+|00)\d(?:[\s().\-/]{0,2}\d){7,}",
            r"(?<![\w.])\(?0\d{1,5}\)?[\s\-/.]\d(?:[\s\-/.]?\d){4,}(?![\w])",
            r"(?<![\w.])\(?\d{3}\)?[\s\-.]\d{3}[\s\-.]\d{4}(?![\w.])",
            # a British postcode
            # (its second half never has C, I, K, M, O or V: T2 5MM is none)
            r"(?<!\w)(?:[A-Z]{2}|[BEGLMNSW])\d[A-Z\d]?\s?\d[ABD-HJLNP-UW-Z]{2}(?!\w)",
            # a postcode in figures with its town
            r"(?<![\w.])(?:[A-Z]{1,2}[- ])?\d{5}(?:-\d{4})?\s+(?=[A-ZÀ-Þ][a-zß-ÿ]{3})|(?<=, )[A-Z]{2}\s\d{5}(?:-\d{4})?(?!\w)",
            # a street with its number
            r"(?<![\w.])\d{1,4}[a-z]?\s+(?:[A-Z][^\W\d_]*['\u2019-]?[^\W\d_]+\s+){1,3}(?:Road|Rd|Street|St|Avenue|Ave|Lane|Ln|Drive|Close|Way|Gate|Court|Crescent|Square|Terrace|Gardens|Grove|Place)\b\.?",
            r"(?<!\w)[A-ZÄÖÜ][\w-]*(?:stra(?:ß|ss)e|str\.|weg|platz|gasse|allee)\s*\d{1,4}[a-z]?\b",
        )
    )
)

# A label and what it labels. The label stays, the value goes.
LABELLED = re.compile(
    r"\b(MRN|NHS(?:\s*(?:no|number|nr))?|PID|Pat(?:ient)?[-_ ]?ID|ID|DOB|D\.O\.B|SSN|Acc(?:ession)?(?:\s*(?:no|number|nr))?|"
    r"born|geb(?:oren)?|tel(?:ephone|efon)?|phone|mobile|mob|fax|pager|bleep|ext|hosp(?:ital)?\s*no|case\s*no|ref\s*no|CHI|HCN|RUT|BSN|PESEL)"
    r"(\s*[.:#=]+\s*|\s+(?=[\w-]*\d))(\d{2,4}(?: \d{3,4}){2}(?!\w)|[\w][\w./-]*)",
    re.IGNORECASE,
)

# Before telephone numbers: what is left of the label must not take the word behind it.
_TAKEN = "\ue001"
LABELLED_NUMBER = re.compile(
    r"\b(?:(MRN|NHS(?:\s*(?:no|number|nr))?|PID|Pat(?:ient)?[-_ ]?ID|Acc(?:ession)?(?:\s*(?:no|number|nr))?|CHI)\.?[ :#=]*\d(?:[ .-]?\d){5,9}"
    r"|(tel(?:ephone|efon)?|phone|mobile|fax)\.?[ :#=]*(?:\+|\(?0)?\d(?:[ ().-]{0,2}\d){6,12})(?!\w)",
    re.IGNORECASE,
)

LONG_NUMBERS = re.compile(
    r"(?<![\w.])[A-Za-z]{1,4}[-_]?\d{5,}[A-Za-z]?(?![\w])"  # A8520162, ACC-00073140
    r"|(?<![\d.])\d{6,}(?![\d]|\.\d)"  # runs of digits that are no decimals
    r"|(?<![\w.])\d{3}[ -]\d{3}[ -]\d{3,4}(?![\w])"  # 943 476 5919
    r"|(?<![\w.])\d{3}-\d{2}-\d{4}(?![\w])"
    r"|(?<![\w.])\d{2}-\d{2}-\d{3}(?![\w-])"  # a hospital number by its last digits
    r"|(?<!\w)[A-Z]{2}\s?\d{2}\s\d{2}\s\d{2}\s?[A-D]?(?!\w)"  # a National Insurance number
)

_NAME = r"[^\W\d_][^\W\d_'\u2019.-]*(?:[-'\u2019][^\W\d_]+)*"
# Written as a title is: MR, MRS and DR in capitals are modalities, ms is a unit.
_TITLE = (
    r"(?:Drs?|dr|DR\.|Prof(?:essor)?|PROF|prof|Mr|Mrs|Ms|Miss|MISS|Sir|Dame|Lady|Lord|Rev|Sister|Nurse|Herrn?|Hr\.|Frau|Fr\.|Mme|Mlle|Madame|Monsieur|"
    r"Sra?|Srta|Se[ñn]ora?|Do[ñn]a|Dra|Dott(?:\.?ssa)?|Sig(?:\.?ra)?\.|Signora?|Dhr|Mevr(?:ouw)?|Pan|Pani|Dipl|Ing)"
)
TITLED = re.compile(
    rf"\b{_TITLE}"
    rf"\.?[\s:]+(?:(?:med|Prof|Dr)\.?\s+)*(?:(?:van|von|de|der|den|la|le|al|el|di|della)\s+)*(?:[A-Z]\.?\s+)*(?P<first>{_NAME})(?P<second>\s+(?:[A-Z]\.?\s+)?[A-ZÀ-Þ][^\W\d_]+(?:[-'\u2019][^\W\d_]+)*)?"
)
CARETS = re.compile(r"(?<![^\s^=])[^\s^=]+(?:\^+[^\s^=]*)+")
AGES = re.compile(
    r"\b(?:9\d|1[0-2]\d)\s*-?\s*(?:y(?:ears?)?[\s/-]*o(?:ld)?\b|yrs?\b|years?\b|y/o\b|yo\b|Y\b|J(?:ahre)?\b)|\baged?\s+(?:9\d|1[0-2]\d)\b"
    r"|(?<![\w.])9\d\s?(?:y/?o?\s?)?[FM](?!\w)|\bninety(?:[\s-](?:one|two|three|four|five|six|seven|eight|nine))?\b",
    re.IGNORECASE,
)


def without_patterns(text: str, dates: frozenset[str] = frozenset()) -> str:
    """The text without what its form gives away. `dates` (YYYYMMDD) settle doubtful dates in words."""
    text = UIDS.sub(" ", text)
    text = LABELLED_NUMBER.sub(lambda m: f"{m[1] or m[2]} {_TAKEN} ", text)
    text = CONTACTS.sub(" ", text)
    text = DATES.sub(" ", text)
    text = without_worded_dates(text, dates)
    text = CARETS.sub(_protocol_alone, text)
    text = LABELLED.sub(_label_alone, text)
    text = LONG_NUMBERS.sub(_settings_alone, text)
    text = AGES.sub(" ", text)
    return TITLED.sub(_untitled, text).replace(_TAKEN, " ")


def _protocol_alone(match: re.Match[str]) -> str:
    """Siemens writes region^protocol, as person names are written: known by its first word."""
    parts = [re.sub(r"[\W\d_]+", "", part) for part in match.group().split("^")]
    if not parts[0] or not any(parts[1:]):
        return match.group()  # 10^-6 mm2/s
    return match.group() if parts[0].lower() in words() else " "


def _settings_alone(match: re.Match[str]) -> str:
    """Three round numbers are b-values, not a telephone number: 100 400 800."""
    parts = re.findall(r"\d+", match.group())
    steps = len(parts) == 3 and all(int(part) % 50 == 0 for part in parts)
    return match.group() if steps and match.group()[0].isdigit() else " "


def _untitled(match: re.Match[str]) -> str:
    """What stands behind a title goes; a second word stays where it is imaging vocabulary."""
    first, second = match["first"], match["second"] or ""
    if first.islower() and fold(first) in words():
        return match.group()
    last = second.split()[-1] if second else ""
    ends = match.end() - len(last)
    if last and any(start == ends for start, _ in eponyms(match.string)):
        return f" {last}"  # Dr Mark Charcot foot
    stays = last and is_approved_word(last) and not is_name_beside(last)
    return f" {second}" if stays else " "


def _label_alone(match: re.Match[str]) -> str:
    value = match.group(3)
    if not any(c.isdigit() for c in value):
        return match.group(0)
    return match.group(1)
