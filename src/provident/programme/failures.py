"""The failures of the PROVIDENT paper's examples A to C, and the checks that find each on paper."""

from __future__ import annotations

from dataclasses import dataclass

from provident.programme.checks import CHECKS


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One thing that went wrong, or that had to be got right, in a real trial.

    Attributes:
        happened: what happened, in our words (Biscombe 2026, examples A to C).
        checks: the codes of the checks that find it in a plan.
        files: the plan files in which they find it.
    """

    happened: str
    checks: tuple[str, ...]
    files: tuple[str, ...]


FAILURES: dict[str, Failure] = {
    "A1": Failure(
        happened="No scoring system was chosen when the protocol was written; the sequences were then unfit for it.",
        checks=("READ.NOTHING_READ", "READ.NOTHING_NEEDED", "READ.SERIES_NOT_ACQUIRED", "READ.NEEDED_NOT_REQUIRED", "READ.OTHER_EXAM_NEEDED", "READ.EXAM_NOT_MADE"),
        files=("study.yaml", "reading/*.yaml", "forms/*.yaml", "imaging/*.yaml"),
    ),
    "A2": Failure(
        happened="Image quality was looked at only at the end; positioning was poor.",
        checks=("QC.NO_PILOT", "QC.NOBODY_LOOKS", "QC.TOO_LATE", "QC.NO_AGE_ALARM", "MANUAL.SENT_LATE", "MANUAL.NO_POSITIONING"),
        files=("quality.yaml", "imaging/*.yaml"),
    ),
    "A3": Failure(
        happened="A scanner was decommissioned midway; the imaging outcome was downgraded.",
        checks=("SCANNER.END_OF_LIFE", "SCANNER.NO_BRIDGING", "SCANNER.SLOTS_UNKNOWN"),
        files=("sites.yaml",),
    ),
    "A4": Failure(
        happened="The scoring platform and its contracts came late.",
        checks=("FLOW.AGREEMENT_LATE", "FLOW.NO_AGREEMENT", "FLOW.UNTESTED", "EVIDENCE.PERMISSION_LATE"),
        files=("flows.yaml", "evidence.yaml"),
    ),
    "A5": Failure(
        happened="Reads were not done by the milestone, a single reader was left, and the blind was already broken.",
        checks=("READ.CANNOT_FINISH", "READ.NO_TIME_AFTER_LAST_VISIT", "READ.ADJUDICATION_CANNOT_FINISH", "READ.ONE_READER", "READ.TOO_FEW_READERS", "READ.UNBLINDED_EARLY", "READ.BLINDING_LEAK", "FLOW.BLIND_ROLE_REACHES_ALLOCATION"),
        files=("reading/*.yaml", "study.yaml", "people.yaml", "flows.yaml"),
    ),
    "A6": Failure(
        happened="Radiographs were asked for after the end; some had been destroyed.",
        checks=("FLOW.NO_BATCH", "FLOW.SOURCE_DELETES_FIRST", "FLOW.NEVER_COLLECTED", "FLOW.KEEPS_UNSTATED", "MANUAL.SENT_LATE"),
        files=("flows.yaml", "imaging/*.yaml"),
    ),
    "A7": Failure(
        happened="A score spreadsheet made for the trial could be imported by no software.",
        checks=("FORM.NOT_ACCEPTED", "FORM.ACCEPTED_BY_SOME", "FORM.FREE_TEXT", "FORM.ON_PAPER", "FORM.RECORD_NOT_UNIQUE", "FORM.NO_MISSING_CODE", "FLOW.SCORES_NOWHERE"),
        files=("forms/*.yaml", "flows.yaml"),
    ),
    "B1": Failure(
        happened="Central quality control scored each sequence, artefacts and coverage, and asked ultrasound for a clip or a still with its reason.",
        checks=("QC.NOTHING_SCORED", "QC.SCORE_INCOMPLETE", "QC.NO_CLIP", "QC.LOCAL_PILOT"),
        files=("quality.yaml", "imaging/*.yaml"),
    ),
    "B2": Failure(
        happened="Routine and triggered monitoring visits kept sites on protocol.",
        checks=("QC.NOTHING_TRIGGERS", "MONITOR.NO_TRIGGERED_VISIT", "MONITOR.OPENS_NOTHING", "MONITOR.LIMITS_REVERSED"),
        files=("quality.yaml", "people.yaml"),
    ),
    "B3": Failure(
        happened="Two modalities were read by independent readers, each blind to the other.",
        checks=("READ.SAME_POOL_TWO_EXAMS", "READ.APART_SAME_READERS", "READ.SAME_ADJUDICATOR_TWO_EXAMS", "READ.SCAN_SCORE_VISIBLE", "READ.READER_KNOWS_PATIENT"),
        files=("reading/*.yaml", "forms/*.yaml", "people.yaml"),
    ),
    "C1": Failure(
        happened="Readers of one pathway were blind to the other; images went under study numbers only.",
        checks=("READ.OTHER_PATHWAY_SEEN", "FLOW.READER_SEES_IDENTITY", "FLOW.NOT_DEIDENTIFIED", "DEID.NAME_KEPT"),
        files=("reading/*.yaml", "flows.yaml", "deidentification.yaml"),
    ),
    "C2": Failure(
        happened="Images and report went back to the hospital's PACS after the decision, by themselves, at the right time.",
        checks=("FLOW.RETURN_BYPASSES_GATEWAY", "FLOW.RETURN_WITHOUT_TIME", "FLOW.RETURN_BREAKS_BLIND", "FLOW.NOTHING_RETURNED"),
        files=("flows.yaml",),
    ),
    "C3": Failure(
        happened="An agreement study used the same images, without names and without copies.",
        checks=("FLOW.COPY_OF_IMAGES", "FLOW.OPEN_CHANNEL", "FLOW.READER_SEES_IDENTITY", "CONSENT.USE_UNCOVERED"),
        files=("flows.yaml", "consent.yaml"),
    ),
    "C4": Failure(
        happened="A funder made the trial book research imaging as treatment cost; hospitals stopped recruiting.",
        checks=("COST.RESEARCH_AS_TREATMENT", "COST.NO_ATTRIBUTION"),
        files=("costs.yaml",),
    ),
}  # fmt: skip


def failures_markdown() -> str:
    """docs/reference/failures.md: each failure of the paper, the checks that find it, and where."""
    lines = [
        "# Failures of the paper, found on paper",
        "",
        "The examples of the PROVIDENT paper (Biscombe et al., Radiography 2026) tell what went wrong in real trials, and what had to be got right.",
        "Each is found in a plan by the checks named; `tests/spec/plan/broken_as_in_the_paper.py` words each in four ways or more, and mends it.",
        "More on each check in [Checks on a plan](checks.md).",
        "",
        "| | what happened | found by | in |",
        "|---|---|---|---|",
    ]
    for name, failure in FAILURES.items():
        checks = ", ".join(f"`{code}`" for code in failure.checks)
        files = ", ".join(f"`{file}`" for file in failure.files)
        lines.append(f"| {name} | {failure.happened} | {checks} | {files} |")
    lines += ["", "What each of these checks finds:", ""]
    named = dict.fromkeys(c for f in FAILURES.values() for c in f.checks)
    lines += [f"- `{code}`: {CHECKS[code].finds}" for code in named]
    return "\n".join(lines) + "\n"
