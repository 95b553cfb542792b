"""What a plan says of the radiation of its exams: who answers for it, how far it may go, by which factors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from provident.acquisition import dose
from provident.acquisition.dose import repeats
from provident.plan import Plan


_KINDS = {
    "CT": dose.Kind.CT, "MG": dose.Kind.MAMMOGRAPHY, "PT": dose.Kind.ADMINISTRATION, "NM": dose.Kind.ADMINISTRATION,
    "DX": dose.Kind.PROJECTION, "CR": dose.Kind.PROJECTION, "XA": dose.Kind.PROJECTION, "RF": dose.Kind.PROJECTION,
}  # fmt: skip
_ADVICE, _RECALL = "image_quality", "recall"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamRules:
    """What holds for the dose of one exam kind. `kinds` is empty where it does not expose."""

    exam: str
    kinds: tuple[dose.Kind, ...] = ()
    research: bool = True
    constraint: dose.Constraint = field(default_factory=dose.Constraint)
    expected: Mapping[str, float] = field(default_factory=dict)
    practitioner: str = ""  # the plan's role that justifies
    expert: str = ""  # the plan's role that signs as medical physics expert
    expert_words: str = ""
    approval: str = ""

    @property
    def ionising(self) -> bool:
        """Whether the exam exposes to ionising radiation."""
        return bool(self.kinds)


def exam_rules(plan: Plan, exam: str) -> ExamRules:
    """What the plan says of one exam's dose; an exam that it does not know counts as research, without limits."""
    manual = plan.imaging.get(exam)
    if manual is None:
        return ExamRules(exam=exam)
    kinds = tuple(dict.fromkeys(_KINDS[m] for m in manual.modality if m in _KINDS))
    exposure = manual.exposure
    if exposure is None:
        return ExamRules(exam=exam, kinds=kinds)
    return ExamRules(
        exam=exam,
        kinds=kinds,
        research=exposure.kind == "research",
        constraint=dose.constraint_of(exposure),
        expected=dose.expected_of(exposure),
        practitioner=exposure.justified_by or deciding(plan, "justification"),
        expert=_expert(plan, exposure.expert or ""),
        expert_words=exposure.expert or "",
        approval=exposure.approval or "",
    )


def deciding(plan: Plan, decision: str) -> str:
    """The first role of the plan that decides something; blank where none does."""
    return next((n for n, r in plan.people.roles.items() if decision in r.decides), "")


def _expert(plan: Plan, words: str) -> str:
    """The role that signs for the expert: the one so named, else the one that advises on image quality."""
    named = words.strip().lower().replace(" ", "_")
    if not named or named in plan.people.roles:
        return named
    return deciding(plan, _ADVICE)


def repeat_roles(plan: Plan, exam: str) -> repeats.Roles:
    """Who advises on, decides and justifies a repeat: the manual's `recall`, else who decides so in people.yaml."""
    manual = plan.imaging.get(exam)
    recall = manual.recall if manual else None
    return repeats.Roles(
        advised_by=(recall.advised_by if recall else None) or deciding(plan, _ADVICE),
        decided_by=(recall.decided_by if recall else None) or deciding(plan, _RECALL),
        justified_by=exam_rules(plan, exam).practitioner or None,
    )


def factors_of(plan: Plan, exam: str) -> tuple[dose.FactorSet, ...]:
    """The sets of factors for an exam: the plan's first, then those that ship.

    Raises:
        NotFound: `k_factors` names no set and no file of the plan.
        InvalidInput: the table of the plan cannot be used.
    """
    manual = plan.imaging.get(exam)
    named = manual.exposure.k_factors if manual and manual.exposure else None
    if not named:
        return dose.BUILT_IN
    if named in plan.files:
        return (dose.factor_table(plan.files[named], file=named), *dose.BUILT_IN)
    first = dose.named_factors(named)
    return (first, *(one for one in dose.BUILT_IN if one is not first))
