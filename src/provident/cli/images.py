"""Commands on images: what headers say, and whether the manual is met."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from provident.cli.output import emit, exit_code, finding_lines, say, tell
from provident.kernel import InvalidInput, NotFound


if TYPE_CHECKING:
    from pydicom.dataset import Dataset

    from provident.acquisition import ExamVerdict
    from provident.dicom import Folder, SeriesFacts

Images = Annotated[Path, typer.Argument(help="A DICOM file, or a folder of them.")]
JSON = Annotated[
    bool, typer.Option("--json", help="Print one JSON document on stdout.")
]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command(epilog="Example: provident facts scans/exam-17 --json")(facts)
    app.command(
        epilog="Example: provident judge scans/exam-17 --study my-study --visit week12"
    )(judge)


def facts(path: Images, as_json: JSON = False) -> None:
    """Say what the headers say of each series: value, unit and where it comes from.

    Files that are no DICOM are listed, and do not stop the rest. Names of files and of
    series can identify a person. Exit 0, or 3 when nothing could be read.
    """
    from provident.dicom import Folder

    folder = Folder(path)
    series = _facts(folder)
    if as_json:
        emit(
            {
                "series": [one.as_json() for one in series],
                "unreadable": [u.as_json() for u in folder.unread],
            }
        )
    else:
        for one in series:
            _print_series(one)
    _print_unread(folder)
    if not series:
        raise typer.Exit(InvalidInput.exit_code)


def judge(
    path: Images,
    study: Annotated[
        Path,
        typer.Option(
            help="The plan's folder, or one imaging manual of it (a YAML file)."
        ),
    ],
    visit: Annotated[
        str | None, typer.Option(help="The visit's id; else the header's time point.")
    ] = None,
    exam: Annotated[
        str | None, typer.Option(help="The exam kind; else it is recognised.")
    ] = None,
    baseline: Annotated[
        Path | None, typer.Option(help="The participant's first exam, to compare with.")
    ] = None,
    as_json: JSON = False,
) -> None:
    """Judge exams by the plan's imaging manual: pass, warn, fail or not assessable.

    Exit 0 when nothing is at error level, 1 when something is, 3 when the plan or the
    images cannot be read.
    """
    from provident import acquisition
    from provident.dicom import Folder

    manuals, visits = _manuals(study)
    if exam is not None and exam not in manuals:
        raise NotFound(f'The plan has no exam "{exam}"; it has {", ".join(manuals)}.')
    if visit is not None and visits and visit not in visits:
        raise NotFound(
            f'The plan has no visit "{visit}"; it has {", ".join(sorted(visits))}.'
        )
    folder = Folder(path)
    series = _facts(folder, pixels=True)
    before = _facts(Folder(baseline)) if baseline is not None else []
    verdicts = acquisition.judge_exams(
        series, manuals, exam=exam, visit=visit, visits=visits, baseline=before
    )
    verdicts = [_with_files(verdict, folder) for verdict in verdicts]
    _print_verdicts(verdicts, folder, as_json=as_json)
    _print_unread(folder)
    if not verdicts:
        raise typer.Exit(InvalidInput.exit_code)
    raise typer.Exit(exit_code(f for v in verdicts for f in v.all_findings()))


def _manuals(study: Path) -> Any:
    from provident import plan
    from provident.programme.manuals import judging_by

    if study.is_file():
        return judging_by(
            plan.load_files({f"imaging/{study.name}": study.read_bytes()})
        )
    loaded = plan.load(study)
    if loaded.findings:
        say(
            f"The plan has {len(loaded.findings)} findings of its own; see `provident check`."
        )
    return judging_by(loaded)


def _facts(folder: Folder, *, pixels: bool = False) -> list[SeriesFacts]:
    from provident.dicom import FACT_TAGS, series_facts

    total = len(folder.files())
    headers = folder.headers(only=FACT_TAGS, pixels=pixels)
    return series_facts(_shown(headers, total))


def _shown(
    headers: Iterable[tuple[str, Dataset]], total: int
) -> Iterator[tuple[str, Dataset]]:
    """The same headers, with a progress bar on stderr when a person watches."""
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)
    yield from track(
        headers,
        description="Reading headers",
        total=total,
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )


def _with_files(verdict: ExamVerdict, folder: Folder) -> ExamVerdict:
    """The verdict with what is wrong with the files themselves."""
    from provident import acquisition

    for cut in folder.cut_short:
        if cut.study_uid == verdict.uid:
            verdict = acquisition.with_cut_short(
                verdict, cut.series_uid, cut.words, cut.file
            )
    for unread in folder.unread:
        if unread.damaged:
            verdict = acquisition.with_unread(verdict, unread.file, unread.reason)
    return verdict


def _print_series(one: SeriesFacts) -> None:
    from provident.acquisition import words

    tell(
        f"{one.modality} {one.manufacturer} {one.model}: {one.files} files, {one.frames} frames, {one.uid}"
    )
    for name, fact in one.facts.items():
        tell(f"  {name:22} {words.found(name, fact):40} {fact.source}")
    tell()


def _print_verdicts(
    verdicts: list[ExamVerdict], folder: Folder, *, as_json: bool
) -> None:
    if as_json:
        emit(
            {
                "exams": [{**v.as_json(), "exam": v.exam or None} for v in verdicts],
                "unreadable": [u.as_json() for u in folder.unread],
            }
        )
        return
    for verdict in verdicts:
        tell(f"{verdict.exam or 'unknown exam'}: {verdict.outcome}. {verdict.sentence}")
        for one in verdict.series:
            tell(f"  {one.role or '-':20} {one.outcome:15} {one.label}")
        for line in finding_lines(verdict.all_findings()):
            tell(f"  {line}")


def _print_unread(folder: Folder) -> None:
    for unread in folder.unread:
        say(f"{unread.file}: {unread.reason.replace('_', ' ')}")
