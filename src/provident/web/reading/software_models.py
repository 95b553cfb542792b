"""Output of algorithms that read: the files that were taken, and the reads that came from them."""

from __future__ import annotations

from django.db import models

from provident.web.people.models import Membership, Signature
from provident.web.studies.models import Study


class OutputFile(models.Model):
    """One file of an algorithm's output, kept as it came, signed by the person who brought it."""

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="outputs")
    design = models.CharField(max_length=60)  # endpoint id of the plan
    algorithm = models.CharField(max_length=200)
    version = models.CharField(max_length=100)
    plan_version = models.CharField(max_length=40)
    name = models.CharField(max_length=200)  # of the file
    sha256 = models.CharField(max_length=64)
    key = models.CharField(max_length=200)  # in the object store
    reads = models.PositiveIntegerField()  # that it holds for cases without one
    same = models.PositiveIntegerField()  # cases that have this very output already
    by = models.ForeignKey(Membership, on_delete=models.PROTECT)
    signature = models.ForeignKey(Signature, on_delete=models.PROTECT)
    at = models.DateTimeField()

    class Meta:
        ordering = ("-at", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=("study", "design", "sha256", "plan_version"),
                name="output_file_taken_once",
            ),
        )

    def __str__(self) -> str:
        return f"output {self.pk}"


class OutputRead(models.Model):
    """Which file a read came from. Append-only, as the read is."""

    read = models.OneToOneField(
        "reading.Read", on_delete=models.PROTECT, related_name="from_output"
    )
    output = models.ForeignKey(
        OutputFile, on_delete=models.PROTECT, related_name="made"
    )
    place = models.CharField(max_length=240)  # in the file

    def __str__(self) -> str:
        return f"read {self.read_id} of output {self.output_id}"
