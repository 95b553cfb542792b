"""The plan's pages: coverage, findings, files, versions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from provident import plan, programme
from provident.kernel import Finding, NotFound
from provident.programme.check import WaivedFinding
from provident.web.studies.plans import version_in_force
from provident.web.studies.selectors import PlanVersion, Study


@dataclass(frozen=True, slots=True, kw_only=True)
class SubdomainLine:
    """One of the 39 considerations and how the plan stands to it."""

    id: str
    name: str
    status: str
    findings: int
    consider: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainLine:
    """One of the 12 domains: how many of its considerations are answered."""

    id: str
    name: str
    whole: int
    answered: int
    contradicted: int
    subdomains: tuple[SubdomainLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A plan version as the check sees it."""

    version: str
    hash: str
    domains: tuple[DomainLine, ...]
    findings: tuple[Finding, ...]
    waived: tuple[WaivedFinding, ...]
    files: tuple[str, ...]

    @property
    def answered(self) -> int:
        """How many considerations are answered or waived."""
        return sum(d.answered for d in self.domains)

    @property
    def whole(self) -> int:
        """How many considerations there are."""
        return sum(d.whole for d in self.domains)

    def of(self, severity: str) -> tuple[Finding, ...]:
        """The findings of one severity."""
        return tuple(f for f in self.findings if f.severity == severity)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLine:
    """One line of a plan file, with what the check says of it."""

    number: int
    text: str
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFile:
    """One file of the plan."""

    name: str
    lines: tuple[SourceLine, ...]
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionLine:
    """One version of the plan."""

    version: str
    hash: str
    loaded_at: datetime
    in_force: bool
    changed: tuple[str, ...]
    added: tuple[str, ...]
    removed: tuple[str, ...]
    first: bool


SHOWN = (".yaml", ".csv", ".md")


@lru_cache(maxsize=8)
def _report(files: tuple[tuple[str, str], ...]) -> programme.Report:
    return programme.check_plan(
        plan.load_files({name: text.encode() for name, text in files})
    )


def report_of(version: PlanVersion) -> programme.Report:
    """The check of a stored version, kept in memory by its content."""
    return _report(tuple(sorted(version.files.items())))


def _domains(report: programme.Report) -> tuple[DomainLine, ...]:
    frame, counts = programme.framework(), Counter(f.subdomain for f in report.findings)
    states: Mapping[str, str] = {k: str(v) for k, v in report.coverage.items()}
    lines = []
    for domain, name in frame.domains.items():
        rows = tuple(
            SubdomainLine(
                id=s.id, name=s.title, status=states.get(s.id, "missing"), findings=counts[s.id], consider=s.consider,
            )
            for s in frame.subdomains.values()
            if s.domain == domain
        )  # fmt: skip
        lines.append(
            DomainLine(
                id=domain,
                name=name,
                whole=len(rows),
                answered=sum(r.status in {"answered", "waived"} for r in rows),
                contradicted=sum(r.status == "contradicted" for r in rows),
                subdomains=rows,
            )
        )
    return tuple(lines)


def checked(version: PlanVersion) -> Checked:
    """A stored version as the check sees it."""
    report = report_of(version)
    return Checked(
        version=version.version,
        hash=version.hash,
        domains=_domains(report),
        findings=report.findings,
        waived=report.waived,
        files=tuple(sorted(n for n in version.files if n.endswith(SHOWN))),
    )


def plan_file(version: PlanVersion, name: str) -> PlanFile:
    """One file of a version, with the findings at their lines.

    Raises:
        NotFound: the version has no such file.
    """
    if name not in version.files:
        raise NotFound(f"The plan {version.version} has no file of that name.")
    at: dict[int, list[Finding]] = {}
    for finding in report_of(version).findings:
        if finding.where.file == name:
            at.setdefault(finding.where.line or 1, []).append(finding)
    lines = tuple(
        SourceLine(number=i, text=text, findings=tuple(at.get(i, ())))
        for i, text in enumerate(version.files[name].splitlines() or [""], start=1)
    )
    others = tuple(sorted(n for n in version.files if n.endswith(SHOWN)))
    return PlanFile(name=name, lines=lines, others=others)


def versions(study: Study) -> list[VersionLine]:
    """All versions of a study's plan, the newest first, each with the files that changed."""
    rows = list(study.plans.order_by("in_force_from", "id"))
    before: list[Mapping[str, str]] = [{}, *(r.files for r in rows[:-1])]
    now = version_in_force(study).pk if rows else None
    lines = [
        VersionLine(
            version=r.version,
            hash=r.hash,
            loaded_at=r.loaded_at,
            in_force=r.pk == now,
            changed=tuple(
                sorted(n for n in set(old) & set(r.files) if old[n] != r.files[n])
            ),
            added=tuple(sorted(set(r.files) - set(old))),
            removed=tuple(sorted(set(old) - set(r.files))),
            first=not old,
        )
        for old, r in zip(before, rows, strict=True)
    ]
    return lines[::-1]
