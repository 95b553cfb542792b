"""What a file of an algorithm's output means for the cases of a design: which reads it would make, what refuses it.

Nothing is written here; `actions.software` does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NoReturn

from provident import reading
from provident.adapters import ai_reads, measured_images
from provident.adapters.ai_reads import Output, finding
from provident.kernel import Finding, InvalidInput, NotFound, NotReady, Place
from provident.kernel.ids import sha256
from provident.plan.models.reading_software import Algorithm
from provident.web.exams.models import Exam
from provident.web.exams.objects import object_store
from provident.web.exams.selectors import manifest
from provident.web.people.access import Thing, can
from provident.web.people.models import Membership
from provident.web.reading import analysis
from provident.web.reading.designs import designs, labels
from provident.web.reading.gate import closed
from provident.web.reading.image_holds import images_hold
from provident.web.reading.models import Assignment, Case, OutputFile, Read
from provident.web.reading.selectors import pool_of
from provident.web.studies.models import Study
from provident.web.studies.plans import plan_in_force


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """The answers for one case: the assignment that they fill, or None where a new occasion is made of them.

    `same` says that this very output is there already, and nothing is to be done.
    """

    case: Case
    place: Place
    by_visit: Mapping[str, Mapping[str, Any]]
    assignment: Assignment | None
    before: Assignment | None
    same: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """A file, looked through: the entries in its order, and all that refuses it."""

    design: reading.ReadDesign
    algorithm: Algorithm
    sha256: str
    entries: tuple[Entry, ...]
    findings: tuple[Finding, ...]

    @property
    def new(self) -> list[Entry]:
        """The entries that make a read."""
        return [e for e in self.entries if not e.same]


def algorithm_of(study: Study, endpoint: str) -> tuple[reading.ReadDesign, Algorithm]:
    """A design that software reads, and the software.

    Raises:
        NotFound: the plan has no such design.
        InvalidInput: people read it.
    """
    found = designs(study).get(endpoint)
    if found is None:
        raise NotFound("The plan has no such read design.")
    algorithm = plan_in_force(study).reading[endpoint].algorithm
    if algorithm is None:
        raise InvalidInput(
            f"The read design {endpoint} is read by people: its plan names no algorithm, so that no output is taken."
        )
    return found, algorithm


def look(
    study: Study, endpoint: str, name: str, data: bytes, today: date, declared: str = "", rerun: bool = False
) -> Looked:  # fmt: skip
    """Look a file through against the plan and the cases.

    Args:
        declared: the version, where the file does not say it.
        rerun: whether the software was run anew, so that the output may fill hidden repeats.

    Raises:
        NotFound, InvalidInput: as `algorithm_of`.
    """
    design, algorithm = algorithm_of(study, endpoint)
    found = ai_reads.read_output(
        name, data, algorithm, design.form, lambda who, uid: _images(study, who, uid)
    )
    findings = [*found.findings, *ai_reads.repeated(found.outputs)]
    for output in found.outputs:
        wrong = ai_reads.of_another_version(output, algorithm, declared)
        findings += [wrong] if wrong else []
    entries: list[Entry] = []
    for case, outputs in _by_case(study, design, found.outputs, findings):
        try:
            entries.append(_entry(case, design, algorithm, outputs, today, rerun))
        except InvalidInput as error:
            findings += error.findings
    return Looked(
        design=design,
        algorithm=algorithm,
        sha256=sha256(data),
        entries=tuple(entries),
        findings=tuple(findings),
    )


def _images(study: Study, participant: str, exam_uid: str) -> Any:
    """A function that finds the images of one exam of this participant."""
    exam = Exam.objects.filter(study=study, uid=exam_uid, participant__code=participant).first()  # fmt: skip
    keys = {
        str(row["sop_uid"]): str(row["key"])
        for series in (exam.series.all() if exam else ())
        for row in manifest(series)["instances"]
    }

    def image(uid: str) -> Any:
        return measured_images.whole(object_store().read(keys[uid])) if uid in keys else None  # fmt: skip

    return image


# -- cases

_Placed = tuple[str, Output]  # visit, and what the file says of it


def _by_case(
    study: Study, design: reading.ReadDesign, outputs: Iterable[Output], findings: list[Finding]
) -> list[tuple[Case, list[_Placed]]]:  # fmt: skip
    """The cases that outputs are of, in the order of the file; the others become findings."""
    rows = analysis.cases(study).filter(design=design.endpoint).exclude(state="withdrawn")  # fmt: skip
    known = {
        (case.code, visit): case
        for case in rows.select_related("study", "participant__site")
        for visit in case.visits
    }
    found: dict[int, tuple[Case, list[_Placed]]] = {}
    for output in outputs:
        at = _where(study, design, output)
        case = known.get(at) if at else None
        if case is None or at is None:
            findings.append(finding("NO_CASE", output.place, "the output is of no case of this design", remedy="Check trial number and visit, or the exam's UID."))  # fmt: skip
            continue
        found.setdefault(case.pk, (case, []))[1].append((at[1], output))
    return list(found.values())


def _where(study: Study, design: reading.ReadDesign, output: Output) -> tuple[str, str] | None:  # fmt: skip
    """Trial number and visit of an output; an exam's UID says both."""
    name = output.case
    if not name.study_uid:
        return (name.participant, name.visit)
    exam = Exam.objects.filter(study=study, uid=name.study_uid, kind=design.exam).select_related("participant").first()  # fmt: skip
    if exam is None or (name.participant and name.participant != exam.participant.code):
        return None
    return (exam.participant.code, exam.visit)


def _entry(
    case: Case, design: reading.ReadDesign, algorithm: Algorithm, placed: Sequence[_Placed], today: date, rerun: bool
) -> Entry:  # fmt: skip
    """The entry of one case.

    Raises:
        InvalidInput: with the findings that refuse it.
    """
    place = placed[0][1].place
    by_visit = {visit: dict(output.answers) for visit, output in placed}
    if len(placed) != len(by_visit):
        _refuse(finding("TWICE", placed[-1][1].place, "the case stands in the file already"))  # fmt: skip
    if set(by_visit) != set(case.visits):
        _refuse(finding("INCOMPLETE", place, f"the output holds {len(by_visit)} of the {len(case.visits)} visits of its case"))  # fmt: skip
    given = _given(case, design)
    if not given:
        _refuse(finding("NOT_GIVEN", place, "the case has not been given to the algorithm", remedy="Give the cases to the readers first: the order is drawn and kept."))  # fmt: skip
    _check_form(design, given[0], placed, by_visit)
    own = [a for a in given if a.case_id == case.pk]
    target = next((a for a in own if a.submitted_at is None), None)
    signed = [a for a in own if a.submitted_at is not None]
    before = signed[-1] if signed else None
    if before is not None and target is None and _version(before) == algorithm.version:
        # Hidden repeats are filled by a run made anew alone, never by an old row that comes again.
        repeats = [a for a in given if a.case_id != case.pk and a.submitted_at is None]
        target = repeats[0] if rerun and repeats else None
        if target is None and _same(before, by_visit):
            return Entry(case=case, place=place, by_visit=by_visit, assignment=None, before=before, same=True)  # fmt: skip
        if target is None:
            _refuse(finding("ANOTHER_OUTPUT", place, "this version has given another output for the case before; nothing is overwritten", remedy="Ask the maker why the same version differs."))  # fmt: skip
    _check_held(target or given[0], place, today)
    return Entry(case=case, place=place, by_visit=by_visit, assignment=target, before=before)  # fmt: skip


def _refuse(found: Finding) -> NoReturn:
    raise InvalidInput(found.message, [found])


def _given(case: Case, design: reading.ReadDesign) -> list[Assignment]:
    """The algorithm's places for a case, the study's own first, then hidden repeats of it."""
    pool = [m.pk for m in pool_of(case.study, design)]
    rows = Assignment.objects.filter(role=Assignment.Role.PRIMARY, reader__in=pool)
    rows = rows.exclude(state="cancelled").select_related("case__study", "case__participant__site", "reader__user")  # fmt: skip
    own = list(rows.filter(case=case).order_by("occasion", "pk"))
    return [*own, *rows.filter(case__source=case, case__purpose=Case.Purpose.REPEAT).order_by("pk")]  # fmt: skip


def _version(assignment: Assignment) -> str:
    """The version that a signed read came from; empty where a person typed it."""
    read = assignment.reads.order_by("-version").first()
    made = getattr(read, "from_output", None)
    return made.output.version if made else ""


def _same(assignment: Assignment, by_visit: Mapping[str, Mapping[str, Any]]) -> bool:
    read = Read.objects.filter(assignment=assignment).order_by("-version").first()
    if read is None:
        return False
    kept = {
        visit: {k: v for k, v in answers.items() if k not in read.implied.get(visit, ())}
        for visit, answers in read.answers.items()
    }  # fmt: skip
    return kept == {visit: dict(answers) for visit, answers in by_visit.items()}


def _check_form(
    design: reading.ReadDesign, given: Assignment, placed: Sequence[_Placed], by_visit: Mapping[str, Any]
) -> None:  # fmt: skip
    """Check against the form, each finding with its place in the file.

    Raises:
        InvalidInput: with the findings.
    """
    pairs = labels(given)
    answers = reading.to_labels(pairs, by_visit)
    places = {visit: output.place for visit, output in placed}
    of_label = dict(pairs)
    wrong = []
    for found in reading.check_read(design, pairs, answers, complete=True):
        label, colon, key = str(found.where.uid).partition(":")
        visit = of_label[label] if colon else pairs[0][1]
        words = f"{key or label}: {found.message}"
        wrong.append(finding("VALUE", places[visit], words, expected=found.expected, found=found.found))  # fmt: skip
    if wrong:
        raise InvalidInput("The output does not fit the form.", wrong)


def _check_held(assignment: Assignment, place: Place, today: date) -> None:
    """Hold the algorithm to what holds a reader.

    Raises:
        InvalidInput: with the finding.
    """
    shut = closed(assignment.reader, [assignment.design], today)
    try:
        images_hold(assignment.case)
    except NotReady as error:
        _refuse(finding("HELD", place, str(error)))
    if shut and assignment.state == reading.ReadState.ASSIGNED:
        _refuse(finding("HELD", place, f"the algorithm may begin no case now: {shut[assignment.design]}"))  # fmt: skip


def taken(study: Study, endpoint: str) -> list[OutputFile]:
    """The files that were brought for a design, the newest first."""
    rows = OutputFile.objects.filter(study=study, design=endpoint)
    return list(rows.select_related("by__user"))


def read_by_software(by: Membership) -> frozenset[str]:
    """The designs whose output this person may bring."""
    if not can(by, "import", Thing.READ):
        return frozenset()
    plans = plan_in_force(by.study).reading
    return frozenset(name for name, file in plans.items() if file.algorithm)
