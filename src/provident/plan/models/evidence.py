"""evidence.yaml: claims, markets and evidence; permissions for scanners and images."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from provident.plan.base import PlanModel
from provident.plan.words import Date, Id, Name, Prose


class Product(PlanModel):
    """The product under evaluation."""

    name: Name = Field(description="Its name.")
    kind: Literal["software", "device", "drug", "biomarker", "sequence"] = Field(
        description="What it is."
    )
    version: Name | None = Field(None, description="Its version, in quotes.")
    intended_use: Prose | None = Field(None, description="Its intended use.")


class Claim(PlanModel):
    """Something that shall be shown."""

    claim: Prose = Field(description="The claim in words.")
    outcome: Id | None = Field(
        None, description="The outcome of study.yaml that shows it."
    )
    gap: Prose | None = Field(
        None, description="What is missing, where no outcome shows it."
    )
    design: Literal[
        "superiority",
        "non-inferiority",
        "equivalence",
        "technical performance",
        "descriptive",
    ] = Field("descriptive", description="How it is shown.")
    margin: Annotated[float, Field(gt=0)] | None = Field(
        None, description="The margin of non-inferiority or equivalence."
    )
    benefit: Prose | None = Field(
        None, description="The benefit, for a claim of non-inferiority."
    )


class Market(PlanModel):
    """Where a product shall be used, by which route."""

    route: Name = Field(description="The regulatory route.")
    needs: dict[Id, tuple[Name, ...]] = Field(
        {}, description="What each claim needs there."
    )
    source: Name | None = Field(None, description="Where that is written.")
    on: Date | None = Field(None, description="As of when.")


class ImageAccess(PlanModel):
    """On which terms others get the images."""

    commercial: Name = Field(
        description="On which terms companies get them, or `none`."
    )


class ScannerAccess(PlanModel):
    """Permissions for the use of clinical scanners and new sequences."""

    manufacturer_permissions: Literal["none needed"] | tuple[Id, ...] = Field(
        description="Agreements of flows.yaml with manufacturers, or `none needed`."
    )
    office_hours: Prose | None = Field(None, description="When research may scan.")


class Barrier(PlanModel):
    """What stands in the way of adoption, and who works on it."""

    barrier: Prose = Field(description="What stands in the way.")
    owner: Id = Field(description="The role that works on it.")
    answer: Prose | None = Field(None, description="What is done.")


class Evidence(PlanModel):
    """evidence.yaml: what is claimed where, and what will show it."""

    product: Literal["none"] | Product = Field(
        description="The product under evaluation, or `none`."
    )
    image_access: ImageAccess = Field(
        description="On which terms others get the images."
    )
    scanner_access: ScannerAccess = Field(
        description="Permissions for scanners and sequences."
    )
    claims: dict[Id, Claim] = Field({}, description="The claims by id.")
    markets: dict[Id, Market] = Field({}, description="The markets by id.")
    guidelines: tuple[Prose, ...] = Field(
        (), description="What health technology assessment will ask."
    )
    market_position: Literal["replaces", "triages", "adds"] | None = Field(
        None, description="Its place in today's pathway."
    )
    barriers: tuple[Barrier, ...] = Field(
        (), description="What stands in the way of adoption."
    )
