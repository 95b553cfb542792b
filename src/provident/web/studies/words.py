"""The plan's own words for visits, exams and series roles."""

from __future__ import annotations

from functools import cached_property

from provident import plan
from provident.web.studies.plans import plan_in_force
from provident.web.studies.selectors import Study


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


class Words:
    """The words of one study's plan, for templates: `words.visit(v)`, `words.exam(e)`, `words.role(e, r)`."""

    def __init__(self, study: Study) -> None:
        self.study = study

    @cached_property
    def plan(self) -> plan.Plan:
        """The plan in force, loaded when the first word is asked for."""
        return plan_in_force(self.study)

    def visit(self, visit: str) -> str:
        """How people call a visit."""
        return visit_name(self.plan, visit)

    def exam(self, exam: str) -> str:
        """How people call an exam."""
        return exam_name(self.plan, exam)

    def role(self, exam: str, role: str) -> str:
        """How people call a series role of an exam."""
        return role_name(self.plan, exam, role)
