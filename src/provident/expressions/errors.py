"""What is wrong with an expression, and where in it."""

from __future__ import annotations

from provident.kernel import PlanError


class ExpressionError(PlanError):
    """An expression that cannot be understood or computed.

    `text` is the expression, `position` the character (from 1) where the trouble starts, or None.
    """

    def __init__(
        self, problem: str, *, text: str = "", position: int | None = None
    ) -> None:
        self.problem = problem
        self.text = text
        self.position = position
        super().__init__(problem + _whereabouts(text, position))


def _whereabouts(text: str, position: int | None) -> str:
    shown = text if len(text) <= 120 else text[:117] + "..."
    if not shown:
        return ""
    if position is None:
        return f' (in "{shown}")'
    return f' (at character {position} of "{shown}")'
