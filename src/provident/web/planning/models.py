"""What a team does with its plan: work on findings, amendments, exceptions for closed flows."""

from __future__ import annotations

from django.db import models

from provident.web.people.models import Membership, Signature
from provident.web.studies.models import PlanVersion, Study


class Task(models.Model):
    """A finding or a consideration that somebody of the team looks after."""

    study = models.ForeignKey(
        Study, on_delete=models.PROTECT, related_name="plan_tasks"
    )
    item = models.CharField(max_length=80)  # `items.Item.key`
    title = models.CharField(max_length=300)
    assignee = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="plan_tasks"
    )
    due_on = models.DateField()
    assigned_at = models.DateTimeField()
    assigned_by = models.CharField(max_length=150)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=150, blank=True)
    outcome = models.TextField(
        blank=True
    )  # done, in the person's words; given to somebody else

    class Meta:
        ordering = ("due_on", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("study", "item"),
                condition=models.Q(ended_at__isnull=True),
                name="plan_task_one_an_item",
            ),
            models.CheckConstraint(
                name="plan_task_ended_by_somebody",
                condition=models.Q(ended_at__isnull=True, ended_by="")
                | (models.Q(ended_at__isnull=False) & ~models.Q(ended_by="")),
            ),
        )

    def __str__(self) -> str:
        return f"task {self.pk}"


class Comment(models.Model):
    """What somebody said about a finding, a consideration or an amendment. Never changed."""

    study = models.ForeignKey(
        Study, on_delete=models.PROTECT, related_name="plan_comments"
    )
    item = models.CharField(max_length=80)
    by = models.ForeignKey(Membership, on_delete=models.PROTECT)
    at = models.DateTimeField()
    text = models.TextField()

    class Meta:
        ordering = ("at", "id")

    def __str__(self) -> str:
        return f"comment {self.pk}"


class Waiver(models.Model):
    """A signed reason why a finding or a consideration may stand, until the plan itself says so."""

    study = models.ForeignKey(
        Study, on_delete=models.PROTECT, related_name="plan_waivers"
    )
    item = models.CharField(max_length=80)
    title = models.CharField(max_length=300)
    lines = models.TextField()  # the lines of `waived:` in study.yaml
    why = models.TextField()
    by = models.ForeignKey(Membership, on_delete=models.PROTECT)
    at = models.DateTimeField()
    signature = models.ForeignKey(Signature, on_delete=models.PROTECT)
    ended_at = models.DateTimeField(null=True)
    ended_why = models.TextField(blank=True)

    class Meta:
        ordering = ("at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("study", "item"),
                condition=models.Q(ended_at__isnull=True),
                name="plan_waiver_one_an_item",
            ),
            models.CheckConstraint(
                name="plan_waiver_ended_with_a_reason",
                condition=models.Q(ended_at__isnull=True, ended_why="")
                | (models.Q(ended_at__isnull=False) & ~models.Q(ended_why="")),
            ),
        )

    def __str__(self) -> str:
        return f"waiver {self.pk}"


class DomainSignature(models.Model):
    """A role's word that the team has considered a domain, for one version of the plan."""

    study = models.ForeignKey(
        Study, on_delete=models.PROTECT, related_name="domain_signatures"
    )
    version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT)
    domain = models.CharField(max_length=40)
    role = models.CharField(max_length=40)
    by = models.ForeignKey(Membership, on_delete=models.PROTECT)
    at = models.DateTimeField()
    signature = models.ForeignKey(Signature, on_delete=models.PROTECT)

    class Meta:
        ordering = ("at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("version", "domain", "role"), name="domain_signed_once_a_role"
            ),
        )

    def __str__(self) -> str:
        return f"{self.domain} signed by {self.role}"


class Amendment(models.Model):
    """A new version of the plan on its way: drafted, reviewed, approved, in force at each site from a day."""

    class State(models.TextChoices):
        """How far it has come."""

        DRAFT = "draft"
        REVIEW = "review"
        APPROVED = "approved"
        IN_FORCE = "in_force"
        WITHDRAWN = "withdrawn"

    study = models.ForeignKey(
        Study, on_delete=models.PROTECT, related_name="amendments"
    )
    base = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="+")
    version = models.CharField(max_length=40)
    hash = models.CharField(max_length=64)
    files = models.JSONField()  # path -> text
    why = models.TextField()
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    by = models.ForeignKey(Membership, on_delete=models.PROTECT)
    made_at = models.DateTimeField()
    in_force = models.OneToOneField(
        PlanVersion, on_delete=models.PROTECT, null=True, related_name="amendment"
    )
    withdrawn_why = models.TextField(blank=True)

    class Meta:
        ordering = ("-made_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("study", "version"),
                condition=~models.Q(state="withdrawn"),
                name="amendment_one_a_version",
            ),
            models.CheckConstraint(
                name="amendment_in_force_is_a_version",
                condition=models.Q(state="in_force", in_force__isnull=False)
                | (~models.Q(state="in_force") & models.Q(in_force__isnull=True)),
            ),
            models.CheckConstraint(
                name="amendment_withdrawn_with_a_reason",
                condition=models.Q(state="withdrawn") & ~models.Q(withdrawn_why="")
                | (~models.Q(state="withdrawn") & models.Q(withdrawn_why="")),
            ),
        )

    def __str__(self) -> str:
        return f"amendment {self.pk} to {self.version}"


class SiteStart(models.Model):
    """From which day an amendment holds at a site; until then the site works by the version before."""

    amendment = models.ForeignKey(
        Amendment, on_delete=models.PROTECT, related_name="starts"
    )
    site = models.CharField(max_length=60)  # the plan's id
    on = models.DateField()

    class Meta:
        ordering = ("site",)
        constraints = (
            models.UniqueConstraint(
                fields=("amendment", "site"), name="amendment_starts_once_a_site"
            ),
        )

    def __str__(self) -> str:
        return f"{self.site} from {self.on}"


class Approval(models.Model):
    """A role's signature under an amendment, over its hash and its days."""

    amendment = models.ForeignKey(
        Amendment, on_delete=models.PROTECT, related_name="approvals"
    )
    role = models.CharField(max_length=40)
    evidence = models.CharField(
        max_length=200, blank=True
    )  # of a letter, where the role has no account
    by = models.ForeignKey(Membership, on_delete=models.PROTECT)
    at = models.DateTimeField()
    signature = models.ForeignKey(Signature, on_delete=models.PROTECT)
    void = models.BooleanField(
        default=False
    )  # it went back to draft, or its days changed

    class Meta:
        ordering = ("at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("amendment", "role"),
                condition=models.Q(void=False),
                name="amendment_approved_once_a_role",
            ),
        )

    def __str__(self) -> str:
        return f"{self.role} approves {self.amendment_id}"


class Acknowledgement(models.Model):
    """Somebody has read what an amendment changes for them."""

    amendment = models.ForeignKey(
        Amendment, on_delete=models.PROTECT, related_name="acknowledgements"
    )
    by = models.ForeignKey(Membership, on_delete=models.PROTECT)
    at = models.DateTimeField()

    class Meta:
        ordering = ("at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("amendment", "by"), name="amendment_acknowledged_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.by_id} has read {self.amendment_id}"


class FlowException(models.Model):
    """The trial manager lets images pass over a closed flow, with a reason, until a day."""

    study = models.ForeignKey(
        Study, on_delete=models.PROTECT, related_name="flow_exceptions"
    )
    flow = models.CharField(max_length=60)  # the plan's id
    reason = models.TextField()
    until = models.DateField()
    by = models.ForeignKey(Membership, on_delete=models.PROTECT)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-at", "-id")

    def __str__(self) -> str:
        return f"exception for {self.flow} until {self.until}"


class HeldTransfer(models.Model):
    """A transfer that waits at a site's gateway because its flow is closed. The gateway has the images."""

    study = models.ForeignKey(
        Study, on_delete=models.PROTECT, related_name="held_transfers"
    )
    site = models.CharField(max_length=60)  # the plan's id
    flow = models.CharField(max_length=60)
    manifest_sha256 = models.CharField(max_length=64)
    instances = models.PositiveIntegerField()
    reason = models.TextField()
    held_at = models.DateTimeField()
    passed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-held_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("study", "manifest_sha256"),
                name="held_transfer_once_a_manifest",
            ),
        )

    def __str__(self) -> str:
        return f"held transfer {self.pk}"
