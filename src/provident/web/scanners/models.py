"""Phantom scans with their measurements, evidence, and the accreditation of scanners."""

from __future__ import annotations

from django.db import models

from provident.web.participants.models import Slot
from provident.web.people.models import Signature
from provident.web.sites.models import Scanner, ScannerChange
from provident.web.studies.models import Study


class PhantomScan(models.Model):
    """One scan of a phantom that a site sent, or whose values a person entered."""

    class State(models.TextChoices):
        """How far it has come."""

        MEASURING = "measuring"
        MEASURED = "measured"
        ACCEPTED = "accepted"
        REJECTED = "rejected"

    study = models.ForeignKey(
        Study, on_delete=models.PROTECT, related_name="phantom_scans"
    )
    scanner = models.ForeignKey(
        Scanner, on_delete=models.PROTECT, related_name="phantom_scans"
    )
    phantom = models.CharField(max_length=60)  # the plan's id
    protocol = models.CharField(max_length=60, blank=True)
    acquired_on = models.DateField()
    content = models.CharField(max_length=64)  # hash over what was sent
    images = models.JSONField(default=list)  # object keys
    seen = models.JSONField(default=dict)  # what its headers say of the scanner
    remarks = models.JSONField(default=list)  # findings about the scan itself
    state = models.CharField(max_length=10, choices=State, default=State.MEASURING)
    flags = models.JSONField(
        default=list
    )  # measures that drifted or jumped by this scan, while it was the newest
    sent_at = models.DateTimeField()
    sent_by = models.CharField(max_length=80)
    change = models.ForeignKey(
        ScannerChange, on_delete=models.PROTECT, related_name="answers", null=True
    )  # the change of the same day that it answers
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=80, blank=True)
    reason = models.TextField(blank=True)
    signature = models.ForeignKey(Signature, on_delete=models.PROTECT, null=True)

    class Meta:
        ordering = ("-acquired_on", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=("scanner", "phantom", "protocol", "content"),
                name="phantom_scan_sent_once",
            ),
            models.CheckConstraint(
                name="phantom_scan_decided_with_a_signature",
                condition=models.Q(
                    state__in=["measuring", "measured"], signature__isnull=True
                )
                | models.Q(state__in=["accepted", "rejected"], signature__isnull=False),
            ),
        )
        indexes = (models.Index(fields=("study", "state")),)

    def __str__(self) -> str:
        return f"phantom scan {self.pk}"


class Measurement(models.Model):
    """What one engine, in one version, measured of a phantom scan; values of two engines never mix."""

    scan = models.ForeignKey(
        PhantomScan, on_delete=models.PROTECT, related_name="measurements"
    )
    engine = models.CharField(max_length=40)
    version = models.CharField(max_length=60)
    values = models.JSONField(default=dict)  # name -> value, unit, method
    unknown = models.JSONField(default=dict)  # name -> why it was not measured
    outcome = models.CharField(max_length=16)
    findings = models.JSONField(default=list)
    at = models.DateTimeField()
    by = models.CharField(max_length=80)

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("scan", "engine", "version"),
                name="measurement_once_an_engine_and_version",
            ),
        )

    def __str__(self) -> str:
        return f"{self.scan_id} by {self.engine} {self.version}"


class Evidence(models.Model):
    """Something besides phantoms that was accepted for a scanner: a volunteer's scan, a quiz."""

    scanner = models.ForeignKey(
        Scanner, on_delete=models.PROTECT, related_name="evidence"
    )
    need = models.CharField(max_length=20)  # of quality.accreditation.needs
    day = models.DateField()
    words = models.TextField()
    at = models.DateTimeField()
    by = models.CharField(max_length=80)

    class Meta:
        ordering = ("-day", "-pk")

    def __str__(self) -> str:
        return f"{self.scanner_id} {self.need} {self.day}"


class Accreditation(models.Model):
    """The steps of the accreditation of one scanner with one protocol; `standing` says where it stands today."""

    scanner = models.ForeignKey(
        Scanner, on_delete=models.PROTECT, related_name="accreditations"
    )
    protocol = models.CharField(max_length=60, blank=True)
    steps = models.JSONField(default=list)  # acquisition.phantoms.accreditation.Step
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ("scanner", "protocol")
        constraints = (
            models.UniqueConstraint(
                fields=("scanner", "protocol"), name="accreditation_once_a_protocol"
            ),
        )

    def __str__(self) -> str:
        return f"{self.scanner_id} {self.protocol}".rstrip()


class BookingOverrule(models.Model):
    """A booking that somebody allowed although no scanner of the site is accredited for it."""

    slot = models.ForeignKey(
        Slot, on_delete=models.PROTECT, related_name="booking_overrules"
    )
    on = models.DateField()
    reason = models.TextField()
    at = models.DateTimeField()
    by = models.CharField(max_length=80)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("slot", "on"), name="booking_overruled_once_a_day"
            ),
        )

    def __str__(self) -> str:
        return f"{self.slot_id} on {self.on}"
