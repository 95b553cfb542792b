"""What identifies the person of a file, gathered from its whole header: names, numbers, places, dates."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache


_SPLIT = re.compile(r"[\s^=,;\\()/\"]+")
_DIGITS = re.compile(r"\d")
_PARTS = re.compile(r"[^\W_]+")
_APOSTROPHES = re.compile(r"['\u2019\u00b4`]")
_TRANSLITERATE = str.maketrans(
    {
        "ä": "ae",
        "ö": "oe",
        "ü": "ue",
        "ø": "oe",
        "å": "aa",
        "æ": "ae",
        "œ": "oe",
        "ł": "l",
        "đ": "d",
    }
)
_PLAIN = str.maketrans(
    {"ł": "l", "đ": "d", "ø": "o", "æ": "ae", "œ": "oe", "\u0131": "i"}
)

# Parts of a PN value that say nothing of the person.
_NO_NAMES = (
    "dr prof professor mr mrs ms miss md phd mbbs frcr sir dame jr sr ii iii iv herr frau dipl "
    "med von van de der den la le el al bin del della di da do dos du ten ter zu zum und the "
    "mme mlle dott dra sra anonymous anon anonymized anonymised unknown none test patient "
    "removed deidentified noname empty na"
)
_TITLES = frozenset(_NO_NAMES.split())


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """Case, accents and width removed, so that spellings of one word compare equal."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_PLAIN))
    return "".join(c for c in plain if not unicodedata.combining(c))


def spellings(word: str) -> set[str]:
    """The folded forms of a word: with accents dropped, and written out (Müller, Muller, Mueller)."""
    lower = unicodedata.normalize("NFC", word.casefold())
    told = {fold(word), fold(lower.translate(_TRANSLITERATE))}
    return told | {re.sub(r"['\u2019\u00b4`-]", "", t) for t in told}


@dataclass(frozen=True, slots=True)
class Identifiers:
    """What must not be found in the output.

    `names` are parts of person names, `numbers` identifiers of any kind, `places` institutions,
    addresses and devices' names, `dates` are YYYYMMDD, `uids` the instance UIDs. All as written.
    `shared` are names of staff that are imaging words as well (Hand, Long): they go only where they
    stand as a name does.
    """

    names: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    dates: frozenset[str] = frozenset()
    uids: frozenset[str] = frozenset()
    shared: frozenset[str] = frozenset()

    def __or__(self, other: Identifiers) -> Identifiers:
        return Identifiers(
            self.names | other.names,
            self.numbers | other.numbers,
            self.places | other.places,
            self.dates | other.dates,
            self.uids | other.uids,
            self.shared | other.shared,
        )

    def __bool__(self) -> bool:
        return bool(
            self.names
            or self.numbers
            or self.places
            or self.dates
            or self.uids
            or self.shared
        )

    def without_uids(self) -> Identifiers:
        """The same without UIDs, which change from file to file."""
        return Identifiers(
            self.names, self.numbers, self.places, self.dates, shared=self.shared
        )

    @classmethod
    def of(
        cls, *, names: Iterable[str] = (), numbers: Iterable[str] = ()
    ) -> Identifiers:
        """From whole person names and whole numbers, as a crosswalk knows them."""
        return cls(
            frozenset(part for name in names for part in name_parts(name)),
            frozenset(n for number in numbers for n in strong_numbers(number)),
        )


def name_parts(value: str) -> list[str]:
    """The parts of a person name that identify: components of all groups, without titles.

    Hyphenated parts count whole and apart.
    """
    parts = [p.strip(".'-\u2019") for p in _SPLIT.split(value)]
    parts += [p for part in parts if "-" in part for p in part.split("-")]
    parts += [p for part in parts if "_" in part for p in part.split("_")]
    parts += [p for part in parts for p in _APOSTROPHES.split(part)[1:] if len(p) >= 4]
    return [p for p in parts if _identifies(p)]


def _identifies(part: str) -> bool:
    if len(part) < 2 and part.isascii():
        return False
    return fold(part) not in _TITLES and bool(part)


def strong_numbers(value: str) -> list[str]:
    """An identifier long enough to be told from a measurement: 4 characters with a digit, or 6."""
    value = value.strip()
    if (len(value) >= 4 and _DIGITS.search(value)) or len(value) >= 6:
        return [value]
    return []


def place_parts(value: str, ordinary: frozenset[str]) -> list[str]:
    """A place's name whole, and its words that are no ordinary words."""
    value = value.strip()
    if len(value) < 4:
        return []
    rare = [
        w
        for w in _PARTS.findall(value)
        if len(w) >= 4 and not w.isdigit() and fold(w) not in ordinary
    ]
    return [value, *rare]
