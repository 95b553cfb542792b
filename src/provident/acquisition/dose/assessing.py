"""Put together what came of one exam, count each event once, and say what is wrong."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from provident.acquisition.dose import codes
from provident.acquisition.dose.account import Account, in_words
from provident.acquisition.dose.codes import finding
from provident.acquisition.dose.concluding import concluded
from provident.acquisition.dose.effective import Reckoner, tracer
from provident.acquisition.dose.exposures import screen_exposures
from provident.acquisition.dose.gathered import Gathered
from provident.acquisition.dose.images import DOUBTFUL
from provident.acquisition.dose.model import (
    BESIDE,
    MAIN,
    TOTALS_OF,
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
)
from provident.acquisition.dose.screens import Screen, adds_up, read_screen
from provident.kernel import Severity


ReadText = Callable[[Screen], list[str]]


_KINDS = {
    Kind.CT: "CT",
    Kind.PROJECTION: "X-ray",
    Kind.MAMMOGRAPHY: "mammography",
    Kind.ADMINISTRATION: "radiopharmaceutical",
}


def assess_exam(
    uid: str,
    came: Gathered,
    effective: Reckoner,
    *,
    read_text: ReadText | None = None,
    unreadable: Sequence[str] = (),
) -> ExamDose:
    """The dose of one exam: what is known, what is not, and what to do about it."""
    exam = Account(uid)
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
    return concluded(exam, kinds, effective, ionising)


def _add_reports(exam: Account, reports: Sequence[Report]) -> None:
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


def _say_reports(exam: Account, parts: Sequence[Report], counted: Counted) -> None:
    for _ in counted.repeated:
        exam.flag(codes.REPORT_RESENT)
    if counted.cumulative:
        exam.flag(codes.CUMULATIVE)
    for d in counted.differences:
        exam.flag(
            codes.TOTALS_DIFFER,
            f"The {in_words(d.total)} that a report states and the sum of its events differ; the larger is kept.",
            expected=f"{d.stated:.6g}",
            found=f"{d.summed:.6g}",
        )
    _say_events(exam, counted)
    _say_completeness(exam, parts)


def _say_completeness(exam: Account, parts: Sequence[Report]) -> None:
    known = {key for part in parts for key, _ in keyed(part.events)}
    for part in sorted(parts, key=lambda r: (r.at, r.uid)):
        if not part.events:
            summary = part.words == "summary"
            exam.flag(codes.SUMMARY_ONLY if summary else codes.REPORT_EMPTY)
        if part.partial and part.at == max(p.at for p in parts):
            exam.flag(codes.PARTIAL)
        _say_totals(exam, part, len(known))


def _say_totals(exam: Account, part: Report, known: int) -> None:
    main = {name: r for name, r in part.stated.items() if name not in BESIDE}
    unread = {name: r.why for name, r in main.items() if r.value is None}
    for name, why in unread.items():
        exam.flag(
            codes.VALUE_UNREADABLE,
            f"The {in_words(name)} of a report cannot be read: {why}.",
        )
    checked = Kind.ADMINISTRATION not in part.kinds and part.events
    if checked and all(r.value is None for r in main.values()):
        exam.flag(codes.NO_TOTAL)
        if part.events_stated is not None and part.events_stated > known:
            exam.flag(
                codes.INCOMPLETE,
                expected=str(part.events_stated),
                found=str(known),
            )


def _say_events(exam: Account, counted: Counted) -> None:
    for event in counted.conflicts:
        exam.flag(codes.EVENT_CONFLICT, found=event.uid)
    nameless = [e for e in counted.nameless if e.main is not None]
    # One event alone cannot be taken for another; an injection without a time could be two.
    untimed = any(e.kind is Kind.ADMINISTRATION and not e.started for e in nameless)
    if len(nameless) > 1 or untimed:
        exam.flag(codes.EVENT_WITHOUT_UID, found=f"{len(nameless)} events")


def _add_images(exam: Account, came: Gathered) -> None:
    """Header events that no report names; those of kinds that a report covers need a UID to tell."""
    reported = {event.uid for event in exam.events if event.uid}
    fresh: list[Event] = []
    for key in sorted(came.images):
        event, uids = came.images[key]
        if event.kind in exam.reported and (not uids or reported & set(uids)):
            continue
        if _same_administration(event, exam.events):
            exam.matched = True
            continue
        fresh.append(event)
    if exam.matched:
        exam.flag(codes.SAME_ADMINISTRATION)
    counted = once(pair for event in fresh for pair in keyed([event]))
    counted = _beside_report(exam, counted)
    _say_events(exam, counted)
    exam.events += counted.events


def _same_administration(event: Event, reported: Iterable[Event]) -> bool:
    """Whether a report has this injection under another UID, as Siemens' PET scanners write it."""
    return event.kind is Kind.ADMINISTRATION and any(
        other.source is Source.REPORT
        and other.kind is event.kind
        and other.main is not None
        and event.main is not None
        and abs(other.main - event.main) <= 0.01 * other.main
        and _tracers_fit(event, other)
        for other in reported
    )


def _tracers_fit(a: Event, b: Event) -> bool:
    names = {tracer(e.tracer_code, e.tracer) for e in (a, b)} - {""}
    return len(names) < 2


def _beside_report(exam: Account, counted: Counted) -> Counted:
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


def _add_entered(exam: Account, entered: Sequence[Event]) -> None:
    """What a person entered: where no report of the kind came, and for events of which a report knows no dose."""
    counted = once(pair for event in entered for pair in keyed([event]))
    settled: set[str] = set()
    for event in counted.events:
        if event.kind not in exam.reported:
            _replace_images(exam, event.kind)
            exam.covered.add(event.kind)
        elif lacking := {n for n in exam.unsettled if _is_of(event, n)}:
            settled |= lacking
            exam.events = [e for e in exam.events if not _is_unread(e, event)]
        else:
            continue
        exam.events.append(event)
    exam.unsettled -= settled


def _is_of(event: Event, total: str) -> bool:
    """Whether an entered event is of a total: of its kind and, in mammography, of its side."""
    names = TOTALS_OF[event.kind]
    return total in names and (len(names) == 1 or not event.side or event.side in total)


def _is_unread(e: Event, entered: Event) -> bool:
    """Whether an event has no dose and an entered one stands for it."""
    fits = e.kind is entered.kind and (not entered.side or e.side in ("", entered.side))
    return fits and e.main is None and not e.without_dose


def _replace_images(exam: Account, kind: Kind) -> None:
    """What a screen states of a kind stands for image headers that do not know its dose."""
    exam.events = [
        e
        for e in exam.events
        if e.kind is not kind or e.main is not None or e.source is not Source.IMAGE
    ]


def _add_screens(exam: Account, came: Gathered, read_text: ReadText | None) -> None:
    """CT alone: the other kinds have no screen that could be read with certainty."""
    if Kind.CT in exam.covered or not came.screens:
        return
    screens = [came.screens[uid] for uid in sorted(came.screens)]
    if _add_listed(exam, screens):
        return
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


def _add_listed(exam: Account, screens: Sequence[Screen]) -> bool:
    """Add the exposures that headers of dose screens list, when they make up the total beside them."""
    counted = once(pair for s in screens for pair in keyed(screen_exposures(s.header)))
    doses = [e.main for e in counted.events if e.main is not None]
    totals = [s.total_dlp for s in screens if s.total_dlp is not None]
    whole = len(doses) == len(counted.events) > 0
    if not whole or not all(adds_up(doses, total) for total in totals):
        return False
    listed = {e.uid for e in counted.events if e.uid}
    others = [
        e for e in exam.events if e.kind is Kind.CT and e.uid and e.uid not in listed
    ]
    exam.events = [e for e in exam.events if e.kind is not Kind.CT or e in others]
    if listed and others:
        exam.flag(codes.EVENT_NOT_IN_REPORT, found=f"{len(others)} events")
    _say_events(exam, counted)
    exam.events += counted.events
    exam.covered.add(Kind.CT)
    exam.flag(codes.SCREEN_HEADER, found=f"{len(doses)} events")
    return True


def _near(a: float | None, b: float) -> bool:
    return a is not None and abs(a - b) <= 0.005 * b


def _ask_for_reports(exam: Account, kinds: Iterable[Kind]) -> None:
    for kind in sorted(set(kinds) - exam.reported):
        events = [e for e in exam.events if e.kind is kind]
        known = bool(events) and all(e.main is not None for e in events)
        exam.findings.append(
            finding(
                codes.NO_REPORT,
                exam.uid,
                f"No dose report of the {_KINDS[kind]} exposures came.",
                expected="a dose report",
                found=_instead(known=known, covered=kind in exam.covered),
                severity=Severity.WARNING if known or kind in exam.covered else None,
            )
        )
        if known and any(e.source is Source.IMAGE for e in events):
            exam.flag(codes.FROM_IMAGES)


def _instead(*, known: bool, covered: bool) -> str:
    if covered:
        return "a dose screen"
    return "image headers" if known else "none"


def _ask_for_values(exam: Account) -> None:
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
                f"The {in_words(main)} of an event cannot be read: {why}.",
                found=event.uid,
            )
