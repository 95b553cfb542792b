"""Jobs of scanners."""

from __future__ import annotations

from provident.kernel import NotFound
from provident.web.exams.objects import object_store
from provident.web.jobs.queue import job
from provident.web.ledger.clock import clock
from provident.web.scanners import actions, measuring, selectors, standing
from provident.web.studies.plans import plan_in_force


@job
def measure_phantom(scan_id: str) -> None:
    """Measure a phantom scan; reading and measuring happen outside of any transaction."""
    scan = selectors.scan_by_id(scan_id)
    rule = standing.rule_of(plan_in_force(scan.study), scan.phantom)
    if rule is None:
        raise NotFound("The plan in force has no such phantom any more.")
    store = object_store()
    images = [store.read(key) for key in scan.images]
    measured = measuring.measure(images, rule, scan.scanner.modality)
    actions.keep_measurements(scan=scan, measured=measured, clock=clock())
