"""The first look at all files of a run: whose each is, and whether its series must wait."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from provident.deid.codebook import CrosswalkFile
from provident.deid.elements import Damaged
from provident.deid.engine import gather_from
from provident.deid.identifiers import Identifiers
from provident.deid.identity import SiteKey
from provident.deid.image import INSTANCE_NUMBER, Look, how_looked_at, is_of_body_part
from provident.deid.instance import Instance, NotApart, read_instance
from provident.deid.looking import Member, look_for_series
from provident.deid.passing import Taken
from provident.deid.profile import Profile
from provident.deid.sources import Readable, Unreadable
from provident.deid.subjects import FileSubject, person_of
from provident.deid.whose import (
    Ambiguous,
    Entry,
    Together,
    issuers_of,
    patient_key,
    who_of,
    whose,
)


@dataclass(frozen=True, slots=True)
class Seen:
    """What the first look at a file found; a reason when it is no instance. `face`: one must be removed from its exam."""

    source: Readable
    person: FileSubject | None = None
    identifiers: Identifiers = field(default_factory=Identifiers)
    reason: str | None = None
    face: bool = False
    of_series: Member[str] | None = None  # of which some images are looked at for all


def look(
    source: Readable,
    faces: frozenset[str] = frozenset(),
    each: frozenset[str] = frozenset(),
    once: frozenset[str] = frozenset(),
) -> Seen:
    """The first look at one file: whose it is, what identifies them, and whether it shows a body part with a face.

    `each` and `once` are the kinds of images whose pixels are looked at one by one and by series.
    """
    try:
        with Taken(source) as file:
            instance = _split(file)
        told = gather_from(instance).without_uids()
    except (Unreadable, Damaged) as error:
        return Seen(source, reason=error.reason)
    except RecursionError:
        return Seen(source, reason="damaged")
    face = bool(faces) and is_of_body_part(instance, faces)
    person = person_of(instance)
    number = instance.text(INSTANCE_NUMBER)
    by_series = once and how_looked_at(instance, each, once) is Look.ONCE
    series = (
        Member(source.name, person.series_uid, number, person.sop_uid)
        if by_series
        else None
    )
    return Seen(source, person, told, face=face, of_series=series)


def looked_at(profile: Profile, source: Readable) -> str | None:
    """Why the series must wait for which this file stands, or None."""
    try:
        with Taken(source, whole=True) as file:
            return look_for_series(file.data, profile)
    except Unreadable:
        return "pixels_unreadable"


def _split(file: Taken) -> Instance:
    try:
        return read_instance(file.data, file.beyond)
    except NotApart:
        file.make_whole()
        return read_instance(file.data)


def people_of(
    seen: Iterable[Seen],
    profile: Profile,
    key: SiteKey,
    crosswalk: CrosswalkFile,
    enrol: bool,
) -> Iterator[tuple[Entry | str, list[Seen]]]:
    """The files of each participant; of people who have no number or may be several, the reason why they wait."""
    groups: dict[FileSubject, list[Seen]] = {}
    for one in seen:
        if one.person is not None:
            groups.setdefault(who_of(one.person), []).append(one)
    issuers = issuers_of(groups)
    found: dict[str, tuple[Entry | str, list[Seen]]] = {}
    # Who comes with an issuer is known before a bare number asks whose it may be.
    for who in sorted(groups, key=lambda w: not w.issuer and patient_key(w) in issuers):
        entry = _entry_of(who, issuers, profile, key, crosswalk, enrol)
        told = entry if isinstance(entry, str) else entry.participant
        found.setdefault(told, (entry, []))[1].extend(groups[who])
    yield from found.values()


def _entry_of(
    who: FileSubject,
    issuers: Together,
    profile: Profile,
    key: SiteKey,
    crosswalk: CrosswalkFile,
    enrol: bool,
) -> Entry | str:
    try:
        entry = whose(crosswalk, who, issuers)
    except Ambiguous:
        return "identity_ambiguous"
    if entry is None:
        if not enrol:
            return "not_in_crosswalk"
        return crosswalk.enrol(who, key, profile)
    if enrol:
        crosswalk.learn(entry, who)
    return entry
