"""Lines of the pages of readers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from provident.plan import Plan
from provident.web.people.access import Role
from provident.web.people.selectors import Membership
from provident.web.readers.selectors import (
    Qualification,
    Standing,
    design_names,
    newest_evidence,
    qualifications,
    standing,
)
from provident.web.studies.plans import plan_in_force


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderLine:
    """One reader in one design."""

    pk: int
    name: str
    code: str
    role: str
    endpoint: str
    label: str
    colour: str
    word: str
    missing: list[str]
    told: list[str]  # what is missing and stops nobody
    qualified: str
    qualified_on: date | None
    tests: bool  # whether the plan has a test set for it
    attempt: int | None  # the newest
    running: bool


def _word(found: Standing) -> tuple[str, str]:
    if found.may_read:
        return "green", "may read"
    if found.known.left:
        return "grey", "replaced"
    if found.known.holds:
        return "red", "held"
    return "amber", "not yet"


def line(of: Membership, endpoint: str, found: Standing) -> ReaderLine:
    """One line of the table."""
    newest = [q for q in qualifications(of, endpoint) if q.passed][-1:]
    colour, word = _word(found)
    # Attempts belong to the app above; their reverse relation is there to be read.
    tried = of.attempts.filter(design=endpoint).order_by("-number").first()
    return ReaderLine(
        pk=of.pk,
        name=of.user.name or of.user.username,
        code=of.code,
        role="adjudicates" if of.role == Role.ADJUDICATOR else "reads",
        endpoint=endpoint,
        label=endpoint.replace("_", " "),
        colour=colour,
        word=word,
        missing=[m.words for m in found.missing if m.stops],
        told=[m.words for m in found.missing if not m.stops],
        qualified=_how(newest[0]) if newest else "",
        qualified_on=newest[0].on if newest else None,
        tests=plan_in_force(of.study).reading[endpoint].qualify is not None,
        attempt=tried.pk if tried else None,
        running=tried is not None and tried.state == "running",
    )


def _how(passed: Qualification) -> str:
    return f"elsewhere: {passed.certificate}" if passed.certificate else "on the test set"  # fmt: skip


def table(plan: Plan, rows: Sequence[Membership], today: date) -> list[ReaderLine]:
    """Every reader in every design that they read; those who wait for something first."""
    lines = [
        line(of, endpoint, standing(of, endpoint, today))
        for of in rows
        for endpoint in design_names(plan, of)
    ]
    return sorted(lines, key=lambda x: (x.word == "may read", x.endpoint, x.role, x.name))  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedLine:
    """One thing that the plan asks, with what is recorded of it."""

    words: str
    kind: str
    stops: bool
    says: str
    on: date | None
    until: date | None
    by: str
    colour: str
    word: str


def asked(of: Membership, endpoint: str, found: Standing) -> list[AskedLine]:
    """What the plan asks of a reader, in its order, with the newest evidence."""
    rows = {(e.kind, e.name): e for e in newest_evidence(of, endpoint)}
    made = []
    for demand in found.asked:
        lacking = [m.words for m in found.missing if m.kind == demand.kind and m.words.startswith(demand.words)]  # fmt: skip
        if demand.kind in ("conflicts", "qualification"):
            lacking = [m.words for m in found.missing if m.kind == demand.kind]
        row = rows.get((demand.kind, demand.name))
        made.append(
            AskedLine(
                words=demand.words, kind=demand.kind, stops=demand.stops, says=row.says if row else "",
                on=row.on if row else None, until=row.until if row else None,
                by=row.by.user.username if row else "",
                colour="green" if not lacking else "red" if demand.stops else "amber",
                word="there" if not lacking else lacking[0].rpartition(": ")[2],
            )
        )  # fmt: skip
    return made


def elsewhere_choices(
    plan: Plan, rows: Sequence[Membership], by: Membership
) -> list[tuple[str, str]]:
    """Readers and designs that a person may sign for, those who lack it first."""
    found = []
    for of in rows:
        if of.user_id == by.user_id:
            continue
        for endpoint in design_names(plan, of):
            has = any(q.passed for q in qualifications(of, endpoint))
            words = f"{of.user.name or of.user.username}: {endpoint.replace('_', ' ')}{' (qualified)' if has else ''}"
            found.append((has, f"{of.pk}|{endpoint}", words))
    return [(value, words) for _, value, words in sorted(found)]
