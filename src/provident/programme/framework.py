"""The framework as data: 12 domains, 39 subdomains, and the plan fields that answer them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from provident.plan.document import read_document


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanField:
    """Where a plan answers: a file pattern, a path pattern, and a value where one is asked for."""

    file: str
    path: str
    value: str | None = None

    def __str__(self) -> str:
        return f"{self.file}: {self.path}" + (f" = {self.value}" if self.value else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Subdomain:
    """One row of the framework.

    Attributes:
        id: stable, such as `reading.methods`.
        domain: the id of its domain.
        title: a few words.
        consider: the questions it asks.
        fields: all that a plan must say; each is a choice of fields of which one is enough.
        when: `reads` or `ionising` where it applies only to plans that have them.
    """

    id: str
    domain: str
    title: str
    consider: tuple[str, ...]
    fields: tuple[tuple[PlanField, ...], ...]
    when: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Framework:
    """All domains and subdomains, in order."""

    domains: Mapping[str, str]
    subdomains: Mapping[str, Subdomain]


def _field(text: str) -> PlanField:
    file, _, path = text.strip().partition(": ")
    path, _, value = path.partition("=")
    return PlanField(file=file, path=path, value=value or None)


def _subdomain(name: str, row: Mapping[str, Any]) -> Subdomain:
    return Subdomain(
        id=name,
        domain=name.partition(".")[0],
        title=row["title"],
        consider=tuple(row["consider"]),
        fields=tuple(
            tuple(_field(choice) for choice in line.split(" | "))
            for line in row["fields"]
        ),
        when=row.get("when"),
    )


@cache
def framework() -> Framework:
    """The framework, from framework.yaml of this package."""
    source = files("provident.programme").joinpath("framework.yaml")
    document = read_document("framework.yaml", source.read_bytes())
    assert not document.findings, document.findings
    return Framework(
        domains=document.value["domains"],
        subdomains={
            name: _subdomain(name, row)
            for name, row in document.value["subdomains"].items()
        },
    )
