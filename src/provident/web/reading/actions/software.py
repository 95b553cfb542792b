"""The only writer of algorithms' output: a file becomes signed reads, whole or not at all, and never over another."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from provident import reading
from provident.kernel import Clock, InvalidInput
from provident.kernel.ids import new_token
from provident.reading import CaseState, ReadState
from provident.web.exams.objects import object_store
from provident.web.ledger.record import record
from provident.web.people.access import Thing, check
from provident.web.people.actions import actor, sign
from provident.web.people.models import Membership
from provident.web.reading import outcomes, outputs
from provident.web.reading.actions.reads import conclude
from provident.web.reading.designs import read_value
from provident.web.reading.models import Assignment, OutputFile, OutputRead, Read
from provident.web.studies.plans import version_in_force


def take_output(
    *,
    endpoint: str,
    name: str,
    data: bytes,
    password: str,
    by: Membership,
    clock: Clock,
    declared: str = "",
    rerun: bool = False,
) -> OutputFile:
    """Take a file of an algorithm's output in as signed reads; running it again does what is left, and no more.

    The whole file is looked through first: one wrong value, and nothing of it is taken.

    Raises:
        InvalidInput: something does not fit, all of it in `findings` with its place.
        NotFound: the plan has no such design.
        Denied: not this role's, or a wrong password.
    """
    check(by, "import", Thing.READ)
    today = clock.now().date()
    found = outputs.look(by.study, endpoint, name, data, today, declared, rerun)
    if found.findings:
        raise InvalidInput("The output does not fit. Nothing of it was taken.", found.findings)  # fmt: skip
    key = f"{by.study.slug}/outputs/{found.sha256}"
    if not object_store().exists(key):
        object_store().create(key, data)
    output = _file(found, name, key, password, by, clock)
    for entry in found.new:
        _read(entry, found, output, by, clock)
    return output


@transaction.atomic
def _file(
    found: outputs.Looked, name: str, key: str, password: str, by: Membership, clock: Clock
) -> OutputFile:  # fmt: skip
    """The row of the file, signed; the one that is there where an import was broken off."""
    study, version = by.study, version_in_force(by.study)
    which = {"study": study, "design": found.design.endpoint, "sha256": found.sha256, "plan_version": version.version}  # fmt: skip
    there = OutputFile.objects.filter(**which).first()
    if there is not None:
        return there
    told = {"algorithm": found.algorithm.name, "version": found.algorithm.version, "sha256": found.sha256}  # fmt: skip
    signature = sign(
        membership=by, password=password, meaning="I bring the output of this algorithm as it came", thing="output",
        thing_id=found.sha256[:16], content={**told, "design": found.design.endpoint}, clock=clock,
    )  # fmt: skip
    made = OutputFile.objects.create(
        **which, algorithm=found.algorithm.name, version=found.algorithm.version, name=name[:200], key=key,
        reads=len(found.new), same=len(found.entries) - len(found.new), by=by, signature=signature, at=clock.now(),
    )  # fmt: skip
    record(clock=clock, by=actor(by), study=study.slug, action="reading.output_taken", thing="output",
           thing_id=str(made.pk), new={**told, "endpoint": found.design.endpoint, "cases": len(found.entries),
                                       "signature": signature.pk})  # fmt: skip
    return made


@transaction.atomic
def _read(
    entry: outputs.Entry, found: outputs.Looked, output: OutputFile, by: Membership, clock: Clock
) -> Read:  # fmt: skip
    """One read; the place is the drawn one, or a new occasion where an older version has read the case."""
    assignment = entry.assignment or _occasion(entry, clock)
    case = assignment.case
    if assignment.state == ReadState.ASSIGNED:
        reading.READ.check_move(ReadState.ASSIGNED, ReadState.OPEN)
        assignment.state, assignment.opened_at = ReadState.OPEN, clock.now()
        assignment.save(update_fields=["state", "opened_at"])
    if case.state == CaseState.OPEN:
        outcomes.move(case, CaseState.READING, clock)
    made = _signed(assignment, entry, found, output, clock)
    OutputRead.objects.create(read=made, output=output, place=str(entry.place)[:240])
    follows = conclude(assignment, made, found.design, clock)
    record(clock=clock, by=actor(by), study=case.study.slug, action="read.imported", thing="read",
           thing_id=str(assignment.pk),
           new={"case": case.pk, "version": made.version, "signature": output.signature_id, "output": output.pk,
                "algorithm": f"{output.algorithm} {output.version}", "sha256": output.sha256,
                "answers": made.answers, "follows": follows})  # fmt: skip
    return made


def _signed(
    assignment: Assignment, entry: outputs.Entry, found: outputs.Looked, output: OutputFile, clock: Clock
) -> Read:  # fmt: skip
    display: dict[str, Any] = {"algorithm": output.algorithm, "version": output.version}
    read = Read(
        assignment=assignment, version=1, answers={}, measurements=[], form=found.design.form.key,
        plan_version=output.plan_version, active_seconds=0, display=display, signature_id=output.signature_id,
        at=clock.now(),
    )  # fmt: skip
    value = read_value(found.design, read, entry.by_visit)
    read.answers = {visit: dict(e.answers) for visit, e in value.visits.items()}
    read.implied = {visit: sorted(e.implied) for visit, e in value.visits.items()}
    read.derived = {visit: dict(e.derived) for visit, e in value.visits.items()}
    read.save(force_insert=True)
    return read


def _occasion(entry: outputs.Entry, clock: Clock) -> Assignment:
    """A further occasion for another version: it is compared, and never enters the analysis of the first."""
    before = entry.before
    assert before is not None  # `outputs.look` refuses a case that was not given
    last = Assignment.objects.filter(reader=before.reader, design=before.design).order_by("-position").first()  # fmt: skip
    return Assignment.objects.create(
        case=before.case, design=before.design, reader=before.reader, role=before.role, seat=before.seat,
        occasion=before.occasion + 1, position=(last.position if last else 0) + 1, labels=before.labels, draw=None,
        token=new_token(), state=ReadState.ASSIGNED,
    )  # fmt: skip
