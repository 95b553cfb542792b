"""A repeat as the page shows it: where it stands, who is next, what each step said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from provident.acquisition.dose import repeats
from provident.plan import Plan
from provident.plan.models.imaging_dose import DOSES
from provident.web.dose import book
from provident.web.studies.words import exam_name, plain, visit_name


State = repeats.State
LOOKS = {
    State.PROPOSED: ("amber", "waits for advice on image quality"),
    State.ADVISED: ("amber", "waits for the investigator's decision"),
    State.DECIDED: ("amber", "is decided"),
    State.JUSTIFIED: ("amber", "is justified and can be asked for"),
    State.ASKED: ("blue", "the site is asked"),
    State.DONE: ("green", "was made"),
    State.NOT_DONE: ("grey", "was not made"),
    State.DECLINED: ("grey", "the investigator does not want it"),
    State.NOT_JUSTIFIED: ("red", "is not justified"),
    State.WITHDRAWN: ("grey", "was withdrawn"),
}
CHOICES = {
    State.ADVISED: "Advise: a repeat would help",
    State.DECIDED: "The repeat is wanted",
    State.DECLINED: "The repeat is not wanted",
    State.JUSTIFIED: "The exposure is justified",
    State.NOT_JUSTIFIED: "The exposure is not justified",
    State.WITHDRAWN: "It is no longer needed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StepLine:
    """One step that was made."""

    at: datetime
    who: str
    role: str
    words: str
    note: str
    signed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatLine:
    """One repeat with what may follow for the person who looks."""

    pk: int
    exam: int
    participant: str
    what: str
    state: str
    colour: str
    word: str
    reason: str
    opened_at: datetime
    until: date | None
    over: bool
    counted: tuple[str, ...]
    steps: tuple[StepLine, ...]
    choices: tuple[tuple[str, str], ...]
    may_ask: bool
    may_give_up: bool
    waits_for: str
    made: int | None


def repeat_line(row: Any, plan: Plan, today: date, role: str, *, may_move: bool, may_propose: bool) -> RepeatLine:  # fmt: skip
    """A repeat for a person in a role of the plan."""
    value = book.repeat(row, plan)
    allowed, until = value.allowed(), book.recall_until(row.exam, plan)
    choices = [s for s in allowed if s in CHOICES and _may(value, s, role, may_move)]
    colour, word = LOOKS[value.state]
    waits = {r for s in allowed if (r := value.roles.of(s))}
    return RepeatLine(
        pk=row.pk,
        exam=row.exam.pk,
        participant=row.exam.participant.code,
        what=f"{exam_name(plan, row.exam.kind)}, {visit_name(plan, row.exam.visit)}",
        state=value.state,
        colour=colour,
        word=word,
        reason=row.reason,
        opened_at=row.opened_at,
        until=until,
        over=until is not None and until < today,
        counted=tuple(f"{q} {v:.3g} {DOSES[q]}" for q, v in value.expected.items()) if value.ionising else (),
        steps=tuple(_step(step) for step in row.steps.all()),
        choices=tuple((s.value, CHOICES[s]) for s in choices),
        may_ask=State.ASKED in allowed and may_propose,
        may_give_up=State.NOT_DONE in allowed and may_move,
        waits_for=" or ".join(sorted(plain(r) for r in waits)),
        made=row.made_id,
    )  # fmt: skip


def _may(value: repeats.Repeat, state: State, role: str, may_move: bool) -> bool:
    needed = value.roles.of(state)
    return may_move and (needed is None or needed == role)


def _step(step: Any) -> StepLine:
    _, word = LOOKS[State(step.state)]
    return StepLine(
        at=step.at,
        who=(step.by.user.name or step.by.user.username) if step.by else "Provident",
        role=plain(step.role) if step.by else "",
        words=CHOICES.get(State(step.state), word),
        note=step.note,
        signed=step.signature_id is not None,
    )


def waiting_for(rows: Sequence[Any], plan: Plan, role: str) -> list[Any]:
    """The open repeats whose next step is this role's."""
    found = []
    for row in rows:
        value = book.repeat(row, plan)
        if any(value.roles.of(s) == role for s in value.allowed()):
            found.append(row)
    return found
