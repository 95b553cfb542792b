"""Signed reads as DICOM structured reports, for those who may see scores."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

from provident import dicom
from provident.adapters.sr_export import Algorithm, ReportedRead, structured_report
from provident.kernel import Denied
from provident.programme.reads import form
from provident.reading.measurements import Measurement
from provident.web.exams.objects import object_store
from provident.web.exams.selectors import manifest
from provident.web.people.access import Field, Thing, check
from provident.web.people.models import Membership
from provident.web.reading.models import Read
from provident.web.reports.content import may_be_used
from provident.web.reports.selectors import fields, latest_reads
from provident.web.studies.plans import plan_in_force


def reports(by: Membership, *, measured: bool = False) -> Iterator[tuple[str, bytes]]:
    """File name and report of each latest signed read and exam; participants who withdrew from use are left out.

    With `measured` only of reads that hold measurements or are an algorithm's.

    Raises:
        Denied: this person's export holds no scores now.
    """
    check(by, "make", Thing.EXPORT)
    if Field.SCORE not in fields(by):
        raise Denied("Scores are hidden from you until the study is locked.")
    for read in latest_reads(by.study):
        participant = read.assignment.case.participant
        if measured and not read.measurements and not hasattr(read, "from_output"):
            continue
        if participant is not None and may_be_used(participant):
            yield from reports_of(read)


def reports_of(read: Read) -> Iterator[tuple[str, bytes]]:
    """One report for each visit of a read."""
    case, assignment = read.assignment.case, read.assignment
    plan = plan_in_force(case.study)
    if read.form not in plan.forms:
        return
    stored = [Measurement.from_json(m) for m in read.measurements if "schema" in m]
    headers: dict[str, dict[str, Any]] = _headers(case)
    for visit, answers in read.answers.items():
        if not headers.get(visit):
            continue
        drawn = [m for m in stored if m.visit == visit]
        made = ReportedRead(
            key=f"{case.study.slug}/{read.pk}/{read.version}",
            form=form(plan, read.form),
            visit=visit,
            answers=answers,
            derived=_known(read.derived.get(visit, {})),
            measurements=drawn,
            observer=_observer(read),
            at=read.at,
            version=read.version,
        )
        wanted = {m.image.sop_uid for m in drawn}
        first = next(iter(headers[visit]))
        images = [dicom.read_header(object_store().read(key)) for uid, key in headers[visit].items() if uid in wanted or uid == first]  # fmt: skip
        name = f"{case.code}-{case.design}-{visit}-{assignment.role}-{assignment.seat}-v{read.version}.dcm"
        yield name, structured_report(made, images)


def _headers(case: Any) -> dict[str, dict[str, str]]:
    """By visit, the object key of each stored image by its UID."""
    found: dict[str, dict[str, str]] = {}
    for row in case.series.select_related("series"):
        if row.series is not None:
            images = manifest(row.series)["instances"]
            found.setdefault(row.visit, {}).update({str(i["sop_uid"]): str(i["key"]) for i in images})  # fmt: skip
    return found


def _known(derived: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in derived.items() if v is not None and v != "not evaluable"}


def _observer(read: Read) -> str | Algorithm:
    output = getattr(getattr(read, "from_output", None), "output", None)
    if output is not None:
        return Algorithm(name=output.algorithm, version=output.version)
    return read.assignment.reader.code or f"reader {read.assignment.seat}"


def archive(by: Membership) -> bytes:
    """The reports of reads that hold measurements or are an algorithm's, as one zip; empty where there are none.

    The same reads give the same bytes.
    """
    out = io.BytesIO()
    many = 0
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as files:
        for name, content in reports(by, measured=True):
            files.writestr(zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0)), content)  # fmt: skip
            many += 1
    return out.getvalue() if many else b""
