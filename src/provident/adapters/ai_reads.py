"""The output of an algorithm as answers to a form: from CSV, structured reports and segmentations, as the plan maps them.

What does not fit is refused with its exact place (file, row, column); nothing is guessed or left out.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from provident.adapters import segments
from provident.adapters.sr_import import Report, read_report
from provident.forms import Answer, Field, Form
from provident.kernel import Finding, InvalidInput, Place, PlanError, Severity
from provident.plan.models.reading_software import Algorithm, ReportValue, SegmentValue
from provident.plan.quantities import convert


AI_CODES: Mapping[str, str] = {
    "AI.FILE": "The file is none that can be read, or of a kind that the plan does not map.",
    "AI.COLUMN": "A column that the plan maps, or that names the case, is not in the CSV file.",
    "AI.VALUE": "A value is missing, comes more than once, or is none that the answer takes.",
    "AI.VERSION": "The output is of another algorithm or version than the plan's, or does not say which.",
    "AI.NO_CASE": "The output is of no case of this design.",
    "AI.NOT_GIVEN": "The case has not been given to the algorithm in a drawn order.",
    "AI.TWICE": "A case stands twice in the output.",
    "AI.INCOMPLETE": "The output does not hold every visit of its case.",
    "AI.ANOTHER_OUTPUT": "The same version has given another output for this case before.",
    "AI.HELD": "The case cannot be read now: its images, the algorithm's standing, or what must come first.",
}
"""The codes of findings about an algorithm's output: public, never reused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseName:
    """How an output names its case: the trial number and visit, or the exam."""

    participant: str = ""
    visit: str = ""
    study_uid: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """What an algorithm says of one exam; `place` is where it stands in the file."""

    place: Place
    case: CaseName
    answers: Mapping[str, Answer]
    version: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """The outputs of a file, and all that is wrong with it."""

    outputs: tuple[Output, ...]
    findings: tuple[Finding, ...] = field(default=())


def finding(code: str, place: Place, message: str, **more: str) -> Finding:
    """A finding about an output."""
    full = f"AI.{code}"
    assert full in AI_CODES, full
    return Finding(
        code=full, severity=Severity.ERROR, where=place, message=message, **more
    )


def read_output(
    name: str,
    data: bytes,
    algorithm: Algorithm,
    form: Form,
    image_of: Callable[[str, str], segments.ImageOf],
) -> Read:
    """The outputs in one file.

    Args:
        name: the file's name, for the places of findings.
        algorithm: the plan's mapping.
        image_of: by trial number and exam UID, a function that finds the exam's images, for means over segments.
    """
    try:
        if data[128:132] != b"DICM":
            return _csv(name, data, algorithm, form)
        return _dicom(name, data, algorithm, form, image_of)
    except InvalidInput as error:
        wrong = finding("FILE", Place(file=name), str(error))
        return Read(outputs=(), findings=(wrong,))
    except _Wrong as wrong_values:
        return Read(outputs=(), findings=tuple(wrong_values.findings))


class _Wrong(Exception):
    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__()
        self.findings = findings


def _answers(
    algorithm: Algorithm,
    form: Form,
    place: Place,
    given: Mapping[str, Callable[[Field], Answer]],
) -> dict[str, Answer]:
    """The answers of one output, each by a function that raises `InvalidInput`; all that is wrong at once.

    Raises:
        _Wrong: with a finding for each.
    """
    made: dict[str, Answer] = {}
    wrong: list[Finding] = []
    every = {**{k: _constant(v) for k, v in algorithm.always.items()}, **given}
    for key, value in every.items():
        answer = form.fields.get(key)
        if answer is None:
            wrong.append(finding("VALUE", place, f'the form {form.key} has no answer "{key}"'))  # fmt: skip
            continue
        try:
            made[key] = value(answer)
        except InvalidInput as error:
            where = getattr(value, "place", place)
            wrong.append(finding("VALUE", where, f"{key}: {error}", expected=answer.expected))  # fmt: skip
    if wrong:
        raise _Wrong(wrong)
    return made


def _constant(value: Answer) -> Callable[[Field], Answer]:
    return lambda _: value


# -- CSV


@dataclass(frozen=True)
class _Cell:
    text: str
    place: Place

    def __call__(self, answer: Field) -> Answer:
        return typed(self.text, answer)


def typed(text: str, answer: Field) -> Answer:
    """A text as an answer: a choice, a missing code, or a number of the answer's kind.

    Raises:
        InvalidInput: it is empty or none of these.
    """
    clean = text.strip()
    if not clean:
        raise InvalidInput("there is no value")
    if clean in (*answer.missing, *answer.implied_missing):
        return clean
    for choice in answer.choices:
        if clean == str(choice.value):
            return choice.value
    if answer.type == "text":
        return clean
    if answer.bounds is None:
        raise InvalidInput("it is none of the choices")
    return number(clean, answer)


def number(value: str | float, answer: Field) -> Answer:
    """A number as an answer takes it; a whole number where it must be one.

    Raises:
        InvalidInput: it is no number, or has decimals where none may be.
    """
    try:
        found = float(value)
    except ValueError:
        raise InvalidInput("it is no number") from None
    if found != found or found in (float("inf"), float("-inf")):
        raise InvalidInput("it is no number")
    if answer.type == "integer" or (answer.choices and found.is_integer()):
        if not found.is_integer():
            raise InvalidInput("it is no whole number")
        return int(found)
    return found


def _csv(name: str, data: bytes, algorithm: Algorithm, form: Form) -> Read:
    if not algorithm.csv:
        raise InvalidInput("The plan maps no CSV file of this algorithm.")
    try:
        rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True))  # fmt: skip
    except (UnicodeDecodeError, csv.Error):
        raise InvalidInput("The file is no CSV file in UTF-8.") from None
    header = [cell.strip() for cell in rows[0]] if rows else []
    _check_columns(name, header, algorithm)
    outputs: list[Output] = []
    wrong: list[Finding] = []
    for line, row in enumerate(rows[1:], 2):
        if not any(cell.strip() for cell in row):
            continue
        try:
            outputs.append(_row(name, line, header, row, algorithm, form))
        except _Wrong as error:
            wrong += error.findings
    if not outputs and not wrong:
        raise InvalidInput("The file has no row.")
    return Read(outputs=tuple(outputs), findings=tuple(wrong))


def _check_columns(name: str, header: list[str], algorithm: Algorithm) -> None:
    place = Place(file=name, line=1)
    absent = [c for c in algorithm.csv.values() if c not in header]
    if "study_uid" not in header and not {"participant", "visit"} <= set(header):
        absent.append("participant and visit, or study_uid")
    twice = sorted({c for c in header if header.count(c) > 1})
    wrong = [finding("COLUMN", place, f"there is no column {c}") for c in absent]
    wrong += [finding("COLUMN", place, f'the column "{c}" stands there twice') for c in twice]  # fmt: skip
    if wrong:
        raise _Wrong(wrong)


def _row(
    name: str, line: int, header: list[str], row: list[str], algorithm: Algorithm, form: Form
) -> Output:  # fmt: skip
    place = Place(file=name, line=line)
    if len(row) != len(header):
        raise _Wrong([finding("VALUE", place, f"the row has {len(row)} cells and the header {len(header)}")])  # fmt: skip
    cells = dict(zip(header, row, strict=True))
    given = {
        key: _Cell(cells[column], Place(file=name, line=line, column=header.index(column) + 1))
        for key, column in algorithm.csv.items()
    }  # fmt: skip
    told = cells.get("version", "").strip()
    return Output(
        place=place,
        case=CaseName(
            participant=cells.get("participant", "").strip(),
            visit=cells.get("visit", "").strip(),
            study_uid=cells.get("study_uid", "").strip(),
        ),
        answers=_answers(algorithm, form, place, given),
        version=(cells.get("algorithm", "").strip() or algorithm.name, told) if told else None,
    )  # fmt: skip


# -- DICOM


def _dicom(
    name: str, data: bytes, algorithm: Algorithm, form: Form, image_of: Callable[[str, str], segments.ImageOf]
) -> Read:  # fmt: skip
    from provident import dicom

    header = dicom.read_header(data)
    if str(header.get("SOPClassUID", "")) == segments.SEG:
        return _segmentation(name, data, algorithm, form, image_of)
    if str(header.get("Modality", "")) == "SR":
        return _report(name, data, algorithm, form)
    raise InvalidInput("The file is neither a structured report nor a segmentation.")


def _report(name: str, data: bytes, algorithm: Algorithm, form: Form) -> Read:
    if not algorithm.sr:
        raise InvalidInput("The plan maps no structured report of this algorithm.")
    report, place = read_report(data), Place(file=name)
    given = {key: _of_report(report, value) for key, value in algorithm.sr.items()}
    made = Output(
        place=place,
        case=CaseName(participant=report.patient, study_uid=report.study_uid),
        answers=_answers(algorithm, form, place, given),
        version=_version(report, algorithm),
    )
    return Read(outputs=(made,))


def _version(report: Report, algorithm: Algorithm) -> tuple[str, str] | None:
    """The version that a report names; the plan's where several are named and it is among them."""
    wanted = (algorithm.name, algorithm.version)
    if wanted in report.algorithms:
        return wanted
    return report.algorithms[0] if report.algorithms else None


def _of_report(report: Report, value: ReportValue) -> Callable[[Field], Answer]:
    def found(answer: Field) -> Answer:
        items = [i for i in report.root.named(value.code) if i.value is not None or i.code.value]  # fmt: skip
        if value.take == "count":
            return number(len(items), answer)
        if not items:
            if value.absent is None:
                raise InvalidInput(f"the report has no value {value.code}")
            return value.absent
        if value.take == "only" and len(items) > 1:
            raise InvalidInput(f"the report has {len(items)} values {value.code}")
        if items[0].value is None:
            return typed(items[0].code.value, answer)
        numbers = [_in_unit(i.value or 0.0, i.unit, answer) for i in items]
        return number(sum(numbers) if value.take == "sum" else max(numbers), answer)

    return found


def _in_unit(value: float, unit: str, answer: Field) -> float:
    from provident.adapters.sr_codes import unit_of

    plain = unit_of(unit)
    if not answer.unit or plain in ("", answer.unit) or plain == "1":
        return value
    try:
        return convert(value, plain, answer.unit)
    except PlanError:
        raise InvalidInput(f'its unit "{unit}" cannot be made {answer.unit}') from None


def _segmentation(
    name: str, data: bytes, algorithm: Algorithm, form: Form, image_of: Callable[[str, str], segments.ImageOf]
) -> Read:  # fmt: skip
    if not algorithm.seg:
        raise InvalidInput("The plan maps no segmentation of this algorithm.")
    found, place = segments.read_segmentation(data), Place(file=name)
    look = image_of(found.patient, found.study_uid)
    given = {key: _of_segment(found, v, look) for key, v in algorithm.seg.items()}
    told = found.algorithm
    made = Output(
        place=place,
        case=CaseName(participant=found.patient, study_uid=found.study_uid),
        answers=_answers(algorithm, form, place, given),
        version=told if all(told) else None,
    )
    return Read(outputs=(made,))


def _of_segment(
    found: segments.Segmentation, value: SegmentValue, look: segments.ImageOf
) -> Callable[[Field], Answer]:
    def taken(answer: Field) -> Answer:
        if value.segment not in found.segments:
            if value.absent is None:
                raise InvalidInput(f'the file has no segment "{value.segment}"')
            return value.absent
        if value.of == "count":
            return number(segments.count(found, value.segment), answer)
        if value.of == "mean":
            return number(segments.mean(found, value.segment, look), answer)
        return number(_in_unit(segments.volume_ml(found, value.segment), "ml", answer), answer)  # fmt: skip

    return taken


def of_another_version(output: Output, algorithm: Algorithm, declared: str = "") -> Finding | None:  # fmt: skip
    """The finding about an output that is not of the plan's version, or says of none.

    `declared` is the version that the importing person gives where the file says nothing.
    """
    told = output.version or ((algorithm.name, declared) if declared else None)
    expected = f"{algorithm.name} {algorithm.version}"
    if told is None:
        return finding(
            "VERSION", output.place, "the output does not say which version it is of", expected=expected,
            remedy="Give the version, or a file that names it.",
        )  # fmt: skip
    if told != (algorithm.name, algorithm.version):
        return finding(
            "VERSION", output.place, "the output is of another algorithm or version than the plan's",
            expected=expected, found=" ".join(told)[:80],
            remedy="Run the locked version; a new version needs an amendment of the plan.",
        )  # fmt: skip
    return None


def repeated(outputs: Sequence[Output]) -> Iterator[Finding]:
    """A finding for each exam that stands twice."""
    seen: dict[CaseName, Output] = {}
    for output in outputs:
        if output.case in seen:
            yield finding("TWICE", output.place, f"the case stands at {seen[output.case].place} already")  # fmt: skip
        seen.setdefault(output.case, output)
