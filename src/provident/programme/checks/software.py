"""Cross-checks: software that reads, and the form that its output fills."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from provident.forms import Field
from provident.plan.models.forms import FormFile
from provident.plan.models.reading_software import Algorithm
from provident.plan.nearest import did_you_mean
from provident.programme.checks.registry import Flag, PlanUnderCheck, check
from provident.programme.reads import form


@check(
    code="READ.ALGORITHM_ANSWERS",
    subdomain="reading.methods",
    finds="An algorithm whose output does not fill its form: an answer that the form does not have, or one that no file gives.",
    why="Its first output would be refused after the study has begun.",
    remedy="Map each answer of the form under csv, sr or seg, or give it under `always:`.",
)
def algorithm_answers(c: PlanUnderCheck) -> Iterator[Flag]:
    for endpoint, design in c.plan.reading.items():
        if design.algorithm is None or design.form not in c.plan.forms:
            continue
        file, algorithm = c.file("reading", endpoint), design.algorithm
        fields = form(c.plan, design.form).fields
        unknown = False
        for kind in ("always", "csv", "sr", "seg"):
            for key in getattr(algorithm, kind):
                if key not in fields:
                    unknown = True
                    words = f'{design.form} has no answer "{key}"{did_you_mean(key, fields)}'
                    yield Flag(file=file, path=("algorithm", kind, key), message=words, expected=f"an answer of {design.form}", found=key)  # fmt: skip
        if not unknown:
            yield from _not_given(file, algorithm, c.plan.forms[design.form], fields)


def _not_given(
    file: str, algorithm: Algorithm, model: FormFile, fields: Mapping[str, Field]
) -> Iterator[Flag]:
    """Answers that a kind of file leaves open; cells behind a question may be filled by its answer."""
    gated = {name for name, grid in model.grids.items() if grid.gate}
    asked = {key for key, field in fields.items() if field.grid not in gated}
    for kind, given in algorithm.sources.items():
        left = sorted(asked - given)
        if left:
            words = f"the mapping of {kind} gives no answer to {', '.join(left[:5])}"
            yield Flag(file=file, path=("algorithm", kind), message=words, expected="a source for each answer", found=f"{len(left)} answers without a source")  # fmt: skip
