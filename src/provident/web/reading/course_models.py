"""What a design adds to a read: locked stages, a choice between two reads, co-signatures, the look for a technical cause."""

from __future__ import annotations

from django.db import models

from provident.web.people.models import Membership, Signature


class StageLock(models.Model):
    """The answers of one stage of a read, locked before the next stage was shown. Append-only in the database."""

    assignment = models.ForeignKey(
        "reading.Assignment", on_delete=models.PROTECT, related_name="locks"
    )
    stage = models.PositiveSmallIntegerField()
    answers = models.JSONField()  # visit id -> {key: value or missing code}, as given
    measurements = models.JSONField(default=list)
    active_seconds = models.PositiveIntegerField()  # of the case, up to this lock
    sha256 = models.CharField(max_length=64)  # of answers and measurements
    at = models.DateTimeField()

    class Meta:
        ordering = ("assignment", "stage")
        constraints = (
            models.UniqueConstraint(
                fields=("assignment", "stage"), name="stage_locked_once"
            ),
        )

    def __str__(self) -> str:
        return f"lock {self.pk}"


class ShownReads(models.Model):
    """In which order an adjudicator who chooses is shown the two reads: drawn by lot for the case, and kept."""

    assignment = models.OneToOneField(
        "reading.Assignment", on_delete=models.PROTECT, related_name="shown_reads"
    )
    seed = models.BigIntegerField()
    reads = models.JSONField()  # [id of the read shown as 1, id of the one shown as 2]
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "shown reads"

    def __str__(self) -> str:
        return f"shown reads {self.pk}"


class Choice(models.Model):
    """The read that an adjudicator has chosen, whole, with the reason. Append-only in the database."""

    assignment = models.OneToOneField(
        "reading.Assignment", on_delete=models.PROTECT, related_name="choice"
    )
    shown_as = models.CharField(max_length=1)  # 1 or 2
    read = models.ForeignKey("reading.Read", on_delete=models.PROTECT)
    reason = models.TextField()
    active_seconds = models.PositiveIntegerField()
    display = models.JSONField(default=dict)
    signature = models.ForeignKey(Signature, on_delete=models.PROTECT)
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="choice_has_a_reason", condition=~models.Q(reason="")
            ),
        )

    def __str__(self) -> str:
        return f"choice {self.pk}"


class CoSignature(models.Model):
    """The signature of a further reader under a consensus read. Append-only in the database."""

    read = models.ForeignKey(
        "reading.Read", on_delete=models.PROTECT, related_name="co_signatures"
    )
    reader = models.ForeignKey(Membership, on_delete=models.PROTECT)
    signature = models.ForeignKey(Signature, on_delete=models.PROTECT)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("read", "reader"), name="co_signed_once"),
        )

    def __str__(self) -> str:
        return f"co-signature {self.pk}"


class TechnicalQuery(models.Model):
    """A question to quality control, before an adjudication: does a technical cause explain the disagreement?"""

    class Outcome(models.TextChoices):
        """What was found."""

        OPEN = "open"
        NO_CAUSE = "no_cause"
        CAUSE = "cause"  # reads start again when it is mended

    case = models.ForeignKey(
        "reading.Case", on_delete=models.PROTECT, related_name="technical_queries"
    )
    question = models.TextField()
    asked_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    outcome = models.CharField(max_length=8, choices=Outcome, default=Outcome.OPEN)
    found = models.TextField(blank=True)
    answered_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-asked_at", "-pk")
        verbose_name_plural = "technical queries"
        constraints = (
            models.UniqueConstraint(
                fields=("case",),
                condition=models.Q(outcome="open"),
                name="technical_query_one_open",
            ),
            models.CheckConstraint(
                name="technical_query_answered_in_words",
                condition=models.Q(outcome="open", answered_at__isnull=True)
                | ~models.Q(outcome="open")
                & ~models.Q(found="")
                & models.Q(answered_at__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"technical query {self.pk}"
