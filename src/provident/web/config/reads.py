"""What the command line asks of reads: an algorithm's output taken in, and structured reports written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from provident.kernel import Denied
from provident.web.ledger.clock import clock
from provident.web.people.access import Thing, can
from provident.web.people.models import Membership
from provident.web.people.selectors import members
from provident.web.reading.actions.software import take_output
from provident.web.reports.actions import note_reports
from provident.web.reports.structured import reports
from provident.web.studies.selectors import study_by_slug


def _member(study: str, username: str, verb: str, thing: Thing) -> Membership:
    slug = study_by_slug(study.lower()).slug
    rows = members(slug).filter(
        user__username=username, until__isnull=True, user__is_active=True
    )
    found = next((m for m in rows if can(m, verb, thing)), None)
    if found is None:
        raise Denied(f"{username} has no role in {slug} that may {verb} {thing.value.replace('_', ' ')}s.")  # fmt: skip
    return found


def take_files(
    study: str, endpoint: str, username: str, files: Sequence[tuple[str, bytes]], password: str, declared: str,
    rerun: bool,
) -> list[dict[str, Any]]:  # fmt: skip
    """Take files of an algorithm's output, one after the other.

    Raises:
        Denied, NotFound, InvalidInput: as `take_output`.
    """
    by = _member(study, username, "import", Thing.READ)
    taken = []
    for name, data in files:
        made = take_output(
            endpoint=endpoint, name=name, data=data, password=password, by=by, clock=clock(), declared=declared,
            rerun=rerun,
        )  # fmt: skip
        taken.append({"name": name, "algorithm": made.algorithm, "version": made.version, "sha256": made.sha256,
                      "reads": made.reads, "same": made.same})  # fmt: skip
    return taken


def report_files(study: str, username: str) -> dict[str, bytes]:
    """All reads that may be exported as structured reports, by file name; the ledger keeps that they were fetched.

    Raises:
        Denied: the account may make no export, or the scores are hidden from it still.
    """
    by = _member(study, username, "make", Thing.EXPORT)
    files = dict(reports(by))
    note_reports(count=len(files), by=by, clock=clock())
    return files
