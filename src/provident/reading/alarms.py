"""The states of an alarm on a reader, as a table."""

from __future__ import annotations

from enum import StrEnum

from provident.reading.workflow import Workflow


class AlarmState(StrEnum):
    """How far an alarm is."""

    RAISED = "raised"
    ACKNOWLEDGED = "acknowledged"
    ACTED = "acted"
    CLOSED = "closed"


ALARM = Workflow(
    thing="alarm",
    start=AlarmState.RAISED,
    moves={
        AlarmState.RAISED: {AlarmState.ACKNOWLEDGED: "somebody takes it on"},
        AlarmState.ACKNOWLEDGED: {
            AlarmState.ACTED: "what was done is written down",
            AlarmState.CLOSED: "a false alarm, signed with its reason",
        },
        AlarmState.ACTED: {
            AlarmState.CLOSED: "the reader reads as planned again, signed with the reason",
        },
        AlarmState.CLOSED: {},
    },
)
