"""`reading/*.yaml`: one read design per endpoint."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import (
    Field,
    ModelWrapValidatorHandler,
    StringConstraints,
    model_validator,
)

from provident.plan.base import PlanModel
from provident.plan.models.hanging import Hang
from provident.plan.models.problems import whole
from provident.plan.models.reading_parts import FROM_QUALIFICATION as FROM_QUALIFICATION
from provident.plan.models.reading_parts import (
    Adjudicate,
    Final,
    FinishBy,
    Hidden,
    Limits,
    Order,
    Presentation,
    Qualify,
    ReaderHours,
    Readers,
    ReadMinutes,
    Repeats,
    Replace,
    Requalify,
    Sessions,
    Unreadable,
)
from provident.plan.models.reading_rules import design_problems, problems_of_the_rest
from provident.plan.models.reading_software import Algorithm, Measuring
from provident.plan.models.reading_watch import Monitor
from provident.plan.words import Id


FormKey = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*@[0-9]+$")]
Dotted = Annotated[
    str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$")
]


class ReadDesignFile(PlanModel):
    """Who reads what, in which order, blind to what, and which value stands in the end."""

    endpoint: Id = Field(description="The outcome of study.yaml that it serves.")
    form: FormKey = Field(description="The scoring form and its version: ramris@2.")
    unit: Literal["participant", "visit"] = Field(
        description="What one case is: all visits of a participant together, or one visit."
    )
    visits: tuple[Id, ...] = Field(
        min_length=1, description="The visits that are read, the baseline first."
    )
    exam: Id = Field(description="The exam of imaging/ that is read.")
    show: tuple[Id, ...] = Field(
        default=(),
        description="Series roles shown, top to bottom; by default those the form needs.",
    )
    value: Dotted | None = Field(
        default=None,
        description="The value that is compared and analysed, such as week52.change.",
    )
    hang: Hang | None = Field(
        default=None,
        description="Hanging protocols; without them a row for each series, a column for each time point.",
    )
    present: Presentation = Field(
        description="How the time points are put before the reader."
    )
    readers: Readers = Field(description="How many read a case, and from which roles.")
    adjudicate: Adjudicate | None = Field(
        default=None,
        description="When two reads are discordant, and what happens then.",
    )
    limits: Limits = Field(
        default={}, description="Figures used in conditions, with their values."
    )
    final: Final = Field(description="The rules that make one value out of the reads.")
    order: Order = Field(
        default=Order(), description="The order in which a reader meets the cases."
    )
    sessions: Sessions = Field(
        default=Sessions(), description="The limits of one sitting."
    )
    hide: tuple[Hidden, ...] = Field(description="What readers must not see.")
    repeats: Repeats | None = Field(
        default=None, description="Hidden second reads by the same reader."
    )
    qualify: Qualify | None = Field(
        default=None, description="What a reader must show before study cases."
    )
    requalify: Requalify | None = Field(
        default=None, description="When a reader must show it again."
    )
    replace: Replace | None = Field(
        default=None, description="What happens when a reader leaves."
    )
    monitor: Monitor | None = Field(
        default=None, description="How readers are watched for drift."
    )
    measurements: Measuring = Field(
        default=Measuring(),
        description="How what is measured on the screen is checked.",
    )
    algorithm: Algorithm | None = Field(
        default=None,
        description="Where the pool is software: which version reads, and how its output becomes answers.",
    )
    minutes: ReadMinutes | None = Field(
        default=None, description="How long a read takes."
    )
    hours: ReaderHours = Field(default={}, description="Hours per week of each role.")
    finish_by: FinishBy | None = Field(
        default=None, description="When all reads must be final."
    )
    unreadable: Unreadable = Field(
        default=Unreadable(),
        description="What happens when a reader calls a case unreadable.",
    )
    serves: Literal["analysis", "interim_analysis", "ancillary"] = Field(
        default="analysis",
        description="What its values are for; those of an interim analysis or an ancillary study never enter the analysis set.",
    )
    apart_from: tuple[Id, ...] = Field(
        default=(),
        description="Read designs whose readers must never read this one, nor the reverse: arms of reading blind to each other.",
    )
    unscheduled: tuple[
        Literal["unexpected_finding", "early_release", "interim_analysis"], ...
    ] = Field(
        default=(), description="Reads on a side channel that leave this one blind."
    )

    @model_validator(mode="wrap")
    @classmethod
    def _fits_together(
        cls, value: Any, handler: ModelWrapValidatorHandler[Self]
    ) -> Self:
        return whole(
            "read design",
            value,
            handler,
            design_problems,
            lambda written: problems_of_the_rest(cls.model_fields, written),
        )
