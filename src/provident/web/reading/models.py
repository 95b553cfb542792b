"""Cases, who reads them in which order, reads and their versions, adjudications and final values."""

from __future__ import annotations

from django.db import models

from provident.reading import CaseState, ReadState, Serves
from provident.web.exams.models import Series
from provident.web.participants.models import Participant
from provident.web.people.models import Membership, Signature
from provident.web.reading.course_models import Choice as Choice
from provident.web.reading.course_models import CoSignature as CoSignature
from provident.web.reading.course_models import ShownReads as ShownReads
from provident.web.reading.course_models import StageLock as StageLock
from provident.web.reading.course_models import TechnicalQuery as TechnicalQuery
from provident.web.reading.set_models import Attempt as Attempt
from provident.web.reading.set_models import Replacement as Replacement
from provident.web.reading.set_models import TestCase as TestCase
from provident.web.reading.set_models import TestSeries as TestSeries
from provident.web.reading.set_models import TestSet as TestSet
from provident.web.reading.side_models import ScanRead as ScanRead
from provident.web.reading.side_models import SideRead as SideRead
from provident.web.reading.software_models import OutputFile as OutputFile
from provident.web.reading.software_models import OutputRead as OutputRead
from provident.web.studies.models import Study


class Draw(models.Model):
    """A random draw of reading orders, kept with its seed so that it can be made again."""

    class Kind(models.TextChoices):
        """What was drawn."""

        ORDER = "order"  # study cases that became ready
        REPEATS = "repeats"
        REPLACEMENT = "replacement"
        BRIDGING = "bridging"

    kind = models.CharField(max_length=12, choices=Kind, default=Kind.ORDER)
    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="draws")
    design = models.CharField(max_length=60)  # endpoint id of the plan
    plan_version = models.CharField(max_length=40)
    seed = models.BigIntegerField()
    placed = models.JSONField()  # [provident.reading.Placed.as_json()]
    unmet = models.JSONField(
        default=list
    )  # wishes of the plan that could not be met, in words
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"draw {self.pk}"


class FixedLimit(models.Model):
    """A figure of a read design that the plan leaves open until it is fixed, such as from the qualification."""

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="limits")
    design = models.CharField(max_length=60)
    name = models.CharField(max_length=60)
    value = models.FloatField()
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("study", "design", "name"), name="limit_fixed_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.design} {self.name} = {self.value}"


class Case(models.Model):
    """What a reader is shown: one participant's exams at the visits of a design, or at one visit.

    Cases of the study alone are analysed (`reading.analysis`; a trigger holds it). The others have images,
    labels and tokens of their own, so that a reader cannot tell what they are.
    """

    class Purpose(models.TextChoices):
        """What a case is read for."""

        STUDY = "study"
        REPEAT = (
            "repeat"  # the same reader reads the images of `source` again, unknowingly
        )
        BRIDGING = (
            "bridging"  # a new reader reads what another has read, for comparison
        )
        QUALIFICATION = "qualification"  # a case of a test set

    purpose = models.CharField(max_length=13, choices=Purpose, default=Purpose.STUDY)
    source = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="read_again_as"
    )
    attempt = models.ForeignKey(
        Attempt, on_delete=models.PROTECT, null=True, related_name="cases"
    )
    test_case = models.ForeignKey(TestCase, on_delete=models.PROTECT, null=True)
    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="cases")
    design = models.CharField(max_length=60)
    plan_version = models.CharField(max_length=40)
    participant = models.ForeignKey(
        Participant, on_delete=models.PROTECT, null=True, related_name="cases"
    )  # of study cases alone
    serves = models.CharField(
        max_length=20,
        choices=[(s.value, s.value) for s in Serves],
        default=Serves.ANALYSIS.value,
    )  # whether its values enter the analysis, or belong to a side channel
    key = models.CharField(
        max_length=80
    )  # participant, and visit where the unit is the visit
    visits = models.JSONField()  # visit ids; restricted
    state = models.CharField(
        max_length=16, choices=[(s.value, s.value) for s in CaseState]
    )
    reasons = models.JSONField(default=list)  # ids of the discordance rules that held
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("study", "design", "key"), name="case_once_a_design"
            ),
            models.CheckConstraint(
                name="case_of_the_study_has_a_participant",
                condition=models.Q(purpose="study", participant__isnull=False)
                | (~models.Q(purpose="study") & models.Q(participant__isnull=True)),
            ),
            models.CheckConstraint(
                name="case_of_another_purpose_says_of_what",
                condition=models.Q(purpose="study")
                | models.Q(purpose__in=("repeat", "bridging"), source__isnull=False)
                | models.Q(
                    purpose="qualification",
                    attempt__isnull=False,
                    test_case__isnull=False,
                ),
            ),
        )

    def __str__(self) -> str:
        return f"case {self.pk}"

    @property
    def of_study(self) -> bool:
        """Whether its reads may enter the analysis."""
        return self.purpose == self.Purpose.STUDY

    @property
    def code(self) -> str:
        """The participant's number for the ledger; empty where there is none of the study's own."""
        return self.participant.code if self.participant else ""

    @property
    def site_code(self) -> str:
        """The participant's site for the ledger; empty as `code`."""
        return self.participant.site.code if self.participant else ""


class CaseSeries(models.Model):
    """One series of a case, and its reading copy: opaque name, object key, original UID of each image."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="series")
    visit = models.CharField(max_length=40)
    role = models.CharField(max_length=40)
    series = models.ForeignKey(Series, on_delete=models.PROTECT, null=True)
    test_series = models.ForeignKey(TestSeries, on_delete=models.PROTECT, null=True)
    manifest_sha256 = models.CharField(
        max_length=64, blank=True
    )  # of the series when the copy was made
    copy = models.JSONField(default=list)  # [{"name", "key", "sop_uid", "sha256"}]

    class Meta:
        ordering = ("case", "visit", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("case", "visit", "role"), name="case_series_once"
            ),
            models.CheckConstraint(
                name="case_series_of_one_origin",
                condition=models.Q(series__isnull=False, test_series__isnull=True)
                | models.Q(series__isnull=True, test_series__isnull=False),
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
        CONSENSUS = "consensus"  # the primary readers together; the first holds the pen

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="assignments")
    design = models.CharField(max_length=60)  # the case's, for the constraint below
    reader = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="assignments"
    )
    role = models.CharField(max_length=12, choices=Role)
    seat = (
        models.PositiveSmallIntegerField()
    )  # 1 and on for the primary readers, 0 for the adjudicator or the consensus
    # 1: the read that counts. Above 1: one that never does (repeat, bridging, qualification).
    occasion = models.PositiveSmallIntegerField(default=1)
    position = models.PositiveIntegerField()
    block = models.PositiveIntegerField(default=1)
    labels = models.JSONField()  # [[label, visit id], ...]; restricted
    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, null=True)
    token = models.CharField(max_length=43, unique=True)
    state = models.CharField(
        max_length=12, choices=[(s.value, s.value) for s in ReadState]
    )
    opened_at = models.DateTimeField(null=True)
    submitted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("reader", "design", "position")
        constraints = (
            # Nobody has two parts in a case; a consensus is the primary readers' own.
            models.UniqueConstraint(
                fields=("case", "reader", "occasion"),
                condition=~models.Q(state__in=("cancelled", "superseded"))
                & ~models.Q(role="consensus"),
                name="assignment_once",
            ),
            models.UniqueConstraint(
                fields=("case", "seat", "occasion"),
                condition=~models.Q(state__in=("cancelled", "superseded")),
                name="assignment_one_a_seat",
            ),
            models.UniqueConstraint(
                fields=("reader", "design", "position"),
                name="assignment_one_a_position",
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
