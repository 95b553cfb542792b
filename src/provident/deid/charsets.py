"""Text in and out of the character sets of DICOM (PS3.5 section 6.1), single, multi-valued and UTF-8."""

from __future__ import annotations

import unicodedata
import warnings
from functools import lru_cache

from pydicom.charset import (
    convert_encodings,
    decode_bytes,
    encode_string,
    python_encoding,
)


# A value ends where one of these stands: after it the default repertoire is in force again.
_ASCII_ONLY = {"ascii", "iso8859"}  # pydicom's names for the default repertoire
DELIMITERS = {ord(c) for c in "\r\n\f\\^="}


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
