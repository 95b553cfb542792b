"""Reads beside the blinded ones: looks for what cannot wait, early release, scores given at the scan.

None of them is a case, has a reading copy or can have a final value: by construction they stay outside the
analysis of the blinded reads, and the readers' copies are never touched.
"""

from __future__ import annotations

from django.db import models

from provident.web.exams.models import Exam, Series
from provident.web.participants.models import Slot
from provident.web.people.models import Membership, Signature
from provident.web.studies.models import Study


class SideRead(models.Model):
    """One look at one exam outside the blind: asked for, read, told, acknowledged, each with its time."""

    class Kind(models.TextChoices):
        """Why somebody looks."""

        SAFETY = "safety"  # the plan's look at every exam for unexpected findings
        UNEXPECTED = "unexpected_finding"  # somebody has seen something
        EARLY_RELEASE = "early_release"  # the clinical team needs the images now

    study = models.ForeignKey(
        Study, on_delete=models.PROTECT, related_name="side_reads"
    )
    exam = models.ForeignKey(Exam, on_delete=models.PROTECT, related_name="side_reads")
    kind = models.CharField(max_length=20, choices=Kind)
    reason = models.TextField(blank=True)
    asked_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, related_name="+"
    )  # null: the plan itself asks, for every exam
    asked_at = models.DateTimeField()  # when the clock began
    due_at = models.DateTimeField(null=True)
    read_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, related_name="+"
    )
    read_at = models.DateTimeField(null=True)
    found = models.TextField(blank=True)  # empty after the read: nothing was found
    urgent = models.BooleanField(default=False)
    signature = models.ForeignKey(Signature, on_delete=models.PROTECT, null=True)
    told_whom = models.CharField(max_length=200, blank=True)  # the named clinician
    told_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, related_name="+"
    )
    told_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("due_at", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("exam",),
                condition=models.Q(kind="safety"),
                name="safety_read_once_an_exam",
            ),
            models.CheckConstraint(
                name="side_read_signed",
                condition=models.Q(
                    read_at__isnull=True, read_by__isnull=True, signature__isnull=True
                )
                | models.Q(
                    read_at__isnull=False,
                    read_by__isnull=False,
                    signature__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="side_read_told_after_it_was_found",
                condition=models.Q(told_at__isnull=True)
                | models.Q(read_at__isnull=False) & ~models.Q(found=""),
            ),
            models.CheckConstraint(
                name="side_read_acknowledged_after_it_was_told",
                condition=models.Q(acknowledged_at__isnull=True)
                | models.Q(told_at__isnull=False),
            ),
            models.CheckConstraint(
                name="side_read_asked_with_a_reason",
                condition=models.Q(kind="safety") | ~models.Q(reason=""),
            ),
        )

    def __str__(self) -> str:
        return f"side read {self.pk}"


class ScanRead(models.Model):
    """A score given at the scan by the person who scanned, locked before others read. Its answers never change."""

    slot = models.OneToOneField(
        Slot, on_delete=models.PROTECT, related_name="scan_read"
    )
    form = models.CharField(max_length=60)
    plan_version = models.CharField(max_length=40)
    operator = models.ForeignKey(Membership, on_delete=models.PROTECT)
    operator_code = models.CharField(max_length=20)
    answers = models.JSONField()
    derived = models.JSONField(default=dict)
    after_arrival = (
        models.BooleanField()
    )  # signed when the images had been sent already
    exam = models.ForeignKey(
        Exam, on_delete=models.PROTECT, null=True, related_name="scan_reads"
    )  # the exam that was scored, once it has come
    clips = models.ManyToManyField(Series, related_name="scan_reads")
    signature = models.ForeignKey(Signature, on_delete=models.PROTECT)
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="scan_read_by_a_coded_operator",
                condition=~models.Q(operator_code=""),
            ),
        )

    def __str__(self) -> str:
        return f"scan read {self.pk}"
