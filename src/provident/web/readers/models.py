"""What makes a person a reader of a design: evidence, declared conflicts, qualifications, holds."""

from __future__ import annotations

from django.db import models

from provident.web.people.models import Membership, Signature


class Evidence(models.Model):
    """One criterion or course of the plan, ticked with its evidence and signed. A later row for the same one counts."""

    class Kind(models.TextChoices):
        """What it is evidence of."""

        CRITERION = "criterion"
        COURSE = "course"

    reader = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="evidence"
    )
    design = models.CharField(max_length=60)  # endpoint id of the plan
    kind = models.CharField(max_length=10, choices=Kind)
    name = models.CharField(max_length=200)  # in the plan's own words; id of a course
    says = models.CharField(
        max_length=300
    )  # the certificate: what, number, who gave it
    on = models.DateField()
    until = models.DateField(null=True)
    form = models.CharField(max_length=60)  # of the design when it was ticked
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    signature = models.ForeignKey(Signature, on_delete=models.PROTECT)
    at = models.DateTimeField()

    class Meta:
        ordering = ("reader", "design", "at", "id")

    def __str__(self) -> str:
        return f"evidence {self.pk}"


class Declaration(models.Model):
    """What a reader declares about conflicts of interest; the newest counts."""

    reader = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="declarations"
    )
    says = models.TextField(blank=True)  # blank: none
    signature = models.ForeignKey(Signature, on_delete=models.PROTECT)
    at = models.DateTimeField()
    decided_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    accepted = models.BooleanField(null=True)
    decision = models.TextField(blank=True)

    class Meta:
        ordering = ("reader", "at", "id")
        constraints = (
            models.CheckConstraint(
                name="declaration_decided_with_a_reason",
                condition=models.Q(accepted__isnull=True) | ~models.Q(decision=""),
            ),
        )

    def __str__(self) -> str:
        return f"declaration {self.pk}"


class Qualification(models.Model):
    """One qualification that a reader passed or did not, on a test set here or elsewhere."""

    class Way(models.TextChoices):
        """Where it was shown."""

        TEST_SET = "test set"
        ELSEWHERE = "elsewhere"

    reader = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="qualifications"
    )
    design = models.CharField(max_length=60)
    way = models.CharField(max_length=10, choices=Way)
    passed = models.BooleanField()
    form = models.CharField(max_length=60)
    on = models.DateField()
    result = models.JSONField(default=dict)
    certificate = models.CharField(max_length=300, blank=True)
    reason = models.TextField(blank=True)
    by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, related_name="+"
    )
    signature = models.ForeignKey(Signature, on_delete=models.PROTECT, null=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ("reader", "design", "at", "id")
        constraints = (
            models.CheckConstraint(
                name="qualified_elsewhere_is_signed_with_a_reason",
                condition=models.Q(way="test set")
                | (
                    models.Q(signature__isnull=False)
                    & ~models.Q(reason="")
                    & ~models.Q(certificate="")
                ),
            ),
        )

    def __str__(self) -> str:
        return f"qualification {self.pk}"


class Hold(models.Model):
    """A reader who gets no new case of a design until it is lifted; a case that is open may be finished."""

    class Cause(models.TextChoices):
        """What it came from."""

        ALARM = "alarm"
        LEAD = "lead"

    reader = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="holds"
    )
    design = models.CharField(max_length=60)
    cause = models.CharField(max_length=10, choices=Cause)
    why = models.TextField()
    requalify = models.BooleanField(default=False)  # a passed test set lifts it
    at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.CharField(max_length=150, blank=True)
    lifted_why = models.TextField(blank=True)

    class Meta:
        ordering = ("reader", "design", "at", "id")

    def __str__(self) -> str:
        return f"hold {self.pk}"
