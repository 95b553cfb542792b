"""Accounts, their roles in studies, and signatures."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models

from provident.web.people.roles import Role
from provident.web.studies.models import Study


class User(AbstractUser):
    """A person's account. Rights come from memberships alone; Django's own permissions are not used."""

    name = models.CharField(max_length=120)
    email = models.EmailField(blank=True)

    def __str__(self) -> str:
        return self.name or self.username


class Membership(models.Model):
    """One person's role in one study, at one site where the role is a site's."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    study = models.ForeignKey(
        Study, on_delete=models.PROTECT, related_name="memberships"
    )
    role = models.CharField(
        max_length=30, choices=[(r.value, r.name.lower()) for r in Role]
    )
    plan_role = models.CharField(
        max_length=40, blank=True
    )  # the plan's own word: radiographer, physicist
    site = models.CharField(max_length=60, blank=True)  # the site's id in the plan
    code = models.CharField(
        max_length=20, blank=True
    )  # how a reader is named where names must not show
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("user", "study", "role", "site"),
                condition=models.Q(until__isnull=True),
                name="membership_once_while_it_lasts",
            ),
            models.CheckConstraint(
                name="membership_of_a_site_names_it",
                condition=~models.Q(role="site") | ~models.Q(site=""),
            ),
        )

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.study_id} {self.site}".rstrip()


class Signature(models.Model):
    """A signature: who, when, what it means, over which content. Append-only in the database."""

    user = models.ForeignKey(User, on_delete=models.PROTECT)
    study = models.ForeignKey(Study, on_delete=models.PROTECT)
    role = models.CharField(max_length=30)
    at = models.DateTimeField()
    meaning = models.CharField(max_length=200)
    thing = models.CharField(max_length=40)
    thing_id = models.CharField(max_length=80)
    content_hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.user_id} signed {self.thing} {self.thing_id}"
