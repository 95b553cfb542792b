"""The base of every plan model: frozen, closed to unknown keys, and no yes or no where a number is asked for."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, get_args

from pydantic import BaseModel, ConfigDict, ValidationInfo, field_validator


@lru_cache(maxsize=4096)
def _kinds(annotation: Any) -> frozenset[Any]:
    """The plain types that an annotation is made of, through unions."""
    parts = get_args(annotation)
    if not parts:
        return frozenset({annotation}) if isinstance(annotation, type) else frozenset()
    return frozenset().union(*(_kinds(part) for part in parts if part is not Ellipsis))


class PlanModel(BaseModel):
    """One mapping of a plan file. Unknown keys are errors, so that a typing error cannot hide."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    @field_validator("*", mode="before")
    @classmethod
    def _no_yes_for_a_number(cls, value: Any, info: ValidationInfo) -> Any:
        # Python takes True for 1: `version: true` would pass as version 1.
        if isinstance(value, bool) and info.field_name in cls.model_fields:
            annotation: Any = cls.model_fields[info.field_name].annotation
            kinds = _kinds(annotation)
            if kinds & {int, float} and bool not in kinds:
                raise ValueError("a number is expected, not yes or no")
        return value
