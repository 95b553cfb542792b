"""Commands: plan."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from provident.cli.output import emit, finding_lines, say, tell
from provident.kernel import Severity


if TYPE_CHECKING:
    from provident.plan.starting import Question
    from provident.programme import Report

JSON = Annotated[
    bool, typer.Option("--json", help="Print one JSON document on stdout.")
]
Folder = Annotated[
    Path, typer.Argument(help="The plan's folder, with study.yaml in it.")
]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command(
        epilog="Example: provident new my-study --like oncology-recist --answer id=MY-STUDY --answer participants=240"
    )(new)
    app.command(epilog="Example: provident check my-study")(check)
    app.command(epilog="Example: provident diff my-study-1.4 my-study")(diff)
    app.command(epilog="Example: provident schema my-study")(schema)


def new(
    folder: Annotated[Path, typer.Argument(help="A new or empty folder.")],
    like: Annotated[
        str,
        typer.Option(help="The shipped plan to start from; a wrong name lists them."),
    ] = "start",
    answer: Annotated[
        list[str] | None,
        typer.Option(
            help="KEY=VALUE, such as participants=120; a wrong key lists them."
        ),
    ] = None,
    ask: Annotated[
        bool, typer.Option("--ask", help="Ask the questions one after the other.")
    ] = False,
    as_json: JSON = False,
) -> None:
    """Write a commented starting plan that `check` accepts, and say what only the team can settle."""
    from provident import plan
    from provident.plan import starting

    given = starting.answers_from(answer or ())
    if ask:
        given = _asked(starting.questions(like), given)
    files = starting.started(like, given)
    written = plan.start(folder, like, files)
    plan.write_schemas(folder)
    settle = starting.open_points(files)
    if as_json:
        points = [{"where": p.where, "what": p.what, "by": p.by} for p in settle]
        emit({"folder": str(folder), "files": [_inside(p, folder) for p in written], "to_settle": points})  # fmt: skip
        return
    for path in written:
        tell(_inside(path, folder))
    if settle:
        say("Only the team can know:")
    for point in settle:
        say(f"  {point.where}: {point.what} ({point.by or 'the team'})")
    say(f"Next: edit the files in {folder}, then `provident check {folder}`.")


def _asked(questions: Iterable[Question], given: dict[str, str]) -> dict[str, str]:
    """The answers that somebody types; Enter keeps what stands there."""
    return {
        q.key: given.get(q.key) or typer.prompt(q.ask, default=q.given, err=True)
        for q in questions
    }


def check(
    study: Folder,
    as_json: JSON = False,
    as_sarif: Annotated[
        bool, typer.Option("--sarif", help="Print one SARIF document on stdout.")
    ] = False,
) -> None:
    """Check a plan: what is missing, contradictory or wrong, with file and line.

    Exit 0 without errors, 1 with findings at error level, 3 when it does not load.
    """
    from provident import plan, programme

    report = programme.check_plan(plan.load(study))
    if as_sarif:
        from provident.programme.sarif import sarif

        emit(sarif(report))
    elif as_json:
        emit(report.as_json())
    else:
        _print_report(report)
    raise typer.Exit(report.exit_code)


def diff(
    old: Annotated[Path, typer.Argument(help="The folder of the plan as it was.")],
    new: Annotated[Path, typer.Argument(help="The folder of the plan as it is to be.")],
    as_json: JSON = False,
) -> None:
    """Say in words what an amendment changes, and whom it affects."""
    from provident import plan
    from provident.programme.diff import difference

    found = difference(plan.load(old), plan.load(new))
    if as_json:
        emit(found.as_json())
        return
    for line in found.lines():
        tell(line)


def schema(study: Folder, as_json: JSON = False) -> None:
    """Write JSON Schemas into the plan's folder, so that editors complete and check it."""
    from provident import plan

    written = plan.write_schemas(study)
    if as_json:
        emit({"files": [_inside(p, study) for p in written]})
        return
    for path in written:
        tell(_inside(path, study))
    say("VS Code (with the YAML extension) completes from now on.")
    say("Other editors: put this as the first line of a file, such as study.yaml:")
    say(plan.modeline("study", "study.yaml"))


def _inside(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix()


def _print_report(report: Report) -> None:
    from provident.programme import framework
    from provident.programme.checks import CHECKS

    if report.loads:
        tell(f"Plan version {report.version}, {str(report.hash)[:12]}")
        tell()
        by_domain = _by_domain(report)
        for domain, title in framework().domains.items():
            tell(f"{title:<36} {by_domain[domain]}")
        tell()
    for finding in report.findings:
        for line in finding_lines([finding]):
            tell(line)
        if finding.code in CHECKS:
            tell(f"    Why: {CHECKS[finding.code].why}")
    for waived in report.waived:
        tell(
            f"{waived.finding.where}: waived: {waived.finding.message} [{waived.finding.code}]"
        )
        tell(f"    {waived.waiver.why} ({waived.waiver.by}, {waived.waiver.on})")
    tell(_summary(report))


def _by_domain(report: Report) -> dict[str, str]:
    """For each domain, how many subdomains are in which state."""
    counts: dict[str, dict[str, int]] = {}
    for name, state in report.coverage.items():
        domain = counts.setdefault(name.split(".")[0], {})
        domain[str(state)] = domain.get(str(state), 0) + 1
    return {
        domain: ", ".join(f"{n} {state}" for state, n in states.items())
        for domain, states in counts.items()
    }


def _summary(report: Report) -> str:
    errors = sum(f.severity is Severity.ERROR for f in report.findings)
    warnings = sum(f.severity is Severity.WARNING for f in report.findings)
    waived = f", {len(report.waived)} waived" if report.waived else ""
    words = f"{errors} error{'s' * (errors != 1)}, {warnings} warning{'s' * (warnings != 1)}{waived}"
    return words if report.loads else f"The plan does not load: {words}"
