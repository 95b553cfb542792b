"""The demo plan with another way of reading its synovitis."""

from __future__ import annotations


SYNOVITIS = "reading/synovitis.yaml"
PRESENT = "present: {mode: simultaneous, time_order: hidden, prior_answers: hidden}"
HOW = "  how: independent third read, blind   # a reader who sees both answers may only choose one of them"
FINAL = "final: {agreed: mean of two, adjudicated: mean of the two nearest, tie: adjudicator and higher}"
HIDE = "hide: [arm, site, dates, visit_order, clinical_data, other_answers]"


def changed(files: dict[str, bytes], *changes: tuple[str, str]) -> dict[str, bytes]:
    """The plan's files with changes in the read design of synovitis; each must be found once."""
    text = files[SYNOVITIS].decode()
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return {**files, SYNOVITIS: text.encode()}
