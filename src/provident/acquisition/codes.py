"""The public codes of what judging finds. A code is never reused."""

from __future__ import annotations

from dataclasses import dataclass

from provident.dicom.registry import FACTS


@dataclass(frozen=True, slots=True)
class Code:
    """One code and what it says."""

    code: str
    means: str


SERIES_MISSING = Code(
    "QC.SERIES_MISSING", "A series that the visit needs is not there."
)
SERIES_EXTRA = Code(
    "QC.SERIES_EXTRA", "There are more series of a role than the manual allows."
)
SERIES_REPEATED = Code(
    "QC.SERIES_REPEATED", "A series was repeated; this one is kept and not used."
)
SERIES_UNMATCHED = Code(
    "QC.SERIES_UNMATCHED",
    "The series fits no role of the manual; it is kept and labelled.",
)
SERIES_AMBIGUOUS = Code(
    "QC.SERIES_AMBIGUOUS", "The series fits several roles equally well."
)
SERIES_UNPLANNED = Code(
    "QC.SERIES_UNPLANNED",
    "The series is not planned at this visit; it is judged but does not decide.",
)
SERIES_UNCERTAIN = Code(
    "QC.SERIES_UNCERTAIN", "What the series is recognised by cannot be read."
)
SUBSTITUTE = Code(
    "QC.SUBSTITUTE",
    "Another series stands for the one that is asked for; a reason is needed.",
)
VISIT_UNKNOWN = Code(
    "QC.VISIT_UNKNOWN", "Whether a series is needed cannot be told without the visit."
)
NOT_ASSESSABLE = Code(
    "QC.NOT_ASSESSABLE", "What a rule asks about cannot be read; this is never a pass."
)
VARIES = Code(
    "QC.VARIES", "A value that must be the same in all images of the series is not."
)
BASELINE_DIFFERS = Code(
    "QC.BASELINE_DIFFERS", "A value differs from the baseline exam of the participant."
)
BASELINE_MISSING = Code(
    "QC.BASELINE_MISSING", "There is no baseline exam to compare with."
)
ORDER = Code(
    "QC.ORDER", "Series were not acquired in the order that the manual asks for."
)
NOTHING_JUDGED = Code("QC.NOTHING_JUDGED", "No series of the exam could be judged.")
EXAM_UNKNOWN = Code("QC.EXAM_UNKNOWN", "Which exam of the plan this is cannot be told.")
FILE_UNREADABLE = Code("QC.FILE_UNREADABLE", "A file of the exam cannot be read.")
FILE_TRUNCATED = Code("QC.FILE_TRUNCATED", "The pixels of an image are not all there.")

OF_EXAMS = (
    SERIES_MISSING, SERIES_EXTRA, SERIES_REPEATED, SERIES_UNMATCHED, SERIES_AMBIGUOUS, SERIES_UNPLANNED,
    SERIES_UNCERTAIN, SUBSTITUTE, VISIT_UNKNOWN, NOT_ASSESSABLE, VARIES, BASELINE_DIFFERS, BASELINE_MISSING,
    NOTHING_JUDGED, EXAM_UNKNOWN, FILE_UNREADABLE, FILE_TRUNCATED, ORDER,
)  # fmt: skip


def of_fact(fact: str) -> str:
    """The code of a fact that is not as the manual asks."""
    return f"QC.{fact.upper()}"


CODES: dict[str, str] = {
    **{code.code: code.means for code in OF_EXAMS},
    **{
        of_fact(s.name): f"{s.words} is not as the manual asks." for s in FACTS.values()
    },
}


def reference_markdown() -> str:
    """The codes as a page of the reference."""
    lines = [
        "# Findings of judging",
        "",
        "Made from `provident.acquisition.codes`; a code is never reused.",
        "",
        "| code | meaning |",
        "|---|---|",
    ]
    return (
        "\n".join(
            [*lines, *(f"| `{code}` | {means} |" for code, means in CODES.items())]
        )
        + "\n"
    )
