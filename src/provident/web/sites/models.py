"""Sites and scanners, as the plan names them, with what has been seen of them."""

from __future__ import annotations

from django.db import models

from provident.web.studies.models import Study


class Site(models.Model):
    """A site of a study; it submits participant images only while it is active."""

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="sites")
    code = models.SlugField(max_length=60)  # the plan's id
    name = models.CharField(max_length=120)
    aet = models.CharField(max_length=16)
    prefix = models.CharField(max_length=10)
    activated_at = models.DateTimeField(null=True)
    # The latest transfer test, as the intake notes it; the intake keeps the whole of each.
    test_outcome = models.CharField(max_length=8, blank=True)
    tested_at = models.DateTimeField(null=True)
    tested_profile = models.CharField(max_length=64, blank=True)  # hash
    tested_software = models.CharField(max_length=40, blank=True)
    runs_software = models.CharField(max_length=40, blank=True)  # what its gateway says

    class Meta:
        ordering = ("code",)
        constraints = (
            models.UniqueConstraint(fields=("study", "code"), name="site_once_a_study"),
            models.UniqueConstraint(
                fields=("study", "prefix"), name="site_prefix_once_a_study"
            ),
            models.CheckConstraint(
                name="site_tested_at_some_time",
                condition=models.Q(test_outcome="", tested_at__isnull=True)
                | (~models.Q(test_outcome="") & models.Q(tested_at__isnull=False)),
            ),
        )

    def __str__(self) -> str:
        return self.name


class Scanner(models.Model):
    """A scanner of the plan, and the software, serial and so on that its images last showed."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="scanners")
    code = models.SlugField(max_length=60)  # the plan's id
    modality = models.CharField(max_length=16)
    make = models.CharField(max_length=64, blank=True)
    model = models.CharField(max_length=64, blank=True)
    serial = models.CharField(max_length=64, blank=True)
    observed = models.JSONField(default=dict)  # watched fact -> value last seen

    class Meta:
        ordering = ("code",)
        constraints = (
            models.UniqueConstraint(
                fields=("site", "code"), name="scanner_once_a_site"
            ),
        )

    def __str__(self) -> str:
        return self.code


class ScannerChange(models.Model):
    """A change of a watched fact, seen on the first changed image; open until somebody accepts it."""

    scanner = models.ForeignKey(
        Scanner, on_delete=models.PROTECT, related_name="changes"
    )
    fact = models.CharField(max_length=40)
    old = models.CharField(max_length=200)
    new = models.CharField(max_length=200)
    seen_at = models.DateTimeField()
    exam_uid = models.CharField(max_length=64)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=80, blank=True)
    outcome = models.TextField(blank=True)

    class Meta:
        ordering = ("-seen_at",)
        constraints = (
            models.CheckConstraint(
                name="scanner_change_closed_by_somebody",
                condition=models.Q(closed_at__isnull=True, closed_by="")
                | (models.Q(closed_at__isnull=False) & ~models.Q(closed_by="")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.scanner_id} {self.fact}: {self.old} -> {self.new}"
