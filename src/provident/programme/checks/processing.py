"""Checks on derived data: each step has quality control, and what a form needs is made where it is read."""

from __future__ import annotations

from collections.abc import Iterator

from provident.kernel import Severity
from provident.plan.models.processing import ProcessingFile
from provident.programme.checks.registry import Flag, PlanUnderCheck, check


@check(
    code="PROCESSING.NOT_MADE",
    subdomain="acquisition.manual",
    finds="Derived data that a form needs at a visit where no step makes it, or whose series the visit does not acquire.",
    why="A value that nobody derives is missing from the analysis, and it is noticed at its end.",
    remedy="Add the visit to the processing file, or acquire its series at the visit.",
)
def not_made(c: PlanUnderCheck) -> Iterator[Flag]:
    for endpoint, design in c.plan.reading.items():
        form = c.plan.forms.get(design.form)
        for i, visit in enumerate(design.visits):
            for need in form.needs if form else ():
                problem = _not_made(c, need, visit)
                if problem:
                    yield Flag(
                        file=c.file("reading", endpoint),
                        path=("visits", i),
                        message=f"{design.form} needs {need} at {visit}, but {problem}",
                        expected=f"{need} made at {visit}",
                        found=problem,
                    )


def _not_made(c: PlanUnderCheck, need: str, visit: str) -> str | None:
    name, _, output = need.partition(".")
    made = c.plan.processing.get(name)
    if made is None or output not in made.outputs():
        return (
            None  # a series, or a reference that leads nowhere: findings of their own
        )
    if made.visits and visit not in made.visits:
        return f"{name} is run at {', '.join(made.visits)} only"
    return next(
        (p for s in _sources(made) if (p := _not_acquired(c, s, visit)) is not None),
        None,
    )


def _sources(made: ProcessingFile) -> list[str]:
    """The series that the steps start from."""
    return [used for step in made.steps.values() for used in step.uses if "." in used]


def _not_acquired(c: PlanUnderCheck, series: str, visit: str) -> str | None:
    exam, _, role = series.partition(".")
    manual, planned = c.plan.imaging.get(exam), c.plan.study.visits.get(visit)
    if manual is None or planned is None or role not in manual.series:
        return None
    at = manual.series[role].at
    if exam not in planned.imaging or (at and visit not in at):
        return f"{visit} does not acquire {series}, which it is made from"
    return None


@check(
    code="PROCESSING.NO_QC",
    subdomain="acquisition.manual",
    severity=Severity.WARNING,
    finds="A step of processing whose result nobody looks at.",
    why="A segmentation or a fit that went wrong gives a number like any other.",
    remedy="Say under `qc:` how the result is looked at, by whom, and what is done when it does not pass.",
)
def no_quality_control(c: PlanUnderCheck) -> Iterator[Flag]:
    for name, made in c.plan.processing.items():
        for step_id, step in made.steps.items():
            if step.qc is None:
                yield Flag(
                    file=c.file("processing", name),
                    path=("steps", step_id),
                    key=True,
                    message=f"the step {step_id} of {name} has no quality control",
                    expected="qc: {how: ..., by: a role}",
                    found="none",
                )


@check(
    code="PROCESSING.WRONG_EXAM",
    subdomain="acquisition.manual",
    finds="A step that uses a series of another exam than the file says.",
    why="It waits for images that the exam does not bring.",
    remedy="Use series of the file's exam, or make a file for the other exam.",
)
def wrong_exam(c: PlanUnderCheck) -> Iterator[Flag]:
    for name, made in c.plan.processing.items():
        for step_id, step in made.steps.items():
            for i, used in enumerate(step.uses):
                if "." in used and used.partition(".")[0] != made.exam:
                    yield Flag(
                        file=c.file("processing", name),
                        path=("steps", step_id, "uses", i),
                        message=f"{step_id} uses {used}, but {name} is of {made.exam}",
                        expected=f"a series of {made.exam}",
                        found=used,
                    )
