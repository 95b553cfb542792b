"""Checks on forms."""

from __future__ import annotations

from collections.abc import Iterator

from provident.kernel import Severity
from provident.programme.checks.registry import Flag, PlanUnderCheck, check


@check(
    code="FORM.NOT_ACCEPTED",
    subdomain="data.storage",
    finds="A form that nobody signs an acceptance test for.",
    why="A score spreadsheet made for the study could be read by no program afterwards (PROVIDENT, example A).",
    remedy="Name the roles under `accepted_by:`.",
)
def not_accepted(c: PlanUnderCheck) -> Iterator[Flag]:
    for key, form in c.plan.forms.items():
        if not form.accepted_by:
            yield Flag(
                file=c.file("forms", key),
                path=("form",),
                message=f"nobody accepts {key} before it is used",
                expected="accepted_by: [reader, data_manager, statistician]",
                found="none",
            )


@check(
    code="FORM.FREE_TEXT",
    subdomain="data.storage",
    finds="Free text among the data that are analysed.",
    why="Free text cannot be analysed; each person writes it in their own way (PROVIDENT, example A).",
    remedy="Use choices or numbers, or leave the item out of `study_data:`.",
)
def free_text(c: PlanUnderCheck) -> Iterator[Flag]:
    for key, form in c.plan.forms.items():
        for item_id, item in form.items.items():
            analysed = form.study_data == "all" or item_id in form.study_data
            if item.text and analysed:
                yield Flag(
                    file=c.file("forms", key),
                    path=("items", item_id),
                    key=True,
                    message=f"{item_id} of {key} is free text and counts as study data",
                    expected="choices, a range or a number",
                    found="text",
                )


@check(
    code="FORM.UNUSED",
    subdomain="data.storage",
    severity=Severity.WARNING,
    finds="A form that no read design and no exam uses.",
    why="Either a read design forgot it, or people are trained for nothing.",
    remedy="Use it in reading/*.yaml or read_at_scan, or remove it.",
)
def unused(c: PlanUnderCheck) -> Iterator[Flag]:
    used = {d.form for d in c.plan.reading.values()}
    used |= {m.read_at_scan.form for m in c.plan.imaging.values() if m.read_at_scan}
    for key in c.plan.forms:
        if key not in used:
            yield Flag(
                file=c.file("forms", key),
                path=("form",),
                message=f"nothing uses {key}",
                expected="a read design or an exam that uses it",
                found=", ".join(sorted(used)) or "none",
            )


@check(
    code="FORM.BLIND_ROLE_ENTERS",
    subdomain="reading.methods",
    finds="A form filled in by a role that is blind to scores, or hidden from those who fill it in.",
    why="Who fills in a score sees it.",
    remedy="Correct `access:` of the form or `blinded_to.scores` of the study.",
)
def blind_role_enters(c: PlanUnderCheck) -> Iterator[Flag]:
    for key, form in c.plan.forms.items():
        for i, role in enumerate(form.access.enter):
            if (
                role in c.plan.study.blinded_to.scores
                or role in form.access.hidden_from
            ):
                yield Flag(
                    file=c.file("forms", key),
                    path=("access", "enter", i),
                    message=f"{role} fills {key} in but must not see scores",
                    expected="a role that may see scores",
                    found=role,
                )


@check(
    code="FORM.READER_CANNOT_ENTER",
    subdomain="reading.methods",
    finds="A read design whose readers or adjudicators may not fill its form in.",
    why="They would be given cases and refused the form.",
    remedy="Add the role under access.enter of the form.",
)
def reader_cannot_enter(c: PlanUnderCheck) -> Iterator[Flag]:
    for endpoint, design in c.plan.reading.items():
        form = c.plan.forms.get(design.form)
        if form is None or not form.access.enter:
            continue
        roles = [design.readers.pool] + [design.readers.adjudicator_pool] * bool(
            design.readers.adjudicator
        )
        for role in roles:
            if role not in form.access.enter:
                yield Flag(
                    file=c.file("forms", design.form),
                    path=("access", "enter"),
                    message=f"{role} reads {endpoint} but may not fill {design.form} in",
                    expected=f"{role} under access.enter",
                    found=", ".join(form.access.enter),
                )


@check(
    code="READ.FORM",
    subdomain="reading.methods",
    finds="A read design whose conditions or analysed value name something that its form does not have.",
    why="No disagreement would ever be found, and the outcome would have no value.",
    remedy="Name something that the form asks or computes.",
)
def design_fits_form(c: PlanUnderCheck) -> Iterator[Flag]:
    from provident.programme.reads import read_problems

    for endpoint, design in c.plan.reading.items():
        for problem in (
            read_problems(c.plan, endpoint) if design.form in c.plan.forms else ()
        ):
            yield Flag(
                file=c.file("reading", endpoint),
                path=problem.loc,
                message=f"{endpoint}: {problem.words}",
                expected=f"names of {design.form}",
                found=str(problem.found or ""),
            )
