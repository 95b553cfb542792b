"""The gateways that `provident serve` runs itself: one for each site, in a directory and with keys of its own."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings

from provident.adapters.gateway.site import (
    Registration,
    SiteGateway,
    directory_of,
    gateways_in,
)
from provident.kernel import InvalidInput
from provident.web.sites.models import Site


def built_in(site: Site) -> SiteGateway | None:
    """The built-in gateway of a site, or None where the site runs one of its own."""
    root = directory_of(settings.DATA_DIRECTORY, site.study.slug, site.code)
    return SiteGateway(root) if (root / "gateway.json").is_file() else None


def titles_elsewhere(study: str) -> dict[str, Registration]:
    """The AE titles that gateways of other studies on this platform listen under."""
    found = (g.registration for g in gateways_in(settings.DATA_DIRECTORY))
    return {told.aet: told for told in found if told.study != study}


def sites_without(sites: Sequence[Site]) -> list[Site]:
    """Those of the sites that have no built-in gateway.

    Raises:
        InvalidInput: one would listen under the AE title of another.
    """
    taken = {g.registration.aet: g.registration for g in gateways_in(settings.DATA_DIRECTORY)}  # fmt: skip
    found = [site for site in sites if built_in(site) is None]
    for site in found:
        other = taken.get(site.aet)
        if other is not None:
            raise InvalidInput(
                f"The AE title {site.aet} is that of {other.site} in {other.study} already; give {site.code} another "
                "`aet:` in sites.yaml."
            )
    return found


def make_built_in(site: Site, token: str) -> SiteGateway:
    """Make the directory and the keys of a site's built-in gateway."""
    registration = Registration(
        study=site.study.slug, site=site.code, aet=site.aet, centre="", token=token
    )
    root = directory_of(settings.DATA_DIRECTORY, site.study.slug, site.code)
    return SiteGateway.make(root, registration)
