"""The pilot stage of a site: its first exams are reviewed before it goes on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PilotStage:
    """How far a site is. `first` 0: the plan has no pilot stage."""

    site: str
    first: int
    came: int
    decided: int
    pk: int = 0
    released: str = ""  # who let the site go on before that, and why

    @property
    def over(self) -> bool:
        """Whether the site may go on without limit."""
        return self.decided >= self.first or bool(self.released)

    @property
    def holds(self) -> bool:
        """Whether the site waits: its first exams are here and somebody has to look at them."""
        return not self.over and self.came >= self.first

    @property
    def words(self) -> str:
        """Where the site is, for people."""
        if not self.first:
            return "The plan has no pilot stage."
        if self.released:
            return f"The pilot stage was ended by a signed decision: {self.released}."
        if self.over:
            return f"The pilot stage is over: the first {self.first} exams were reviewed centrally."
        waiting = self.first - self.decided
        if self.holds:
            return (
                f"{self.site} is held in its pilot stage: its first {self.first} exams are here and "
                f"{waiting} {'waits' if waiting == 1 else 'wait'} for the central review."
            )
        return f"{self.site} is in its pilot stage: {self.came} of its first {self.first} exams came, {self.decided} were reviewed."
