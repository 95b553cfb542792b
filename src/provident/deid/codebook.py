"""Keys and crosswalks in files at the site: who is who, and the secret, never beside the output's files.

The crosswalk is a CSV file: issuer, patient_id, name, birth_date, participant, date_shift_days.
It identifies people. Both files are readable by their owner alone.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from provident.deid.identifiers import Identifiers
from provident.deid.identity import KEY_BYTES, SiteKey, date_shift
from provident.deid.profile import Profile
from provident.deid.subjects import FileSubject
from provident.deid.whose import Ambiguous, numbers_of, patient_key, whose
from provident.deid.whose import Entry as Entry
from provident.kernel import InvalidInput


COLUMNS = (
    "issuer",
    "patient_id",
    "name",
    "birth_date",
    "participant",
    "date_shift_days",
)
_NEEDED = ("patient_id", "participant")


class CrosswalkFile:
    """A crosswalk in memory, read from and written to a CSV file."""

    def __init__(self, entries: Iterable[Entry] = (), *, prefix: str = "P") -> None:
        self._entries: dict[tuple[str, str], Entry] = {}
        self._numbers: dict[str, list[Entry]] = {}
        self._prefix = prefix
        for entry in entries:
            self._add(entry)

    def _add(self, entry: Entry) -> None:
        who = (entry.issuer, entry.patient_id)
        if who not in self._entries:
            self._entries[who] = entry
            self._numbers.setdefault(entry.patient_id, []).append(entry)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries.values())

    @classmethod
    def read(cls, path: Path) -> CrosswalkFile:
        """Read a crosswalk.

        Raises:
            InvalidInput: it is not there, is no CSV of the right columns, or names someone twice.
        """
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise InvalidInput(
                f"{path}: the crosswalk cannot be read ({type(error).__name__})."
            ) from None
        reader = csv.DictReader(io.StringIO(text))
        missing = [c for c in _NEEDED if c not in (reader.fieldnames or ())]
        if missing:
            raise InvalidInput(
                f"{path}:1: the crosswalk has no column {', '.join(missing)}. "
                f"Its first line names its columns: {', '.join(COLUMNS)}."
            )
        return cls(_entries(path, reader))

    def write(self, path: Path) -> None:
        """Write it whole, readable by its owner alone, in one step."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(COLUMNS)
        for e in self:
            days = "" if e.date_shift_days is None else e.date_shift_days
            writer.writerow(
                [e.issuer, e.patient_id, e.name, e.birth_date, e.participant, days]
            )
        write_private(path, out.getvalue().encode())

    def of_number(self, patient_id: str) -> list[Entry]:
        """The entries of a number, whoever issued it."""
        return self._numbers.get(patient_id, [])

    def entry_of(self, person: FileSubject) -> Entry | None:
        """The entry of a file's person; None where there is none, or nobody can tell (`whose`)."""
        try:
            return whose(self, person)
        except Ambiguous:
            return None

    def enrol(self, person: FileSubject, key: SiteKey, profile: Profile) -> Entry:
        """The next number in sequence for someone who has none."""
        taken = self.participants()
        number = len(taken) + 1
        while f"{self._prefix}{number:03d}" in taken:
            number += 1
        participant = f"{self._prefix}{number:03d}"
        entry = Entry(
            person.issuer,
            patient_key(person),
            participant,
            person.name,
            person.birth_date,
            date_shift(key, participant, profile),
        )
        self._add(entry)
        self.learn(entry, person)
        return entry

    def learn(self, entry: Entry, person: FileSubject) -> None:
        """Remember further numbers and issuers that a file gives for the person of an entry."""
        for issuer, number in numbers_of(person):
            if issuer:
                self._add(replace(entry, issuer=issuer, patient_id=number))

    def participants(self) -> frozenset[str]:
        """The study's own numbers."""
        return frozenset(e.participant for e in self)

    def identifiers(self) -> Identifiers:
        """All names and numbers in it, for verification."""
        return Identifiers.of(
            names=[e.name for e in self], numbers=[e.patient_id for e in self]
        )


def _entries(path: Path, reader: csv.DictReader[str]) -> Iterator[Entry]:
    seen: dict[tuple[str, str], int] = {}
    for row in reader:
        line = reader.line_num
        told = {k: (v or "").strip() for k, v in row.items() if k in COLUMNS}
        if not told["patient_id"] or not told["participant"]:
            raise InvalidInput(
                f"{path}:{line}: a line needs patient_id and participant."
            )
        who = (told.get("issuer", ""), told["patient_id"])
        if who in seen:
            raise InvalidInput(
                f"{path}:{line}: the same number stands in line {seen[who]} already."
            )
        seen[who] = line
        yield Entry(
            who[0],
            who[1],
            told["participant"],
            told.get("name", ""),
            told.get("birth_date", ""),
            _days(path, line, told.get("date_shift_days", "")),
        )


def _days(path: Path, line: int, text: str) -> int | None:
    if not text:
        return None
    try:
        days = int(text)
    except ValueError:
        days = 0
    if days == 0:
        raise InvalidInput(
            f"{path}:{line}: date_shift_days is no whole number of days other than 0."
        )
    return days


def read_key(path: Path) -> SiteKey:
    """A key of 64 hexadecimal digits.

    Raises:
        InvalidInput: it is not there or is no key.
    """
    try:
        secret = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (OSError, ValueError):
        raise InvalidInput(
            f"{path}: this is no key. A key file holds 64 hexadecimal digits."
        ) from None
    if len(secret) != KEY_BYTES:
        raise InvalidInput(
            f"{path}: a key has {KEY_BYTES} bytes, this one {len(secret)}."
        )
    return SiteKey(secret)


def write_key(path: Path, key: SiteKey) -> None:
    """Write a key, readable by its owner alone."""
    write_private(path, key.secret.hex().encode() + b"\n")


def write_private(path: Path, content: bytes) -> None:
    """Write a file whole, in one step, readable by its owner alone."""
    part = path.with_name(f".{path.name}.part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    part.replace(path)
