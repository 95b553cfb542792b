"""`monitor:` of a read design: how readers are watched for drift."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import Field

from provident.kernel import PlanError
from provident.plan.base import PlanModel
from provident.plan.models.reading_parts import Reads
from provident.plan.words import Positive, Share, grammar


_CHANGE = re.compile(r"doubling|tripling|\d{1,2}(\.\d+)? ?%|\d+(\.\d+)? ?sd")


def _change(value: Any) -> str:
    if not isinstance(value, str) or not _CHANGE.fullmatch(value.strip()):
        raise PlanError(f'"{value}" is not a change that a chart can look for')
    return re.sub(r"\s*(%|sd)$", r" \1", value.strip())


Change = Annotated[
    str,
    grammar(
        _change,
        expected="doubling or tripling (of the odds), a share, or a number of standard deviations",
        examples=["doubling", "30 %", "1 sd"],
    ),
]


class Chart(PlanModel):
    """One control chart on a reader's work."""

    of: Literal[
        "adjudicated_against", "bias", "minutes", "not_evaluable", "discordant"
    ] = Field(
        description="What is charted: adjudications that went against the reader, score less the mean of the other readers on the same case, the logarithm of the active minutes, reads that were not evaluable, cases that were discordant."
    )
    kind: Literal["cusum", "ewma", "p"] = Field(
        description="The kind of chart: cusum or p of what happens or does not, ewma of bias and minutes."
    )
    in_control: Share | None = Field(
        default=None,
        description="The share when all is well; from the readers' own first reads when it is not given.",
    )
    detect: Change | None = Field(
        default=None, description="The change that it must detect."
    )
    weight: float | None = Field(
        default=None,
        gt=0,
        le=1,
        description="Of the newest value in an ewma; 0.1 when it is not given.",
    )
    limit: float | None = Field(
        default=None,
        gt=0,
        le=40,
        description="Where the chart signals: a cusum in events, an ewma in standard deviations of the average, a p chart in standard errors. By false_alarm when it is not given.",
    )
    sd: float | None = Field(
        default=None,
        gt=0,
        description="The standard deviation of one value when all is well, such as from the qualification; from the readers' own first reads when it is not given.",
    )


class Monitor(PlanModel):
    """How readers are watched for drift while the study runs."""

    every: Reads = Field(
        description="How often the charts are brought up to date, in reads of one reader."
    )
    charts: tuple[Chart, ...] = Field(min_length=1, description="The charts.")
    on_alarm: tuple[Literal["hold", "notify", "retrain", "requalify"], ...] = Field(
        default=(), description="What follows an alarm."
    )
    baseline: Positive = Field(
        default=20,
        description="Reads of each reader from which a chart takes what it is not given.",
    )
    false_alarm: Share = Field(
        default="5 %",
        validate_default=True,
        description="The share of trials of equal readers in which a chart may flag one of them; it sets the limits that are not given.",
    )
    own_speed: Literal["hidden", "shown"] = Field(
        default="hidden",
        description="Whether a reader is told how long their own reads take.",
    )
