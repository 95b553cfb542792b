"""The kinds of file that a plan has, and the model that each is read by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from pydantic import BaseModel

from provident.plan.models.consent import Consent
from provident.plan.models.costs import Costs
from provident.plan.models.deidentification import Deidentification
from provident.plan.models.economics import EconomicModel
from provident.plan.models.evidence import Evidence
from provident.plan.models.flows import Flows
from provident.plan.models.forms import FormFile
from provident.plan.models.imaging import ImagingManual
from provident.plan.models.people import People
from provident.plan.models.phantoms import Phantoms
from provident.plan.models.processing import ProcessingFile
from provident.plan.models.quality import Quality
from provident.plan.models.reading import ReadDesignFile
from provident.plan.models.sites import Sites
from provident.plan.models.study import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of plan file.

    Attributes:
        name: what it is called on the command line and in JSON Schemas.
        pattern: which files are of this kind.
        model: the pydantic model that reads it.
        needed: whether no plan is whole without one.
        holds: what it says, in a phrase.
    """

    name: str
    pattern: str
    model: type[BaseModel]
    needed: bool
    holds: str

    @property
    def many(self) -> bool:
        """Whether a plan may have several files of the kind."""
        return "*" in self.pattern


KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            name="study",
            pattern="study.yaml",
            model=Study,
            needed=True,
            holds="title, arms, population, visits and windows, milestones, outcomes",
        ),
        Kind(
            name="sites",
            pattern="sites.yaml",
            model=Sites,
            needed=True,
            holds="sites, scanners, feasibility survey, activation",
        ),
        Kind(
            name="people",
            pattern="people.yaml",
            model=People,
            needed=True,
            holds="roles, training matrix, responsibilities",
        ),
        Kind(
            name="consent",
            pattern="consent.yaml",
            model=Consent,
            needed=False,
            holds="information pieces, consent options, withdrawal rules",
        ),
        Kind(
            name="phantoms",
            pattern="imaging/phantoms.yaml",
            model=Phantoms,
            needed=False,
            holds="phantoms, their schedule and limits, the watch on scanner changes",
        ),
        Kind(
            name="imaging",
            pattern="imaging/*.yaml",
            model=ImagingManual,
            needed=True,
            holds="the executable imaging manual of one exam",
        ),
        Kind(
            name="processing",
            pattern="processing/*.yaml",
            model=ProcessingFile,
            needed=False,
            holds="the steps that make derived data: software, version, operator, minutes, quality, outputs",
        ),
        Kind(
            name="deidentification",
            pattern="deidentification.yaml",
            model=Deidentification,
            needed=True,
            holds="the one de-identification profile, each deviation with its reason",
        ),
        Kind(
            name="quality",
            pattern="quality.yaml",
            model=Quality,
            needed=True,
            holds="automatic checks, human quality control, queries, accreditation, triggers",
        ),
        Kind(
            name="reading",
            pattern="reading/*.yaml",
            model=ReadDesignFile,
            needed=False,
            holds="the read design of one endpoint",
        ),
        Kind(
            name="forms",
            pattern="forms/*.yaml",
            model=FormFile,
            needed=False,
            holds="a scoring form or case report form",
        ),
        Kind(
            name="flows",
            pattern="flows.yaml",
            model=Flows,
            needed=False,
            holds="organisations, agreements, stores, flows, retention",
        ),
        Kind(
            name="costs",
            pattern="costs.yaml",
            model=Costs,
            needed=False,
            holds="cost items whose quantities come from the plan, budget",
        ),
        Kind(
            name="economics",
            pattern="economics/*.yaml",
            model=EconomicModel,
            needed=False,
            holds="a decision model",
        ),
        Kind(
            name="evidence",
            pattern="evidence.yaml",
            model=Evidence,
            needed=False,
            holds="claims, markets, evidence, permissions",
        ),
    )
}
"""All kinds by name, in the order in which a person writes them."""


def kind_of(file: str, value: object = None) -> Kind | None:
    """The kind of a file, by its path; in imaging/, a file with `phantoms:` holds phantoms."""
    if fnmatchcase(file, "imaging/*.yaml") and file.count("/") == 1:
        holds_phantoms = isinstance(value, dict) and (
            "phantoms" in value and "exam" not in value
        )
        return KINDS["phantoms" if holds_phantoms else "imaging"]
    for kind in KINDS.values():
        if file.count("/") == kind.pattern.count("/") and fnmatchcase(
            file, kind.pattern
        ):
            return kind
    return None
