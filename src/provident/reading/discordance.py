"""When two reads disagree so much that a third person must look."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from provident.expressions import Expression, Missing
from provident.forms import NOT_EVALUABLE
from provident.kernel import NotReady
from provident.reading.design import Agreed, ReadDesign
from provident.reading.reads import Read, names_of, value_at


# Reasons beyond the plan's own conditions; no condition may have these ids.
ONE_NOT_EVALUABLE = "one_not_evaluable"
NOT_SAME_VALUE = "not_same_value"


def discordance(
    design: ReadDesign,
    a: Read,
    b: Read,
    limits: Mapping[str, float] | None = None,
) -> tuple[str, ...]:
    """The ids of the conditions that make two reads discordant; empty when they agree.

    `limits` are figures fixed since (from the qualification); they go before the design's.
    A condition that cannot be decided counts when one reader gave a value that the other
    could not (`one_not_evaluable`); where both could not, the readers agree.

    Raises:
        NotReady: a condition uses a limit that is not fixed yet.
    """
    names = {
        "a": names_of(design, a),
        "b": names_of(design, b),
        "limits": _fixed(design, limits or {}),
    }
    reasons = []
    for name, condition in design.conditions.items():
        _check_limits(design, condition, names["limits"])
        holds = condition.evaluate(names)
        if holds is True:
            reasons.append(name)
        elif isinstance(holds, Missing) and _differently_missing(
            design, condition, a, b
        ):
            reasons.append(ONE_NOT_EVALUABLE)
    if design.conditions and not reasons:
        reasons += _about_the_value(design, a, b)
    return tuple(dict.fromkeys(reasons))


def _fixed(design: ReadDesign, limits: Mapping[str, float]) -> dict[str, Any]:
    return {**design.limits, **limits}


def _check_limits(
    design: ReadDesign, condition: Expression, limits: Mapping[str, float | None]
) -> None:
    for reference in condition.references:
        root, _, name = reference.partition(".")
        if root == "limits" and limits.get(name) is None:
            raise NotReady(
                f'{design.endpoint}: the limit "{name}" is not fixed yet; it comes from the '
                "readers' qualification and must be fixed before reads are compared"
            )


def _differently_missing(
    design: ReadDesign, condition: Expression, a: Read, b: Read
) -> bool:
    """Whether one reader has a value, among those compared, that the other has not."""
    compared = {
        reference.split(".", 1)[1]
        for reference in condition.references
        if reference.startswith(("a.", "b."))
    }
    return any(
        (value_at(design, a, name) == NOT_EVALUABLE)
        != (value_at(design, b, name) == NOT_EVALUABLE)
        for name in compared
    )


def _about_the_value(design: ReadDesign, a: Read, b: Read) -> list[str]:
    """Whatever the conditions compare, the analysed value itself must be fit for its rule."""
    one, other = value_at(design, a, design.value), value_at(design, b, design.value)
    if (one == NOT_EVALUABLE) != (other == NOT_EVALUABLE):
        return [ONE_NOT_EVALUABLE]
    if design.final.agreed is Agreed.SAME and one != other:
        return [NOT_SAME_VALUE]
    return []
