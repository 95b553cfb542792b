"""The frame of every page: who I am, what I may not see, where I can go and what waits there."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from provident.kernel import PlanError
from provident.web.ledger.clock import clock
from provident.web.people.access import Role, Thing, blind_to, can
from provident.web.people.kept_waits import kept_waits
from provident.web.people.selectors import Membership, memberships, site_name
from provident.web.studies.plans import version_in_force
from provident.web.studies.words import Words


ROLE_WORDS = {
    Role.TRIAL_MANAGER: "Trial manager",
    Role.SITE: "Site",
    Role.QC: "Quality control",
    Role.READER: "Reader",
    Role.ADJUDICATOR: "Adjudicator",
    Role.READING_LEAD: "Lead reader",
    Role.STATISTICIAN: "Statistician",
    Role.MONITOR: "Monitor",
}

# Place: its words, the name of its address, the thing one must see, the start of the addresses that belong to it.
PLACES: dict[str, tuple[str, str, Thing | None, tuple[str, ...]]] = {
    "home": ("Home", "studies:home", None, ()),
    "matrix": ("Matrix", "participants:matrix", Thing.SLOT, ("matrix", "exams", "slots")),
    "participants": ("Participants", "participants:list", Thing.PARTICIPANT, ("participants",)),
    "transfers": ("Transfers", "intake:transfers", Thing.TRANSFER, ("transfers", "quarantine", "upload", "send")),
    "quality": ("Quality", "qc:worklist", Thing.REVIEW, ("quality", "queries", "phantoms", "dose", "repeats")),
    "queries": ("Queries", "qc:queries", Thing.QUERY, ("queries", "dose", "repeats")),
    "reading": ("Reading", "reading:worklist", Thing.CASE, ("reading",)),
    "cases": ("Reading", "reading:overview", Thing.CASE, ("reading", "readers")),
    "readers": ("Readers", "drift:readers", Thing.DRIFT, ("readers",)),
    "people": ("Sites & people", "sites:list", Thing.SITE, ("people", "access", "sites", "scanners")),
    "data": ("Data", "reports:data", Thing.EXPORT, ("data",)),
    "plan": ("Plan", "studies:plan", Thing.PLAN, ("plan",)),
    "ledger": ("Ledger", "ledger:page", Thing.EVENT, ("ledger",)),
}  # fmt: skip
PLACES_OF: dict[Role, tuple[str, ...]] = {
    Role.TRIAL_MANAGER: ("matrix", "transfers", "quality", "cases", "people", "data", "plan"),
    Role.SITE: ("home", "matrix", "participants", "transfers", "queries", "plan", "ledger"),
    Role.QC: ("home", "quality", "matrix", "transfers", "plan", "ledger"),
    Role.READER: ("home", "reading"),
    Role.ADJUDICATOR: ("home", "reading"),
    Role.READING_LEAD: ("home", "readers"),
    Role.STATISTICIAN: ("home", "matrix", "cases", "data", "plan", "ledger"),
    Role.MONITOR: ("home", "matrix", "transfers", "quality", "people", "plan", "ledger"),
}  # fmt: skip

NOTHING_WAITS = {
    Role.TRIAL_MANAGER: "Late scans, quarantines, open adjudications and findings of the plan check appear here.",
    Role.SITE: "Queries to answer, exams past their window and images held back appear here.",
    Role.QC: "Exams to review and changes of scanners appear here as soon as images are judged.",
    Role.READER: "Cases appear here when they are given to you; you are told by their number alone.",
    Role.ADJUDICATOR: "A case appears here when two readers differ by the study's rule.",
    Role.READING_LEAD: "Alarms of the control charts on readers appear here; you stay blind to cases and answers.",
    Role.STATISTICIAN: "Exports appear here once somebody has made one.",
    Role.MONITOR: "Late scans, open queries and images held back appear here.",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceLink:
    """One place on the left, with how much waits there."""

    words: str
    href: str
    here: bool
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What stands around every page of a study."""

    who: str
    plan_version: str
    blind_to: list[str]
    places: list[PlaceLink]
    nothing: str  # what an empty list of work means for this role
    choices: int  # how many roles the person has, in all studies


def role_words(membership: Membership) -> str:
    """A role as a person says it: `Radiographer · Bradford`."""
    own = membership.plan_role.replace("_", " ").capitalize()
    words = own or ROLE_WORDS[Role(membership.role)]
    site = site_name(membership)
    return f"{words} · {site}" if site else words


def _plan_version(membership: Membership) -> str:
    try:
        return version_in_force(membership.study).version
    except PlanError:
        return ""


def _is_here(path: str, base: str, starts: tuple[str, ...]) -> bool:
    rest = path.removeprefix(base).split("/")[0]
    return rest in starts if starts else not rest


def places(membership: Membership, path: str, counts: Counter[str]) -> list[PlaceLink]:
    """The places of a role, at most seven, the one we are at marked."""
    base, found = f"/s/{membership.study.slug}/", []
    for key in PLACES_OF[Role(membership.role)]:
        words, name, thing, starts = PLACES[key]
        if thing is not None and not can(membership, "see", thing):
            continue
        try:
            href = reverse(name, kwargs={"study": membership.study.slug})
        except NoReverseMatch:  # an installation without that part
            continue
        found.append(
            PlaceLink(
                words=words,
                href=href,
                here=_is_here(path, base, starts),
                count=counts[key],
            )
        )
    return found


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context of every template: `membership`, `now`; within a study `frame`, `waiting` `words` of the plan, and `may(verb, thing)`."""
    membership: Membership | None = getattr(request, "membership", None)
    now = clock().now()
    if membership is None:
        return {"membership": None, "now": now}
    waiting = kept_waits(membership, now)
    counts: Counter[str] = Counter()
    for wait in waiting:
        counts[wait.place] += wait.count
    made = Frame(
        who=f"{membership.user.name or membership.user.username} · {role_words(membership)}",
        plan_version=_plan_version(membership),
        blind_to=blind_to(membership),
        places=places(membership, request.path, counts),
        nothing=NOTHING_WAITS[Role(membership.role)],
        choices=memberships(membership.user).count(),
    )
    return {
        "membership": membership,
        "now": now,
        "frame": made,
        "waiting": waiting,
        "words": Words(membership.study),
        "may": lambda verb, thing: can(membership, verb, Thing(thing)),
    }
