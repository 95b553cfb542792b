"""The plan of a study as a value, kept in memory by its hash."""

from __future__ import annotations

from functools import lru_cache

from provident import plan
from provident.kernel import PlanError
from provident.web.studies.models import PlanVersion, Study


@lru_cache(maxsize=16)
def _loaded(version_id: int, _hash: str) -> plan.Plan:
    files = PlanVersion.objects.values_list("files", flat=True).get(pk=version_id)
    loaded = plan.load_files({name: text.encode() for name, text in files.items()})
    if loaded.plan is None:
        raise PlanError(
            "The stored plan does not load with this version of Provident.",
            loaded.findings,
        )
    return loaded.plan


def plan_of(version: PlanVersion) -> plan.Plan:
    """The plan that a version's files say."""
    return _loaded(version.pk, version.hash)


def version_in_force(study: Study) -> PlanVersion:
    """The version in force.

    Raises:
        PlanError: the study has no plan.
    """
    version = study.plans.order_by("in_force_from", "id").last()
    if version is None:
        raise PlanError(f"The study {study.slug} has no plan.")
    return version


def plan_in_force(study: Study) -> plan.Plan:
    """The plan in force."""
    return plan_of(version_in_force(study))
