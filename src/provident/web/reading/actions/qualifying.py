"""The only writer of test sets and of attempts at them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction

from provident import reading
from provident.kernel import Clock, InvalidInput, NotReady
from provident.kernel.ids import new_seed, new_token, sha256
from provident.reading import CaseState, ReadState
from provident.reading.lots import shuffled
from provident.reading.qualification import judge
from provident.web.exams.objects import object_store
from provident.web.jobs.queue import enqueue
from provident.web.ledger.record import record
from provident.web.people.access import Thing, check
from provident.web.people.actions import actor
from provident.web.people.models import Membership
from provident.web.readers.selectors import design_names, known
from provident.web.reading import set_selectors
from provident.web.reading.designs import designs
from provident.web.reading.models import (
    Assignment,
    Attempt,
    Case,
    CaseSeries,
    TestCase,
    TestSeries,
    TestSet,
)
from provident.web.reading.set_files import SetFiles
from provident.web.studies.plans import plan_in_force, version_in_force


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What a test set is called, and whose its images and reference are."""

    name: str
    came_from: str


def keep_images(study: str, taken: SetFiles) -> dict[str, list[dict[str, Any]]]:
    """Store the copies of a test set, outside any transaction; running it again writes nothing twice.

    Returns the series of each case: visit, role, images with key, UID and hash.
    """
    store = object_store()
    kept: dict[str, list[dict[str, Any]]] = {}
    for case, rows in taken.series.items():
        for row in rows:
            images = []
            for data in row.images:
                digest = sha256(data)
                path = f"{study}/test-sets/{digest}.dcm"
                if not store.exists(path):
                    store.create(path, data)
                images.append({"key": path, "sop_uid": digest, "sha256": digest})
            kept.setdefault(case, []).append({"visit": row.visit, "role": row.role, "images": images})  # fmt: skip
    return kept


@transaction.atomic
def import_set(
    *, endpoint: str, origin: Origin, taken: SetFiles, kept: dict[str, list[dict[str, Any]]], by: Membership,
    clock: Clock,
) -> TestSet:  # fmt: skip
    """Keep a test set whose images are stored; an older one of the design is retired.

    Raises:
        InvalidInput: no name or origin, or a set of that name is there. Denied: not this role's.
    """
    check(by, "test", Thing.READER)
    if not origin.name.strip() or not origin.came_from.strip():
        raise InvalidInput("Give the set a name, and say whose images and answers they are.")  # fmt: skip
    rows = TestSet.objects.filter(study=by.study, design=endpoint)
    if rows.filter(name=origin.name.strip()).exists():
        raise InvalidInput(f'There is a test set "{origin.name.strip()}" already.')
    rows.filter(retired_at__isnull=True).update(retired_at=clock.now())
    made = TestSet.objects.create(
        study=by.study, design=endpoint, name=origin.name.strip(), form=plan_in_force(by.study).reading[endpoint].form,
        came_from=origin.came_from.strip(), reference_sha256=taken.reference_sha256, by=by, at=clock.now(),
    )  # fmt: skip
    for number, (name, answers) in enumerate(sorted(taken.reference.items()), 1):
        case = TestCase.objects.create(test_set=made, number=number, name=name, reference=answers)  # fmt: skip
        TestSeries.objects.bulk_create(TestSeries(test_case=case, **row) for row in kept[name])  # fmt: skip
    record(clock=clock, by=actor(by), study=by.study.slug, action="reader.test_set", thing="test_set",
           thing_id=str(made.pk), new={"endpoint": endpoint, "name": made.name, "cases": len(taken.reference),
                                       "reference_sha256": made.reference_sha256})  # fmt: skip
    return made


@transaction.atomic
def begin_attempt(
    *, endpoint: str, by: Membership, clock: Clock, seed: int | None = None
) -> Attempt:
    """A reader begins to qualify: the plan's number of cases of the test set, in an order by lot of their own.

    Raises:
        NotReady: no test set, an attempt that runs, or no attempt left.
        InvalidInput: a design that this person does not read, or that asks for no test set.
    """
    check(by, "declare", Thing.READER)
    plan = plan_in_force(by.study)
    if endpoint not in design_names(plan, by) or plan.reading[endpoint].qualify is None:
        raise InvalidInput("The plan asks for no test set of you here.")
    told = plan.reading[endpoint].qualify
    assert told is not None
    if Attempt.objects.filter(reader=by, design=endpoint, state=Attempt.State.RUNNING).exists():  # fmt: skip
        raise NotReady("You are at an attempt; finish it first.")
    if known(by, endpoint).tries >= told.attempts:
        raise NotReady("All attempts were used. The lead reader decides how it goes on.")  # fmt: skip
    test_set = set_selectors.set_in_use(by.study_id, endpoint, plan.reading[endpoint].form)  # fmt: skip
    if test_set is None:
        raise NotReady("There is no test set yet for this form. The trial manager brings it.")  # fmt: skip
    design, seed = designs(by.study)[endpoint], new_seed() if seed is None else seed
    number = Attempt.objects.filter(reader=by, design=endpoint).count() + 1
    made = Attempt.objects.create(
        reader=by, test_set=test_set, design=endpoint, number=number, seed=seed, started_at=clock.now()
    )  # fmt: skip
    cases = {c.name: c for c in test_set.cases.prefetch_related("series")}
    last = Assignment.objects.filter(reader=by, design=endpoint).order_by("-position").first()  # fmt: skip
    first = last.position + 1 if last else 1
    for index, name in enumerate(shuffled(seed, (endpoint, "test"), cases)[: told.set]):
        _give(made, design, cases[name], first + index, clock)
    record(clock=clock, by=actor(by), study=by.study.slug, action="reader.attempt", thing="reader", thing_id=str(by.pk),
           new={"endpoint": endpoint, "attempt": number, "test_set": test_set.name, "seed": str(seed)})  # fmt: skip
    return made


def _give(
    attempt: Attempt, design: reading.ReadDesign, shown: TestCase, position: int, clock: Clock
) -> None:  # fmt: skip
    visits = [v for v in design.visits if v in shown.reference]
    case = Case.objects.create(
        study=attempt.reader.study, design=design.endpoint, purpose=Case.Purpose.QUALIFICATION, attempt=attempt,
        test_case=shown, key=f"attempt {attempt.pk} {shown.number}", visits=visits, state=CaseState.WAITING,
        plan_version=version_in_force(attempt.reader.study).version, created_at=clock.now(), changed_at=clock.now(),
    )  # fmt: skip
    CaseSeries.objects.bulk_create(
        CaseSeries(case=case, visit=row.visit, role=row.role, test_series=row)
        for row in shown.series.all()
    )
    labels = reading.labels_for(
        design, reading.Case(id=shown.name, participant=shown.name, visits=tuple(visits)), attempt.seed,
    )  # fmt: skip
    Assignment.objects.create(
        case=case, design=design.endpoint, reader=attempt.reader, role=Assignment.Role.PRIMARY, seat=1, occasion=2,
        position=position, labels=[list(pair) for pair in labels], token=new_token(), state=ReadState.ASSIGNED,
    )  # fmt: skip
    enqueue("provident.web.reading.tasks.make_copies", case.pk)


@transaction.atomic
def end_attempt(*, attempt: Attempt, clock: Clock) -> Attempt:
    """Judge an attempt whose cases are all signed; an attempt that is not done, or judged already, stays as it is."""
    row = Attempt.objects.select_for_update().get(pk=attempt.pk)
    left = Assignment.objects.filter(case__attempt=row).exclude(state=ReadState.SUBMITTED)  # fmt: skip
    if row.state != Attempt.State.RUNNING or left.exists():
        return row
    study = attempt.reader.study
    design, told = designs(study)[row.design], plan_in_force(study).reading[row.design].qualify  # fmt: skip
    result = judge(
        design,
        told.passing if told else (),
        set_selectors.signed(design, row),
        set_selectors.reference(design, row.test_set),
        set_selectors.at_work(design, row.test_set, besides=row.reader),
    )
    row.state = Attempt.State.PASSED if result.passed else Attempt.State.FAILED
    row.result, row.ended_at = result.as_json(), clock.now()
    row.save(update_fields=["state", "result", "ended_at"])
    enqueue("provident.web.reading.tasks.tell_attempt", row.pk)
    record(clock=clock, by=actor(row.reader), study=study.slug, action="reader.attempt_judged", thing="reader",
           thing_id=str(row.reader_id), new={"endpoint": row.design, "attempt": row.number, "passed": result.passed})  # fmt: skip
    return row
