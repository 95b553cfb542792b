"""People's judgement of quality: reviews, queries to sites, what follows from them; image measures and messages."""

from __future__ import annotations

from django.db import models

from provident.web.exams.models import Exam, Series
from provident.web.people.models import Membership, Signature
from provident.web.sites.models import Scanner, Site
from provident.web.studies.models import Study


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
    reminded_on = models.DateField(null=True)  # the last day the site was reminded
    escalated_at = models.DateTimeField(null=True)  # when the trial manager was told

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


class Selection(models.Model):
    """Whether a person looks at an exam, and why: drawn once, reproducible from its seed."""

    class Because(models.TextChoices):
        """Why a person looks, or need not."""

        PILOT = "pilot"  # one of a site's first exams
        VERDICT = "verdict"  # it is not simply as in the manual
        DRAWN = "drawn"
        NOT_DRAWN = "not_drawn"

    exam = models.OneToOneField(
        Exam, on_delete=models.PROTECT, related_name="selection"
    )
    looked_at = models.BooleanField()  # whether a person has to look
    because = models.CharField(max_length=10, choices=Because)
    share = models.FloatField()  # of the plan, 0..1
    seed = models.CharField(max_length=64)
    drawn = models.FloatField()  # 0..1; below the share: looked at
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="selection_only_the_undrawn_are_not_looked_at",
                condition=models.Q(looked_at=True) & ~models.Q(because="not_drawn")
                | models.Q(looked_at=False, because="not_drawn"),
            ),
        )

    def __str__(self) -> str:
        return f"selection of exam {self.exam_id}"


class SeriesMeasures(models.Model):
    """Image measures of one version of a series; they inform a person and decide nothing."""

    series = models.ForeignKey(
        Series, on_delete=models.PROTECT, related_name="image_measures"
    )
    manifest_sha256 = models.CharField(
        max_length=64
    )  # of the images that were measured
    measures = models.JSONField(default=list)  # acquisition.measures.Measure.as_json()
    cpu_seconds = models.FloatField()
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "series measures"
        ordering = ("-at",)
        constraints = (
            models.UniqueConstraint(
                fields=("series", "manifest_sha256"), name="series_measured_once"
            ),
        )

    def __str__(self) -> str:
        return f"measures of series {self.series_id}"


class CorrectiveAction(models.Model):
    """A corrective or preventive action, a monitoring visit or a retraining: who does what by when, and did it help."""

    class Kind(models.TextChoices):
        """What it is."""

        CORRECTIVE = "corrective"
        PREVENTIVE = "preventive"
        VISIT = "visit"
        RETRAINING = "retraining"

    class State(models.TextChoices):
        """How far it is; done waits for the check of its effect."""

        OPEN = "open"
        DONE = "done"
        CLOSED = "closed"

    study = models.ForeignKey(
        Study, on_delete=models.PROTECT, related_name="corrective_actions"
    )
    site = models.ForeignKey(
        Site, on_delete=models.PROTECT, null=True, related_name="corrective_actions"
    )
    scanner = models.ForeignKey(Scanner, on_delete=models.PROTECT, null=True)
    kind = models.CharField(max_length=12, choices=Kind)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    trigger = models.CharField(
        max_length=80, blank=True
    )  # of quality.yaml; else by hand
    what = models.TextField()
    owner = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, related_name="+"
    )
    due_on = models.DateField()
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, related_name="+"
    )  # null: the platform itself
    root_cause = models.TextField(blank=True)
    done = models.TextField(blank=True)
    done_at = models.DateTimeField(null=True)
    effect = models.TextField(blank=True)  # what the check of its effect showed
    closed_at = models.DateTimeField(null=True)
    signature = models.ForeignKey(Signature, on_delete=models.PROTECT, null=True)

    class Meta:
        ordering = ("due_on", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("study", "site", "trigger"),
                condition=~models.Q(trigger="") & ~models.Q(state="closed"),
                name="action_once_while_it_lasts",
            ),
            models.CheckConstraint(
                name="action_done_with_cause_and_words",
                condition=models.Q(state="open")
                | ~models.Q(root_cause="") & ~models.Q(done=""),
            ),
            models.CheckConstraint(
                name="action_closed_by_signature",
                condition=~models.Q(state="closed")
                & models.Q(signature__isnull=True, closed_at__isnull=True)
                | models.Q(
                    state="closed", signature__isnull=False, closed_at__isnull=False
                )
                & ~models.Q(effect=""),
            ),
        )

    def __str__(self) -> str:
        return f"action {self.pk}"


class PilotRelease(models.Model):
    """A signed decision that a site goes on before its first exams are all reviewed."""

    site = models.OneToOneField(Site, on_delete=models.PROTECT, related_name="pilot_release")  # fmt: skip
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.TextField()
    signature = models.ForeignKey(Signature, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=~models.Q(reason=""), name="pilot_released_with_a_reason"
            ),
        )

    def __str__(self) -> str:
        return f"pilot release {self.pk}"


class Message(models.Model):
    """One message to one person, in words that identify nobody; sent when mail is set up."""

    class Kind(models.TextChoices):
        """What it tells."""

        VERDICT = "verdict"
        QUERY = "query"
        ANSWER = "answer"
        REMINDER = "reminder"
        ESCALATED = "escalated"
        ACTION = "action"

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="+")
    to = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    key = models.CharField(max_length=80)  # what it is about: told once to a person
    subject = models.CharField(max_length=120)
    text = models.TextField()
    digest = models.BooleanField()  # waits for the day's collected message
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("made_at", "pk")
        constraints = (
            models.UniqueConstraint(fields=("to", "key"), name="message_told_once"),
        )

    def __str__(self) -> str:
        return f"message {self.pk}"
