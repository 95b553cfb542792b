"""Dates whose month is a word, in the languages of European sites: `3rd of March '74`, `zwölfter Mai 2024`.

A month alone says little and may be another word (May, Mars, Oct), so that it needs a day, a year, a
day of the week or a number in words beside it. What is left of a date is taken with it: ordinals, the
day of the week, `of`, `de`, `den`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from provident.deid.identifiers import fold
from provident.deid.table import lines_of, words_of


_MONTHS = {
    word: number
    for section in ("abbreviations", "months")
    for number, line in enumerate(lines_of("dates.txt", section), 1)
    for word in line.split()
}
_DOUBTFUL = words_of("dates.txt", "doubtful")
_WEEKDAYS = words_of("dates.txt", "weekdays")
_BETWEEN = words_of("dates.txt", "between")
_IN_WORDS = re.compile(rf"(?:{'|'.join(sorted(words_of('dates.txt', 'numbers')))})+")
_UNITS = frozenset(("mm", "cm", "ml", "mg", "ms", "s", "sec", "min", "hz", "t", "kv", "ma", "mas", "deg"))  # fmt: skip
_ORDINALS = frozenset(("st", "nd", "rd", "th", "er", "re", "ere", "e", "o", "a", "ter", "ten", "te", "ste", "de"))  # fmt: skip
_TOKEN = re.compile(r"[^\W\d_]+|\d+")
# What may stand between two parts of a date: a blank, a point, a comma before the year, no dash with blanks.
_GAP = re.compile(
    r"(?:['\u2019\u00b4`\u00ba\u00aa\u00b0.^]{0,2} {0,2}['\u2019\u00b4`]?|[-/_:]|\. ?-?)?"
)
_COMMA = re.compile(r"[.,]{1,2} {1,2}")
_APOSTROPHES = ("'", "\u2019", "\u00b4", "`")
_LONGEST = 48  # letters of a number in words
_REACH = 8  # words beside a month that may belong to its date
Token = tuple[int, int, str]  # start, end, folded


@dataclass(slots=True)
class _Date:
    """What stands beside one month."""

    text: str
    tokens: list[Token]
    month: int
    day: int = 0
    year: str = ""
    told: bool = False  # in words, or a day of the week
    commas: int = 0

    def reach(self, step: int) -> int:
        """The farthest token to one side that belongs to the date."""
        last = self.month
        for number in range(1, _REACH + 1):
            there = self.month + step * number
            if not 0 <= there < len(self.tokens):
                break
            gap = self._gap(there, step)
            if gap is None:
                break
            taken = self._takes(there, gap, step, first=last == self.month)
            if taken is False:
                break
            if taken:
                last = there
        return last

    def _gap(self, there: int, step: int) -> str | None:
        """What stands between a token and the one before it on the way; None when it parts them."""
        first, second = sorted((there, there - step))
        gap = self.text[self.tokens[first][1] : self.tokens[second][0]]
        if _GAP.fullmatch(gap):
            return gap
        weekday = self.tokens[first][2] in _WEEKDAYS
        ends = _COMMA.fullmatch(gap) and (
            weekday or (step > 0 and self._year_at(there))
        )
        if not ends or self.commas > 1:
            return None
        self.commas += 1
        return gap

    def _year_at(self, there: int) -> bool:
        word = self.tokens[there][2]
        return len(word) == 4 or not word.isdigit()

    def _takes(self, there: int, gap: str, step: int, *, first: bool) -> bool | None:
        """Whether a word belongs to the date; None for one that does when something beyond it does."""
        word = self.tokens[there][2]
        if word.isdigit():
            return self._takes_figures(there, gap, step, first=first)
        if word in _WEEKDAYS or self._is_number(word):
            self.told = True
            return True
        return None if word in _BETWEEN else False

    def _is_number(self, word: str) -> bool:
        if not 2 < len(word) <= _LONGEST or word in _BETWEEN:
            return False
        return _IN_WORDS.fullmatch(word) is not None

    def _takes_figures(self, there: int, gap: str, step: int, *, first: bool) -> bool:
        word = self.tokens[there][2]
        if self._is_glued(there):
            return False
        year = len(word) == 4 and word[:2] in ("18", "19", "20")
        # Before the month a year comes before no day: 2024 March 15, but 1.5 T 2010, 15 March.
        if year and not self.year and not (step < 0 and self.day):
            self.year = word
            return True
        if len(word) > 2 or (step < 0 and self.year):
            return False
        if not self.day and not self.told and 1 <= int(word) <= 31 and first:
            self.day = int(word)
            return True
        if len(word) == 2 and not self.year and step > 0 and self._short(there, gap):
            self.year = word
            return True
        return False

    def _short(self, there: int, gap: str) -> bool:
        """Whether two figures are a year: behind an apostrophe, or a day and a month, and not measured."""
        if gap[-1:] in _APOSTROPHES:
            return True
        measured = there + 1 < len(self.tokens) and self.tokens[there + 1][2] in _UNITS
        return bool(self.day) and not measured

    def _is_glued(self, there: int) -> bool:
        """Whether figures are part of a word that is none of a date: 2CH, T2; 15MAR2024 is one."""
        start, end, _ = self.tokens[there]
        if (
            re.search(r"(?:[^\W_][-/]|\d\.)$", self.text[max(start - 2, 0) : start])
            and there < self.month
        ):
            return True  # MCP 2-5 February, 1.25 March
        before = there > 0 and self.tokens[there - 1][1] == start
        after = there + 1 < len(self.tokens) and self.tokens[there + 1][0] == end
        if before and there - 1 != self.month:
            return True
        beside = there + 1
        return (
            after and beside != self.month and self.tokens[beside][2] not in _ORDINALS
        )

    def is_one(self, days: frozenset[tuple[int, int]]) -> bool:
        """Whether it is a date and no other word; `days` (month, day) settle what is doubtful."""
        start, end, month = self.tokens[self.month]
        if not (self.day or self.year or self.told):
            return False
        doubtful = month in _DOUBTFUL and self.text[start:end] not in (
            "May",
            "Oct",
            "Sep",
        )
        if not doubtful or self.told or (self.day and self.year):
            return True
        if self.year:
            return len(self.year) == 4 and len(month) > 3
        return (_MONTHS[month], self.day) in days


def without_worded_dates(text: str, dates: frozenset[str] = frozenset()) -> str:
    """The text without dates in words. `dates` (YYYYMMDD) settle what is doubtful: 12 MAR without a year."""
    if len(text) < 4:
        return text
    tokens = [(m.start(), m.end(), fold(m.group())) for m in _TOKEN.finditer(text)]
    if not any(word in _MONTHS for _, _, word in tokens):
        return text
    days = frozenset((int(d[4:6]), int(d[6:])) for d in dates if d.isdigit())
    at = 0
    kept = []
    for start, end in _spans(text, tokens, days):
        if end > at:
            kept.append(text[at : max(at, start)])
            at = end
    return " ".join([*kept, text[at:]]) if kept else text


def _spans(
    text: str, tokens: list[Token], days: frozenset[tuple[int, int]]
) -> Iterator[tuple[int, int]]:
    for place, (_, _, word) in enumerate(tokens):
        if word not in _MONTHS:
            continue
        found = _Date(text, tokens, place)
        left, right = found.reach(-1), found.reach(1)
        if found.is_one(days):
            end = tokens[right][1]
            while end < len(text) and text[end] in ".\u00ba\u00aa\u00b0":
                end += 1
            yield tokens[left][0], end
