"""processing/*.yaml: how derived data is made from images: software, version, operator, minutes, QC, outputs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import Field, model_validator

from provident.plan.base import PlanModel
from provident.plan.models.problems import Problem, refuse
from provident.plan.nearest import did_you_mean
from provident.plan.words import Id, Minutes, Name, Prose, YesNo


class Output(PlanModel):
    """Something that a step makes: a map, a mask or a number."""

    title: Name | None = None
    unit: Name | None = None
    format: Name | None = Field(None, description="Such as DICOM, NIfTI or CSV.")


class StepCheck(PlanModel):
    """How a step's result is looked at before it counts."""

    how: Prose
    by: Id | None = Field(
        None, description="The role that looks; nobody when automatic."
    )
    if_not: Prose | None = Field(
        None, description="What is done when it does not pass."
    )


class Step(PlanModel):
    """One step: what runs, by whom, on what, and what it makes."""

    title: Name | None = None
    software: Name = Field(description="The program's name.")
    version: Name = Field(description="Its exact version; another one is an amendment.")
    settings: Prose | None = None
    operator: Id | None = Field(
        None, description="The role that does it; left out when nobody touches it."
    )
    automatic: YesNo = False
    minutes: Minutes
    uses: tuple[Name, ...] = Field(
        min_length=1,
        description="Series roles (exam.role) or outputs of earlier steps.",
    )
    outputs: Mapping[Id, Output] = Field(min_length=1)
    qc: StepCheck | None = None
    why: Prose | None = None

    @model_validator(mode="after")
    def _somebody_or_nobody(self) -> Step:
        if self.automatic == (self.operator is not None):
            raise ValueError(
                "a step is either automatic: yes, or names its operator (a role)"
            )
        return self


class ProcessingFile(PlanModel):
    """The steps that make one kind of derived data, in order."""

    processing: Id = Field(description="The name that forms and read designs refer to.")
    title: Name | None = None
    exam: Id = Field(description="The exam whose series it starts from.")
    visits: tuple[Id, ...] = Field((), description="Only at these visits.")
    steps: Mapping[Id, Step] = Field(min_length=1)
    blinded_to: tuple[Name, ...] = ()
    why: Prose | None = None

    @model_validator(mode="after")
    def _in_order(self) -> ProcessingFile:
        refuse(type(self).__name__, [*self._made_before()])
        return self

    def _made_before(self) -> Iterator[Problem]:
        """A step uses series of the exam or what an earlier step made; nothing is made twice."""
        made: dict[str, str] = {}
        for name, step in self.steps.items():
            for i, used in enumerate(step.uses):
                if "." not in used and used not in made:
                    words = f'no earlier step makes "{used}"{did_you_mean(used, made)}; a series is written exam.role'
                    yield Problem(("steps", name, "uses", i), words, used)
            for output in step.outputs:
                if output in made:
                    words = f'"{output}" is made by the step {made[output]} already'
                    yield Problem(("steps", name, "outputs", output), words, output)
                made[output] = name

    def outputs(self) -> dict[str, Output]:
        """All that the steps make."""
        return {n: o for step in self.steps.values() for n, o in step.outputs.items()}
