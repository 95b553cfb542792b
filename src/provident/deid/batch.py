"""De-identify a folder or an archive: every file ends in the output or in quarantine, and is counted.

First each person is found and what identifies them is gathered over all their files; then files are
de-identified, verified and written, in worker processes if asked. A journal beside the output lets a
stopped run go on. What identifies people (key, crosswalk, journal, quarantine) lies beside the output.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeVar

from provident.deid.codebook import CrosswalkFile, Entry, patient_key
from provident.deid.engine import gather, workbench
from provident.deid.identifiers import Identifiers
from provident.deid.identity import SiteKey, Subject, date_shift
from provident.deid.paths import released_path
from provident.deid.profile import Profile
from provident.deid.sources import Source, Unreadable, safe_path, sources
from provident.deid.subjects import FileSubject, subject_of
from provident.deid.verify import in_name, verify
from provident.kernel import InvalidInput


T = TypeVar("T")
R = TypeVar("R")

CHUNK = 64  # files of one person that a worker takes at once


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file. `name` is its path in the input: identifiable."""

    name: str
    out: str | None
    reason: str | None = None

    def as_json(self) -> dict[str, str | None]:
        """As the command line contract writes it."""
        return {"in": self.name, "out": self.out, "reason": self.reason}


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where a run writes. All but `out` identify people."""

    out: Path
    quarantine: Path
    journal: Path

    @classmethod
    def beside(cls, out: Path) -> Places:
        """The usual places: beside the output, never in it."""
        return cls(
            out=out,
            quarantine=out.with_name(f"{out.name}.quarantine"),
            journal=out.with_name(f"{out.name}.journal"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What a worker needs."""

    profile: Profile
    key: SiteKey = field(repr=False)
    places: Places


@dataclass(frozen=True, slots=True)
class Seen:
    """What the first look at a file found; a reason when it is no instance."""

    source: Source
    person: FileSubject | None = None
    identifiers: Identifiers = field(default_factory=Identifiers)
    reason: str | None = None


def run(
    path: Path,
    *,
    job: Job,
    crosswalk: CrosswalkFile,
    enrol: bool,
    workers: int = 1,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> list[Outcome]:
    """De-identify all files of a folder, archive or file, in the order of their names.

    `enrol` gives people who are not in the crosswalk the next number; else their files wait with
    the reason `not_in_crosswalk`. `progress` is told how many of how many files are done.

    Raises:
        InvalidInput: the input is not there, or the output lies inside it.
    """
    _refuse_nesting(path, job.places.out)
    found = list(sources(path))
    journal = Journal(job.places.journal, job.profile.hash, job.places)
    done = {o.name: o for s in found if (o := journal.known(s)) is not None}
    left = [s for s in found if s.name not in done]
    total = len(found)
    progress(len(done), total)
    with _Pool(workers) as pool:
        seen = list(pool.map(look, left))
        tasks = list(_tasks(seen, job, crosswalk, enrol))
        for outcomes in pool.map(partial(work, job), tasks):
            for source, outcome in outcomes:
                journal.add(source, outcome)
                done[outcome.name] = outcome
            progress(len(done), total)
    journal.close()
    return [done[s.name] for s in found]


def look(source: Source) -> Seen:
    """The first look at one file: whose it is, and what identifies them."""
    try:
        data = source.read()
        person = subject_of(data)
    except Unreadable as error:
        return Seen(source, reason=error.reason)
    except InvalidInput as error:
        return Seen(source, reason=str(error))
    return Seen(source, person, gather(data).without_uids())


@dataclass(frozen=True, slots=True)
class Task:
    """Files of one subject, or files that can only wait."""

    sources: tuple[Source, ...]
    subject: Subject | None = None
    reason: str | None = None


def _tasks(
    seen: Iterable[Seen], job: Job, crosswalk: CrosswalkFile, enrol: bool
) -> Iterator[Task]:
    people: dict[tuple[str, str], list[Seen]] = {}
    for one in seen:
        if one.person is None:
            yield Task((one.source,), reason=one.reason)
        else:
            who = (one.person.issuer, patient_key(one.person))
            people.setdefault(who, []).append(one)
    for who, theirs in people.items():
        entry = crosswalk.find(*who)
        if entry is None and enrol and theirs[0].person is not None:
            entry = crosswalk.enrol(theirs[0].person, job.key, job.profile)
        all_sources = [s.source for s in theirs]
        for chunk in _chunks(all_sources):
            if entry is None:
                yield Task(chunk, reason="not_in_crosswalk")
            else:
                yield Task(chunk, _subject(entry, theirs, job))


def _chunks(found: list[Source]) -> Iterator[tuple[Source, ...]]:
    for start in range(0, len(found), CHUNK):
        yield tuple(found[start : start + CHUNK])


def _subject(entry: Entry, theirs: list[Seen], job: Job) -> Subject:
    told = Identifiers.of(names=[entry.name], numbers=[entry.patient_id])
    for one in theirs:
        told |= Identifiers(one.identifiers.names, one.identifiers.numbers)
    days = entry.date_shift_days
    if days is None:
        days = date_shift(job.key, entry.participant, job.profile)
    return Subject(
        participant=entry.participant, date_shift_days=days, identifiers=told
    )


def work(job: Job, task: Task) -> list[tuple[Source, Outcome]]:
    """De-identify the files of one task; what cannot pass is copied to quarantine."""
    if task.subject is None:
        return [
            (
                s,
                Outcome(
                    s.name, None, _quarantined(s, job, task.reason or "unreadable")
                ),
            )
            for s in task.sources
        ]
    return [(s, _one(s, job, task.subject)) for s in task.sources]


def _one(source: Source, job: Job, subject: Subject) -> Outcome:
    try:
        data = source.read()
    except Unreadable as error:
        return Outcome(source.name, None, _quarantined(source, job, error.reason))
    result = workbench(job.profile, job.key, subject).deidentify(data)
    if result.data is None:
        return Outcome(
            source.name, None, _quarantined(source, job, result.reason or "held", data)
        )
    identifiers = result.identifiers
    released = released_path(source.name, identifiers, job.key)
    leaks = verify(
        result.data,
        identifiers=identifiers,
        profile=job.profile,
        subject=subject,
    )
    if leaks or in_name(released, identifiers):
        return Outcome(
            source.name, None, _quarantined(source, job, "identifier_left", data)
        )
    _write(job.places.out / released, result.data)
    return Outcome(source.name, released)


def _quarantined(
    source: Source, job: Job, reason: str, data: bytes | None = None
) -> str:
    """Copy the original to quarantine; what cannot even be read leaves an empty file of its name."""
    if data is None:
        try:
            data = source.read()
        except Unreadable:
            data = b""
    _write(job.places.quarantine / safe_path(source.name), data, private=True)
    return reason


def _write(path: Path, data: bytes, *, private: bool = False) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700 if private else 0o777)
    part = path.with_name(f".{path.name}.part")
    handle = os.open(
        part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600 if private else 0o666
    )
    with os.fdopen(handle, "wb") as stream:
        stream.write(data)
    part.replace(path)


def _refuse_nesting(path: Path, out: Path) -> None:
    source, target = path.resolve(), out.resolve()
    if source.is_dir() and (target == source or source in target.parents):
        raise InvalidInput(
            f"{out}: the output lies inside the input. Choose a folder outside {path}."
        )
    if target in source.parents:
        raise InvalidInput(
            f"{out}: the input lies inside the output. Choose an empty folder."
        )
    if target.exists() and not target.is_dir():
        raise InvalidInput(f"{out}: this is a file. Name a folder for the output.")


class Journal:
    """What is done already, one line a file, so that a stopped run goes on. Holds input paths."""

    def __init__(self, path: Path, profile_hash: str, places: Places) -> None:
        self._path = path
        self._places = places
        self._lines: dict[str, dict[str, str | None]] = {}
        self._head = json.dumps({"profile": profile_hash})
        fresh = not self._load()
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(
            path,
            os.O_WRONLY | os.O_CREAT | (os.O_TRUNC if fresh else os.O_APPEND),
            0o600,
        )
        self._stream = os.fdopen(
            handle, "w", encoding="utf-8", errors="surrogateescape"
        )
        if fresh:
            self._stream.write(self._head + "\n")

    def _load(self) -> bool:
        try:
            text = self._path.read_text(encoding="utf-8", errors="surrogateescape")
        except OSError:
            return False
        head, *lines = text.splitlines() or [""]
        if head != self._head:
            return False
        for line in lines:
            try:
                told = json.loads(line)
                self._lines[told["in"]] = told
            except (ValueError, KeyError, TypeError):
                continue  # the line that was being written when the run was stopped
        return True

    def known(self, source: Source) -> Outcome | None:
        """What became of a file that has not changed since and whose result is still there."""
        told = self._lines.get(source.name)
        if told is None or told.get("stamp") != _stamp(source):
            return None
        out = told["out"]
        kept = (
            self._places.out / out
            if out is not None
            else self._places.quarantine / safe_path(source.name)
        )
        return Outcome(source.name, out, told["reason"]) if kept.is_file() else None

    def add(self, source: Source, outcome: Outcome) -> None:
        """Record one result."""
        line = outcome.as_json() | {"stamp": _stamp(source)}
        self._stream.write(json.dumps(line) + "\n")

    def close(self) -> None:
        """Write what is left."""
        self._stream.close()


def _stamp(source: Source) -> str:
    try:
        return source.stamp()
    except OSError:
        return ""


class _Pool:
    """Maps in order: in this process, or in worker processes."""

    def __init__(self, workers: int) -> None:
        self._pool = ProcessPoolExecutor(workers) if workers > 1 else None

    def __enter__(self) -> _Pool:
        return self

    def __exit__(self, *error: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def map(self, function: Callable[[T], R], values: Iterable[T]) -> Iterator[R]:
        """The results in the order of the values."""
        if self._pool is None:
            return map(function, values)
        return self._pool.map(function, values)
