"""The only writer of image measures and of which exams a person looks at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from provident.kernel import Clock
from provident.web.exams.models import Exam, Series
from provident.web.ledger.record import SYSTEM
from provident.web.qc.actions.events import exam_event
from provident.web.qc.drawing import Draw
from provident.web.qc.models import Selection, SeriesMeasures


@transaction.atomic
def keep_measures(
    *, series: Series, measures: Sequence[dict[str, Any]], cpu_seconds: float, clock: Clock
) -> None:  # fmt: skip
    """Keep what was measured in the images of a series, once for each version of it.

    They can be made again from the images at any time and decide nothing, so there is no event.
    """
    SeriesMeasures.objects.get_or_create(
        series=series,
        manifest_sha256=series.manifest_sha256,
        defaults={
            "measures": list(measures),
            "cpu_seconds": cpu_seconds,
            "at": clock.now(),
        },
    )


@transaction.atomic
def choose(*, exam: Exam, draw: Draw, clock: Clock) -> Selection:
    """Keep whether a person looks at an exam; drawn once, later only added to.

    An exam that nobody had to look at is looked at after all when a later verdict is not a pass.
    """
    kept = Selection.objects.filter(exam=exam).first()
    if kept is not None and (kept.looked_at or not draw.looked_at):
        return kept
    made, _ = Selection.objects.update_or_create(
        exam=exam,
        defaults={
            "looked_at": draw.looked_at, "because": draw.because, "share": draw.share, "seed": draw.seed,
            "drawn": draw.drawn, "at": clock.now(),
        },
    )  # fmt: skip
    exam_event(
        "review.selected", exam, SYSTEM, clock, "exam", exam.pk,
        looked_at=draw.looked_at, because=draw.because, share=draw.share, seed=draw.seed, drawn=draw.drawn,
    )  # fmt: skip
    return made
