"""The only writer of sites and scanners."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from provident import plan
from provident.kernel import Clock, InvalidInput, Refused
from provident.programme.flow_gate import closed_flows
from provident.web.ledger.record import Actor, record
from provident.web.sites.models import Scanner, ScannerChange, Site
from provident.web.sites.standing import standing
from provident.web.studies.models import Study
from provident.web.studies.plans import plan_in_force


@transaction.atomic
def take_sites(*, study: Study, of: plan.Plan, by: Actor, clock: Clock) -> list[Site]:
    """Make the rows of a plan's sites and scanners; those that are there are brought up to date."""
    made = []
    for code, site in of.sites.sites.items():
        row, new = Site.objects.update_or_create(
            study=study,
            code=code,
            defaults={"name": site.name, "aet": site.aet, "prefix": site.prefix},
        )
        for scanner_code in site.scanners:
            scanner = of.sites.scanners[scanner_code]
            Scanner.objects.update_or_create(
                site=row, code=scanner_code,
                defaults={
                    "modality": scanner.modality, "make": scanner.make or "", "model": scanner.model or "",
                    "serial": scanner.serial or "",
                },
            )  # fmt: skip
        if new:
            record(clock=clock, by=by, study=study.slug, action="site.registered", thing="site", thing_id=code,
                   site=code, new={"name": site.name, "aet": site.aet})  # fmt: skip
        made.append(row)
    return made


@transaction.atomic
def activate(
    *, site: Site, by: Actor, clock: Clock, reason: str, waiver: str = ""
) -> None:
    """Open a site: from now on it may submit participant images.

    Args:
        waiver: why it is opened without a transfer test that was passed and still holds; on record.

    Raises:
        InvalidInput: no grounds are given.
        Refused: there is no such test, or a flow that its images take is untested or no longer agreed, and nobody waives it.
    """
    if site.activated_at is not None:
        return
    if not reason.strip():
        raise InvalidInput(
            "Say on what grounds the site is opened (survey, agreement, training, transfer test)."
        )
    test, closed = standing(site), closed_flows(plan_in_force(site.study), clock.now().date())  # fmt: skip
    reasons = [] if test.holds else [f"{test.words} {test.remedy}"]
    reasons += [f"{c.words} {c.remedy}" for c in closed]
    waived = waiver.strip() if reasons else ""
    if reasons and not waived:
        raise Refused(
            f"{site.name} cannot be opened: {' '.join(reasons)} Or say why it is opened all the same."
        )
    site.activated_at = clock.now()
    site.save(update_fields=["activated_at"])
    record(clock=clock, by=by, study=site.study.slug, action="site.activated", thing="site", thing_id=site.code,
           site=site.code, new={"active": True, "transfer_test": test.state, "closed_flows": [c.flow for c in closed], "waived_because": waived},
           reason=reason)  # fmt: skip


def keep_test(
    *, site: Site, outcome: str, profile: str, software: str, at: datetime
) -> None:
    """Note the outcome of a site's latest transfer test, inside the action that records it."""
    site.test_outcome, site.tested_at = outcome, at
    site.tested_profile, site.tested_software = profile, software
    # The test came from the gateway itself: this is what it runs.
    site.runs_software = software
    site.save(
        update_fields=["test_outcome", "tested_at", "tested_profile", "tested_software", "runs_software"]
    )  # fmt: skip


def note_software(*, site: Site, software: str) -> None:
    """Note which version of Provident a site's gateway runs, inside the action that records it."""
    site.runs_software = software
    site.save(update_fields=["runs_software"])


@transaction.atomic
def observe_scanner(
    *,
    scanner: Scanner,
    observed: dict[str, str],
    exam_uid: str,
    by: Actor,
    clock: Clock,
) -> list[ScannerChange]:
    """Note what an exam's headers say of its scanner; each watched fact that changed opens a change."""
    known = dict(scanner.observed)
    changed = {k: v for k, v in observed.items() if v and known.get(k) not in (None, v)}
    fresh = {k: v for k, v in observed.items() if v and known.get(k) != v}
    if not fresh:
        return []
    scanner.observed = {**known, **fresh}
    scanner.save(update_fields=["observed"])
    made = []
    for fact, value in changed.items():
        made.append(
            ScannerChange.objects.create(
                scanner=scanner,
                fact=fact,
                old=known[fact],
                new=value,
                seen_at=clock.now(),
                exam_uid=exam_uid,
            )
        )
    if made:
        study, site = scanner.site.study, scanner.site.code
        record(clock=clock, by=by, study=study.slug, action="scanner.changed", thing="scanner", thing_id=scanner.code,
               site=site, old={k: known[k] for k in changed}, new=changed)  # fmt: skip
    return made


def accept_changes(
    *,
    changes: Sequence[ScannerChange],
    outcome: str,
    signature: int,
    by: Actor,
    clock: Clock,
) -> None:
    """Close changes of one scanner with what the bridging check showed, inside the action that was signed.

    Raises:
        InvalidInput: no word on what the check showed.
    """
    if not outcome.strip():
        raise InvalidInput("Say what the bridging check showed.")
    for change in changes:
        change.closed_at, change.closed_by, change.outcome = clock.now(), by.name, outcome  # fmt: skip
        change.save(update_fields=["closed_at", "closed_by", "outcome"])
    scanner = changes[0].scanner
    record(clock=clock, by=by, study=scanner.site.study.slug, action="scanner.change_accepted", thing="scanner",
           thing_id=scanner.code, site=scanner.site.code,
           new={"facts": [c.fact for c in changes], "outcome": outcome, "signature": signature})  # fmt: skip
