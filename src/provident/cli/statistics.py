"""Commands: agreement and accuracy of readings in a CSV file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from provident.cli.output import emit, say, tell
from provident.kernel import InvalidInput


if TYPE_CHECKING:
    from provident.statistics.questions import Answer
    from provident.statistics.report import Report

File = Annotated[
    Path,
    typer.Argument(
        help="A CSV file, one row a reading: case, reader, modality, truth, score."
    ),
]
Columns = Annotated[
    str | None,
    typer.Option(
        help="Renames of the file's columns: treatment=modality,rating=score."
    ),
]
Readers = Annotated[
    str | None, typer.Option(help="These readers only, separated by commas.")
]
Modality = Annotated[str | None, typer.Option(help="This modality only.")]
Level = Annotated[float, typer.Option(help="Level of the intervals.")]
Samples = Annotated[
    int, typer.Option("--bootstrap", help="Bootstrap samples; 0 uses the formula.")
]
Seed = Annotated[int, typer.Option(help="Seed of the bootstrap.")]
AsJson = Annotated[
    bool, typer.Option("--json", help="Print one JSON document on stdout.")
]
Html = Annotated[
    Path | None,
    typer.Option("--html", help="Write the whole report, with figures, as a page."),
]
Pdf = Annotated[
    Path | None,
    typer.Option("--pdf", help="Write the whole report, with figures, as a PDF."),
]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command(
        epilog="Example: provident agreement reads.csv --statistic kappa --weights quadratic --json"
    )(agreement)
    app.command(
        epilog="Example: provident accuracy reads.csv --columns treatment=modality,rating=score --json"
    )(accuracy)


def agreement(
    file: File,
    statistic: Annotated[
        str,
        typer.Option(
            help="auto, kappa, fleiss, light, conger, gwet, brennan_prediger, krippendorff, percent, "
            "icc, bland_altman, repeatability, sdc."
        ),
    ] = "auto",
    columns: Columns = None,
    weights: Annotated[
        str | None,
        typer.Option(
            help="unweighted, linear, quadratic, ordinal, radical, ratio, circular, bipolar."
        ),
    ] = None,
    categories: Annotated[
        str | None,
        typer.Option(help="The whole scale from lowest to highest: none,mild,severe."),
    ] = None,
    metric: Annotated[
        str, typer.Option(help="Krippendorff: nominal, ordinal, interval, ratio.")
    ] = "nominal",
    form: Annotated[
        str, typer.Option(help="icc: ICC(1,1), ICC(A,1), ICC(C,1), or with k.")
    ] = "ICC(A,1)",
    missing: Annotated[
        str, typer.Option(help="Cases that lack a score: refuse or leave_out.")
    ] = "refuse",
    compare: Annotated[
        str | None, typer.Option(help="What is compared: reader or modality.")
    ] = None,
    readers: Readers = None,
    modality: Modality = None,
    replicates: Annotated[
        str, typer.Option(help="Bland-Altman with repeats: constant or varying truth.")
    ] = "constant",
    log: Annotated[
        bool, typer.Option("--log", help="Bland-Altman, repeatability: on logarithms.")
    ] = False,
    multiplier: Annotated[
        float | None, typer.Option(help="Bland-Altman: standard deviations, else 1.96.")
    ] = None,
    tolerance: Annotated[
        float, typer.Option(help="Percentage agreement: numbers this near agree.")
    ] = 0.0,
    level: Level = 0.95,
    samples: Samples = 0,
    seed: Seed = 1,
    html: Html = None,
    pdf: Pdf = None,
    as_json: AsJson = False,
) -> None:
    """Say how far readers, repeats or modalities agree, with an interval.

    Missing scores are handled as the method does, and counted; where a method needs every
    score they are refused unless --missing leave_out. With --html or --pdf every statistic
    that suits the readings is written as a report too. Exit 0, or 3 with file and line.
    """
    from provident.statistics.agreement_questions import (
        AgreementQuestion,
        answer_agreement,
    )
    from provident.statistics.readings import read_readings

    question = AgreementQuestion(
        statistic=statistic,
        weights=weights,
        categories=_scale(categories),
        metric=metric,
        form=form,
        missing=missing,
        compare=compare,
        replicates=replicates,
        log=log,
        multiplier=multiplier,
        tolerance=tolerance,
        level=level,
        samples=samples,
        seed=seed,
    )
    rows = read_readings(file, _renames(columns)).only(
        reader=_words(readers), modality=modality
    )
    _blank_words(rows.file, [row.line for row in rows.blanks])
    answer = answer_agreement(rows, question)
    if html or pdf:
        from provident.statistics.report import agreement_report

        title = f"Agreement of readings: {file.name}"
        _write(agreement_report(rows, question, title=title), html, pdf)
    _print(answer, as_json=as_json)


def accuracy(
    file: File,
    statistic: Annotated[
        str,
        typer.Option(
            help="auto, or (Obuchowski-Rockette), dbm, u_statistic, bootstrap, auc, delong, "
            "sensitivity, specificity."
        ),
    ] = "auto",
    columns: Columns = None,
    metric: Annotated[
        str, typer.Option(help="auc, sensitivity or specificity.")
    ] = "auc",
    threshold: Annotated[
        float | None,
        typer.Option(help="A score of this or more is a positive call."),
    ] = None,
    covariance: Annotated[
        str, typer.Option(help="or: jackknife, delong or unbiased.")
    ] = "jackknife",
    resample: Annotated[
        str, typer.Option(help="bootstrap: cases, readers or both.")
    ] = "both",
    centred: Annotated[
        bool,
        typer.Option(
            "--centred", help="u_statistic: steadier variance where cells are missing."
        ),
    ] = False,
    positive: Annotated[str, typer.Option(help="The truth that means diseased.")] = "1",
    readers: Readers = None,
    modality: Modality = None,
    level: Level = 0.95,
    samples: Annotated[
        int, typer.Option("--bootstrap", help="Bootstrap samples.")
    ] = 2000,
    seed: Seed = 1,
    html: Html = None,
    pdf: Pdf = None,
    as_json: AsJson = False,
) -> None:
    """Say how accurate readers are, and whether modalities differ, over readers and cases.

    With several readers the answer generalises to readers and cases (--statistic or); with
    one reader it is DeLong's. Missing cells and nested designs are told from the rows that
    are there. With --html or --pdf curves, areas and all analyses are written as a report
    too. Exit 0, or 3 with file and line.
    """
    from provident.statistics.accuracy_questions import (
        AccuracyQuestion,
        answer_accuracy,
    )
    from provident.statistics.readings import read_readings

    question = AccuracyQuestion(
        statistic=statistic,
        metric=metric,
        threshold=threshold,
        covariance=covariance,
        resample=resample,
        centred=centred,
        positive=positive,
        level=level,
        samples=samples,
        seed=seed,
    )
    rows = read_readings(file, _renames(columns)).only(
        reader=_words(readers), modality=modality
    )
    _blank_words(rows.file, [row.line for row in rows.blanks])
    answer = answer_accuracy(rows, question)
    if html or pdf:
        from provident.statistics.report import accuracy_report

        title = f"Accuracy of readings: {file.name}"
        _write(accuracy_report(rows, question, title=title), html, pdf)
    _print(answer, as_json=as_json)


def _renames(columns: str | None) -> dict[str, str]:
    """ "treatment=modality" says that the file's treatment is our modality."""
    from provident.statistics.readings import COLUMNS

    renames = {}
    for part in _words(columns):
        theirs, equals, ours = (one.strip() for one in part.partition("="))
        if not equals or ours not in COLUMNS or not theirs:
            raise typer.BadParameter(
                f'"{part}" is not THEIRS=OURS with one of {", ".join(COLUMNS)}.',
                param_hint="--columns",
            )
        renames[ours] = theirs
    return renames


def _words(text: str | None) -> list[str]:
    return [one.strip() for one in (text or "").split(",") if one.strip()]


def _scale(text: str | None) -> tuple[Any, ...] | None:
    """The categories as numbers where all are, else as words."""
    words = _words(text)
    if not words:
        return None
    try:
        numbers = [float(one) for one in words]
    except ValueError:
        return tuple(words)
    return tuple(int(one) if one.is_integer() else one for one in numbers)


def _blank_words(file: str, lines: list[int]) -> None:
    if lines:
        where = ", ".join(map(str, lines[:10])) + (" ..." if len(lines) > 10 else "")
        say(
            f"{file}: {len(lines)} rows have no score (lines {where}). A blank should have a reason."
        )


def _write(report: Report, html: Path | None, pdf: Path | None) -> None:
    """The report as the files that were asked for; an existing one is replaced."""
    from provident.adapters.pdf import as_pdf
    from provident.statistics.report import as_html

    made = [(html, as_html(report).encode())] if html else []
    made += [(pdf, as_pdf(report))] if pdf else []
    for path, content in made:
        try:
            path.write_bytes(content)
        except OSError as error:
            raise InvalidInput(
                f"{path} cannot be written: {error.strerror or error}. Choose another place."
            ) from None
        say(f"The report is in {path}.")


def _print(answer: Answer, *, as_json: bool) -> None:
    document = answer.as_json()
    if as_json:
        emit(document)
        return
    for line in _lines(document):
        tell(line)


def _lines(document: Mapping[str, Any]) -> Iterator[str]:
    yield _line(document)
    yield f"  {document['method']}"
    for end in ("lower", "upper"):
        if end in document:
            low, high = document[f"{end}_ci"]
            yield f"  {end} limit {_number(document[end])}, interval {_number(low)} to {_number(high)}"
    for key in ("per_treatment", "differences", "forms", "by_category"):
        for one in document.get(key) or []:
            yield " ".join(["  " + _label(one), _line(one)]).rstrip()
    if document.get("left_out"):
        yield f"  {document['left_out']} cases that lack a score are left out."
    test = document.get("test")
    if test:
        yield (
            f"  Treatments equal: F = {_number(test['f'])} on {_number(test['df1'])} and "
            f"{_number(test['df2'])} df, p = {_number(test['p'])}"
        )


def _label(one: Mapping[str, Any]) -> str:
    named = one.get("of") or [one.get("treatment", "")]
    return " - ".join(str(name) for name in named)


def _line(one: Mapping[str, Any]) -> str:
    low, high = one["ci"]
    p = f", p = {_number(one['p'])}" if one.get("of") and "p" in one else ""
    return (
        f"{one['statistic']} {_number(one['estimate'])}, {100 * one['level']:g} % interval "
        f"{_number(low)} to {_number(high)} (standard error {_number(one['se'])}, n = {one['n']}{p})"
    )


def _number(value: float | None) -> str:
    return "not defined" if value is None else f"{value:.4g}"
