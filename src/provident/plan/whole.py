"""The plan as one value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from provident.plan.kinds import kind_of
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
class Plan:
    """A whole plan that fits its schemas.

    Attributes:
        imaging: the manual of each exam, by exam id.
        reading: the read design of each endpoint, by endpoint id.
        forms: the forms, by id and version such as `ramris@2`.
        economics: the decision models, by id.
        processing: the steps that make derived data, by id.
        files: the bytes it was read from, by path.
        hash: SHA-256 over those bytes (`plan.content_hash`).
    """

    study: Study
    sites: Sites
    people: People
    consent: Consent | None
    imaging: Mapping[str, ImagingManual]
    phantoms: Phantoms | None
    deidentification: Deidentification
    quality: Quality
    reading: Mapping[str, ReadDesignFile]
    forms: Mapping[str, FormFile]
    flows: Flows | None
    costs: Costs | None
    economics: Mapping[str, EconomicModel]
    evidence: Evidence | None
    files: Mapping[str, bytes]
    hash: str
    processing: Mapping[str, ProcessingFile] = field(default_factory=dict)

    @property
    def version(self) -> str:
        """The plan's version, as study.yaml states it."""
        return self.study.version


def build(
    models: Mapping[str, BaseModel], files: dict[str, bytes], digest: str
) -> Plan:
    """The plan of validated files; all needed ones must be there."""
    one: dict[str, Any] = {}
    many: dict[str, dict[str, Any]] = {
        "imaging": {},
        "reading": {},
        "forms": {},
        "economics": {},
        "processing": {},
    }
    for name, model in models.items():
        if isinstance(model, ImagingManual):
            many["imaging"][model.exam] = model
        elif isinstance(model, ReadDesignFile):
            many["reading"][model.endpoint] = model
        elif isinstance(model, FormFile):
            many["forms"][model.key] = model
        elif isinstance(model, EconomicModel):
            many["economics"][model.id] = model
        elif isinstance(model, ProcessingFile):
            many["processing"][model.processing] = model
        elif isinstance(model, Phantoms):
            one["phantoms"] = model
        else:
            kind = kind_of(name)
            assert kind is not None  # files of no kind were refused on loading
            one[kind.name] = model
    optional = dict.fromkeys(("consent", "phantoms", "flows", "costs", "evidence"))
    return Plan(**{**optional, **one, **many, "files": files, "hash": digest})
