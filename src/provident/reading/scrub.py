"""The last look at what is sent to a reader: none of the words that would unblind may be in it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from provident.kernel import ProvidentError


# The same for every case of a study, so that they cannot tell one case from another.
SAME_FOR_ALL = frozenset({"study", "form", "blind_to", "presets"})
# A word this short is only looked for as a whole value: as a part it would be everywhere.
SHORT = 3


class BlindingLeak(ProvidentError):
    """Something that must be hidden was about to be shown. Says where and of what kind, never what."""

    http_status = 500


def check_blinded(
    payload: Any,
    forbidden: Mapping[str, Iterable[str]],
    *,
    same_for_all: Collection[str] = SAME_FOR_ALL,
) -> None:
    """Look through a payload (JSON values: keys and values) for forbidden words.

    `forbidden` holds words by kind: {"site": ["Leeds"], "visit": ["week12"], "participant": [...]}.
    Words are found as whole words, in any case and in any place of a text, URL or key.
    Top-level keys in `same_for_all` are left out.

    Raises:
        BlindingLeak: something was found.
    """
    words = {kind: {w for w in listed if w} for kind, listed in forbidden.items()}
    looked_for = {kind: _pattern(some) for kind, some in words.items()}
    exact = {kind: {w.lower() for w in some} for kind, some in words.items()}
    for path, text in _texts(_varying(payload, same_for_all), ()):
        for kind, pattern in looked_for.items():
            if text.lower() in exact[kind] or (pattern and pattern.search(text)):
                raise BlindingLeak(
                    f"the answer was not sent: it holds a {kind} at {'.'.join(path) or 'its top'}, "
                    "which is hidden from readers"
                )


def _varying(payload: Any, same_for_all: Collection[str]) -> Any:
    if not isinstance(payload, Mapping):
        return payload
    return {k: v for k, v in payload.items() if k not in same_for_all}


def _pattern(words: Iterable[str]) -> re.Pattern[str] | None:
    long = sorted({w for w in words if len(w) >= SHORT}, key=len, reverse=True)
    if not long:
        return None
    joined = "|".join(_loosely(word) for word in long)
    return re.compile(rf"(?<![^\W_])(?:{joined})(?![^\W_])", re.IGNORECASE)


def _loosely(word: str) -> str:
    """A word with any separator between its parts: `week12` is found as `Week 12` or `week_12` too."""
    parts = re.findall(r"[^\W\d_]+|\d+", word)
    return r"[\W_]{0,2}".join(map(re.escape, parts)) if parts else re.escape(word)


def _texts(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(value, Mapping):
        for index, (key, inner) in enumerate(value.items()):
            # The path names a key by its number where the key itself might be the leak.
            yield (*path, f"key {index + 1}"), str(key)
            yield from _texts(inner, (*path, _safe(key, index)))
    elif isinstance(value, list | tuple | set | frozenset):
        for index, inner in enumerate(value):
            yield from _texts(inner, (*path, str(index + 1)))
    elif isinstance(value, str):
        yield path, value
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield path, str(value)


def _safe(key: Any, index: int) -> str:
    return str(key) if re.fullmatch(r"[a-z_]{1,20}", str(key)) else f"key {index + 1}"


def date_forms(day: date) -> tuple[str, ...]:
    """A date as it may be written anywhere: ISO, DICOM, and in words."""
    return (
        day.isoformat(),
        f"{day:%Y%m%d}",
        f"{day:%d/%m/%Y}",
        f"{day:%d %B %Y}",
        f"{day.day} {day:%B %Y}",
        f"{day.day} {day:%b %Y}",
        f"{day:%d%b%Y}",
    )
