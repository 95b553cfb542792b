"""Coverage: which subdomains of the framework a plan answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Any

from provident.kernel import Finding, Severity
from provident.plan.references import named
from provident.programme.framework import PlanField, Subdomain, framework
from provident.programme.ionising import IONISING


class Coverage(StrEnum):
    """How a plan stands to one subdomain.

    Answered: all its fields are there and no check contradicts them. Contradicted: an open
    finding at error level. Missing: a field is not there. Waived: somebody answers for what
    is missing or contradicted.
    """

    ANSWERED = "answered"
    CONTRADICTED = "contradicted"
    MISSING = "missing"
    WAIVED = "waived"


def _applies(when: str | None, documents: Mapping[str, Any]) -> bool:
    """Whether the plan has what the subdomain is about."""
    if when == "reads":
        return any(f.startswith("reading/") for f in documents)
    if when == "ionising":
        return any(_modalities(d) & IONISING for d in documents.values())
    return True


def _modalities(document: Any) -> set[str]:
    stated = document.get("modality") if isinstance(document, dict) else None
    return set(stated) if isinstance(stated, list) else {str(stated)}


def _says(field: PlanField, documents: Mapping[str, Any]) -> bool:
    """Whether any file of the kind says something, not empty, at the field's path."""
    for file, document in documents.items():
        if fnmatchcase(file, field.file):
            for _, value, _ in named(document, field.path):
                if field.value is not None and str(value) == field.value:
                    return True
                if field.value is None and value not in (None, "", [], {}):
                    return True
    return False


def missing_fields(
    subdomain: Subdomain, documents: Mapping[str, Any]
) -> tuple[str, ...]:
    """What a plan does not say of what the subdomain asks, in words."""
    if not _applies(subdomain.when, documents):
        return ()
    return tuple(
        " or ".join(str(f) for f in choices)
        for choices in subdomain.fields
        if not any(_says(f, documents) for f in choices)
    )


def coverage(
    documents: Mapping[str, Any],
    open_findings: Iterable[Finding],
    waived_findings: Iterable[Finding] = (),
    waived_subdomains: Iterable[str] = (),
) -> dict[str, Coverage]:
    """How the plan stands to each of the 39 subdomains, in the framework's order."""
    against = {f.subdomain for f in open_findings if f.severity is Severity.ERROR}
    excused = {f.subdomain for f in waived_findings if f.severity is Severity.ERROR}
    excused |= set(waived_subdomains)
    found = {}
    for name, subdomain in framework().subdomains.items():
        missing = missing_fields(subdomain, documents)
        if name in against:
            found[name] = Coverage.CONTRADICTED
        elif name in excused:
            found[name] = Coverage.WAIVED
        elif missing:
            found[name] = Coverage.MISSING
        else:
            found[name] = Coverage.ANSWERED
    return found
