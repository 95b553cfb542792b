"""A test set as a data manager brings it: an archive of de-identified images and a table of reference answers.

The archive holds `<case>/<visit>/<series role>/<any name>.dcm`. The table has the columns `case` and `visit` and one
for each place of the form. Of each image only the reading copy is kept; what was uploaded is not.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from provident import dicom
from provident.forms import check_answers
from provident.forms.form import Form
from provident.forms.model import Field
from provident.kernel import Finding, InvalidInput, Place, Severity
from provident.kernel.ids import sha256
from provident.programme.reading_copy import reading_copy
from provident.reading import ReadDesign


MOST_FILES, MOST_BYTES = 20_000, 4 * 2**30
Reference = dict[str, dict[str, dict[str, Any]]]
"""Answers by case and visit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetSeries:
    """One series of a test case, its reading copies in the order of the archive."""

    visit: str
    role: str
    images: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SetFiles:
    """A test set that fits its design: series and reference by case, and the hash of the table."""

    series: Mapping[str, tuple[SetSeries, ...]]
    reference: Reference
    reference_sha256: str


def read_set(
    design: ReadDesign, archive: BinaryIO, table: bytes, *, least: int, key: bytes
) -> SetFiles:
    """A test set from its two files.

    Raises:
        InvalidInput: everything that does not fit, in `findings`; nothing of a file's content stands in them.
    """
    reference, findings = read_reference(design, table)
    images = _images(archive, findings)
    findings += _whole(design, reference, images, least)
    if findings:
        raise InvalidInput("The test set does not fit; nothing was kept.", findings)
    return SetFiles(
        series={
            case: tuple(
                SetSeries(visit=visit, role=role, images=tuple(_copies(rows, key, case, f"{visit} {role}")))
                for (visit, role), rows in found.items()
            )
            for case, found in images.items()
        },
        reference=reference,
        reference_sha256=sha256(table),
    )  # fmt: skip


def _fault(where: str, message: str, remedy: str = "") -> Finding:
    return Finding(
        code="READER.TEST_SET", severity=Severity.ERROR, where=Place(uid=where), message=message, remedy=remedy,
        subdomain="training.readers",
    )  # fmt: skip


# -- the table


def read_reference(design: ReadDesign, table: bytes) -> tuple[Reference, list[Finding]]:
    """The reference answers by case and visit, and what is wrong with them."""
    try:
        text = table.decode("utf-8-sig")
    except UnicodeDecodeError:
        return {}, [_fault("table", "The table is no text in UTF-8.")]
    rows = csv.DictReader(io.StringIO(text))
    found: Reference = {}
    findings: list[Finding] = []
    names = set(rows.fieldnames or ())
    if not {"case", "visit"} <= names:
        return {}, [_fault("table", "The table has no columns case and visit.")]
    strange = sorted(names - {"case", "visit"} - set(design.form.fields))
    findings += [_fault("table", f'The form has no place "{s}".') for s in strange]
    for line, row in enumerate(rows, 2):
        findings += _take_row(design, found, row, line)
    return found, findings


def _take_row(
    design: ReadDesign, found: Reference, row: Mapping[str, Any], line: int
) -> Iterator[Finding]:
    case, visit = str(row["case"] or "").strip(), str(row["visit"] or "").strip()
    where = f"line {line}"
    if not case or visit not in design.visits:
        yield _fault(where, f'There is no case, or "{visit}" is no visit of the design.', f"Visits: {', '.join(design.visits)}.")  # fmt: skip
        return
    if visit in found.setdefault(case, {}):
        yield _fault(where, f"{case} at {visit} stands in the table twice.")
        return
    answers = {
        name: _typed(design.form, design.form.fields[name], str(cell).strip())
        for name, cell in row.items()
        if name in design.form.fields and cell not in (None, "")
    }
    found[case][visit] = answers
    for fault in check_answers(design.form, answers, True):
        yield _fault(f"{where}, {fault.where.uid or ''}".rstrip(", "), fault.message, fault.remedy)  # fmt: skip


def _typed(form: Form, field: Field, cell: str) -> Any:
    """A cell as the form's own kind of answer; what cannot be one stays as it is and is told."""
    if cell in form.missing:
        return cell
    for choice in field.choices or ():
        if cell in (str(choice.value), choice.label):
            return choice.value
    try:
        return int(cell) if field.type in ("integer", "choice") else float(cell) if field.type == "number" else cell  # fmt: skip
    except ValueError:
        return cell


# -- the archive


def _images(
    archive: BinaryIO, findings: list[Finding]
) -> dict[str, dict[tuple[str, str], list[bytes]]]:
    found: dict[str, dict[tuple[str, str], list[bytes]]] = {}
    try:
        opened = zipfile.ZipFile(archive)
    except zipfile.BadZipFile:
        findings.append(_fault("archive", "The archive is no ZIP file."))
        return {}
    with opened:
        members = [m for m in opened.infolist() if not m.is_dir()]
        if len(members) > MOST_FILES or sum(m.file_size for m in members) > MOST_BYTES:
            findings.append(_fault("archive", f"The archive holds more than {MOST_FILES} files or 4 GB."))  # fmt: skip
            return {}
        for number, member in enumerate(sorted(members, key=lambda m: m.filename), 1):
            parts = member.filename.split("/")[-4:]
            if len(parts) < 4:
                findings.append(_fault(f"file {number}", "A file does not lie in <case>/<visit>/<series role>/."))  # fmt: skip
                continue
            data = opened.read(member)
            problem = _refused(data)
            if problem:
                findings.append(_fault(f"file {number}", problem))
                continue
            series = found.setdefault(parts[0], {})
            series.setdefault((parts[1], parts[2]), []).append(data)
    return found


def _refused(data: bytes) -> str:
    """Why a file is not taken; empty where it is."""
    try:
        header = dicom.read_header(io.BytesIO(data))
    except dicom.NotReadable:
        return "It is no DICOM file."
    if str(header.get("PatientIdentityRemoved", "")).upper() != "YES":
        return "It does not say that it is de-identified (0012,0062). De-identify it first: provident deid."
    return "" if "Rows" in header else "It has no image."


def _copies(rows: list[bytes], key: bytes, case: str, series: str) -> Iterator[bytes]:
    for number, data in enumerate(rows, 1):
        yield reading_copy(data, key=key, case=f"test set {case} {series}", number=number)  # fmt: skip


def _whole(
    design: ReadDesign,
    reference: Reference,
    images: Mapping[str, Mapping[tuple[str, str], list[bytes]]],
    least: int,
) -> Iterator[Finding]:
    if len(reference) < least:
        yield _fault("table", f"The table has {len(reference)} cases, the plan asks for {least}.")  # fmt: skip
    for case in sorted(set(images) ^ set(reference)):
        words = "no images" if case in reference else "no reference answers"
        yield _fault(case, f"The case has {words}.")
    for case in sorted(set(images) & set(reference)):
        wanted = design.visits if design.per_participant else tuple(reference[case])[:1]
        if set(reference[case]) != set(wanted):
            yield _fault(case, f"The reference must have these visits: {', '.join(wanted)}.")  # fmt: skip
        lacking = [f"{v}/{r}" for v in wanted for r in design.show if (v, r) not in images[case]]  # fmt: skip
        if lacking:
            yield _fault(case, f"There is no image in {', '.join(lacking)}.")
