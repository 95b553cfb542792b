"""Whose a file is, by a crosswalk: a number belongs to whoever issued it, and nobody is guessed.

PS3.3 C.2.2.2 gives a Patient ID a meaning within its issuer alone. So:

- two issuers are two people, however alike their numbers are;
- a number without an issuer is that of the one issuer of whom the crosswalk has it, if there is one, and an entry
  without an issuer is that of the one issuer of whom a file comes; where name and birth date contradict, or several
  issuers compete for it, a person must say;
- other numbers of a file (0010,1002) count with their issuers only, where its own number is not known, and where
  name and birth date agree: systems fill them with numbers that stand for many.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from provident.deid.identifiers import fold
from provident.deid.subjects import FileSubject, is_universal


@dataclass(frozen=True, slots=True)
class Entry:
    """One hospital number and the participant it belongs to."""

    issuer: str
    patient_id: str = field(repr=False)
    participant: str = ""
    name: str = field(default="", repr=False)
    birth_date: str = field(default="", repr=False)
    date_shift_days: int | None = None


class Ambiguous(Exception):
    """Several people come into question; a person must say who it is."""


class Book(Protocol):
    """Where entries are looked up."""

    def of_number(self, patient_id: str) -> list[Entry]:
        """The entries of a number, whoever issued it."""
        ...


Together = Mapping[str, frozenset[str]]  # by number, the issuers of whom files come


def patient_key(person: FileSubject) -> str:
    """What stands for a person in the crosswalk: the number, else the name, else the exam."""
    if person.patient_id:
        return person.patient_id
    return f"name:{person.name}" if person.name else f"exam:{person.study_uid}"


def whose(
    book: Book, person: FileSubject, together: Together | None = None
) -> Entry | None:
    """The entry of a file's person, or None where the crosswalk has none.

    `together` are the issuers of all files that are looked at in one run, so that the answer depends on no order.

    Raises:
        Ambiguous: several come into question, or what the file says contradicts the entry.
    """
    own = _own(book, person, together or {})
    found = own or _by_other_numbers(book, person)
    if len({e.participant for e in found}) > 1:
        raise Ambiguous
    if not found:
        return None
    if own and not _is_exact(book, person, own) and _contradicts(found[0], person):
        raise Ambiguous
    return found[0]


def who_of(person: FileSubject) -> FileSubject:
    """What of a file tells whose it is, and nothing of its exam: equal for files of one person."""
    key = patient_key(person)
    return replace(
        person, study_uid="" if key != f"exam:{person.study_uid}" else person.study_uid, series_uid="", sop_uid="",
        modality="", study_date="", sex="", trial_subject="", trial_timepoint="",
    )  # fmt: skip


def issuers_of(people: Iterable[FileSubject]) -> Together:
    """By number, whoever issued it to people."""
    found: dict[str, frozenset[str]] = {}
    for person in people:
        if person.issuers:
            key = patient_key(person)
            found[key] = found.get(key, frozenset()) | set(person.issuers)
    return found


def _by_other_numbers(book: Book, person: FileSubject) -> list[Entry]:
    return [
        e
        for issuer, number in person.others
        for e in book.of_number(number)
        if e.issuer == issuer and _agrees(e, person)
    ]


def _is_exact(book: Book, person: FileSubject, own: Iterable[Entry]) -> bool:
    """Whether number and issuer stand in the crosswalk as the file has them, so that a name proves nothing.

    Without an issuer that holds while all entries of the number are of one participant.
    """
    if person.issuer:
        return any(e.issuer in person.issuers for e in own)
    told = {e.participant for e in book.of_number(patient_key(person))}
    return len(told) == 1 and any(not e.issuer for e in own)


def numbers_of(person: FileSubject) -> Iterator[tuple[str, str]]:
    """The numbers of a person with whoever gave them: what the crosswalk learns of a file."""
    key = patient_key(person)
    yield from ((issuer, key) for issuer in person.issuers or ("",))
    yield from person.others


def _own(book: Book, person: FileSubject, together: Together) -> list[Entry]:
    key = patient_key(person)
    known = book.of_number(key)
    if not person.issuer:
        return _without_issuer(known, together.get(key, frozenset()))
    exact = [e for e in known if e.issuer and e.issuer in person.issuers]
    if exact:
        _refuse_another_universal(exact, known, person)
        return exact
    bare = [e for e in known if not e.issuer]
    others = {e.issuer: e.participant for e in known if e.issuer}
    if bare and bare[0].participant in others.values():
        return []  # it is that issuer's, so this one's is somebody else
    rivals = (together.get(key, frozenset()) | set(others)) - set(person.issuers)
    if bare and rivals:
        raise Ambiguous
    return bare


def _without_issuer(known: list[Entry], here: frozenset[str]) -> list[Entry]:
    bare = [e for e in known if not e.issuer]
    if bare:
        return bare
    if known and here - {e.issuer for e in known}:
        raise Ambiguous
    return known


def _refuse_another_universal(
    exact: Iterable[Entry], known: Iterable[Entry], person: FileSubject
) -> None:
    """Two hospitals may use one local name; their universal names tell them apart.

    Raises:
        Ambiguous: the entries were made of another universal name.
    """
    if not person.universal or any(e.issuer == person.universal for e in exact):
        return
    theirs = {e.participant for e in exact}
    if any(is_universal(e.issuer) and e.participant in theirs for e in known):
        raise Ambiguous


def _agrees(entry: Entry, person: FileSubject) -> bool:
    """Whether birth date and a part of the name are known on both sides and are the same."""
    born = entry.birth_date and entry.birth_date == person.birth_date
    return bool(born and _words_of(entry.name) & _words_of(person.name))


def _words_of(name: str) -> frozenset[str]:
    return frozenset(fold(name).replace("^", " ").split())


def _contradicts(entry: Entry, person: FileSubject) -> bool:
    """Whether name and birth date say that an entry is of somebody else. A birth date outweighs a name."""
    if entry.birth_date and person.birth_date:
        return entry.birth_date != person.birth_date
    ours, theirs = _words_of(entry.name), _words_of(person.name)
    return bool(ours and theirs) and not ours & theirs
