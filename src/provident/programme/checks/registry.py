"""The registry of cross-checks: each reads a whole plan and says what is contradictory or missing.

A check is a function over a `PlanUnderCheck` that yields `Flag`s. The registry makes findings
of them: the check gives the code, severity, subdomain, remedy; the flag the place and the words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from provident.kernel import Finding, Severity
from provident.plan import Loaded, Plan, kind_of
from provident.plan.places import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """One thing that a check found.

    Attributes:
        file: the plan file.
        path: the way to the value in it.
        message: what is wrong, in a trial team's words.
        expected: what would be right.
        found: what is there.
        remedy: what to do, where it is more exact than the check's own.
        key: whether the finding stands at the key rather than at its value.
        severity: where it differs from the check's own.
    """

    file: str
    path: Path
    message: str
    expected: str = ""
    found: str = ""
    remedy: str = ""
    key: bool = False
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class PlanUnderCheck:
    """A loaded plan with the way back from each part to its file."""

    loaded: Loaded
    plan: Plan
    files: Mapping[tuple[str, str], str] = field(default_factory=dict)

    @classmethod
    def of(cls, loaded: Loaded) -> PlanUnderCheck:
        """The plan that was loaded.

        Raises:
            PlanError: it did not load.
        """
        files: dict[tuple[str, str], str] = {}
        for name, top in loaded.documents.items():
            kind = kind_of(name, top)
            identity = _identity(kind.name if kind else "", top)
            if identity is not None and kind is not None:
                files[kind.name, identity] = name
        return cls(loaded, loaded.require(), files)

    def file(self, kind: str, identity: str) -> str:
        """The file that defines an exam (`imaging`), endpoint (`reading`), form or model."""
        return self.files[kind, identity]


def _identity(kind: str, top: Any) -> str | None:
    if not isinstance(top, Mapping):
        return None
    match kind:
        case "imaging":
            return str(top.get("exam"))
        case "reading":
            return str(top.get("endpoint"))
        case "forms":
            return f"{top.get('form')}@{top.get('version')}"
        case "processing":
            return str(top.get("processing"))
        case "economics":
            return str(top.get("model", {}).get("id"))
    return None


CheckFunction = Callable[[PlanUnderCheck], Iterable[Flag]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One cross-check, as the catalogue lists it.

    Attributes:
        code: public and never reused.
        subdomain: the subdomain of the framework that it guards.
        severity: of its findings.
        finds: what it finds, in a sentence.
        why: why that matters, with its source.
        remedy: what to do.
        run: the function.
    """

    code: str
    subdomain: str
    severity: Severity
    finds: str
    why: str
    remedy: str
    run: CheckFunction

    def findings(self, under_check: PlanUnderCheck) -> Iterator[Finding]:
        """What it finds in a plan."""
        places = under_check.loaded.places
        for flag in self.run(under_check):
            where = places.of_key if flag.key else places.of
            yield Finding(
                code=self.code,
                severity=flag.severity or self.severity,
                where=where(flag.file, flag.path),
                message=flag.message,
                expected=flag.expected,
                found=flag.found,
                remedy=flag.remedy or self.remedy,
                subdomain=self.subdomain,
            )


CHECKS: dict[str, Check] = {}
"""All checks by code."""


def check(
    *,
    code: str,
    subdomain: str,
    finds: str,
    why: str,
    remedy: str,
    severity: Severity = Severity.ERROR,
) -> Callable[[CheckFunction], CheckFunction]:
    """Register a function as a check.

    Raises:
        ValueError: the code is taken.
    """

    def register(run: CheckFunction) -> CheckFunction:
        if code in CHECKS:
            raise ValueError(f"the code {code} is taken")
        CHECKS[code] = Check(
            code=code,
            subdomain=subdomain,
            severity=severity,
            finds=finds,
            why=why,
            remedy=remedy,
            run=run,
        )
        return run

    return register
