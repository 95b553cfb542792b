"""Which words may stay in a descriptor: imaging vocabulary, what abbreviates or joins it, acronyms."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from functools import cache, lru_cache

from provident.deid.identifiers import fold
from provident.deid.names import common_names
from provident.deid.table import words


_PIECE = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_]+|\d+")
_LETTERS = re.compile(r"[^\W\d_]+")
_STROKES = str.maketrans(
    {
        "ł": "l",
        "Ł": "L",
        "đ": "d",
        "ø": "o",
        "Ø": "O",
        "ß": "ss",
        "æ": "ae",
        "œ": "oe",
        "\u0131": "i",
    }
)


def is_approved_word(word: str) -> bool:
    """Whether a word may stay; one with figures or capitals inside is judged by its pieces."""
    plain = word if word.isascii() else _plain(word)
    letters = _LETTERS.findall(plain)
    if len(letters) == 1 and fold(letters[0]) in words():
        return True
    pieces = _PIECE.findall(plain)
    mixed = len(pieces) > 1
    if mixed and _disguises(word, letters):
        return False
    return all(p.isdigit() or is_approved(p, mixed=mixed) for p in pieces)


def _disguises(word: str, letters: list[str]) -> bool:
    """Whether figures stand within letters that are no words: a name read wrongly, as in Pil1ppa."""
    if len(letters) < 2 or sum(map(len, letters)) < 5 or word.isupper():
        return False
    return not any(fold(part) in words() for part in letters)


def _plain(word: str) -> str:
    """Without accents, in its own case."""
    told = unicodedata.normalize("NFKD", word.translate(_STROKES))
    return "".join(c for c in told if not unicodedata.combining(c))


@lru_cache(maxsize=65536)
def is_approved(piece: str, *, mixed: bool = False) -> bool:
    """Whether letters may stay: vocabulary, an abbreviation of it, an acronym, or too short to name.

    Common given names and surnames may not, unless they are imaging words themselves.
    """
    folded = fold(piece)
    if folded in words():
        return True
    if len(folded) <= 2:
        # Two capitals are a setting more often than a name, Ng and Wu are not.
        return piece.isascii() and not (piece.istitle() and folded in common_names())
    if folded in common_names():
        return False
    if piece.isascii() and (mixed or piece.isupper()) and _is_acronym(folded, mixed):
        return True
    return (
        _SUFFIXES.fullmatch(folded) is not None
        or _abbreviates(folded)
        or _compound(folded, capital=piece.istitle())
    )


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


def _compound(folded: str, *, capital: bool) -> bool:
    """Two imaging words written as one (bodycoil, t1fatsat), or a plural.

    One that begins with a capital may be a name (Longbottom), unless its first part is a prefix.
    """
    vocabulary = words()
    if folded.endswith("s") and folded[:-1] in vocabulary:
        return True
    return any(
        (folded[:i] in _PREFIXES or (not capital and folded[:i] in vocabulary))
        and folded[i:] in vocabulary
        for i in range(2, len(folded) - 2)
    )


# How words of medicine and of ordinary prose end, and hardly a name does.
_SUFFIXES = re.compile(
    r"[a-z]{3,}(?:itis|itides|osis|oses|ectomy|ectomies|plasty|plasties|otomy|otomies|ostomy|ostomies|ography|ographic|ogram|ograms|oscopy|oscopic|opathy|opathies|opathic|"
    r"rrhage|rrhagic|rrhoea|rrhea|trophy|trophic|plasia|plastic|megaly|ocele|olysis|openia|penic|stenosis|sclerosis|malacia|ectasis|ectasia|uria|algia|ological|"
    r"tion|tions|tional|sions?|ments?|nesses|ated|ating|ised|ized|ising|izing|ously|ically|ular|eous)|"
    r"[a-z]{5,}(?:oma|omas|omata|aemia|emia|aemic|emic|oid|oidal|ness|ible|able|ity|ities)"
)


_PREFIXES = frozenset(
    (
        "anti", "auto", "bi", "cardio", "cranio", "endo", "extra", "hemi", "hyper", "hypo", "infra", "inter", "intra", "iso", "macro", "micro", "mono", "multi",
        "neo", "neuro", "non", "osteo", "para", "peri", "poly", "post", "pre", "pseudo", "re", "retro", "semi", "spondylo", "sub", "super", "supra", "trans", "ultra", "un",
    )
)  # fmt: skip
