"""The signed bundle for gateways: the profile in force with its lists, so that every site de-identifies alike."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from provident import programme
from provident.adapters.gateway.schedule import BUNDLE
from provident.adapters.signing import Signer
from provident.deid import Profile
from provident.web.sites.models import Site
from provident.web.studies.plans import plan_of, version_in_force


PROFILE = "deidentification.yaml"


def signed_bundle(site: Site) -> dict[str, Any]:
    """`{"bundle", "public_key", "signature"}`: the files of the profile, which plan they are of, and their hash."""
    version = version_in_force(site.study)
    plan = plan_of(version)
    told = plan.deidentification.deidentification
    profile = profile_of(site)
    lists = {told.text.approved, f"{told.pixels.regions}.csv" if told.pixels.regions else None}  # fmt: skip
    lists |= {told.faces.template} if told.faces else set()
    bundle = {
        "study": site.study.slug,
        "plan": {"version": version.version, "hash": version.hash, "in_force_from": version.in_force_from.isoformat()},
        "profile": {"id": profile.id, "version": profile.version, "hash": profile.hash},
        "files": {name: text for name, text in version.files.items() if name == PROFILE or name in lists},
    }  # fmt: skip
    signer = _signer(settings.DATA_DIRECTORY)
    return {
        "bundle": bundle,
        "public_key": signer.public,
        "signature": signer.sign(BUNDLE, bundle),
    }


def profile_of(site: Site) -> Profile:
    """The profile in force at a site."""
    return programme.deid_profile(plan_of(version_in_force(site.study)), site.code)


@lru_cache(maxsize=4)
def _signer(data: Path) -> Signer:
    return Signer.kept(data / "secrets" / "bundle-key")
