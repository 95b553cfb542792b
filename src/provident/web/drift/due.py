"""When charts are drawn again."""

from __future__ import annotations

from collections.abc import Mapping

from provident.web.drift.measured import counts
from provident.web.studies.models import Study
from provident.web.studies.plans import plan_in_force


def is_due(study: Study, endpoint: str, before: Mapping[str, int]) -> bool:
    """Whether a reader has signed another `every` reads since the charts were drawn with the counts `before`."""
    design = plan_in_force(study).reading.get(endpoint)
    if design is None or design.monitor is None:
        return False
    every = design.monitor.every
    now = counts(study, endpoint)
    return any(n // every > before.get(reader, 0) // every for reader, n in now.items())
