"""The report on readers: how often each was overruled, in a funnel and over time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from provident.kernel import InvalidInput
from provident.statistics.charts import design_bernoulli_cusum, p_chart
from provident.statistics.disagreement import Overruling, reader_disagreement
from provident.statistics.figures import (
    Figure,
    Table,
    cusum_figure,
    funnel_figure,
    p_chart_figure,
)
from provident.statistics.report.section import Section


_BLOCK = 20


def reader_section(
    reads: Sequence[Overruling], *, false_alarm: float = 0.05
) -> Section:
    """Adjudications in the order of the reads: rates, funnel, and each reader's chart.

    The chart looks for a doubling of the common rate and flags one of equal readers in
    `false_alarm` of trials at most. Raises `InvalidInput` where there are no reads.
    """
    rates = reader_disagreement(reads)
    names = [str(one.reader) for one in rates]
    sizes = [one.disagreement.n for one in rates]
    against = [int(one.disagreement.details["against"]) for one in rates]
    words = (
        "Overruled: the adjudicator did not take this reader's answer, of all cases that the reader read. "
        "Of equal readers somebody is always the highest: look at the limits.",
    )
    figures = [
        funnel_figure(names, against, sizes, of="overruled answers", per="cases read")
    ]
    return Section(
        heading="Readers and the adjudicator",
        words=words,
        figures=(*figures, *_over_time(reads, names, false_alarm)),
        tables=(
            Table(
                caption="Readers",
                columns=(
                    "reader",
                    "cases",
                    "adjudicated",
                    "overruled",
                    "rate",
                    "from",
                    "to",
                ),
                rows=tuple(_row(one) for one in rates),
            ),
        ),
    )


def _row(one: Any) -> tuple[Any, ...]:
    found = one.disagreement
    return (
        one.reader,
        found.n,
        found.details["adjudicated"],
        found.details["against"],
        found.estimate,
        *found.ci,
    )


def _over_time(
    reads: Sequence[Overruling], names: Sequence[str], false_alarm: float
) -> list[Figure]:
    """The share adjudicated in blocks of all reads, and a CUSUM of each reader."""
    figures = _blocks(reads)
    total = sum(read.against for read in reads) / len(reads)
    if not 0 < total < 0.5:
        return figures
    longest = max(sum(str(r.reader) == name for r in reads) for name in names)
    try:
        chart = design_bernoulli_cusum(
            in_control=total,
            out_of_control=min(2 * total, 0.95),
            readers=len(names),
            reads=longest,
            false_alarm=false_alarm,
        )
    except InvalidInput:
        return figures
    for name in names:
        events = [int(read.against) for read in reads if str(read.reader) == name]
        figures.append(
            cusum_figure(
                chart,
                chart.follow(events),
                of="Overruled more than expected",
                title=f"{name}: overruled answers in the order of the reads",
                readers=len(names),
            )
        )
    return figures


def _blocks(reads: Sequence[Overruling]) -> list[Figure]:
    cut = [reads[i : i + _BLOCK] for i in range(0, len(reads), _BLOCK)]
    whole = [block for block in cut if len(block) == _BLOCK]
    events = [sum(read.adjudicated for read in block) for block in whole]
    if len(whole) < 2 or not 0 < sum(events) < _BLOCK * len(whole):
        return []
    return [
        p_chart_figure(
            p_chart(events, [_BLOCK] * len(whole)),
            of="Share adjudicated",
            title=f"Reads that went to the adjudicator, {_BLOCK} reads a point",
            labels=[f"{i * _BLOCK + 1}" for i in range(len(whole))],
        )
    ]
