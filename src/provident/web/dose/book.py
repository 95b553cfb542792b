"""The library's ledger made of rows: pure of reading and writing, so that pages, gates and actions reckon alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import reduce
from typing import Any

from provident.acquisition import dose
from provident.acquisition.dose import repeats
from provident.kernel import PlanError
from provident.plan import Plan
from provident.plan.quantities import quantity
from provident.programme.exposures import ExamRules, exam_rules, repeat_roles


ASKED = repeats.State.ASKED
OPEN = tuple(state.value for state, follow in repeats.TRANSITIONS.items() if follow)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """What is kept of one participant: doses of exams, repeats that were asked for, signatures, bookings."""

    code: str
    doses: Sequence[Any] = ()
    repeats: Sequence[Any] = ()
    signatures: Sequence[Any] = ()
    booked: Sequence[Any] = field(
        default=()
    )  # slots: they count before the next booking


def rules_of(plan: Plan) -> list[ExamRules]:
    """What the plan says of each exam that exposes, in the order of its files."""
    found = (exam_rules(plan, exam) for exam in plan.imaging)
    return [rules for rules in found if rules.ionising]


def entry(row: Any) -> dose.Entry:
    """The ledger's entry of a stored dose."""
    return dose.Entry(
        exam_uid=row.exam.uid,
        exam=row.exam.kind,
        kinds=tuple(dose.Kind(kind) for kind in row.kinds),
        research=row.research,
        amounts=row.amounts,
        expected=row.expected,
        repeat_of=row.repeat_of or None,
    )


def ledger(rows: Rows, plan: Plan, rules: ExamRules) -> dose.Ledger:
    """One participant's ledger, with what was signed for by those whom the exam's rules name."""
    entries = [
        *(entry(row) for row in rows.doses),
        *(_reserved(row, plan) for row in rows.repeats),
        *(_booked(slot, plan) for slot in rows.booked),
    ]
    held = dose.Ledger(participant=rows.code)
    held = reduce(lambda book, one: book.with_entry(one), filter(None, entries), held)
    for signature in released(rows.signatures, rules):
        held = held.with_signature(signature)
    return held


def _reserved(row: Any, plan: Plan) -> dose.Entry | None:
    asked = repeat(row, plan)
    if row.state != ASKED or not asked.ionising:
        return None
    return _expected(asked.reservation, exam_rules(plan, asked.exam), asked.exam_uid)


def _booked(slot: Any, plan: Plan) -> dose.Entry | None:
    rules = exam_rules(plan, slot.exam_kind)
    return _expected(f"slot:{slot.pk}", rules) if rules.ionising else None


def _expected(name: str, rules: ExamRules, of: str | None = None) -> dose.Entry:
    return dose.Entry(
        exam_uid=name,
        exam=rules.exam,
        kinds=rules.kinds,
        research=rules.research,
        expected=rules.expected,
        reserved=True,
        repeat_of=of,
    )


def signers(rules: ExamRules) -> tuple[str, ...]:
    """The plan's roles that must sign for a higher dose: the practitioner and the medical physics expert."""
    return tuple(dict.fromkeys(r for r in (rules.practitioner, rules.expert) if r))


def released(signatures: Iterable[Any], rules: ExamRules) -> list[dose.SignOff]:
    """What all who must have signed for: the highest dose that each of them signed."""
    needed, limit = signers(rules), rules.constraint.participant
    if not needed or limit is None:
        return []
    by_role: dict[str, Any] = {}
    for one in signatures:
        best = by_role.get(one.role)
        if one.quantity == limit.quantity and (best is None or one.up_to > best.up_to):
            by_role[one.role] = one
    if set(needed) - set(by_role):
        return []
    chosen = [by_role[role] for role in needed]
    return [
        dose.SignOff(
            by=" and ".join(one.by.user.username for one in chosen),
            role=" and ".join(needed),
            reason="; ".join(dict.fromkeys(one.reason for one in chosen)),
            quantity=limit.quantity,
            up_to=min(one.up_to for one in chosen),
        )
    ]


def repeat(row: Any, plan: Plan) -> repeats.Repeat:
    """The library's repeat of a stored one.

    Raises:
        PlanError: the exam is ionising and the plan names nobody who justifies it.
    """
    rules = exam_rules(plan, row.exam.kind)
    steps = [
        repeats.Step(
            state=repeats.State(step.state),
            by=step.by.user.username if step.by else "Provident",
            role=step.role,
            note=step.note,
        )
        for step in row.steps.all()
    ]
    return repeats.Repeat(
        id=str(row.pk),
        exam_uid=row.exam.uid,
        exam=row.exam.kind,
        roles=repeat_roles(plan, row.exam.kind),
        kinds=rules.kinds,
        research=rules.research,
        expected=rules.expected,
        steps=tuple(steps),
    )


def recall_until(exam: Any, plan: Plan) -> date | None:
    """The last day on which a repeat of an exam still counts; None where the visit has no window.

    `recall.within` is a time after the exam, or words such as "visit window".
    """
    manual = plan.imaging.get(exam.kind)
    recall = manual.recall if manual else None
    if recall and exam.acquired_on:
        try:
            acquired: date = exam.acquired_on
            return acquired + timedelta(days=quantity(recall.within).to("d"))
        except PlanError:
            pass  # words: the window of the visit
    closes: date | None = exam.slot.closes_on if exam.slot else None
    return closes
