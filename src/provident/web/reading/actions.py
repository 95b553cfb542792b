"""The only writer of cases, orders, drafts and reads. What follows from a signed read is in `outcomes`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from provident import reading
from provident.kernel import Clock, InvalidInput, NotReady
from provident.kernel.ids import new_seed, new_token
from provident.reading import CaseState, ReadState
from provident.web.exams.models import Exam
from provident.web.jobs.queue import enqueue
from provident.web.ledger.record import SYSTEM, record
from provident.web.people.access import Role, Thing, check
from provident.web.people.actions import actor, sign
from provident.web.people.models import Membership
from provident.web.planning.acknowledging import require_acknowledged
from provident.web.reading import outcomes
from provident.web.reading.copies import Copy
from provident.web.reading.designs import (
    design_of,
    designs,
    fixed_limits,
    labels,
    open_limits,
    placed,
    read_value,
)
from provident.web.reading.models import (
    Assignment,
    Case,
    CaseSeries,
    Draft,
    Draw,
    FixedLimit,
    Read,
)
from provident.web.reading.selectors import accepted_exams, readers
from provident.web.scanners.holds import held
from provident.web.studies.models import Study
from provident.web.studies.plans import version_in_force


# -- cases


@transaction.atomic
def prepare_cases(*, exam: Exam, clock: Clock) -> list[Case]:
    """Make or renew the cases that an accepted exam completes, unless a change of its scanner holds one of its exams.

    Releasing the scanner runs this again for each exam that was held.
    """
    made = []
    for design in designs(exam.study).values():
        if design.exam != exam.kind or exam.visit not in design.visits:
            continue
        visits = design.visits if design.per_participant else (exam.visit,)
        exams = accepted_exams(exam.participant_id, exam.kind)
        if all(visit in exams and not held(exams[visit]) for visit in visits):
            made.append(_case(design, {v: exams[v] for v in visits}, clock))
    return made


def _case(design: reading.ReadDesign, exams: Mapping[str, Exam], clock: Clock) -> Case:
    first = next(iter(exams.values()))
    participant, study = first.participant, first.study
    key = (
        participant.code
        if design.per_participant
        else f"{participant.code} {next(iter(exams))}"
    )
    case, new = Case.objects.get_or_create(
        study=study, design=design.endpoint, key=key,
        defaults={
            "plan_version": version_in_force(study).version, "participant": participant, "visits": list(exams),
            "state": CaseState.WAITING, "created_at": clock.now(), "changed_at": clock.now(),
        },
    )  # fmt: skip
    for visit, exam in exams.items():
        for series in exam.series.filter(
            role__in=design.show or [s.role for s in exam.series.all() if s.role]
        ):
            CaseSeries.objects.update_or_create(
                case=case, visit=visit, role=series.role, defaults={"series": series}
            )
    enqueue("provident.web.reading.tasks.make_copies", case.pk)
    if new:
        record(clock=clock, by=SYSTEM, study=study.slug, action="case.prepared", thing="case", thing_id=str(case.pk),
               site=participant.site.code, participant=participant.code,
               new={"endpoint": design.endpoint, "visits": list(exams)})  # fmt: skip
    return case


@transaction.atomic
def store_copies(*, case: Case, copies: Sequence[Copy], clock: Clock) -> Case:
    """Keep what the copies of a case are called; the case is open when all are there."""
    case = Case.objects.select_for_update().get(pk=case.pk)
    for made in copies:
        CaseSeries.objects.filter(pk=made.pk).update(
            copy=made.images, manifest_sha256=made.manifest_sha256
        )
    if case.state == CaseState.WAITING:
        outcomes.move(case, CaseState.OPEN, clock)
        record(clock=clock, by=SYSTEM, study=case.study.slug, action="case.opened", thing="case",
               thing_id=str(case.pk), participant=case.participant.code, site=case.participant.site.code,
               new={"images": sum(len(c.images) for c in copies)})  # fmt: skip
    return case


# -- orders


@transaction.atomic
def draw(
    *,
    study: Study,
    endpoint: str,
    by: Membership,
    clock: Clock,
    seed: int | None = None,
) -> Draw:
    """Draw the reading order of the cases that are ready and have no reader yet; kept with its seed.

    What was drawn before stays as it is.

    Raises:
        NotReady: no case is ready.
        PlanError: too few readers for the design.
    """
    check(by, "assign", Thing.CASE)
    design = designs(study)[endpoint]
    ready = list(_undrawn(study, endpoint))
    if not ready:
        raise NotReady(
            "No case is ready to be read: a case needs all its visits accepted."
        )
    people = {str(m.pk): m for m in readers(study, Role.READER)}
    before = [placed(a) for a in _drawn(study, endpoint)]
    seed = new_seed() if seed is None else seed
    cases = [
        reading.Case(
            id=str(c.pk), participant=c.participant.code, visits=tuple(c.visits),
            strata={"site": c.participant.site.code, "visit": c.visits[0]},
        )
        for c in ready
    ]  # fmt: skip
    order = reading.extend_order(design, before, cases, sorted(people), seed)
    made = Draw.objects.create(
        study=study, design=endpoint, plan_version=version_in_force(study).version, seed=seed,
        placed=[p.as_json() for p in order.placed], unmet=[u.words for u in order.unmet], at=clock.now(),
    )  # fmt: skip
    Assignment.objects.bulk_create(
        _assignment(p, people[p.reader], made) for p in order.placed
    )
    record(clock=clock, by=actor(by), study=study.slug, action="reading.order_drawn", thing="draw",
           thing_id=str(made.pk), new={"endpoint": endpoint, "cases": len(cases), "seed": str(seed),
                                       "unmet": made.unmet})  # fmt: skip
    return made


def _undrawn(study: Study, endpoint: str) -> Sequence[Case]:
    rows = Case.objects.filter(
        study=study, design=endpoint, state=CaseState.OPEN, assignments__isnull=True
    )
    return list(
        rows.select_related("participant__site").select_for_update(of=("self",))
    )


def _drawn(study: Study, endpoint: str) -> Sequence[Assignment]:
    rows = Assignment.objects.filter(
        case__study=study, design=endpoint, role=Assignment.Role.PRIMARY
    )
    return list(rows.select_related("case__participant").order_by("position"))


def _assignment(place: reading.Placed, reader: Membership, draw_: Draw) -> Assignment:
    return Assignment(
        case_id=int(place.case), design=draw_.design, reader=reader, role=Assignment.Role.PRIMARY, seat=place.seat,
        occasion=place.occasion, position=place.position, block=place.block,
        labels=[list(pair) for pair in place.labels], draw=draw_, token=new_token(), state=ReadState.ASSIGNED,
    )  # fmt: skip


@transaction.atomic
def fix_limit(
    *,
    study: Study,
    endpoint: str,
    name: str,
    value: float,
    reason: str,
    by: Membership,
    clock: Clock,
) -> FixedLimit:
    """Fix a figure that the plan leaves to the qualification; once, with the reason.

    Raises:
        InvalidInput: the design has no such open figure, or no reason is given.
    """
    check(by, "assign", Thing.CASE)
    if name not in open_limits(study, designs(study)[endpoint]):
        raise InvalidInput(
            f'The read design {endpoint} has no figure "{name}" that waits to be fixed.'
        )
    if not reason.strip() or value < 0:
        raise InvalidInput(
            "Give a value that is not below 0, and say where it comes from."
        )
    made = FixedLimit.objects.create(
        study=study, design=endpoint, name=name, value=value, at=clock.now()
    )
    record(clock=clock, by=actor(by), study=study.slug, action="reading.limit_fixed", thing="design",
           thing_id=endpoint, new={name: value}, reason=reason)  # fmt: skip
    return made


# -- reading


def _images_hold(case: Case) -> None:
    """Refuse to show images that are being looked at again, or whose copy is of an older manifest."""
    rows = case.series.select_related("series__exam")
    for row in rows:
        if (
            row.series.exam.state != Exam.State.ACCEPTED
            or row.manifest_sha256 != row.series.manifest_sha256
        ):
            raise NotReady(
                "The images of this case are being looked at again. It comes back to your list by itself."
            )


@transaction.atomic
def open_case(*, assignment: Assignment, by: Membership, clock: Clock) -> Assignment:
    """A reader opens a case: from now on time counts and answers are kept."""
    if assignment.state != ReadState.ASSIGNED:
        return assignment
    _images_hold(assignment.case)
    require_acknowledged(by, "reading", clock.now().date())
    reading.READ.check_move(ReadState(assignment.state), ReadState.OPEN)
    assignment.state, assignment.opened_at = ReadState.OPEN, clock.now()
    assignment.save(update_fields=["state", "opened_at"])
    Draft.objects.get_or_create(
        assignment=assignment, defaults={"saved_at": clock.now()}
    )
    case = assignment.case
    if case.state == CaseState.OPEN:
        outcomes.move(case, CaseState.READING, clock)
    record(clock=clock, by=actor(by), study=case.study.slug, action="read.opened", thing="read",
           thing_id=str(assignment.pk), new={"case": case.pk})  # fmt: skip
    return assignment


class Stale(NotReady):
    """The answers were saved from another window since; the current ones come with the refusal."""

    def __init__(self, draft: Draft) -> None:
        super().__init__(
            "This case was saved from another window. Look at both before you go on."
        )
        self.draft = draft


@transaction.atomic
def save_draft(
    *, assignment: Assignment, saved: Mapping[str, Any], clock: Clock
) -> Draft:
    """Keep what a reader has typed. A draft is no study data yet, so it is no event.

    Raises:
        Stale: another window saved a newer version.
        NotReady: the read is signed.
    """
    draft = _current_draft(assignment, saved)
    _fill(draft, saved, clock)
    draft.save()
    return draft


def _current_draft(assignment: Assignment, saved: Mapping[str, Any]) -> Draft:
    draft = (
        Draft.objects.select_for_update()
        .select_related("assignment")
        .filter(assignment=assignment)
        .first()
    )
    if draft is None or draft.assignment.state != ReadState.OPEN:
        raise NotReady(
            "This read is signed, or the case was not opened; nothing of it can be changed."
        )
    if saved["version"] != draft.version:
        raise Stale(draft)
    return draft


def _fill(draft: Draft, saved: Mapping[str, Any], clock: Clock) -> None:
    draft.answers, draft.measurements = (
        dict(saved["answers"]),
        list(saved["measurements"]),
    )
    draft.active_seconds = max(
        draft.active_seconds, int(saved.get("active_seconds") or 0)
    )
    draft.display = dict(saved.get("display") or draft.display)
    draft.version, draft.saved_at = draft.version + 1, clock.now()


@transaction.atomic
def submit(
    *,
    assignment: Assignment,
    saved: Mapping[str, Any],
    password: str,
    by: Membership,
    clock: Clock,
) -> Read:
    """Sign a read: from now on it is immutable; what follows for the case follows here.

    Raises:
        InvalidInput: answers are missing or do not fit, all of them in `findings`.
        Denied: a wrong password.
        Stale, NotReady: as `save_draft`.
    """
    draft = _current_draft(assignment, saved)
    _images_hold(assignment.case)
    design = design_of(assignment.case)
    findings = reading.check_read(
        design, labels(assignment), saved["answers"], complete=True
    )
    if findings:
        raise InvalidInput("The read is not complete; nothing was signed.", findings)
    _fill(draft, saved, clock)
    draft.save()
    by_visit = reading.to_visits(labels(assignment), draft.answers)
    signature = sign(
        membership=by, password=password, meaning="I sign this read", thing="read", thing_id=str(assignment.pk),
        content={"answers": by_visit, "measurements": draft.measurements, "form": design.form.key}, clock=clock,
    )  # fmt: skip
    made = _signed(assignment, draft, design, by_visit, signature.pk, clock)
    reading.READ.check_move(ReadState(assignment.state), ReadState.SUBMITTED)
    assignment.state, assignment.submitted_at = ReadState.SUBMITTED, clock.now()
    assignment.save(update_fields=["state", "submitted_at"])
    follows = outcomes.follow(
        assignment.case,
        design,
        fixed_limits(assignment.case.study, design.endpoint),
        clock,
    )
    record(clock=clock, by=actor(by), study=assignment.case.study.slug, action="read.signed", thing="read",
           thing_id=str(assignment.pk),
           new={"case": assignment.case_id, "version": made.version, "signature": signature.pk,
                "answers": by_visit, "follows": follows})  # fmt: skip
    return made


def _signed(
    assignment: Assignment, draft: Draft, design: reading.ReadDesign, by_visit: Mapping[str, Any], signature: int,
    clock: Clock,
) -> Read:  # fmt: skip
    read = Read(
        assignment=assignment, version=assignment.reads.count() + 1, answers={}, measurements=draft.measurements,
        form=design.form.key, plan_version=version_in_force(assignment.case.study).version,
        active_seconds=draft.active_seconds, display=draft.display, signature_id=signature, at=clock.now(),
    )  # fmt: skip
    value = read_value(design, read, by_visit)
    read.answers = {visit: dict(e.answers) for visit, e in value.visits.items()}
    read.implied = {visit: sorted(e.implied) for visit, e in value.visits.items()}
    read.derived = {visit: dict(e.derived) for visit, e in value.visits.items()}
    read.save(force_insert=True)
    return read


@transaction.atomic
def release_to_adjudication(
    *, case: Case, reason: str, by: Membership, clock: Clock
) -> Assignment:
    """Say that no technical cause explains the disagreement; the adjudicator gets the case.

    Raises:
        InvalidInput: no reason.
        Refused: the case is not discordant.
    """
    check(by, "release", Thing.ADJUDICATION)
    if not reason.strip():
        raise InvalidInput(
            "Say what was looked at (series, windowing, the right visit) before a third person reads."
        )
    case = Case.objects.select_for_update().get(pk=case.pk)
    made = outcomes.to_adjudicator(case, design_of(case), clock)
    record(clock=clock, by=actor(by), study=case.study.slug, action="adjudication.opened", thing="case",
           thing_id=str(case.pk), participant=case.participant.code, site=case.participant.site.code,
           new={"state": case.state}, reason=reason)  # fmt: skip
    return made
