"""The command on radiation dose: what an exam gave, from whatever came of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from provident.cli.output import emit, exit_code, finding_lines, say, tell
from provident.kernel import InvalidInput


if TYPE_CHECKING:
    from provident.acquisition.dose import ExamDose, FactorSet


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command(epilog="Example: provident dose scans/exam-17 --json")(dose)


def dose(
    path: Annotated[Path, typer.Argument(help="A DICOM file, or a folder of them.")],
    factors: Annotated[
        str | None,
        typer.Option(
            help="Factors for effective dose: the name of a set, or a YAML or JSON file. "
            "Taken before the sets that ship."
        ),
    ] = None,
    age: Annotated[
        float | None,
        typer.Option(min=0, max=120, help="Age in years; else the header's."),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document on stdout.")
    ] = False,
) -> None:
    """Say what radiation dose each exam gave: reports first, then headers, then dose screens.

    Each irradiation event counts once. A dose that is not known is null and a finding,
    never zero. Names of files, UIDs and times can identify a person. Exit 0, 1 when
    something is wrong or missing, 3 when nothing could be read.
    """
    from provident.acquisition.dose import BUILT_IN, DOSE_TAGS, exam_doses
    from provident.dicom import Folder

    chosen = (*_factors(factors), *BUILT_IN)
    folder = Folder(path)
    exams = exam_doses(
        folder.headers(only=DOSE_TAGS),
        factors=chosen,
        age_years=age,
        unreadable=lambda: [u.file for u in folder.unread if u.damaged],
    )
    if as_json:
        emit(_document(exams, folder.unread, chosen))
    else:
        for exam in exams:
            _print(exam)
    for unread in folder.unread:
        say(f"{unread.file}: {unread.reason.replace('_', ' ')}")
    if not exams:
        raise typer.Exit(InvalidInput.exit_code)
    raise typer.Exit(exit_code(f for exam in exams for f in exam.findings))


def _factors(named: str | None) -> tuple[FactorSet, ...]:
    from provident.acquisition.dose import factor_set, named_factors
    from provident.plan.document import read_document

    if named is None:
        return ()
    file = Path(named)
    if not file.suffix:
        return (named_factors(named),)
    if not file.is_file():
        raise InvalidInput(f"There is no file {file.name}. Check the path.")
    document = read_document(file.name, file.read_bytes())
    if document.findings:
        raise InvalidInput(f"{file.name} cannot be read.", document.findings)
    return (factor_set(document.value, file=file.name),)


def _document(
    exams: list[ExamDose], unread: Any, factors: tuple[FactorSet, ...]
) -> dict[str, Any]:
    from provident.acquisition.dose import totals_of

    totals, unknown = totals_of(exams)
    return {
        "events": [event for exam in exams for event in exam.events_json()],
        "totals": totals,
        "unknown": unknown,
        "exams": [exam.as_json() for exam in exams],
        "findings": [f.as_json() for exam in exams for f in exam.findings],
        "factors": [
            {"name": f.name, "version": f.version, "source": f.source, "date": f.date}
            for f in factors
        ],
        "unreadable": [u.as_json() for u in unread],
    }


def _print(exam: ExamDose) -> None:
    if not exam.ionising:
        tell(f"{exam.uid}: no ionising radiation")
        for line in finding_lines(exam.findings):
            tell(f"  {line}")
        return
    kinds = ", ".join(exam.kinds) or "unknown kind"
    tell(f"{exam.uid}: {kinds}, {len(exam.events)} events, {exam.outcome}")
    for name, value in exam.totals.items():
        if value is not None:
            tell(f"  {name:20} {value:.6g}")
        elif name in exam.unknown:
            tell(f"  {name:20} not known: {exam.unknown[name]}")
    for line in finding_lines(exam.findings):
        tell(f"  {line}")
