"""The parts of a read design."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from provident.kernel import PlanError
from provident.plan.base import PlanModel
from provident.plan.words import (
    Duration,
    Hours,
    Id,
    Minutes,
    Name,
    Positive,
    Prose,
    Share,
    YesNo,
    grammar,
)


Hidden = Literal[
    "arm",
    "site",
    "scanner",
    "dates",
    "visit_order",
    "participant_age",
    "participant_sex",
    "clinical_data",
    "clinical_report",
    "other_answers",
    "adjudication",
]
FROM_QUALIFICATION = "from qualification, then fixed"


def _counted(noun: str) -> Any:
    words = f"a number of {noun}s, such as 20 {noun}s"
    pattern = re.compile(rf"(\d{{1,6}})(?: {noun}s?)?")

    def read(value: Any) -> int:
        match = pattern.fullmatch(str(value).strip())
        if not match or int(match[1]) < 1:
            raise PlanError(f'"{value}" is not {words}')
        return int(match[1])

    return grammar(read, expected=words, examples=[f"20 {noun}s"])


Cases = Annotated[int, _counted("case")]
Reads = Annotated[int, _counted("read")]


Dotted = Annotated[
    str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(\.[a-z0-9][a-z0-9_]*)*$")
]


class GlobalRead(PlanModel):
    """The last look of a hybrid read, at all time points in their order."""

    may_change: tuple[Dotted, ...] = Field(
        min_length=1,
        description="The items or groups of the form that it may change; all others stay as they were locked.",
    )


class Presentation(PlanModel):
    """How the time points are put before the reader (FDA, Clinical Trial Imaging Endpoint Process Standards, 2018)."""

    mode: Literal[
        "simultaneous",
        "simultaneous_random_time",
        "time_sequential",
        "time_point",
        "hybrid",
    ] = Field(
        description="Simultaneous: all visits at once (simultaneous_random_time: in an order by lot); time_sequential: one after the other, each locked; time_point: each visit is a case of its own; hybrid: each locked, then a global read of all in their order."
    )
    global_read: GlobalRead | None = Field(
        default=None,
        description="What the last look of a hybrid read may still change.",
    )
    time_order: Literal["hidden", "shown"] = Field(
        default="hidden",
        description="Whether the reader may know which time point is which.",
    )
    prior_answers: Literal["hidden", "own locked"] = Field(
        default="hidden",
        description="Whether a reader sees their own locked answers at earlier time points.",
    )


class Readers(PlanModel):
    """How many read a case, and from which roles they come."""

    primary: int = Field(
        ge=1,
        le=9,
        description="Independent reads of each case; three or more are a panel.",
    )
    pool: Id = Field(description="The role of the primary readers.")
    assignment: Literal["all", "balanced"] = Field(
        default="balanced",
        description="Balanced: where the pool is larger than needed, all pairs get equal shares.",
    )
    adjudicator: int = Field(
        default=0,
        ge=0,
        le=1,
        description="How many adjudicate a discordant case: 0 or 1.",
    )
    adjudicator_pool: Id = Field(
        default="adjudicator", description="The role of the adjudicators."
    )
    eligible: tuple[Name, ...] = Field(default=(), description="Who may become one.")
    declare_conflicts: YesNo = Field(
        default=False,
        description="Whether a reader declares conflicts of interest before the first case.",
    )


class Adjudicate(PlanModel):
    """When two reads count as discordant, and what happens then."""

    when: dict[Id, str] = Field(
        min_length=1,
        description="Conditions on a and b, the two reads; any that holds opens an adjudication.",
    )
    how: Literal[
        "independent third read, blind",
        "choice of one of the two",
        "consensus of the two",
    ] = Field(
        description="Whether an adjudicator reads as a blind third reader, or sees both answers and chooses one; or the two read once more together and both sign."
    )
    technical_query_first: YesNo = Field(
        default=True,
        description="Rule out a technical cause before a third person reads.",
    )


Agreed = Literal[
    "mean of two", "first", "same value", "mean of all", "median", "majority"
]
Adjudicated = Literal["mean of the two nearest", "adjudicator", "majority", "consensus"]
Tie = Literal["adjudicator and higher", "adjudicator and lower", "adjudicator"]


class Final(PlanModel):
    """The rules that make one value out of the reads."""

    agreed: Agreed = Field(
        description="What stands when the reads agree; of a panel: mean of all, median, majority."
    )
    adjudicated: Adjudicated | None = Field(
        default=None, description="What stands after an adjudication."
    )
    tie: Tie | None = Field(
        default=None, description="When the middle value is as near to both others."
    )
    no_majority: Literal["not evaluable", "median"] | None = Field(
        default=None,
        description="What stands when no value has more than half of a panel.",
    )
    one_not_evaluable: Literal["not evaluable", "the other"] = Field(
        default="not evaluable",
        description="Without adjudication, when one of two readers cannot evaluate the case.",
    )


class Order(PlanModel):
    """The order in which a reader meets the cases: drawn once, stored, reproducible."""

    random: Literal["per reader", "same for all"] = Field(
        default="per reader",
        description="Whether each reader has an order of their own.",
    )
    blocks: Positive = Field(default=20, description="Cases in a block.")
    strata: tuple[Literal["site", "visit", "scanner"], ...] = Field(
        default=(), description="Spread evenly over the blocks."
    )
    same_participant_gap: int = Field(
        default=0,
        ge=0,
        description="Other cases between two cases of one participant.",
    )


class Sessions(PlanModel):
    """The limits of one sitting."""

    at_most: Minutes | None = Field(
        default=None, description="How long one sitting may last."
    )
    reads: Positive | None = Field(
        default=None, description="How many reads one sitting may have."
    )


_LAST_DRAW = re.compile(r"(?P<time>.+?)\s+before\s+(?P<milestone>[a-z][a-z0-9_]*)")


def _last_draw(value: Any) -> str:
    if not isinstance(value, str) or not _LAST_DRAW.fullmatch(value):
        raise PlanError(f'"{value}" is not a time before a milestone')
    return value


LastDraw = Annotated[
    str,
    grammar(
        _last_draw,
        expected="a time before a milestone",
        examples=["84 d before data_lock"],
    ),
]


class Repeats(PlanModel):
    """Hidden second reads of the same case by the same reader."""

    share: Share = Field(
        description="The share of cases that a reader reads again without knowing."
    )
    washout: Duration = Field(
        description="The least time between a read and its repeat."
    )
    strata: tuple[Literal["site", "visit", "score_tertile"], ...] = Field(
        default=(), description="What the repeats are spread over."
    )
    last_draw: LastDraw | None = Field(
        default=None,
        description="When the last repeat is drawn, so that all are read before the milestone.",
    )


class Qualify(PlanModel):
    """What a reader must show on a test set before study cases."""

    set: Cases = Field(description="The number of cases in the test set.")
    attempts: Positive = Field(default=1, description="How often it may be tried.")
    passing: tuple[str, ...] = Field(
        alias="pass", min_length=1, description="Conditions that must all hold."
    )
    feedback: Literal["none", "after pass or last attempt", "after each attempt"] = (
        Field(
            default="after pass or last attempt",
            description="When a reader sees the reference answers.",
        )
    )


class Requalify(PlanModel):
    """When a reader must show it again."""

    after_idle: Duration | None = Field(
        default=None, description="After how long without reading."
    )
    on: tuple[Literal["form version", "alarm"], ...] = Field(
        default=(), description="After which events."
    )


class Replace(PlanModel):
    """What happens when a reader leaves."""

    reads: Literal["unread only", "all"] = Field(
        default="unread only", description="Which cases the new reader reads."
    )
    bridging: Cases | None = Field(
        default=None, description="Cases that old and new reader both read."
    )


class ReadMinutes(PlanModel):
    """How long a read takes, and where the figure comes from."""

    per: Literal["time point", "case"] = Field(description="What the figure is for.")
    mean: float = Field(gt=0, le=600, description="The mean, in minutes.")
    cv: float = Field(
        default=0.5, ge=0, le=3, description="The coefficient of variation."
    )
    source: Prose | None = Field(
        default=None, description="Where the figure comes from."
    )


class FinishBy(PlanModel):
    """When all reads must be final, and how surely."""

    milestone: Id = Field(description="The milestone of the study.")
    probability: Share = Field(
        description="How surely all reads must be final by then."
    )


class Unreadable(PlanModel):
    """What happens when a reader calls a case unreadable."""

    second_reader: YesNo = Field(
        default=True,
        description="Whether a second reader must agree that a case cannot be read.",
    )


def _mend_commas(value: Any) -> Any:
    """Put a value together again that `{key: some words, more words}` has cut at its comma."""
    if not isinstance(value, dict):
        return value
    mended: dict[Any, Any] = {}
    last: Any = None
    for key, given in value.items():
        if given is None and isinstance(mended.get(last), str):
            mended[last] = f"{mended[last]}, {key}"
        else:
            mended[key], last = given, key
    return mended


Limits = Annotated[
    dict[Id, float | Literal["from qualification, then fixed"]],
    BeforeValidator(_mend_commas),
]
ReaderHours = dict[Id, Hours]
