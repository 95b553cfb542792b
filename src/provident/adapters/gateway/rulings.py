"""What people of the site decided about values, attributes and regions: kept at the site, each with name and reason.

An approved value holds for the site at once and is proposed for the plan, so that every site gets it. An attribute
to be removed and a region to be painted hold for the images of one exam. Values are sealed; the ledger has counts.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from provident.adapters.gateway.crosswalk import keyed
from provident.adapters.gateway.database import Database
from provident.adapters.gateway.vault import seal, unseal
from provident.kernel import InvalidInput


_SCHEMA = """
CREATE TABLE IF NOT EXISTS approved (
    reference TEXT PRIMARY KEY,
    keyword TEXT NOT NULL,
    sealed BLOB NOT NULL,
    at TEXT NOT NULL,
    by TEXT NOT NULL,
    why TEXT NOT NULL
);

CREATE TABLE IF NOT EXISTS removed (
    exam TEXT NOT NULL,
    keyword TEXT NOT NULL,
    at TEXT NOT NULL,
    by TEXT NOT NULL,
    why TEXT NOT NULL,
    PRIMARY KEY (exam, keyword)
);

CREATE TABLE IF NOT EXISTS painted (
    number INTEGER PRIMARY KEY,
    exam TEXT NOT NULL,
    series TEXT NOT NULL,
    left INTEGER NOT NULL,
    top INTEGER NOT NULL,
    right INTEGER NOT NULL,
    bottom INTEGER NOT NULL,
    at TEXT NOT NULL,
    by TEXT NOT NULL,
    why TEXT NOT NULL
)
"""
LARGEST = 65535  # pixels along a side (PS3.3 C.7.6.3: rows and columns are US)


@dataclass(frozen=True, slots=True)
class Approved:
    """A value that may stay, as the site approved it; `reference` names it without telling it."""

    reference: str
    keyword: str
    value: str = field(repr=False)
    at: str
    by: str
    why: str


@dataclass(frozen=True, slots=True)
class Rectangle:
    """A region in pixels of the image; right and bottom are excluded.

    Raises:
        InvalidInput: it is empty or cannot lie in an image.
    """

    left: int
    top: int
    right: int
    bottom: int

    def __post_init__(self) -> None:
        if not (0 <= self.left < self.right <= LARGEST and 0 <= self.top < self.bottom <= LARGEST):  # fmt: skip
            raise InvalidInput("A region has its left edge before its right one and its top above its bottom, in whole pixels from 0.")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Painted:
    """A region that is painted over in every image of a series."""

    number: int
    series: str
    region: Rectangle
    by: str
    why: str


@dataclass(frozen=True, slots=True)
class Signed:
    """Who decided, when (ISO), and why."""

    by: str
    at: str
    why: str

    def __post_init__(self) -> None:
        if not self.why.strip():
            raise InvalidInput("Say why, in a few words and without names or hospital numbers.")  # fmt: skip


class Rulings:
    """The rulings of one gateway."""

    def __init__(self, path: Path, key: bytes) -> None:
        self._database = Database(path, _SCHEMA)
        self._key = key

    def reference(self, keyword: str, value: str) -> str:
        """The name of a value of an attribute, which tells nobody what it is."""
        return keyed(self._key, "value", keyword, value)[:16]

    # values

    def approve(self, values: Collection[tuple[str, str]], signed: Signed) -> int:
        """Approve (keyword, value)s for the site; those that are approved already stay as they are. Returns how many are new."""
        new = 0
        with self._database.transaction() as connection:
            for keyword, value in values:
                name = self.reference(keyword, value)
                sealed = seal(self._key, f"value {name}", value.encode())
                done = connection.execute(
                    "INSERT OR IGNORE INTO approved VALUES (?, ?, ?, ?, ?, ?)",
                    (name, keyword, sealed, signed.at, signed.by, signed.why),
                )
                new += done.rowcount
        return new

    def withdraw(self, reference: str) -> bool:
        """Take an approval back for images that come from now on; whether there was one."""
        with self._database.transaction() as connection:
            done = connection.execute("DELETE FROM approved WHERE reference = ?", (reference,))  # fmt: skip
        return bool(done.rowcount)

    def approved(self) -> list[Approved]:
        """The values that the site approved, by attribute."""
        rows = self._database.rows("SELECT * FROM approved ORDER BY keyword, at, reference")  # fmt: skip
        return [
            Approved(
                r["reference"], r["keyword"], unseal(self._key, f"value {r['reference']}", r["sealed"]).decode(),
                r["at"], r["by"], r["why"],
            )
            for r in rows
        ]  # fmt: skip

    # attributes

    def remove(self, exam: str, keywords: Collection[str], signed: Signed) -> None:
        """Have attributes removed from an exam's images."""
        with self._database.transaction() as connection:
            connection.executemany(
                "INSERT OR IGNORE INTO removed VALUES (?, ?, ?, ?, ?)",
                [(exam, k, signed.at, signed.by, signed.why) for k in keywords],
            )

    def removed(self, exam: str) -> dict[str, str]:
        """The attributes to be removed from an exam's images: keyword or tag -> why."""
        rows = self._database.rows("SELECT keyword, why FROM removed WHERE exam = ? ORDER BY keyword", exam)  # fmt: skip
        return {row["keyword"]: row["why"] for row in rows}

    # regions

    def paint(
        self, exam: str, series: str, regions: Sequence[Rectangle], signed: Signed
    ) -> None:
        """Have regions painted over in every image of a series."""
        with self._database.transaction() as connection:
            connection.executemany(
                "INSERT INTO painted (exam, series, left, top, right, bottom, at, by, why) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [(exam, series, r.left, r.top, r.right, r.bottom, signed.at, signed.by, signed.why) for r in regions],
            )  # fmt: skip

    def unpaint(self, exam: str, number: int) -> bool:
        """Take a region back; whether it was there."""
        with self._database.transaction() as connection:
            done = connection.execute("DELETE FROM painted WHERE exam = ? AND number = ?", (exam, number))  # fmt: skip
        return bool(done.rowcount)

    def painted(self, exam: str) -> list[Painted]:
        """The regions of an exam's images, in the order in which they were marked."""
        rows = self._database.rows("SELECT * FROM painted WHERE exam = ? ORDER BY number", exam)  # fmt: skip
        return [
            Painted(r["number"], r["series"], Rectangle(r["left"], r["top"], r["right"], r["bottom"]), r["by"], r["why"])
            for r in rows
        ]  # fmt: skip


def by_series(painted: Sequence[Painted]) -> Mapping[str, tuple[Rectangle, ...]]:
    """The regions of each series."""
    found: dict[str, list[Rectangle]] = {}
    for one in painted:
        found.setdefault(one.series, []).append(one.region)
    return {series: tuple(regions) for series, regions in found.items()}
