"""The people of the demo: one account for each role, and what is worth trying with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from provident.plan import Plan
from provident.rehearsal.people import kinds_of_site


PASSWORD = "look around freely"  # noqa: S105  # printed on the log-in page of the demo


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Somebody's account. `role` is the platform's, `title` how people call it, `hint` what to try."""

    username: str
    name: str
    role: str
    title: str
    hint: str
    site: str = ""
    password: str = PASSWORD

    def as_json(self) -> dict[str, str]:
        """As the log-in page reads it from demo-accounts.json."""
        told = asdict(self)
        told["role"], told["try"] = self.title, told.pop("hint")
        del told["title"]
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
    ]  # fmt: skip


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
