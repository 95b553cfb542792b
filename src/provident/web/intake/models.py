"""What arrives from gateways: transfers with their manifests, and what gateways hold back."""

from __future__ import annotations

from django.db import models

from provident.web.exams.models import Exam
from provident.web.participants.models import Participant
from provident.web.sites.models import Site
from provident.web.studies.models import Study


class Gateway(models.Model):
    """A gateway that may send for one site. Only the hash of its token is kept."""

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="gateways")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="gateways")
    name = models.CharField(max_length=60)
    token_sha256 = models.CharField(max_length=64, unique=True)
    public_key = models.CharField(
        max_length=60, blank=True
    )  # of what it signs; of its first transfer test
    registered_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)
    # What it says that it runs, with each question.
    software = models.CharField(max_length=40, blank=True)
    plan_version = models.CharField(max_length=40, blank=True)
    profile_hash = models.CharField(max_length=64, blank=True)
    revoked_at = models.DateTimeField(null=True)
    # Stands for the site's browser page: nobody holds its token, people send under their own session.
    page = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("site",),
                condition=models.Q(page=True),
                name="gateway_page_once_a_site",
            ),
        )

    def __str__(self) -> str:
        return self.name


class Transfer(models.Model):
    """A batch of one exam's instances with its manifest; the receipt lists each instance."""

    class State(models.TextChoices):
        """How far the transfer has come."""

        ANNOUNCED = "announced"
        RECEIVED = "received"
        VERIFIED = "verified"
        REFUSED = "refused"

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="transfers")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="transfers")
    gateway = models.ForeignKey(
        Gateway, on_delete=models.PROTECT, related_name="transfers"
    )
    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, null=True)
    exam = models.ForeignKey(
        Exam, on_delete=models.PROTECT, null=True, related_name="transfers"
    )
    token = models.CharField(max_length=43, unique=True)
    manifest_sha256 = models.CharField(max_length=64)
    manifest_key = models.CharField(max_length=200)
    receipt_key = models.CharField(max_length=200, blank=True)
    signature = models.CharField(max_length=120, blank=True)  # of the manifest
    way = models.CharField(max_length=16)  # dicom, upload, command line
    state = models.CharField(max_length=10, choices=State, default=State.ANNOUNCED)
    announced = models.PositiveIntegerField()
    received = models.PositiveIntegerField(default=0)
    duplicates = models.PositiveIntegerField(default=0)
    size = models.PositiveBigIntegerField(default=0)
    profile = models.JSONField(default=dict)
    problems = models.JSONField(default=list)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-opened_at",)
        constraints = (
            models.UniqueConstraint(
                fields=("study", "manifest_sha256"), name="transfer_once_a_manifest"
            ),
        )

    def __str__(self) -> str:
        return f"transfer {self.pk}"


class Quarantine(models.Model):
    """Images that a gateway holds back until a person decides. No identifier is here: the gateway has them."""

    class Kind(models.TextChoices):
        """The only three reasons there are."""

        IDENTITY = "identity"
        CONSENT = "consent"
        INTEGRITY = "integrity"

    class State(models.TextChoices):
        """Whether somebody has decided."""

        OPEN = "open"
        RELEASED = "released"
        DISCARDED = "discarded"

    study = models.ForeignKey(
        Study, on_delete=models.PROTECT, related_name="quarantines"
    )
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="quarantines")
    gateway = models.ForeignKey(
        Gateway, on_delete=models.PROTECT, related_name="quarantines"
    )
    reference = models.CharField(
        max_length=64
    )  # the gateway's own, of the group of files
    kind = models.CharField(max_length=10, choices=Kind)
    code = models.CharField(max_length=60)
    message = models.TextField()
    files = models.PositiveIntegerField()
    modality = models.CharField(max_length=16, blank=True)
    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, null=True)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    received_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=80, blank=True)
    decision = models.TextField(blank=True)  # the reason, in the person's words
    act = models.CharField(max_length=10, blank=True)  # link, release, discard
    carried_out_at = models.DateTimeField(null=True)  # by the gateway
    problem = models.TextField(blank=True)  # why the gateway could not do it

    class Meta:
        ordering = ("-received_at",)
        constraints = (
            models.UniqueConstraint(
                fields=("gateway", "reference", "code"), name="quarantine_once_a_reason"
            ),
            models.CheckConstraint(
                name="quarantine_decided_by_somebody",
                condition=models.Q(decided_at__isnull=True, act="")
                | (models.Q(decided_at__isnull=False) & ~models.Q(decided_by="")),
            ),
        )

    def __str__(self) -> str:
        return f"quarantine {self.pk}"


class TransferTest(models.Model):
    """The result of a site's transfer test: synthetic files with planted identifiers, none of which is stored."""

    class Outcome(models.TextChoices):
        """Whether the site may be opened on it."""

        PASSED = "passed"
        FAILED = "failed"

    study = models.ForeignKey(
        Study, on_delete=models.PROTECT, related_name="transfer_tests"
    )
    site = models.ForeignKey(
        Site, on_delete=models.PROTECT, related_name="transfer_tests"
    )
    gateway = models.ForeignKey(
        Gateway, on_delete=models.PROTECT, related_name="transfer_tests"
    )
    outcome = models.CharField(max_length=8, choices=Outcome)
    findings = models.JSONField(default=list)  # in words, without values
    manifest = models.JSONField(default=dict)  # as the gateway signed it
    signature = models.CharField(max_length=120)
    public_key = models.CharField(max_length=60)
    profile_hash = models.CharField(max_length=64)
    plan_version = models.CharField(max_length=40)
    software = models.CharField(max_length=40)
    files = models.PositiveIntegerField()
    held = models.PositiveIntegerField()
    tested_at = models.DateTimeField()

    class Meta:
        ordering = ("-tested_at", "-id")

    def __str__(self) -> str:
        return f"transfer test {self.pk}"


class WrappedKey(models.Model):
    """A site's key under the site's passphrase, as its browser page made it. The platform cannot open it."""

    study = models.ForeignKey(
        Study, on_delete=models.PROTECT, related_name="wrapped_keys"
    )
    site = models.ForeignKey(
        Site, on_delete=models.PROTECT, related_name="wrapped_keys"
    )
    namespace = models.PositiveSmallIntegerField()
    wrapped = models.JSONField()
    check_value = models.CharField(max_length=16)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=80)
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-namespace",)
        constraints = (
            models.UniqueConstraint(
                fields=("site", "namespace"), name="wrapped_key_once_a_namespace"
            ),
            models.UniqueConstraint(
                fields=("site",),
                condition=models.Q(replaced_at__isnull=True),
                name="wrapped_key_one_in_force",
            ),
        )

    def __str__(self) -> str:
        return f"key {self.namespace} of {self.site_id}"


class PersonCode(models.Model):
    """Who a participant's images are of, as a keyed code: the platform cannot test a guess against it."""

    study = models.ForeignKey(
        Study, on_delete=models.PROTECT, related_name="person_codes"
    )
    participant = models.ForeignKey(
        Participant, on_delete=models.PROTECT, related_name="person_codes"
    )
    site = models.ForeignKey(
        Site, on_delete=models.PROTECT, related_name="person_codes"
    )
    namespace = models.PositiveSmallIntegerField()  # of the key it was made under
    code = models.CharField(max_length=64)
    noted_at = models.DateTimeField()
    noted_by = models.CharField(max_length=80)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("noted_at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("site", "namespace", "code"),
                condition=models.Q(undone_at__isnull=True),
                name="person_code_of_one_participant",
            ),
        )

    def __str__(self) -> str:
        return f"code of participant {self.participant_id}"
