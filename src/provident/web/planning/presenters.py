"""Values of the pages of the work on the plan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from provident import programme
from provident.programme.diff import Change
from provident.web.people.access import Thing, can
from provident.web.people.frame import ROLE_WORDS, role_words
from provident.web.people.selectors import Membership, site_choices
from provident.web.planning import selectors
from provident.web.planning.acknowledging import owed
from provident.web.planning.amended import approving_roles, changes, concerns, signs_for
from provident.web.planning.items import Item, items
from provident.web.planning.workflow import WORDS
from provident.web.studies.plans import plan_of, version_in_force
from provident.web.studies.selectors import PlanVersion


FILES = "Files of the plan"
STATE_COLOURS = {"draft": "grey", "review": "amber", "approved": "blue", "in_force": "green", "withdrawn": "red"}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkLine:
    """An item with who looks after it, what was said and whether somebody answers for it."""

    item: Item
    domain: str
    assignee: str = ""
    mine: bool = False
    due_on: date | None = None
    late: bool = False
    comments: int = 0
    waived_by: str = ""
    waived_why: str = ""

    @property
    def open(self) -> bool:
        """Whether nobody answers for it yet."""
        return not self.waived_by


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedBy:
    """A signature as the page shows it."""

    role: str
    name: str
    at: datetime
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainWork:
    """One domain: what is open in it, and who has signed that the team considered it."""

    id: str
    name: str
    open: int
    signed: tuple[SignedBy, ...]
    mine_to_sign: bool


def work_lines(by: Membership, version: PlanVersion, today: date) -> list[WorkLine]:
    """All items of the version in force with the work on them."""
    tasks, said = selectors.open_tasks(by), selectors.comments(by)
    waived, names = selectors.waivers(by), programme.framework().domains
    lines = []
    for item in items(version):
        task, waiver = tasks.get(item.key), waived.get(item.key)
        lines.append(
            WorkLine(
                item=item,
                domain=names.get(item.domain, FILES),
                assignee=(task.assignee.user.name or task.assignee.user.username)
                if task
                else "",
                mine=bool(task and task.assignee.user_id == by.user_id),
                due_on=task.due_on if task else None,
                late=bool(task and task.due_on < today),
                comments=said.get(item.key, 0),
                waived_by=_person(waiver.by) if waiver else "",
                waived_why=waiver.why if waiver else "",
            )
        )
    return lines


def filtered(lines: list[WorkLine], show: str, domain: str) -> list[WorkLine]:
    """The lines that somebody asked for: `mine`, `open`, `unassigned`, `waived` or all; of one domain or of all."""
    keep = {
        "mine": lambda line: line.mine,
        "open": lambda line: line.open,
        "unassigned": lambda line: line.open and not line.assignee,
        "waived": lambda line: not line.open,
    }.get(show, lambda line: True)
    return [line for line in lines if keep(line) and domain in ("", line.item.domain)]


def domains(
    by: Membership, version: PlanVersion, lines: list[WorkLine]
) -> list[DomainWork]:
    """The 12 domains with what is open and who signed."""
    signed, role = selectors.domain_signatures(by, version), by.plan_role or by.role
    return [
        DomainWork(
            id=domain,
            name=name,
            open=sum(line.open and line.item.domain == domain for line in lines),
            signed=tuple(
                SignedBy(role=_role(s.role), name=_person(s.by), at=s.at)
                for s in signed.get(domain, ())
            ),
            mine_to_sign=can(by, "work", Thing.PLAN)
            and role not in {s.role for s in signed.get(domain, ())},
        )
        for domain, name in programme.framework().domains.items()
    ]


def people(by: Membership) -> list[tuple[int, str]]:
    """The people to whom an item can be given, with their roles."""
    return [(m.pk, f"{_person(m)} ({role_words(m)})") for m in selectors.workers(by)]


def pasted(by: Membership) -> str:
    """The lines of all waivers of the platform, to be put under `waived:` in study.yaml."""
    return "\n".join(w.lines for w in selectors.waivers(by).values())


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendmentLine:
    """An amendment in the list."""

    pk: int
    version: str
    base: str
    state: str
    colour: str
    why: str
    by: str
    made_at: datetime
    first: date | None
    owed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """What an amendment changes for one group of people."""

    who: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """One person who must acknowledge, and when they did."""

    name: str
    role: str
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendmentPage:
    """One amendment as a person may see it."""

    line: AmendmentLine
    hash: str
    groups: tuple[Group, ...]
    findings: tuple
    starts: tuple[tuple[str, date], ...]
    signed: tuple[SignedBy, ...]
    waits_for: tuple[str, ...]
    i_sign_as: tuple[str, ...]
    readers: tuple[Reader, ...]
    read_at: datetime | None
    concerns_me: bool
    withdrawn_why: str
    holds_today: bool

    @property
    def unread(self) -> int:
        """How many have not acknowledged."""
        return sum(r.at is None for r in self.readers)


def amendment_line(row, mine: set[int]) -> AmendmentLine:
    """An amendment in the list; `mine` are those that the person owes an acknowledgement."""
    return AmendmentLine(
        pk=row.pk, version=row.version, base=row.base.version, state=WORDS[row.state], colour=STATE_COLOURS[row.state],
        why=row.why, by=_person(row.by), made_at=row.made_at, first=min((s.on for s in row.starts.all()), default=None),
        owed=row.pk in mine,
    )  # fmt: skip


def amendment_lines(by: Membership) -> list[AmendmentLine]:
    """The study's amendments, the latest first."""
    mine = {a.pk for a in owed(by)}
    return [amendment_line(row, mine) for row in selectors.amendments(by)]


def amendment_page(by: Membership, row, today: date) -> AmendmentPage:
    """One amendment: a reader sees the changes that concern reading, and nothing else of the plan."""
    from provident.programme import check_plan
    from provident.web.planning.amended import loaded

    reviews = can(by, "review", Thing.AMENDMENT)
    of, told = plan_of(row.base), changes(row)
    approvals = [a for a in row.approvals.select_related("by__user") if not a.void]
    signed = {a.role for a in approvals}
    left = tuple(r for r in approving_roles(of) if r not in signed)
    names = dict(site_choices(by))
    read_at = {a.by_id: a.at for a in row.acknowledgements.all()}
    starts = tuple(
        (names.get(s.site, s.site), s.on) for s in row.starts.all() if reviews
    )
    return AmendmentPage(
        line=amendment_line(row, {a.pk for a in owed(by)}),
        hash=row.hash,
        groups=tuple(_groups(told, by, reviews)),
        findings=check_plan(loaded(row.files)).findings if reviews else (),
        starts=starts,
        signed=tuple(SignedBy(role=_role(a.role), name=_person(a.by), at=a.at, note=a.evidence) for a in approvals) if reviews else (),
        waits_for=tuple(_role(r) for r in left) if reviews else (),
        i_sign_as=tuple(r for r in left if row.state == "review" and reviews and signs_for(by, r, of)),
        readers=tuple(_readers(by, row, read_at)) if reviews else (),
        read_at=read_at.get(by.pk),
        concerns_me=concerns(row, by.role),
        withdrawn_why=row.withdrawn_why,
        holds_today=bool(starts) and min(day for _, day in starts) <= today,
    )  # fmt: skip


def _groups(told, by: Membership, reviews: bool):
    if not reviews:
        # Sites, visits and people are hidden from who reads: only files about reading are shown.
        about = tuple(c for c in told.for_role(by.role) if c.file.startswith(("reading/", "forms/")))  # fmt: skip
        yield Group(who="readers", changes=about)
        return
    for who, those in told.grouped():
        yield Group(who=who, changes=tuple(those))


def _readers(by: Membership, row, read_at: dict[int, datetime]):
    for member in selectors.members_who(by):
        joined_before = (
            row.in_force is None or member.since <= row.in_force.in_force_from
        )
        if concerns(row, member.role) and (joined_before or member.pk in read_at):
            yield Reader(name=_person(member), role=role_words(member), at=read_at.get(member.pk))  # fmt: skip


def _person(membership: Membership) -> str:
    return membership.user.name or membership.user.username


def _role(role: str) -> str:
    words = {r.value: w for r, w in ROLE_WORDS.items()}
    return words.get(role, role.replace("_", " ").capitalize())


def in_force(by: Membership) -> PlanVersion:
    """The version of the plan in force."""
    return version_in_force(by.study)


def considerations(item: Item) -> tuple[str, ...]:
    """What the framework asks a team to consider where an item belongs."""
    found = programme.framework().subdomains.get(item.subdomain)
    return found.consider if found else ()


def sites_of(amendment) -> list[tuple[str, str]]:
    """The sites of an amendment's own plan, by id and name."""
    from provident.web.planning.amended import loaded

    return [
        (code, site.name)
        for code, site in loaded(amendment.files).require().sites.sites.items()
    ]
