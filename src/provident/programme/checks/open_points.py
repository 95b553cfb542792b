"""Checks on what a plan says is still open."""

from __future__ import annotations

from collections.abc import Iterator

from provident.kernel import Severity
from provident.plan.nearest import did_you_mean
from provident.plan.places import Path
from provident.programme.checks.registry import Flag, PlanUnderCheck, check


STUDY = "study.yaml"


def _place(c: PlanUnderCheck, where: str) -> tuple[str, Path] | None:
    """The file and the path that `file:key.key` names; None when the plan has no such place."""
    file, _, dotted = where.partition(":")
    places = c.loaded.places.files.get(file)
    if places is None:
        return None
    path: Path = tuple(
        int(s) if s.isdigit() else s for s in dotted.split(".") if dotted
    )
    known = not path or path in places.keys or path in places.values
    return (file, path) if known else None


@check(
    code="OPEN.TO_SETTLE",
    subdomain="conduct.engagement",
    severity=Severity.WARNING,
    finds="A placeholder that the plan itself lists as still to be replaced by the team.",
    why="Prices, doses, dates of tests and answers of hospitals look the same whether they are true or made up.",
    remedy="Replace what stands there, then take the line out of `to_settle:` in study.yaml.",
)
def to_settle(c: PlanUnderCheck) -> Iterator[Flag]:
    for point in c.plan.study.to_settle:
        at = _place(c, point.where)
        if at is not None:
            yield Flag(
                file=at[0],
                path=at[1],
                key=True,
                message=f"still to be settled{f' by {point.by}' if point.by else ''}: {point.what}",
                expected="your own",
                found="a placeholder",
            )


@check(
    code="OPEN.NOWHERE",
    subdomain="conduct.engagement",
    finds="An open point about a place that the plan does not have.",
    why="Nobody would find what is to be settled, and a later finding could not be told from it.",
    remedy="Correct `where:`, as file:key.key, or take the line out if it is settled.",
)
def nowhere(c: PlanUnderCheck) -> Iterator[Flag]:
    files = c.loaded.places.files
    for i, point in enumerate(c.plan.study.to_settle):
        if _place(c, point.where) is None:
            file = point.where.partition(":")[0]
            hint = "" if file in files else did_you_mean(file, files)
            yield Flag(
                file=STUDY,
                path=("to_settle", i, "where"),
                message=f'the plan has no place "{point.where}"{hint}',
                expected="a file of the plan, and a key in it",
                found=point.where,
            )
