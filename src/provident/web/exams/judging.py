"""Judging a stored exam by the plan in force: pure of writing, so that it can run outside any transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from provident import acquisition, programme
from provident.acquisition import Circumstances, Manual, Waiver
from provident.acquisition.waivers import NOWHERE
from provident.dicom import SeriesFacts
from provident.kernel import Finding, Outcome, Place, Severity
from provident.plan import Plan
from provident.web.exams.models import Exam


MOST_PLANS = 16
_COMPILED: dict[str, Mapping[str, Manual]] = {}  # by the plan's content hash
WATCHED = ("model", "software", "serial", "station", "coil")


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """A scanner of the register, as far as headers can show it."""

    pk: int
    modality: str
    make: str
    model: str
    serial: str


def judged(
    series: Sequence[SeriesFacts],
    plan: Plan,
    *,
    uid: str,
    visit: str,
    kind: str | None,
    baseline: Sequence[SeriesFacts],
    circumstances: Circumstances = NOWHERE,
    signed: Sequence[Waiver] = (),
) -> dict[str, Any]:
    """The verdict as JSON; an exam of no kind that the plan knows is not assessable, and never a pass."""
    if kind is None:
        finding = Finding(
            code="EXAM.UNKNOWN_KIND",
            severity=Severity.ERROR,
            where=Place(uid=uid),
            message="These images fit none of the study's exams.",
            expected=", ".join(plan.imaging),
            found=", ".join(sorted({s.modality for s in series}))
            or "no readable image",
            remedy="Check whether the right exam was sent, and whether the series have the names of the manual.",
        )
        return {
            "uid": uid,
            "exam": "",
            "manual": "",
            "visit": visit or None,
            "outcome": str(Outcome.NOT_ASSESSABLE),
            "sentence": finding.message,
            "findings": [finding.as_json()],
            "series": [
                {"uid": s.uid, "role": None, "outcome": str(Outcome.NOT_ASSESSABLE), "findings": [], "measures": [],
                 "counts": False, "label": ""}
                for s in series
            ],
        }  # fmt: skip
    verdict = acquisition.judge(
        series,
        manuals(plan)[kind],
        visit=visit or None,
        baseline=baseline,
        circumstances=circumstances,
        signed=signed,
    )
    return verdict.as_json()


def waivable(exam: Exam, plan: Plan) -> list[acquisition.Waivable]:
    """The rules that a person may let go for an exam, by the verdict that stands; none where it has no kind."""
    if exam.kind not in plan.imaging or not exam.verdict.get("exam"):
        return []
    told = {k: v for k, v in exam.verdict.items() if k not in ("drift", "device")}
    verdict = acquisition.ExamVerdict.from_json(told)
    return acquisition.waivable(verdict, manuals(plan)[exam.kind])


def kind_of(series: Sequence[SeriesFacts], plan: Plan) -> str | None:
    """The exam of the plan that the series are of."""
    return acquisition.exam_kind(series, manuals(plan))


def manuals(plan: Plan) -> Mapping[str, Manual]:
    """The manuals of a plan, kept in memory by its hash."""
    if plan.hash not in _COMPILED:
        while len(_COMPILED) >= MOST_PLANS:
            _COMPILED.pop(next(iter(_COMPILED)))
        _COMPILED[plan.hash] = {
            kind: programme.manual(plan, kind) for kind in plan.imaging
        }
    return _COMPILED[plan.hash]


def scanner_of(
    told: dict[str, str], modality: str, register: Sequence[Registered]
) -> int | None:
    """The registered scanner that made the images: by serial number, else the only one of make and model."""
    serial = told.get("serial", "").strip().upper()
    if serial:
        by_serial = [r for r in register if r.serial.strip().upper() == serial]
        if by_serial:
            return by_serial[0].pk
    make, model = told.get("make", "").upper(), told.get("model", "").upper()
    fitting = [
        r
        for r in register
        if r.modality == modality
        and r.model.upper() == model
        and (not make or r.make.upper() in make or make in r.make.upper())
        and not (serial and r.serial)  # another serial is another scanner
    ]
    return fitting[0].pk if len(fitting) == 1 else None


def labels_of(
    plan: Plan,
    *,
    kind: str | None,
    visit: str,
    anchor: date,
    acquired: date | None,
    outcome: str,
    registered: bool,
    repeat: bool,
) -> list[str]:
    """What an exam is labelled with; a label keeps, it never holds back."""
    known = plan.study.visits.get(visit)
    unscheduled = known is None or (kind is not None and kind not in known.imaging)
    in_window = False
    if acquired is not None:
        in_window = programme.visit_for(plan, anchor, acquired, exam=kind).in_window
    found = {
        "unscheduled": unscheduled,
        "out_of_window": not unscheduled and not in_window,
        "off_protocol": kind is None or outcome == Outcome.FAIL,
        "unregistered_scanner": not registered,
        "repeat": repeat,
    }
    return [name for name, holds in found.items() if holds]


def watched(plan: Plan) -> tuple[str, ...]:
    """The facts of a scanner that are watched for a change."""
    change = plan.phantoms.change if plan.phantoms else None
    return tuple(change.watch) if change else WATCHED
