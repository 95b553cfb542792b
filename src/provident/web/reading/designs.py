"""The read designs of a study's plan in force, and rows as the library's values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from provident import reading
from provident.programme.reads import read_design, read_designs
from provident.web.reading.models import Assignment, Case, FixedLimit, Read
from provident.web.studies.models import Study
from provident.web.studies.plans import plan_in_force


def designs(study: Study) -> dict[str, reading.ReadDesign]:
    """All read designs of the plan in force, by endpoint."""
    return read_designs(plan_in_force(study))


def design_of(case: Case) -> reading.ReadDesign:
    """The read design of a case."""
    return read_design(plan_in_force(case.study), case.design)


def fixed_limits(study: Study, design: str) -> dict[str, float]:
    """The figures of a design that were fixed after the plan was written."""
    return dict(
        FixedLimit.objects.filter(study=study, design=design).values_list(
            "name", "value"
        )
    )


def open_limits(study: Study, design: reading.ReadDesign) -> list[str]:
    """The figures of a design that nobody has fixed yet."""
    fixed = fixed_limits(study, design.endpoint)
    return [
        name
        for name, value in design.limits.items()
        if value is None and name not in fixed
    ]


def labels(assignment: Assignment) -> reading.Labels:
    """An assignment's labels as pairs of label and visit."""
    return tuple((str(label), str(visit)) for label, visit in assignment.labels)


def read_value(
    design: reading.ReadDesign, read: Read, answers: Mapping[str, Any] | None = None
) -> reading.Read:
    """A stored read as the library evaluates it."""
    assignment = read.assignment
    together = assignment.role == Assignment.Role.CONSENSUS
    return reading.evaluate_read(
        design,
        answers if answers is not None else read.answers,
        read_id=str(read.pk),
        case=str(assignment.case_id),
        # A consensus is nobody's own read.
        reader="together" if together else str(assignment.reader_id),
        seat=assignment.seat,
        occasion=assignment.occasion,
        version=read.version,
    )


def placed(assignment: Assignment) -> reading.Placed:
    """An assignment as the library's place in an order."""
    case = assignment.case
    shown = case.source or case
    return reading.Placed(
        case=str(case.pk),
        participant=shown.participant.code if shown.participant else "",
        reader=str(assignment.reader_id),
        position=assignment.position,
        block=assignment.block,
        seat=assignment.seat,
        labels=labels(assignment),
        occasion=assignment.occasion,
    )
