"""The ledger's rows: events chained per study, and their values apart so that an erasure keeps the chain."""

from __future__ import annotations

from typing import Any

from django.db import models


class Event(models.Model):
    """One change, access or sight of unblinding data: who, what, when, on which thing.

    Old and new values are here only as salted commitments; `Values` holds them in clear.
    """

    study = models.CharField(
        max_length=60, blank=True
    )  # slug; blank for the platform's own chain
    number = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    actor = models.CharField(max_length=80)
    role = models.CharField(max_length=40, blank=True)
    action = models.CharField(max_length=60)
    thing = models.CharField(max_length=40)
    thing_id = models.CharField(max_length=80)
    site = models.CharField(max_length=60, blank=True)
    participant = models.CharField(max_length=40, blank=True)
    commitments = models.JSONField(default=dict)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ("study", "number")
        constraints = (
            models.UniqueConstraint(
                fields=("study", "number"), name="ledger_one_event_a_number"
            ),
        )
        indexes = (
            models.Index(fields=("study", "thing", "thing_id")),
            models.Index(fields=("study", "participant")),
            models.Index(fields=("study", "action")),
        )

    def __str__(self) -> str:
        return f"{self.study or 'platform'} #{self.number} {self.action} {self.thing} {self.thing_id}"

    @property
    def content(self) -> dict[str, Any]:
        """The values in clear: {field: {"old", "new"}} and "reason"; empty once erased."""
        values = getattr(self, "values_in_clear", None)
        return values.content if values else {}

    @property
    def reason(self) -> str:
        """Why, in the person's words; empty once erased."""
        return str(self.content.get("reason", ""))


class Values(models.Model):
    """The values of one event in clear, with the salt that its commitments were made with.

    A row is never changed; it is deleted only by an erasure, which is an event of its own.
    """

    event = models.OneToOneField(
        Event,
        on_delete=models.PROTECT,
        related_name="values_in_clear",
        primary_key=True,
    )
    salt = models.CharField(max_length=64)
    content = models.JSONField(default=dict)

    class Meta:
        verbose_name_plural = "values"

    def __str__(self) -> str:
        return f"values of {self.event_id}"
