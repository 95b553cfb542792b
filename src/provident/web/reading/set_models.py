"""Test sets of the qualification: their cases with reference answers, and the attempts of readers at them."""

from __future__ import annotations

from django.db import models

from provident.web.people.models import Membership, Signature
from provident.web.studies.models import Study


class TestSet(models.Model):
    """Cases with reference answers on which readers of a design qualify. None of them is of the study."""

    __test__ = False  # for pytest, which takes the name for a test

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="test_sets")
    design = models.CharField(max_length=60)  # endpoint id of the plan
    name = models.CharField(max_length=60)
    form = models.CharField(max_length=60)  # id@version that the reference fits
    came_from = models.CharField(
        max_length=500
    )  # whose the images and the reference are
    reference_sha256 = models.CharField(max_length=64)
    by = models.ForeignKey(Membership, on_delete=models.PROTECT)
    at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("design", "-at")
        constraints = (
            models.UniqueConstraint(
                fields=("study", "design", "name"), name="test_set_once_a_name"
            ),
        )

    def __str__(self) -> str:
        return f"test set {self.name}"


class TestCase(models.Model):
    """One case of a test set with its reference answers, by visit; nothing of whom it shows."""

    __test__ = False

    test_set = models.ForeignKey(
        TestSet, on_delete=models.PROTECT, related_name="cases"
    )
    number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=60)  # as the reference table calls it
    reference = models.JSONField()  # visit id -> {column: value or missing code}

    class Meta:
        ordering = ("test_set", "number")
        constraints = (
            models.UniqueConstraint(
                fields=("test_set", "name"), name="test_case_once_a_set"
            ),
        )

    def __str__(self) -> str:
        return f"test case {self.number}"


class TestSeries(models.Model):
    """One series of a test case: copies with allow-listed tags alone; what was uploaded is not kept."""

    __test__ = False

    test_case = models.ForeignKey(
        TestCase, on_delete=models.PROTECT, related_name="series"
    )
    visit = models.CharField(max_length=40)
    role = models.CharField(max_length=40)
    images = models.JSONField()  # [{"key", "sop_uid", "sha256"}]

    class Meta:
        ordering = ("test_case", "visit", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("test_case", "visit", "role"), name="test_series_once"
            ),
        )

    def __str__(self) -> str:
        return f"test series {self.pk}"


class Attempt(models.Model):
    """One reader's try at a test set. What it yields is told to `readers` when its last case is signed."""

    class State(models.TextChoices):
        """Where the attempt is."""

        RUNNING = "running"
        PASSED = "passed"
        FAILED = "failed"
        STOPPED = "stopped"

    reader = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="attempts"
    )
    test_set = models.ForeignKey(
        TestSet, on_delete=models.PROTECT, related_name="attempts"
    )
    design = models.CharField(max_length=60)
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.RUNNING)
    seed = models.BigIntegerField()  # of the order and the labels
    result = models.JSONField(default=dict)  # provident.reading.qualification.Result
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("reader", "design", "number")
        constraints = (
            models.UniqueConstraint(
                fields=("reader", "design", "number"), name="attempt_numbered_once"
            ),
            models.UniqueConstraint(
                fields=("reader", "design"),
                condition=models.Q(state="running"),
                name="attempt_one_at_a_time",
            ),
        )

    def __str__(self) -> str:
        return f"attempt {self.number} of {self.reader_id}"


class Replacement(models.Model):
    """A reader who left a design, and who took over. Their reads are kept, whatever becomes of them."""

    study = models.ForeignKey(
        Study, on_delete=models.PROTECT, related_name="replacements"
    )
    design = models.CharField(max_length=60)
    leaving = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="replaced_by"
    )
    taking = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="replaces"
    )
    reads = models.CharField(max_length=12)  # the plan's rule: unread only, all
    reason = models.TextField()
    signature = models.ForeignKey(Signature, on_delete=models.PROTECT)
    at = models.DateTimeField()

    class Meta:
        ordering = ("-at",)
        constraints = (
            models.UniqueConstraint(
                fields=("design", "leaving"), name="replaced_once_a_design"
            ),
        )

    def __str__(self) -> str:
        return f"replacement {self.pk}"
