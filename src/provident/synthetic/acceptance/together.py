"""What only several files can show: UIDs one to one, one number a person, intervals kept, references that resolve."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Protocol

from pydicom import Dataset

from provident.synthetic.acceptance.answers import Answers
from provident.synthetic.acceptance.search import Output


Broken = tuple[str, str, str]  # kind, planted file, what


class Count(Protocol):
    """Counts one check of a kind."""

    def __call__(self, kind: str, *, right: bool) -> None: ...


def broken_in(
    found: Mapping[str, Output], answers: Answers, count: Count
) -> Iterator[Broken]:
    """All that does not fit, each with a file that shows it."""
    yield from _uids(found, answers, count)
    yield from _persons(found, answers, count)
    yield from _intervals(found, answers, count)
    yield from _references(found, answers, count)


def _uids(
    found: Mapping[str, Output], answers: Answers, count: Count
) -> Iterator[Broken]:
    became: dict[str, dict[str, str]] = {}
    for name, output in found.items():
        planted, ds = answers.files[name], output.dataset
        pairs = (
            (planted.sop, "SOPInstanceUID"), (planted.series, "SeriesInstanceUID"), (planted.study, "StudyInstanceUID"),
            (planted.frame, "FrameOfReferenceUID"),
        )  # fmt: skip
        for old, keyword in pairs:
            new = str(ds.get(keyword, "") or "")
            if old and new:
                became.setdefault(old, {}).setdefault(new, name)
    yield from _one_to_one(became, "uid one to one", "a UID", count)


def _persons(
    found: Mapping[str, Output], answers: Answers, count: Count
) -> Iterator[Broken]:
    became: dict[str, dict[str, str]] = {}
    for name, output in found.items():
        number = str(output.dataset.get("PatientID", "") or "")
        became.setdefault(answers.files[name].person, {}).setdefault(number, name)
    yield from _one_to_one(became, "one number a person", "a person", count)


def _one_to_one(
    became: Mapping[str, Mapping[str, str]], kind: str, thing: str, count: Count
) -> Iterator[Broken]:
    users: dict[str, int] = {}
    for told in became.values():
        for new in told:
            users[new] = users.get(new, 0) + 1
    for told in became.values():
        merged = any(users[new] > 1 for new in told)
        count(kind, right=len(told) == 1 and not merged)
        if len(told) > 1:
            yield kind, sorted(told.values())[-1], f"{thing} became {len(told)}"
        elif merged:
            yield kind, next(iter(told.values())), f"{thing} became the same as another"


def _intervals(
    found: Mapping[str, Output], answers: Answers, count: Count
) -> Iterator[Broken]:
    days: dict[tuple[str, int], dict[date | None, str]] = {}
    for name, output in found.items():
        planted = answers.files[name]
        told = days.setdefault((planted.person, planted.visit), {})
        told.setdefault(_day(output.dataset), name)
    for person in answers.people.values():
        first, second = (days.get((person.id, visit), {}) for visit in (0, 1))
        if not first or not second:
            continue
        one, two = next(iter(first)), next(iter(second))
        alone = len(first) == len(second) == 1
        right = alone and one is not None and two is not None and (two - one).days == person.interval  # fmt: skip
        count("interval kept", right=right)
        if not right:
            yield "interval kept", next(iter(second.values())), f"{person.interval} days between two exams"  # fmt: skip


def _day(ds: Dataset) -> date | None:
    text = str(ds.get("StudyDate", "") or "")
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        return None


def _references(
    found: Mapping[str, Output], answers: Answers, count: Count
) -> Iterator[Broken]:
    became = {answers.files[name].sop: str(o.dataset.SOPInstanceUID) for name, o in found.items()}  # fmt: skip
    for name, output in found.items():
        planted = answers.files[name]
        pointed = {str(e.value) for e in output.dataset.iterall() if e.keyword == "ReferencedSOPInstanceUID"}  # fmt: skip
        for target in planted.refers:
            if target not in became:
                continue  # what it points to waits or is lost: that is told already
            right = became[target] in pointed
            count("reference resolves", right=right)
            if not right:
                yield (
                    "reference resolves",
                    name,
                    f"{planted.kind} to an image of the exam",
                )
