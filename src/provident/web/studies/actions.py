"""The only writer of studies and plan versions."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from provident import plan
from provident.kernel import Clock, InvalidInput
from provident.web.ledger.record import Actor, record
from provident.web.studies.models import PlanVersion, Study
from provident.web.studies.plans import as_text, checked


def load_plan(
    *, files: Mapping[str, bytes], by: Actor, clock: Clock, reason: str = ""
) -> PlanVersion:
    """Take in a plan: the first makes the study, a later version becomes the one in force.

    The same version with the same content changes nothing.

    Raises:
        PlanError: the plan has errors, all of them in `findings`.
        InvalidInput: the version is there already with another content.
    """
    return _take_in(checked(files), files, by, clock, reason)


@transaction.atomic
def _take_in(
    new: plan.Plan, files: Mapping[str, bytes], by: Actor, clock: Clock, reason: str
) -> PlanVersion:
    slug = new.study.id.lower()
    study, made = Study.objects.get_or_create(
        slug=slug, defaults={"title": new.study.title, "created_at": clock.now()}
    )
    before = study.plans.order_by("in_force_from", "id").last()
    same = study.plans.filter(version=new.version).first()
    if same is not None:
        if same.hash != new.hash:
            raise InvalidInput(
                f"Version {new.version} is there with another content; give the change a new version."
            )
        return same
    text = {name: as_text(content) for name, content in files.items()}
    version = PlanVersion.objects.create(
        study=study,
        version=new.version,
        hash=new.hash,
        files=text,
        loaded_at=clock.now(),
        in_force_from=clock.now(),
    )
    record(
        clock=clock, by=by, study=slug, action="plan.loaded", thing="plan", thing_id=new.version, reason=reason,
        old={"version": before.version, "hash": before.hash} if before else {},
        new={"version": new.version, "hash": new.hash, "title": study.title if made else None},
    )  # fmt: skip
    return version


@transaction.atomic
def mark_locked(*, study: Study, clock: Clock) -> None:
    """Set the study's lock; the report that signs it records the event."""
    study.locked_at = clock.now()
    study.save(update_fields=["locked_at"])


@transaction.atomic
def mark_unblinded(*, study: Study, clock: Clock) -> None:
    """Set the study's unblinding; the report that signs it records the event."""
    study.unblinded_at = clock.now()
    study.save(update_fields=["unblinded_at"])
