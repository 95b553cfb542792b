"""Descriptors without what identifies: this person's identifiers, what its form gives away, unknown words.

Three depths. `light` looks for this person's identifiers alone (technical attributes).
`forms` adds dates, UIDs, telephone and long numbers, titled names (private text).
`full` adds words that are neither imaging vocabulary nor approved (descriptors and comments).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache

from provident.deid.approval import is_approved_word
from provident.deid.identifiers import Identifiers, fold, spellings
from provident.deid.own_dates import without_dates
from provident.deid.patterns import without_patterns
from provident.deid.table import words
from provident.deid.third_parties import (
    GONE,
    eponyms,
    is_name_beside,
    without_introduced,
)


_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")
PARTICLES = frozenset(("van", "von", "der", "den", "de", "la", "las", "los", "al", "el", "bin", "di", "della", "del", "du", "dos", "da", "le", "ten", "ter", "zu"))  # fmt: skip
_WORD_OR_GONE = re.compile(rf"{_WORD.pattern}|{GONE}")
_BESIDE = re.compile(
    rf"[\s.'\u2019-]{{1,2}}(?:(?:{'|'.join(sorted(PARTICLES))})[\s-]+){{0,3}}"
)
_INITIALS_AND_YEAR = re.compile(r"([a-z]{2,3})(\d{2}|\d{4})")
# Figures that are read, or written to pass a filter, as letters.
_LOOKS_LIKE = str.maketrans("013456789", "oleasgtbg")
_SPACES = re.compile(r"[ \t]+")
_EMPTY = re.compile(r"[\(\[\{<]\s*[,;:.\-/]*\s*[\)\]\}>]")
_BEFORE_MARK = re.compile(r"\s+([,;:.)\]])")
_MARKS = re.compile(r"([,;:])(?:\s*[,;:])+")
_LONG_UIDS = re.compile(r"(?<![\d.])[0-2](?:\.\d+){4,}(?![\d])(?<=[\d.]{20})")
_EDGES = " \t,;:-_/\\^|+&"


# Staff is often entered as CT or MR: what every description holds is nobody's name.
_TWO_LETTERS = (
    "ct mr us xr cr dx nm pt ap pa lt rt ax fs pd tr te ti ir se gr ep fa sl iv 2d 3d"
)
_ABBREVIATIONS = frozenset(_TWO_LETTERS.split())


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A cleaned value, and the words that were not approved (removed in `clean`, a question in `hold`)."""

    text: str
    unapproved: tuple[str, ...] = ()


@dataclass(slots=True)
class Cleaner:
    """Cleans the text of one person's files."""

    identifiers: Identifiers
    approved: frozenset[str] = frozenset()
    hold: bool = False
    _exact: frozenset[str] = field(init=False)
    _technical: frozenset[str] = field(init=False)
    _long: tuple[str, ...] = field(init=False)
    _phrases: re.Pattern[str] | None = field(init=False)
    _dates: frozenset[str] = field(init=False)
    _shared: frozenset[str] = field(init=False)
    _figures: str = field(init=False)
    _years: frozenset[str] = field(init=False)
    _done: dict[tuple[str, str], Cleaned] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        names = {s for n in self.identifiers.names for s in spellings(n)}
        names -= _ABBREVIATIONS
        places = {s for p in self.identifiers.places for s in spellings(p)}
        numbers = {fold(n) for n in self.identifiers.numbers}
        single = {p for p in places if _WORD.fullmatch(p)}
        self._exact = frozenset(names | single | numbers)
        # In technical attributes an imaging word stays one, whoever is called so.
        self._technical = frozenset(
            w for w in self._exact if len(w) > 2 and w not in words()
        )
        self._long = tuple(sorted(n for n in names | single | numbers if len(n) >= 5))
        self._phrases = _phrases(
            sorted(
                self.identifiers.places | self.identifiers.numbers,
                key=len,
                reverse=True,
            )
        )
        self._shared = frozenset(fold(n) for n in self.identifiers.shared)
        self._dates = self.identifiers.dates
        self._figures = "|".join(re.sub(r"\D", "", n) for n in sorted(numbers))
        self._years = frozenset(n for n in numbers if len(n) == 4 and n.isdigit())

    def clean(self, text: str, depth: str) -> Cleaned:
        """The text at a depth (`light`, `forms`, `full`)."""
        known = self._done.get((text, depth))
        if known is None:
            known = self._clean(text, depth)
            if len(self._done) < 20_000:
                self._done[text, depth] = known
        return known

    def tells_of_person(self, text: str) -> bool:
        """Whether a text holds anything of this person, imaging words that are a name included."""
        return self._without_own(text, self._exact) != text

    def _clean(self, text: str, depth: str) -> Cleaned:
        if depth == "light":
            own = self._without_own(text, self._technical)
            return Cleaned(tidy(own) if own != text else text)
        plain = text if text.isascii() else _without_disguise(text)
        # Forms first: a name taken out of an e-mail address would leave the rest of it.
        formed = self._without_own(without_patterns(plain, self._dates), self._exact)
        if depth == "forms" or fold(formed.replace(GONE, " ").strip()) in self.approved:
            return Cleaned(tidy(formed) if formed != text else text)
        unapproved: list[str] = []
        formed = without_introduced(formed, self._shared)
        kept = _approved_words(formed, self._shared, unapproved)
        if self.hold:
            kept = formed
        return Cleaned(tidy(kept) if kept != text else text, tuple(unapproved))

    def _without_own(self, text: str, exact: frozenset[str]) -> str:
        if self._phrases is not None:
            text = self._phrases.sub(" ", text)
        if self._dates:
            text = without_dates(text, self._dates)
        text = _LONG_UIDS.sub(" ", text)
        if not exact:
            return text
        return _WORD.sub(
            lambda m: GONE if self._is_own(m.group(), exact) else m.group(), text
        )

    def _is_own(self, word: str, exact: frozenset[str]) -> bool:
        folded = fold(word)
        if folded in exact or folded.strip("'\u2019s") in exact:
            return True
        if folded in words():
            return False
        if folded.isdigit():
            return self._is_part_of_number(folded)
        if any(long in folded for long in self._long):
            return True
        if self._is_initials_and_year(folded):
            return True
        return any(form and self._resembles(form, exact) for form in _read_as(folded))

    def _resembles(self, folded: str, exact: frozenset[str]) -> bool:
        return folded in exact or any(_alike(folded, long) for long in self._long)

    def _is_part_of_number(self, digits: str) -> bool:
        """Whether figures are five or more of a number's, or its last four."""
        if len(digits) >= 5:
            return digits in self._figures
        return len(digits) == 4 and f"{digits}|" in f"{self._figures}|"

    def _is_initials_and_year(self, folded: str) -> bool:
        match = _INITIALS_AND_YEAR.fullmatch(folded)
        if match is None or match[1] in words():
            return False
        return any(year.endswith(match[2]) for year in self._years)


def _read_as(folded: str) -> tuple[str, ...]:
    """A word, and what it says where figures were read for letters: Qu4rrendon, 0kafor."""
    letters = sum(c.isalpha() for c in folded)
    if letters == len(folded):
        return (folded,)
    if letters < 3 or 2 * letters < len(folded):
        return ()
    told = folded.translate(_LOOKS_LIKE)
    return (told, told.replace("l", "i")) if "1" in folded else (told,)


@lru_cache(maxsize=1024)
def _without_disguise(text: str) -> str:
    """Without characters that are not seen, and with all figures as ASCII writes them."""
    seen = "".join(c for c in text if unicodedata.category(c) != "Cf")
    return "".join(
        str(unicodedata.decimal(c)) if c.isdecimal() and not c.isascii() else c
        for c in seen
    )


def _phrases(values: list[str]) -> re.Pattern[str] | None:
    """One pattern for whole addresses, institutions and numbers, however they are spaced."""
    found = []
    for value in values:
        parts = _WORD.findall(value)
        joined = "".join(parts)
        if len(parts) > 1:
            found.append(r"[\W_]{0,3}".join(re.escape(p) for p in parts))
        digits = re.sub(r"\D", "", joined)
        found += [
            r"[\s.\-/]?".join(re.escape(c) for c in spelt)
            for spelt in sorted({joined, digits})
            if len(spelt) >= 6 and digits
        ]
    if not found:
        return None
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(found)})(?![^\W_])", re.IGNORECASE)


def _alike(word: str, name: str) -> bool:
    """Whether a word is a misspelling of a name: one edit from 5 letters on, two from 9 on.

    A number is never a misspelling of another, and imaging words are not names.
    """
    if abs(len(word) - len(name)) > 2 or not name.isalpha() or not word.isalpha():
        return False
    allowed = 1 if len(name) < 9 else 2
    return within_distance(word, name, allowed)


def within_distance(a: str, b: str, limit: int) -> bool:
    """Whether the restricted Damerau-Levenshtein distance is at most `limit`."""
    if abs(len(a) - len(b)) > limit:
        return False
    before: list[int] = []
    previous = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row = [i]
        for j, y in enumerate(b, 1):
            cost = min(previous[j] + 1, row[j - 1] + 1, previous[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return False
        before, previous = previous, row
    return previous[-1] <= limit


def _approved_words(text: str, shared: frozenset[str], unapproved: list[str]) -> str:
    """The text with a space for each word that is not approved, and for names that stand beside one."""
    found = list(_WORD_OR_GONE.finditer(text))
    named = eponyms(text)
    whole = [any(a <= m.start() and m.end() <= b for a, b in named) for m in found]
    bad = [
        m.group() == GONE or not (is_approved_word(m.group()) or stays)
        for m, stays in zip(found, whole, strict=True)
    ]
    if not any(bad):
        return text
    there = [place for place, stays in enumerate(whole) if not stays]
    _mark_beside(text, found, bad, there, -1, shared)
    _mark_beside(text, found, bad, there[::-1], 1, shared)
    out, at = [], 0
    for match, gone in zip(found, bad, strict=True):
        if gone and match.group() == GONE:
            continue
        if gone:
            unapproved.append(match.group())
            out += [text[at : match.start()], " "]
            at = match.end()
    return "".join([*out, text[at:]])


def _mark_beside(
    text: str,
    found: list[re.Match[str]],
    bad: list[bool],
    order: list[int],
    step: int,
    shared: frozenset[str],
) -> None:
    """Mark the names of the vocabulary beside a capitalised word that goes: Rose Castellanova."""
    for place in order:
        other = place + step
        while 0 <= other < len(found) and fold(found[other].group()) in PARTICLES:
            other += step
        if not 0 <= other < len(found) or bad[place] or not bad[other]:
            continue
        own = found[other].group() == GONE
        word, beside = found[place].group(), found[other].group()
        if not own and not (beside[0].isupper() and word.isupper() == beside.isupper()):
            continue
        first, last = sorted((place, other))
        gap = text[found[first].end() : found[last].start()]
        named = is_name_beside(word, own=own) or fold(word) in shared
        if named and _BESIDE.fullmatch(gap):
            bad[place] = True


def tidy(text: str) -> str:
    """What is left, without the holes."""
    lines = []
    for line in text.replace(GONE, " ").splitlines():
        line = _EMPTY.sub(" ", line)
        line = _MARKS.sub(r"\1", _BEFORE_MARK.sub(r"\1", line))
        line = _SPACES.sub(" ", line).strip(_EDGES)
        if any(c.isalnum() for c in line):
            lines.append(line)
    return "\n".join(lines)
