"""Who may do and see what: one table, deny by default.

Role x thing -> verbs, scope and classes of fields, some of them only once the study is in a certain state.
The table is compiled to a queryset filter (`scoped`) and to a single check (`check`), printed by the access page
and tested cell by cell. Blinding is part of it: a class that is not granted is not there for that role, on pages,
in the API, in files, exports, messages and the ledger's own views.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

from django.db.models import Model, Q, QuerySet

from provident.kernel import Denied, NotFound
from provident.web.people.roles import Role as Role


if TYPE_CHECKING:
    from provident.web.people.models import Membership

M = TypeVar("M", bound=Model)


class Thing(StrEnum):
    """What access is asked for."""

    PLAN = "plan"
    ACCOUNT = "account"
    SITE = "site"
    PARTICIPANT = "participant"
    SLOT = "slot"
    EXAM = "exam"
    TRANSFER = "transfer"
    QUARANTINE = "quarantine"
    QUERY = "query"
    REVIEW = "review"
    ACTION = "action"  # corrective, preventive; monitoring visit, retraining
    DOSE = "dose"
    REPEAT = "repeat"
    CASE = "case"
    READ = "read"
    ADJUDICATION = "adjudication"
    SIDE = "side_read"  # looks outside the blind: for what cannot wait, early release
    SCAN_READ = "scan_read"  # scores given at the scan
    TECHNICAL = "technical_query"  # whether images explain that two readers disagree
    FINAL_VALUE = "final_value"
    EXPORT = "export"
    LOCK = "lock"
    AMENDMENT = "amendment"
    EVENT = "event"
    SCANNER = "scanner"
    PHANTOM = "phantom"
    READER = "reader"  # who may read: evidence, qualification, holds
    DRIFT = "drift"  # control charts and alarms on readers


class Field(StrEnum):
    """Classes of fields. What is in no class is plain and goes with the thing."""

    PARTICIPANT = "participant"  # the participant's number
    SITE = "site"
    VISIT = "visit"  # which visit, and the order of visits
    DATE = "date"  # true dates of scans and visits
    IMAGE = "image"  # the pictures
    QUALITY = "quality"  # verdicts, findings, queries
    SCORE = "score"  # answers of readers
    READER = "reader"  # which reader
    FINAL = "final"  # final values
    ARM = "arm"


class Scope(StrEnum):
    """Which of the study's things: one's own, those of one's site, all."""

    OWN = "own"
    SITE = "site"
    STUDY = "study"


class State(StrEnum):
    """States of a study that open a class of fields."""

    LOCKED = "locked"
    UNBLINDED = "unblinded"


@dataclass(frozen=True, slots=True)
class Grant:
    """One cell of the table."""

    verbs: frozenset[str]
    scope: Scope
    fields: frozenset[Field]
    later: Mapping[State, frozenset[Field]] = field(default_factory=dict)


def _grant(verbs: str, scope: Scope, fields: str = "", **later: str) -> Grant:
    names = {
        State(state): frozenset(Field(f) for f in words.split())
        for state, words in later.items()
    }
    return Grant(
        frozenset(verbs.split()),
        scope,
        frozenset(Field(f) for f in fields.split()),
        names,
    )


_WHERE = "participant site visit date"
_STUDY, _SITE, _OWN = Scope.STUDY, Scope.SITE, Scope.OWN

TABLE: dict[Role, dict[Thing, Grant]] = {
    Role.TRIAL_MANAGER: {
        Thing.PLAN: _grant("see load work waive", _STUDY),
        Thing.AMENDMENT: _grant("see draft review approve acknowledge", _STUDY),
        Thing.ACCOUNT: _grant("see manage", _STUDY),
        Thing.SITE: _grant("see activate", _STUDY, "site"),
        Thing.PARTICIPANT: _grant("see enrol withdraw", _STUDY, _WHERE),
        Thing.SLOT: _grant("see book remind overrule", _STUDY, _WHERE),
        Thing.EXAM: _grant("see", _STUDY, f"{_WHERE} image quality"),
        Thing.TRANSFER: _grant("see", _STUDY, _WHERE),
        Thing.QUARANTINE: _grant("see", _STUDY, _WHERE),
        Thing.QUERY: _grant("see ask close", _STUDY, f"{_WHERE} quality"),
        Thing.REVIEW: _grant("see", _STUDY, f"{_WHERE} quality"),
        Thing.ACTION: _grant("see open assign do check", _STUDY, "site quality"),
        Thing.DOSE: _grant("see", _STUDY, f"{_WHERE} quality"),
        Thing.REPEAT: _grant("see propose move", _STUDY, f"{_WHERE} quality"),
        Thing.CASE: _grant("see prepare assign", _STUDY, _WHERE),
        Thing.READ: _grant("see import", _STUDY, "reader"),
        Thing.ADJUDICATION: _grant("see release", _STUDY, "reader"),
        Thing.TECHNICAL: _grant("see ask", _STUDY, f"{_WHERE} quality"),
        Thing.SIDE: _grant("see ask", _STUDY, f"{_WHERE} quality"),
        Thing.SCAN_READ: _grant("see", _STUDY, _WHERE),
        Thing.DRIFT: _grant("see act", _STUDY, "reader"),
        Thing.READER: _grant("see qualify hold replace test", _STUDY, "reader"),
        Thing.LOCK: _grant("see lock", _STUDY),
        Thing.EXPORT: _grant("see", _STUDY),
        Thing.EVENT: _grant("see", _STUDY, f"{_WHERE} quality reader"),
        Thing.SCANNER: _grant("see", _STUDY, "site date"),
        Thing.PHANTOM: _grant("see", _STUDY, "site date quality"),
    },
    Role.SITE: {
        Thing.PLAN: _grant("see work", _STUDY),
        Thing.AMENDMENT: _grant("see review acknowledge", _STUDY),
        Thing.SITE: _grant("see", _SITE, "site"),
        Thing.PARTICIPANT: _grant("see enrol withdraw link", _SITE, _WHERE),
        Thing.SLOT: _grant("see book", _SITE, _WHERE),
        Thing.EXAM: _grant("see", _SITE, f"{_WHERE} image quality"),
        Thing.TRANSFER: _grant("see send", _SITE, _WHERE),
        Thing.QUARANTINE: _grant("see resolve", _SITE, _WHERE),
        Thing.QUERY: _grant("see answer", _SITE, f"{_WHERE} quality"),
        Thing.SIDE: _grant("see ask read tell", _SITE, f"{_WHERE} quality"),
        Thing.SCAN_READ: _grant("see read", _SITE, _WHERE),
        Thing.ACTION: _grant("see do", _SITE, "site quality"),
        Thing.DOSE: _grant("see enter sign", _SITE, f"{_WHERE} quality"),
        Thing.REPEAT: _grant("see move", _SITE, f"{_WHERE} quality"),
        Thing.EVENT: _grant("see", _SITE, f"{_WHERE} quality"),
        Thing.SCANNER: _grant("see", _SITE, "site date"),
        Thing.PHANTOM: _grant("see send", _SITE, "site date quality"),
    },
    Role.QC: {
        Thing.PLAN: _grant("see work", _STUDY),
        Thing.AMENDMENT: _grant("see review acknowledge", _STUDY),
        Thing.SITE: _grant("see accept", _STUDY, "site"),
        Thing.PARTICIPANT: _grant("see", _STUDY, _WHERE),
        Thing.SLOT: _grant("see", _STUDY, _WHERE),
        Thing.EXAM: _grant("see accept reject", _STUDY, f"{_WHERE} image quality"),
        Thing.TRANSFER: _grant("see", _STUDY, _WHERE),
        Thing.QUARANTINE: _grant("see", _STUDY, _WHERE),
        Thing.QUERY: _grant("see ask answer close", _STUDY, f"{_WHERE} quality"),
        Thing.TECHNICAL: _grant("see answer", _STUDY, f"{_WHERE} quality"),
        Thing.REVIEW: _grant("see review", _STUDY, f"{_WHERE} quality"),
        Thing.ACTION: _grant("see open assign do check", _STUDY, "site quality"),
        Thing.DOSE: _grant("see enter sign", _STUDY, f"{_WHERE} quality"),
        Thing.REPEAT: _grant("see propose move", _STUDY, f"{_WHERE} quality"),
        Thing.EVENT: _grant("see", _STUDY, f"{_WHERE} quality"),
        Thing.SCANNER: _grant("see release accredit", _STUDY, "site date"),
        Thing.PHANTOM: _grant("see send accept", _STUDY, "site date quality"),
    },
    Role.READER: {
        Thing.READER: _grant("see declare", _OWN),
        Thing.CASE: _grant("see read", _OWN, "image"),
        Thing.READ: _grant("see read", _OWN, "score reader"),
        Thing.AMENDMENT: _grant("see acknowledge", _OWN),
    },
    Role.ADJUDICATOR: {
        Thing.READER: _grant("see declare", _OWN),
        Thing.CASE: _grant("see read", _OWN, "image"),
        Thing.READ: _grant("see read", _OWN, "score reader"),
        Thing.AMENDMENT: _grant("see acknowledge", _OWN),
        Thing.ADJUDICATION: _grant("see adjudicate", _OWN, "score"),
    },
    Role.READING_LEAD: {
        Thing.DRIFT: _grant("see chart act", _STUDY, "reader"),
        Thing.READER: _grant("see qualify hold replace", _STUDY, "reader"),
        Thing.AMENDMENT: _grant("see acknowledge", _OWN),
    },
    Role.STATISTICIAN: {
        Thing.PLAN: _grant("see work", _STUDY),
        Thing.AMENDMENT: _grant("see review acknowledge", _STUDY),
        Thing.PARTICIPANT: _grant("see", _STUDY, _WHERE, unblinded="arm"),
        Thing.SLOT: _grant("see", _STUDY, _WHERE),
        Thing.CASE: _grant("see", _STUDY, _WHERE),
        Thing.READ: _grant("see", _STUDY, "reader", locked="score"),
        Thing.ADJUDICATION: _grant("see", _STUDY, "reader", locked="score"),
        Thing.DRIFT: _grant("see", _STUDY, "reader"),
        Thing.READER: _grant("see", _STUDY, "reader"),
        Thing.FINAL_VALUE: _grant("see", _STUDY, _WHERE, locked="final"),
        Thing.EXPORT: _grant(
            "see make",
            _STUDY,
            f"{_WHERE} reader",
            locked="score final",
            unblinded="arm",
        ),
        Thing.LOCK: _grant("see unblind", _STUDY),
        Thing.EVENT: _grant("see", _STUDY, f"{_WHERE} reader", locked="score final"),
    },
    Role.MONITOR: {
        Thing.PLAN: _grant("see work", _STUDY),
        Thing.AMENDMENT: _grant("see review acknowledge", _STUDY),
        Thing.SITE: _grant("see", _STUDY, "site"),
        Thing.PARTICIPANT: _grant("see", _STUDY, _WHERE),
        Thing.SLOT: _grant("see", _STUDY, _WHERE),
        Thing.EXAM: _grant("see", _STUDY, f"{_WHERE} quality"),
        Thing.TRANSFER: _grant("see", _STUDY, _WHERE),
        Thing.QUARANTINE: _grant("see", _STUDY, _WHERE),
        Thing.QUERY: _grant("see", _STUDY, f"{_WHERE} quality"),
        Thing.REVIEW: _grant("see", _STUDY, f"{_WHERE} quality"),
        Thing.SIDE: _grant("see", _STUDY, f"{_WHERE} quality"),
        Thing.SCAN_READ: _grant("see", _STUDY, _WHERE),
        Thing.ACTION: _grant("see", _STUDY, "site quality"),
        Thing.DOSE: _grant("see", _STUDY, f"{_WHERE} quality"),
        Thing.REPEAT: _grant("see", _STUDY, f"{_WHERE} quality"),
        Thing.EVENT: _grant("see", _STUDY, f"{_WHERE} quality"),
        Thing.READER: _grant("see", _STUDY, "reader"),
        Thing.SCANNER: _grant("see", _STUDY, "site date"),
        Thing.PHANTOM: _grant("see", _STUDY, "site date quality"),
    },
}

# How each thing's rows lead to its study, its site (the plan's id) and the membership it belongs to.
PATHS: dict[Thing, dict[str, str]] = {
    Thing.PLAN: {"study": "study"},
    Thing.ACCOUNT: {"study": "study"},
    Thing.SITE: {"study": "study", "site": "code"},
    Thing.PARTICIPANT: {"study": "study", "site": "site__code"},
    Thing.SLOT: {"study": "participant__study", "site": "participant__site__code"},
    Thing.EXAM: {"study": "study", "site": "participant__site__code"},
    Thing.TRANSFER: {"study": "study", "site": "site__code"},
    Thing.QUARANTINE: {"study": "study", "site": "site__code"},
    Thing.QUERY: {"study": "exam__study", "site": "exam__participant__site__code"},
    Thing.REVIEW: {"study": "exam__study", "site": "exam__participant__site__code"},
    Thing.DOSE: {"study": "exam__study", "site": "exam__participant__site__code"},
    Thing.REPEAT: {"study": "exam__study", "site": "exam__participant__site__code"},
    Thing.ACTION: {"study": "study", "site": "site__code"},
    Thing.READER: {"study": "study", "own": "pk"},  # of memberships
    Thing.CASE: {"study": "study", "own": "assignments__reader"},
    Thing.READ: {"study": "assignment__case__study", "own": "assignment__reader"},
    Thing.ADJUDICATION: {"study": "case__study", "own": "reader"},
    Thing.TECHNICAL: {"study": "case__study"},
    Thing.SIDE: {"study": "study", "site": "exam__participant__site__code"},
    Thing.SCAN_READ: {
        "study": "slot__participant__study",
        "site": "slot__participant__site__code",
    },
    Thing.FINAL_VALUE: {"study": "case__study"},
    Thing.DRIFT: {"study": "study"},
    Thing.EXPORT: {"study": "study"},
    Thing.LOCK: {"study": "study"},
    Thing.AMENDMENT: {"study": "study", "own": "study__memberships"},
    Thing.EVENT: {"study": "study", "site": "site"},
    Thing.SCANNER: {"study": "site__study", "site": "site__code"},
    Thing.PHANTOM: {"study": "study", "site": "scanner__site__code"},
}


def grant(role: str, thing: Thing) -> Grant | None:
    """The cell of the table, or None: nothing is allowed."""
    return TABLE.get(Role(role), {}).get(thing)


def states(membership: Membership) -> set[State]:
    """The states that the membership's study is in."""
    study = membership.study
    reached = {State.LOCKED: study.locked_at, State.UNBLINDED: study.unblinded_at}
    return {state for state, at in reached.items() if at is not None}


def can(membership: Membership, verb: str, thing: Thing) -> bool:
    """Whether the role has the verb on this kind of thing at all."""
    cell = grant(membership.role, thing)
    return cell is not None and verb in cell.verbs


def check(membership: Membership, verb: str, thing: Thing) -> Grant:
    """The cell that allows it.

    Raises:
        Denied: the role does not have the verb on this thing.
    """
    cell = grant(membership.role, thing)
    if cell is None or verb not in cell.verbs:
        role = membership.role.replace("_", " ")
        raise Denied(
            f"The role {role} may not {verb.replace('_', ' ')} a {thing.value.replace('_', ' ')}."
        )
    return cell


def visible(membership: Membership, thing: Thing) -> frozenset[Field]:
    """The classes of fields of a thing that this person may see now."""
    cell = grant(membership.role, thing)
    if cell is None:
        return frozenset()
    seen = set(cell.fields)
    for state in states(membership):
        seen |= cell.later.get(state, frozenset())
    return frozenset(seen)


def scoped(
    membership: Membership, thing: Thing, rows: QuerySet[M], verb: str = "see"
) -> QuerySet[M]:
    """The rows that this person may see (or act on), as a filter.

    Raises:
        Denied: the role does not have the verb on this thing.
    """
    cell = check(membership, verb, thing)
    paths = PATHS[thing]
    study: Any = (
        membership.study_id
        if paths["study"] != "study" or thing is not Thing.EVENT
        else membership.study.slug
    )
    where = Q(**{paths["study"]: study})
    if cell.scope is Scope.SITE:
        where &= Q(**{paths["site"]: membership.site}) if "site" in paths else Q()
    if cell.scope is Scope.OWN:
        where &= Q(**{paths["own"]: membership.pk})
    return (
        rows.filter(where).distinct() if cell.scope is Scope.OWN else rows.filter(where)
    )


def one(
    membership: Membership,
    thing: Thing,
    rows: QuerySet[M],
    verb: str = "see",
    **which: Any,
) -> M:
    """The one row, if this person may see (or act on) it.

    Raises:
        Denied: the role does not have the verb on this thing.
        NotFound: there is no such row, or not for this person; the two look the same.
    """
    row = scoped(membership, thing, rows, verb).filter(**which).first()
    if row is None:
        raise NotFound(
            f"There is no such {thing.value.replace('_', ' ')}, or it is not yours to see."
        )
    return row


def table_rows() -> Iterable[tuple[Role, Thing, Grant | None]]:
    """Every cell, granted or not, for the page that prints the table and the test of each cell."""
    for role in Role:
        for thing in Thing:
            yield role, thing, grant(role, thing)


BLIND_WORDS = {
    Field.PARTICIPANT: "participant numbers",
    Field.SITE: "site",
    Field.VISIT: "visit and order of visits",
    Field.DATE: "dates",
    Field.SCORE: "scores",
    Field.FINAL: "final values",
    Field.ARM: "arm",
}


def blind_to(membership: Membership) -> list[str]:
    """What this person cannot see anywhere, in words, for the line on top of every page."""
    seen: set[Field] = set()
    for thing in TABLE.get(Role(membership.role), {}):
        seen |= visible(membership, thing)
    return [words for name, words in BLIND_WORDS.items() if name not in seen]
