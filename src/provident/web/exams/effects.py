"""The page of what a new plan would change: by site and scanner, and exam by exam."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from provident.acquisition.amending import Effect
from provident.web.exams.selectors import Preview


RANK = {"fail": 0, "not_assessable": 1, "warn": 2, "pass": 3}
MOST_LISTED = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """So many exams from one outcome to another."""

    before: str
    after: str
    exams: int
    worse: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ScannerLine:
    """The exams of one scanner of a site."""

    site: str
    scanner: str
    exams: int
    moves: tuple[Move, ...]
    other_reasons: int

    @property
    def same(self) -> int:
        """How many are judged as before, for the same reasons."""
        return self.exams - sum(m.exams for m in self.moves) - self.other_reasons


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectLine:
    """One exam that changes."""

    pk: int
    participant: str
    site: str
    scanner: str
    visit: str
    exam: str
    before: str
    after: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectPage:
    """One preview."""

    pk: int
    version: str
    hash: str
    asked_at: datetime
    asked_by: str
    judged_at: datetime | None
    exams: int
    seconds: float
    scanners: tuple[ScannerLine, ...]
    effects: tuple[EffectLine, ...]
    not_listed: int

    @property
    def worse(self) -> int:
        """How many exams have a worse outcome."""
        return sum(m.exams for s in self.scanners for m in s.moves if m.worse)

    @property
    def better(self) -> int:
        """How many exams have a better outcome."""
        return sum(m.exams for s in self.scanners for m in s.moves if not m.worse)


def worse(before: str, after: str) -> bool:
    """Whether an outcome is worse than another."""
    return RANK[after] < RANK[before]


def effect_page(
    preview: Preview,
    *,
    sites: Mapping[str, str],
    participants: Mapping[int, str],
    site: str = "",
) -> EffectPage:
    """The page of a preview, of exams that this person may see.

    Args:
        sites: the names of the sites by the plan's id; others are left out.
        participants: the numbers of the participants by exam; other exams are left out.
        site: only this one; all when empty.
    """
    shown = [
        Effect.from_json(told)
        for told in preview.effects
        if int(told["key"]) in participants and site in ("", told["site"])
    ]
    shown.sort(key=lambda e: (not worse(e.before, e.after), e.before == e.after, e.site, int(e.key)))  # fmt: skip
    return EffectPage(
        pk=preview.pk,
        version=preview.version,
        hash=preview.hash,
        asked_at=preview.asked_at,
        asked_by=preview.asked_by,
        judged_at=preview.judged_at,
        exams=preview.exams,
        seconds=preview.seconds,
        scanners=tuple(scanner_lines(preview.groups, sites)),
        effects=tuple(_line(e, sites, participants) for e in shown[:MOST_LISTED]),
        not_listed=max(len(shown) - MOST_LISTED, 0),
    )


def scanner_lines(
    groups: Iterable[Mapping[str, Any]], sites: Mapping[str, str]
) -> list[ScannerLine]:
    """The groups of a preview as lines."""
    return [
        ScannerLine(
            site=sites[group["site"]],
            scanner=group["scanner"] or "no registered scanner",
            exams=group["exams"],
            moves=tuple(
                Move(before=before, after=after, exams=n, worse=worse(before, after))
                for before, after, n in group["moves"]
            ),
            other_reasons=group["other_reasons"],
        )
        for group in groups
        if group["site"] in sites
    ]


def _line(
    effect: Effect, sites: Mapping[str, str], participants: Mapping[int, str]
) -> EffectLine:
    pk = int(effect.key)
    return EffectLine(
        pk=pk,
        participant=participants[pk],
        site=sites.get(effect.site, effect.site),
        scanner=effect.scanner,
        visit=effect.visit,
        exam=effect.exam,
        before=effect.before,
        after=effect.after,
        why=effect.why or f"no longer: {', '.join(effect.gone)}",
    )
