"""Participants and the slots in which their exams are expected."""

from __future__ import annotations

from django.db import models

from provident.recruitment.slots import SlotState
from provident.web.sites.models import Site
from provident.web.studies.models import Study


class Participant(models.Model):
    """A participant under the trial's number. No identifier of the hospital's is ever here."""

    class Status(models.TextChoices):
        """Whether the participant is in the study."""

        ACTIVE = "active"
        WITHDRAWN = "withdrawn"

    study = models.ForeignKey(
        Study, on_delete=models.PROTECT, related_name="participants"
    )
    site = models.ForeignKey(
        Site, on_delete=models.PROTECT, related_name="participants"
    )
    code = models.CharField(max_length=20)
    anchor_on = models.DateField()  # day 0 of the plan's visit windows
    enrolled_at = models.DateTimeField()
    status = models.CharField(max_length=12, choices=Status, default=Status.ACTIVE)
    consent = models.JSONField(default=dict)  # option id -> true | false
    withdrawal = models.CharField(
        max_length=40, blank=True
    )  # the plan's kind of withdrawal
    withdrawn_on = models.DateField(null=True)
    arm = models.CharField(
        max_length=60, blank=True
    )  # filled at unblinding, never before

    class Meta:
        ordering = ("code",)
        constraints = (
            models.UniqueConstraint(
                fields=("study", "code"), name="participant_once_a_study"
            ),
            models.CheckConstraint(
                name="participant_withdrawn_with_date",
                condition=models.Q(status="active", withdrawn_on__isnull=True)
                | models.Q(status="withdrawn", withdrawn_on__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return self.code


class Slot(models.Model):
    """Participant x visit x exam kind: an exam that the plan expects, and how far it has come."""

    participant = models.ForeignKey(
        Participant, on_delete=models.PROTECT, related_name="slots"
    )
    visit = models.CharField(max_length=40)
    exam_kind = models.CharField(max_length=40)
    state = models.CharField(
        max_length=12,
        choices=[(s.value, s.value) for s in SlotState],
        default="expected",
    )
    opens_on = models.DateField()
    closes_on = models.DateField()
    booked_on = models.DateField(null=True)
    reason = models.CharField(
        max_length=40, blank=True
    )  # code of the plan, when not done
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ("participant", "opens_on", "exam_kind")
        constraints = (
            models.UniqueConstraint(
                fields=("participant", "visit", "exam_kind"), name="slot_once"
            ),
            models.CheckConstraint(
                name="slot_not_done_has_a_reason",
                condition=~models.Q(state="not_done") | ~models.Q(reason=""),
            ),
        )

    def __str__(self) -> str:
        return f"{self.participant_id} {self.visit} {self.exam_kind}"
