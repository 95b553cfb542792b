"""Put together what came of one exam, count each event once, and say what is wrong."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import fsum

from provident.acquisition.dose import codes
from provident.acquisition.dose.codes import DoseCode, finding
from provident.acquisition.dose.effective import Reckoner
from provident.acquisition.dose.gathered import Gathered
from provident.acquisition.dose.images import DOUBTFUL
from provident.acquisition.dose.model import (
    BESIDE,
    MAIN,
    TOTALS,
    TOTALS_OF,
    Effective,
    Event,
    ExamDose,
    Kind,
    Report,
    Source,
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
    unsettled: set[str] = field(default_factory=set)
    reported: set[Kind] = field(default_factory=set)
    covered: set[Kind] = field(default_factory=set)

    def flag(
        self, code: DoseCode, message: str = "", *, expected: str = "", found: str = ""
    ) -> None:
        self.findings.append(
            finding(code, self.uid, message, expected=expected, found=found)
        )


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
    for name in unreadable:
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
        exam.unsettled |= counted.unsettled
        for name, more in counted.more.items():
            exam.more[name] = exam.more.get(name, 0.0) + more
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
        exam.flag(
            codes.VALUE_UNREADABLE,
            f"The {_words(name)} of a report cannot be read: {why}.",
        )
    checked = Kind.ADMINISTRATION not in part.kinds and part.events
    if checked and all(
        r.value is None for name, r in part.stated.items() if name not in BESIDE
    ):
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
    nameless = [e for e in counted.nameless if e.main is not None]
    if nameless:
        exam.flag(codes.EVENT_WITHOUT_UID, found=f"{len(nameless)} events")


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
    counted = _beside_report(exam, counted)
    _say_events(exam, counted)
    exam.events += counted.events


def _beside_report(exam: _Exam, counted: Counted) -> Counted:
    """Image events of a kind that came with a report, which does not name them.

    Localizers that a report leaves out have no dose length product in their headers: they
    are said, and do not make the exam's dose unknown.
    """
    missing = [e for e in counted.events if e.kind in exam.reported]
    surveys = [e for e in missing if e.localizer]
    if len(missing) > len(surveys):
        found = f"{len(missing) - len(surveys)} events"
        exam.flag(codes.EVENT_NOT_IN_REPORT, found=found)
    if surveys:
        exam.flag(codes.LOCALIZER_NOT_IN_REPORT, found=f"{len(surveys)} localizers")
    return replace(counted, events=tuple(e for e in counted.events if e not in surveys))


def _add_entered(exam: _Exam, entered: Sequence[Event]) -> None:
    counted = once(pair for event in entered for pair in keyed([event]))
    for event in counted.events:
        if event.kind not in exam.reported:
            _replace_images(exam, event.kind)
            exam.events.append(event)
            exam.covered.add(event.kind)


def _replace_images(exam: _Exam, kind: Kind) -> None:
    """What a screen states of a kind stands for image headers that do not know its dose."""
    exam.events = [
        e
        for e in exam.events
        if e.kind is not kind or e.main is not None or e.source is not Source.IMAGE
    ]


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
        if known and any(e.source is Source.IMAGE for e in events):
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
            exam.flag(
                codes.VALUE_UNREADABLE,
                f"The {_words(main)} of an event cannot be read: {why}.",
                found=event.uid,
            )


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
    return (
        str(event.kind),
        event.started,
        event.uid,
        event.plane,
        event.view,
        repr(event.as_json()),
    )


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
        for name in TOTALS_OF[kind]:
            totals[name] = _total(exam, name, kind, of_kind)
    peak = [e.amounts["ctdivol_mgy"] for e in events if "ctdivol_mgy" in e.amounts]
    totals["ctdivol_max_mgy"] = max(peak, default=None)
    for name in sorted(BESIDE):
        known = [e for e in events if name in e.amounts]
        if known or name in exam.more:
            totals[name] = total_of(name, known) + exam.more.get(name, 0.0)
    return totals


def _total(
    exam: _Exam, name: str, kind: Kind, of_kind: Sequence[Event]
) -> float | None:
    more = exam.more.get(name, 0.0)
    if kind is Kind.MAMMOGRAPHY:
        more += exam.more.get("agd_both_mgy", 0.0)
    why = _why_unknown(exam, name, kind, of_kind)
    if why:
        exam.unknown[name] = why
        return None
    return total_of(name, of_kind) + more


def _why_unknown(exam: _Exam, name: str, kind: Kind, of_kind: Sequence[Event]) -> str:
    """Why a total is not known; a machine's own total covers events of its report that state nothing."""
    lacking = [e for e in of_kind if e.main is None and not e.without_dose]
    if kind not in exam.reported and name in exam.more:
        return ""  # the header of a dose screen states the exam's total
    loose = [e for e in lacking if e.source is not Source.REPORT]
    if name in exam.unsettled or loose:
        return f"{len(lacking)} of {len(of_kind)} events do not state it"
    if not of_kind and kind not in exam.reported:
        return "nothing states it"
    if kind is Kind.MAMMOGRAPHY and any(not e.side for e in of_kind):
        return "an event does not say which breast"
    return ""


def _say_zero(
    exam: _Exam, totals: dict[str, float | None], kinds: Iterable[Kind]
) -> None:
    for kind in sorted(kinds):
        names = TOTALS_OF[kind]
        if all(totals.get(name) == 0 for name in names):
            exam.flag(
                codes.ZERO,
                f"The {_words(names[0])} of the exam is stated as zero, which is not believed.",
            )
            for name in names:
                totals[name] = None
                exam.unknown[name] = "it is stated as zero"


def _effective(
    exam: _Exam, each: Sequence[Effective], kinds: Iterable[Kind]
) -> float | None:
    if not set(kinds):
        return None
    lacking = sorted({e.derivation for e in each if e.msv is None})
    if set(exam.more) - BESIDE and not lacking:
        lacking = ["a part of the dose belongs to events that are not known"]
    if exam.unknown and not lacking:
        lacking = ["a dose of the exam is not known"]
    if lacking or not each:
        exam.unknown["effective_msv"] = "; ".join(lacking) or "nothing states it"
        exam.flag(
            codes.NO_FACTOR,
            f"Effective dose cannot be reckoned: {'; '.join(lacking) or 'no event is known'}.",
        )
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
    if any(
        f.severity is Severity.ERROR and f.code not in _NOT_ASSESSABLE for f in found
    ):
        outcomes.append(Outcome.FAIL)
    return Outcome.worst(outcomes)


def _words(total: str) -> str:
    return _TOTAL_WORDS.get(total, total)


_NOT_ASSESSABLE = frozenset(
    code.code
    for code in (
        codes.NO_REPORT, codes.FILE_UNREADABLE, codes.VALUE_UNREADABLE, codes.REPORT_EMPTY, codes.INCOMPLETE,
        codes.SCREEN_ONLY, codes.ZERO, codes.UNIT_DOUBTFUL,
    )
)  # fmt: skip
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
