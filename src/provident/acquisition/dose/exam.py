"""The dose of each exam from whatever came of it: reports, then headers, then dose screens."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from math import fsum

from pydicom.dataset import Dataset

from provident.acquisition.dose.assessing import assess_exam
from provident.acquisition.dose.content import text, texts
from provident.acquisition.dose.effective import reckoner
from provident.acquisition.dose.factors import BUILT_IN, FactorSet
from provident.acquisition.dose.gathered import Gathered
from provident.acquisition.dose.images import (
    event_uids,
    image_events,
    is_secondary,
    kind_of,
)
from provident.acquisition.dose.model import TOTALS, Event, ExamDose, Kind
from provident.acquisition.dose.reports import is_report, read_report
from provident.acquisition.dose.screens import Screen, is_screen, screen_of


ReadText = Callable[[Screen], list[str]]
STUDY, SOP_UID, IMAGE_TYPE = 0x0020000D, 0x00080018, 0x00080008
# Top-level elements that are needed: `dicom.Folder(path).headers(only=DOSE_TAGS)`.
DOSE_TAGS = (
    0x00080005, 0x00080008, 0x00080016, 0x00080018, 0x00080022, 0x00080023, 0x0008002A, 0x00080032, 0x00080033,
    0x00080060, 0x00080070, 0x0008103E, 0x00081090, 0x00082218, 0x00083010, 0x00101010, 0x00180015, 0x00181000,
    0x00181030, 0x0018115E, 0x00185101, 0x00189345, 0x00189346, 0x0020000D, 0x0020000E, 0x00200012, 0x00200060,
    0x00200062, 0x00400302, 0x0040030E, 0x00400316, 0x00408302, 0x0040A043, 0x0040A491, 0x0040A730, 0x00540016,
    0x52009229, 0x52009230,
    *(0x00E10000 | low for low in (*range(0x10, 0x20), *(0x21 | block << 8 for block in range(0x10, 0x20)))),
)  # fmt: skip


def exam_doses(
    headers: Iterable[tuple[str, Dataset]],
    *,
    factors: Sequence[FactorSet] = BUILT_IN,
    age_years: float | None = None,
    read_text: ReadText | None = None,
    entered: Sequence[Event] = (),
    unreadable: Callable[[], Sequence[str]] = tuple,
) -> list[ExamDose]:
    """The dose of each exam (DICOM study) in a stream of headers, in the order of their UIDs.

    Args:
        headers: the name (file or UID) and the header of each instance; one pass.
        factors: the sets of factors for effective dose, the first that fits is taken.
        age_years: the participant's age; without it, the header's, else an adult's.
        read_text: gives the lines of a dose screen; without it screens need a person.
        entered: events that a person read from a dose screen (`entered_event`).
        unreadable: asked when the headers are through: names of files that could not be read.
    """
    exams: dict[str, Gathered] = defaultdict(Gathered)
    for name, header in headers:
        _sort(name, header, exams[text(header, STUDY)])
    for event in entered:
        exams[event.study_uid].entered.append(event)
    lost = tuple(unreadable())
    return [
        assess_exam(
            uid,
            exams[uid],
            reckoner(factors, age_years if age_years is not None else exams[uid].age),
            read_text=read_text,
            unreadable=lost,
        )
        for uid in sorted(exams)
        if uid or exams[uid].says_something
    ]


def _sort(name: str, header: Dataset, exam: Gathered) -> None:
    exam.hear_age(text(header, 0x00101010))
    if is_report(header):
        exam.reports.append(read_report(header))
        return
    kind = kind_of(header)
    if is_screen(header):
        exam.screens[text(header, SOP_UID) or name] = screen_of(name, header)
    if kind is None:
        return
    exam.kinds.add(kind)
    # Some mammograms come as secondary captures that call themselves original.
    if not is_secondary(header) or "ORIGINAL" in texts(header, IMAGE_TYPE):
        for event in image_events(header):
            uids = (
                (event.uid,)
                if event.kind is Kind.ADMINISTRATION
                else event_uids(header)
            )
            exam.add_image(
                text(header, SOP_UID) or name, event, tuple(filter(None, uids))
            )


def totals_of(
    exams: Sequence[ExamDose],
) -> tuple[dict[str, float | None], list[str]]:
    """The totals of several exams, and the names of those that are not known in one of them.

    A total is None when no exam has it, and when one that should have it does not know it.
    """
    unknown = sorted({name for exam in exams for name in exam.unknown})
    totals: dict[str, float | None] = {}
    for name in TOTALS:
        known = [v for exam in exams if (v := exam.totals.get(name)) is not None]
        combine = max if name == "ctdivol_max_mgy" else fsum
        totals[name] = combine(known) if known and name not in unknown else None
    return totals, unknown
