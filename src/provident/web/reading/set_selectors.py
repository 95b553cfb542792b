"""Reading test sets, attempts and what readers did in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet

from provident import reading
from provident.kernel import NotFound
from provident.web.people.access import Thing, check
from provident.web.people.models import Membership
from provident.web.readers.models import Qualification
from provident.web.readers.selectors import WHO_READ
from provident.web.reading.designs import read_value
from provident.web.reading.models import Assignment, Attempt, Case, Read, TestSet
from provident.web.studies.plans import plan_in_force


def sets(by: Membership) -> QuerySet[TestSet]:
    """The test sets of a study.

    Raises:
        Denied: who reads is not to know what is in one.
    """
    check(by, "qualify", Thing.READER)
    return TestSet.objects.filter(study=by.study_id).select_related("by__user")


def set_in_use(study_id: int, design: str, form: str) -> TestSet | None:
    """The newest test set of a design that fits its form and is not retired."""
    rows = TestSet.objects.filter(study=study_id, design=design, form=form, retired_at__isnull=True)  # fmt: skip
    return rows.order_by("-at").first()


def attempts(of: Membership, design: str) -> list[Attempt]:
    """A reader's attempts at a design, the newest first."""
    rows = Attempt.objects.filter(reader=of, design=design).select_related("test_set")
    return list(rows.order_by("-number"))


def running(of: Membership) -> list[Attempt]:
    """The attempts that a reader is at."""
    return list(Attempt.objects.filter(reader=of, state=Attempt.State.RUNNING))


def attempt(by: Membership, pk: int) -> Attempt:
    """One attempt: one's own, or anybody's for those who look after the readers.

    Raises:
        NotFound: there is none, or not for this person; the two look the same.
    """
    rows = Attempt.objects.filter(pk=pk, reader__study=by.study_id)
    if by.role in WHO_READ:
        rows = rows.filter(reader=by)
    else:
        check(by, "see", Thing.READER)
    found = rows.select_related("reader__user", "reader__study", "test_set").first()
    if found is None:
        raise NotFound("There is no such attempt, or it is not yours.")
    return found


def attempt_by_id(pk: str | int) -> Attempt:
    """One attempt for a job."""
    return Attempt.objects.select_related("reader__study", "reader__user", "test_set").get(pk=pk)  # fmt: skip


def places(of: Attempt) -> list[Assignment]:
    """The cases of an attempt in their order."""
    rows = Assignment.objects.filter(case__attempt=of).select_related("case")
    return list(rows.order_by("position"))


def ready(of: Attempt) -> bool:
    """Whether the images of all cases of an attempt are there."""
    return not Case.objects.filter(attempt=of, state="waiting").exists()


def signed(design: reading.ReadDesign, of: Attempt) -> dict[str, reading.Read]:
    """The reads of an attempt by the name of the test case."""
    rows = Read.objects.filter(assignment__case__attempt=of).select_related(
        "assignment__case__test_case"
    )
    found = {}
    for read in rows.order_by("version"):
        test_case = read.assignment.case.test_case
        assert test_case is not None  # the database asks for one
        found[test_case.name] = read_value(design, read)
    return found


def reference(design: reading.ReadDesign, of: TestSet) -> dict[str, reading.Read]:
    """The reference answers of a test set, evaluated like reads."""
    return {
        row.name: evaluated(design, row.name, row.reference) for row in of.cases.all()
    }


def evaluated(
    design: reading.ReadDesign, name: str, answers: Mapping[str, Any]
) -> reading.Read:
    """Answers of a test case as the library evaluates them."""
    return reading.evaluate_read(design, answers, read_id=f"reference {name}", case=name, reader="reference", seat=1)  # fmt: skip


def at_work(design: reading.ReadDesign, of: TestSet, besides: Membership | None = None) -> list[dict[str, reading.Read]]:  # fmt: skip
    """The passed attempts at a set by readers who are still at work, one for each, the newest."""
    rows = Attempt.objects.filter(test_set=of, state=Attempt.State.PASSED, reader__until__isnull=True)  # fmt: skip
    if besides is not None:
        rows = rows.exclude(reader=besides)
    newest = {a.reader_id: a for a in rows.order_by("number")}
    return [signed(design, a) for _, a in sorted(newest.items())]


def may_see_reference(of: Attempt) -> bool:
    """Whether the plan lets a reader see the reference of an attempt now."""
    told = plan_in_force(of.reader.study).reading[of.design].qualify
    if told is None or of.state == Attempt.State.RUNNING or told.feedback == "none":
        return False
    if told.feedback == "after each attempt" or of.state == Attempt.State.PASSED:
        return True
    failed = Qualification.objects.filter(
        reader=of.reader, design=of.design, passed=False, way="test set"
    )
    newest = Qualification.objects.filter(reader=of.reader, design=of.design, passed=True).order_by("-at").first()  # fmt: skip
    since = failed.filter(at__gt=newest.at) if newest else failed
    return since.count() >= told.attempts
