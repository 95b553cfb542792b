"""The plan of a study as a value, kept in memory by its hash."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping

from provident import plan
from provident.kernel import PlanError
from provident.kernel.findings import Severity
from provident.plan.models.consent import Option, Withdrawal
from provident.plan.stored import as_bytes as as_bytes
from provident.plan.stored import as_text as as_text
from provident.web.studies.models import PlanVersion, Study


_KNOWN: OrderedDict[str, plan.Plan] = (
    OrderedDict()
)  # by content hash; the newest used last
_MOST = 16


def _keep(value: plan.Plan) -> plan.Plan:
    _KNOWN[value.hash] = value
    _KNOWN.move_to_end(value.hash)
    while len(_KNOWN) > _MOST:
        _KNOWN.popitem(last=False)
    return value


def checked(files: Mapping[str, bytes]) -> plan.Plan:
    """The plan that files say.

    Raises:
        PlanError: it has errors, all of them in `findings`.
    """
    known = _KNOWN.get(plan.content_hash(files))
    if known is not None:
        return known
    loaded = plan.load_files(files)
    errors = [f for f in loaded.findings if f.severity is Severity.ERROR]
    if loaded.plan is None or errors:
        raise PlanError(
            f"The plan has {len(errors)} errors; nothing was loaded.", loaded.findings
        )
    return _keep(loaded.plan)


def plan_of(version: PlanVersion) -> plan.Plan:
    """The plan that a version's files say.

    Raises:
        PlanError: what an earlier Provident took in does not load with this one.
    """
    known = _KNOWN.get(version.hash)
    if known is not None:
        return known
    files = {name: as_bytes(text) for name, text in version.files.items()}
    loaded = plan.load_files(files)
    if loaded.plan is None:
        raise PlanError(
            "The stored plan does not load with this version of Provident.",
            loaded.findings,
        )
    return _keep(loaded.plan)


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


def consent_options(of: plan.Plan) -> Mapping[str, Option]:
    """The consent options of a plan; none where it has no consent.yaml."""
    return of.consent.options if of.consent else {}


def withdrawals(of: plan.Plan) -> Mapping[str, Withdrawal]:
    """The levels of withdrawal of a plan; none where it has no consent.yaml."""
    return of.consent.withdrawal if of.consent else {}
