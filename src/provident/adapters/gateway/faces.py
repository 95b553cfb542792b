"""Faces removed from an exam at the gateway: between its clean headers and its verification as an exam.

One pose for all series needs the whole exam, so that this comes after its files were made one by one. What the
remover sees and writes is de-identified already; the picture of before and after shows a face, is sealed, and stays.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, Protocol, TypeVar

from provident import deid
from provident.adapters.gateway.deidentifying import Exam, Ready
from provident.adapters.gateway.site import SiteGateway
from provident.adapters.gateway.spool import Arrival
from provident.kernel import Clock, NotFound


NEEDS_REMOVAL = "DEID.FACE_NEEDS_REMOVAL"
T = TypeVar("T")


class Apart(Protocol):
    """Who runs work that may end its process."""

    def apart(self, work: Callable[[], T]) -> T | None:
        """The result, or None where the process ended."""
        ...


@dataclass(frozen=True, slots=True)
class Removed:
    """What became of the files: the SHA-256 and size of each, or None where it waits; report and picture."""

    files: tuple[tuple[str, int] | None, ...]
    report: dict[str, Any]
    picture: bytes | None = field(repr=False)


def without_faces(
    gateway: SiteGateway,
    exam: Exam,
    arrivals: Sequence[Arrival],
    results: Sequence[Ready | str],
    folder: Path,
    workers: Apart,
) -> list[Ready | str]:
    """The results of an exam's files without faces where the plan asks for it; what is not verified is held."""
    found = list(results)
    ready = [(i, made) for i, made in enumerate(found) if isinstance(made, Ready)]
    if not any(made.face for _, made in ready):
        return found
    looked = [n for n, (i, _) in enumerate(ready) if arrivals[i].released == NEEDS_REMOVAL]  # fmt: skip
    names = [made.sha256 for _, made in ready]
    done = workers.apart(partial(remove, folder, names, exam.profile, looked))
    if done is None:
        return [NEEDS_REMOVAL if isinstance(made, Ready) else made for made in found]
    gateway.keep_faces(arrivals[0].exam, told(done))
    for (i, made), now in zip(ready, done.files, strict=True):
        found[i] = replace(made, sha256=now[0], size=now[1]) if now else NEEDS_REMOVAL
    return found


def remove(
    folder: Path, names: Sequence[str], profile: deid.Profile, looked: Collection[int]
) -> Removed:
    """Remove faces from an exam's files in a folder, each under its SHA-256; what waits is deleted there."""
    from provident.deid.faces import deface_exam

    before = [(folder / name).read_bytes() for name in names]
    done = deface_exam(
        before,
        removal=profile.face_removal,
        body_parts=profile.faces,
        cleared=looked,
    )
    files: list[tuple[str, int] | None] = []
    for name, data, reason in zip(names, done.files, done.held, strict=True):
        digest = hashlib.sha256(data).hexdigest()
        if reason is not None or digest != name:
            (folder / name).unlink(missing_ok=True)
        if reason is None and digest != name:
            (folder / digest).write_bytes(data)
        files.append(None if reason else (digest, len(data)))
    report = {"verdict": done.verdict} | done.report.as_json()
    return Removed(tuple(files), report, done.picture)


def told(done: Removed) -> bytes:
    """Report and picture as they are kept."""
    shown = base64.b64encode(done.picture or b"").decode()
    return json.dumps({"report": done.report, "picture": shown}).encode()


def picture_of_hold(gateway: SiteGateway, clock: Clock, hold: str, by: str) -> bytes:
    """The picture (PNG) of a held exam's head before and after, for a person of the site; recorded.

    Raises:
        NotFound: there is none.
    """
    exam = _exam_of(gateway, hold)
    gateway.ledger.record(clock, by, "hold.face_seen", hold=hold)
    kept = _told(gateway, exam)
    if not kept.get("picture"):
        raise NotFound("There is no picture of this exam's face.")
    return base64.b64decode(kept["picture"])


def words_of_hold(gateway: SiteGateway, hold: str) -> tuple[str, ...]:
    """Why a held exam's face made it wait, in words; empty where nothing was done about it."""
    exam = _exam_of(gateway, hold)
    return tuple(_told(gateway, exam).get("report", {}).get("words", {}).values())


def _exam_of(gateway: SiteGateway, hold: str) -> str:
    found = gateway.spool.holds("id = ?", hold)
    if not found:
        raise NotFound("This gateway holds nothing under that reference.")
    return found[0].exam


def _told(gateway: SiteGateway, exam: str) -> dict[str, Any]:
    kept = gateway.faces_of(exam)
    return dict(json.loads(kept)) if kept else {}
