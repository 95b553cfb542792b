"""Put together what came of one exam, count each event once, and say what is wrong."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import fsum

from provident.acquisition.dose import codes
from provident.acquisition.dose.codes import DoseCode, finding
from provident.acquisition.dose.effective import Reckoner
from provident.acquisition.dose.gathered import Gathered
from provident.acquisition.dose.images import DOUBTFUL
from provident.acquisition.dose.model import (
    MAIN,
    TOTALS,
    Effective,
    Event,
    ExamDose,
    Kind,
    Report,
)
from provident.acquisition.dose.reckoning import (
    Counted,
    count_reports,
    keyed,
    once,
    total_of,
)
from provident.acquisition.dose.screens import Screen, read_screen
from provident.kernel import Finding, Outcome, Severity


ReadText = Callable[[Screen], list[str]]


@dataclass(slots=True)
class _Exam:
    """An exam while it is assessed."""

    uid: str
    events: list[Event] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    # what the machines' own totals add to the sum of the events
    more: dict[str, float] = field(default_factory=dict)
    unknown: dict[str, str] = field(default_factory=dict)
    reported: set[Kind] = field(default_factory=set)
    covered: set[Kind] = field(default_factory=set)

    def flag(self, code: DoseCode, message: str = "", **said: str) -> None:
        self.findings.append(finding(code, self.uid, message, **said))  # type: ignore[arg-type]  # texts alone


def assess_exam(
    uid: str,
    came: Gathered,
    effective: Reckoner,
    *,
    read_text: ReadText | None = None,
    unreadable: Sequence[str] = (),
) -> ExamDose:
    """The dose of one exam: what is known, what is not, and what to do about it."""
    exam = _Exam(uid)
    _add_reports(exam, came.reports)
    _add_images(exam, came)
    _add_entered(exam, came.entered)
    _add_screens(exam, came, read_text)
    kinds = came.kinds | {e.kind for e in exam.events} | exam.reported
    _ask_for_reports(exam, kinds)
    _ask_for_values(exam)
    ionising = bool(kinds or came.reports or came.screens)
    for name in unreadable if ionising or not came.images else ():
        exam.flag(codes.FILE_UNREADABLE, found=name)
    return _finished(exam, kinds, effective, ionising)


def _add_reports(exam: _Exam, reports: Sequence[Report]) -> None:
    machines: dict[str, list[Report]] = defaultdict(list)
    for report in reports:
        if report.words == "estimates":
            exam.flag(codes.ESTIMATE_ONLY)
            continue
        machines[report.device].append(report)
    for device in sorted(machines):
        parts = machines[device]
        counted = count_reports(parts)
        _say_reports(exam, parts, counted)
        exam.events += counted.events
        exam.reported |= {kind for report in parts for kind in report.kinds}
        for name, total in (counted.totals or {}).items():
            added = total - total_of(name, counted.events)
            if added > 0 and any(d.total == name for d in counted.differences):
                exam.more[name] = exam.more.get(name, 0.0) + added
    exam.covered |= exam.reported


def _say_reports(exam: _Exam, parts: Sequence[Report], counted: Counted) -> None:
    for _ in counted.repeated:
        exam.flag(codes.REPORT_RESENT)
    if counted.cumulative:
        exam.flag(codes.CUMULATIVE)
    for d in counted.differences:
        exam.flag(
            codes.TOTALS_DIFFER,
            f"The {_words(d.total)} that a report states and the sum of its events differ; the larger is kept.",
            expected=f"{d.stated:.6g}",
            found=f"{d.summed:.6g}",
        )
    _say_events(exam, counted)
    _say_completeness(exam, parts)


def _say_completeness(exam: _Exam, parts: Sequence[Report]) -> None:
    known = {key for part in parts for key, _ in keyed(part.events)}
    for part in sorted(parts, key=lambda r: (r.at, r.uid)):
        if not part.events:
            exam.flag(codes.REPORT_EMPTY)
        if part.partial and part.at == max(p.at for p in parts):
            exam.flag(codes.INCOMPLETE)
        _say_totals(exam, part, len(known))


def _say_totals(exam: _Exam, part: Report, known: int) -> None:
    unread = {name: r.why for name, r in part.stated.items() if r.value is None}
    for name, why in unread.items():
        exam.flag(codes.VALUE_UNREADABLE, f"The {_words(name)} of a report cannot be read: {why}.")  # fmt: skip
    checked = Kind.ADMINISTRATION not in part.kinds and part.events
    if checked and all(r.value is None for r in part.stated.values()):
        exam.flag(codes.NO_TOTAL)
        if part.events_stated is not None and part.events_stated > known:
            exam.flag(
                codes.INCOMPLETE,
                "A dose report names fewer events than it says it has.",
                expected=str(part.events_stated),
                found=str(known),
            )


def _say_events(exam: _Exam, counted: Counted) -> None:
    for event in counted.conflicts:
        exam.flag(codes.EVENT_CONFLICT, found=event.uid)
    if counted.nameless:
        exam.flag(codes.EVENT_WITHOUT_UID, found=f"{len(counted.nameless)} events")


def _add_images(exam: _Exam, came: Gathered) -> None:
    """Header events that no report names; those of kinds that a report covers need a UID to tell."""
    reported = {event.uid for event in exam.events if event.uid}
    fresh: list[Event] = []
    for key in sorted(came.images):
        event, uids = came.images[key]
        if event.kind in exam.reported and (not uids or reported & set(uids)):
            continue
        fresh.append(event)
    counted = once(pair for event in fresh for pair in keyed([event]))
    if any(event.kind in exam.reported for event in counted.events):
        missing = [e for e in counted.events if e.kind in exam.reported]
        exam.flag(codes.EVENT_NOT_IN_REPORT, found=f"{len(missing)} events")
    _say_events(exam, counted)
    exam.events += counted.events


def _add_entered(exam: _Exam, entered: Sequence[Event]) -> None:
    counted = once(pair for event in entered for pair in keyed([event]))
    for event in counted.events:
        if event.kind not in exam.reported:
            _replace_images(exam, event.kind)
            exam.events.append(event)
            exam.covered.add(event.kind)


def _replace_images(exam: _Exam, kind: Kind) -> None:
    """What a screen states of a kind stands for image headers that do not know its dose."""
    exam.events = [e for e in exam.events if e.kind is not kind or e.main is not None or e.source not in _HEADERS]  # fmt: skip


def _add_screens(exam: _Exam, came: Gathered, read_text: ReadText | None) -> None:
    """CT alone: the other kinds have no screen that could be read with certainty."""
    if Kind.CT in exam.covered or not came.screens:
        return
    screens = [came.screens[uid] for uid in sorted(came.screens)]
    texts = [read_screen(read_text(s), s) for s in screens] if read_text else []
    agreed = next((t for t in texts if t.agrees), None)
    stated = [s.total_dlp for s in screens if s.total_dlp is not None]
    if agreed is not None and (not stated or _near(agreed.total_dlp, max(stated))):
        _replace_images(exam, Kind.CT)
        exam.events += agreed.events
        exam.covered.add(Kind.CT)
        exam.flag(codes.SCREEN_READ)
    elif stated:
        exam.more["dlp_mgycm"] = max(stated)
        exam.covered.add(Kind.CT)
        exam.flag(codes.SCREEN_HEADER, found=f"{max(stated):.6g} mGy.cm")
    else:
        exam.flag(codes.SCREEN_ONLY, found=f"{len(screens)} dose screens")


def _near(a: float | None, b: float) -> bool:
    return a is not None and abs(a - b) <= 0.005 * b


def _ask_for_reports(exam: _Exam, kinds: Iterable[Kind]) -> None:
    for kind in sorted(set(kinds) - exam.reported):
        events = [e for e in exam.events if e.kind is kind]
        known = bool(events) and all(e.main is not None for e in events)
        exam.findings.append(
            finding(
                codes.NO_REPORT,
                exam.uid,
                f"No dose report of the {_KINDS[kind]} exposures came.",
                expected="a dose report",
                found="image headers" if known else "none",
                severity=Severity.WARNING if known or kind in exam.covered else None,
            )
        )
        if known and any(e.source in _HEADERS for e in events):
            exam.flag(codes.FROM_IMAGES)


def _ask_for_values(exam: _Exam) -> None:
    for event in exam.events:
        main = MAIN[event.kind]
        if event.main is not None or event.without_dose:
            continue
        why = event.unread.get(main, "it is not stated")
        if why == DOUBTFUL:
            exam.flag(codes.UNIT_DOUBTFUL)
        elif event.kind in exam.reported:
            exam.flag(codes.VALUE_UNREADABLE, f"The {_words(main)} of an event cannot be read: {why}.", found=event.uid)  # fmt: skip


def _finished(
    exam: _Exam, kinds: set[Kind], effective: Reckoner, ionising: bool
) -> ExamDose:
    events = tuple(sorted(exam.events, key=_order))
    totals = _totals(exam, events, kinds)
    each = tuple(effective(event) for event in events)
    _say_zero(exam, totals, kinds)
    totals["effective_msv"] = _effective(exam, each, kinds)
    findings = tuple(sorted(exam.findings, key=_finding_order))
    return ExamDose(
        uid=exam.uid,
        kinds=tuple(sorted(kinds)),
        events=events,
        effective=each,
        totals={name: totals.get(name) for name in TOTALS},
        unknown=exam.unknown,
        findings=findings,
        outcome=_outcome(findings, exam.unknown),
        ionising=ionising,
    )


def _order(event: Event) -> tuple[str, ...]:
    return (str(event.kind), event.started, event.uid, event.plane, event.view, repr(event.as_json()))  # fmt: skip


def _finding_order(found: Finding) -> tuple[int, str, str, str]:
    ranks = [Severity.ERROR, Severity.WARNING, Severity.NOTE]
    return ranks.index(found.severity), found.code, found.message, found.found


def _totals(
    exam: _Exam, events: Sequence[Event], kinds: Iterable[Kind]
) -> dict[str, float | None]:
    """The sums, and None with a reason where an event of the kind has no dose: never a part as the whole."""
    totals: dict[str, float | None] = {}
    for kind in sorted(kinds):
        of_kind = [e for e in events if e.kind is kind]
        for name in _NAMES[kind]:
            totals[name] = _total(exam, name, kind, of_kind)
    peak = [e.amounts["ctdivol_mgy"] for e in events if "ctdivol_mgy" in e.amounts]
    totals["ctdivol_max_mgy"] = max(peak, default=None)
    for name in ("air_kerma_rp_mgy", "fluoro_s"):
        known = [e for e in events if name in e.amounts]
        if known or name in exam.more:
            totals[name] = total_of(name, known) + exam.more.get(name, 0.0)
    return totals


def _total(
    exam: _Exam, name: str, kind: Kind, of_kind: Sequence[Event]
) -> float | None:
    more = exam.more.get(name, 0.0) + (exam.more.get("agd_both_mgy", 0.0) if name.startswith("agd_") else 0.0)  # fmt: skip
    lacking = [e for e in of_kind if e.main is None and not e.without_dose]
    reported = kind in exam.reported
    # A machine's own total stands in for events that cannot be read; image headers have no such total.
    if (lacking or not of_kind) and not (more and (reported or name == "dlp_mgycm")):
        exam.unknown[name] = (
            f"{len(lacking)} of {len(of_kind)} events do not state it"
            if lacking
            else "nothing states it"
        )
        return None
    if kind is Kind.MAMMOGRAPHY and any(not e.side for e in of_kind):
        exam.unknown[name] = "an event does not say which breast"
        return None
    return total_of(name, of_kind) + more


def _say_zero(
    exam: _Exam, totals: dict[str, float | None], kinds: Iterable[Kind]
) -> None:
    for kind in sorted(kinds):
        names = _NAMES[kind]
        if all(totals.get(name) == 0 for name in names):
            exam.flag(codes.ZERO, f"The {_words(names[0])} of the exam is stated as zero, which is not believed.")  # fmt: skip
            for name in names:
                totals[name] = None
                exam.unknown[name] = "it is stated as zero"


def _effective(
    exam: _Exam, each: Sequence[Effective], kinds: Iterable[Kind]
) -> float | None:
    if not set(kinds):
        return None
    lacking = sorted({e.derivation for e in each if e.msv is None})
    if exam.more and not lacking:
        lacking = ["a part of the dose belongs to events that are not known"]
    if exam.unknown and not lacking:
        lacking = ["a dose of the exam is not known"]
    if lacking or not each:
        exam.unknown["effective_msv"] = "; ".join(lacking) or "nothing states it"
        exam.flag(codes.NO_FACTOR, f"Effective dose cannot be reckoned: {'; '.join(lacking) or 'no event is known'}.")  # fmt: skip
        return None
    return fsum(sorted(e.msv for e in each if e.msv is not None))


def _outcome(findings: Iterable[Finding], unknown: Mapping[str, str]) -> Outcome:
    """Effective dose is an estimate: that it cannot be reckoned warns and decides no more."""
    found = list(findings)
    outcomes = [Outcome.PASS]
    if set(unknown) - {"effective_msv"} or any(
        f.code in _NOT_ASSESSABLE for f in found if f.severity is Severity.ERROR
    ):
        outcomes.append(Outcome.NOT_ASSESSABLE)
    if any(f.severity is Severity.WARNING for f in found):
        outcomes.append(Outcome.WARN)
    if any(f.severity is Severity.ERROR and f.code not in _NOT_ASSESSABLE for f in found):  # fmt: skip
        outcomes.append(Outcome.FAIL)
    return Outcome.worst(outcomes)


def _words(total: str) -> str:
    return _TOTAL_WORDS.get(total, total)


_HEADERS = frozenset(("image",))
_NOT_ASSESSABLE = frozenset(
    code.code
    for code in (
        codes.NO_REPORT, codes.FILE_UNREADABLE, codes.VALUE_UNREADABLE, codes.REPORT_EMPTY, codes.INCOMPLETE,
        codes.SCREEN_ONLY, codes.ZERO, codes.UNIT_DOUBTFUL,
    )
)  # fmt: skip
_NAMES = {
    Kind.CT: ("dlp_mgycm",),
    Kind.PROJECTION: ("dap_gycm2",),
    Kind.MAMMOGRAPHY: ("agd_left_mgy", "agd_right_mgy"),
    Kind.ADMINISTRATION: ("activity_mbq",),
}
_KINDS = {
    Kind.CT: "CT",
    Kind.PROJECTION: "X-ray",
    Kind.MAMMOGRAPHY: "mammography",
    Kind.ADMINISTRATION: "radiopharmaceutical",
}
_TOTAL_WORDS = {
    "dlp_mgycm": "dose length product (mGy.cm)",
    "dap_gycm2": "dose area product (Gy.cm2)",
    "air_kerma_rp_mgy": "dose at the reference point (mGy)",
    "agd_mgy": "average glandular dose (mGy)",
    "agd_left_mgy": "glandular dose of the left breast (mGy)",
    "agd_right_mgy": "glandular dose of the right breast (mGy)",
    "agd_both_mgy": "glandular dose (mGy)",
    "activity_mbq": "administered activity (MBq)",
    "fluoro_s": "fluoroscopy time (s)",
}
