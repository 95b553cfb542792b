"""The kinds of documents and how one is made."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from provident.kernel import Finding, NotFound
from provident.plan import Loaded, Plan
from provident.plan.nearest import did_you_mean
from provident.programme.documents.blocks import Document, Section


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a document is made from: a plan that loads, what the checks found, and what it is about."""

    loaded: Loaded
    findings: tuple[Finding, ...] = ()
    exam: str = ""
    site: str = ""
    scanner: str = ""

    @property
    def plan(self) -> Plan:
        """The plan."""
        return self.loaded.require()


Make = Callable[[Request], Iterable[Section]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of document. `takes` are the parts of a request that it heeds."""

    name: str
    title: str
    readers: str
    make: Make
    takes: tuple[str, ...] = ()


KINDS: dict[str, Kind] = {}


def kind(
    name: str, *, title: str, readers: str, takes: tuple[str, ...] = ()
) -> Callable[[Make], Make]:
    """Register a function that makes the sections of a kind of document."""

    def put(make: Make) -> Make:
        KINDS[name] = Kind(
            name=name, title=title, readers=readers, make=make, takes=takes
        )
        return make

    return put


def document(name: str, request: Request) -> Document:
    """The document of a kind.

    Raises:
        NotFound: no such kind, exam, site or scanner; the message lists what there is.
        PlanError: the plan does not load.
    """
    if name not in KINDS:
        raise NotFound(
            f'There is no document "{name}".{did_you_mean(name, KINDS)} There are: {", ".join(KINDS)}.'
        )
    chosen, plan = KINDS[name], request.plan
    _must_be_there("exam", request.exam, plan.imaging)
    _must_be_there("site", request.site, plan.sites.sites)
    study = plan.study
    about = [w for w in (request.exam, request.site, request.scanner) if w]
    return Document(
        kind=name,
        title=chosen.title,
        study=study.id,
        study_title=study.title,
        version=plan.version,
        hash=plan.hash,
        about=", ".join(about),
        sections=tuple(chosen.make(request)),
    )


def _must_be_there(what: str, name: str, there: Iterable[str]) -> None:
    if name and name not in set(there):
        raise NotFound(f'The plan has no {what} "{name}". It has: {", ".join(there)}.')
