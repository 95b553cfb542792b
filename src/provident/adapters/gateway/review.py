"""What de-identification did, or would do, with files: for the person of the site who decides about them.

Shows original values, so that it is for the site alone; each look is in the gateway's ledger.
`Review.without_values` is what others may see: attributes, rules and reasons.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from provident import deid
from provident.adapters.gateway.deidentifying import Exam
from provident.adapters.gateway.groups import Group, exam_of
from provident.adapters.gateway.rulings import Painted, Signed
from provident.adapters.gateway.schedule import Schedule
from provident.adapters.gateway.site import SiteGateway
from provident.adapters.gateway.spool import Arrival
from provident.kernel import Clock, InvalidInput


MOST_FILES = 40  # explained at one look, every series among them: 20 ms each
MOST_VALUES = 6  # shown of one attribute
MOST_WAITING = 50  # of one attribute that wait: longer lists are for the page of words
_ITEM = re.compile(r"\[\d+\]")
_TAG = re.compile(r"\(([0-9A-Fa-f]{4}), ?([0-9A-Fa-f]{4})\)")


@dataclass(frozen=True, slots=True)
class Pair:
    """One value before and after; `otherwise` is what is left of it where nobody approves its words."""

    before: str = field(repr=False)
    after: str = field(repr=False)
    files: int
    otherwise: str = field(default="", repr=False)
    reference: str = ""  # of a value that can be approved


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """What was done with one attribute over all files, by which rule and why."""

    where: str
    keyword: str
    name: str
    action: str
    why: str
    files: int
    values: int  # different ones
    pairs: tuple[Pair, ...] = field(default=(), repr=False)

    @property
    def waits(self) -> bool:
        """Whether a value of it waits for approval."""
        return any(pair.reference for pair in self.pairs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A look at a group of held files."""

    files: int
    explained: int
    profile: str
    attributes: tuple[Attribute, ...] = field(repr=False)
    removed: tuple[str, ...] = ()  # attributes that a person of the site marked before
    painted: tuple[Painted, ...] = ()  # and regions

    def without_values(self) -> Review:
        """The same for those who may not know whose files they are."""
        bare = tuple(replace(a, pairs=()) for a in self.attributes)
        return replace(self, attributes=bare)

    def approvable(self) -> Iterator[tuple[Attribute, Pair]]:
        """Values that wait for approval."""
        for attribute in self.attributes:
            for pair in attribute.pairs:
                if pair.reference:
                    yield attribute, pair


def review(
    gateway: SiteGateway, clock: Clock, schedule: Schedule, group: Group, by: str
) -> Review:
    """Explain the files of a group; recorded.

    Raises:
        NotReady: nobody knows yet whose files they are.
    """
    exam = exam_of(gateway, schedule, group)
    gateway.ledger.record(clock, by, f"{group.kind}.reviewed", **{group.kind: group.reference})  # fmt: skip
    some = _some(group.arrivals)
    found: dict[Key, dict[tuple[str, str, str], int]] = {}
    seen: dict[Key, int] = {}
    for arrival in some:
        touched = set()
        for key, value in explained(gateway, exam, arrival):
            values = found.setdefault(key, {})
            values[value] = values.get(value, 0) + 1
            touched.add(key)
        for key in touched:
            seen[key] = seen.get(key, 0) + 1
    attributes = [_attribute(gateway, key, values, seen[key]) for key, values in found.items()]  # fmt: skip
    # What waits first; then what stays, which nobody else will look at again.
    order = {"kept": 1, "changed": 2, "emptied": 3, "removed": 4, "written": 5}
    attributes.sort(key=lambda a: (not a.waits, order.get(a.action, 6), a.where))
    return Review(
        files=len(group.arrivals),
        explained=len(some),
        profile=f"{exam.profile.id} {exam.profile.version}",
        attributes=tuple(attributes),
        removed=tuple(gateway.rulings.removed(group.exam)),
        painted=tuple(gateway.rulings.painted(group.exam)),
    )


def _some(arrivals: Sequence[Arrival]) -> list[Arrival]:
    """The first file of each series, and others at even distances."""
    firsts = {a.series: a for a in reversed(arrivals)}
    chosen = {a.id for a in firsts.values()}
    rest = [a for a in arrivals if a.id not in chosen]
    left = max(0, MOST_FILES - len(chosen))
    step = max(1, -(-len(rest) // left)) if left else len(rest) + 1
    chosen |= {a.id for a in rest[::step]} if left else set()
    return [a for a in arrivals if a.id in chosen][:MOST_FILES]


Key = tuple[str, str, str, str]


def explained(
    gateway: SiteGateway, exam: Exam, arrival: Arrival
) -> Iterator[tuple[Key, tuple[str, str, str]]]:
    """(where, name, action, why) and (before, after if approved, after otherwise) of each element of a file."""
    try:
        original = gateway.vault.get(arrival.id)
    except (InvalidInput, FileNotFoundError):
        return
    told: dict[str, Any] = {"key": gateway.site_key, "subject": exam.subject}
    hold, clean = (exam.profile.with_text(how) for how in ("hold", "clean"))
    otherwise = {c.where: c.after for c in deid.explain(original, profile=clean, **told)}  # fmt: skip
    for change in deid.explain(original, profile=hold, **told):
        # What Provident writes names the profile, which differs by how it takes text.
        left = change.after if change.action == "written" else otherwise.get(change.where, change.after)  # fmt: skip
        where = _ITEM.sub("[]", change.where)
        yield (where, change.name, change.action, change.why), (change.before, change.after, left)  # fmt: skip


def _attribute(
    gateway: SiteGateway, key: Key, values: dict[tuple[str, str, str], int], files: int
) -> Attribute:
    where, name, action, why = key
    keyword = keyword_of(where)
    pairs = []
    for (before, after, otherwise), n in sorted(values.items(), key=lambda v: (-v[1], v[0])):  # fmt: skip
        waits = after != otherwise
        reference = gateway.rulings.reference(keyword, after) if waits else ""
        pairs.append(Pair(before, after, n, otherwise if waits else "", reference))
    pairs.sort(key=lambda pair: not pair.reference)
    shown = [p for k, p in enumerate(pairs) if k < (MOST_WAITING if p.reference else MOST_VALUES)]  # fmt: skip
    return Attribute(
        where=where, keyword=keyword, name=name, action=action, why=why, files=files, values=len(pairs),
        pairs=tuple(shown),
    )  # fmt: skip


def keyword_of(where: str) -> str:
    """The keyword of the innermost element, or its tag where the dictionary has none."""
    from pydicom.datadict import keyword_for_tag

    found = _TAG.findall(where)
    if not found:
        return where
    group, element = found[-1]
    return keyword_for_tag(int(group + element, 16)) or f"({group},{element})"


@dataclass(frozen=True, slots=True)
class Ruled:
    """What was decided in a review, and the lines that propose it for the plan."""

    approved: int
    removed: int
    values: str = field(repr=False)  # lines for the list of approved values
    deviations: str = field(repr=False)  # lines for `overrides`


def rule(
    gateway: SiteGateway,
    clock: Clock,
    of: Review,
    group: Group,
    *,
    approved: Collection[str],
    marked: Collection[str],
    why: str,
    by: str,
) -> Ruled:
    """Approve values for the site and have attributes removed from this exam; both are proposed for the plan.

    The ledger has who, why and how many; the values are sealed at the site.

    Raises:
        InvalidInput: nothing was chosen, or no reason is given.
    """
    chosen = [(a, p) for a, p in of.approvable() if p.reference in set(approved)]
    names = list(dict.fromkeys(a.keyword for a in of.attributes if a.keyword in set(marked)))  # fmt: skip
    if not chosen and not names:
        raise InvalidInput("Choose values to approve, or mark what must be removed.")
    signed = Signed(by, clock.now().isoformat(), " ".join(why.split()))
    values = list(dict.fromkeys((a.keyword, pair.after) for a, pair in chosen))
    gateway.rulings.approve(values, signed)
    gateway.rulings.remove(group.exam, names, signed)
    gateway.ledger.record(
        clock, by, f"{group.kind}.ruled", **{group.kind: group.reference},
        approved=[gateway.rulings.reference(*v) for v in values], removed=names, why=signed.why,
    )  # fmt: skip
    return Ruled(len(values), len(names), lines_of(values), _deviations(names, signed.why))  # fmt: skip


def lines_of(values: Iterable[tuple[str, str]]) -> str:
    """Lines for the plan's list of approved values: `keyword,value`."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(values)
    return out.getvalue()


def _deviations(names: Sequence[str], why: str) -> str:
    reason = why.replace("\\", "/").replace('"', "'")
    return "\n".join(f'- {{tag: "{name}", action: remove, why: "{reason}"}}' for name in names)  # fmt: skip
