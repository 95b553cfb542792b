"""Rows of the dose ledger as page values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from markupsafe import Markup

from provident.acquisition import dose
from provident.plan import Plan
from provident.plan.models.imaging_dose import DOSES
from provident.programme.exposures import ExamRules, exam_rules
from provident.web.dose import book
from provident.web.dose.bars import percent, share_bar
from provident.web.studies.words import exam_name, plain, visit_name


Level = dose.Level
# worst first, with colour and word
LEVELS: dict[str, tuple[str, str]] = {
    Level.HELD: ("red", "held"),
    Level.NOT_ASSESSABLE: ("red", "held: a dose is not known"),
    Level.NEAR: ("amber", "near the constraint"),
    Level.CLEAR: ("green", "within the constraint"),
    "none": ("grey", "no constraint in the plan"),
}
_ORDER = list(LEVELS)
SOURCE_WORDS = {
    "report": "dose report",
    "image": "image headers",
    "person": "entered by a person",
    "screen": "dose screen",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingLine:
    """Where a participant stands against the constraint of one exam kind of the plan."""

    exam: str
    title: str
    level: str
    colour: str
    word: str
    used: str
    limit: str
    share: float | None
    share_words: str
    bar: Markup
    findings: tuple[dict[str, Any], ...]
    released: str
    signed: tuple[str, ...]
    missing: tuple[str, ...]
    signers: tuple[str, ...]
    approval: str

    @property
    def held(self) -> bool:
        """Whether further research exposures are held."""
        return self.level in (Level.HELD, Level.NOT_ASSESSABLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseLine:
    """The dose of one exam."""

    exam: int
    visit: str
    title: str
    on: date | None
    grounds: str
    amounts: tuple[str, ...]
    unknown: tuple[str, ...]
    counted: tuple[str, ...]
    sources: str
    share_words: str
    bar: Markup
    above: bool
    findings: tuple[dict[str, Any], ...]
    repeat: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipantLine:
    """One participant of the list."""

    code: str
    site: str
    exams: int
    unknown: int
    level: str
    rank: int
    colour: str
    word: str
    used: str
    limit: str
    share: float | None
    share_words: str
    provisional: bool  # a dose is not known, and its expected one is counted
    bar: Markup


def roles_in_words(names: Sequence[str]) -> str:
    """`practitioner and physicist`."""
    return " and ".join(plain(name) for name in names)


def amount(quantity: str, value: float | None) -> str:
    """`DLP 612 mGy.cm`; what is not known is said so."""
    return f"{quantity} {'not known' if value is None else f'{value:.3g} {DOSES[quantity]}'}"  # fmt: skip


def standing(rows: book.Rows, plan: Plan, rules: ExamRules) -> StandingLine:
    """Where a participant stands against one exam's constraint."""
    ledger = book.ledger(rows, plan, rules)
    found, limit = ledger.standing(rules.constraint), rules.constraint.participant
    level = str(found.level) if limit else "none"
    colour, word = LEVELS[level]
    used = amount(limit.quantity, found.used) if limit else ""
    title = f"{used} of {limit.high:g} {DOSES[limit.quantity]}" if limit else ""
    signed = {s.role: s for s in rows.signatures if limit and s.quantity == limit.quantity}  # fmt: skip
    needed = book.signers(rules)
    up_to = max((s.up_to for s in ledger.signed), default=None)
    return StandingLine(
        exam=rules.exam,
        title=exam_name(plan, rules.exam),
        level=level,
        colour=colour,
        word=word,
        used=used,
        limit=f"{limit.high:g} {DOSES[limit.quantity]}" if limit else "",
        share=found.share,
        share_words=percent(found.share) if found.share is not None else "",
        bar=Markup("") if found.share is None else share_bar(found.share, rules.constraint.warn_at, title=title),
        findings=tuple(_brief(found.findings)),
        released=f"{up_to:g} {DOSES[limit.quantity]}" if limit and up_to else "",
        signed=tuple(_signed(s) for s in signed.values()),
        missing=tuple(r for r in needed if r not in signed) if signed else (),
        signers=needed,
        approval=rules.approval,
    )  # fmt: skip


def _signed(one: Any) -> str:
    unit = DOSES[one.quantity]
    return f"{one.by.user.name or one.by.user.username}, {plain(one.role)}, up to {one.up_to:g} {unit}: {one.reason}"


def _brief(findings: Sequence[Any]) -> list[dict[str, Any]]:
    """Findings once each, however many exams have them."""
    told = {(f.code, f.found): f.as_json() for f in findings}
    return list(told.values())


def standings(rows: book.Rows, plan: Plan) -> list[StandingLine]:
    """Where a participant stands, for each research exam of the plan that exposes."""
    return [standing(rows, plan, rules) for rules in book.rules_of(plan) if rules.research]  # fmt: skip


def dose_line(row: Any, plan: Plan) -> DoseLine:
    """One exam's dose beside the constraint of one exam."""
    rules, entry = exam_rules(plan, row.exam.kind), book.entry(row)
    limit = rules.constraint.exam
    known = entry.amounts.get(limit.quantity) if limit else None
    share = known / limit.high if limit and known is not None else None
    counted = [amount(q, v) for q, v in entry.expected.items() if q not in entry.amounts and entry.has(q)]  # fmt: skip
    sources = dict.fromkeys(SOURCE_WORDS.get(e["source"], "") for e in row.events)
    title = f"{amount(limit.quantity, known)} of {limit.high:g} {DOSES[limit.quantity]} for one exam" if limit else ""  # fmt: skip
    return DoseLine(
        exam=row.exam.pk,
        visit=visit_name(plan, row.exam.visit),
        title=exam_name(plan, row.exam.kind),
        on=row.exam.acquired_on,
        grounds="research" if row.research else "routine care",
        amounts=tuple(amount(q, v) for q, v in entry.amounts.items()),
        unknown=tuple(f"{_total(name)}: {why}" for name, why in row.unknown.items()),
        counted=tuple(counted),
        sources=", ".join(filter(None, sources)) or "nothing states it",
        share_words=percent(share) if share is not None else "",
        bar=Markup("") if share is None else share_bar(share, rules.constraint.warn_at, title=title),
        above=share is not None and share > 1 + 1e-9,
        findings=tuple(row.findings),
        repeat=bool(row.repeat_of),
    )  # fmt: skip


def _total(name: str) -> str:
    from provident.acquisition.dose.account import in_words

    return "effective dose (mSv)" if name == "effective_msv" else in_words(name)


def participant_line(participant: Any, rows: book.Rows, plan: Plan) -> ParticipantLine:
    """One participant by the constraint that is nearest to being reached."""
    lines = standings(rows, plan)
    lacking = sum(bool(set(row.unknown) - {"effective_msv"}) for row in rows.doses)
    worst = min(lines, key=_pressing) if lines else None
    level = worst.level if worst else "none"
    colour, word = LEVELS[level]
    nothing = not rows.doses and not rows.repeats
    if level == Level.CLEAR and nothing:
        colour, word = "grey", "no exposure yet"
    return ParticipantLine(
        code=participant.code,
        site=participant.site.name,
        exams=len(rows.doses),
        unknown=lacking,
        level=level,
        rank=_ORDER.index(level),
        colour=colour,
        word=word,
        used=worst.used if worst else "",
        limit=worst.limit if worst else "",
        share=worst.share if worst else None,
        share_words=worst.share_words if worst else "",
        provisional=_provisional(worst),
        bar=worst.bar if worst and not nothing else Markup(""),
    )


def _provisional(line: StandingLine | None) -> bool:
    found = line.findings if line else ()
    return any(f["code"] == "DOSE.EXPECTED_COUNTED" for f in found)


def _pressing(line: StandingLine) -> tuple[int, float]:
    return _ORDER.index(line.level), -(line.share or 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelLine:
    """A national reference level, as it is printed."""

    examination: str
    indication: str
    ctdivol: str
    dlp: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """The UK reference levels with their date, and the study's own median beside them."""

    source: str
    date: str
    ours: tuple[str, ...]
    levels: tuple[LevelLine, ...]


def reference(everybody: Sequence[book.Rows], plan: Plan) -> Reference | None:
    """The UK reference levels of adult CT, for a study with CT; None for others."""
    exams = [rules for rules in book.rules_of(plan) if dose.Kind.CT in rules.kinds]
    if not exams:
        return None
    levels = dose.reference_levels()
    ours = []
    for rules in exams:
        known = [row.amounts["DLP"] for rows in everybody for row in rows.doses
                 if row.exam.kind == rules.exam and "DLP" in row.amounts]  # fmt: skip
        middle = dose.compare_with_level(known, levels[0]).median_dlp_mgycm
        told = f"median {middle:.0f} mGy.cm of {len(known)} exams" if middle else "no exam with a known dose yet"  # fmt: skip
        ours.append(f"{exam_name(plan, rules.exam)}: {told}")
    return Reference(
        source=levels[0].source,
        date=levels[0].date,
        ours=tuple(ours),
        levels=tuple(
            LevelLine(
                examination=one.examination,
                indication=one.indication,
                ctdivol="" if one.ctdivol_mgy is None else f"{one.ctdivol_mgy:g}",
                dlp=f"{one.dlp_mgycm:g}",
            )
            for one in levels
        ),
    )
