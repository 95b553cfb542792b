"""Whether one value fits its field."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

from provident.forms.model import Field


class Misfit(NamedTuple):
    """Why a value does not fit: the end of a finding's code, and words."""

    code: str
    words: str


def misfit(missing: Mapping[str, str], field: Field, value: object) -> Misfit | None:
    """What is wrong with a value, or None when it fits.

    `missing` are the missing codes of the form; those of the field fit.
    """
    if isinstance(value, str) and value in field.missing:
        return None
    if isinstance(value, str) and value in missing and field.type != "text":
        return _wrong_code(missing, field, value)
    if field.type == "choice":
        return _not_a_choice(field, value)
    if field.type == "text":
        return _not_a_text(field, value)
    return _not_a_number(field, value)


def _wrong_code(missing: Mapping[str, str], field: Field, value: str) -> Misfit:
    shown = f'"{value}" ({missing[value]})'
    if value in field.implied_missing:
        return Misfit("CODE", f"{shown} belongs to the question before the grid")
    return Misfit("CODE", f"{shown} cannot be given here")


def _not_a_choice(field: Field, value: object) -> Misfit | None:
    for choice in field.choices:
        # True == 1 and 1.0 == 1 in Python, but neither is the code that is stored.
        if type(choice.value) is type(value) and choice.value == value:
            return None
    return Misfit("VALUE", "this is not one of the choices")


def _not_a_text(field: Field, value: object) -> Misfit | None:
    if not isinstance(value, str):
        return Misfit("VALUE", "a text is needed")
    if field.at_most is not None and len(value) > field.at_most:
        return Misfit("RANGE", f"the text has {len(value)} characters, too many")
    return None


def _not_a_number(field: Field, value: object) -> Misfit | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return Misfit("VALUE", "a number is needed, or a reason why there is none")
    if isinstance(value, float) and not math.isfinite(value):
        return Misfit("VALUE", "this is not a number")
    if field.type == "integer" and not isinstance(value, int):
        return Misfit("VALUE", "a whole number is needed")
    assert field.bounds is not None
    # Compared as they are: a huge whole number must not overflow on its way to a float.
    if abs(value) > 1e15 or not field.bounds.contains(value, field.unit):
        return Misfit(
            "RANGE", f"{_short(value)} {field.unit}".rstrip() + " is outside the range"
        )
    return None


def _short(value: float) -> str:
    return f"{value:g}" if abs(value) <= 1e15 else "this number"
