"""A state machine of a form as derivations of the one expression language."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from provident.plan.models.form_parts import (
    DerivationModel,
    Id,
    MachineModel,
    MachineRule,
)
from provident.plan.models.problems import Problem


def derivations_of(
    machines: Mapping[Id, MachineModel],
) -> dict[Id, DerivationModel]:
    """For each machine `x`: `x_before` (the last state that was told), `x` (the state now), and what it gives."""
    made: dict[Id, DerivationModel] = {}
    for name, machine in machines.items():
        made |= {n: DerivationModel(value=v) for n, v in _derived(name, machine)}
    return made


def machine_of(machines: Mapping[Id, MachineModel], derived: str) -> str | None:
    """The machine that a derived value comes from."""
    for name, machine in machines.items():
        if derived in dict(_derived(name, machine)):
            return name
    return None


def names_taken(
    machines: Mapping[Id, MachineModel], taken: Mapping[str, object]
) -> Iterator[Problem]:
    """Values of machines whose name something else of the form has."""
    seen = dict.fromkeys(taken)
    for name, machine in machines.items():
        for derived, _ in _derived(name, machine):
            if derived in seen:
                yield Problem(
                    ("machines", name),
                    f'"{derived}", which this machine gives, is the name of something else of the form',
                    derived,
                )
            seen[derived] = None


def _derived(name: Id, machine: MachineModel) -> Iterator[tuple[Id, str]]:
    before = f"{name}_before"
    yield before, f"latest_before({name})"
    now = f'("{machine.start}" if {before} is missing else {before})'

    def follows(rule: MachineRule) -> str:
        return f'"{rule.to}"' if rule.to else now

    def emitted(rule: MachineRule) -> str:
        return f"({rule.emit})" if rule.emit else follows(rule)

    yield name, _first(machine.rules, now, follows)
    if machine.gives:
        yield machine.gives, _first(machine.rules, now, emitted)


def _first(
    rules: tuple[MachineRule, ...], now: str, gives: Callable[[MachineRule], str]
) -> str:
    """The first rule that holds, as nested choices; the state now where none does."""
    text = now
    for rule in reversed(rules):
        text = f"({gives(rule)} if {_holds(rule, now)} else {text})"
    return text


def _holds(rule: MachineRule, now: str) -> str:
    states = ", ".join(f'"{state}"' for state in rule.from_)
    parts = [f"{now} in ({states},)"] if states else []
    parts += [f"({rule.when})"] if rule.when else []
    return " and ".join(parts) or "1 == 1"
