"""What the command line asks of the records: the ledger's state, and an export's files."""

from __future__ import annotations

from typing import Any

from django.db import connection

from provident.kernel import Denied
from provident.web.exams.objects import object_store
from provident.web.ledger import triggers
from provident.web.ledger.clock import clock
from provident.web.ledger.selectors import faults, head, studies
from provident.web.people.access import Role
from provident.web.people.selectors import members
from provident.web.reports.actions import make_export, note_fetched
from provident.web.studies.selectors import study_by_slug


def verify_ledger() -> dict[str, Any]:
    """Every chain with its faults, and the triggers that are missing."""
    chains = []
    for study in studies():
        last = head(study)
        broken = [{"number": f.number, "what": f.what} for f in faults(study)]
        chains.append(
            {"study": study, "events": last.number, "head": last.hash, "faults": broken}
        )
    return {"chains": chains, "triggers_missing": triggers.missing(connection)}


def export_files(study: str, username: str) -> dict[str, bytes]:
    """Make an export as a statistician and return its files.

    Raises:
        NotFound: no such study.
        Denied: the account is no statistician of the study.
    """
    slug = study_by_slug(study.lower()).slug
    roles = members(slug).filter(
        user__username=username, until__isnull=True, user__is_active=True
    )
    by = roles.filter(role=Role.STATISTICIAN.value).first()
    if by is None:
        raise Denied(
            f"{username} is no statistician of {slug}; exports are a statistician's."
        )
    made = make_export(by=by, clock=clock())
    for name in made.files:
        note_fetched(export=made, name=name, by=by, clock=clock())
    return {name: object_store().read(file["key"]) for name, file in made.files.items()}
