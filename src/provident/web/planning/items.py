"""What of a plan can be given to somebody: the findings of its check, and the considerations it does not answer."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from provident.kernel import Finding, NotFound
from provident.kernel.ids import sha256
from provident.programme.check import NOT_ANSWERED
from provident.programme.checks import CHECKS
from provident.web.studies.presenters import report_of
from provident.web.studies.selectors import PlanVersion


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A finding or an unanswered consideration.

    Attributes:
        key: stays the same while lines move and versions follow each other.
        domain: one of the 12; blank for a finding about the files themselves.
        waivable: whether the check takes a waiver of it.
    """

    key: str
    title: str
    domain: str
    severity: str
    code: str
    subdomain: str
    file: str
    line: int
    expected: str
    found: str
    remedy: str
    waivable: bool


def items(version: PlanVersion) -> list[Item]:
    """All items of a version: what would fail first, then warnings and what is not answered, then notes."""
    seen: Counter[str] = Counter()
    found = []
    for finding in report_of(version).findings:
        key = _key(finding)
        seen[key] += 1
        found.append(_item(finding, key if seen[key] == 1 else f"{key}-{seen[key]}"))
    order = {"error": 0, "warning": 1, "note": 2}
    return sorted(found, key=lambda i: order.get(i.severity, 3))


def item(version: PlanVersion, key: str) -> Item:
    """One item.

    Raises:
        NotFound: the plan in force has no such item (any more).
    """
    found = next((i for i in items(version) if i.key == key), None)
    if found is None:
        raise NotFound(
            "The plan in force has no such finding any more: an amendment answered it, or its words have changed."
        )
    return found


def waiver_lines(item: Item, *, why: str, by: str, on: date) -> str:
    """The entry of `waived:` in study.yaml that says the same as a waiver made on the platform."""
    what = (
        f"subdomain: {item.subdomain}"
        if item.code == NOT_ANSWERED
        else f"finding: {item.code}"
    )
    lines = [f"  - {what}"]
    if item.code != NOT_ANSWERED and item.file:
        lines.append(f"    where: {item.file}")
    lines += [f"    why: {_quoted(why)}", f"    by: {_quoted(by)}", f"    on: {on}"]
    return "\n".join(lines)


def _quoted(text: str) -> str:
    """A text on one line of YAML, whatever is in it."""
    inside = " ".join(text.split()).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{inside}"'


def _key(finding: Finding) -> str:
    if finding.code == NOT_ANSWERED:
        return f"consideration:{finding.subdomain}"
    # Not the line: it moves with every edit above it.
    where = f"{finding.code}|{finding.where.file or ''}|{finding.message}"
    return f"finding:{sha256(where.encode())[:16]}"


def _item(finding: Finding, key: str) -> Item:
    return Item(
        key=key,
        title=finding.message,
        domain=(finding.subdomain or "").partition(".")[0],
        severity=str(finding.severity),
        code=finding.code,
        subdomain=finding.subdomain or "",
        file=finding.where.file or "",
        line=finding.where.line or 1,
        expected=finding.expected or "",
        found=finding.found or "",
        remedy=finding.remedy or "",
        waivable=finding.code == NOT_ANSWERED or finding.code in CHECKS,
    )
