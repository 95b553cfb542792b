"""Pass and fail examples of a series role: what its rules must accept and refuse, tried by `provident check`.

    examples:
      pass:
        - {TE: 12 ms, TR: 550 ms}
        - {make: GE MEDICAL SYSTEMS, TE: 68 ms}
      fail:
        - {TE: 40 ms}
        - {coverage: {AP: 20 mm}}
        - {b_values: {0 s/mm2: 1, 500 s/mm2: 12}}    # with the number of volumes

An example names the facts that it is about; rules on other facts are left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from provident.dicom.facts import Fact, Scalar
from provident.dicom.registry import AXES, FACTS, FactSpec, nearest_fact
from provident.kernel import PlanError
from provident.plan.base import PlanModel
from provident.plan.models.imaging_rules import in_unit, simple
from provident.plan.nearest import did_you_mean
from provident.plan.words import grammar


def example(value: Any) -> dict[str, Fact]:
    """Read one example.

    Raises:
        PlanError: it is no mapping of facts to single values with their units.
    """
    if not isinstance(value, Mapping) or not value:
        raise PlanError("an example is facts with their values, such as {TE: 12 ms}")
    return {str(name): _fact(str(name), said) for name, said in value.items()}


def _fact(name: str, said: Any) -> Fact:
    spec = FACTS.get(name)
    if spec is None:
        near = nearest_fact(name)
        hint = f' (did you mean "{near}"?)' if near else did_you_mean(name, FACTS)
        raise PlanError(f'unknown fact "{name}"{hint}')
    value, counts = _value(spec, said)
    return Fact(
        value=value, unit=spec.unit, source="example", derivation="", counts=counts
    )


def _value(spec: FactSpec, said: Any) -> tuple[Any, tuple[int, ...]]:
    if spec.kind == "axes":
        return _along_axes(spec, said), ()
    if spec.kind == "shells" and isinstance(said, Mapping):
        return _shells(spec, said)
    if isinstance(said, list | tuple):
        if not said:
            raise PlanError(f"{spec.name} has no value in this example")
        many = tuple(_single(spec, one) for one in said)
        return many, (1,) * len(many)
    one = _single(spec, said)
    return ((one,), (1,)) if spec.kind == "shells" else (one, ())


def _shells(
    spec: FactSpec, said: Mapping[Any, Any]
) -> tuple[tuple[float, ...], tuple[int, ...]]:
    volumes = tuple(said.values())
    if not said or any(isinstance(n, bool) or not isinstance(n, int) for n in volumes):
        raise PlanError(
            f"{spec.name} pairs b-values with numbers of volumes, such as {{800 s/mm2: 3}}"
        )
    return tuple(_quantity(spec, b) for b in said), volumes


def _along_axes(spec: FactSpec, said: Any) -> dict[str, float]:
    if not isinstance(said, Mapping) or not set(map(str, said)) <= set(AXES):
        raise PlanError(
            f"{spec.name} is given by axis, such as {{AP: 70 {spec.unit}}}; axes are {', '.join(AXES)}"
        )
    return {str(axis): _quantity(spec, length) for axis, length in said.items()}


def _single(spec: FactSpec, said: Any) -> Scalar:
    if spec.numeric:
        return _quantity(spec, said)
    if spec.kind == "flag":
        read = simple(spec, said)
        return bool(getattr(read, "value", False))
    if isinstance(said, bool) or not isinstance(said, str | int | float):
        raise PlanError(f"{spec.name} is a word here, not {said!r}")
    if str(said).startswith("~"):
        raise PlanError(
            f"an example says one value of {spec.name}, not a regular expression"
        )
    return str(said)


def _quantity(spec: FactSpec, said: Any) -> float:
    found = in_unit(spec, said)
    if found.low != found.high:
        raise PlanError(f'an example says one value of {spec.name}, not "{said}"')
    return found.low


_Example = grammar(
    example,
    expected="facts of one series with their values",
    examples=[{"TE": "12 ms", "TR": "550 ms"}],
    kind=["object"],
)


class Examples(PlanModel):
    """What a role's rules must accept and what they must refuse."""

    passing: tuple[Annotated[Any, _Example], ...] = Field((), alias="pass")
    failing: tuple[Annotated[Any, _Example], ...] = Field((), alias="fail")
