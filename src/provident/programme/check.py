"""Check a plan: load findings, cross-checks, waivers and coverage in one report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from provident.kernel import Finding, Place, Severity
from provident.plan import CODES, Loaded
from provident.plan.models.study import Waiver
from provident.plan.nearest import did_you_mean
from provident.programme.checks import CHECKS, PlanUnderCheck
from provident.programme.coverage import Coverage, coverage, missing_fields
from provident.programme.framework import framework


NOT_ANSWERED = "COVER.NOT_ANSWERED"
WAIVER_UNKNOWN = "WAIVER.UNKNOWN"
WAIVER_UNUSED = "WAIVER.UNUSED"


@dataclass(frozen=True, slots=True, kw_only=True)
class WaivedFinding:
    """A finding that somebody answers for."""

    finding: Finding
    waiver: Waiver


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What checking a plan gave.

    Attributes:
        version: the plan's version; None when it does not load.
        hash: the plan's content hash; None when it does not load.
        coverage: the state of each subdomain; empty when the plan does not load.
        findings: all open findings, in the order of the files.
        waived: findings that a waiver answers for.
    """

    version: str | None
    hash: str | None
    coverage: Mapping[str, Coverage]
    findings: tuple[Finding, ...]
    waived: tuple[WaivedFinding, ...] = ()

    @property
    def loads(self) -> bool:
        """Whether the plan could be read at all."""
        return self.hash is not None

    @property
    def exit_code(self) -> int:
        """0 without errors, 1 with, 3 when the plan does not load."""
        if not self.loads:
            return 3
        return int(any(f.severity is Severity.ERROR for f in self.findings))

    def as_json(self) -> dict[str, Any]:
        """The report as the command line contract writes it; `waived` is added."""
        return {
            "plan": {"version": self.version, "hash": self.hash},
            "coverage": {name: str(state) for name, state in self.coverage.items()},
            "findings": [f.as_json() for f in self.findings],
            "waived": [
                {
                    **w.finding.as_json(),
                    "why": w.waiver.why,
                    "by": w.waiver.by,
                    "on": w.waiver.on.isoformat(),
                }
                for w in self.waived
            ],
        }


def check_plan(loaded: Loaded) -> Report:
    """Check a loaded plan; a plan that does not load gives its findings and no coverage."""
    if loaded.plan is None:
        return Report(
            version=None, hash=None, coverage={}, findings=tuple(loaded.findings)
        )
    under_check = PlanUnderCheck.of(loaded)
    crossed = [f for c in CHECKS.values() for f in c.findings(under_check)]
    waivers = loaded.plan.study.waived
    still_open, waived = _waive(crossed, waivers, loaded)
    subdomains = {w.subdomain for w in waivers if w.subdomain}
    states = coverage(
        loaded.documents,
        [*loaded.findings, *still_open],
        [w.finding for w in waived],
        subdomains,
    )
    findings = [
        *loaded.findings,
        *still_open,
        *_not_answered(states, loaded),
        *_waiver_problems(waivers, waived, states, loaded),
    ]
    return Report(
        version=loaded.plan.version,
        hash=loaded.plan.hash,
        coverage=states,
        findings=tuple(sorted(findings, key=_place)),
        waived=tuple(waived),
    )


def _place(finding: Finding) -> tuple[str, int, int, str]:
    where = finding.where
    return (where.file or "", where.line or 0, where.column or 0, finding.code)


def _waive(
    findings: list[Finding], waivers: tuple[Waiver, ...], loaded: Loaded
) -> tuple[list[Finding], list[WaivedFinding]]:
    still_open, waived = [], []
    for finding in findings:
        waiver = next((w for w in waivers if _covers(w, finding, loaded)), None)
        if waiver is None:
            still_open.append(finding)
        else:
            waived.append(WaivedFinding(finding=finding, waiver=waiver))
    return still_open, waived


def _covers(waiver: Waiver, finding: Finding, loaded: Loaded) -> bool:
    if waiver.finding != finding.code:
        return False
    if waiver.where is None:
        return True
    file, _, path = waiver.where.partition(":")
    if file != finding.where.file:
        return False
    return not path or _inside(path, finding.where, loaded)


def _inside(path: str, where: Place, loaded: Loaded) -> bool:
    """Whether a place belongs to the value that a dotted path names."""
    steps = tuple(int(s) if s.isdigit() else s for s in path.split("."))
    places = loaded.places.files.get(where.file or "")
    if places is None:
        return False
    at = (where.line, where.column)
    return any(
        known[: len(steps)] == steps and position == at
        for table in (places.values, places.keys)
        for known, position in table.items()
    )


def _not_answered(states: Mapping[str, Coverage], loaded: Loaded) -> list[Finding]:
    findings = []
    for name, state in states.items():
        if state is not Coverage.MISSING:
            continue
        subdomain = framework().subdomains[name]
        missing = missing_fields(subdomain, loaded.documents)
        file = missing[0].split(":")[0]
        there = file in loaded.documents
        findings.append(
            Finding(
                code=NOT_ANSWERED,
                severity=Severity.WARNING,
                where=loaded.places.of(file)
                if there
                else Place(file=file, line=1, column=1),
                message=f"the plan does not answer {name} ({subdomain.title.lower()})",
                expected="; ".join(missing),
                found="not stated",
                remedy=f"Consider: {'; '.join(subdomain.consider)}. Or waive it in study.yaml: {{subdomain: {name}, why, by, on}}.",
                subdomain=name,
            )
        )
    return findings


def _waiver_problems(
    waivers: tuple[Waiver, ...],
    waived: list[WaivedFinding],
    states: Mapping[str, Coverage],
    loaded: Loaded,
) -> list[Finding]:
    used = {id(w.waiver) for w in waived}
    findings = []
    for i, waiver in enumerate(waivers):
        where = loaded.places.of("study.yaml", ("waived", i))
        problem = _waiver_problem(waiver)
        if problem:
            findings.append(replace(problem, where=where))
        elif not _is_used(waiver, id(waiver) in used, states):
            findings.append(
                Finding(
                    code=WAIVER_UNUSED,
                    severity=Severity.WARNING,
                    where=where,
                    message=f"the waiver of {waiver.finding or waiver.subdomain} has nothing to waive",
                    expected="a finding that is there",
                    found="none",
                    remedy="Remove it, so that it cannot hide a later finding.",
                )
            )
    return findings


def _is_used(waiver: Waiver, used: bool, states: Mapping[str, Coverage]) -> bool:
    if waiver.finding:
        return used
    return states.get(waiver.subdomain or "") is Coverage.WAIVED


def _waiver_problem(waiver: Waiver) -> Finding | None:
    """A waiver of something that does not exist or may not be waived."""
    if waiver.finding and waiver.finding not in CHECKS:
        loads = any(c.code == waiver.finding for c in CODES)
        words = (
            f"{waiver.finding} is about the plan's files and cannot be waived"
            if loads
            else f'"{waiver.finding}" is not the code of a check{did_you_mean(waiver.finding, CHECKS)}'
        )
    elif waiver.subdomain and waiver.subdomain not in framework().subdomains:
        words = f'"{waiver.subdomain}" is not a subdomain{did_you_mean(waiver.subdomain, framework().subdomains)}'
    else:
        return None
    return Finding(
        code=WAIVER_UNKNOWN,
        severity=Severity.ERROR,
        where=Place(file="study.yaml", line=1, column=1),
        message=words,
        expected="the code of a check, or a subdomain",
        found=waiver.finding or waiver.subdomain or "",
        remedy="Correct the name; docs/reference/checks.md lists all codes.",
    )
