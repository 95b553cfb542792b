"""Descriptors without what identifies: this person's identifiers, what its form gives away, unknown words.

Three depths. `light` looks for this person's identifiers alone (technical attributes).
`forms` adds dates, UIDs, telephone and long numbers, titled names (private text).
`full` adds words that are neither imaging vocabulary nor approved (descriptors and comments).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from functools import cache, lru_cache

from provident.deid.identifiers import Identifiers, fold, spellings
from provident.deid.names import common_names
from provident.deid.patterns import without_patterns
from provident.deid.table import words


_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")
_PIECE = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-zß-ÿ]+|[^\W\d_]+|\d+")
_IN_FIGURES = re.compile(
    r"(?<![^\W_])(\d{1,4})([-/._ ]?)(\d{1,2})([-/._ ]?)(\d{1,4})(?![^\W_])"
)
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
        self._dates = self.identifiers.dates

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
        # Forms first: a name taken out of an e-mail address would leave the rest of it.
        formed = self._without_own(without_patterns(text), self._exact)
        if depth == "forms" or fold(formed.strip()) in self.approved:
            return Cleaned(tidy(formed) if formed != text else text)
        unapproved: list[str] = []
        kept = _WORD.sub(lambda m: _approved(m.group(), unapproved), formed)
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
            lambda m: " " if self._is_own(m.group(), exact) else m.group(), text
        )

    def _is_own(self, word: str, exact: frozenset[str]) -> bool:
        folded = fold(word)
        if folded in exact or folded.strip("'\u2019s") in exact:
            return True
        if folded in words():
            return False
        if any(long in folded for long in self._long):
            return True
        return any(_alike(folded, long) for long in self._long)


def _phrases(values: list[str]) -> re.Pattern[str] | None:
    """One pattern for whole addresses, institutions and numbers, however they are spaced."""
    found = []
    for value in values:
        parts = _WORD.findall(value)
        joined = "".join(parts)
        if len(parts) > 1:
            found.append(r"[\W_]{0,3}".join(re.escape(p) for p in parts))
        if len(joined) >= 6 and any(c.isdigit() for c in joined):
            found.append(r"[\s.\-/]?".join(re.escape(c) for c in joined))
    if not found:
        return None
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(found)})(?![^\W_])", re.IGNORECASE)


def without_dates(text: str, dates: frozenset[str]) -> str:
    """The text without these dates (YYYYMMDD), in whatever order and with whatever gaps they are written."""
    at = 0
    match = _IN_FIGURES.search(text)
    while match is not None:
        if _spelt(match, dates):
            text = f"{text[: match.start()]} {text[match.end() :]}"
            at = match.start()
        else:
            at = match.start() + 1
        match = _IN_FIGURES.search(text, at)
    return text


def _spelt(match: re.Match[str], dates: frozenset[str]) -> bool:
    """Whether figures spell one of the dates: 2024-03-15, 20240315, 15.3.2024, 3/15/2024, 15032024."""
    first, gap, middle, gap2, last = match.groups()
    if not gap and not gap2:
        joined = first + middle + last
        return joined in dates or f"{joined[4:]}{joined[2:4]}{joined[:2]}" in dates
    if len(first) == 4:
        told = {f"{first}{middle.zfill(2)}{last.zfill(2)}"}
        whole = bool(gap and gap2) or len(middle) == len(last) == 2
        return whole and not told.isdisjoint(dates)
    one, two = first.zfill(2), middle.zfill(2)
    told = {f"{last}{two}{one}", f"{last}{one}{two}"}
    return bool(gap and gap2) and not told.isdisjoint(dates)


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


def _approved(word: str, unapproved: list[str]) -> str:
    """The word, or a space when it is no approved word; a word with digits is judged by its pieces."""
    pieces = _PIECE.findall(word)
    mixed = len(pieces) > 1
    for piece in pieces:
        if not piece.isdigit() and not is_approved(piece, mixed=mixed):
            unapproved.append(word)
            return " "
    return word


@lru_cache(maxsize=65536)
def is_approved(piece: str, *, mixed: bool = False) -> bool:
    """Whether letters may stay: vocabulary, an abbreviation of it, an acronym, or too short to name.

    Common given names and surnames may not, unless they are imaging words themselves.
    """
    folded = fold(piece)
    if folded in words():
        return True
    if folded in common_names():
        return False
    if len(folded) <= 2:
        return piece.isascii()
    if piece.isascii() and (mixed or piece.isupper()) and _is_acronym(folded, mixed):
        return True
    return _abbreviates(folded) or _compound(folded)


def _is_acronym(folded: str, mixed: bool) -> bool:
    """Three letters, or four that stand beside figures or have no vowel: BOYE may be a name, STND is none."""
    if len(folded) <= 3:
        return True
    return len(folded) == 4 and (mixed or not set(folded) & set("aeiouy"))


@cache
def _sorted_words() -> tuple[str, ...]:
    return tuple(sorted(words()))


def _abbreviates(folded: str) -> bool:
    """Four letters or more that begin an imaging word."""
    if len(folded) < 4:
        return False
    place = bisect_left(_sorted_words(), folded)
    return place < len(_sorted_words()) and _sorted_words()[place].startswith(folded)


def _compound(folded: str) -> bool:
    """Two imaging words written as one (bodycoil, t1fatsat), or a plural."""
    vocabulary = words()
    if folded.endswith("s") and folded[:-1] in vocabulary:
        return True
    return any(
        folded[:i] in vocabulary and folded[i:] in vocabulary
        for i in range(3, len(folded) - 2)
    )


def tidy(text: str) -> str:
    """What is left, without the holes."""
    lines = []
    for line in text.splitlines():
        line = _EMPTY.sub(" ", line)
        line = _MARKS.sub(r"\1", _BEFORE_MARK.sub(r"\1", line))
        line = _SPACES.sub(" ", line).strip(_EDGES)
        if any(c.isalnum() for c in line):
            lines.append(line)
    return "\n".join(lines)
