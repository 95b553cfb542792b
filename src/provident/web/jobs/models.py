"""Failures of background jobs: by code, without a traceback or a value that could identify anybody."""

from __future__ import annotations

from django.db import models


class Failure(models.Model):
    """One job that ended in an error."""

    job = models.CharField(max_length=80)
    thing_id = models.CharField(max_length=80)
    code = models.CharField(max_length=80)  # the error's class
    at = models.DateTimeField()
    solved_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-at",)

    def __str__(self) -> str:
        return f"{self.job} {self.thing_id}: {self.code}"
