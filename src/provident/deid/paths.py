"""Names of files and folders that may leave: kept where they say nothing, else replaced by a keyed hash."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import PurePosixPath

from provident.deid.identifiers import Identifiers
from provident.deid.identity import SiteKey
from provident.deid.sources import safe_path
from provident.deid.text import Cleaner


_SUFFIX = re.compile(r"\.(?:dcm|dicom|ima|img)", re.IGNORECASE)
# What scanners and PACS count with: IM000001, SE0003, PA1.
_COUNTED = re.compile(
    r"(?:IM|IMG|I|IMAGE|SE|SER|SERIES|ST|STD|STUDY|PA|PAT|S|Z|V|F|FILE|FRAME|SLICE|EXPORT|EXP|DICOM|CT|MR|US|XR|SC|SR|PR|RT)?"
    r"[_\-]?0*\d{1,4}",
    re.IGNORECASE,
)


def released_path(name: str, identifiers: Identifiers, key: SiteKey) -> str:
    """A relative path of the input as it may stand in the output, the same for the same names."""
    cleaner = _cleaner(identifiers.without_uids())
    parts = safe_path(name).parts
    return str(PurePosixPath(*(_component(p, cleaner, key) for p in parts)))


@lru_cache(maxsize=64)
def _cleaner(identifiers: Identifiers) -> Cleaner:
    return Cleaner(identifiers)


def _component(part: str, cleaner: Cleaner, key: SiteKey) -> str:
    stem, _, last = part.rpartition(".")
    suffix = f".{last}" if stem and _SUFFIX.fullmatch(f".{last}") else ""
    stem = stem if suffix else part
    if _says_nothing(stem, cleaner):
        return part
    return f"f-{key.mac('path', _as_text(stem)).hex()[:12]}{suffix}"


def _as_text(stem: str) -> str:
    """A name as text; one whose bytes are no UTF-8 (an old export's umlauts) by its bytes."""
    try:
        stem.encode()
    except UnicodeEncodeError:
        return f"bytes {stem.encode('utf-8', 'surrogateescape').hex()}"
    return stem


def _says_nothing(stem: str, cleaner: Cleaner) -> bool:
    if not stem.isascii() or stem.startswith("."):
        return False
    if cleaner.clean(stem, "light").text != stem:
        return False
    if _COUNTED.fullmatch(stem):
        return True
    result = cleaner.clean(stem, "full")
    return result.text == stem and not result.unapproved
