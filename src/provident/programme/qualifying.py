"""The conditions of a qualification against the form that they speak of."""

from __future__ import annotations

from collections.abc import Iterator

from provident.expressions import NameType, Of, Record
from provident.kernel import PlanError
from provident.plan.models.problems import Problem
from provident.plan.models.reading import ReadDesignFile
from provident.plan.nearest import did_you_mean
from provident.reading.qualification import condition


def qualify_problems(file: ReadDesignFile, names: Record) -> Iterator[Problem]:
    """What in `qualify.pass` cannot be read, or names nothing single that the form asks or computes."""
    for number, text in enumerate(file.qualify.passing if file.qualify else ()):
        path = ("qualify", "pass", number)
        try:
            value = condition(text).value
        except PlanError as error:
            yield Problem(path, str(error), text)
            continue
        visit, _, rest = value.partition(".")
        inside = rest if visit in file.visits else value
        if value and not _single(names, inside):
            yield Problem(
                path,
                f'the form {file.form} has no single value "{inside}"{did_you_mean(inside, names.fields)}',
                text,
            )


def _single(names: Record, dotted: str) -> bool:
    here: NameType | None = names
    for part in dotted.split("."):
        here = here.get(part) if isinstance(here, Record) else None
    return isinstance(here, Of) and not here.column
