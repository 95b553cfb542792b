"""How well readers agree with themselves and with whom they replaced: hidden repeats and bridging reads, as figures.

For those who lead the readers alone; no case, answer or date stands in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from provident.kernel import InvalidInput
from provident.web.people.models import Membership
from provident.web.reading.actions.repeating import analysed
from provident.web.reading.designs import designs
from provident.web.reading.models import Assignment, Case, Read


FEWEST = 5  # pairs below which no figure is told


@dataclass(frozen=True, slots=True, kw_only=True)
class AgainLine:
    """One reader in one design: with themselves (repeats) or with whom they replaced (bridging)."""

    reader: str
    endpoint: str
    kind: str
    drawn: int
    signed: int
    bias: float | None
    within: float | None  # the repeatability coefficient: 1.96 SD of the differences
    icc: float | None
    icc_lower: float | None
    icc_upper: float | None


def lines(by: Membership) -> list[AgainLine]:
    """A line for each reader, design and kind; a lead who reads does not see their own."""
    found = []
    for endpoint, design in designs(by.study).items():
        rows = Assignment.objects.filter(
            case__study=by.study_id, design=endpoint, case__purpose__in=(Case.Purpose.REPEAT, Case.Purpose.BRIDGING)
        ).exclude(state="cancelled").exclude(reader__user=by.user_id)  # fmt: skip
        groups: dict[tuple[int, str], list[Assignment]] = {}
        for a in rows.select_related("case", "reader__user").order_by("reader", "pk"):
            groups.setdefault((a.reader_id, a.case.purpose), []).append(a)
        for (_, purpose), group in groups.items():
            both = [p for a in group for p in _pair(a, design)]
            found.append(_line(endpoint, purpose, group, both))
    return found


def _pair(again: Assignment, design) -> list[tuple[float, float]]:
    second = Read.objects.filter(assignment=again).order_by("-version").first()
    firsts = Read.objects.filter(assignment__case=again.case.source_id, version=1)
    if again.case.purpose == Case.Purpose.REPEAT:
        firsts = firsts.filter(assignment__reader=again.reader_id)
    else:
        firsts = firsts.filter(assignment__reader__replaced_by__taking=again.reader_id, assignment__reader__replaced_by__design=again.design)  # fmt: skip
    first = firsts.order_by("pk").first()
    if first is None or second is None:
        return []
    a, b = analysed(design, first), analysed(design, second)
    return [(a, b)] if a is not None and b is not None else []


def _line(
    endpoint: str, purpose: str, group: Sequence[Assignment], both: Sequence[tuple[float, float]]
) -> AgainLine:  # fmt: skip
    bias = within = icc = lower = upper = None
    if len(both) >= FEWEST:
        # Imported when called: scipy is slow to come, and few pages need it.
        from provident import statistics

        try:
            limits = statistics.limits_of_agreement([b for _, b in both], [a for a, _ in both])  # fmt: skip
            bias, within = limits.bias, 1.96 * limits.sd
            found = statistics.icc(list(both), "ICC(A,1)")
            icc, (lower, upper) = found.estimate, found.ci
        except InvalidInput:
            pass  # all the same: there is no variance to compare
    reader = group[0].reader
    return AgainLine(
        reader=reader.user.name or reader.user.username, endpoint=endpoint.replace("_", " "),
        kind="with themselves" if purpose == Case.Purpose.REPEAT else "with whom they replaced",
        drawn=len(group), signed=sum(a.submitted_at is not None for a in group), bias=bias, within=within, icc=icc,
        icc_lower=lower, icc_upper=upper,
    )  # fmt: skip
