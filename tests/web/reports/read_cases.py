"""Cases of the synovitis design that were read and are final, made in rows alone: quick, and as many as wanted."""

from __future__ import annotations

from datetime import timedelta

from provident.kernel.ids import new_token
from provident.web.participants.models import Participant
from provident.web.people.models import Signature
from provident.web.reading.models import Assignment, Case, FinalValue, Read


DESIGN, VARIABLE = "synovitis_change", "synovitis_change"


class Reads:
    """Makes cases, reads, repeats and final values of one study; each read is signed half an hour after the last."""

    def __init__(self, study, site, clock, people):
        self.study, self.site, self.people = study, site, people
        self.at = clock.now()

    def case(self, number, scores, against=None):
        """A case read by `scores`; `against` names the reader whose score an adjudication left out."""
        who = Participant.objects.create(
            study=self.study, site=self.site, code=f"L-{900 + number}", anchor_on=self.at.date(), enrolled_at=self.at,
        )  # fmt: skip
        case = self._case(participant=who, key=who.code, reasons=["change"] if against else [])  # fmt: skip
        reads = {
            name: self._read(case, name, score, seat=seat)
            for seat, (name, score) in enumerate(scores.items(), 1)
        }
        kept = {n: s for n, s in scores.items() if n != against}
        if against:
            reads["ada"] = self._read(case, "ada", *kept.values(), seat=0, role="adjudicator")  # fmt: skip
        FinalValue.objects.create(
            case=case, visit="week24", variable=VARIABLE, value=sum(kept.values()) / len(kept), rule="test",
            reads=[r.pk for n, r in reads.items() if n != against], at=self.at,
        )  # fmt: skip
        return case

    def again(self, source, name, score, number):
        """The same reader reads a case again, unknowingly."""
        case = self._case(purpose="repeat", source=source, key=f"repeat {number}")
        return self._read(case, name, score, seat=1, occasion=2)

    def _case(self, **given):
        return Case.objects.create(
            study=self.study, design=DESIGN, plan_version="1", visits=["baseline", "week24"], state="final",
            created_at=self.at, changed_at=self.at, **given,
        )  # fmt: skip

    def _read(self, case, name, score, *, seat, role="primary", occasion=1):
        self.at += timedelta(minutes=30)
        reader = self.people[name]
        assignment = Assignment.objects.create(
            case=case, design=DESIGN, reader=reader, role=role, seat=seat, occasion=occasion, position=case.pk,
            labels=[["A", "baseline"], ["B", "week24"]], token=new_token(), state="submitted", opened_at=self.at,
            submitted_at=self.at,
        )  # fmt: skip
        signature = Signature.objects.create(
            user=reader.user, study=self.study, role="reader", at=self.at, meaning="read", thing="read", thing_id="1",
            content_hash="0",
        )  # fmt: skip
        return Read.objects.create(
            assignment=assignment, version=1, answers={"baseline": {}, "week24": {}},
            derived={"baseline": {}, "week24": {VARIABLE: score}}, form="ramris@2", plan_version="1",
            active_seconds=600, signature=signature, at=self.at,
        )  # fmt: skip
