"""The people of the demo: one account for each role, and what is worth trying with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from provident.plan import Plan
from provident.rehearsal.people import kinds_of_site


PASSWORD = "look around freely"  # noqa: S105  # printed on the log-in page of the demo


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Somebody's account. `role` is the platform's, `plan_role` the plan's, `title` how people call it, `hint` what to try."""

    username: str
    name: str
    role: str
    title: str
    hint: str
    site: str = ""
    plan_role: str = ""
    password: str = PASSWORD

    def as_json(self) -> dict[str, str]:
        """As the log-in page reads it from demo-accounts.json."""
        told = asdict(self)
        told["role"], told["try"] = self.title, told.pop("hint")
        del told["title"], told["plan_role"]
        return told


_SITES = ("Rae Hill", "Bram Okafor", "Yasmin Clarke")
_HINTS = {
    "excellent": "Enrol a participant, or hand in a scan by dropping a folder.",
    "middle": "A scan waits in quarantine with a name in its picture: decide what happens to it.",
    "slow": "Answer a query that is overdue, and say whose the unknown radiograph is.",
}


def cast(plan: Plan) -> list[Account]:
    """Everybody who works in the demo, the trial manager first."""
    return [
        Account(
            username="mary", name="Mary Trent", role="trial_manager", title="Trial manager",
            hint="See what is late in the matrix, and look at a disagreement between two readers.",
        ),
        *_site_people(plan),
        Account(
            username="quinn", name="Quinn Adeyemi", role="qc", title="Physicist, quality control",
            plan_role=_deciding(plan, "image_quality", "qc"),
            hint="Decide the scans of the last days; one site has answered about a wrong echo time.",
        ),
        Account(
            username="ana", name="Ana Reyes", role="reader", title="Reader 1",
            hint="Read the next case in the reading room, blind to arm, site and order of visits.",
        ),
        Account(
            username="ben", name="Ben Osei", role="reader", title="Reader 2",
            hint="Read the next case; you do not see what reader 1 said.",
        ),
        Account(
            username="adele", name="Adele Novak", role="adjudicator", title="Adjudicator",
            hint="Settle a case on which the two readers differ.",
        ),
        Account(
            username="stella", name="Stella Moss", role="statistician", title="Statistician",
            hint="Fetch the export with its codebook; scores stay hidden until the lock.",
        ),
        Account(
            username="mo", name="Mo Nair", role="monitor", title="Monitor",
            hint="Follow one scan through the ledger, and have its chain verified.",
        ),
        *_doctors(plan),
    ]  # fmt: skip


def _doctors(plan: Plan) -> Iterator[Account]:
    """Who decides on a repeat and who justifies an exposure at the first site, where the plan has such roles."""
    site = kinds_of_site(plan).excellent
    place = plan.sites.sites[site].name
    people = (
        ("recall", "ines", "Ines Park", "Decide whether a scan is wanted again, once its quality was advised on."),
        ("justification", "priya", "Priya Nair", "Justify a repeat exposure, or sign for a higher dose on a participant's dose page."),
    )  # fmt: skip
    for decision, username, name, hint in people:
        role = _deciding(plan, decision, "site")
        if role:
            title = f"{role.replace('_', ' ').capitalize()}, {place}"
            yield Account(username=username, name=name, role="site", title=title, hint=hint, site=site, plan_role=role)  # fmt: skip


def _deciding(plan: Plan, decision: str, acts_as: str) -> str:
    """The plan's role that decides something and has these rights on the platform; blank where none does."""
    roles = plan.people.roles.items()
    return next((n for n, r in roles if decision in r.decides and r.on_platform(n) == acts_as), "")  # fmt: skip


def _site_people(plan: Plan) -> Iterator[Account]:
    kinds = kinds_of_site(plan)
    for index, (site, told) in enumerate(plan.sites.sites.items()):
        name = _SITES[index] if index < len(_SITES) else f"Radiographer {told.name}"
        kind = next((k for k in ("excellent", "slow") if getattr(kinds, k) == site), "middle")  # fmt: skip
        yield Account(
            username=name.split()[0].lower() if index < len(_SITES) else site, name=name, role="site",
            title=f"Radiographer, {told.name}", hint=_HINTS[kind], site=site,
        )  # fmt: skip


READERS = ("ana", "ben", "adele")  # two readers and the adjudicator
