"""Turn what pydantic finds into findings that a trial team can act on.

Each says what was expected in words, what was found, and the nearest name that would have
fitted; each stands at the line of the key or value that is wrong.
"""

from __future__ import annotations

import types
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from provident.kernel import Finding
from provident.plan import codes
from provident.plan.document import fault
from provident.plan.nearest import did_you_mean, listed, nearest
from provident.plan.places import FilePlaces, Path, path_text


@dataclass(frozen=True, slots=True)
class _Problem:
    """One error of pydantic's, with the path in the file and the union branch it is from."""

    path: Path
    kind: str
    message: str
    context: Mapping[str, Any]
    value: Any
    of_key: bool
    branch: tuple[Path, str] | None


def explain(
    error: ValidationError, model: type[BaseModel], value: Any, places: FilePlaces
) -> list[Finding]:
    """All that is wrong in one file, as findings in the order of the file."""
    problems = [_problem(e, value) for e in error.errors(include_url=False)]
    cut = dict.fromkeys(p.path for p in problems if p.path in places.cut)
    skipped = cut.keys() | _respelt(problems, model)
    findings = [_cut_text(path, places) for path in cut]
    findings += [
        _finding(problem, model, value, places, alternatives)
        for problem, alternatives in _decided(problems)
        if problem.path not in skipped
    ]
    return sorted(
        findings, key=lambda f: (f.where.line or 0, f.where.column or 0, f.message)
    )


def _respelt(problems: list[_Problem], model: type[BaseModel]) -> set[Path]:
    """Keys that are missing only because they are there with a spelling mistake."""
    missing = {p.path for p in problems if p.kind == "missing"}
    found: set[Path] = set()
    for problem in problems:
        if problem.kind == "extra_forbidden":
            around = problem.path[:-1]
            near = nearest(problem.path[-1], keys_at(model, around))
            found |= missing & {(*around, near or "")}
    return found


def _problem(error: Any, top: Any) -> _Problem:
    """Follow pydantic's location through the file; what is not in the file names a branch."""
    path: Path = ()
    here, branch, of_key = top, None, False
    steps = list(error["loc"])
    for position, step in enumerate(steps):
        last = position == len(steps) - 1
        if step == "[key]" and last:
            of_key = True
        elif _inside(here, step):
            path, here = (*path, step), here[step]
        elif last and error["type"] == "missing":
            path = (*path, step)
        elif branch is None:
            branch = (path, str(step))
    return _Problem(
        path,
        error["type"],
        error["msg"],
        error.get("ctx") or {},
        error["input"],
        of_key,
        branch,
    )


def _inside(value: Any, step: Any) -> bool:
    if isinstance(value, dict):
        return step in value
    return isinstance(value, list) and isinstance(step, int) and 0 <= step < len(value)


def _decided(
    problems: list[_Problem],
) -> Iterator[tuple[_Problem, tuple[_Problem, ...]]]:
    """Of a value with several allowed forms, keep the problems of the form that was meant.

    Where the value is none of them from the start, one problem with all forms remains.
    """
    unions: dict[Path, dict[str, list[_Problem]]] = {}
    for problem in problems:
        if problem.branch is None:
            yield problem, ()
        else:
            at, name = problem.branch
            unions.setdefault(at, {}).setdefault(name, []).append(problem)
    for at, branches in unions.items():
        meant = [b for b in branches.values() if not _is_other_form(b, at)]
        if meant:
            for problem in min(meant, key=len):
                yield problem, ()
        else:
            first, *others = [b[0] for b in branches.values()]
            yield first, tuple(others)


def _is_other_form(problems: list[_Problem], at: Path) -> bool:
    """Whether a branch failed because the value is a different kind of thing altogether."""
    return all(p.path == at for p in problems) and not any(
        p.kind in ("missing", "extra_forbidden", "grammar", "value_error")
        for p in problems
    )


def _finding(
    problem: _Problem,
    model: type[BaseModel],
    top: Any,
    places: FilePlaces,
    alternatives: tuple[_Problem, ...],
) -> Finding:
    if problem.kind == "extra_forbidden":
        return _unknown_key(problem, model, places)
    if problem.kind == "missing":
        return _missing_key(problem, model, top, places)
    return _wrong_value(problem, model, places, alternatives)


def _cut_text(path: Path, places: FilePlaces) -> Finding:
    """A key without a value inside `{ }` is most often the end of the text before it."""
    return fault(
        codes.VALUE,
        places.key(path),
        f'{_at(path[:-1])}: "{path[-1]}" stands alone after a comma',
        expected="key: value",
        found=f"{path[-1]} without a value",
        remedy="If it is the end of the text before it, put that whole text in quotes: inside { } a comma ends a value.",
    )


def _at(path: Path) -> str:
    return path_text(path) or "the file"


def _unknown_key(
    problem: _Problem, model: type[BaseModel], places: FilePlaces
) -> Finding:
    key, around = problem.path[-1], problem.path[:-1]
    known = keys_at(model, around)
    return fault(
        codes.UNKNOWN_KEY,
        places.key(problem.path),
        f'"{key}" is not a key of {_at(around)}{did_you_mean(key, known)}',
        expected=f"one of: {listed(known, 30)}" if known else "no keys",
        found=str(key),
    )


def _missing_key(
    problem: _Problem, model: type[BaseModel], top: Any, places: FilePlaces
) -> Finding:
    key, around = problem.path[-1], problem.path[:-1]
    field = field_at(model, problem.path)
    says = (field.description or "") if field else ""
    return fault(
        codes.MISSING_KEY,
        places.key(around),
        f'{_at(around)} has no "{key}"',
        expected=f"{key}: {says}".rstrip(": "),
        found=f"keys: {listed(_value_at(top, around))}",
        remedy=f'Add "{key}:" here.' + (f" {says}" if says else ""),
    )


def _value_at(top: Any, path: Path) -> Iterable[object]:
    for step in path:
        top = top[step]
    return top if isinstance(top, dict) else ()


# pydantic's type of error -> what was expected, in words
_EXPECTED = {
    "string_type": "a text (put a number in quotes)",
    "string_too_short": "a text that is not empty",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "dict_type": "a mapping (key: value)",
    "model_type": "a mapping (key: value)",
    "model_attributes_type": "a mapping (key: value)",
    "tuple_type": "a list",
    "list_type": "a list",
    "set_type": "a list",
}
_PATTERNS = {
    r"^[a-z][a-z0-9_]*$": "a name of small letters, digits and underscores that starts with a letter",
    r"^[A-Z]{2}$": "two capital letters, such as GB",
    r"^[A-Z]{3}$": "three capital letters, such as GBP",
    r"^[A-Z][A-Z0-9]{0,3}$": "one to four capital letters or digits, starting with a letter",
    r"^[!-\[\]-~]{1,16}$": "an AE title: 1 to 16 characters without spaces or backslashes",
}


def _expected(problem: _Problem) -> str:
    if problem.kind == "grammar":
        return str(problem.context.get("wanted", ""))
    if problem.kind in ("literal_error", "enum"):
        return f"one of: {listed(_choices(problem), 30)}"
    if problem.kind == "string_pattern_mismatch":
        pattern = str(problem.context.get("pattern", ""))
        return _PATTERNS.get(pattern, f"a text of the form {pattern}")
    if problem.kind in ("too_short", "too_long"):
        least = problem.context.get("min_length", problem.context.get("max_length"))
        return f"{'at least' if problem.kind == 'too_short' else 'at most'} {least}"
    return _EXPECTED.get(problem.kind, problem.message.removeprefix("Input should be "))


def _choices(problem: _Problem) -> list[str]:
    """The allowed words, from pydantic's `'a', 'b' or 'c'`."""
    text = str(problem.context.get("expected", ""))
    parts = text.replace("' or '", "', '").split("', '")
    return [p.strip("'") for p in parts]


def _wrong_value(
    problem: _Problem,
    model: type[BaseModel],
    places: FilePlaces,
    alternatives: tuple[_Problem, ...],
) -> Finding:
    found = _shown(problem.value)
    wanted = " or ".join(
        dict.fromkeys(_expected(p) for p in (problem, *alternatives) if _expected(p))
    )
    if problem.kind == "grammar" and not alternatives:
        message = f"{_at(problem.path)}: {problem.message}"
    elif problem.kind == "value_error" and not alternatives:
        message = (
            f"{_at(problem.path)}: {problem.message.removeprefix('Value error, ')}"
        )
        wanted = ""
    else:
        thing = "the key" if problem.of_key else _at(problem.path)
        suggestion = did_you_mean(
            problem.value,
            [
                c
                for p in (problem, *alternatives)
                if p.kind in ("literal_error", "enum")
                for c in _choices(p)
            ],
        )
        message = f"{thing}: expected {wanted}, found {found}{suggestion}"
    field = field_at(model, problem.path)
    remedy = f"{field.description}" if field and field.description else ""
    keyed = problem.of_key or isinstance(problem.value, dict)
    where = places.key(problem.path) if keyed else places.value(problem.path)
    return fault(
        codes.VALUE, where, message, expected=wanted, found=found, remedy=remedy
    )


def _shown(value: Any) -> str:
    """A value as a person would point at it."""
    if isinstance(value, dict):
        return f"a mapping with {listed(value, 5) or 'no keys'}"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    text = str(value)
    text = text if len(text) <= 80 else text[:77] + "..."
    return f'"{text}"' if isinstance(value, str) else text


# -- which keys a place may have, and what they say ------------------------------


def keys_at(model: type[BaseModel], path: Path) -> list[str]:
    """The keys that a mapping at a path may have."""
    names: dict[str, None] = {}
    for found in _models_at(model, path):
        for name, field in found.model_fields.items():
            names[field.alias or name] = None
    return list(names)


def field_at(model: type[BaseModel], path: Path) -> FieldInfo | None:
    """The field that a path names, or the nearest around it."""
    for cut in range(len(path), 0, -1):
        for found in _models_at(model, path[: cut - 1]):
            for name, field in found.model_fields.items():
                if (field.alias or name) == path[cut - 1]:
                    return field
    return None


def _models_at(model: type[BaseModel], path: Path) -> list[type[BaseModel]]:
    types_here: list[Any] = [model]
    for step in path:
        types_here = [t for here in types_here for t in _step(here, step)]
    return [t for t in types_here if isinstance(t, type) and issubclass(t, BaseModel)]


def _step(here: Any, step: str | int) -> list[Any]:
    """The types that a value under `step` may have."""
    if isinstance(here, type) and issubclass(here, BaseModel):
        for name, field in here.model_fields.items():
            if (field.alias or name) == step or (name == "root" and step != "root"):
                inner = _alternatives(field.annotation)
                if name == "root":
                    return [t for i in inner for t in _step(i, step)]
                return inner
        return []
    origin, arguments = get_origin(here), get_args(here)
    if origin in (dict, Mapping):
        return _alternatives(arguments[1])
    if origin in (list, tuple, set, frozenset) and arguments:
        return _alternatives(arguments[0])
    return []


def _alternatives(annotation: Any) -> list[Any]:
    """A type without its annotations and options, as the list of what it may be."""
    if hasattr(annotation, "__metadata__"):
        return _alternatives(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        return [t for a in get_args(annotation) for t in _alternatives(a)]
    return [annotation]
