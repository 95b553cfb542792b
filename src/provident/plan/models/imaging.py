"""imaging/*.yaml: the executable imaging manual of one exam kind.

Every arriving series is identified by `match` and judged by `require`, against stored
facts (`provident.dicom.FACTS`); what a radiographer reads stands beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args

from pydantic import (
    BeforeValidator,
    Field,
    ModelWrapValidatorHandler,
    ValidationError,
    WithJsonSchema,
    create_model,
    model_validator,
)
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError

from provident.dicom.registry import FACTS, FactSpec, nearest_fact
from provident.dicom.vendors import KNOWN, maker
from provident.kernel import PlanError
from provident.plan.base import PlanModel
from provident.plan.models.imaging_dose import Exposure
from provident.plan.models.imaging_examples import Examples
from provident.plan.models.imaging_rules import Rule, SameAs, rule_of
from provident.plan.models.imaging_waivers import RuleWaiver
from provident.plan.models.problems import Loc, Problem, refuse
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
            name: rule
            for name in FACTS
            if (rule := getattr(self, name, None)) is not None
        }

    def __repr_args__(self) -> Any:
        """Only what was written: there are more than a hundred facts."""
        return [
            (k, v) for k, v in super().__repr_args__() if k in self.model_fields_set
        ]

    @model_validator(mode="wrap")
    @classmethod
    def _names_the_fact_that_was_meant(
        cls, value: Any, handler: ModelWrapValidatorHandler[Criteria]
    ) -> Criteria:
        """Name the fact behind a key such as `EchoTime`, which spelling alone would not find."""
        try:
            return handler(value)
        except ValidationError as error:
            raise ValidationError.from_exception_data(
                error.title, [_said_again(line) for line in error.errors()]
            ) from None


def _said_again(line: ErrorDetails) -> InitErrorDetails:
    kind, loc, context = line["type"], line["loc"], line.get("ctx", {})
    words = line["msg"]
    if kind == "extra_forbidden" and len(loc) == 1 and nearest_fact(str(loc[0])):
        kind, words = "value_error", unknown_fact(str(loc[0]))
    elif kind not in ("grammar", "value_error"):
        return InitErrorDetails(type=kind, loc=loc, input=line["input"], ctx=context)
    # The words go in as a value: they may hold braces.
    said = PydanticCustomError(kind, "{words}", {**context, "words": words})
    return InitErrorDetails(type=said, loc=loc, input=line["input"])


def unknown_fact(name: str, others: Iterable[str] = ()) -> str:
    """The words for a fact that is not in the registry."""
    near = nearest_fact(name)
    hint = f' (did you mean "{near}"?)' if near else did_you_mean(name, others)
    return f'unknown fact "{name}"{hint}'


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
        raise PydanticCustomError(
            "grammar",
            "{message}",
            {"message": unknown_fact(value), "wanted": "the name of a fact"},
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
    if found is None or found.unit != "" or found.high < 0:
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
    regions: tuple[Id, ...] = Field(
        (), description="Parts of the body that it covers, as scoring forms name them."
    )
    reformats: tuple[Literal["axial", "coronal", "sagittal"], ...] = Field(
        (), description="Further planes in which a volume is looked at."
    )
    require: Require = Field(default_factory=Require)
    alternatives: Mapping[str, Prose] = Field(default_factory=dict, alias="or")
    vendor: Mapping[str, Require] = Field(default_factory=dict)
    severity: Severity | None = None
    owner: Id | None = None
    on_repeat: Repeat | None = None
    examples: Examples = Field(default_factory=Examples)
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


_MODALITIES = {"type": "string", "enum": [*get_args(Modality)]}
_ONE_OR_MORE = {"anyOf": [_MODALITIES, {"type": "array", "items": _MODALITIES}]}


class ImagingManual(PlanModel):
    """The imaging manual of one exam kind."""

    exam: Id
    title: Name | None = None
    modality: Annotated[tuple[Modality, ...], WithJsonSchema(_ONE_OR_MORE)]
    manual: Name
    strictness: Literal["research", "pragmatic"] = "research"
    minutes: Minutes
    people: ForPeople = Field(default_factory=ForPeople)
    series: Mapping[Id, SeriesRole] = Field(min_length=1)
    order: tuple[Id, ...] = Field(
        (), description="Series that are acquired in this order, by acquisition time."
    )
    same_as_baseline: tuple[str, ...] = ()
    waived: tuple[RuleWaiver, ...] = ()
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
        refuse(
            type(self).__name__,
            [*self._bad_keys(), *self._bad_roles(), *self._bad_order()],
        )
        return self

    def _bad_order(self) -> Iterator[Problem]:
        for i, role in enumerate(self.order):
            yield from self._bad_role(("order", i), role)
            if role in self.order[:i]:
                yield Problem(("order", i), f'"{role}" is named twice', role)
        if len(self.order) == 1:
            yield Problem(("order", 0), "an order needs two series", self.order[0])

    def _bad_keys(self) -> Iterator[Problem]:
        for i, key in enumerate(self.same_as_baseline):
            yield from self._bad_key(("same_as_baseline", i), key, alone=FACTS)
        for key in self.severity:
            alone = ("default", "order", *self.series, *FACTS)
            yield from self._bad_key(("severity", key), key, alone=alone)
        for i, waiver in enumerate(self.waived):
            alone = ("count", "order", *FACTS)
            yield from self._bad_key(("waived", i, "rule"), waiver.rule, alone=alone)

    def _bad_roles(self) -> Iterator[Problem]:
        for make, roles in self.vendor.items():
            yield from self._bad_make(("vendor", make), make)
            for role in roles:
                yield from self._bad_role(("vendor", make, role), role)
        for name, series in self.series.items():
            for make in series.vendor:
                yield from self._bad_make(("series", name, "vendor", make), make)
            for other in series.alternatives:
                if other != "still":
                    yield from self._bad_role(("series", name, "or", other), other)
            for fact, rule in series.require.rules().items():
                if isinstance(rule, SameAs) and rule.role is not None:
                    at = ("series", name, "require", fact)
                    yield from self._bad_role(at, rule.role)

    @staticmethod
    def _bad_make(loc: Loc, make: str) -> Iterator[Problem]:
        """A maker that is nearly a known one is a typing error: its rules would never hold."""
        hint = did_you_mean(make, KNOWN) if maker(make) not in KNOWN else ""
        if hint:
            yield Problem(loc, f'unknown maker "{make}"{hint}', make)

    def _bad_role(self, loc: Loc, role: str) -> Iterator[Problem]:
        if role not in self.series:
            words = (
                f'this manual has no series "{role}"{did_you_mean(role, self.series)}'
            )
            yield Problem(loc, words, role)

    def _bad_key(
        self, loc: Loc, key: str, *, alone: Iterable[str]
    ) -> Iterator[Problem]:
        role, dot, fact = key.partition(".")
        if dot:
            yield from self._bad_role(loc, role)
            if fact not in (*FACTS, "count"):
                yield Problem(loc, unknown_fact(fact), key)
        elif key not in alone:
            yield Problem(loc, unknown_fact(key, alone), key)
