"""Rules over a whole read design: what is contradictory or left open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import SimpleNamespace
from typing import Annotated, Any, Protocol, cast

from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from provident.expressions import (
    Expression,
    ExpressionError,
    Kind,
    NameType,
    Of,
    Record,
    compile_expression,
)
from provident.plan.models.hanging import Hang, hanging_problems
from provident.plan.models.problems import Problem, as_far_as_known
from provident.plan.models.reading_parts import (
    Adjudicate,
    Final,
    Hidden,
    Presentation,
    Readers,
)
from provident.plan.nearest import did_you_mean, listed


OPEN = Record(open=True)
# Reasons for an adjudication that the rules themselves give (`reading.discordance`).
RESERVED_REASONS = frozenset({"one_not_evaluable", "not_same_value"})


class Design(Protocol):
    """What the rules need of a read design."""

    @property
    def unit(self) -> str: ...
    @property
    def visits(self) -> tuple[str, ...]: ...
    @property
    def hang(self) -> Hang | None: ...
    @property
    def value(self) -> str | None: ...
    @property
    def present(self) -> Presentation: ...
    @property
    def readers(self) -> Readers: ...
    @property
    def adjudicate(self) -> Adjudicate | None: ...
    @property
    def limits(self) -> Mapping[str, float | str]: ...
    @property
    def final(self) -> Final: ...
    @property
    def hide(self) -> tuple[Hidden, ...]: ...


def read_names(unit: str, visits: tuple[str, ...], form: Record = OPEN) -> Record:
    """What `a` and `b` hold: the form itself, or the form at each visit of the participant."""
    if unit == "visit":
        return form
    return Record(dict.fromkeys(visits, form))


def condition_names(design: Design, form: Record = OPEN) -> Record:
    """The names that a discordance condition may use."""
    read = read_names(design.unit, design.visits, form)
    limits: dict[str, NameType] = dict.fromkeys(design.limits, Of(Kind.NUMBER))
    return Record({"a": read, "b": read, "limits": Record(limits)})


def compile_conditions(
    design: Design, form: Record = OPEN
) -> tuple[dict[str, Expression], list[Problem]]:
    """The discordance conditions by id, and what is wrong with them."""
    done: dict[str, Expression] = {}
    problems: list[Problem] = []
    names = condition_names(design, form)
    for name, text in design.adjudicate.when.items() if design.adjudicate else ():
        try:
            done[name] = compile_expression(text, names=names, result=Kind.TRUTH)
        except ExpressionError as error:
            problems.append(Problem(("adjudicate", "when", name), str(error), text))
    return done, problems


def analysed_value(design: Design, conditions: Mapping[str, Expression]) -> str | None:
    """The value to which the final rule applies, such as `week52.change`.

    It is the design's `value`, or the one value that all discordance conditions compare.
    """
    if design.value:
        return design.value
    compared = {
        reference.split(".", 1)[1]
        for expression in conditions.values()
        for reference in expression.references
        if reference.startswith(("a.", "b."))
    }
    return compared.pop() if len(compared) == 1 else None


def design_problems(design: Design) -> list[Problem]:
    """All that is contradictory or left open in a read design.

    Of a design with wrong keys left out, all that can be said without them.
    """
    problems = as_far_as_known(
        [
            _visits(design),
            _presentation(design),
            _readers(design),
            _final(design),
            _hidden(design),
            _conditions(design),
            hanging_problems(design),
        ]
    )
    return problems or as_far_as_known([_value(design)])


def problems_of_the_rest(fields: Mapping[str, FieldInfo], value: Any) -> list[Problem]:
    """What is wrong between the keys of a read design that are right in themselves."""
    if not isinstance(value, dict):
        return []
    right: dict[str, Any] = {}
    for name, field in fields.items():
        if name not in value:
            if not field.is_required():
                right[name] = field.get_default(call_default_factory=True)
            continue
        try:
            kind: Any = Annotated[field.annotation, field]
            right[name] = TypeAdapter(kind).validate_python(value[name])
        except ValidationError:
            continue
    return design_problems(cast(Design, SimpleNamespace(**right)))


def _conditions(design: Design) -> Iterator[Problem]:
    yield from compile_conditions(design)[1]
    for name in design.adjudicate.when if design.adjudicate else ():
        if name in RESERVED_REASONS:
            yield Problem(
                ("adjudicate", "when", name),
                f'"{name}" is a reason that is always looked for; choose another id',
                name,
            )


def _visits(design: Design) -> Iterator[Problem]:
    if len(set(design.visits)) < len(design.visits):
        yield Problem(("visits",), "a visit is named twice", list(design.visits))


def _presentation(design: Design) -> Iterator[Problem]:
    present, at = design.present, ("present", "mode")
    if (design.unit == "visit") != (present.mode == "time_point"):
        yield Problem(
            at,
            "mode time_point belongs to unit: visit; with unit: participant "
            "choose simultaneous or time_sequential",
            present.mode,
        )
    if present.mode == "time_sequential" and present.time_order == "hidden":
        yield Problem(
            ("present", "time_order"),
            "visits shown one after the other cannot hide their order; write time_order: shown",
            present.time_order,
        )
    if present.mode == "simultaneous_random_time" and present.time_order == "shown":
        yield Problem(
            ("present", "time_order"),
            "an order by lot is hidden; write time_order: hidden, or mode: simultaneous",
            present.time_order,
        )
    if (present.mode == "hybrid") != (present.global_read is not None):
        yield Problem(
            ("present",) if present.global_read is None else ("present", "global_read"),
            "a hybrid read, and no other, ends with a global read: "
            "write global_read: {may_change: [...]} with mode: hybrid",
            present.mode,
        )
    if present.prior_answers == "own locked" and present.time_order == "hidden":
        yield Problem(
            ("present", "prior_answers"),
            "earlier answers tell which time point came earlier, but time_order is hidden; "
            "write prior_answers: hidden",
            present.prior_answers,
        )


def _readers(design: Design) -> Iterator[Problem]:
    readers = design.readers
    if design.adjudicate and readers.primary != 2:
        yield Problem(
            ("readers", "primary"),
            "an adjudication needs two primary reads to disagree",
            readers.primary,
        )
    consensus = bool(
        design.adjudicate and design.adjudicate.how == "consensus of the two"
    )
    if consensus and readers.adjudicator:
        yield Problem(
            ("readers", "adjudicator"),
            "the two readers find their consensus themselves; write adjudicator: 0",
            readers.adjudicator,
        )
    if design.adjudicate and not readers.adjudicator and not consensus:
        yield Problem(
            ("readers", "adjudicator"),
            "the design adjudicates but has no adjudicator; write adjudicator: 1",
            readers.adjudicator,
        )
    if readers.adjudicator and not design.adjudicate:
        yield Problem(
            ("readers", "adjudicator"),
            "there is an adjudicator but no rule when to adjudicate; add adjudicate:",
            readers.adjudicator,
        )
    if readers.adjudicator and readers.adjudicator_pool == readers.pool:
        yield Problem(
            ("readers", "adjudicator_pool"),
            "adjudicators come from a role of their own, so that nobody judges their own read",
            readers.adjudicator_pool,
        )


def _final(design: Design) -> Iterator[Problem]:
    final, adjudicate = design.final, design.adjudicate
    if design.readers.primary == 1 and final.agreed != "first":
        yield Problem(
            ("final", "agreed"),
            f'with one reader there is nothing to take "{final.agreed}" of; write agreed: first',
            final.agreed,
        )
    yield from _panel(design)
    if adjudicate and final.adjudicated is None:
        yield Problem(
            ("final",), "say which value stands after an adjudication: add adjudicated:"
        )
    if final.adjudicated and not adjudicate:
        yield Problem(
            ("final", "adjudicated"),
            "nothing is ever adjudicated in this design; add adjudicate:",
            final.adjudicated,
        )
    if final.adjudicated == "mean of the two nearest" and not final.tie:
        yield Problem(
            ("final",),
            "three values may be equally far apart: add tie:, such as adjudicator and higher",
        )
    yield from _third(design)


_PANEL = ("mean of all", "median", "majority")


def _panel(design: Design) -> Iterator[Problem]:
    final, primary = design.final, design.readers.primary
    if primary > 2 and final.agreed not in _PANEL:
        yield Problem(
            ("final", "agreed"),
            f"with {primary} readers write agreed: {listed(_PANEL)}",
            final.agreed,
        )
    if primary == 2 and final.agreed in _PANEL:
        yield Problem(
            ("final", "agreed"),
            f'"{final.agreed}" belongs to a panel of three readers or more',
            final.agreed,
        )
    if (final.agreed == "majority") != (final.no_majority is not None):
        yield Problem(
            ("final",) if final.no_majority is None else ("final", "no_majority"),
            "a majority, and no other rule, needs a word for when there is none: "
            "write no_majority: not evaluable, or median",
            final.agreed,
        )


def _third(design: Design) -> Iterator[Problem]:
    """What an adjudicator, or two readers together, may make of the reads."""
    final, adjudicate = design.final, design.adjudicate
    how = adjudicate.how if adjudicate else None
    if how == "choice of one of the two" and final.adjudicated != "adjudicator":
        yield Problem(
            ("final", "adjudicated"),
            "an adjudicator who sees both answers may only choose one of them: "
            "write adjudicated: adjudicator, or how: independent third read, blind",
            final.adjudicated,
        )
    if (how == "consensus of the two") != (final.adjudicated == "consensus"):
        yield Problem(
            ("final", "adjudicated"),
            "a consensus stands as the two have signed it: "
            "adjudicated: consensus belongs to how: consensus of the two",
            final.adjudicated,
        )


def _hidden(design: Design) -> Iterator[Problem]:
    hide = design.hide
    if design.readers.primary > 1 and "other_answers" not in hide:
        yield Problem(
            ("hide",),
            "several reads are independent only when other_answers is hidden",
            list(hide),
        )
    if design.present.time_order == "hidden":
        for needed in ("visit_order", "dates"):
            if needed not in hide:
                yield Problem(
                    ("hide",),
                    f"time_order is hidden, but {needed} is not; dates and order tell each other",
                    list(hide),
                )
    elif "visit_order" in hide:
        yield Problem(
            ("hide",), "visit_order is hidden, but time_order is shown", list(hide)
        )


def _value(design: Design) -> Iterator[Problem]:
    value = analysed_value(design, compile_conditions(design)[0])
    if value is None:
        yield Problem(
            (),
            "say which value is analysed, such as value: week52.change "
            "(the conditions of adjudicate compare more than one, or none)",
        )
        return
    visit, _, rest = value.partition(".")
    if design.unit == "participant" and (visit not in design.visits or not rest):
        yield Problem(
            ("value",),
            f'"{value}" is not a visit of this design and a value at it, such as '
            f"{design.visits[-1]}.total{did_you_mean(visit, design.visits)} "
            f"(visits: {listed(design.visits)})",
            value,
        )
