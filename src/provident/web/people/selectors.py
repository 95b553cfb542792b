"""Reading accounts and memberships."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from provident.kernel import NotFound
from provident.web.people.models import Membership as Membership
from provident.web.people.models import User as User


def memberships(user: Any) -> QuerySet[Membership]:
    """The roles that a person has now, in all studies."""
    rows = Membership.objects.filter(
        user_id=user.pk, until__isnull=True, user__is_active=True
    )
    return rows.select_related("study", "user").order_by("study__slug", "id")


def current_membership(
    user: Any, study: str, wanted: int | None = None
) -> Membership | None:
    """The person's role in a study: the one they chose last, else the first."""
    rows = list(memberships(user).filter(study__slug=study))
    chosen = [m for m in rows if m.pk == wanted]
    return (chosen or rows or [None])[0]  # type: ignore[list-item]  # None where there is no role


def members(study: str) -> QuerySet[Membership]:
    """Everybody who has or had a role in a study."""
    return (
        Membership.objects.filter(study__slug=study)
        .select_related("user", "study")
        .order_by("role", "site", "id")
    )


def user_by_name(username: str) -> User | None:
    """The account of that name."""
    return User.objects.filter(username=username).first()


def user(pk: Any) -> User:
    """The account of a person who is logged in."""
    return User.objects.get(pk=pk)


def site_name(membership: Membership) -> str:
    """The name of the site that a role belongs to; empty for a role of the whole study."""
    if not membership.site:
        return ""
    named = membership.study.sites.filter(code=membership.site)
    return named.values_list("name", flat=True).first() or membership.site


def site_choices(membership: Membership) -> list[tuple[str, str]]:
    """The sites of the study as code and name."""
    return list(membership.study.sites.values_list("code", "name"))


def member(study: str, pk: int) -> Membership:
    """One role that lasts.

    Raises:
        NotFound: there is none in this study.
    """
    row = members(study).filter(pk=pk, until__isnull=True).first()
    if row is None:
        raise NotFound("There is no such role in this study, or it has ended.")
    return row
