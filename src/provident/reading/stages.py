"""Stages of a case: what is shown and may be answered now, and what is locked for good.

FDA, Clinical Trial Imaging Endpoint Process Standards (guidance, April 2018), section on image presentation:
in a time-sequential read each time point is locked before the next is shown; a hybrid read ends with one look at
all time points in their order, in which only some answers may still change. Later information never reopens a lock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from provident.forms import Answers, check_answers
from provident.kernel import Finding, InvalidInput
from provident.reading.cases import Labels, to_visits
from provident.reading.design import Mode, ReadDesign


class StageKind(StrEnum):
    """What is done in a stage."""

    TIME_POINT = "time point"
    GLOBAL = "global"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One stage of a case.

    Attributes:
        number: from 1.
        of: how many stages the case has.
        open: the labels whose items are answered in it.
        shown: the labels whose images are shown in it, left to right.
    """

    number: int
    of: int
    kind: StageKind
    open: tuple[str, ...]
    shown: tuple[str, ...]

    @property
    def last(self) -> bool:
        """Whether the signature follows."""
        return self.number == self.of


def stages(design: ReadDesign, labels: Labels) -> tuple[Stage, ...]:
    """The stages of a case, in their order; a design that locks nothing has one."""
    names = tuple(label for label, _ in labels)
    steps = _steps(design, labels, names)
    return tuple(
        Stage(number=number, of=len(steps), kind=kind, open=opened, shown=shown)
        for number, (kind, opened, shown) in enumerate(steps, 1)
    )


_Step = tuple[StageKind, tuple[str, ...], tuple[str, ...]]


def _steps(design: ReadDesign, labels: Labels, names: tuple[str, ...]) -> list[_Step]:
    if design.mode not in (Mode.TIME_SEQUENTIAL, Mode.HYBRID):
        return [(StageKind.TIME_POINT, names, names)]
    # In an order that is hidden nothing may be compared before the global read.
    alone = design.hidden_time_order
    steps: list[_Step] = [
        (StageKind.TIME_POINT, (name,), (name,) if alone else names[: i + 1])
        for i, name in enumerate(names)
    ]
    if design.mode is Mode.HYBRID:
        in_time = sorted(labels, key=lambda pair: design.visits.index(pair[1]))
        steps.append((StageKind.GLOBAL, (), tuple(label for label, _ in in_time)))
    return steps


def may_change(design: ReadDesign, key: str) -> bool:
    """Whether the global read may change an answer, named without its label (`response`, `lesions.1.size`)."""
    return any(
        key == name or key.startswith(f"{name}.") for name in design.global_may_change
    )


def open_keys(design: ReadDesign, labels: Labels, stage: Stage) -> tuple[str, ...]:
    """The keys of a global stage that may be changed, as the client has them."""
    if stage.kind is not StageKind.GLOBAL:
        return ()
    return tuple(
        f"{label}:{key}"
        for label in stage.shown
        for key in design.form.fields
        if may_change(design, key)
    )


def merge(
    design: ReadDesign,
    labels: Labels,
    stage: Stage,
    answers: Answers,
    locked: Answers,
) -> dict[str, Any]:
    """All answers of a case: what is locked, and of the new ones what this stage may say.

    Keys are the client's (`A:normal`). A locked answer may come back as it was.

    Raises:
        InvalidInput: an answer to a time point that is locked or not shown yet, or a change
            that the global read may not make.
    """
    to_visits(labels, answers)  # refuses keys of no time point
    whole = dict(locked)
    for key, value in answers.items():
        if key in locked and locked[key] == value:
            continue
        if not _may_answer(design, labels, stage, key):
            raise InvalidInput(
                "An answer of a time point that is locked, or not shown yet, cannot be given or changed."
            )
        whole[key] = value
    return whole


def _may_answer(design: ReadDesign, labels: Labels, stage: Stage, key: str) -> bool:
    label, colon, rest = key.partition(":")
    if not colon and len(labels) == 1:
        label, rest = labels[0][0], key
    if stage.kind is StageKind.GLOBAL:
        return may_change(design, rest)
    return label in stage.open


def check_stage(
    design: ReadDesign, labels: Labels, stage: Stage, answers: Answers
) -> list[Finding]:
    """All that is missing or wrong in the items that a stage opens, by the client's keys."""
    by_visit = to_visits(labels, answers)
    prefixed = len(labels) > 1
    findings: list[Finding] = []
    for label, visit in labels:
        if label in stage.open or stage.kind is StageKind.GLOBAL:
            prefix = f"{label}:" if prefixed else ""
            findings += check_answers(
                design.form, by_visit[visit], complete=True, prefix=prefix
            )
    return findings


def changed(locked: Answers, whole: Answers) -> dict[str, list[Any]]:
    """What a global read has changed: key to [locked, now]. The FDA asks that such changes are tracked."""
    return {
        key: [locked.get(key), value]
        for key, value in whole.items()
        if key not in locked or locked[key] != value
    }


def of_stage(
    labels: Labels, stage: Stage, answers: Mapping[str, Any]
) -> dict[str, Any]:
    """The answers that a stage opens, by the client's keys."""
    if len(labels) == 1:
        return dict(answers)
    return {k: v for k, v in answers.items() if k.partition(":")[0] in stage.open}
