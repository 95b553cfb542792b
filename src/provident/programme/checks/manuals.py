"""Checks on imaging manuals: their own examples, and what is waived."""

from __future__ import annotations

from collections.abc import Iterator

from provident.kernel import Severity
from provident.programme.checks.registry import Flag, PlanUnderCheck, check


@check(
    code="MANUAL.EXAMPLE",
    subdomain="acquisition.manual",
    finds="A pass example that a series role refuses, or a fail example that it accepts.",
    why="A rule that says something else than its author meant is found now, not with the first participant.",
    remedy="Correct the rule, or the example.",
)
def example(c: PlanUnderCheck) -> Iterator[Flag]:
    from provident.acquisition.examples import tried
    from provident.programme.manuals import manual

    for exam, model in c.plan.imaging.items():
        if not any(r.examples.passing or r.examples.failing for r in model.series.values()):  # fmt: skip
            continue
        compiled = manual(c.plan, exam)
        for name, role in model.series.items():
            for failed in tried(compiled.role(name), role):
                yield Flag(
                    file=c.file("imaging", exam),
                    path=("series", name, "examples", failed.kind, failed.number),
                    message=f"example {failed.number + 1} of {name} {failed.why}",
                    expected="accepted" if failed.kind == "pass" else "refused",
                    found=failed.found,
                )


@check(
    code="MANUAL.WAIVER_UNUSED",
    subdomain="acquisition.manual",
    severity=Severity.WARNING,
    finds="A waiver of a rule that no series of the manual has, or of a critical rule without `critical: yes`.",
    why="Somebody believes that a scan will be let pass which will fail.",
    remedy="Name a rule that the manual has; say `critical: yes` where that is meant; or take the waiver out.",
)
def waiver_unused(c: PlanUnderCheck) -> Iterator[Flag]:
    from provident.programme.manuals import manual

    for exam, model in c.plan.imaging.items():
        if not model.waived:
            continue
        compiled = manual(c.plan, exam)
        for i, waiver in enumerate(compiled.waivers):
            problem = compiled.waives_nothing(waiver)
            if problem:
                yield Flag(
                    file=c.file("imaging", exam),
                    path=("waived", i, "rule"),
                    message=f"the waiver of {model.waived[i].rule} lets nothing go: {problem}",
                    expected="a rule of the manual that may be waived",
                    found=model.waived[i].rule,
                )
