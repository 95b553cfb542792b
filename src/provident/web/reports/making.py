"""Reports of agreement and accuracy of a study's reads: what is asked for, put together, in the form wanted."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from datetime import datetime
from typing import Any

from provident.kernel import InvalidInput
from provident.statistics import Overruling
from provident.statistics.accuracy_questions import AccuracyQuestion
from provident.statistics.agreement_questions import AgreementQuestion
from provident.statistics.readings import Readings
from provident.statistics.report import (
    Report,
    accuracy_report,
    agreement_report,
    as_html,
    reader_section,
)
from provident.web.drift.measured import watched
from provident.web.ledger.selectors import head
from provident.web.people.models import Membership
from provident.web.reports.questions import (
    AccuracyPage,
    AgreementPage,
    Asked,
    Variable,
    accuracy_asked,
    agreement_asked,
)
from provident.web.reports.readings import (
    accuracy_readings,
    agreement_readings,
    left_out,
)
from provident.web.reports.selectors import reader_codes
from provident.web.studies.models import Study
from provident.web.studies.plans import version_in_force


FORMS = {
    "html": "text/html; charset=utf-8",
    "pdf": "application/pdf",
    "json": "application/json",
    "zip": "application/zip",
}
_MOST_LEVELS = 50


def asked(kind: str, by: Membership, given: Asked) -> AgreementPage | AccuracyPage:
    """What an address asks. Raises `InvalidInput` where there is no such thing."""
    return (agreement_asked if kind == "agreement" else accuracy_asked)(by, given)


def report_of(
    by: Membership, page: AgreementPage | AccuracyPage, at: datetime
) -> Report:
    """The report that was asked for. Raises `InvalidInput` where there is nothing to compare."""
    if isinstance(page, AgreementPage):
        return agreement_of(by, page, at)
    return accuracy_of(by, page, at)


def agreement_of(by: Membership, page: AgreementPage, at: datetime) -> Report:
    """Agreement of the primary readers, of each with hidden repeats, and with the adjudicator.

    Raises:
        InvalidInput: there is nothing to compare yet.
    """
    study, variable = by.study, page.variable
    rows = _some(agreement_readings(study, page))
    report = agreement_report(
        rows,
        AgreementQuestion(categories=_scale(variable)),
        title=f"{variable.label}: agreement of readers",
        about=(f"{variable.words}{_of_arm(page.arm)}.", *_about(study, at)),
        unit=variable.column.unit,
        measured=_measured(variable),
    )
    # Rates of readers are over all cases that they read, whatever the arm.
    reads = [] if page.arm else _overrulings(study, variable)
    sections = (reader_section(reads),) if reads else ()
    return replace(report, sections=(*report.sections, *sections))


def accuracy_of(by: Membership, page: AccuracyPage, at: datetime) -> Report:
    """Accuracy of the primary readers of each index design against the reference.

    Raises:
        InvalidInput: no reference is chosen, or there is nothing to compare yet.
    """
    if not page.reference:
        raise InvalidInput("Choose the design that is the reference.")
    rows = _some(accuracy_readings(by.study, page))
    named = dict(page.designs)
    index = " and ".join(v.label for v in page.index)
    return accuracy_report(
        rows,
        AccuracyQuestion(threshold=page.threshold),
        title=f"{index}: accuracy of readers",
        about=(
            f"{page.index[0].words}{_of_arm(page.arm)}, against {named[page.reference]}: "
            f"{page.truth.replace('_', ' ')} {page.diseased} is disease (a number: so much or more).",
            *_about(by.study, at),
        ),
    )


def made(report: Report, form: str) -> bytes:
    """The report as a page, a PDF, JSON, or its tables in a ZIP.

    Raises:
        InvalidInput: another form.
    """
    if form == "html":
        return as_html(report).encode()
    if form == "pdf":
        from provident.adapters.pdf import as_pdf

        return as_pdf(report)
    if form == "json":
        return json.dumps(report.as_json(), indent=1).encode()
    if form != "zip":
        raise InvalidInput(f"A report is to be had as {', '.join(FORMS)}.")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in report.files().items():
            # No time of ours: the same report is the same file.
            archive.writestr(zipfile.ZipInfo(name), text.encode())
    return out.getvalue()


def _some(rows: Readings) -> Readings:
    if not rows.rows:
        raise InvalidInput(
            "There is no signed read with this value, of a participant whose data may be used."
        )
    return rows


def _of_arm(arm: str) -> str:
    return f", arm {arm}" if arm else ""


def _about(study: Study, at: datetime) -> tuple[str, ...]:
    version, ledger = version_in_force(study), head(study.slug)
    gone = left_out(study)
    words = [
        f"Study {study.slug.upper()}, plan {version.version} ({version.hash[:12]}).",
        f"Made {at:%-d %B %Y, %H:%M} UTC; ledger event {ledger.number} ({ledger.hash[:12]}).",
    ]
    if gone:
        words.append(
            f"{gone} participants who withdrew from use are left out of all but the readers' rates."
        )
    return tuple(words)


def _scale(variable: Variable) -> tuple[Any, ...] | None:
    """The whole scale of a score; none for measurements, computed values and codes without an order."""
    column = variable.column
    if column.derived:
        return None
    if column.type == "choice":
        values = tuple(choice.value for choice in column.choices)
        return values if all(isinstance(v, int) for v in values) else None
    if column.type == "integer" and column.low is not None and column.high is not None:
        low, high = int(column.low), int(column.high)
        return tuple(range(low, high + 1)) if high - low < _MOST_LEVELS else None
    return None


def _measured(variable: Variable) -> bool | None:
    """Whether it is a measurement; None where the values themselves must tell."""
    column = variable.column
    if column.derived:
        return None if column.type == "number" else False
    return column.type in ("number", "integer") and _scale(variable) is None


def _overrulings(study: Study, variable: Variable) -> list[Overruling]:
    """Each primary read of a design with an adjudicator as the adjudication left it."""
    if not variable.design.adjudicator_pool:
        return []
    codes = reader_codes(study)
    return [
        Overruling(
            reader=codes.get(read.reader, read.reader),
            adjudicated=bool(read.discordant),
            against=bool(read.discordant and read.against),
        )
        for read in watched(study, variable.design)
        if read.discordant is not None
    ]
