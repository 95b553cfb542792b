"""The roles of the platform."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """The platform's roles. The plan's own roles act as one of these."""

    TRIAL_MANAGER = "trial_manager"
    SITE = "site"
    QC = "qc"
    READER = "reader"
    ADJUDICATOR = "adjudicator"
    STATISTICIAN = "statistician"
    MONITOR = "monitor"
