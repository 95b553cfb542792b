"""Stored exams for the command line: judged by a plan that is not in force."""

from __future__ import annotations

from provident.acquisition.amending import Effect
from provident.plan import Plan
from provident.web.exams.judging import manuals
from provident.web.exams.stored import effects
from provident.web.studies.selectors import study_by_slug


def effects_of(study: str, new: Plan) -> list[Effect]:
    """What each stored exam of a study would be judged by a new plan.

    Raises:
        NotFound: the platform has no such study.
    """
    return list(effects(study_by_slug(study.lower()), manuals(new)))
