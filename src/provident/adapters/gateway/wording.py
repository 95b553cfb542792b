"""The unique values that stay in text over many series, so that each is looked at once and not once a file."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from provident.adapters.gateway.groups import Group, exam_of, of_hold, of_transfer
from provident.adapters.gateway.review import explained, keyword_of, lines_of
from provident.adapters.gateway.rulings import Signed
from provident.adapters.gateway.schedule import Schedule
from provident.adapters.gateway.site import SiteGateway
from provident.adapters.gateway.spool import Arrival
from provident.deid.identifiers import fold
from provident.kernel import Clock, InvalidInput, NotFound, NotReady


Scope = Literal["waiting", "sent"]
TEXT = frozenset(("LO", "SH", "ST", "LT", "UT", "UC"))
"""Kinds of values that people type (PS3.5 table 6.2-1)."""
MOST_GROUPS = 200  # holds, or transfers, at one look
MOST_EXPLAINED = 400  # files at one look: 20 ms each


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One value of one attribute as it stays, with how often; `otherwise` is what is left where nobody approves it."""

    keyword: str
    name: str
    value: str = field(repr=False)
    files: int
    series: int
    exams: int
    standing: str  # waits, approved at the site, approved in the plan, known words
    otherwise: str = field(default="", repr=False)
    reference: str = ""

    @property
    def waits(self) -> bool:
        """Whether somebody has to look at it."""
        return self.standing == "waits"


@dataclass(frozen=True, slots=True, kw_only=True)
class WordList:
    """Every value that stays in the text of what waits, or of what was sent and is still here."""

    files: int
    series: int
    left_out: int  # series beyond what one look takes
    words: tuple[Word, ...] = field(repr=False)

    def waiting(self) -> list[Word]:
        """Those that wait."""
        return [word for word in self.words if word.waits]


@dataclass(slots=True)
class _Count:
    name: str
    otherwise: str
    waits: bool
    files: int = 0
    series: set[str] = field(default_factory=set)
    exams: set[str] = field(default_factory=set)


def word_list(
    gateway: SiteGateway, clock: Clock, schedule: Schedule, scope: Scope, by: str
) -> WordList:
    """The unique values over all series of a scope; recorded. One file of each series is explained and stands for it."""
    groups = list(_groups(gateway, scope))
    gateway.ledger.record(clock, by, "words.reviewed", scope=scope, groups=len(groups))
    counts: dict[tuple[str, str], _Count] = {}
    files = done = left_out = 0
    for group in groups:
        for series in _series(group.arrivals):
            if done >= MOST_EXPLAINED:
                left_out += 1
                continue
            done, files = done + 1, files + len(series)
            try:
                _count(gateway, schedule, group, series, counts)
            except NotReady:
                break  # nobody knows whose images they are
    known = {a.reference for a in gateway.rulings.approved()}
    plan = _approved_in_plan(schedule, gateway)
    words = [_word(gateway, key, count, known, plan) for key, count in counts.items()]
    words.sort(key=lambda w: (not w.waits, w.keyword, -w.files, w.value))
    return WordList(files=files, series=done, left_out=left_out, words=tuple(words))


def _groups(gateway: SiteGateway, scope: Scope) -> Iterable[Group]:
    names = (
        [hold.id for hold in gateway.spool.holds()] if scope == "waiting"
        else [row["token"] for row in gateway.spool.sent_lately(MOST_GROUPS)]
    )  # fmt: skip
    for name in names[:MOST_GROUPS]:
        try:
            yield of_hold(gateway, name) if scope == "waiting" else of_transfer(gateway, name)  # fmt: skip
        except NotFound:
            continue  # decided, or expired, meanwhile


def _series(arrivals: Sequence[Arrival]) -> Iterable[list[Arrival]]:
    found: dict[str, list[Arrival]] = {}
    for arrival in arrivals:
        found.setdefault(arrival.series, []).append(arrival)
    return found.values()


def _count(
    gateway: SiteGateway,
    schedule: Schedule,
    group: Group,
    series: Sequence[Arrival],
    counts: dict[tuple[str, str], _Count],
) -> None:
    exam = exam_of(gateway, schedule, group)
    for (where, name, action, _), (_, after, otherwise) in explained(gateway, exam, series[0]):  # fmt: skip
        keyword = keyword_of(where)
        if action not in ("kept", "changed") or not after or not _is_text(keyword):
            continue
        count = counts.setdefault((keyword, after), _Count(name, otherwise, after != otherwise))  # fmt: skip
        count.files += len(series)
        count.series.add(series[0].series)
        count.exams.add(group.exam)


def _is_text(keyword: str) -> bool:
    from pydicom.datadict import dictionary_VR, tag_for_keyword

    tag = tag_for_keyword(keyword)
    return tag is None or dictionary_VR(tag) in TEXT


def _word(
    gateway: SiteGateway,
    key: tuple[str, str],
    count: _Count,
    known: Collection[str],
    plan: Collection[str],
) -> Word:
    keyword, value = key
    reference = gateway.rulings.reference(keyword, value)
    standing = "known words"
    if count.waits:
        standing = "waits"
    elif reference in known:
        standing = "approved at the site"
    elif fold(value.strip()) in plan:
        standing = "approved in the plan"
    return Word(
        keyword=keyword, name=count.name, value=value, files=count.files, series=len(count.series),
        exams=len(count.exams), standing=standing, otherwise=count.otherwise if count.waits else "",
        reference=reference,
    )  # fmt: skip


def _approved_in_plan(schedule: Schedule, gateway: SiteGateway) -> frozenset[str]:
    from provident.programme import deid_profile

    return deid_profile(schedule.plan, gateway.registration.site).approved


def approve(
    gateway: SiteGateway,
    clock: Clock,
    of: WordList,
    references: Collection[str],
    *,
    why: str,
    by: str,
) -> str:
    """Approve values for the site; returns the lines that propose them for the plan.

    Raises:
        InvalidInput: none was chosen, or no reason is given.
    """
    chosen = [(w.keyword, w.value) for w in of.waiting() if w.reference in set(references)]  # fmt: skip
    if not chosen:
        raise InvalidInput("Choose values to approve.")
    signed = Signed(by, clock.now().isoformat(), " ".join(why.split()))
    gateway.rulings.approve(chosen, signed)
    gateway.ledger.record(
        clock, by, "words.approved", approved=[gateway.rulings.reference(*v) for v in chosen], why=signed.why,
    )  # fmt: skip
    return lines_of(chosen)


def withdraw(
    gateway: SiteGateway, clock: Clock, reference: str, *, why: str, by: str
) -> None:
    """Take a site's approval back; what was sent stays as it is.

    Raises:
        InvalidInput: no reason is given.
        NotFound: there is no such approval.
    """
    signed = Signed(by, clock.now().isoformat(), " ".join(why.split()))
    if not gateway.rulings.withdraw(reference):
        raise NotFound("There is no such approval, or it was taken back already.")
    gateway.ledger.record(clock, by, "words.withdrawn", reference=reference, why=signed.why)  # fmt: skip


def proposed(gateway: SiteGateway, schedule: Schedule) -> str:
    """Lines for the plan's list: what the site approved and the plan has not."""
    plan = _approved_in_plan(schedule, gateway)
    return lines_of((a.keyword, a.value) for a in gateway.rulings.approved() if fold(a.value.strip()) not in plan)  # fmt: skip
