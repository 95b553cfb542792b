"""Jobs of the control charts on readers."""

from __future__ import annotations

from provident.kernel.ids import new_seed
from provident.web.drift import actions, selectors
from provident.web.drift.boards import draw
from provident.web.drift.due import is_due
from provident.web.jobs.queue import job
from provident.web.ledger.clock import clock


@job
def read_signed(read_id: str) -> None:
    """A read was signed: the charts of its design are drawn again where a reader has made as many as the plan says.

    Drawing happens outside of any transaction.
    """
    read = selectors.read_by_id(read_id)
    study, endpoint = read.assignment.case.study, read.assignment.design
    before = selectors.latest(study).get(endpoint)
    if not is_due(study, endpoint, before.counts if before else {}):
        return
    seed = before.seed if before else new_seed()
    found = draw(study, endpoint, seed=seed, starts=selectors.starts(study, endpoint))
    actions.keep(study=study, drawn=found, clock=clock())
