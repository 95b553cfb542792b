"""Values of the entrance's, the accounts' and the access table's pages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from provident.web.people.access import Field, Grant, Role, Scope, Thing, grant
from provident.web.people.frame import ROLE_WORDS, role_words
from provident.web.people.selectors import Membership


SCOPE_WORDS = {Scope.OWN: "own", Scope.SITE: "own site", Scope.STUDY: "whole study"}
FIELD_WORDS = {
    Field.PARTICIPANT: "participant number",
    Field.SITE: "site",
    Field.VISIT: "visit",
    Field.DATE: "dates",
    Field.IMAGE: "pictures",
    Field.QUALITY: "quality",
    Field.SCORE: "scores",
    Field.READER: "which reader",
    Field.FINAL: "final values",
    Field.ARM: "arm",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A study and a role that a person can enter with."""

    pk: int
    study: str
    title: str
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberLine:
    """One role of the study's team."""

    pk: int
    account: str
    name: str
    role: str
    site: str
    since: datetime
    until: datetime | None
    mine: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell of the access table in words; no verbs: nothing is allowed."""

    verbs: str = ""
    scope: str = ""
    fields: str = ""
    later: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessRow:
    """One thing of the access table, with a cell for each role."""

    thing: str
    cells: tuple[Cell, ...]


def choices(memberships: Iterable[Membership]) -> list[Choice]:
    """What a person can enter with."""
    return [
        Choice(pk=m.pk, study=m.study.slug, title=m.study.title, role=role_words(m))
        for m in memberships
    ]


def member_lines(
    members: Iterable[Membership], sites: dict[str, str], me: Membership
) -> list[MemberLine]:
    """The team, those who have left last."""
    lines = [
        MemberLine(
            pk=m.pk,
            account=m.user.username,
            name=m.user.name or m.user.username,
            role=m.plan_role.replace("_", " ").capitalize() or ROLE_WORDS[Role(m.role)],
            site=sites.get(m.site, m.site) or "all",
            since=m.since,
            until=m.until,
            mine=m.pk == me.pk,
        )
        for m in members
    ]
    return sorted(lines, key=lambda line: line.until is not None)


def _names(fields: Iterable[Field]) -> str:
    return ", ".join(FIELD_WORDS[f] for f in Field if f in set(fields))


def _cell(cell: Grant | None) -> Cell:
    if cell is None:
        return Cell()
    return Cell(
        verbs=", ".join(sorted(cell.verbs, key=lambda v: (v != "see", v))),
        scope=SCOPE_WORDS[cell.scope],
        fields=_names(cell.fields),
        later=tuple(
            f"once {state.value}: {_names(fields)}"
            for state, fields in cell.later.items()
        ),
    )


def access_rows() -> list[AccessRow]:
    """The whole access table: things down, roles across."""
    return [
        AccessRow(
            thing=thing.value.replace("_", " "),
            cells=tuple(_cell(grant(role, thing)) for role in Role),
        )
        for thing in Thing
    ]
