"""Locks and exports."""

from __future__ import annotations

from django.db import models

from provident.web.people.models import Membership, Signature
from provident.web.studies.models import Study


class Lock(models.Model):
    """A study's lock or unblinding, signed."""

    class Kind(models.TextChoices):
        """What was done."""

        LOCK = "lock"
        UNBLIND = "unblind"

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="locks")
    kind = models.CharField(max_length=10, choices=Kind)
    by = models.ForeignKey(Membership, on_delete=models.PROTECT)
    at = models.DateTimeField()
    reason = models.TextField(blank=True)
    signature = models.ForeignKey(Signature, on_delete=models.PROTECT)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("study", "kind"), name="lock_once_a_kind"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.study_id}"


class Export(models.Model):
    """One export: files in the object store under a manifest with hashes and the ledger's head."""

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="exports")
    by = models.ForeignKey(Membership, on_delete=models.PROTECT)
    at = models.DateTimeField()
    files = models.JSONField()  # name -> {"key", "sha256", "rows"}
    manifest_sha256 = models.CharField(max_length=64)
    ledger_number = models.PositiveBigIntegerField()
    ledger_hash = models.CharField(max_length=64)

    class Meta:
        ordering = ("-at",)

    def __str__(self) -> str:
        return f"export {self.pk}"
