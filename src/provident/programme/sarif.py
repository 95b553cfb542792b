"""A check report as SARIF 2.1.0 (OASIS), which code hosts and editors show beside the lines of the plan."""

from __future__ import annotations

from typing import Any

from provident import __version__
from provident.kernel import Finding, Severity
from provident.plan import CODES
from provident.programme.check import Report, WaivedFinding
from provident.programme.checks import CHECKS


_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}


def sarif(report: Report) -> dict[str, Any]:
    """The report as one SARIF document; waived findings are suppressed with their reason."""
    results = [_result(f) for f in report.findings]
    results += [_suppressed(w) for w in report.waived]
    found = sorted({r["ruleId"] for r in results})
    driver = {
        "name": "Provident",
        "version": __version__,
        "rules": [_rule(code) for code in found],
    }
    run: dict[str, Any] = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": results,
        "properties": {"plan": {"version": report.version, "hash": report.hash}},
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(code: str) -> dict[str, Any]:
    check = CHECKS.get(code)
    if check is None:
        of_files = next((c for c in CODES if c.code == code), None)
        means = of_files.means if of_files else "A consideration of the framework."
        return {"id": code, "shortDescription": {"text": means}}
    return {
        "id": code,
        "shortDescription": {"text": check.finds},
        "fullDescription": {"text": check.why},
        "help": {"text": check.remedy},
        "properties": {"subdomain": check.subdomain},
    }


def _result(finding: Finding) -> dict[str, Any]:
    told = [finding.message]
    if finding.expected or finding.found:
        told.append(
            f"Expected {finding.expected or '-'}, found {finding.found or '-'}."
        )
    if finding.remedy:
        told.append(finding.remedy)
    made: dict[str, Any] = {
        "ruleId": finding.code,
        "level": _LEVELS[finding.severity],
        "message": {"text": "\n".join(told)},
    }
    where = finding.where
    if where.file:
        physical: dict[str, Any] = {"artifactLocation": {"uri": where.file}}
        if where.line:
            physical["region"] = {"startLine": where.line}
            if where.column:
                physical["region"]["startColumn"] = where.column
        made["locations"] = [{"physicalLocation": physical}]
    return made


def _suppressed(waived: WaivedFinding) -> dict[str, Any]:
    words = f"{waived.waiver.why} ({waived.waiver.by}, {waived.waiver.on})"
    return {
        **_result(waived.finding),
        "suppressions": [{"kind": "external", "justification": words}],
    }
