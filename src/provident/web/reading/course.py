"""How far the read of a case has come: the stage that is open, what is locked, which images may be seen now.

The server asks here for every answer and every image that it gives (docs/explanation/architecture.md).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from provident import reading
from provident.kernel import InvalidInput
from provident.web.reading.designs import design_of, labels
from provident.web.reading.models import Assignment, StageLock


_IMAGE = re.compile(r"/read/file/[\w-]+/(?P<name>[\w-]+)\.dcm(?:\?frame=\d+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """The course of one reader's read of one case.

    Attributes:
        stage: the stage that is open now; after the signature, the last.
        locked: answers of the stages before, by the client's keys.
        measurements: what was drawn in the stages before.
        signed: whether nothing can change any more.
        chooses: whether this is an adjudicator who sees two reads and chooses one.
    """

    design: reading.ReadDesign
    labels: reading.Labels
    stage: reading.Stage
    locked: Mapping[str, Any]
    measurements: tuple[Mapping[str, Any], ...]
    signed: bool
    chooses: bool = False

    @property
    def closed(self) -> bool:
        """Whether the reader sees nothing of the case any more: signed, and earlier answers are hidden."""
        return self.signed and not self.design.own_prior_answers

    @property
    def visits(self) -> frozenset[str]:
        """The visits whose images may be seen now."""
        if self.closed:
            return frozenset()
        visits = dict(self.labels)
        return frozenset(visits[label] for label in self.stage.shown)

    @property
    def shows_locked(self) -> bool:
        """Whether locked answers of this case may be seen now."""
        whole = self.stage.kind is reading.StageKind.GLOBAL
        return not self.closed and (whole or self.design.own_prior_answers)

    def whole(self, answers: Mapping[str, Any]) -> dict[str, Any]:
        """All answers of the case, as `reading.merge` allows them.

        Raises:
            InvalidInput: a change of what is locked or not shown yet.
        """
        return reading.merge(self.design, self.labels, self.stage, answers, self.locked)

    def own(self, answers: Mapping[str, Any]) -> dict[str, Any]:
        """What of the answers this stage itself says: a draft holds nothing else."""
        whole = self.whole(answers)
        return {k: v for k, v in whole.items() if self.locked.get(k, _NOTHING) != v}


_NOTHING = object()


def course(assignment: Assignment, design: reading.ReadDesign | None = None) -> Course:
    """Where the read of a case stands."""
    design = design or design_of(assignment.case)
    pairs = labels(assignment)
    locks = list(StageLock.objects.filter(assignment=assignment).order_by("stage"))
    chooses = assignment.role == "adjudicator" and design.adjudicator_chooses
    together = assignment.role == "consensus"
    # Who decides between two reads has all that both of them had.
    steps = (_all(pairs),) if chooses or together else reading.stages(design, pairs)
    by_visit: dict[str, dict[str, Any]] = {}
    for lock in locks:
        for visit, answers in lock.answers.items():
            by_visit.setdefault(visit, {}).update(answers)
    return Course(
        design=design,
        labels=pairs,
        stage=steps[min(len(locks), len(steps) - 1)],
        locked=reading.to_labels(pairs, by_visit),
        measurements=tuple(m for lock in locks for m in lock.measurements),
        signed=assignment.submitted_at is not None,
        chooses=chooses,
    )


def _all(pairs: reading.Labels) -> reading.Stage:
    names = tuple(label for label, _ in pairs)
    kind = reading.StageKind.TIME_POINT
    return reading.Stage(number=1, of=1, kind=kind, open=names, shown=names)


def image_name(address: str) -> str:
    """The opaque name in the address of an image; empty where it is none."""
    found = _IMAGE.fullmatch(address)
    return found["name"] if found else ""


def own_measurements(
    assignment: Assignment, now: Course, given: list[Any]
) -> list[Any]:
    """What was drawn in the open stage: on its images, and nothing of what is locked.

    Raises:
        InvalidInput: something drawn on an image that is not shown now, or a locked one changed.
    """
    if now.stage.of == 1:
        return list(given)
    at = {
        entry["name"]: row.visit
        for row in assignment.case.series.all()
        for entry in row.copy
    }
    visits = dict(now.labels)
    opened = {visits[label] for label in now.stage.open}
    kept = []
    for drawn in given:
        if drawn in now.measurements:
            continue
        visit = at.get(image_name(str(drawn.get("image", ""))))
        if visit not in opened:
            raise InvalidInput(
                "Something was drawn on an image of a time point that is locked, or not shown now."
            )
        kept.append(drawn)
    return kept
