"""De-identify a folder or an archive: every file ends in the output or in quarantine, and is counted.

First each person is found and what identifies them is gathered over all their files; then files are
de-identified, verified and written, in worker processes if asked. A journal beside the output lets a
stopped run go on. What identifies people (key, crosswalk, journal, quarantine) lies beside the output.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

from provident.deid.codebook import CrosswalkFile, Entry, patient_key
from provident.deid.elements import Damaged
from provident.deid.engine import gather_from, workbench
from provident.deid.identifiers import Identifiers
from provident.deid.identity import SiteKey, Subject, date_shift
from provident.deid.instance import read_instance
from provident.deid.outcomes import Journal, Outcome, Outlet, Places, written
from provident.deid.paths import released_path
from provident.deid.profile import Profile
from provident.deid.sources import Readable, Unreadable, safe_path, sources
from provident.deid.subjects import FileSubject, person_of
from provident.deid.verify import in_name, verify
from provident.kernel import InvalidInput


T = TypeVar("T")
R = TypeVar("R")

CHUNK = 64  # files of one person that a worker takes at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What a worker needs."""

    profile: Profile
    key: SiteKey = field(repr=False)
    places: Places
    outlet: Outlet | None = None

    @property
    def out(self) -> Outlet:
        """Where what may leave is written: the folder of `places`, unless another outlet is named."""
        return self.outlet or self.places


@dataclass(frozen=True, slots=True)
class Seen:
    """What the first look at a file found; a reason when it is no instance."""

    source: Readable
    person: FileSubject | None = None
    identifiers: Identifiers = field(default_factory=Identifiers)
    reason: str | None = None


def run(
    path: Path | Sequence[Readable],
    *,
    job: Job,
    crosswalk: CrosswalkFile,
    enrol: bool,
    workers: int = 1,
    progress: Callable[[int, int], None] = lambda done, of: None,
    enrolled: Callable[[], None] = lambda: None,
) -> list[Outcome]:
    """De-identify all files of a folder, archive or file (or those listed), in their order.

    `enrol` gives people who are not in the crosswalk the next number; else their files wait with
    the reason `not_in_crosswalk`. `enrolled` is called when all have theirs, before any file is
    written: save the crosswalk then, so that a stopped run goes on with the same numbers.
    `progress` is told how many of how many files are done.

    Raises:
        InvalidInput: the input is not there, or the output lies inside it.
    """
    if isinstance(path, Path):
        _refuse_nesting(path, job.places.out)
        found: list[Readable] = list(sources(path))
    else:
        found = list(path)
    journal = Journal(job.places, job.profile.hash, job.out)
    done = {o.name: o for s in found if (o := journal.known(s)) is not None}
    left = [s for s in found if s.name not in done]
    total = len(found)
    progress(len(done), total)
    with _Pool(workers) as pool:
        seen = list(pool.map(look, left))
        tasks = list(_tasks(seen, job, crosswalk, enrol))
        enrolled()
        for outcomes in pool.map(partial(work, job), tasks):
            for source, outcome in outcomes:
                journal.add(source, outcome)
                done[outcome.name] = outcome
            progress(len(done), total)
    journal.close()
    return [done[s.name] for s in found]


def look(source: Readable) -> Seen:
    """The first look at one file: whose it is, and what identifies them."""
    try:
        instance = read_instance(source.read())
        told = gather_from(instance).without_uids()
    except (Unreadable, Damaged) as error:
        return Seen(source, reason=error.reason)
    except RecursionError:
        return Seen(source, reason="damaged")
    return Seen(source, person_of(instance), told)


@dataclass(frozen=True, slots=True)
class Task:
    """Files of one subject, or files that can only wait."""

    sources: tuple[Readable, ...]
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


def _chunks(found: list[Readable]) -> Iterator[tuple[Readable, ...]]:
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


def work(job: Job, task: Task) -> list[tuple[Readable, Outcome]]:
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


def _one(source: Readable, job: Job, subject: Subject) -> Outcome:
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
    job.out.put(released, result.data)
    return Outcome(
        source.name,
        released,
        was=job.key.mac("original", hashlib.sha256(data).hexdigest()).hex(),
        sha256=hashlib.sha256(result.data).hexdigest(),
        removed=result.report.gone,
    )


def _quarantined(
    source: Readable, job: Job, reason: str, data: bytes | None = None
) -> str:
    """Copy the original to quarantine; what cannot even be read leaves an empty file of its name."""
    if data is None:
        try:
            data = source.read()
        except Unreadable:
            data = b""
    written(job.places.quarantine / safe_path(source.name), data, private=True)
    return reason


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


class _Pool:
    """Maps in order: in this process, or in worker processes."""

    def __init__(self, workers: int) -> None:
        # Fresh processes: a fork of one whose libraries run threads (a bucket's client, a reader
        # of text) can hang for ever.
        fresh = get_context("spawn")
        self._pool = (
            ProcessPoolExecutor(workers, mp_context=fresh) if workers > 1 else None
        )

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
