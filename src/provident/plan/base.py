"""The base of every plan model: frozen, and closed to unknown keys."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class PlanModel(BaseModel):
    """One mapping of a plan file. Unknown keys are errors, so that a typing error cannot hide."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)
