"""The plan's own words for visits, exams and series roles."""

from __future__ import annotations

from provident import plan


SHORT = {"CR": "XR", "DX": "XR", "MG": "MG"}


def plain(code: str) -> str:
    """A code as words, where the plan gives none: `week12` stays, `hands_mri` becomes `hands mri`."""
    return code.replace("_", " ")


def visit_name(of: plan.Plan, visit: str) -> str:
    """How people call a visit: `Week 12`."""
    found = of.study.visits.get(visit)
    return (found.label if found else None) or plain(visit) or "no visit"


def exam_name(of: plan.Plan, exam: str) -> str:
    """How people call an exam: `MRI of both hands`."""
    found = of.imaging.get(exam)
    return (
        (found.title if found else None) or plain(exam) or "of no kind the plan knows"
    )


def exam_short(of: plan.Plan, exam: str) -> str:
    """An exam in two letters: `MR`, `XR`, `US`."""
    found = of.imaging.get(exam)
    first = found.modality[0] if found and found.modality else exam[:2].upper()
    return SHORT.get(first, first)


def role_name(of: plan.Plan, exam: str, role: str) -> str:
    """How people call a series role: `STIR cor`."""
    manual = of.imaging.get(exam)
    found = manual.series.get(role) if manual else None
    return (found.title if found else None) or plain(role) or "of no role"


def reason_name(of: plan.Plan, code: str) -> str:
    """The plan's words for why a scan was not done."""
    return of.study.not_done.get(code) or plain(code)


def option_words(of: plan.Plan, option: str) -> str:
    """A consent option in the plan's words."""
    found = of.consent.options.get(option) if of.consent else None
    words = (found.words if found else None) or plain(option)
    return words[:1].upper() + words[1:]
