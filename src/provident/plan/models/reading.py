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
from provident.plan.models.problems import whole
from provident.plan.models.reading_parts import FROM_QUALIFICATION as FROM_QUALIFICATION
from provident.plan.models.reading_parts import (
    Adjudicate,
    Final,
    FinishBy,
    Hidden,
    Limits,
    Monitor,
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
from provident.plan.words import Id


FormKey = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*@[0-9]+$")]
Dotted = Annotated[
    str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$")
]


class ReadDesignFile(PlanModel):
    """Who reads what, in which order, blind to what, and which value stands in the end."""

    endpoint: Id = Field(description="the outcome of study.yaml that it serves")
    form: FormKey = Field(description="the scoring form and its version: ramris@2")
    unit: Literal["participant", "visit"] = Field(
        description="what one case is: all visits of a participant together, or one visit"
    )
    visits: tuple[Id, ...] = Field(
        min_length=1, description="the visits that are read, the baseline first"
    )
    exam: Id = Field(description="the exam of imaging/ that is read")
    show: tuple[Id, ...] = Field(
        default=(),
        description="series roles shown, top to bottom; by default those the form needs",
    )
    value: Dotted | None = Field(
        default=None,
        description="the value that is compared and analysed, such as week52.change",
    )
    present: Presentation
    readers: Readers
    adjudicate: Adjudicate | None = None
    limits: Limits = Field(
        default={}, description="figures used in conditions, with their values"
    )
    final: Final
    order: Order = Order()
    sessions: Sessions = Sessions()
    hide: tuple[Hidden, ...] = Field(description="what readers must not see")
    repeats: Repeats | None = None
    qualify: Qualify | None = None
    requalify: Requalify | None = None
    replace: Replace | None = None
    monitor: Monitor | None = None
    minutes: ReadMinutes | None = None
    hours: ReaderHours = Field(default={}, description="hours per week of each role")
    finish_by: FinishBy | None = None
    unreadable: Unreadable = Unreadable()
    unscheduled: tuple[
        Literal["unexpected_finding", "early_release", "interim_analysis"], ...
    ] = Field(
        default=(), description="reads on a side channel that leave this one blind"
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
