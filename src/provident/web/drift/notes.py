"""What messages about alarms say: no reader, no case, no figure; a mail is read on any telephone."""

from __future__ import annotations

from provident.web.qc.outbox import Note


RETRAINING = (
    "The control charts of the readers have raised alarm {alarm}. Retrain the reader on the scoring form with its examples and "
    "conventions, and write down what was gone through. Cases that are signed stay as they are; reading them again needs an "
    "amendment of the plan."
)


HELD = "The lead reader looks at the control charts of the readers (alarm {alarm}). You get no new case of this kind meanwhile."


def raised(alarm: int, study: str) -> Note:
    """A chart signalled."""
    return Note(
        kind="action", key=f"alarm {alarm}", subject=f"Alarm {alarm} of the readers' control charts",
        text=f"A control chart of the readers signals. Take the alarm on and decide what follows.\nOpen /s/{study}/readers/alarms/{alarm}",
    )  # fmt: skip
