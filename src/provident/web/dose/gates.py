"""The gate before a booking: a research exposure is held when the participant's constraint is reached."""

from __future__ import annotations

from datetime import date

from provident.kernel import Refused
from provident.programme.exposures import exam_rules
from provident.web.dose import book, selectors
from provident.web.participants.models import Slot
from provident.web.studies.plans import plan_in_force


def before_booking(slot: Slot, on: date) -> None:
    """Hold the booking of a research exposure that the constraint does not allow; exams that come are always taken.

    Raises:
        Refused: the constraint is reached, would be passed, or cannot be told since a dose is not known.
    """
    plan = plan_in_force(slot.participant.study)
    rules = exam_rules(plan, slot.exam_kind)
    if not rules.ionising or not rules.research:
        return
    rows = selectors.rows_of(slot.participant, booked_beside=slot.pk)
    gate = book.ledger(rows, plan, rules).gate(rules.constraint, rules.expected)
    if not gate.allowed:
        why = " ".join(f"{f.message} {f.found and f'({f.found}; {f.expected})'} {f.remedy}" for f in gate.findings)  # fmt: skip
        who = " and ".join(role.replace("_", " ") for role in book.signers(rules))
        raise Refused(
            f"This exposure is held by the dose ledger. {' '.join(why.split())} "
            f"It can be booked once {who or 'the people whom the plan names'} sign for it on the participant's dose page."
        )
