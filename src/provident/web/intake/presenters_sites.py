"""Sites, their gateways and their transfer tests as pages show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from provident.web.intake.selectors import Gateway, Site, TransferTest
from provident.web.sites.standing import Standing, profile_hash, standing
from provident.web.studies.plans import plan_of, version_in_force


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """The bundle that all sites of the study should run."""

    plan: str
    profile: str
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayLine:
    """One gateway and what it says that it runs."""

    name: str
    software: str
    plan: str
    profile: str
    words: str
    colour: str
    seen_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TestRow:
    """One transfer test."""

    __test__ = False  # no test of pytest's

    tested_at: datetime
    words: str
    colour: str
    plan: str
    profile: str
    software: str
    findings: tuple[str, ...]
    files: int
    held: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SitePage:
    """One site: what should run there, what does, and how it was tested."""

    code: str
    name: str
    opened_at: datetime | None
    test: Standing
    in_force: InForce
    gateways: tuple[GatewayLine, ...]
    tests: tuple[TestRow, ...]


def in_force(site: Site) -> InForce:
    """The bundle in force at a site."""
    version = version_in_force(site.study)
    told = plan_of(version).deidentification.deidentification
    return InForce(plan=version.version, profile=f"{told.id} v{told.version}", hash=profile_hash(site))  # fmt: skip


def gateway_line(of: Gateway, now: InForce) -> GatewayLine:
    """A gateway against the bundle in force."""
    if not of.profile_hash:
        words, colour = "not told yet", "grey"
    elif of.profile_hash == now.hash:
        words, colour = "the one in force", "green"
    elif of.plan_version == now.plan:
        # The same files read by other tables of the standard: another version of Provident.
        words, colour = "read in another way: update the gateway", "red"
    else:
        words, colour = "an earlier one: it asks again by itself", "amber"
    return GatewayLine(
        name=of.name, software=of.software, plan=of.plan_version, profile=of.profile_hash, words=words, colour=colour,
        seen_at=of.seen_at,
    )  # fmt: skip


def site_page(
    site: Site, gateways: Sequence[Gateway], tests: Sequence[TransferTest]
) -> SitePage:
    """The page of one site."""
    now = in_force(site)
    return SitePage(
        code=site.code, name=site.name, opened_at=site.activated_at, test=standing(site), in_force=now,
        gateways=tuple(gateway_line(g, now) for g in gateways), tests=tuple(_row(t) for t in tests),
    )  # fmt: skip


def _row(test: TransferTest) -> TestRow:
    passed = test.outcome == "passed"
    return TestRow(
        tested_at=test.tested_at, words="passed" if passed else "failed", colour="green" if passed else "red",
        plan=test.plan_version, profile=test.profile_hash, software=test.software, findings=tuple(test.findings),
        files=test.files, held=test.held,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class TestLine:
    """The latest transfer test of a site."""

    __test__ = False  # no test of pytest's

    site: str
    code: str
    standing: Standing
    software: str
    tested_at: datetime | None = None
    findings: tuple[str, ...] = ()
    files: int = 0
    held: int = 0
    plan: str = ""
    gateway: str = ""
    signature: str = ""


def latest_line(site: Site, test: TransferTest | None) -> TestLine:
    """A site's latest test as the page of tests shows it; one by another profile or software counts no longer."""
    if test is None:
        return TestLine(site=site.name, code=site.code, standing=standing(site), software="")  # fmt: skip
    return TestLine(
        site=site.name, code=site.code, standing=standing(site), tested_at=test.tested_at,
        findings=tuple(test.findings), files=test.files, held=test.held, plan=test.plan_version,
        software=test.software, gateway=test.gateway.name, signature=f"{test.signature[:16]}…",
    )  # fmt: skip
