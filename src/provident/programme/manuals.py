"""The imaging manuals of a plan, as the values that judge."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from provident.acquisition import Manual, compile_manual
from provident.kernel import NotFound, PlanError
from provident.plan.models.imaging import ImagingManual
from provident.plan.nearest import did_you_mean


if TYPE_CHECKING:
    from provident.plan import Loaded, Plan


def manual(plan: Plan, exam_id: str) -> Manual:
    """The manual of one exam kind; its first visit is the first of the plan that has the exam.

    Raises:
        NotFound: the plan has no exam of this id.
    """
    if exam_id not in plan.imaging:
        raise NotFound(
            f'The plan has no exam "{exam_id}"{did_you_mean(exam_id, plan.imaging)}.'
        )
    visits = plan.study.visits
    first = next((v for v, visit in visits.items() if exam_id in visit.imaging), None)
    return compile_manual(plan.imaging[exam_id], first_visit=first)


def manuals(plan: Plan) -> dict[str, Manual]:
    """The manuals of all exam kinds of the plan."""
    return {exam: manual(plan, exam) for exam in plan.imaging}


def judging_by(loaded: Loaded) -> tuple[dict[str, Manual], frozenset[str]]:
    """The manuals to judge by and the visits, even where another file of the plan is wrong.

    Raises:
        PlanError: an imaging manual does not load, or there is none; with all findings.
    """
    if loaded.plan is not None:
        return manuals(loaded.plan), frozenset(loaded.plan.study.visits)
    visits = _visits(loaded.documents.get("study.yaml"))
    models = {
        name: _model(document)
        for name, document in loaded.documents.items()
        if _is_manual(name, document)
    }
    # A file that is not even YAML is among the findings alone.
    unread = {f.where.file for f in loaded.findings if _in_imaging(f.where.file)}
    if not models or None in models.values() or unread - set(models):
        raise PlanError("the plan's imaging manuals do not load", loaded.findings)
    found: dict[str, Manual] = {}
    for model in models.values():
        assert model is not None
        first = next((v for v, exams in visits.items() if model.exam in exams), None)
        found[model.exam] = compile_manual(model, first_visit=first)
    return found, frozenset(visits)


def _model(document: Any) -> ImagingManual | None:
    try:
        return ImagingManual.model_validate(document)
    except ValidationError:
        return None


def _is_manual(name: str, document: Any) -> bool:
    return (
        name.startswith("imaging/")
        and isinstance(document, dict)
        and "exam" in document
    )


def _in_imaging(file: str | None) -> bool:
    return (
        file is not None
        and file.startswith("imaging/")
        and file != "imaging/phantoms.yaml"
    )


def _visits(study: Any) -> Mapping[str, tuple[str, ...]]:
    """Visit to its exams, from a study file that may be wrong elsewhere."""
    visits = study.get("visits") if isinstance(study, dict) else None
    if not isinstance(visits, dict):
        return {}
    return {
        str(name): tuple(map(str, visit.get("imaging") or ()))
        for name, visit in visits.items()
        if isinstance(visit, dict)
    }
