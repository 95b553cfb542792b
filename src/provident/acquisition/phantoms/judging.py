"""Hold a phantom's values against the plan's limits."""

from __future__ import annotations

from collections.abc import Iterator

from provident.acquisition.phantoms import codes
from provident.acquisition.phantoms.model import PhantomRule, Submission
from provident.kernel import Finding, Outcome, PlanError


_OUTCOMES = {
    codes.OUTSIDE.code: Outcome.FAIL,
    codes.NOT_MEASURED.code: Outcome.NOT_ASSESSABLE,
    codes.NO_LIMIT.code: Outcome.NOT_ASSESSABLE,
    codes.WRONG_UNIT.code: Outcome.NOT_ASSESSABLE,
    codes.OTHER_ENGINE.code: Outcome.WARN,
}


def judge_submission(
    submission: Submission, rule: PhantomRule, *, field: float | None = None
) -> tuple[Outcome, tuple[Finding, ...]]:
    """The outcome and all that is wrong; `field` in tesla chooses among limits.

    A value with a limit that was not measured is not assessable and never passes. A phantom
    without limits passes when something was measured.
    """
    findings = tuple(_findings(submission, rule, field))
    outcomes = [_OUTCOMES[f.code] for f in findings]
    if submission.values or rule.limits:
        outcomes.append(Outcome.PASS)
    return Outcome.worst(outcomes), findings


def _findings(
    submission: Submission, rule: PhantomRule, field: float | None
) -> Iterator[Finding]:
    at = submission.id
    if submission.engine.name != rule.engine:
        yield codes.OTHER_ENGINE.finding(
            at,
            f"{rule.id} was measured by {submission.engine}",
            expected=rule.engine,
            found=submission.engine.name,
        )
    for name, limit in rule.limits.items():
        allowed = limit.at(field)
        measured = submission.values.get(name)
        if measured is None:
            why = submission.unknown.get(name, "the engine does not give it")
            yield codes.NOT_MEASURED.finding(
                at,
                f"{name} was not measured: {why}",
                expected=limit.text,
                found="nothing",
            )
        elif allowed is None:
            said = "an unknown field strength" if field is None else f"{field:g} T"
            yield codes.NO_LIMIT.finding(
                at, f"no limit of {name} is stated for {said}", expected=limit.text
            )
        else:
            found = f"{measured.value:.4g} {measured.unit}".rstrip()
            try:
                inside = allowed.contains(measured.value, measured.unit)
            except PlanError as error:
                yield codes.WRONG_UNIT.finding(
                    at, f"{name}: {error}", expected=limit.text, found=found
                )
                continue
            if not inside:
                yield codes.OUTSIDE.finding(
                    at,
                    f"{name} of {rule.id} is outside its limits",
                    expected=str(allowed),
                    found=found,
                )
