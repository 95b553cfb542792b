"""What the tests of the platform share: a study on the demo plan, people in each role, a clock that stands still.

The suite runs on SQLite; with PROVIDENT_TEST_DATABASE=postgresql://... on PostgreSQL.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from provident.kernel import FixedClock


ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def clock() -> FixedClock:
    """10:00 UTC on 24 November 2026."""
    return FixedClock(datetime(2026, 11, 24, 10, 0, tzinfo=UTC))


@pytest.fixture
def by():
    """An actor for the set-up."""
    from provident.web.ledger.record import Actor

    return Actor(name="setup", role="system")


@pytest.fixture
def study(db, clock, by):
    """The demo study with its three sites, all open."""
    from provident.web.sites.actions import activate, take_sites
    from provident.web.studies.actions import load_plan
    from provident.web.studies.plans import plan_of

    folder = ROOT / "plans/arthritis-demo"
    files = {
        str(p.relative_to(folder)): p.read_bytes()
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    }
    version = load_plan(files=files, by=by, clock=clock)
    for site in take_sites(
        study=version.study, of=plan_of(version), by=by, clock=clock
    ):
        activate(site=site, by=by, clock=clock, reason="checklist complete")
    return version.study


@pytest.fixture
def site(study):
    """The site leeds."""
    return study.sites.get(code="leeds")


@pytest.fixture
def make_member(study, clock, by):
    """A function (role, site='', username=None) -> Membership; the password is `correct horse battery`."""
    from provident.web.people.access import Role
    from provident.web.people.actions import give_role
    from provident.web.people.models import User

    def make(role: str, site: str = "", username: str | None = None):
        name = username or f"{role}-{site}".rstrip("-")
        user = User.objects.filter(username=name).first()
        if user is None:
            user = User(username=name, name=name.title())
            user.set_password("correct horse battery")
            user.save()
        return give_role(
            user=user,
            study=study,
            role=Role(role),
            site=site,
            by=by,
            clock=clock,
            code=name[:20],
        )

    return make


@pytest.fixture
def participant(site, clock, by):
    """L-101, enrolled on 2 March 2026 with every consent."""
    from provident.web.participants.actions import enrol
    from provident.web.studies.plans import plan_in_force

    consent = dict.fromkeys(plan_in_force(site.study).consent.options, True)
    return enrol(
        site=site, anchor_on=date(2026, 3, 2), consent=consent, by=by, clock=clock
    )


@pytest.fixture(autouse=True, scope="session")
def _fast_passwords():
    """One round of hashing is enough for tests."""
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def as_member(client):
    """A function membership -> a logged-in client."""

    def log_in(membership):
        client.force_login(
            membership.user, backend="django.contrib.auth.backends.ModelBackend"
        )
        return client

    return log_in
