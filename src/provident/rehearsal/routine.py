"""What the team does every week, and what happens in the reading room."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from provident.rehearsal.days import last_thursday, moment
from provident.rehearsal.happenings import (
    ExportMade,
    Happening,
    LimitsFixed,
    OrderDrawn,
    QualitySession,
    ReadingSession,
    Release,
    Scan,
    SiteDesk,
)


LIMIT = 1.5  # points of the score: smallest detectable change
SESSIONS: Mapping[int, Sequence[int]] = {0: (52, 45, 38, 31, 5), 1: (50, 43, 36, 29)}
"""Days before today on which the first and the second reader sit down."""
CASES = 2  # of one sitting


def weeks(
    scans: Sequence[Scan], today: date, *, left_by_site: frozenset[str], left_by_physicist: frozenset[str]
) -> Iterator[Happening]:  # fmt: skip
    """After each Thursday with scans: sites answer queries on Monday, the physicist closes and decides on Tuesday.

    What came on the last Thursday waits for them.
    """
    sent: dict[date, set[str]] = {}
    for scan in scans:
        sent.setdefault(scan.at.date(), set()).add(scan.site)
    for day in sorted(d for d in sent if d < last_thursday(today, 0)):
        for site in sorted(sent[day]):
            yield SiteDesk(at=moment(day + timedelta(days=4), 10), site=site, leave=left_by_site)  # fmt: skip
        yield QualitySession(at=moment(day + timedelta(days=5), 14), leave=left_by_physicist)  # fmt: skip


def reading(today: date, readers: Sequence[str]) -> Iterator[Happening]:
    """Limits, two draws, sittings, disagreements, and an export; `readers` are two readers and an adjudicator."""

    def day(ago: int) -> date:
        return today - timedelta(days=ago)

    yield LimitsFixed(
        at=moment(day(70), 11), value=LIMIT,
        reason="Smallest detectable change of the two readers on the qualification set of 20 cases.",
    )  # fmt: skip
    yield OrderDrawn(at=moment(day(55), 9))
    yield OrderDrawn(at=moment(day(6), 9))
    for index, reader in enumerate(readers[:2]):
        for ago in SESSIONS[index]:
            yield ReadingSession(at=moment(day(ago), 18), reader=reader, at_most=CASES)
    yield Release(at=moment(day(27), 10), keep=1)
    for adjudicator in readers[2:]:
        yield ReadingSession(at=moment(day(25), 17), reader=adjudicator, at_most=1)
    yield ExportMade(at=moment(day(6), 15, 30))
