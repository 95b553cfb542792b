"""Checks on the structure of decision models: names, strategies, trees, states, claims."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from provident.kernel import Severity
from provident.plan.models.economics import EconomicModel
from provident.plan.places import Path
from provident.programme.checks.registry import Flag, PlanUnderCheck, check


REST = "rest"
# What an expression may use without the model naming it: the cycle, the age, and the words of the language.
GIVEN = frozenset({"t", "age", REST, "and", "or", "not", "if", "else", "true", "false"})
_NAME = re.compile(r"[A-Za-z]\w*\b(?!\s*\()")

Stated = tuple[Path, str]


def names_in(expression: Any) -> set[str]:
    """The names that an expression uses, functions left out."""
    return set(_NAME.findall(str(expression))) - GIVEN


def flag_at(
    c: PlanUnderCheck, model: str, path: Path, words: str, expected: str, found: str
) -> Flag:
    """A finding at a key of a model's file, or at the model where the key is not there."""
    file = c.file("economics", model)
    at: Any = c.loaded.documents[file]
    for step in path:
        try:
            at = at[step]
        except (KeyError, IndexError, TypeError):
            path = ("model",)
            break
    return Flag(
        file=file,
        path=path,
        key=True,
        message=f"{model}: {words}",
        expected=expected,
        found=found,
    )


def branches_of(node: Any, path: Path) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Every branch below a node of a tree, with its place."""
    told = node.get("branches") if isinstance(node, Mapping) else None
    for i, branch in enumerate(told if isinstance(told, list | tuple) else ()):
        if isinstance(branch, Mapping):
            yield (*path, "branches", i), branch
            yield from branches_of(branch, (*path, "branches", i))


def _tree_expressions(model: EconomicModel) -> Iterator[Stated]:
    for path, branch in branches_of(model.tree, ("tree",)):
        if "p" in branch:
            yield (*path, "p"), str(branch["p"])
    for name, outcome in model.outcomes.items():
        told = {"base": outcome.base, **outcome.__pydantic_extra__}
        for key, value in told.items():
            if value is not None:
                yield ("outcomes", name, key), str(value)


def _cohort_expressions(model: EconomicModel) -> Iterator[Stated]:
    for name, state in model.states.items():
        for key, value in (("cost", state.cost), ("effect", state.effect)):
            if value is not None:
                yield ("states", name, key), str(value)
    for name, row in model.transitions.items():
        for to, value in row.items():
            yield ("transitions", name, to), str(value)


def expressions(model: EconomicModel) -> Iterator[Stated]:
    """Every expression of a model with its place."""
    for strategy, sets in model.strategies.items():
        for key, value in sets.items():
            yield ("strategies", strategy, key), str(value)
    for name, value in model.let.items():
        yield ("let", name), str(value)
    yield from _tree_expressions(model)
    yield from _cohort_expressions(model)


def variables(model: EconomicModel) -> set[str]:
    """What strategies set."""
    return {key for sets in model.strategies.values() for key in sets}


@check(
    code="ECONOMICS.NAME_UNKNOWN",
    subdomain="economics.costing",
    finds="A decision model that computes with a name which is no parameter, no `let:` and set by no strategy.",
    why="The model cannot be run, or a figure that was meant to count does not.",
    remedy="Add the parameter with its value and source, or correct the name.",
)
def name_unknown(c: PlanUnderCheck) -> Iterator[Flag]:
    for name, model in c.plan.economics.items():
        known = set(model.parameters) | set(model.let) | variables(model)
        for path, text in expressions(model):
            unknown = sorted(names_in(text) - known)
            if unknown:
                yield flag_at(
                    c, name, path, f"{', '.join(unknown)} is not defined", f"one of: {', '.join(sorted(known))}", text
                )  # fmt: skip


@check(
    code="ECONOMICS.NAME_UNUSED",
    subdomain="economics.costing",
    severity=Severity.WARNING,
    finds="A parameter, a named expression or what a strategy sets, and nothing in the model uses it.",
    why="Somebody looked for the figure and believes that it counts.",
    remedy="Use it where it belongs, or take it out.",
)
def name_unused(c: PlanUnderCheck) -> Iterator[Flag]:
    for name, model in c.plan.economics.items():
        used = {n for _, text in expressions(model) for n in names_in(text)}
        for key in ("parameters", "let"):
            for unused in sorted(set(getattr(model, key)) - used):
                yield flag_at(c, name, (key, unused), f"nothing uses {unused}", "an expression that uses it", "none")  # fmt: skip
        idle = sorted(variables(model) - used)
        if idle:
            yield flag_at(c, name, ("strategies",), f"strategies set {', '.join(idle)}, which nothing uses", "tree, states or outcomes that use it", "none")  # fmt: skip


@check(
    code="ECONOMICS.STRATEGIES_DIFFER",
    subdomain="economics.costing",
    finds="Strategies of a decision model of which one does not set what another sets, or that are all the same.",
    why="What is not set has no value; two strategies that set the same are one.",
    remedy="Let each strategy set the same names, to different values.",
)
def strategies_differ(c: PlanUnderCheck) -> Iterator[Flag]:
    for name, model in c.plan.economics.items():
        everything = variables(model)
        for strategy, sets in model.strategies.items():
            lacking = sorted(everything - set(sets))
            if lacking:
                yield flag_at(c, name, ("strategies", strategy), f"{strategy} does not set {', '.join(lacking)}", ", ".join(sorted(everything)), ", ".join(sets) or "nothing")  # fmt: skip
        told = [tuple(sorted(map(str, s.items()))) for s in model.strategies.values()]
        if len(set(told)) < len(told):
            yield flag_at(c, name, ("strategies",), "two strategies set the same", "values that differ", "the same values")  # fmt: skip


def _shares(node: Mapping[str, Any]) -> str | None:
    """What is wrong with the probabilities of a node's branches."""
    branches = [b for b in node.get("branches", ()) if isinstance(b, Mapping)]
    told = [str(b.get("p", "")) for b in branches]
    if len(branches) == 1:
        return "one branch alone decides nothing"
    if told.count(REST) > 1:
        return "two branches take the rest"
    if REST not in told and not all(re.fullmatch(r"[\d.]+", p) for p in told):
        return "no branch takes the rest"
    numbers = sum(float(p) for p in told if re.fullmatch(r"[\d.]+", p))
    if numbers > 1 or (REST not in told and abs(numbers - 1) > 1e-6):
        return f"the probabilities make {numbers:g}"
    return None


def _node_faults(node: Mapping[str, Any]) -> Iterator[str]:
    if node.get("branches"):
        if not node.get("node"):
            yield "a node does not say what is decided there"
        problem = _shares(node)
        if problem:
            yield problem
    elif "outcome" not in node:
        yield "a branch ends without an outcome"


def _tree_faults(model: EconomicModel) -> Iterator[tuple[Path, str]]:
    if model.tree is None:
        return
    yield from ((("tree",), words) for words in _node_faults(model.tree))
    for path, branch in branches_of(model.tree, ("tree",)):
        lacking = [k for k in ("when", "p") if k not in branch]
        if lacking:
            yield path, f"a branch does not say {' and '.join(lacking)}"
        yield from ((path, words) for words in _node_faults(branch))


@check(
    code="ECONOMICS.TREE",
    subdomain="economics.costing",
    finds="A tree of tests whose branches do not make one, say nothing, or end nowhere.",
    why="Probabilities that do not make 1 lose people, or count them twice.",
    remedy="Give each branch `when:` and `p:`, one of them `rest`, and each end an `outcome:`.",
)
def tree(c: PlanUnderCheck) -> Iterator[Flag]:
    for name, model in c.plan.economics.items():
        for path, words in _tree_faults(model):
            yield flag_at(c, name, path, words, "when, p (one of them rest), node and branches or outcome", "not so")  # fmt: skip


@check(
    code="ECONOMICS.LEAF_NOT_COUNTED",
    subdomain="economics.outcomes",
    finds="An end of a tree that no outcome per person counts, or an outcome that counts an end which the tree does not have.",
    why="Who ends there is neither found nor missed, neither right nor wrong: the shares of the outcomes do not make the whole.",
    remedy='Count each end in an outcome with unit "1", by the name that the tree has.',
)
def leaf_not_counted(c: PlanUnderCheck) -> Iterator[Flag]:
    for name, model in c.plan.economics.items():
        if model.tree is None:
            continue
        leaves = {str(b["outcome"]) for _, b in branches_of(model.tree, ("tree",)) if "outcome" in b}  # fmt: skip
        counted: set[str] = set()
        for key, outcome in model.outcomes.items():
            told = set(outcome.__pydantic_extra__)
            counted |= told if outcome.unit == "1" else set()
            if told - leaves:
                yield flag_at(c, name, ("outcomes", key), f"{key} counts {', '.join(sorted(told - leaves))}, where the tree never ends", ", ".join(sorted(leaves)), ", ".join(sorted(told)))  # fmt: skip
            if not told and outcome.base is None:
                yield flag_at(c, name, ("outcomes", key), f"{key} counts nothing", "base, or an end of the tree", "neither")  # fmt: skip
        if leaves - counted:
            yield flag_at(c, name, ("outcomes",), f"no outcome per person counts {', '.join(sorted(leaves - counted))}", 'an outcome with unit "1" for each end', ", ".join(sorted(counted)) or "none")  # fmt: skip


def _row_faults(model: EconomicModel, state: str) -> Iterator[str]:
    told = model.states[state]
    row = model.transitions.get(state, {})
    if told.absorbing:
        if row:
            yield f"{state} is absorbing, and people leave it"
        return
    if sum(str(p) == REST for p in row.values()) != 1:
        yield (
            f"{state}: not one of its transitions takes the rest"
            if row
            else f"nobody ever leaves {state}, which is not absorbing"
        )
    if told.cost is None or told.effect is None:
        yield f"{state} has no {'cost' if told.cost is None else 'effect'}"


@check(
    code="ECONOMICS.STATES",
    subdomain="economics.costing",
    finds="A cohort whose states do not add up: shares that do not make 1 at the start, a state that nobody reaches or leaves, one without cost or effect.",
    why="People vanish from the cohort, or live in a state that costs and gains nothing.",
    remedy="Let `init:` make 1, give each state a row of transitions with one `rest`, a cost and an effect, or `absorbing: true`.",
)
def states(c: PlanUnderCheck) -> Iterator[Flag]:
    for name, model in c.plan.economics.items():
        if not model.states:
            continue
        begins = sum(s.init for s in model.states.values())
        if abs(begins - 1) > 1e-6:
            yield flag_at(c, name, ("states",), f"{begins:g} of the cohort is in a state at the start", "init that makes 1", f"{begins:g}")  # fmt: skip
        reached = {to for row in model.transitions.values() for to in row}
        for state, told in model.states.items():
            faults = list(_row_faults(model, state))
            if not told.init and state not in reached:
                faults.append(f"nobody ever reaches {state}")
            for words in faults:
                yield flag_at(c, name, ("states", state), words, "a row of transitions with one rest, cost and effect", "not so")  # fmt: skip
        for strange in sorted((reached | set(model.transitions)) - set(model.states)):
            yield flag_at(c, name, ("transitions",), f"there is no state {strange}", ", ".join(model.states), strange)  # fmt: skip


def _claim_faults(
    model: EconomicModel, currency: str
) -> Iterator[tuple[Path, str, str]]:
    roles = Counter(claim.role for claim in model.claims)
    for i, claim in enumerate(model.claims):
        unit = model.outcomes[claim.outcome].unit if claim.outcome in model.outcomes else ""  # fmt: skip
        money = unit == currency or claim.outcome == "cost"
        if claim.role is None:
            yield ("claims", i), f"the claim on {claim.outcome} has no role", "role: primary or secondary"  # fmt: skip
        if money and claim.direction == "higher":
            yield ("claims", i), "it is claimed that costs are higher", "direction: lower"  # fmt: skip
        if claim.direction == "non-inferior" and not 0 < claim.margin <= 0.2:
            yield ("claims", i), f"{claim.outcome} shall be non-inferior by a margin of {claim.margin:g}", "margin: above 0, at most 0.2"  # fmt: skip
        if unit == "1" and claim.direction == "lower" and _good(model, claim.outcome):
            yield ("claims", i), f"it is claimed that {claim.outcome} is lower", "direction: higher"  # fmt: skip
    if model.claims and roles["primary"] != 1:
        yield ("claims",), f"{roles['primary']} claims are primary", "one primary claim"


def _good(model: EconomicModel, outcome: str) -> bool:
    """Whether an outcome counts those whom the test got right."""
    return set(model.outcomes[outcome].__pydantic_extra__) & {"TP", "TN"} != set()


@check(
    code="ECONOMICS.CLAIM",
    subdomain="economics.outcomes",
    severity=Severity.WARNING,
    finds="A decision model whose claims are none, have no rank, run the wrong way, or allow any loss.",
    why="What the model shall show is fixed before its figures are known, as an outcome of the trial is.",
    remedy="State one primary claim with its direction, and a margin where it is one of non-inferiority.",
)
def model_claims(c: PlanUnderCheck) -> Iterator[Flag]:
    for name, model in c.plan.economics.items():
        if model.tree is not None and not model.claims:
            yield flag_at(c, name, ("outcomes",), "the model claims nothing", "claims: outcome, direction, role", "none")  # fmt: skip
        for path, words, expected in _claim_faults(model, model.perspective.currency):
            yield flag_at(c, name, path, words, expected, "not so")
