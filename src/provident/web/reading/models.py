"""Cases, who reads them in which order, reads and their versions, adjudications and final values."""

from __future__ import annotations

from django.db import models

from provident.web.exams.models import Series
from provident.web.participants.models import Participant
from provident.web.people.models import Membership, Signature
from provident.web.studies.models import Study


class Draw(models.Model):
    """A random draw of reading orders, kept with its seed so that it can be made again."""

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="draws")
    design = models.CharField(max_length=60)  # endpoint id of the plan
    plan_version = models.CharField(max_length=40)
    seed = models.BigIntegerField()
    given = models.JSONField()  # what the draw was made from
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"draw {self.pk}"


class Case(models.Model):
    """What a reader is shown: one participant's exams at the visits of a design, under labels."""

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="cases")
    design = models.CharField(max_length=60)
    plan_version = models.CharField(max_length=40)
    participant = models.ForeignKey(
        Participant, on_delete=models.PROTECT, related_name="cases"
    )
    key = models.CharField(
        max_length=80
    )  # participant, and visit where the unit is the visit
    labels = models.JSONField()  # label -> visit id; restricted
    state = models.CharField(max_length=16)  # provident.reading's table of states
    reasons = models.JSONField(default=list)  # ids of the discordance rules that held
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("study", "design", "key"), name="case_once_a_design"
            ),
        )

    def __str__(self) -> str:
        return f"case {self.pk}"


class CaseSeries(models.Model):
    """One series of a case, and its reading copy: opaque name -> object key and original UID."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="series")
    label = models.CharField(max_length=4)
    role = models.CharField(max_length=40)
    series = models.ForeignKey(Series, on_delete=models.PROTECT)
    copy = models.JSONField(
        default=list
    )  # [{"name", "key", "sop_uid", "sha256", "frames"}]
    problems = models.JSONField(default=list)

    class Meta:
        ordering = ("case", "label", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("case", "label", "role"), name="case_series_once"
            ),
        )

    def __str__(self) -> str:
        return f"case series {self.pk}"


class Assignment(models.Model):
    """A case given to a reader at a drawn position. Its token is the only name the reader's browser has."""

    class Role(models.TextChoices):
        """Which part the reader has in this case."""

        PRIMARY = "primary"
        ADJUDICATOR = "adjudicator"

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="assignments")
    reader = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="assignments"
    )
    role = models.CharField(max_length=12, choices=Role)
    occasion = models.PositiveSmallIntegerField(default=1)  # above 1: a hidden repeat
    position = models.PositiveIntegerField()
    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, null=True)
    token = models.CharField(max_length=43, unique=True)
    state = models.CharField(max_length=12)  # provident.reading's table of states
    opened_at = models.DateTimeField(null=True)
    submitted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("reader", "position")
        constraints = (
            models.UniqueConstraint(
                fields=("case", "reader", "occasion"), name="assignment_once"
            ),
            models.UniqueConstraint(
                fields=("reader", "position"), name="assignment_one_a_position"
            ),
        )

    def __str__(self) -> str:
        return f"assignment {self.pk}"


class Draft(models.Model):
    """What the reader has typed and not signed. The one row of reading that changes."""

    assignment = models.OneToOneField(
        Assignment, on_delete=models.PROTECT, related_name="draft", primary_key=True
    )
    version = models.PositiveIntegerField(default=0)
    answers = models.JSONField(default=dict)
    measurements = models.JSONField(default=list)
    active_seconds = models.PositiveIntegerField(default=0)
    display = models.JSONField(default=dict)
    saved_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"draft of {self.assignment_id}"


class Read(models.Model):
    """A signed read: one version of a reader's answers. Append-only in the database."""

    assignment = models.ForeignKey(
        Assignment, on_delete=models.PROTECT, related_name="reads"
    )
    version = models.PositiveSmallIntegerField()
    answers = (
        models.JSONField()
    )  # visit id -> {column: value or missing code}, implied zeros filled in
    implied = models.JSONField(
        default=dict
    )  # visit id -> columns whose value the gate implied
    derived = models.JSONField(default=dict)  # visit id -> {name: value}
    measurements = models.JSONField(default=list)
    form = models.CharField(max_length=60)  # id@version
    plan_version = models.CharField(max_length=40)
    active_seconds = models.PositiveIntegerField()
    display = models.JSONField(default=dict)
    reason = models.TextField(blank=True)  # of a correction
    signature = models.ForeignKey(Signature, on_delete=models.PROTECT)
    at = models.DateTimeField()

    class Meta:
        ordering = ("assignment", "version")
        constraints = (
            models.UniqueConstraint(
                fields=("assignment", "version"), name="read_one_a_version"
            ),
            models.CheckConstraint(
                name="read_corrected_with_a_reason",
                condition=models.Q(version=1) | ~models.Q(reason=""),
            ),
        )

    def __str__(self) -> str:
        return f"read {self.pk}"


class FinalValue(models.Model):
    """The value of one derived or entered variable that the plan's rule yields for a case."""

    case = models.ForeignKey(
        Case, on_delete=models.PROTECT, related_name="final_values"
    )
    visit = models.CharField(max_length=40, blank=True)
    variable = models.CharField(max_length=80)
    value = models.JSONField(null=True)  # number, code, or null with `missing`
    missing = models.CharField(max_length=40, blank=True)
    rule = models.CharField(max_length=120)
    reads = models.JSONField()  # ids of the reads that it came from
    at = models.DateTimeField()

    class Meta:
        ordering = ("case", "visit", "variable")
        constraints = (
            models.UniqueConstraint(
                fields=("case", "visit", "variable"), name="final_value_once"
            ),
        )

    def __str__(self) -> str:
        return f"final value {self.pk}"
