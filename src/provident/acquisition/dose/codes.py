"""The public codes of what is found about dose. A code is never reused."""

from __future__ import annotations

from dataclasses import dataclass

from provident.kernel import Finding, Place, Severity


@dataclass(frozen=True, slots=True)
class DoseCode:
    """One code: how much it matters, what it means, and what to do."""

    code: str
    severity: Severity
    means: str
    remedy: str


def _error(name: str, means: str, remedy: str) -> DoseCode:
    return DoseCode(f"DOSE.{name}", Severity.ERROR, means, remedy)


def _warning(name: str, means: str, remedy: str) -> DoseCode:
    return DoseCode(f"DOSE.{name}", Severity.WARNING, means, remedy)


def _note(name: str, means: str, remedy: str = "") -> DoseCode:
    return DoseCode(f"DOSE.{name}", Severity.NOTE, means, remedy)


_SEND = "Ask the site to send the dose report of the exam (from the scanner or the dose system)."

NO_REPORT = _error(
    "NO_REPORT", "An exam with ionising radiation came without a dose report.", _SEND
)
FILE_UNREADABLE = _error(
    "FILE_UNREADABLE",
    "A file that may hold the dose cannot be read.",
    "Ask the site to send it again.",
)
VALUE_UNREADABLE = _error(
    "VALUE_UNREADABLE",
    "A dose that should be stated is missing or makes no sense.",
    _SEND,
)
REPORT_EMPTY = _error(
    "REPORT_EMPTY", "A dose report names no irradiation event.", _SEND
)
INCOMPLETE = _error(
    "INCOMPLETE",
    "A dose report names fewer events than it says it has.",
    "Ask for the complete report.",
)
PARTIAL = _warning(
    "PARTIAL",
    "A dose report calls itself partial, as many machines do as long as an exam could go on.",
    "Check that no later report is missing.",
)
SUMMARY_ONLY = _warning(
    "SUMMARY_ONLY",
    "A report states the exam's total and no single exposures.",
    "Ask the site whether the scanner can send a full dose report.",
)
SAME_ADMINISTRATION = _note(
    "SAME_ADMINISTRATION",
    "An image names an administration by another identifier than the report, with the same activity; it is counted once.",
)
TOTALS_DIFFER = _error(
    "TOTALS_DIFFER",
    "The total of a dose report and the sum of its events differ; the larger is kept.",
    "Ask the site whether a report or a part of it is missing.",
)
NO_TOTAL = _warning(
    "NO_TOTAL",
    "A dose report states no total, so that the sum cannot be checked.",
    "Compare with the dose screen.",
)
REPORT_RESENT = _note(
    "REPORT_RESENT", "A dose report came more than once and is counted once."
)
CUMULATIVE = _note(
    "CUMULATIVE",
    "The exam has a report in parts whose totals add up as it goes on; each event is counted once.",
)
EVENT_CONFLICT = _error(
    "EVENT_CONFLICT",
    "The same irradiation event is stated with different doses; the larger is kept.",
    "Ask the site which report is right.",
)
EVENT_WITHOUT_UID = _warning(
    "EVENT_WITHOUT_UID",
    "Events have no identifier; they are told apart by what they say.",
    "Check that no exposure is missing or counted twice.",
)
EVENT_NOT_IN_REPORT = _error(
    "EVENT_NOT_IN_REPORT",
    "An image belongs to an exposure that the dose report does not name; it is counted as the image says.",
    "Ask the site for the complete report.",
)
LOCALIZER_NOT_IN_REPORT = _warning(
    "LOCALIZER_NOT_IN_REPORT",
    "The dose report does not name a localizer; its dose, some percent of the exam's, is not counted.",
    "Compare with the dose screen.",
)
FROM_IMAGES = _warning(
    "FROM_IMAGES",
    "The dose was read from image headers, which lack exposures without a stored image.",
    _SEND,
)
SCREEN_ONLY = _error(
    "SCREEN_ONLY",
    "The dose is on a dose screen only, and a person must read it.",
    "Read the screen and enter its values, or ask for the dose report.",
)
SCREEN_READ = _warning(
    "SCREEN_READ",
    "The dose was read by a program from a dose screen whose total and rows agree.",
    "Compare with the screen and confirm.",
)
SCREEN_HEADER = _warning(
    "SCREEN_HEADER",
    "The dose was read from private fields of the scanner's dose screen.",
    "Compare with the screen and confirm.",
)
ZERO = _error(
    "ZERO",
    "An exam with exposures states a dose of zero, which is not believed.",
    _SEND,
)
UNIT_DOUBTFUL = _error(
    "UNIT_DOUBTFUL",
    "An activity cannot be right in the unit that DICOM prescribes.",
    "Ask the site for the administered activity.",
)
NO_FACTOR = _warning(
    "NO_FACTOR",
    "Effective dose cannot be reckoned: the named factors do not fit the exposure.",
    "Give a table of factors (`--factors`, `k_factors` in the plan) that the medical physics expert approves.",
)
ESTIMATE_ONLY = _note(
    "ESTIMATE_ONLY", "A report of estimated organ doses is kept and not counted."
)

NEAR_CONSTRAINT = _warning(
    "NEAR_CONSTRAINT",
    "The dose of the study is near the constraint.",
    "Tell the medical physics expert before the next exposure.",
)
AT_CONSTRAINT = _error(
    "AT_CONSTRAINT",
    "The constraint is reached: further research exposures are held until signed for.",
    "The practitioner decides and signs; images and care are not held.",
)
EXAM_ABOVE = _error(
    "EXAM_ABOVE",
    "One exam gave more than the constraint allows for one exam.",
    "Ask the site why, and tell the medical physics expert.",
)
EXAM_NEAR = _warning(
    "EXAM_NEAR",
    "One exam came near the constraint of one exam.",
    "Tell the medical physics expert.",
)
NOT_COUNTED = _error(
    "NOT_COUNTED",
    "A research exposure has no dose in the quantity of the constraint, nor an expected one.",
    "Answer the query on its dose; until then further research exposures are held.",
)
EXPECTED_COUNTED = _warning(
    "EXPECTED_COUNTED",
    "The dose of an exam is not known; its expected dose is counted until it is.",
    "Answer the query on its dose.",
)
WOULD_EXCEED = _error(
    "WOULD_EXCEED",
    "The next exposure would pass the constraint.",
    "Do without it, or have the practitioner sign for it.",
)

ALL = (
    NO_REPORT, FILE_UNREADABLE, VALUE_UNREADABLE, REPORT_EMPTY, INCOMPLETE, PARTIAL, SUMMARY_ONLY, SAME_ADMINISTRATION, TOTALS_DIFFER, NO_TOTAL, REPORT_RESENT,
    CUMULATIVE, EVENT_CONFLICT, EVENT_WITHOUT_UID, EVENT_NOT_IN_REPORT, LOCALIZER_NOT_IN_REPORT, FROM_IMAGES, SCREEN_ONLY, SCREEN_READ,
    SCREEN_HEADER, ZERO, UNIT_DOUBTFUL, NO_FACTOR, ESTIMATE_ONLY, NEAR_CONSTRAINT, AT_CONSTRAINT, EXAM_ABOVE,
    EXAM_NEAR, NOT_COUNTED, EXPECTED_COUNTED, WOULD_EXCEED,
)  # fmt: skip
DOSE_CODES: dict[str, str] = {code.code: code.means for code in ALL}


def finding(
    code: DoseCode,
    uid: str,
    message: str = "",
    *,
    expected: str = "",
    found: str = "",
    severity: Severity | None = None,
) -> Finding:
    """A finding of this code; without a message it says what the code means."""
    return Finding(
        code=code.code,
        severity=severity or code.severity,
        where=Place(uid=uid),
        message=message or code.means,
        expected=expected,
        found=found,
        remedy=code.remedy,
        subdomain="acquisition.dose",
    )
