"""Text in and out of the character sets of DICOM (PS3.5 section 6.1), single, multi-valued and UTF-8."""

from __future__ import annotations

import re
import unicodedata
import warnings
from collections.abc import Iterable
from functools import lru_cache

from pydicom.charset import (
    convert_encodings,
    decode_bytes,
    encode_string,
    python_encoding,
)

from provident.deid.elements import Damaged, Element


# A value ends where one of these stands: after it the default repertoire is in force again.
_ASCII_ONLY = {"ascii", "iso8859"}  # pydicom's names for the default repertoire
DELIMITERS = {ord(c) for c in "\r\n\f\\^="}


_PLAIN_SET = re.compile(r"ISO[ _-]*IR[ _-]*(\d+)")
_EXTENDED_SET = re.compile(r"ISO[ _-]*2022[ _-]*(?:IR[ _-]*)?(\d+|GBK)")
_UTF8 = frozenset({"UTF8", "UTF-8", "UTF_8", "ISO 10646", "UNICODE"})


@lru_cache(maxsize=256)
def known_set(character_set: str) -> str | None:
    """A Specific Character Set as DICOM spells it, or None when one of its terms is unknown."""
    terms = [_known_term(t.strip(" \0")) for t in character_set.split("\\")]
    return None if None in terms else "\\".join(t or "" for t in terms)


def _known_term(term: str) -> str | None:
    if term in python_encoding:
        return term
    upper = term.upper()
    if upper in _UTF8:
        return "ISO_IR 192"
    for pattern, form in ((_EXTENDED_SET, "ISO 2022 IR {}"), (_PLAIN_SET, "ISO_IR {}")):
        match = pattern.fullmatch(upper)
        if match and form.format(match[1]) in python_encoding:
            return form.format(match[1])
    return None


CHARACTER_SET = 0x00080005


def of_item(
    data: bytes, parts: Iterable[Element], outer: tuple[str, ...]
) -> tuple[str, ...]:
    """The codecs of an item: its own character set's, or those of what it lies in (PS3.3 C.12.1.1.2).

    Raises:
        Damaged: the item names a character set that nobody knows.
    """
    for element in parts:
        if element.tag == CHARACTER_SET:
            told = known_set(
                data[element.value : element.end].decode("ascii", "replace")
            )
            if told is None:
                raise Damaged("character_set")
            return codecs(told)
    return outer


@lru_cache(maxsize=256)
def codecs(character_set: str) -> tuple[str, ...]:
    """Python codecs of a Specific Character Set (values joined by a backslash).

    Empty when one of its terms is unknown: then nothing beyond ASCII can be trusted.
    """
    terms = [t.strip() for t in character_set.split("\\")]
    if any(t and t not in python_encoding for t in terms):
        return ()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return tuple(convert_encodings(terms if len(terms) > 1 else terms[0]))


def decode(raw: bytes, encodings: tuple[str, ...]) -> str:
    """Bytes to text; bytes that the character set does not know become U+FFFD."""
    if raw.isascii() and b"\x1b" not in raw:
        return raw.decode("ascii")
    if not encodings or (encodings[0] in _ASCII_ONLY and b"\x1b" not in raw):
        return _undeclared(raw)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return str(decode_bytes(raw, list(encodings) or ["ascii"], DELIMITERS))


def _undeclared(raw: bytes) -> str:
    """What a sender most likely meant by bytes that its character set does not allow."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def encode(text: str, encodings: tuple[str, ...]) -> bytes:
    """Text to bytes; what the character set cannot say is written in its closest ASCII form."""
    if text.isascii():
        return text.encode("ascii")
    if encodings and encodings[0] in _ASCII_ONLY and len(encodings) == 1:
        return ascii_of(text)
    try:
        return (
            bytes(encode_string(text, list(encodings))) if encodings else ascii_of(text)
        )
    except (UnicodeError, ValueError, LookupError):
        return ascii_of(text)


def ascii_of(text: str) -> bytes:
    """The closest ASCII form: accents dropped, the rest as a question mark."""
    plain = unicodedata.normalize("NFKD", text)
    return "".join(c for c in plain if not unicodedata.combining(c)).encode(
        "ascii", "replace"
    )
