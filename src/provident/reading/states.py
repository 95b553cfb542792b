"""The states of cases and reads, one table each."""

from __future__ import annotations

from enum import StrEnum

from provident.reading.workflow import Workflow


class CaseState(StrEnum):
    """Where a case is."""

    WAITING = "waiting"
    OPEN = "open"
    READING = "reading"
    DISCORDANT = "discordant"
    TECHNICAL_QUERY = "technical_query"
    ADJUDICATING = "adjudicating"
    FINAL = "final"
    LOCKED = "locked"
    WITHDRAWN = "withdrawn"


class ReadState(StrEnum):
    """Where a read is. An adjudicator's read has the same states."""

    ASSIGNED = "assigned"
    OPEN = "open"
    SUBMITTED = "submitted"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"


_LEAVES = "the participant withdraws"

CASE = Workflow(
    thing="case",
    start=CaseState.WAITING,
    moves={
        CaseState.WAITING: {
            CaseState.OPEN: "all images accepted",
            CaseState.WITHDRAWN: _LEAVES,
        },
        CaseState.OPEN: {
            CaseState.READING: "a reader opens it",
            CaseState.WAITING: "its images are reopened",
            CaseState.WITHDRAWN: _LEAVES,
        },
        CaseState.READING: {
            CaseState.FINAL: "the reads agree",
            CaseState.DISCORDANT: "the reads disagree",
            CaseState.WAITING: "its images are reopened, reads start again",
            CaseState.WITHDRAWN: _LEAVES,
        },
        CaseState.DISCORDANT: {
            CaseState.TECHNICAL_QUERY: "a technical cause is looked for",
            CaseState.ADJUDICATING: "an adjudicator is named",
            CaseState.WITHDRAWN: _LEAVES,
        },
        CaseState.TECHNICAL_QUERY: {
            CaseState.ADJUDICATING: "no technical cause",
            CaseState.READING: "a technical cause is mended, reads start again",
            CaseState.WITHDRAWN: _LEAVES,
        },
        CaseState.ADJUDICATING: {
            CaseState.FINAL: "the adjudicator submits",
            CaseState.WITHDRAWN: _LEAVES,
        },
        CaseState.FINAL: {
            CaseState.LOCKED: "data lock",
            CaseState.READING: "a signed correction with its reason",
            CaseState.WITHDRAWN: _LEAVES,
        },
        CaseState.LOCKED: {},
        CaseState.WITHDRAWN: {},
    },
)

READ = Workflow(
    thing="read",
    start=ReadState.ASSIGNED,
    moves={
        ReadState.ASSIGNED: {
            ReadState.OPEN: "the reader opens the case",
            ReadState.CANCELLED: "the reader is replaced, or the case leaves",
        },
        ReadState.OPEN: {
            ReadState.SUBMITTED: "the reader signs",
            ReadState.CANCELLED: "the reader is replaced, or the case leaves",
        },
        ReadState.SUBMITTED: {
            ReadState.SUPERSEDED: "a signed correction with its reason, a new version",
        },
        ReadState.SUPERSEDED: {},
        ReadState.CANCELLED: {},
    },
)
