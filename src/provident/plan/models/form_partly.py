"""A form file of which some parts are wrong: the parts that are right, so that they are checked too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from provident.plan.models.form_names import FormParts
from provident.plan.models.form_parts import (
    Derivation,
    DerivationModel,
    GridModel,
    ItemModel,
    MachineModel,
    TableModel,
)
from provident.plan.models.form_rules import form_problems
from provident.plan.models.problems import Problem


T = TypeVar("T")
_DERIVATION: TypeAdapter[DerivationModel] = TypeAdapter(Derivation)


def problems_of_the_rest(value: Any) -> list[Problem]:
    """What is wrong between the parts of a form that are right in themselves.

    Parts that are wrong count as there, holding anything, so that one mistake is one problem.
    """
    if not isinstance(value, dict):
        return []
    broken: set[str] = set()
    machines = _valid(value, "machines", MachineModel.model_validate, broken)
    derive = _valid(value, "derive", _DERIVATION.validate_python, broken)
    parts = FormParts(
        items=_valid(value, "items", ItemModel.model_validate, broken),
        grids=_valid(value, "grids", GridModel.model_validate, broken),
        derive=derive,
        machines=machines,
        tables=_valid(value, "tables", TableModel.model_validate, broken),
        missing={str(code): "" for code in _mapping(value, "missing")},
        study_data=_study_data(value),
        broken=frozenset(broken),
    )
    return form_problems(parts)


def _mapping(value: dict[Any, Any], key: str) -> dict[Any, Any]:
    found = value.get(key)
    return found if isinstance(found, dict) else {}


def _valid(
    value: dict[Any, Any],
    key: str,
    read: Callable[[Any], T],
    broken: set[str],
) -> dict[str, T]:
    valid: dict[str, T] = {}
    for name, part in _mapping(value, key).items():
        try:
            valid[str(name)] = read(part)
        except ValidationError:
            broken.add(str(name))
    return valid


def _study_data(value: dict[Any, Any]) -> tuple[str, ...]:
    found = value.get("study_data")
    names = found if isinstance(found, list) else []
    return tuple(name for name in names if isinstance(name, str))
