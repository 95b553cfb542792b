"""What a scanner's open change holds: the seam that reading and the exam page ask.

`held(exam)` is empty or says why the exam's cases are not prepared for reading. Images are never held, nor is a person's
look at them: only reading waits.
"""

from __future__ import annotations

from datetime import date

from provident.plan import Plan
from provident.web.exams.models import Exam
from provident.web.scanners.selectors import known_of
from provident.web.scanners.standing import Change, Known
from provident.web.studies.plans import plan_in_force


def phantom_asked(plan: Plan) -> str:
    """The phantom that the plan wants accepted before a change is released, such as `acr_mri`; blank: none is named."""
    change = plan.phantoms.change if plan.phantoms else None
    until = change.on_change.until if change else None
    return (until or "").removesuffix(" accepted").strip()


def holds_reads(plan: Plan) -> bool:
    """Whether a change holds reads in this plan."""
    change = plan.phantoms.change if plan.phantoms else None
    return change is not None and change.on_change.hold == "reads"


def holding(known: Known, acquired_on: date | None) -> list[Change]:
    """The open changes of a scanner that an exam of a day was made after, or on the day of."""
    return [
        c
        for c in known.changes
        if c.open and (acquired_on is None or acquired_on >= c.day)
    ]


def held(exam: Exam) -> str:
    """Why the cases of an exam wait; empty where they do not."""
    if exam.scanner is None:
        return ""
    plan = plan_in_force(exam.study)
    if not holds_reads(plan):
        return ""
    waiting = holding(known_of(exam.scanner), exam.acquired_on)
    if not waiting:
        return ""
    what = ", ".join(dict.fromkeys(c.fact for c in waiting))
    asked = phantom_asked(plan)
    until = f" until {asked} is accepted and the change is released" if asked else " until the change is released"  # fmt: skip
    return f"{exam.scanner.code} changed ({what}): its exams are not prepared for reading{until}."


def lacking(plan: Plan, known: Known, since: date) -> list[str]:
    """The protocols (or the phantom) of which no scan after a change is accepted yet, in words; empty: it may be released."""
    asked = phantom_asked(plan)
    rule = plan.phantoms.phantoms.get(asked) if plan.phantoms and asked else None
    if rule is None or known.code not in rule.scanners:
        return []
    waiting = {c.pk for c in known.changes if c.open}
    return [
        f"{asked}{f' with {protocol}' if protocol else ''}"
        for protocol in (rule.protocols or ("",))
        if not any(
            s.accepted
            and (s.phantom, s.protocol) == (asked, protocol)
            and (s.acquired_on > since or s.change in waiting)
            for s in known.scans
        )
    ]
