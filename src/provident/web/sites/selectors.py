"""Reading sites, scanners and their changes."""

from __future__ import annotations

from django.db.models import Count, Max, Q, QuerySet

from provident.web.people.access import Thing, one, scoped
from provident.web.people.models import Membership
from provident.web.sites.models import Scanner, ScannerChange, Site


def sites(by: Membership) -> QuerySet[Site]:
    """The sites that a person may see, with their scanners."""
    rows = scoped(by, Thing.SITE, Site.objects.all()).prefetch_related(
        "scanners__changes"
    )
    return rows.annotate(
        enrolled=Count("participants", distinct=True),
        withdrawn=Count(
            "participants", filter=Q(participants__status="withdrawn"), distinct=True
        ),
        last_transfer=Max("transfers__opened_at"),
    )


def site(by: Membership, code: str, verb: str = "see") -> Site:
    """One site.

    Raises:
        Denied, NotFound: as the access table says.
    """
    return one(by, Thing.SITE, Site.objects.all(), verb, code=code)


def open_changes(by: Membership) -> list[ScannerChange]:
    """Scanner changes that nobody has accepted, of the sites that a person may see."""
    rows = ScannerChange.objects.filter(
        scanner__site__in=scoped(by, Thing.SITE, Site.objects.all())
    )
    return list(rows.filter(closed_at__isnull=True).select_related("scanner__site"))


def scanners(of: Site) -> list[Scanner]:
    """A site's scanners with what was seen of them."""
    return list(of.scanners.all())
