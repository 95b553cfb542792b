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
    READING_LEAD = "reading_lead"  # watches the readers, as blind as they are
    STATISTICIAN = "statistician"
    MONITOR = "monitor"


# Whoever holds one of these is blind in the study, and holds no role that is not.
BLIND = frozenset({Role.READER, Role.ADJUDICATOR, Role.READING_LEAD})
