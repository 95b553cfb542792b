"""`forms/*.yaml`: scoring forms and case report forms."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Field, ModelWrapValidatorHandler, model_validator

from provident.plan.base import PlanModel
from provident.plan.models.form_partly import problems_of_the_rest
from provident.plan.models.form_parts import AccessModel as AccessModel
from provident.plan.models.form_parts import Answerable as Answerable
from provident.plan.models.form_parts import Code, Derive, Id
from provident.plan.models.form_parts import ColumnModel as ColumnModel
from provident.plan.models.form_parts import DerivationModel as DerivationModel
from provident.plan.models.form_parts import GateModel as GateModel
from provident.plan.models.form_parts import GridModel as GridModel
from provident.plan.models.form_parts import ItemModel as ItemModel
from provident.plan.models.form_parts import MachineModel as MachineModel
from provident.plan.models.form_parts import RepeatModel as RepeatModel
from provident.plan.models.form_parts import TableModel as TableModel
from provident.plan.models.form_parts import ViewsModel as ViewsModel
from provident.plan.models.form_rules import FormParts, form_problems
from provident.plan.models.problems import whole
from provident.plan.words import Name


class FormFile(PlanModel):
    """One form. Its name in the plan is `form@version`."""

    form: Id = Field(description="The form's id.")
    version: int = Field(
        ge=1, description="Its version; any change of what is asked is a new one."
    )
    title: Name = Field(description="Its title.")
    record: tuple[Id, ...] = Field(
        min_length=1, description="What one record stands for: participant, visit, ..."
    )
    needs: tuple[
        Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$")], ...
    ] = Field(default=(), description="Series roles without which it cannot be filled.")
    views: dict[Id, ViewsModel] = Field(
        default={},
        description="By exam: planes and regions without which it cannot be filled.",
    )
    source: Name | None = Field(
        default=None, description="The publication it comes from."
    )
    missing: dict[Code, Name] = Field(
        default={}, description="Codes that stand for no value, and why."
    )
    items: dict[Id, ItemModel] = Field(default={}, description="Single questions.")
    grids: dict[Id, GridModel] = Field(
        default={},
        description="Rows by columns, each behind a gate question if wanted.",
    )
    derive: Derive = Field(
        default={}, description="Values that are computed from the answers."
    )
    tables: dict[Id, TableModel] = Field(
        default={}, description="Decision tables for lookup(...)"
    )
    machines: dict[Id, MachineModel] = Field(
        default={},
        description="States that go on from time point to time point, as derived values.",
    )
    study_data: Literal["all"] | tuple[Id, ...] = Field(
        default="all", description="A standard proforma may hold items that are not."
    )
    access: AccessModel = Field(
        default=AccessModel(),
        description="Which roles fill it in, and which never see it.",
    )
    accepted_by: tuple[Id, ...] = Field(
        default=(), description="Roles that sign the form's acceptance test."
    )

    @property
    def key(self) -> str:
        """The name by which read designs use it, such as `ramris@2`."""
        return f"{self.form}@{self.version}"

    @model_validator(mode="wrap")
    @classmethod
    def _fits_together(
        cls, value: Any, handler: ModelWrapValidatorHandler[Self]
    ) -> Self:
        return whole(
            "form",
            value,
            handler,
            lambda form: form_problems(form.parts),
            problems_of_the_rest,
        )

    @property
    def parts(self) -> FormParts:
        """The parts that refer to each other."""
        return FormParts(
            items=self.items,
            grids=self.grids,
            derive=self.derive,
            tables=self.tables,
            machines=self.machines,
            missing=self.missing,
            study_data=() if self.study_data == "all" else self.study_data,
        )
