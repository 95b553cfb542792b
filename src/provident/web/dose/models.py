"""The dose ledger in rows: one for each exam that exposed, what people entered and signed, and repeats with their steps."""

from __future__ import annotations

from django.db import models

from provident.acquisition.dose import Kind
from provident.acquisition.dose.repeats import State
from provident.plan.models.imaging_dose import DOSES
from provident.web.exams.models import Exam
from provident.web.participants.models import Participant
from provident.web.people.models import Membership, Signature


class ExamDose(models.Model):
    """What is known of the dose of one exam. One row an exam: judging again replaces, and never adds.

    `amounts` are what counts in the ledger, in the quantities and units of the plan's constraints; a quantity that is
    not known has no amount, and `unknown` says why.
    """

    exam = models.OneToOneField(Exam, on_delete=models.PROTECT, related_name="dose")
    research = models.BooleanField()
    kinds = models.JSONField(default=list)
    amounts = models.JSONField(default=dict)
    expected = models.JSONField(default=dict)
    totals = models.JSONField(default=dict)
    unknown = models.JSONField(default=dict)
    events = models.JSONField(default=list)
    findings = models.JSONField(default=list)
    factors = models.CharField(max_length=200, blank=True)
    repeat_of = models.CharField(max_length=64, blank=True)  # UID of the first exam
    read_from = models.CharField(max_length=64)  # hash over what it was reckoned from
    assessed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"dose of exam {self.exam_id}"


class EnteredDose(models.Model):
    """A dose that a person read from a console or a paper. A later one with the same number replaces it."""

    exam = models.ForeignKey(
        Exam, on_delete=models.PROTECT, related_name="entered_doses"
    )
    by = models.ForeignKey(Membership, on_delete=models.PROTECT)
    at = models.DateTimeField()
    kind = models.CharField(max_length=16, choices=[(k.value, k.value) for k in Kind])
    number = models.PositiveSmallIntegerField(default=1)
    value = models.FloatField()
    unit = models.CharField(max_length=20)
    region = models.CharField(max_length=40, blank=True)
    phantom_cm = models.PositiveSmallIntegerField(null=True)
    side = models.CharField(max_length=5, blank=True)  # left, right
    tracer = models.CharField(max_length=40, blank=True)
    reason = models.TextField()

    class Meta:
        ordering = ("at", "id")
        constraints = (
            models.CheckConstraint(
                name="entered_dose_is_above_zero", condition=models.Q(value__gt=0)
            ),
            models.CheckConstraint(
                name="entered_dose_has_a_reason", condition=~models.Q(reason="")
            ),
        )

    def __str__(self) -> str:
        return f"entered dose {self.pk}"


class DoseSignature(models.Model):
    """One person's signature that a participant may go up to a higher dose; all roles that the plan names must sign."""

    participant = models.ForeignKey(
        Participant, on_delete=models.PROTECT, related_name="dose_signatures"
    )
    by = models.ForeignKey(Membership, on_delete=models.PROTECT)
    at = models.DateTimeField()
    role = models.CharField(max_length=40)  # of the plan
    quantity = models.CharField(max_length=10, choices=[(q, q) for q in DOSES])
    up_to = models.FloatField()
    reason = models.TextField()
    signature = models.ForeignKey(Signature, on_delete=models.PROTECT)

    class Meta:
        ordering = ("at", "id")
        constraints = (
            models.CheckConstraint(
                name="dose_signature_above_zero", condition=models.Q(up_to__gt=0)
            ),
            models.CheckConstraint(
                name="dose_signature_has_a_reason", condition=~models.Q(reason="")
            ),
        )

    def __str__(self) -> str:
        return f"dose signature {self.pk}"


class Repeat(models.Model):
    """The wish to have one exam again; `acquisition.dose.repeats.TRANSITIONS` says what may follow."""

    exam = models.ForeignKey(Exam, on_delete=models.PROTECT, related_name="repeats")
    state = models.CharField(
        max_length=16,
        choices=[(s.value, s.value) for s in State],
        default=State.PROPOSED,
    )
    opened_at = models.DateTimeField()
    by = models.ForeignKey(Membership, on_delete=models.PROTECT)
    reason = models.TextField()
    asked_at = models.DateTimeField(null=True)
    made = models.ForeignKey(
        Exam, on_delete=models.PROTECT, related_name="repeat_made", null=True
    )

    class Meta:
        ordering = ("-opened_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("exam",),
                condition=models.Q(
                    state__in=["proposed", "advised", "decided", "justified", "asked"]
                ),
                name="repeat_one_open_an_exam",
            ),
            models.CheckConstraint(
                name="repeat_has_a_reason", condition=~models.Q(reason="")
            ),
        )

    def __str__(self) -> str:
        return f"repeat {self.pk}"


class RepeatStep(models.Model):
    """One move of a repeat: by whom, in which role of the plan, with which words."""

    repeat = models.ForeignKey(Repeat, on_delete=models.PROTECT, related_name="steps")
    at = models.DateTimeField()
    by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True
    )  # null: the platform itself
    role = models.CharField(max_length=40)
    state = models.CharField(max_length=16, choices=[(s.value, s.value) for s in State])
    note = models.TextField(blank=True)
    signature = models.ForeignKey(Signature, on_delete=models.PROTECT, null=True)

    class Meta:
        ordering = ("at", "id")

    def __str__(self) -> str:
        return f"step {self.pk}"
