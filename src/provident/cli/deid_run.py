"""One run of `provident deid`: from what was named on the command line to files, reports and a signed manifest."""

from __future__ import annotations

import errno
import hashlib
import os
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from provident.deid.archives import expanded, in_folder
from provident.deid.audit import FileLeak, directory_leaks
from provident.deid.batch import Job, refuse_nesting, run
from provident.deid.codebook import CrosswalkFile
from provident.deid.directory import NAME, directory_of
from provident.deid.earlier import Earlier, refuse_other
from provident.deid.outcomes import Outcome, Outlet, Places
from provident.deid.outlets import FolderOutlet, Store, ZipOutlet
from provident.deid.run_guard import alone
from provident.deid.sources import Readable, sources
from provident.kernel import InvalidInput


_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@dataclass(frozen=True, slots=True)
class Destination:
    """OUT as it was named: where files go, and where what stays at the site goes beside it."""

    named: str
    places: Places
    store: Store

    @property
    def outlet(self) -> Outlet | None:
        """What the run writes to, where that is not simply the folder of `places`."""
        return None if isinstance(self.store, FolderOutlet) else self.store

    @classmethod
    def of(cls, out: str) -> Destination:
        """A folder, an archive (`OUT.zip`), or a bucket's prefix."""
        from provident.adapters.deid_files import RemoteOutlet, is_remote, last_part

        if is_remote(out):
            beside = Places.beside(Path(os.path.abspath(last_part(out))))
            return cls(out, beside, RemoteOutlet(out))
        path = Path(os.path.abspath(out))
        if path.suffix.lower() == ".zip" and not path.is_dir():
            return cls(out, Places.beside(path.with_suffix("")), ZipOutlet(path))
        return cls(out, Places.beside(path), FolderOutlet(path))


@dataclass(frozen=True, slots=True)
class Done:
    """What a run came to.

    `made` are files without an original, by name and SHA-256; `left` what an earlier run made of
    originals that are not in the input any more.
    """

    outcomes: list[Outcome]
    made: dict[str, str]
    left: list[Outcome]
    leaks: list[FileLeak]
    seconds: float


def listed(source: str, destination: Destination) -> list[Readable]:
    """All files of IN, those in archives too.

    Raises:
        InvalidInput: IN is not there, cannot be listed whole, or IN and OUT lie in each other.
    """
    from provident.adapters.deid_files import (
        in_bucket,
        is_remote,
        remote_sources,
    )  # fmt: skip
    from provident.adapters.deid_files import (
        refuse_nesting as refuse_remote_nesting,
    )

    if is_remote(source):
        refuse_remote_nesting(source, destination.named)
        return list(expanded(remote_sources(source), in_bucket))
    if is_remote(destination.named):
        return list(expanded(sources(Path(source)), in_folder))
    if isinstance(destination.store, FolderOutlet):
        refuse_nesting(Path(source), destination.store.folder)
    else:
        _refuse_own_archive(Path(source), Path(os.path.abspath(destination.named)))
    return list(expanded(sources(Path(source)), in_folder))


def _refuse_own_archive(source: Path, archive: Path) -> None:
    inside = source.is_dir() and source.resolve() in archive.resolve().parents
    if inside or source.resolve() == archive.resolve():
        raise InvalidInput(
            f"{archive}: the output lies inside the input. Choose a place outside {source}."
        )


def carry_out(
    found: list[Readable],
    *,
    job: Job,
    destination: Destination,
    people: CrosswalkFile,
    save: Callable[[], None] | None,
    anew: bool = False,
    workers: int = 1,
    progress: Callable[[int, int], None],
) -> Done:
    """De-identify what was found; OUT holds then what this run stands for, and nothing else of ours.

    `save` keeps the crosswalk when all have their numbers; None where it is not to be changed.

    Raises:
        Refused: OUT holds something else, or another run is at work there.
        InvalidInput: the disk is full, a place cannot be written, or a worker died.
    """
    begun = time.monotonic()
    store = destination.store
    with alone(job.places.journal):
        earlier = Earlier.read(job.places.journal)
        if anew and earlier is not None:
            _clear(earlier, store, job.places)
            earlier = None
        else:
            refuse_other(earlier, job.made_by, destination.named, lambda: _is_empty(store))  # fmt: skip
        outcomes = run(
            found,
            job=job,
            crosswalk=people,
            enrol=save is not None,
            workers=workers,
            progress=progress,
            # Before the first file is written: a stopped run goes on with the same numbers.
            enrolled=save or (lambda: None),
        )
        left = _tidied(earlier, outcomes, store)
        made, leaks = _directory(job, outcomes, left, people, store)
        store.finish()
    seconds = round(time.monotonic() - begun, 3)
    return Done(outcomes, made, left, leaks, seconds)


def _is_empty(store: Store) -> bool:
    return next(iter(store.names()), None) is None


def _clear(earlier: Earlier, store: Store, places: Places) -> None:
    """Take away what the earlier run made, and its journal's lines."""
    for told in earlier.outcomes:
        if told.out is not None:
            store.remove(told.out)
    store.remove(NAME)
    os.truncate(places.journal, 0)


def _tidied(
    earlier: Earlier | None, outcomes: list[Outcome], store: Store
) -> list[Outcome]:
    """Outputs of originals that have gone, and stay; what an original no longer comes out as is taken away."""
    if earlier is None:
        return []
    for name in earlier.stale(outcomes):
        store.remove(name)
    return [o for o in earlier.left(outcomes) if o.out and store.has(o.out)]


def _directory(
    job: Job,
    outcomes: Iterable[Outcome],
    left: list[Outcome],
    people: CrosswalkFile,
    store: Store,
) -> tuple[dict[str, str], list[FileLeak]]:
    """Write the new DICOMDIR where one is wanted, unless something is found in it that must not be there."""
    names = [o.out for o in (*outcomes, *left) if o.out is not None]
    if not job.file_ids or not names:
        return {}, []
    if len(set(names)) != len(names):
        raise InvalidInput(
            "Two files came to have the same file id, which happens once in a million folders. Rename a folder of "
            "the input and run the command again."
        )
    data = directory_of(names, store.open)
    known = people.identifiers()
    leaks = directory_leaks(data, known, job.profile, people.participants())
    if leaks:
        return {}, [FileLeak(NAME, leak.where, leak.kind) for leak in leaks]
    store.put(NAME, data)
    return {NAME: hashlib.sha256(data).hexdigest()}, []


@contextmanager
def in_words() -> Iterator[None]:
    """What can happen to a machine during a run, in words; the same command goes on later."""
    try:
        yield
    except BrokenProcessPool:
        raise InvalidInput(
            "A worker process ended, most often because memory ran out. Run the same command again with fewer "
            "--workers: it goes on where it stopped."
        ) from None
    except OSError as error:
        where = error.filename or "A file"
        what = "there is no room left" if error.errno in _NO_ROOM else f"this failed ({error.strerror})"  # fmt: skip
        raise InvalidInput(
            f"{where}: {what}. Nothing that was finished is lost: put it right and run the same command again, it "
            "goes on where it stopped."
        ) from None
