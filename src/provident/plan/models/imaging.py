"""imaging/*.yaml: the executable imaging manual of one exam kind.

Every arriving series is identified by `match` and judged by `require`, against stored
facts (`provident.dicom.FACTS`); what a radiographer reads stands beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator, Field, create_model, model_validator
from pydantic_core import PydanticCustomError

from provident.dicom.registry import FACTS, FactSpec, nearest_fact
from provident.kernel import PlanError
from provident.plan.base import PlanModel
from provident.plan.models.imaging_dose import Exposure
from provident.plan.models.imaging_rules import Rule, rule_of, simple
from provident.plan.nearest import did_you_mean
from provident.plan.quantities import Interval, interval
from provident.plan.words import (
    Duration,
    Id,
    Minutes,
    Name,
    Prose,
    Window,
    YesNo,
    grammar,
)


Modality = Literal["MR", "CT", "PT", "NM", "US", "DX", "CR", "MG", "XA", "RF", "OT"]
Severity = Literal["critical", "major", "minor"]
Repeat = Literal["latest_complete", "latest", "each"]


def _read_fact(spec: FactSpec) -> Any:
    def read(value: Any) -> Rule:
        return rule_of(spec, value)

    return grammar(
        read, expected=_expected(spec), examples=_examples(spec), kind=_kinds(spec)
    )


def _read_match(spec: FactSpec) -> Any:
    def read(value: Any) -> Rule:
        if isinstance(value, Mapping):
            raise PlanError(
                "match takes a range, a word, a list or a ~regular expression"
            )
        return rule_of(spec, value)

    return grammar(
        read, expected=_expected(spec), examples=_examples(spec), kind=_kinds(spec)
    )


def _expected(spec: FactSpec) -> str:
    return f"{spec.words}{f' in {spec.unit}' if spec.unit else ''}: {spec.description}"


def _examples(spec: FactSpec) -> list[Any]:
    if spec.kind == "flag":
        return [True, False]
    if spec.kind == "axes":
        return [{"along": "AP", "at_least": f"70 {spec.unit}"}]
    if spec.numeric:
        return [f"400..700 {spec.unit}".strip(), f"3 ± 0.2 {spec.unit}".strip()]
    return ["~regular.*expression", "word", ["one", "other"]]


def _kinds(spec: FactSpec) -> list[str]:
    return ["string", "number", "boolean", "array", "object"]


def _fields(read: Any) -> dict[str, Any]:
    return {
        name: (
            Annotated[Any, read(spec)] | None,
            Field(None, description=spec.description),
        )
        for name, spec in FACTS.items()
    }


class Criteria(PlanModel):
    """Conditions on the facts of a series; all of them hold."""

    def rules(self) -> dict[str, Rule]:
        """Fact name to what is asked of it, as written."""
        return {
            name: getattr(self, name)
            for name in FACTS
            if getattr(self, name, None) is not None
        }


class MatchCriteria(Criteria):
    """How a series is recognised: all of the facts, `any` of a list, `all` of a list, `not`."""

    any_of: tuple[Any, ...] = Field((), alias="any")
    all_of: tuple[Any, ...] = Field((), alias="all")
    none_of: Any = Field(None, alias="not")

    @model_validator(mode="after")
    def _says_something(self) -> MatchCriteria:
        if not (self.rules() or self.any_of or self.all_of or self.none_of):
            raise PydanticCustomError(
                "grammar",
                "match is empty: it would take every series",
                {"wanted": 'facts of the series, such as {description: "~stir"}'},
            )
        return self


class RequireCriteria(Criteria):
    """What is asked of a series of this role; `constant` facts may not vary within it."""

    constant: tuple[FactName, ...] = ()


def _fact_name(value: Any) -> Any:
    if isinstance(value, str) and value not in FACTS:
        near = nearest_fact(value)
        raise PydanticCustomError(
            "grammar",
            "{message}",
            {
                "message": f'unknown fact "{value}"'
                + (f' (did you mean "{near}"?)' if near else ""),
                "wanted": "the name of a fact",
            },
        )
    return value


FactName = Annotated[str, BeforeValidator(_fact_name)]

if TYPE_CHECKING:
    Match = MatchCriteria
    Require = RequireCriteria
else:
    Match = create_model(
        "Match",
        __base__=MatchCriteria,
        __module__=__name__,
        any_of=(tuple["Match", ...], Field((), alias="any")),
        all_of=(tuple["Match", ...], Field((), alias="all")),
        none_of=("Match | None", Field(None, alias="not")),
        **_fields(_read_match),
    )
    Match.model_rebuild()
    RequireCriteria.model_rebuild()
    Require = create_model(
        "Require", __base__=RequireCriteria, __module__=__name__, **_fields(_read_fact)
    )


def _read_count(value: Any) -> Interval:
    found = interval(value) if not isinstance(value, bool) else None
    if found is None or found.unit != "" or found.low < 0 and found.high < 0:
        raise PlanError(
            f'{value!r} is not a number of series, such as 1, "1..2" or ">= 1"'
        )
    return found


SeriesCount = Annotated[
    Interval,
    grammar(
        _read_count,
        expected="how many series of this role the exam holds",
        examples=[1, "1..2", ">= 1"],
        kind=["integer", "string"],
    ),
]


class SeriesRole(PlanModel):
    """One series that the exam consists of."""

    title: Name | None = None
    match: Match
    count: SeriesCount = interval(1)
    optional: YesNo = False
    at: tuple[Id, ...] = ()
    require: Require = Field(default_factory=Require)
    alternatives: Mapping[str, Prose] = Field(default_factory=dict, alias="or")
    vendor: Mapping[str, Require] = Field(default_factory=dict)
    severity: Severity | None = None
    owner: Id | None = None
    on_repeat: Repeat | None = None
    why: Prose | None = None


class RoleVariant(PlanModel):
    """What a maker's scanners are asked instead, for one role."""

    require: Require


class Positioning(PlanModel):
    """How the participant lies, in words and in a picture beside the file."""

    text: Prose
    picture: Name | None = None


class ContrastAgent(PlanModel):
    """What is injected, and how much."""

    agent: Name
    dose: Prose | None = None
    flow: Prose | None = None
    wait: Duration | None = None
    why: Prose | None = None


class Sending(PlanModel):
    """How and when the site sends the exam."""

    format: Name = "DICOM"
    within: Duration | None = None
    by: Prose | None = None


class ForPeople(PlanModel):
    """What the radiographer, sonographer or technologist reads."""

    preparation: tuple[Prose, ...] = ()
    positioning: Positioning | None = None
    contrast: ContrastAgent | None = None
    send: Sending | None = None
    operator: Prose | None = None
    formats: Prose | None = None
    naming: Prose | None = None
    notes: tuple[Prose, ...] = ()


class Recall(PlanModel):
    """When a scan may be asked for again, and who decides."""

    within: Prose
    advised_by: Id | None = None
    decided_by: Id | None = None


class RoutineScan(PlanModel):
    """A scan made for care that may serve the study."""

    window: Window
    consent: Id
    cost: Name = "none"


class ReadAtScan(PlanModel):
    """Scored by the person who scans, before other reads can begin."""

    by: Id
    form: Name
    lock_before: Prose | None = None


class ImagingManual(PlanModel):
    """The imaging manual of one exam kind."""

    exam: Id
    title: Name | None = None
    modality: tuple[Modality, ...]
    manual: Name
    strictness: Literal["research", "pragmatic"] = "research"
    minutes: Minutes
    people: ForPeople = Field(default_factory=ForPeople)
    series: Mapping[Id, SeriesRole] = Field(min_length=1)
    same_as_baseline: tuple[str, ...] = ()
    vendor: Mapping[str, Mapping[Id, RoleVariant]] = Field(default_factory=dict)
    severity: Mapping[str, Severity] = Field(default_factory=dict)
    owner: Id = "radiographer"
    on_repeat: Repeat | None = None
    recall: Recall | None = None
    routine_scan_may_serve: YesNo | RoutineScan = False
    exposure: Exposure | None = None
    read_at_scan: ReadAtScan | None = None
    why: Prose | None = None

    @model_validator(mode="before")
    @classmethod
    def _one_modality_is_a_list(cls, value: Any) -> Any:
        if isinstance(value, Mapping) and isinstance(value.get("modality"), str):
            return {**value, "modality": [value["modality"]]}
        return value

    @model_validator(mode="after")
    def _names_fit(self) -> ImagingManual:
        problems = [*self._bad_references()]
        if problems:
            raise PydanticCustomError(
                "grammar",
                "{message}",
                {
                    "message": "; ".join(problems),
                    "wanted": "a role of this manual, or role.fact",
                },
            )
        return self

    def _bad_references(self) -> Iterator[str]:
        for key in self.same_as_baseline:
            yield from self._bad_key("same_as_baseline", key, alone=FACTS)
        for key in self.severity:
            yield from self._bad_key(
                "severity", key, alone=("default", *self.series, *FACTS)
            )
        for make, roles in self.vendor.items():
            for role in roles:
                yield from self._bad_role(f"vendor.{make}", role)
        for name, role in self.series.items():
            yield from self._bad_in_role(name, role)

    def _bad_in_role(self, name: str, role: SeriesRole) -> Iterator[str]:
        for other in role.alternatives:
            if other != "still":
                yield from self._bad_role(f"series.{name}.or", other)
        for fact, rule in role.require.rules().items():
            other = getattr(rule, "role", None)
            if other is not None:
                yield from self._bad_role(f"series.{name}.require.{fact}", other)

    def _bad_role(self, where: str, role: str) -> Iterator[str]:
        if role not in self.series:
            yield f'{where}: no series "{role}" in this manual{did_you_mean(role, self.series)}'

    def _bad_key(self, where: str, key: str, *, alone: Any) -> Iterator[str]:
        role, dot, fact = key.partition(".")
        if not dot:
            if key not in alone:
                near = nearest_fact(key)
                hint = (
                    f' (did you mean "{near}"?)'
                    if near in alone
                    else did_you_mean(key, alone)
                )
                yield f'{where}: unknown name "{key}"{hint}'
            return
        yield from self._bad_role(where, role)
        if fact not in FACTS and fact not in ("count", "constant"):
            near = nearest_fact(fact)
            yield f'{where}: unknown fact "{fact}"' + (
                f' (did you mean "{near}"?)' if near else ""
            )
