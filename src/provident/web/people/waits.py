"""What waits in the plan itself: findings of its check."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from provident.kernel import PlanError, Severity
from provident.web.people.access import Thing, can
from provident.web.people.selectors import Membership
from provident.web.studies.plans import version_in_force
from provident.web.studies.presenters import report_of
from provident.web.ui.waits import Wait


def waits(membership: Membership, now: datetime) -> list[Wait]:
    """Findings of the check of the plan in force, for whoever can load a better one."""
    if not can(membership, "load", Thing.PLAN):
        return []
    try:
        findings = report_of(version_in_force(membership.study)).findings
    except PlanError:
        return []
    errors = [f for f in findings if f.severity is Severity.ERROR]
    serious = errors or [f for f in findings if f.severity is Severity.WARNING]
    return [
        Wait(
            place="plan", count=len(serious), words="Findings of the plan check" if errors else "Warnings of the plan check",
            href=reverse("studies:plan", kwargs={"study": membership.study.slug}),
            detail=serious[0].message[:140] if serious else "", urgency=3 if errors else 6,
        )
    ]  # fmt: skip
