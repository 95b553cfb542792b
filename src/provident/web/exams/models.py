"""Exams and series at the centre, de-identified. Instances live in a manifest beside the pixels, not in rows."""

from __future__ import annotations

from django.db import models

from provident.web.participants.models import Participant, Slot
from provident.web.people.models import Membership, Signature
from provident.web.sites.models import Scanner
from provident.web.studies.models import PlanVersion, Study


class Exam(models.Model):
    """One DICOM study of one participant."""

    class State(models.TextChoices):
        """How far the exam has come; `exams.workflow.TRANSITIONS` says what may follow."""

        RECEIVING = "receiving"
        COMPLETE = "complete"
        JUDGED = "judged"
        ACCEPTED = "accepted"
        REJECTED = "rejected"

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="exams")
    participant = models.ForeignKey(
        Participant, on_delete=models.PROTECT, related_name="exams"
    )
    slot = models.ForeignKey(
        Slot, on_delete=models.PROTECT, related_name="exams", null=True
    )
    uid = models.CharField(max_length=64)
    kind = models.CharField(
        max_length=40, blank=True
    )  # exam id of the plan; blank: of no kind the plan knows
    visit = models.CharField(max_length=40, blank=True)
    acquired_on = models.DateField(null=True)  # true date; a restricted field
    day = models.IntegerField(null=True)  # days from the participant's day 0
    labels = models.JSONField(
        default=list
    )  # out_of_window, off_protocol, unregistered_scanner, unscheduled, repeat
    state = models.CharField(max_length=12, choices=State, default=State.RECEIVING)
    announced = models.PositiveIntegerField(default=0)
    received = models.PositiveIntegerField(default=0)
    size = models.PositiveBigIntegerField(default=0)
    scanner = models.ForeignKey(
        Scanner, on_delete=models.PROTECT, null=True, related_name="exams"
    )
    plan = models.ForeignKey(
        PlanVersion, on_delete=models.PROTECT, null=True
    )  # what it was judged by
    outcome = models.CharField(max_length=16, blank=True)
    verdict = models.JSONField(default=dict)  # acquisition.ExamVerdict.as_json()
    first_received_at = models.DateTimeField()
    complete_at = models.DateTimeField(null=True)
    judged_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-first_received_at",)
        constraints = (
            models.UniqueConstraint(fields=("study", "uid"), name="exam_once_a_study"),
        )
        indexes = (models.Index(fields=("study", "state")),)

    def __str__(self) -> str:
        return f"exam {self.pk}"


class Series(models.Model):
    """One series, sealed: its manifest version lists every instance with size and SHA-256."""

    exam = models.ForeignKey(Exam, on_delete=models.PROTECT, related_name="series")
    uid = models.CharField(max_length=64)
    number = models.IntegerField(null=True)
    modality = models.CharField(max_length=16)
    description = models.CharField(max_length=128, blank=True)
    role = models.CharField(max_length=40, blank=True)
    outcome = models.CharField(max_length=16, blank=True)
    facts = models.JSONField(default=dict)  # dicom.SeriesFacts.as_json()
    instances = models.PositiveIntegerField(default=0)
    size = models.PositiveBigIntegerField(default=0)
    manifest_version = models.PositiveIntegerField(default=0)
    manifest_key = models.CharField(max_length=200, blank=True)
    manifest_sha256 = models.CharField(max_length=64, blank=True)
    thumbnail_key = models.CharField(max_length=200, blank=True)
    sealed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("number", "id")
        verbose_name_plural = "series"
        constraints = (
            models.UniqueConstraint(fields=("exam", "uid"), name="series_once_an_exam"),
        )

    def __str__(self) -> str:
        return f"series {self.pk}"


class RuleWaiver(models.Model):
    """One rule that a person let go for one exam, signed; what it finds stays on the verdict, as waived."""

    exam = models.ForeignKey(Exam, on_delete=models.PROTECT, related_name="waivers")
    rule = models.CharField(max_length=120)  # role.fact, role.count or order
    words = models.CharField(max_length=300)  # what was found when it was signed
    reason = models.TextField()
    until = models.DateField(null=True)  # the last day on which it holds
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    signature = models.ForeignKey(Signature, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    end_reason = models.TextField(blank=True)

    class Meta:
        ordering = ("at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("exam", "rule"),
                condition=models.Q(ended_at=None),
                name="rule_waived_once_an_exam",
            ),
            models.CheckConstraint(
                condition=~models.Q(reason=""), name="rule_waived_with_a_reason"
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at=None) | ~models.Q(end_reason=""),
                name="rule_waiver_ends_with_a_reason",
            ),
        )

    def __str__(self) -> str:
        return f"rule waiver {self.pk}"


class Preview(models.Model):
    """What a plan that is not in force would change in the verdicts of all stored exams."""

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="previews")
    version = models.CharField(max_length=40)
    hash = models.CharField(max_length=64)  # of the plan's content
    files = models.JSONField()  # path -> text
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=150)
    judged_at = models.DateTimeField(null=True)
    exams = models.PositiveIntegerField(default=0)
    seconds = models.FloatField(default=0)  # of computing
    groups = models.JSONField(default=list)  # per site and scanner, with its counts
    effects = models.JSONField(default=list)  # of the exams that change

    class Meta:
        ordering = ("-asked_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("study", "hash"), name="preview_once_a_content"
            ),
        )

    def __str__(self) -> str:
        return f"preview {self.pk}"
