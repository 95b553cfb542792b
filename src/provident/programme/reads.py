"""Read designs of a plan, joined with their forms."""

from __future__ import annotations

from provident.expressions import Kind, NameType, Of, Record
from provident.forms import Form, compile_form
from provident.kernel import Finding, NotFound, Place, PlanError, Severity
from provident.plan import Plan
from provident.plan.models.form_names import answer_names
from provident.plan.models.forms import FormFile
from provident.plan.models.problems import Problem
from provident.plan.models.reading import ReadDesignFile
from provident.plan.models.reading_rules import analysed_value, compile_conditions
from provident.plan.nearest import did_you_mean
from provident.programme.hanging import hang_of
from provident.programme.qualifying import qualify_problems
from provident.reading import (
    Adjudicated,
    Agreed,
    FinalRule,
    Mode,
    NoMajority,
    OrderRule,
    ReadDesign,
    Serves,
    Tie,
)


def form(plan: Plan, key: str) -> Form:
    """The compiled form of a plan by its name, such as `ramris@2`.

    Raises:
        NotFound: the plan has no such form.
    """
    if key not in plan.forms:
        raise NotFound(f'the plan has no form "{key}"{did_you_mean(key, plan.forms)}')
    return compile_form(plan.forms[key])


def read_design(plan: Plan, endpoint: str) -> ReadDesign:
    """The read design of an endpoint, its conditions checked against its form.

    Raises:
        NotFound: the plan has no such endpoint or form.
        PlanError: a condition or the analysed value names something that the form does not
            have; `findings` holds each problem with its path (`place` gives the line).
    """
    if endpoint not in plan.reading:
        raise NotFound(
            f'the plan has no read design "{endpoint}"{did_you_mean(endpoint, plan.reading)}'
        )
    file: ReadDesignFile = plan.reading[endpoint]
    compiled = form(plan, file.form)
    problems = read_problems(plan, endpoint)
    if problems:
        raise PlanError(
            f"the read design {endpoint} does not fit its form: {problems[0].words}",
            [_finding(endpoint, problem) for problem in problems],
        )
    conditions, _ = compile_conditions(file, form_names(plan.forms[file.form]))
    value = analysed_value(file, conditions)
    assert value is not None  # the file's own rules ask for one
    how = file.adjudicate.how if file.adjudicate else ""
    return ReadDesign(
        endpoint=endpoint,
        form=compiled,
        exam=file.exam,
        per_participant=file.unit == "participant",
        visits=file.visits,
        show=file.show or _needed(compiled, file.exam),
        hang=hang_of(file.hang),
        value=value,
        mode=Mode(file.present.mode),
        hidden_time_order=file.present.time_order == "hidden",
        own_prior_answers=file.present.prior_answers == "own locked",
        global_may_change=file.present.global_read.may_change
        if file.present.global_read
        else (),
        primaries=file.readers.primary,
        pool=file.readers.pool,
        everyone_reads=file.readers.assignment == "all",
        adjudicator_pool=file.readers.adjudicator_pool
        if file.readers.adjudicator
        else None,
        adjudicator_chooses=how == "choice of one of the two",
        consensus=how == "consensus of the two",
        technical_query_first=file.adjudicate is not None
        and file.adjudicate.technical_query_first,
        conditions=conditions,
        limits={
            name: None if isinstance(limit, str) else float(limit)
            for name, limit in file.limits.items()
        },
        final=_final_rule(file),
        order=OrderRule(
            per_reader=file.order.random == "per reader",
            block=file.order.blocks,
            strata=file.order.strata,
            gap=file.order.same_participant_gap,
        ),
        session_minutes=file.sessions.at_most,
        session_reads=file.sessions.reads,
        serves=Serves(file.serves),
        apart_from=_apart(plan, endpoint),
        on_the_side=file.unscheduled,
        hide=file.hide,
        hidden_from=_hidden_from(plan, compiled),
    )


def read_designs(plan: Plan) -> dict[str, ReadDesign]:
    """All read designs of a plan, by endpoint.

    Raises:
        PlanError: as `read_design`.
    """
    return {endpoint: read_design(plan, endpoint) for endpoint in plan.reading}


def read_problems(plan: Plan, endpoint: str) -> list[Problem]:
    """What in a read design does not fit the plan's form, each with its path in the file."""
    file: ReadDesignFile = plan.reading[endpoint]
    names = form_names(plan.forms[file.form])
    conditions, problems = compile_conditions(file, names)
    problems += _global_read(plan, file)
    problems += qualify_problems(file, names)
    if problems:
        return problems
    value = analysed_value(file, conditions)
    assert value is not None  # the file's own rules ask for one
    inside = value.partition(".")[2] if file.unit == "participant" else value
    kind = _kind(names, inside)
    path = ("value",) if file.value else ("adjudicate", "when")
    if kind is None:
        words = (
            f'the form {file.form} has no single value "{inside}"'
            f"{did_you_mean(inside, names.fields)}"
        )
        problems.append(Problem(path, words, value))
    elif kind is Kind.TEXT:
        problems += _means_of_texts(file, value)
    return problems


def _global_read(plan: Plan, file: ReadDesignFile) -> list[Problem]:
    keys = list(form(plan, file.form).fields)
    found = file.present.global_read
    return [
        Problem(
            ("present", "global_read", "may_change", i),
            f'the form {file.form} has no item or group "{name}"{did_you_mean(name, keys)}',
            name,
        )
        for i, name in enumerate(found.may_change if found else ())
        if not any(key == name or key.startswith(f"{name}.") for key in keys)
    ]


def _means_of_texts(file: ReadDesignFile, value: str) -> list[Problem]:
    return [
        Problem(
            ("final", key),
            f'"{value}" is a text, and of texts there is no mean; {instead}',
            rule,
        )
        for key, rule, instead in (
            ("agreed", file.final.agreed, "write agreed: same value"),
            ("adjudicated", file.final.adjudicated, "write adjudicated: majority"),
        )
        if rule and rule.startswith(("mean", "median"))
    ]


def form_names(model: FormFile) -> Record:
    """The names and kinds that a form gives to expressions, derived values included."""
    compiled = compile_form(model)
    derived = {d.id: d.expression.kind for d in compiled.derivations}
    return Record({**answer_names(model.parts), **derived})


def _kind(names: Record, dotted: str) -> Kind | None:
    """The kind of one value; None when there is none, or many."""
    here: NameType | None = names
    for part in dotted.split("."):
        here = here.get(part) if isinstance(here, Record) else None
    return here.kind if isinstance(here, Of) and not here.column else None


def _finding(endpoint: str, problem: Problem) -> Finding:
    path = ".".join(str(step) for step in problem.loc)
    return Finding(
        code="READ.FORM",
        severity=Severity.ERROR,
        where=Place(uid=f"{endpoint}: {path}"),
        message=problem.words,
        found=str(problem.found or ""),
        remedy="Name something that the form asks or computes.",
        subdomain="reading.methods",
    )


def _needed(compiled: Form, exam: str) -> tuple[str, ...]:
    return tuple(
        role
        for of, _, role in (need.partition(".") for need in compiled.needs)
        if of == exam
    )


def _final_rule(file: ReadDesignFile) -> FinalRule:
    final = file.final
    return FinalRule(
        agreed=Agreed(final.agreed),
        adjudicated=Adjudicated(final.adjudicated) if final.adjudicated else None,
        tie=Tie(final.tie) if final.tie else None,
        no_majority=NoMajority(final.no_majority) if final.no_majority else None,
        the_other_stands=final.one_not_evaluable == "the other",
    )


def _apart(plan: Plan, endpoint: str) -> tuple[str, ...]:
    """The designs that must have other readers: it holds both ways, whichever file says it."""
    named = set(plan.reading[endpoint].apart_from)
    named |= {name for name, d in plan.reading.items() if endpoint in d.apart_from}
    return tuple(sorted(named))


def _hidden_from(plan: Plan, compiled: Form) -> dict[str, frozenset[str]]:
    blind = plan.study.blinded_to
    return {
        "arm": frozenset(blind.arm),
        "images": frozenset(blind.images),
        "scores": frozenset((*blind.scores, *compiled.hidden_from)),
    }
