"""Checks on the figures of decision models: value against distribution, units, shares, time."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from provident.kernel import PlanError, Severity
from provident.plan.models.economics import EconomicModel, ModelOutcome, Parameter
from provident.plan.places import Path
from provident.plan.quantities import UNITS, quantity
from provident.programme.checks.decision_models import (
    REST,
    branches_of,
    flag_at,
    names_in,
)
from provident.programme.checks.registry import Flag, PlanUnderCheck, check


FIXED = "fixed"
_DIST = re.compile(r"(beta|normal|gamma|lognormal|uniform|triangular)\((.+)\)")
_FIGURE = re.compile(r"(?:(\w+)\s*=\s*)?(?:log\(([^)]+)\)|([-+0-9.eE]+))\s*(?:,|$)")


def _arguments(text: str) -> tuple[list[float], Mapping[str, float]]:
    plain, named = [], {}
    for name, logged, number in _FIGURE.findall(text):
        value = math.log(float(logged)) if logged else float(number)
        if name:
            named[name] = value
        else:
            plain.append(value)
    return plain, named


def centre(dist: str) -> float | None:
    """The mean of a distribution (of a lognormal one the median); None where it cannot be read.

    Raises:
        ValueError: its figures are no numbers, or fewer than it needs.
    """
    match = _DIST.fullmatch(dist.strip())
    if match is None:
        return None
    plain, named = _arguments(match[2])
    try:
        match match[1]:
            case "beta":
                return plain[0] / (plain[0] + plain[1])
            case "gamma":
                scale = named["scale"] if "scale" in named else 1 / named.get("rate", plain[-1])  # fmt: skip
                return plain[0] * scale
            case "lognormal":
                return math.exp(plain[0])
            case "uniform" | "triangular":
                return sum(plain) / len(plain)
    except (IndexError, ZeroDivisionError, OverflowError, KeyError):
        raise ValueError(f'"{dist}" has too few figures') from None
    return plain[0] if plain else None


def _disagrees(parameter: Parameter) -> str | None:
    if parameter.dist is None or parameter.dist == FIXED:
        return None
    try:
        middle = centre(parameter.dist)
    except ValueError:
        middle = None
    if middle is None:
        return f"{parameter.dist} is no distribution that is known"
    if abs(middle - parameter.value) > 0.1 * max(abs(middle), abs(parameter.value)):
        return f"{parameter.dist} lies about {middle:.3g}"
    return None


@check(
    code="ECONOMICS.DISTRIBUTION",
    subdomain="economics.costing",
    finds="A parameter whose distribution lies elsewhere than its value, or cannot be read.",
    why="The base case and the probabilistic analysis would be of two different models.",
    remedy="Correct one of them; beta(a, b) has the mean a / (a + b).",
)
def distribution(c: PlanUnderCheck) -> Iterator[Flag]:
    for name, model in c.plan.economics.items():
        for key, parameter in model.parameters.items():
            problem = _disagrees(parameter)
            if problem:
                yield flag_at(c, name, ("parameters", key), f"{key} is {parameter.value:g}, and {problem}", f"a distribution about {parameter.value:g}", str(parameter.dist))  # fmt: skip


@check(
    code="ECONOMICS.NO_UNCERTAINTY",
    subdomain="economics.costing",
    severity=Severity.WARNING,
    finds="A parameter that does not say how sure it is.",
    why="A figure without its uncertainty counts as certain in the probabilistic analysis, and research on it as worthless.",
    remedy="Add `dist:`, or `dist: fixed` for what is certain, such as a list price.",
)
def no_uncertainty(c: PlanUnderCheck) -> Iterator[Flag]:
    for name, model in c.plan.economics.items():
        for key, parameter in model.parameters.items():
            if parameter.dist is None:
                yield flag_at(c, name, ("parameters", key), f"nothing says how sure {key} is", "dist: beta(...), normal(...), gamma(...) or fixed", "not stated")  # fmt: skip


def _probabilities(model: EconomicModel) -> set[str]:
    """The parameters that a tree uses as a probability, straight or through a strategy."""
    used = {str(b.get("p", "")) for _, b in branches_of(model.tree, ("tree",))}
    for sets in model.strategies.values():
        used |= {str(value) for key, value in sets.items() if key in used}
    return used - {REST}


@check(
    code="ECONOMICS.PROBABILITY",
    subdomain="economics.costing",
    finds="A probability below 0 or above 1.",
    why="A slip of the decimal, or a percentage where a share is meant.",
    remedy="Write a share between 0 and 1.",
)
def probability(c: PlanUnderCheck) -> Iterator[Flag]:
    for name, model in c.plan.economics.items():
        shares = _probabilities(model)
        for key, parameter in model.parameters.items():
            share = key in shares or str(parameter.dist).startswith("beta(")
            if share and not 0 <= parameter.value <= 1:
                yield flag_at(c, name, ("parameters", key), f"{key} is a share and {parameter.value:g}", "between 0 and 1", f"{parameter.value:g}")  # fmt: skip


def _same_unit(unit: str | None, wanted: str) -> bool:
    return unit is not None and unit.split("/")[0] == wanted


def _used_by(model: EconomicModel, expression: Any) -> set[str]:
    """The parameters behind an expression, through what strategies set."""
    names = names_in(expression)
    for sets in model.strategies.values():
        names |= {n for key, value in sets.items() if key in names for n in names_in(value)}  # fmt: skip
    return names & set(model.parameters)


def _outcome_faults(
    model: EconomicModel, name: str, outcome: ModelOutcome
) -> Iterator[tuple[Path, str, str]]:
    path: Path = ("outcomes", name)
    told = [outcome.base, *outcome.__pydantic_extra__.values()]
    if outcome.unit != "1" and outcome.unit not in UNITS and outcome.unit != model.perspective.currency:  # fmt: skip
        yield path, f"{name} has the unit {outcome.unit}", f'1, {model.perspective.currency}, or a unit such as d'  # fmt: skip
    for expression in (e for e in told if e is not None):
        for key in sorted(_used_by(model, expression)):
            if outcome.unit != "1" and not _same_unit(model.parameters[key].unit, outcome.unit):  # fmt: skip
                yield ("parameters", key), f"{key} counts in {name}, in {model.parameters[key].unit or 'no unit'}", f"unit: {outcome.unit}"  # fmt: skip
        if outcome.unit == "1" and re.fullmatch(r"[\d.]+", str(expression)) and not 0 < float(expression) <= 1:  # fmt: skip
            yield path, f"{name} counts {expression} for one person", "1 for each person"  # fmt: skip


def _unit_faults(model: EconomicModel) -> Iterator[tuple[Path, str, str]]:
    for name, outcome in model.outcomes.items():
        yield from _outcome_faults(model, name, outcome)
    currency = model.perspective.currency
    for state in model.states.values():
        for key in sorted(_used_by(model, state.cost)):
            if not _same_unit(model.parameters[key].unit, currency):
                yield ("parameters", key), f"{key} is a cost in {model.parameters[key].unit or 'no unit'}", f"unit: {currency}/a"  # fmt: skip


@check(
    code="ECONOMICS.UNIT",
    subdomain="economics.outcomes",
    finds="A parameter without the unit of the outcome that it counts in, an outcome in no known unit, or one that counts a person more than once.",
    why="Costs of a year and costs of a case, or days and weeks, added up are neither.",
    remedy="State the unit, and let both be the same.",
)
def units(c: PlanUnderCheck) -> Iterator[Flag]:
    for name, model in c.plan.economics.items():
        for path, words, expected in dict.fromkeys(_unit_faults(model)):
            yield flag_at(c, name, path, words, expected, "not so")


def _years(text: str | None) -> float | None:
    try:
        return quantity(re.sub(r"\ba$", "year", text or "")).to("year")
    except PlanError:
        return None  # words, such as `staging episode`


def _time_faults(c: PlanUnderCheck, model: EconomicModel) -> Iterator[tuple[str, str]]:
    view = model.perspective
    horizon, cycle = _years(view.horizon), _years(view.cycle)
    prices = c.plan.costs.price_year if c.plan.costs else 2100
    if not view.payer:
        yield "nobody is named whose costs they are", "payer"
    if view.price_year is None or not prices - 15 <= view.price_year <= prices:
        yield f"its prices are of {view.price_year or 'no stated year'}, those of the study of {prices}", f"price_year: {prices} or a little earlier"  # fmt: skip
    if horizon is not None and not 0 < horizon <= 90:
        yield f"it looks {view.horizon} ahead", "horizon: at most a life, 90 a"
    if model.states and (cycle is None or horizon is None or not 0 < cycle <= horizon / 2):  # fmt: skip
        yield f"cycles of {view.cycle or 'no stated length'} make a horizon of {view.horizon}", "cycle: 1 a"  # fmt: skip
    high = [k for k, rate in view.discount.items() if rate > 0.1]
    if high:
        yield f"{', '.join(high)} is discounted by more than 10 % a year", "discount: 0.035"  # fmt: skip
    if model.states and (horizon or 0) > 1 and {"cost", "effect"} - set(view.discount):
        yield "costs and effects of later years count as today's", "discount: {cost, effect}"  # fmt: skip


@check(
    code="ECONOMICS.PERSPECTIVE",
    subdomain="economics.costing",
    severity=Severity.WARNING,
    finds="A decision model that does not say whose costs of which year it counts, looks further than a life, or discounts by nothing or by too much.",
    why="Two models are comparable only when payer, price year, horizon and discount are (NICE reference case).",
    remedy="State payer, price_year, horizon, and for a cohort cycle and discount.",
)
def perspective(c: PlanUnderCheck) -> Iterator[Flag]:
    for name, model in c.plan.economics.items():
        for words, expected in _time_faults(c, model):
            yield flag_at(c, name, ("perspective",), words, expected, "not so")
        rising = all(a < b for a, b in zip(model.thresholds, model.thresholds[1:], strict=False))  # fmt: skip
        if model.states and (not model.thresholds or not rising or not 100 <= max(model.thresholds) <= 1e6):  # fmt: skip
            yield flag_at(c, name, ("thresholds",), "what a unit of effect may cost is not stated, or not from low to high", "thresholds: [20000, 30000]", ", ".join(f"{t:g}" for t in model.thresholds) or "none")  # fmt: skip
        if model.states and model.within_cycle in (None, "none"):
            yield flag_at(c, name, ("within_cycle",), "nothing says when within a cycle people move", "within_cycle: half-cycle", str(model.within_cycle or "not stated"))  # fmt: skip
