"""When an exam may be asked for again: a table of transitions.

A repeat needs advice on the quality of the first images, the site investigator's
decision and, if it is ionising, the practitioner's justification. Its expected dose is
counted in the ledger before the site is asked, and replaced by what it gave.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from provident.acquisition.dose.ledger import Constraint, Entry, Gate, Ledger
from provident.acquisition.dose.model import Kind
from provident.kernel import PlanError, Refused


class State(StrEnum):
    """Where a repeat stands."""

    PROPOSED = "proposed"
    ADVISED = "advised"
    DECIDED = "decided"
    JUSTIFIED = "justified"
    ASKED = "asked"
    DONE = "done"
    NOT_DONE = "not_done"
    DECLINED = "declined"
    NOT_JUSTIFIED = "not_justified"
    WITHDRAWN = "withdrawn"


TRANSITIONS: Mapping[State, Mapping[State, str]] = {
    State.PROPOSED: {
        State.ADVISED: "advice on image quality is given",
        State.WITHDRAWN: "it is no longer needed",
    },
    State.ADVISED: {
        State.DECIDED: "the investigator wants the repeat",
        State.DECLINED: "the investigator does not want it",
        State.WITHDRAWN: "it is no longer needed",
    },
    State.DECIDED: {
        State.JUSTIFIED: "the practitioner justifies the exposure",
        State.NOT_JUSTIFIED: "the practitioner does not justify it",
        State.ASKED: "the site is asked (exams without ionising radiation)",
        State.WITHDRAWN: "it is no longer needed",
    },
    State.JUSTIFIED: {
        State.ASKED: "its dose is counted and the site is asked",
        State.WITHDRAWN: "it is no longer needed",
    },
    State.ASKED: {
        State.DONE: "the repeat arrived and its own dose is counted",
        State.NOT_DONE: "it was not made and its dose is taken off again",
    },
    State.DONE: {},
    State.NOT_DONE: {},
    State.DECLINED: {},
    State.NOT_JUSTIFIED: {},
    State.WITHDRAWN: {},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """Who does what for a repeat (`recall` and `exposure.justified_by` of the manual)."""

    advised_by: str
    decided_by: str
    justified_by: str | None = None

    def of(self, state: State) -> str | None:
        """The role that alone may move a repeat to a state; None for those that any may."""
        return {
            State.ADVISED: self.advised_by,
            State.DECIDED: self.decided_by,
            State.DECLINED: self.decided_by,
            State.JUSTIFIED: self.justified_by,
            State.NOT_JUSTIFIED: self.justified_by,
        }.get(state)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One move: to which state, by whom, in which role, with which words."""

    state: State
    by: str
    role: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """The wish to have one exam again; `kinds` is empty for exams without ionising radiation."""

    id: str
    exam_uid: str
    exam: str
    roles: Roles
    kinds: tuple[Kind, ...] = ()
    research: bool = True
    expected: Mapping[str, float] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()

    def __post_init__(self) -> None:
        if self.ionising and self.roles.justified_by is None:
            raise PlanError(
                f"{self.exam} is ionising: a repeat needs a role that justifies it (`exposure.justified_by`)"
            )

    @property
    def ionising(self) -> bool:
        """Whether it exposes to ionising radiation."""
        return bool(self.kinds)

    @property
    def state(self) -> State:
        """Where it stands."""
        return self.steps[-1].state if self.steps else State.PROPOSED

    @property
    def reservation(self) -> str:
        """The name under which its expected dose stands in the ledger."""
        return f"repeat:{self.id}"

    def allowed(self) -> tuple[State, ...]:
        """The states that may follow for this repeat."""
        follow = TRANSITIONS[self.state]
        skipped = (
            {State.ASKED} if self.ionising else {State.JUSTIFIED, State.NOT_JUSTIFIED}
        )
        if self.state is not State.DECIDED:
            skipped = set()
        return tuple(state for state in follow if state not in skipped)


def move(repeat: Repeat, to: State, *, by: str, role: str, note: str = "") -> Repeat:
    """The repeat in its next state. What changes the ledger is `ask`, `done` and `not_done`.

    Raises:
        Refused: the state may not follow, the role may not decide it, or words are missing.
    """
    if to in (State.ASKED, State.DONE, State.NOT_DONE):
        raise Refused(
            f"A repeat becomes {to.replace('_', ' ')} together with the dose ledger."
        )
    if to in (State.ADVISED, State.DECLINED, State.NOT_JUSTIFIED) and not note.strip():
        raise Refused("Say why: the advice or the reason is kept with the repeat.")
    return _step(repeat, to, by=by, role=role, note=note)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """A repeat and the ledger after it."""

    repeat: Repeat
    ledger: Ledger
    gate: Gate | None = None


def ask(
    repeat: Repeat,
    *,
    by: str,
    role: str,
    ledger: Ledger,
    constraint: Constraint,
    in_window: bool = True,
) -> Counted:
    """Ask the site for the repeat, with its expected dose counted beforehand.

    Raises:
        Refused: it is not decided or justified, too late, one too many, or above the constraint.
    """
    stepped = _step(repeat, State.ASKED, by=by, role=role)
    if not in_window:
        raise Refused(
            "The recall window is over: a repeat now would not count for the visit."
        )
    if not repeat.ionising:
        return Counted(repeat=stepped, ledger=ledger)
    if repeat.research and ledger.repeats_of(repeat.exam_uid) >= constraint.repeats:
        raise Refused(
            f"The plan allows {constraint.repeats} repeat(s) of this exam, and they are used."
        )
    gate = ledger.gate(constraint, repeat.expected, research=repeat.research)
    if not gate.allowed:
        raise Refused(" ".join(f"{f.message} {f.remedy}" for f in gate.findings))
    reserved = Entry(
        exam_uid=repeat.reservation,
        exam=repeat.exam,
        kinds=repeat.kinds,
        research=repeat.research,
        expected=repeat.expected,
        reserved=True,
        repeat_of=repeat.exam_uid,
    )
    return Counted(repeat=stepped, ledger=ledger.with_entry(reserved), gate=gate)


def done(
    repeat: Repeat, entry: Entry, *, by: str, role: str, ledger: Ledger
) -> Counted:
    """The repeat arrived: what it gave stands in the place of what was expected.

    Raises:
        Refused: it was not asked for.
    """
    stepped = _step(repeat, State.DONE, by=by, role=role)
    kept = replace(
        entry,
        repeat_of=repeat.exam_uid,
        expected={**repeat.expected, **entry.expected},
    )
    return Counted(
        repeat=stepped, ledger=ledger.without(repeat.reservation).with_entry(kept)
    )


def not_done(
    repeat: Repeat, *, by: str, role: str, note: str, ledger: Ledger
) -> Counted:
    """The repeat was not made: its expected dose is taken off again.

    Raises:
        Refused: it was not asked for, or no reason is given.
    """
    if not note.strip():
        raise Refused("Say why the repeat was not made.")
    stepped = _step(repeat, State.NOT_DONE, by=by, role=role, note=note)
    return Counted(repeat=stepped, ledger=ledger.without(repeat.reservation))


def _step(repeat: Repeat, to: State, *, by: str, role: str, note: str = "") -> Repeat:
    allowed = repeat.allowed()
    if to not in allowed:
        may = ", ".join(allowed) or "nothing: it stays as it is"
        raise Refused(
            f"A repeat that is {repeat.state} cannot become {to}; what may follow is {may}."
        )
    needed = repeat.roles.of(to)
    if needed is not None and role != needed:
        raise Refused(f"Only the {needed} may make a repeat {to.replace('_', ' ')}.")
    step = Step(state=to, by=by, role=role, note=note)
    return replace(repeat, steps=(*repeat.steps, step))


def mermaid() -> str:
    """The table as a state diagram for the documentation."""
    lines = ["stateDiagram-v2", f"    [*] --> {State.PROPOSED}"]
    for old, follow in TRANSITIONS.items():
        lines += [f"    {old} --> {new}: {words}" for new, words in follow.items()]
        if not follow:
            lines.append(f"    {old} --> [*]")
    return "\n".join(lines) + "\n"
