"""What the plan's diagram and documents show: the flows with live counts, the kinds of documents."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from provident import plan
from provident.flows import Diagram
from provident.kernel import InvalidInput
from provident.plan import Loaded
from provident.programme import documents
from provident.programme.flow_diagram import flow_diagram
from provident.web.people.models import Membership
from provident.web.reports.selectors import images_received, reads_signed
from provident.web.studies.plans import version_in_force
from provident.web.studies.presenters import report_of
from provident.web.studies.selectors import PlanVersion


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A kind of document that can be had."""

    kind: str
    title: str
    readers: str


@lru_cache(maxsize=8)
def _loaded(files: tuple[tuple[str, str], ...]) -> Loaded:
    return plan.load_files({name: text.encode() for name, text in files})


def loaded_of(version: PlanVersion) -> Loaded:
    """A stored version, loaded; kept in memory by its content."""
    return _loaded(tuple(sorted(version.files.items())))


def drawn(by: Membership) -> Diagram:
    """The data flow of the plan in force, with what the running system saw.

    Raises:
        NotFound: the plan has no flows.
    """
    version = version_in_force(by.study)
    loaded = loaded_of(version)
    return flow_diagram(loaded, report_of(version).findings, _counts(by, loaded))


def _counts(by: Membership, loaded: Loaded) -> dict[str, str]:
    """By flow: images that came from a de-identifying step, reads that readers signed."""
    flows, roles = loaded.require().flows, loaded.require().people.roles
    if flows is None:
        return {}
    images, reads = images_received(by.study), reads_signed(by.study)
    found = {}
    for name, flow in flows.flows.items():
        store, role = flows.stores.get(flow.from_), roles.get(flow.from_)
        if store is not None and store.does == "deidentify":
            found[name] = f"{images:,} images so far"
        elif role is not None and role.on_platform(flow.from_) == "reader":
            found[name] = f"{reads:,} reads so far"
    return found


def papers() -> list[Paper]:
    """The kinds of documents, in the order of the command line."""
    return [
        Paper(kind=k.name, title=k.title, readers=k.readers)
        for k in documents.KINDS.values()
    ]


def paper(by: Membership, kind: str, form: str) -> bytes | str:
    """A document of the plan in force: text of a page, or bytes for Word.

    Raises:
        NotFound: no such kind.
        InvalidInput: another form than html or docx.
    """
    version = version_in_force(by.study)
    request = documents.Request(
        loaded=loaded_of(version), findings=report_of(version).findings
    )
    made = documents.document(kind, request)
    if form == "docx":
        from provident.adapters.word import as_word

        return as_word(made)
    if form != "html":
        raise InvalidInput("A document is to be had as html or docx.")
    return documents.as_html(made)
