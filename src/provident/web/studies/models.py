"""A study and the versions of its plan."""

from __future__ import annotations

from django.db import models


class Study(models.Model):
    """One study. Its plan is the version in force."""

    slug = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=300)
    created_at = models.DateTimeField()
    locked_at = models.DateTimeField(null=True)
    unblinded_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "studies"
        constraints = (
            models.CheckConstraint(
                name="study_unblinded_only_when_locked",
                condition=models.Q(unblinded_at__isnull=True)
                | models.Q(locked_at__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return self.slug


class PlanVersion(models.Model):
    """The plan's files as they were at one version; what was judged by it names it."""

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="plans")
    version = models.CharField(max_length=40)
    hash = models.CharField(max_length=64)
    files = models.JSONField()  # path -> text
    loaded_at = models.DateTimeField()
    in_force_from = models.DateTimeField()

    class Meta:
        ordering = ("in_force_from", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("study", "version"), name="plan_one_content_a_version"
            ),
        )

    def __str__(self) -> str:
        return f"{self.study_id} plan {self.version}"
