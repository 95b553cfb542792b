"""Charts of a design's readers as they were drawn, and the alarms that they raised."""

from __future__ import annotations

from django.db import models

from provident.reading.alarms import AlarmState
from provident.web.people.models import Membership, Signature
from provident.web.studies.models import Study


class Run(models.Model):
    """The charts of one design, drawn once and kept with their seed: pages show these, never what came in since."""

    study = models.ForeignKey(
        Study, on_delete=models.PROTECT, related_name="drift_runs"
    )
    design = models.CharField(max_length=60)  # endpoint id of the plan
    plan_version = models.CharField(max_length=40)
    counts = models.JSONField()  # signed reads at that time by reader (membership id)
    reads = models.PositiveIntegerField()  # of all readers
    seed = models.BigIntegerField()
    boards = models.JSONField()  # drift.boards.stored
    at = models.DateTimeField()

    class Meta:
        ordering = ("design", "-reads")
        constraints = (
            models.UniqueConstraint(
                fields=("study", "design", "reads"), name="drift_run_once"
            ),
        )

    def __str__(self) -> str:
        return f"charts {self.pk}"


class Alarm(models.Model):
    """One chart of one reader signalled. What was read stays; what follows is written here."""

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="alarms")
    design = models.CharField(max_length=60)
    reader = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="alarms"
    )
    chart = models.CharField(max_length=24)  # provident.reading.drift_rules.Of
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="alarms")
    at_read = models.PositiveIntegerField()  # the read, or the batch, of the signal
    state = models.CharField(
        max_length=12,
        choices=[(s.value, s.value) for s in AlarmState],
        default=AlarmState.RAISED.value,
    )
    follows = models.JSONField()  # what the plan wants: [{"do", "done", "words"}]
    raised_at = models.DateTimeField()
    acknowledged_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, related_name="+"
    )
    acknowledged_at = models.DateTimeField(null=True)
    action = models.TextField(blank=True)  # what was done, in words
    acted_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, related_name="+"
    )
    acted_at = models.DateTimeField(null=True)
    false_alarm = models.BooleanField(null=True)
    reason = models.TextField(blank=True)  # of the closing
    signature = models.ForeignKey(Signature, on_delete=models.PROTECT, null=True)
    closed_at = models.DateTimeField(null=True)
    reads_at_close = models.PositiveIntegerField(
        null=True
    )  # of the reader: the chart begins anew after them

    class Meta:
        ordering = ("-raised_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=("study", "design", "reader", "chart"),
                condition=~models.Q(state="closed"),
                name="alarm_once_while_it_lasts",
            ),
            models.CheckConstraint(
                name="alarm_taken_on_by_somebody",
                condition=models.Q(state="raised", acknowledged_by__isnull=True)
                | ~models.Q(state="raised")
                & models.Q(
                    acknowledged_by__isnull=False, acknowledged_at__isnull=False
                ),
            ),
            models.CheckConstraint(
                name="alarm_acted_on_in_words",
                condition=~models.Q(state="acted")
                | ~models.Q(action="")
                & models.Q(acted_by__isnull=False, acted_at__isnull=False),
            ),
            models.CheckConstraint(
                name="alarm_closed_by_signature",
                condition=~models.Q(state="closed")
                & models.Q(signature__isnull=True, closed_at__isnull=True)
                | models.Q(
                    state="closed", signature__isnull=False, closed_at__isnull=False,
                    false_alarm__isnull=False, reads_at_close__isnull=False,
                )
                & ~models.Q(reason=""),
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"alarm {self.pk}"
