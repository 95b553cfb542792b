"""People's judgement of quality: reviews, and queries to sites with their answers."""

from __future__ import annotations

from django.db import models

from provident.web.exams.models import Exam
from provident.web.people.models import Membership, Signature


class Review(models.Model):
    """One person's decision on one exam, with scores per series as the plan says."""

    class Decision(models.TextChoices):
        """What was decided."""

        ACCEPT = "accept"
        REJECT = "reject"

    exam = models.ForeignKey(Exam, on_delete=models.PROTECT, related_name="reviews")
    by = models.ForeignKey(Membership, on_delete=models.PROTECT)
    at = models.DateTimeField()
    decision = models.CharField(max_length=10, choices=Decision)
    scores = models.JSONField(default=dict)  # series role -> {score id: value}
    reason = models.TextField(blank=True)
    signature = models.ForeignKey(Signature, on_delete=models.PROTECT)

    class Meta:
        ordering = ("-at",)
        constraints = (
            models.CheckConstraint(
                name="review_rejects_with_a_reason",
                condition=~models.Q(decision="reject") | ~models.Q(reason=""),
            ),
        )

    def __str__(self) -> str:
        return f"review {self.pk}"


class Query(models.Model):
    """A question to a site about one exam."""

    class State(models.TextChoices):
        """Who has to do something."""

        OPEN = "open"
        ANSWERED = "answered"
        CLOSED = "closed"

    exam = models.ForeignKey(Exam, on_delete=models.PROTECT, related_name="queries")
    opened_at = models.DateTimeField()
    due_on = models.DateField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    finding = models.CharField(
        max_length=60, blank=True
    )  # code of the finding it is about
    series_role = models.CharField(max_length=40, blank=True)
    closed_at = models.DateTimeField(null=True)
    resolution = models.CharField(
        max_length=20, blank=True
    )  # explained, resent, corrected, rescanned, waived

    class Meta:
        ordering = ("due_on",)
        verbose_name_plural = "queries"

    def __str__(self) -> str:
        return f"query {self.pk}"


class QueryMessage(models.Model):
    """One message of a query's thread."""

    class Kind(models.TextChoices):
        """What the message does."""

        ASK = "ask"
        EXPLAIN = "explain"
        RESEND = "resend"
        CORRECT = "correct"
        RESCAN = "rescan"
        WAIVE = "waive"
        CLOSE = "close"

    query = models.ForeignKey(Query, on_delete=models.PROTECT, related_name="messages")
    by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True
    )  # null: the platform itself
    at = models.DateTimeField()
    kind = models.CharField(max_length=10, choices=Kind)
    text = models.TextField()

    class Meta:
        ordering = ("at", "id")

    def __str__(self) -> str:
        return f"message {self.pk}"
