"""What a read design says of software: how measurements are checked, and an algorithm that reads."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from provident.plan.base import PlanModel
from provident.plan.words import Name, Share


class Measuring(PlanModel):
    """How what a reader measures on the screen is checked against the stored pixels."""

    tolerance: Share | None = Field(
        default=None,
        description="How far the value beside a measurement may lie from what the stored pixels give; 1 % when not given.",
    )
    beyond: Literal["refuse", "flag"] = Field(
        default="refuse",
        description="Whether a read with a measurement further off cannot be signed, or is signed and marked.",
    )


AnswerKey = Annotated[
    str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(\.[a-z0-9][a-z0-9_]*)*$")
]
Concept = Annotated[str, StringConstraints(pattern=r"^\S+ \S+$")]
Constant = int | float | str


class ReportValue(PlanModel):
    """A value of a structured report (DICOM SR): which concept, and which of several."""

    code: Concept = Field(description="Scheme and code of its name: DCM 111047.")
    take: Literal["only", "largest", "sum", "count"] = Field(
        default="only",
        description="Where it stands there more than once; `only` refuses such a report.",
    )
    absent: Constant | None = Field(
        default=None,
        description="The answer where it stands nowhere; without it such a report is refused.",
    )


class SegmentValue(PlanModel):
    """A value of a segmentation (DICOM SEG): volume in ml, number of separate parts, or mean of the pixels inside."""

    of: Literal["volume", "count", "mean"] = Field(description="What is taken.")
    segment: Name = Field(description="The segment's label.")
    absent: Constant | None = Field(
        default=None,
        description="The answer where the file has no such segment; without it such a file is refused.",
    )


def _short_code(value: Any) -> Any:
    return {"code": value} if isinstance(value, str) else value


class Algorithm(PlanModel):
    """Software that reads in the place of a person: its output enters as reads, with its version.

    A case is named in a CSV by its columns `participant` and `visit`, or by `study_uid`; a report or a segmentation
    belongs to the exam that it was made of.
    """

    name: Name = Field(description="The software's name, as its output has it.")
    version: Name = Field(
        description="The version that is locked; output of another is refused until the plan is amended."
    )
    always: dict[AnswerKey, Constant] = Field(
        default={}, description="Answers that are the same for every case."
    )
    csv: dict[AnswerKey, Name] = Field(
        default={}, description="Answer and column of a CSV file."
    )
    sr: dict[
        AnswerKey,
        Annotated[
            ReportValue,
            BeforeValidator(_short_code, json_schema_input_type=str | ReportValue),
        ],
    ] = Field(default={}, description="Answer and value of a structured report.")
    seg: dict[AnswerKey, SegmentValue] = Field(
        default={}, description="Answer and value of a segmentation."
    )

    @model_validator(mode="after")
    def _takes_something(self) -> Algorithm:
        if not (self.csv or self.sr or self.seg):
            raise ValueError(
                "say where the answers stand in the output: csv, sr or seg"
            )
        return self

    @property
    def sources(self) -> dict[str, frozenset[str]]:
        """The answers that each kind of file gives, of the kinds that are taken."""
        kinds = {"csv": set(self.csv), "sr": set(self.sr), "seg": set(self.seg)}
        return {
            kind: frozenset((*given, *self.always))
            for kind, given in kinds.items()
            if given
        }
