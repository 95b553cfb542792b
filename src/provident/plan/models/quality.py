"""quality.yaml: automatic checks, human quality control, queries, accreditation, triggers."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import Field

from provident.kernel import PlanError
from provident.plan.base import PlanModel
from provident.plan.words import Duration, Id, Limit, Share, grammar


class Arrival(PlanModel):
    """The automatic check of what arrives."""

    judge: Literal["every exam", "none"] = Field(
        "every exam", description="What is judged."
    )
    within: Duration = Field(description="By when after arrival.")
    quiet: Duration | None = Field(
        None,
        description="How long nothing more must arrive before an exam is complete.",
    )


_FIRST = re.compile(r"(\d+) exams per site")


def _first(value: Any) -> int:
    match = _FIRST.fullmatch(str(value))
    if not match:
        raise PlanError(f'"{value}" is not written as "10 exams per site"')
    return int(match[1])


FirstExams = Annotated[
    int,
    grammar(
        _first, expected="a number of exams per site", examples=["10 exams per site"]
    ),
]


class Pilot(PlanModel):
    """The first exams of a site, which are looked at before it goes on."""

    first: FirstExams = Field(description="How many, such as `10 exams per site`.")
    review: Literal["central", "local"] = Field("central", description="Who reviews.")
    before: Literal["site continues", "study continues"] = Field(
        "site continues", description="What waits for it."
    )
    holds: tuple[Literal["booking", "enrolment"], ...] = Field(
        ("booking",),
        description="What a site waits with while its first exams are not all reviewed.",
    )


class HumanShare(PlanModel):
    """The share of exams that a person looks at."""

    pilot: Share = Field(description="In the pilot stage.")
    then: Share = Field(description="After it.")


_SCALE = re.compile(r"(-?\d+)\.\.(-?\d+)")


def _scale(value: Any) -> tuple[str, ...]:
    if isinstance(value, list | tuple) and value:
        return tuple(str(v) for v in value)
    match = _SCALE.fullmatch(str(value).replace(" ", ""))
    if not match or int(match[1]) >= int(match[2]):
        raise PlanError(
            f'"{value}" is neither a scale such as "1..5" nor a list of words'
        )
    return tuple(str(n) for n in range(int(match[1]), int(match[2]) + 1))


Scale = Annotated[
    tuple[str, ...],
    grammar(
        _scale,
        expected="a scale (1..5) or a list of words",
        examples=["1..5"],
        kind=["string", "array"],
    ),
]


class HumanReview(PlanModel):
    """Human quality control: by whom, how much, how fast, what is scored."""

    by: Id = Field(description="The role that looks.")
    share: HumanShare = Field(description="The share of exams.")
    within: Duration = Field(description="By when after arrival.")
    score: dict[Id, Scale] = Field(
        {}, description="What is scored for each series, each a scale or words."
    )


class Queries(PlanModel):
    """Questions to a site."""

    answer_within: Duration = Field(description="By when a site answers.")
    remind: Literal["daily", "weekly", "never"] = Field(
        "daily", description="How often it is reminded."
    )
    escalate: Duration = Field(description="When the trial manager steps in.")


class Booking(PlanModel):
    """How long it takes to get a slot."""

    lead_time: Duration = Field(description="From asking to scanning.")


class Accreditation(PlanModel):
    """What shows that a scanner, or a site, can do the study's scans."""

    per: Literal["scanner", "site"] = Field(description="What is accredited.")
    needs: Annotated[
        tuple[Literal["phantom", "volunteer_scan", "transfer_test", "quiz"], ...],
        Field(min_length=1),
    ] = Field(description="What it needs.")
    valid: Duration = Field(description="How long it holds.")
    gates: Literal["booking", "none"] = Field(
        "booking", description="What waits for it; never an acquired image."
    )


_ATLEAST = re.compile(r"(\d+) (exams|reads|transfers)")


def _number_of(value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    match = _ATLEAST.fullmatch(str(value))
    if not match:
        raise PlanError(f'"{value}" is not written as "10 exams"')
    return int(match[1])


class Indicator(PlanModel):
    """A figure that is watched over time, with the limits that warn and act."""

    warn: Limit = Field(description="Warns where this holds.")
    act: Limit = Field(description="Acts where this holds.")
    minimum: Annotated[
        int, grammar(_number_of, expected="a number of exams", examples=["10 exams"])
    ] = Field(0, description="Below this number nothing is said.")


class Trigger(PlanModel):
    """What an indicator opens."""

    when: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]* (acts|warns)$")] = Field(
        description="An indicator and its limit, such as `first_time_compliance acts`."
    )
    open: Literal["monitoring visit", "query", "corrective action", "retraining"] = (
        Field(description="What it opens.")
    )

    @property
    def indicator(self) -> str:
        """The indicator's name."""
        return self.when.split()[0]


class Quality(PlanModel):
    """quality.yaml: the programme of quality assurance and control."""

    arrival: Arrival = Field(description="The automatic check of what arrives.")
    pilot: Pilot | None = Field(None, description="The first exams of each site.")
    human: HumanReview = Field(description="Human quality control.")
    queries: Queries = Field(description="Questions to sites.")
    booking: Booking | None = Field(
        None, description="How long it takes to get a slot."
    )
    accreditation: Accreditation | None = Field(
        None, description="What shows that a scanner can do it."
    )
    indicators: dict[Id, Indicator] = Field({}, description="Figures that are watched.")
    triggers: tuple[Trigger, ...] = Field((), description="What the figures open.")
    oldest: Duration | None = Field(
        None, description="How old open quality control may get before the alarm."
    )
