"""Workflows as tables: which state may follow which, and what makes it follow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from provident.kernel import PlanError, Refused


State = TypeVar("State", bound=StrEnum)


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflow(Generic[State]):
    """The allowed moves of one kind of thing.

    `moves` gives, for each state, the states that may follow, with what happens, in words.
    """

    thing: str
    start: State
    moves: Mapping[State, Mapping[State, str]]

    def __post_init__(self) -> None:
        states = set(type(self.start))
        if set(self.moves) != states:
            raise PlanError(f"the workflow of a {self.thing} must name every state")
        if self.reached() != states:
            raise PlanError(f"a state of a {self.thing} can never be reached")

    def reached(self) -> set[State]:
        """The states that can be reached from the start."""
        seen, todo = {self.start}, [self.start]
        while todo:
            new = set(self.moves[todo.pop()]) - seen
            seen |= new
            todo += new
        return seen

    def can_move(self, old: State, new: State) -> bool:
        """Whether `new` may follow `old`."""
        return new in self.moves[old]

    def check_move(self, old: State, new: State) -> None:
        """Refuse a move that the table does not have.

        Raises:
            Refused: with the states that may follow.
        """
        if self.can_move(old, new):
            return
        may = ", ".join(self.moves[old]) or "nothing: it stays as it is"
        raise Refused(
            f"a {self.thing} that is {old} cannot become {new}; what may follow is {may}"
        )

    @property
    def ends(self) -> frozenset[State]:
        """The states that nothing leaves."""
        return frozenset(s for s, following in self.moves.items() if not following)


def mermaid(workflow: Workflow[State]) -> str:
    """The workflow as a Mermaid state diagram, for the documentation."""
    lines = ["stateDiagram-v2", f"    [*] --> {workflow.start}"]
    for old, following in workflow.moves.items():
        lines += [f"    {old} --> {new}: {words}" for new, words in following.items()]
    lines += [f"    {end} --> [*]" for end in sorted(workflow.ends)]
    return "\n".join(lines) + "\n"
