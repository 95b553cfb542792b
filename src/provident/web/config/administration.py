"""What is administered from the command line: studies, gateways, accounts. Each is an action with its event."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from provident import plan
from provident.kernel import Finding, InvalidInput, NotFound, PlanError, Severity
from provident.web.intake.actions import OPERATOR, ensure_built_in, register_gateway
from provident.web.intake.builtin import titles_elsewhere
from provident.web.ledger.clock import clock
from provident.web.people.access import Role
from provident.web.people.actions import create_account, give_role
from provident.web.people.selectors import user_by_name
from provident.web.sites.actions import activate, take_sites
from provident.web.studies.actions import load_plan
from provident.web.studies.plans import plan_of
from provident.web.studies.selectors import study_by_slug


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """An account to be made, and its role."""

    username: str
    name: str
    password: str
    study: str
    role: str
    site: str = ""
    plan_role: str = ""
    code: str = ""


def load(folder: Path, *, open_sites: bool, reason: str) -> dict[str, Any]:
    """Load a plan with its sites and their built-in gateways.

    Raises:
        PlanError: the plan has errors, or a site listens under the AE title of another study's site; all of them in
            `findings`, and nothing is kept.
    """
    files = plan.read_folder(folder)
    _check_titles(plan.load_files(files))
    version = load_plan(files=files, by=OPERATOR, clock=clock(), reason=reason)
    sites = take_sites(
        study=version.study, of=plan_of(version), by=OPERATOR, clock=clock()
    )
    if open_sites:
        why = reason or "opened from the command line (--open)"
        for site in sites:
            activate(site=site, by=OPERATOR, clock=clock(), reason=why, waiver=why)
    ensure_built_in(study_id=version.study_id, clock=clock())
    return {
        "study": version.study.slug,
        "version": version.version,
        "hash": version.hash,
        "sites": [{"id": s.code, "aet": s.aet, "prefix": s.prefix} for s in sites],
    }


def _check_titles(loaded: plan.Loaded) -> None:
    """Refuse a plan whose sites clash with another study's on this platform: a scanner is known by the called title."""
    if loaded.plan is None:
        return  # what is wrong with it is said when it is loaded
    others = titles_elsewhere(loaded.plan.study.id.lower())
    found = [
        Finding(
            code="PLATFORM.AE_TITLE_TAKEN",
            severity=Severity.ERROR,
            where=plan.place_of(loaded, "sites.yaml", ("sites", code, "aet")),
            message=f"The AE title {site.aet} is that of {others[site.aet].site} in {others[site.aet].study} on this platform.",
            expected="an AE title that no other study here uses",
            found=site.aet,
            remedy=f"Give {code} another `aet:`, and tell the site's radiology department.",
        )
        for code, site in loaded.plan.sites.sites.items()
        if site.aet in others
    ]
    if found:
        raise PlanError("Sites of this plan listen under AE titles of another study. Nothing was loaded.", found)  # fmt: skip


def new_gateway(study: str, site: str) -> str:
    """Register a site's own gateway and return its token.

    Raises:
        NotFound: there is no such study or site.
    """
    row = study_by_slug(study.lower()).sites.filter(code=site).first()
    if row is None:
        raise NotFound(f'The study has no site "{site}".')
    _, token = register_gateway(
        site=row, name=f"{site} gateway", by=OPERATOR, clock=clock()
    )
    return token


def is_known(username: str) -> bool:
    """Whether there is an account of that name."""
    return user_by_name(username) is not None


def add(account: NewAccount) -> None:
    """Make the account where there is none, and give it its role.

    Raises:
        InvalidInput: there is no such role, or the password will not do.
    """
    if account.role not in set(Role):
        raise InvalidInput(f"There is no role {account.role}: choose one of {', '.join(Role)}.")  # fmt: skip
    user = user_by_name(account.username) or create_account(
        username=account.username, name=account.name, password=account.password, by=OPERATOR, clock=clock()
    )  # fmt: skip
    give_role(
        user=user, study=study_by_slug(account.study.lower()), role=Role(account.role), by=OPERATOR, clock=clock(),
        site=account.site, plan_role=account.plan_role, code=account.code,
    )  # fmt: skip
