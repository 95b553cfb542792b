"""De-identify a folder or an archive: every file ends in the output or in quarantine, and is counted.

First each person is found and what identifies them is gathered over all their files; then files are
de-identified, verified and written, in worker processes if asked. A journal beside the output lets a
stopped run go on. What identifies people (key, crosswalk, journal, quarantine) lies beside the output.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

from provident.deid.archives import expanded, in_folder, refuse_clashes
from provident.deid.codebook import CrosswalkFile
from provident.deid.directory import file_id
from provident.deid.earlier import made_by
from provident.deid.engine import workbench
from provident.deid.exam_faces import CLEARED, keep, without_faces
from provident.deid.first_look import Seen, look, looked_at, people_of
from provident.deid.identifiers import Identifiers
from provident.deid.identity import SiteKey, Subject, date_shift
from provident.deid.image import (
    looks_of,
)
from provident.deid.instance import NotApart, read_instance
from provident.deid.looking import (
    SERIES_LOOKED_AT,
    standing_for,
)
from provident.deid.outcomes import Journal, Outcome, Outlet, Places, written
from provident.deid.passing import Hashed, Taken
from provident.deid.paths import released_path
from provident.deid.profile import Profile
from provident.deid.report import Deidentified, DeidReport
from provident.deid.run_guard import end_with_parent
from provident.deid.sources import Readable, Unreadable, safe_path, sources
from provident.deid.verify import in_name, verify
from provident.deid.whose import (
    Entry,
)
from provident.kernel import InvalidInput


T = TypeVar("T")
R = TypeVar("R")

STUDY_UID = 0x0020000D
_SERIES = frozenset({SERIES_LOOKED_AT})
CHUNK = 64  # files of one person that a worker takes at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What a worker needs."""

    profile: Profile
    key: SiteKey = field(repr=False)
    places: Places
    outlet: Outlet | None = None
    file_ids: bool = False  # outputs are named so that a DICOMDIR can list them

    @property
    def made_by(self) -> str:
        """What the journal tells this run by."""
        return made_by(self.profile, self.key, file_ids=self.file_ids)

    @property
    def out(self) -> Outlet:
        """Where what may leave is written: the folder of `places`, unless another outlet is named."""
        return self.outlet or self.places


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
        refuse_nesting(path, job.places.out)
        found: list[Readable] = list(expanded(sources(path), in_folder))
    else:
        found = list(path)
    refuse_clashes(found)
    journal = Journal(job.places, job.made_by, job.out)
    done = {o.name: o for s in found if (o := journal.known(s)) is not None}
    left = [s for s in found if s.name not in done]
    total = len(found)
    progress(len(done), total)
    each, once = looks_of(job.profile)
    # Which images stand for a series depends on all of them, those done before too.
    again = found if once and left else left
    with _Pool(workers) as pool:
        first = partial(look, faces=job.profile.faces, each=each, once=once)
        every = list(pool.map(first, again))
        waiting = _series_that_wait(every, job.profile, pool)
        seen = [s for s in every if s.source.name not in done]
        tasks = list(_tasks(seen, job, crosswalk, enrol, waiting))
        enrolled()
        for outcomes in pool.map(partial(work, job), tasks):
            for source, outcome in outcomes:
                journal.add(source, outcome)
                done[outcome.name] = outcome
            progress(len(done), total)
    journal.close()
    return [done[s.name] for s in found]


def _series_that_wait(
    seen: Iterable[Seen], profile: Profile, pool: _Pool
) -> dict[str, str]:
    """By series, why all of it waits: an image that stands for it shows text, or cannot be looked at."""
    members = {s.source.name: s for s in seen if s.of_series}
    stand = standing_for(s.of_series for s in members.values() if s.of_series)
    those = [
        (series, members[name].source)
        for series, names in stand.items()
        for name in sorted(names)
    ]
    found = pool.map(partial(looked_at, profile), [source for _, source in those])
    reasons: dict[str, str] = {}
    for (series, _), reason in zip(those, found, strict=True):
        if reason is not None:
            reasons.setdefault(series, reason)
    return reasons


@dataclass(frozen=True, slots=True)
class Task:
    """Files of one subject, or files that can only wait."""

    sources: tuple[Readable, ...]
    subject: Subject | None = None
    reason: str | None = None
    faces: bool = False  # they are one exam, from which faces are removed


def _tasks(
    seen: Iterable[Seen],
    job: Job,
    crosswalk: CrosswalkFile,
    enrol: bool,
    waiting: Mapping[str, str],
) -> Iterator[Task]:
    for one in seen:
        if one.person is None:
            yield Task((one.source,), reason=one.reason)
    for entry, theirs in people_of(seen, job.profile, job.key, crosswalk, enrol):
        if isinstance(entry, str):
            yield from (Task((s.source,), reason=entry) for s in theirs)
            continue
        rest = []
        for one in theirs:
            series = one.of_series.series if one.of_series else ""
            if series in waiting:
                yield Task((one.source,), reason=waiting[series])
            else:
                rest.append(one)
        for chunk, faces in _parts(rest):
            yield Task(chunk, _subject(entry, theirs, job), faces=faces)


def _parts(theirs: list[Seen]) -> Iterator[tuple[tuple[Readable, ...], bool]]:
    """A person's files in pieces: exams whose faces must be removed whole, the rest in chunks."""
    exams: dict[str, list[Readable]] = {
        s.person.study_uid: [] for s in theirs if s.face and s.person
    }
    rest: list[Readable] = []
    for one in theirs:
        study = one.person.study_uid if one.person else ""
        exams.get(study, rest).append(one.source)
    for chunk in _chunks(rest):
        yield chunk, False
    for whole in exams.values():
        yield tuple(whole), True


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
    if task.faces:
        return list(_exam(task.sources, job, task.subject))
    return [(s, _one(s, job, task.subject)) for s in task.sources]


def _exam(
    found: Sequence[Readable], job: Job, subject: Subject
) -> Iterator[tuple[Readable, Outcome]]:
    """The files of one exam, whose faces are removed when all headers are clean and before anything is verified."""
    done, told = without_faces([_headers(s, job, subject) for s in found], job.profile)
    studies = [read_instance(d).text(STUDY_UID) for d in told.files[:1]]
    for study in studies:
        keep(told, job.places.faces, study)
    for source, result in zip(found, done, strict=True):
        yield source, _finished(source, job, subject, result)


def _headers(source: Readable, job: Job, subject: Subject) -> Deidentified:
    bench = workbench(job.profile, job.key, subject)
    try:
        with Taken(source, whole=True) as file:
            return bench.deidentify(file.data, CLEARED | _SERIES)
    except Unreadable as error:
        told = DeidReport(
            profile=job.profile.id,
            profile_version=job.profile.version,
            profile_hash=job.profile.hash,
        )
        return Deidentified(None, told, error.reason)


def _finished(
    source: Readable, job: Job, subject: Subject, result: Deidentified
) -> Outcome:
    try:
        with Taken(source, whole=True) as file:
            return _released(file, source, job, subject, result)
    except Unreadable as error:
        return Outcome(source.name, None, _quarantined(source, job, error.reason))


def _one(source: Readable, job: Job, subject: Subject) -> Outcome:
    # What goes elsewhere than to this disk goes whole.
    whole = not isinstance(job.out, Places)
    try:
        with Taken(source, whole=whole) as file:
            return _through(file, source, job, subject)
    except Unreadable as error:
        return Outcome(source.name, None, _quarantined(source, job, error.reason))


def _through(file: Taken, source: Readable, job: Job, subject: Subject) -> Outcome:
    return _released(file, source, job, subject, _deidentified(file, job, subject))


def _released(
    file: Taken, source: Readable, job: Job, subject: Subject, result: Deidentified
) -> Outcome:
    """What was made of a file, verified and written; or its original in quarantine."""
    original = None if file.beyond else file.data
    if result.data is None:
        reason = result.reason or "held"
        return Outcome(source.name, None, _quarantined(source, job, reason, original))
    identifiers = result.identifiers
    released = released_path(source.name, identifiers, job.key)
    released = file_id(released) if job.file_ids else released
    leaks = verify(
        result.data,
        identifiers=identifiers,
        profile=job.profile,
        subject=subject,
        beyond=result.beyond,
        pixels=result.pixels,
    )
    if leaks or in_name(released, identifiers):
        return Outcome(
            source.name, None, _quarantined(source, job, "identifier_left", original)
        )
    pieces = Hashed(result.data, file, result.pixels)
    _put(job.out, released, pieces)
    return Outcome(
        source.name,
        released,
        was=job.key.mac("original", pieces.original).hex(),
        sha256=pieces.out,
        removed=result.report.gone,
    )


def _deidentified(file: Taken, job: Job, subject: Subject) -> Deidentified:
    bench = workbench(job.profile, job.key, subject)
    try:
        return bench.deidentify(file.data, _SERIES, beyond=file.beyond, apart=True)
    except NotApart:
        file.make_whole()
        return bench.deidentify(file.data, _SERIES, apart=True)


def _put(out: Outlet, name: str, pieces: Hashed) -> None:
    if isinstance(out, Places):
        out.put_pieces(name, pieces)
    else:
        out.put(name, b"".join(pieces))


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


def refuse_nesting(path: Path, out: Path) -> None:
    """The output may not lie in the input, nor the other way round.

    Raises:
        InvalidInput: it does, or it is a file.
    """
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
            ProcessPoolExecutor(workers, mp_context=fresh, initializer=end_with_parent)
            if workers > 1
            else None
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
