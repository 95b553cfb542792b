"""Originals and outputs side by side, whoever made the outputs: what was mixed up, cut off or lost on the way.

Problems are what makes an output wrong: UIDs that are not one to one, references that no longer resolve,
intervals that are not kept, pixels that differ without being painted on, people mixed up, a missing word of
method. Losses are values that no rule of the standard's table removes and that are gone or changed all the same.
Neither says a value or a name of the input.
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset

from provident.deid.alike import (
    NUMBERS,
    REFERENCE,
    both,
    moved,
    same,
    same_decoded,
    says_painted,
    should_stay,
    shown,
    values,
)
from provident.deid.codebook import CrosswalkFile
from provident.deid.identity import WELL_KNOWN, SiteKey, hidden_uid
from provident.deid.pairing import Index, dataset_of, person_in, pixels_of
from provident.deid.profile import BASIC
from provident.deid.rules import BIRTH_DATE
from provident.deid.sources import Readable
from provident.deid.subjects import FileSubject
from provident.deid.vrs import names_a_definition
from provident.deid.whose import Entry, patient_key


PROBLEMS = {
    "uid_kept": "A UID is as it was in the original.",
    "uid_split": "One UID became several: images of one exam or series came apart.",
    "uid_merged": "Several UIDs became one: what was apart is mixed up.",
    "other_key": "The UIDs were not made with this key.",
    "reference_broken": "A reference that led to an image of the input leads nowhere in the output.",
    "interval": "Dates of one person were moved by different numbers of days.",
    "date_shift": "Dates were not moved by the days that the crosswalk says.",
    "person_split": "One person became several.",
    "person_merged": "Several persons became one.",
    "participant": "The participant's number is not the one of the crosswalk.",
    "pixels": "Pixels differ from the original, and the file does not say that they were cleaned.",
    "pixels_gone": "The original has pixels, the output has none.",
    "no_method": "It does not say how it was de-identified: (0012,0063), or (0012,0064) with the code 113100.",
    "burned_in": "It says that text is burned into its pixels: (0028,0301).",
}
"""What can be wrong, by public code, in words."""
_DAY = 0x00080020  # Study Date


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with an output file, or with all of them (`file` empty)."""

    file: str
    kind: str
    where: str = ""

    def as_json(self) -> dict[str, str]:
        """As the command line writes it."""
        return {"file": self.file, "kind": self.kind, "where": self.where}


@dataclass(slots=True)
class Comparison:
    """What a comparison came to. `losses` count files by attribute and by `gone` or `changed`."""

    pairs: int = 0
    originals: int = 0
    without_output: int = 0
    painted: int = 0
    problems: list[Problem] = field(default_factory=list)
    losses: Counter[tuple[str, str]] = field(default_factory=Counter)
    values: int = 0

    def as_json(self) -> dict[str, object]:
        """As the command line writes it."""
        losses = [{"attribute": name, "kind": kind, "files": n} for (name, kind), n in self.losses.most_common()]  # fmt: skip
        return {
            "originals": self.originals,
            "compared": self.pairs,
            "without_output": self.without_output,
            "painted": self.painted,
            "values_compared": self.values,
            "losses": losses,
        }


def marks(ds: Dataset) -> Iterator[str]:
    """What a file fails to say of its own de-identification (PS3.15 E.1.1), by code."""
    codes = {str(i.get("CodeValue")) for i in ds.get("DeidentificationMethodCodeSequence") or ()}  # fmt: skip
    if (not ds.get("DeidentificationMethod") and not codes) or (
        codes and str(BASIC) not in codes
    ):
        yield "no_method"
    if ds.get("BurnedInAnnotation") == "YES":
        yield "burned_in"


def marks_of(found: Iterable[Readable]) -> Iterator[Problem]:
    """The same of all files; what is no DICOM is told by verification already."""
    for source in found:
        ds = dataset_of(source)
        if ds is not None and "DirectoryRecordSequence" not in ds:
            yield from (Problem(source.name, kind) for kind in marks(ds))


def compare(
    originals: Iterable[Readable],
    outputs: Iterable[Readable],
    *,
    key: SiteKey | None = None,
    people: CrosswalkFile | None = None,
) -> Comparison:
    """Hold each output against its original.

    An original's output is the one with its UID under the key, else the one with the same pixels,
    else the one of the same name. What waits in quarantine has none, and is counted.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        index = Index(outputs)
        found = _Found(key)
        for source in originals:
            before = dataset_of(source, pixels=True)
            if before is None or "DirectoryRecordSequence" in before:
                continue
            person = person_in(source)
            entry = people.entry_of(person) if people and person else None
            partner = index.partner(source, before, key, entry.participant if entry else "")  # fmt: skip
            found.pair(before, partner, person, entry)
        return found.finished()


def _name_of(who: FileSubject) -> str:
    return f"{who.issuer} {patient_key(who)}"


class _Found:
    """What is gathered over all pairs."""

    def __init__(self, key: SiteKey | None) -> None:
        self._key = key
        self._told = Comparison()
        self._uids: dict[str, dict[str, str]] = {}  # original: {new: file}
        self._persons: dict[str, dict[str, str]] = {}
        self._shifts: dict[str, dict[int, str]] = {}
        self._released: dict[str, str] = {}  # SOP Instance UIDs, original: new
        self._references: list[tuple[str, str, str, str]] = []

    def pair(
        self, before: Dataset, partner: Readable | None, person: FileSubject | None, entry: Entry | None,
    ) -> None:  # fmt: skip
        """Hold an original against its output."""
        told = self._told
        told.originals += 1
        after = dataset_of(partner, pixels=True) if partner else None
        if partner is None or after is None:
            told.without_output += 1
            return
        told.pairs += 1
        name = partner.name
        self._released[str(before.get("SOPInstanceUID", ""))] = str(after.get("SOPInstanceUID", ""))  # fmt: skip
        if person is not None:
            self._person(person, entry, before, after, name)
        days: set[int] = set()
        for path, old, new in both(before, after):
            self._element(path, old, new, name, days)
        if len(days) > 1:
            self._problem(name, "interval")
        self._pixels(before, after, name)
        told.problems += [Problem(name, kind) for kind in marks(after)]

    def _problem(self, file: str, kind: str, where: str = "") -> None:
        self._told.problems.append(Problem(file, kind, where))

    def _element(
        self, path: str, old: DataElement, new: DataElement | None, name: str, days: set[int],
    ) -> None:  # fmt: skip
        if old.VR == "UI" and not names_a_definition(int(old.tag)):
            self._uid(path, old, new, name)
        elif old.VR == "DA" and new is not None and int(old.tag) != BIRTH_DATE:
            found = map(moved, values(old), values(new))
            days.update(d for d in found if d is not None)
        elif old.VR in NUMBERS and should_stay(old):
            self._told.values += 1
            if new is None or new.VM == 0:
                self._told.losses[shown(old), "gone"] += 1
            elif not same(old, new):
                self._told.losses[shown(old), "changed"] += 1

    def _uid(
        self, path: str, old: DataElement, new: DataElement | None, name: str
    ) -> None:
        for at, uid in enumerate(values(old)):
            if not uid or uid.startswith(WELL_KNOWN):
                continue
            told = values(new) if new is not None else []
            if int(old.tag) == REFERENCE:
                became = told[at] if at < len(told) else ""
                self._references.append((uid, became, name, path))
            if at < len(told) and told[at]:
                self._uids.setdefault(uid, {}).setdefault(told[at], name)
                if told[at] == uid:
                    self._problem(name, "uid_kept", path)

    def _person(
        self, who: FileSubject, entry: Entry | None, before: Dataset, after: Dataset, name: str,
    ) -> None:  # fmt: skip
        number = str(after.get("PatientID", ""))
        self._persons.setdefault(_name_of(who), {}).setdefault(number, name)
        if entry is not None and entry.participant != number:
            self._problem(name, "participant", "(0010,0020)")
        if _DAY not in before or _DAY not in after:
            return
        days = moved(before[_DAY].value, after[_DAY].value)
        if days is None:
            return
        self._shifts.setdefault(_name_of(who), {}).setdefault(days, name)
        if entry is not None and entry.date_shift_days not in (None, days):
            self._problem(name, "date_shift", "(0008,0020)")

    def _pixels(self, before: Dataset, after: Dataset, name: str) -> None:
        old, new = pixels_of(before), pixels_of(after)
        if not old or old == new:
            return
        if not new:
            self._problem(name, "pixels_gone")
        elif same_decoded(before, after):
            return
        elif says_painted(after):
            self._told.painted += 1
        else:
            self._problem(name, "pixels")

    def finished(self) -> Comparison:
        """What only all pairs together can show."""
        self._bijection()
        for uid, new, name, path in self._references:
            # What it leads to may wait in quarantine: then there is nothing that it could resolve to.
            if uid in self._released and new != self._released[uid]:
                self._problem(name, "reference_broken", path)
        for told in self._shifts.values():
            if len(told) > 1:
                self._problem(sorted(told.values())[-1], "interval")
        self._told.problems = list(dict.fromkeys(self._told.problems))
        return self._told

    def _bijection(self) -> None:
        for kinds, told in (
            (("uid_split", "uid_merged"), self._uids),
            (("person_split", "person_merged"), self._persons),
        ):
            backwards: dict[str, int] = {}
            for new in told.values():
                if len(new) > 1:
                    self._problem(sorted(new.values())[-1], kinds[0])
                for value in new:
                    backwards[value] = backwards.get(value, 0) + 1
            for new in told.values():
                for value, name in new.items():
                    if backwards[value] > 1:
                        self._problem(name, kinds[1])
        self._by_the_key()

    def _by_the_key(self) -> None:
        if self._key is None:
            return
        for uid, new in self._uids.items():
            for value, name in new.items():
                if value != hidden_uid(self._key, uid):
                    self._problem(name, "other_key")
