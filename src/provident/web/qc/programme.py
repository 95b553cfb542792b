"""Values of the programme's pages: indicators, triggers, actions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from provident.plan import Plan
from provident.plan.models.quality import Indicator
from provident.web.people.selectors import Membership
from provident.web.qc import selectors
from provident.web.qc.indicators import KNOWN, Figure, figure
from provident.web.studies.selectors import Study
from provident.web.ui.numbers import NOTHING


LEVEL_LOOKS = {
    "act": ("red", "acts"),
    "warn": ("amber", "warns"),
    "": ("green", "within limits"),
    "few": ("grey", "too few exams"),
}
KIND_WORDS = {
    "corrective": "corrective action",
    "preventive": "preventive action",
    "visit": "monitoring visit",
    "retraining": "retraining",
}
NAME_WORDS = {
    "first_time_compliance": "First-time compliance: exams as the manual asks at the first try",
    "lag_to_arrival": "Lag to arrival: median days from scan to arrival",
    "repeats": "Repeats: share of exams that repeat another",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorRow:
    """One indicator of the study, one site or one scanner."""

    whose: str
    scanner: bool
    value: str
    interval: str
    n: int
    colour: str
    word: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorTable:
    """One indicator over the study, its sites and scanners. `why_not` is blank where it is a figure of a group."""

    name: str
    limits: str
    rows: tuple[IndicatorRow, ...]
    why_not: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionLine:
    """One action of the list."""

    pk: int
    kind: str
    what: str
    site: str
    owner: str
    due_on: date
    days_left: int
    late: bool
    state: str
    colour: str
    word: str
    trigger: str
    opened_at: datetime
    opened_by: str


def _row(whose: str, found: Figure, scanner: bool = False) -> IndicatorRow:
    colour, word = LEVEL_LOOKS[found.level]
    interval = NOTHING
    if found.low is not None and found.high is not None:
        interval = f"{found.low:.3g} to {found.high:.3g} {found.unit}"
    value = NOTHING if found.value is None else f"{found.value:.3g} {found.unit}"
    return IndicatorRow(
        whose=whose, scanner=scanner, value=value, interval=interval, n=found.n, colour=colour, word=word
    )  # fmt: skip


def _limits(of: Indicator) -> str:
    fewest = f", from {of.minimum} exams on" if of.minimum else ""
    return f"warns at {of.warn}, acts at {of.act}{fewest}"


def indicator_tables(by: Membership, of: Plan) -> list[IndicatorTable]:
    """Every indicator of the plan over the study, its sites and scanners."""
    rows, made = selectors.exams_of(by), []
    groups: list[tuple[str, Any, bool]] = [("All sites", rows, False)]
    for site in selectors.sites(by):
        groups.append((site.name, rows.filter(participant__site=site), False))
        groups += [(s.code, rows.filter(scanner=s), True) for s in site.scanners.all()]
    told = [(whose, selectors.arrived(exams), scanner) for whose, exams, scanner in groups]  # fmt: skip
    for name, limits in of.quality.indicators.items():
        lines = []
        for whose, exams, scanner in told:
            found = figure(name, limits, exams)
            if found is not None:
                lines.append(_row(whose, found, scanner))
        why_not = "" if name in KNOWN else "It is watched exam by exam and has no figure of a group."  # fmt: skip
        made.append(
            IndicatorTable(
                name=NAME_WORDS.get(name, name.replace("_", " ").capitalize()), limits=_limits(limits),
                rows=tuple(lines), why_not=why_not,
            )
        )  # fmt: skip
    return made


def trigger_words(of: Plan) -> list[str]:
    """What the plan opens, and when."""
    return [
        f"When {t.indicator.replace('_', ' ')} {t.when.split()[1]} at a site, a {t.open} is opened."
        for t in of.quality.triggers
    ]


def action_line(row: Any, today: date) -> ActionLine:
    """One action as the list and its page show it."""
    late = row.state == "open" and row.due_on < today
    looks = {"open": ("red", "overdue") if late else ("amber", "open"), "done": ("blue", "effect to check"), "closed": ("green", "closed")}  # fmt: skip
    colour, word = looks[row.state]
    return ActionLine(
        pk=row.pk, kind=KIND_WORDS[row.kind], what=row.what, site=row.site.name if row.site else "whole study",
        owner=row.owner.user.name if row.owner else "", due_on=row.due_on, days_left=(row.due_on - today).days,
        late=late, state=row.state, colour=colour, word=word, trigger=row.trigger.replace("_", " "),
        opened_at=row.opened_at, opened_by=row.opened_by.user.name if row.opened_by else "Provident",
    )  # fmt: skip


def owner_choices(
    study: Study, site: Any, *, everybody: bool = False
) -> list[tuple[str, str]]:
    """Who may own an action, as number and name."""
    rows = selectors.possible_owners(study, site)
    if everybody:
        rows += selectors.site_people(study)
    return [(str(m.pk), f"{m.user.name} ({(m.plan_role or m.role).replace('_', ' ')}{f', {m.site}' if m.site else ''})") for m in rows]  # fmt: skip
