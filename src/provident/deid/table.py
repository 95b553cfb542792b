"""The standard's tables as shipped data: what PS3.15 Annex E says of each attribute.

`ps3_15_e1_1.tsv` is Table E.1-1 (actions of the basic profile and of each option),
`ps3_15_e3_10_1.tsv` Table E.3.10-1 (safe private elements), `vendor_safe_private.tsv` what
vendors' conformance statements add. They are built by tools/deid_tables.py.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files


EDITION = "PS3.15-2026c"

# Option code (CID 7050 of PS3.16) to its column of the table; the options without a column
# (pixels, faces) are not about header elements.
OPTION_COLUMNS: Mapping[int, str] = {
    113103: "graphics",
    113104: "structured",
    113105: "descriptors",
    113106: "full_dates",
    113107: "modified_dates",
    113108: "patient",
    113109: "device",
    113110: "uids",
    113111: "safe_private",
    113112: "institution",
}

# CID 7050, code to meaning.
METHODS: Mapping[int, str] = {
    113100: "Basic Application Confidentiality Profile",
    113101: "Clean Pixel Data Option",
    113102: "Clean Recognizable Visual Features Option",
    113103: "Clean Graphics Option",
    113104: "Clean Structured Content Option",
    113105: "Clean Descriptors Option",
    113106: "Retain Longitudinal Temporal Information Full Dates Option",
    113107: "Retain Longitudinal Temporal Information Modified Dates Option",
    113108: "Retain Patient Characteristics Option",
    113109: "Retain Device Identity Option",
    113110: "Retain UIDs Option",
    113111: "Retain Safe Private Option",
    113112: "Retain Institution Identity Option",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One attribute of Table E.1-1: action codes X, Z, D, U and their compounds; K and C by option."""

    tag: int
    name: str
    basic: str
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PrivateRule:
    """A private element that may stay: creator, group, element (its last byte) and, where known, VR."""

    creator: str
    group: int
    element: int
    vr: str = ""
    name: str = ""
    why: str = ""

    @property
    def key(self) -> tuple[str, int, int]:
        """How the engine finds the rule."""
        return (self.creator.strip().casefold(), self.group, self.element)


def _text(name: str) -> str:
    return (files("provident.deid") / "data" / name).read_text(encoding="utf-8")


def _records(name: str) -> Iterator[dict[str, str]]:
    lines = [line for line in _text(name).splitlines() if not line.startswith("#")]
    yield from csv.DictReader(lines, delimiter="\t")


@cache
def rows() -> Mapping[int, Row]:
    """Table E.1-1 by tag."""
    known = ("tag", "name", "basic")
    return {
        int(r["tag"], 16): Row(
            int(r["tag"], 16),
            r["name"],
            r["basic"],
            {k: v for k, v in r.items() if v and k not in known},
        )
        for r in _records("ps3_15_e1_1.tsv")
    }


@cache
def safe_private() -> tuple[PrivateRule, ...]:
    """The shipped safe private elements: the standard's, then the vendors'."""
    return tuple(
        PrivateRule(
            r["creator"],
            int(r["group"], 16),
            int(r["element"], 16),
            r["vr"],
            r["name"],
            r.get("source") or "PS3.15 Table E.3.10-1",
        )
        for name in ("ps3_15_e3_10_1.tsv", "vendor_safe_private.tsv")
        for r in _records(name)
    )


# What decides the output, and so is part of every profile's hash.
_DECIDING = (
    "ps3_15_e1_1.tsv",
    "ps3_15_e3_10_1.tsv",
    "vendor_safe_private.tsv",
    "words.txt",
    "names.txt",
    "dates.txt",
    "people.txt",
)


@cache
def tables_hash() -> str:
    """SHA-256 over the shipped tables and words: part of every profile's hash."""
    digest = hashlib.sha256(EDITION.encode())
    for name in _DECIDING:
        digest.update(_text(name).encode())
    return digest.hexdigest()


@cache
def words() -> frozenset[str]:
    """Words that a descriptor may keep: the vocabulary of imaging, in lower case."""
    lines = _text("words.txt").splitlines()
    return frozenset(w for w in lines if w and not w.startswith("#"))


def lines_of(name: str, section: str) -> tuple[str, ...]:
    """The lines of a section of a word list; its heading begins with the section's name."""
    found: list[str] = []
    inside = False
    for line in _text(name).splitlines():
        if line.startswith("["):
            inside = line[1:-1].split(":")[0] == section
        elif inside and line and not line.startswith("#"):
            found.append(line)
    if not found:
        raise KeyError(f"{name} has no section {section}")
    return tuple(found)


def words_of(name: str, section: str) -> frozenset[str]:
    """The words of a section of a word list."""
    return frozenset(w for line in lines_of(name, section) for w in line.split())
