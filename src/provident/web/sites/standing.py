"""What a site's latest transfer test is worth today: the profile, or the gateway, may have changed since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from provident import programme
from provident.web.sites.models import Site
from provident.web.studies.plans import plan_in_force


State = Literal["passed", "failed", "none", "out of date"]
COLOURS: dict[State, str] = {"passed": "green", "failed": "red", "none": "amber", "out of date": "amber"}  # fmt: skip
REMEDY = (
    "The site runs the test on the page of transfer tests, or with provident gateway test where its gateway is "
    "another machine."
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The latest transfer test as it stands today, in words."""

    state: State
    words: str
    tested_at: datetime | None = None

    @property
    def holds(self) -> bool:
        """Whether the site may be opened on it."""
        return self.state == "passed"

    @property
    def colour(self) -> str:
        """The colour of its tag."""
        return COLOURS[self.state]

    @property
    def remedy(self) -> str:
        """What to do next; blank where it holds."""
        return "" if self.holds else REMEDY


def standing(site: Site) -> Standing:
    """The standing of a site's latest transfer test."""
    if site.tested_at is None:
        return Standing(state="none", words="Its gateway has never passed the transfer test.")  # fmt: skip
    state, words = _state(site)
    return Standing(state=state, words=words, tested_at=site.tested_at)


def _state(site: Site) -> tuple[State, str]:
    if site.test_outcome != "passed":
        return "failed", "Its gateway failed the latest transfer test."
    if site.tested_profile != profile_hash(site):
        return "out of date", "The de-identification profile has changed since its last transfer test."  # fmt: skip
    if site.runs_software != site.tested_software:
        return "out of date", (
            f"Its gateway was tested with Provident {site.tested_software} and now runs {site.runs_software or 'another version'}."
        )  # fmt: skip
    return "passed", "Its gateway passed the transfer test with today's profile and software."  # fmt: skip


def profile_hash(site: Site) -> str:
    """The hash of the profile in force at a site."""
    return programme.deid_profile(plan_in_force(site.study), site.code).hash
