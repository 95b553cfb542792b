"""Verify a folder of de-identified files, by whomever they were made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from provident.deid.archives import expanded, in_folder
from provident.deid.codebook import CrosswalkFile
from provident.deid.conformance import remains
from provident.deid.directory import (
    asks_for_one,
    is_directory,
    people_in,
    records_as_files,
)
from provident.deid.elements import Damaged
from provident.deid.engine import gather_from
from provident.deid.identifiers import Identifiers
from provident.deid.identity import SiteKey
from provident.deid.instance import read_instance
from provident.deid.manifests import differences, is_signed_by, read_manifest
from provident.deid.own import masked, written_texts
from provident.deid.profile import Profile
from provident.deid.report import Leak
from provident.deid.sources import Readable, Unreadable, sources
from provident.deid.subjects import person_of, subject_of
from provident.deid.verify import in_name, scan, verify
from provident.kernel import InvalidInput


@dataclass(frozen=True, slots=True)
class FileLeak:
    """Something that must not be in a file, or in its name. Never says the value."""

    file: str
    where: str
    kind: str

    def as_json(self) -> dict[str, str]:
        """As the command line contract writes it."""
        return {"file": self.file, "where": self.where, "kind": self.kind}


def audit(
    found: Path | Iterable[Readable],
    *,
    profile: Profile,
    known: Identifiers,
    original: Path | None = None,
    people: CrosswalkFile | None = None,
) -> tuple[int, list[FileLeak]]:
    """How many files were looked at, and what was found in them.

    `known` are identifiers of the people whose files these are; `original` are the files they were
    made from, which tell more. `people` say which numbers are the study's own, and may be there, and
    by how many days a participant's dates were moved: then a date is a leak only in that person's
    own files, and none where it is also the moved form of another.

    `found` are a folder, an archive, or files wherever they lie.

    Raises:
        InvalidInput: a folder is not there.
    """
    if isinstance(found, Path) and not found.exists():
        raise InvalidInput(f"{found}: there is no such folder.")
    theirs = _Known(known, people or CrosswalkFile())
    if original is not None:
        theirs.gather(original)
    leaks: list[FileLeak] = []
    files = list(sources(found) if isinstance(found, Path) else found)
    # An index last: it may say no more of people than the files do.
    files.sort(key=_is_index)
    theirs.note_people = bool(files) and _is_index(files[-1])
    for source in files:
        if in_name(source.name, theirs.of_all):
            leaks.append(FileLeak(source.name, "name", "path"))
        try:
            data = source.read()
        except Unreadable:
            leaks.append(FileLeak(source.name, "file", "unreadable"))
            continue
        leaks += [
            FileLeak(source.name, leak.where, leak.kind)
            for leak in theirs.leaks(data, profile)
        ]
    return len(files), leaks


def _is_index(source: Readable) -> bool:
    return asks_for_one([source.name])


class _Known:
    """What identifies people, with dates apart by person where it is known whose a file is."""

    def __init__(self, known: Identifiers, people: CrosswalkFile) -> None:
        self.of_all = known
        self._people = people
        self._participants = people.participants()
        self._shifts = {e.participant: e.date_shift_days for e in people}
        self._dates: dict[str, frozenset[str]] = {}
        self.note_people = False
        self._told: set[str] = set()

    def gather(self, original: Path) -> None:
        """Read the originals; what cannot be read there tells nothing."""
        names, numbers, places, dates, uids = (set[str]() for _ in range(5))
        for source in expanded(sources(original), in_folder):
            try:
                instance = read_instance(source.read())
                told = gather_from(instance)
                person = person_of(instance)
            except (Unreadable, Damaged, RecursionError):
                continue
            for into, more in zip((names, numbers, places, dates, uids), (told.names, told.numbers, told.places, told.dates, told.uids), strict=True):  # fmt: skip
                into |= more
            entry = self._people.entry_of(person)
            if entry is not None:
                before = self._dates.get(entry.participant, frozenset())
                self._dates[entry.participant] = before | told.dates
        self.of_all |= Identifiers(*map(frozenset, (names, numbers, places, dates, uids)))  # fmt: skip

    def leaks(self, data: bytes, profile: Profile) -> list[Leak]:
        """What is left in one file."""
        if is_directory(data):
            found = directory_leaks(data, self.of_all, profile, self._participants)
            return [*found, *self._strangers(data)]
        known, shift = self.of_all, None
        if self._shifts or self.note_people:
            participant, name = _person_told(data)
            self._told |= {participant, name}
            shift = self._shifts.get(participant)
            if participant in self._dates:
                known = replace(known, dates=self._dates[participant])
        return verify(
            data,
            identifiers=known,
            profile=profile,
            shifted_by=shift,
            written=self._participants,
        )

    def _strangers(self, data: bytes) -> list[Leak]:
        """People whom an index names and no file beside it does."""
        try:
            people = people_in(data)
        except ValueError:
            return []  # told already
        return [Leak(where, "name") for where, told in people if not told <= self._told]


def _person_told(data: bytes) -> tuple[str, str]:
    """The number and name that a file has."""
    try:
        told = subject_of(data)
    except InvalidInput:
        return "", ""
    return told.patient_id, told.name


def directory_leaks(
    data: bytes, known: Identifiers, profile: Profile, participants: frozenset[str]
) -> list[Leak]:
    """What must not be in a DICOMDIR: its bytes are searched, and each record is judged as a file is."""
    open_texts = written_texts(profile) | participants
    # Dates there were moved by as many days as there are people: each file's own are verified.
    leaks = scan(masked(data, open_texts), replace(known, dates=frozenset()))
    try:
        records = records_as_files(data)
    except ValueError:
        return [*leaks, Leak("file", "unreadable")]
    for where, record in records:
        leaks += [Leak(f"{where}.{leak.where}", leak.kind) for leak in remains(record, profile)]  # fmt: skip
    return leaks


def check_manifest(
    files: Iterable[Readable], manifest: Path, key: SiteKey
) -> list[FileLeak]:
    """Where files are not what their manifest says, signed with the site's key.

    Raises:
        InvalidInput: there is no manifest beside it.
    """
    told = read_manifest(manifest)
    if not is_signed_by(told, key):
        return [FileLeak(manifest.name, "manifest", "signature")]
    return unlike(told, files)


def unlike(told: Mapping[str, Any], files: Iterable[Readable]) -> list[FileLeak]:
    """Files that are not as a manifest lists them: changed, missing, or not listed."""
    found = {source.name: source for source in files}
    wrong = differences(told, found, lambda name: _bytes(found[name]))
    return [FileLeak(name, "manifest", kind) for name, kind in wrong]


def _bytes(source: Readable) -> bytes:
    """Its bytes; what cannot be read is not what was made."""
    try:
        return source.read()
    except Unreadable:
        return b""
