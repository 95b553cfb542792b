"""Whether a scanner may do the study's scans with a protocol: a table of transitions.

Accreditation gates bookings, never images: what was acquired is always taken in.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from provident.kernel import Refused


class State(StrEnum):
    """Where the accreditation of a scanner stands."""

    APPLIED = "applied"
    ACCREDITED = "accredited"
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


TRANSITIONS: Mapping[State, Mapping[State, str]] = {
    State.APPLIED: {
        State.ACCREDITED: "all that the plan needs is accepted",
        State.WITHDRAWN: "the site withdraws, or it is refused",
    },
    State.ACCREDITED: {
        State.ACCREDITED: "it is renewed with new evidence",
        State.SUSPENDED: "the scanner changed, or a phantom failed or is overdue",
        State.EXPIRED: "its time is over",
        State.WITHDRAWN: "the site or the study gives it up",
    },
    State.SUSPENDED: {
        State.ACCREDITED: "new evidence after the reason is accepted",
        State.EXPIRED: "its time is over",
        State.WITHDRAWN: "the site or the study gives it up",
    },
    State.EXPIRED: {
        State.ACCREDITED: "it is renewed with new evidence",
        State.WITHDRAWN: "the site or the study gives it up",
    },
    State.WITHDRAWN: {State.APPLIED: "the site applies again"},
}
_WHY = (State.SUSPENDED, State.WITHDRAWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Something that was accepted: a kind of `quality.accreditation.needs`, its id and its day."""

    need: str
    id: str
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One move, with the evidence it stands on."""

    state: State
    day: date
    by: str
    note: str = ""
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Accreditation:
    """One scanner with one protocol.

    `needs` and `valid_days` are those of the plan's quality.yaml; `ends_on` are the header
    changes of phantoms.yaml that end it until new evidence is there.
    """

    scanner: str
    needs: tuple[str, ...]
    valid_days: float
    protocol: str = ""
    ends_on: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()

    @property
    def state(self) -> State:
        """Where it stands, its time not looked at; `on` does."""
        return self.steps[-1].state if self.steps else State.APPLIED

    @property
    def until(self) -> date | None:
        """The last day on which it holds, from the oldest evidence of the last grant."""
        granted = next(
            (s for s in reversed(self.steps) if s.state is State.ACCREDITED), None
        )
        if granted is None:
            return None
        return min(e.day for e in granted.evidence) + timedelta(days=self.valid_days)

    def on(self, day: date) -> State:
        """The state on a day on or after the last move: what is past its time is expired."""
        state, until = self.state, self.until
        over = until is not None and day > until
        return (
            State.EXPIRED
            if over and state in (State.ACCREDITED, State.SUSPENDED)
            else state
        )

    def holds(self, day: date) -> bool:
        """Whether exams may be booked on it."""
        return self.on(day) is State.ACCREDITED

    def words(self, day: date) -> str:
        """One sentence for the scanner's page."""
        note = self.steps[-1].note if self.steps else ""
        match self.on(day):
            case State.ACCREDITED:
                return f"Accredited until {self.until}."
            case State.SUSPENDED:
                return f"Suspended: {note}"
            case State.EXPIRED:
                return f"Expired on {self.until}: renew it with new evidence."
            case State.WITHDRAWN:
                return f"Withdrawn: {note}"
        return f"Applied for; it needs {', '.join(self.needs).replace('_', ' ')}."


def grant(
    accreditation: Accreditation, evidence: Sequence[Evidence], *, day: date, by: str
) -> Accreditation:
    """Accredited, or renewed.

    Raises:
        Refused: something that the plan needs is missing, too old, or older than what it was
            suspended for.
    """
    usable = [e for e in evidence if _counts(e, accreditation, day)]
    there = {e.need for e in usable}
    lacking = [need for need in accreditation.needs if need not in there]
    if lacking:
        raise Refused(
            f"{accreditation.scanner} cannot be accredited: {', '.join(lacking).replace('_', ' ')} "
            "is missing, too old, or older than what it was suspended for."
        )
    newest = tuple(
        max((e for e in usable if e.need == need), key=lambda e: e.day)
        for need in accreditation.needs
    )
    return _move(accreditation, State.ACCREDITED, day=day, by=by, evidence=newest)


def _counts(evidence: Evidence, accreditation: Accreditation, day: date) -> bool:
    """Evidence of the time of validity; after a suspension the scanner is measured anew.

    A quiz or a transfer test does not get old by a new coil: only what was measured does.
    """
    if not day - timedelta(days=accreditation.valid_days) <= evidence.day <= day:
        return False
    if accreditation.state is not State.SUSPENDED:
        return True
    measured = "phantom" if "phantom" in accreditation.needs else "volunteer_scan"
    return evidence.need != measured or evidence.day >= accreditation.steps[-1].day


def suspend(
    accreditation: Accreditation, *, day: date, by: str, why: str
) -> Accreditation:
    """Suspended until new evidence is there. Raises `Refused`."""
    return _move(accreditation, State.SUSPENDED, day=day, by=by, note=why)


def withdraw(
    accreditation: Accreditation, *, day: date, by: str, why: str
) -> Accreditation:
    """Given up or refused. Raises `Refused`."""
    return _move(accreditation, State.WITHDRAWN, day=day, by=by, note=why)


def apply_again(accreditation: Accreditation, *, day: date, by: str) -> Accreditation:
    """Applied for after a withdrawal. Raises `Refused`."""
    return _move(accreditation, State.APPLIED, day=day, by=by)


def after_change(
    accreditation: Accreditation, what: Collection[str], *, day: date, by: str
) -> Accreditation:
    """The accreditation after a change of its scanner: suspended if the plan says so."""
    ending = sorted(set(what) & set(accreditation.ends_on))
    if not ending or accreditation.on(day) is not State.ACCREDITED:
        return accreditation
    why = f"the scanner changed ({', '.join(ending)}); a phantom scanned after it ends this."
    return suspend(accreditation, day=day, by=by, why=why)


def _move(
    accreditation: Accreditation,
    to: State,
    *,
    day: date,
    by: str,
    note: str = "",
    evidence: tuple[Evidence, ...] = (),
) -> Accreditation:
    if accreditation.steps and day < accreditation.steps[-1].day:
        raise Refused("A step cannot lie before the one that came before it.")
    state = accreditation.on(day)
    if to not in TRANSITIONS[state]:
        may = ", ".join(TRANSITIONS[state])
        raise Refused(f"What is {state} cannot become {to}; what may follow is {may}.")
    if to in _WHY and not note.strip():
        raise Refused("Say why: the reason is kept with the accreditation.")
    step = Step(state=to, day=day, by=by, note=note, evidence=evidence)
    return replace(accreditation, steps=(*accreditation.steps, step))


def mermaid() -> str:
    """The table as a state diagram for the documentation."""
    lines = ["stateDiagram-v2", f"    [*] --> {State.APPLIED}"]
    for old, follow in TRANSITIONS.items():
        lines += [f"    {old} --> {new}: {words}" for new, words in follow.items()]
    return "\n".join(lines) + "\n"
