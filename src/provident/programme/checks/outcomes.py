"""Checks that what an outcome needs is acquired, scored, looked at and kept apart."""

from __future__ import annotations

from collections.abc import Iterator

from provident.kernel import Severity
from provident.programme.checks.journeys import readers
from provident.programme.checks.registry import Flag, PlanUnderCheck, check


@check(
    code="READ.NOTHING_READ",
    subdomain="reading.methods",
    finds="A study whose images no outcome, no read design and no score at the scan uses.",
    why="No scoring system was chosen when a trial's protocol was written; its sequences were then unfit for it (PROVIDENT, example A).",
    remedy="Choose the score now: add the outcome, its read design and its form.",
)
def nothing_read(c: PlanUnderCheck) -> Iterator[Flag]:
    scored = any(m.read_at_scan for m in c.plan.imaging.values())
    if not c.plan.study.outcomes or not (c.plan.reading or scored):
        yield Flag(
            file="study.yaml",
            path=("visits",),
            key=True,
            message="visits make images, but the plan has "
            + (
                "no outcome" if not c.plan.study.outcomes else "nothing that reads them"
            ),
            expected="outcomes, each from a file of reading/",
            found="none",
        )


@check(
    code="READ.NEEDED_NOT_REQUIRED",
    subdomain="reading.methods",
    finds="A series that a scoring form needs, and that the manual lets a site leave out.",
    why="A score whose sequence may be missing is found to be unfit when reading begins (PROVIDENT, example A).",
    remedy="Take `optional:` away and ask for one series or more, or read a form that does not need it.",
)
def needed_not_required(c: PlanUnderCheck) -> Iterator[Flag]:
    for key in dict.fromkeys(d.form for d in c.plan.reading.values()):
        for need in c.plan.forms[key].needs if key in c.plan.forms else ():
            exam, _, role = need.partition(".")
            manual = c.plan.imaging.get(exam)
            series = manual.series.get(role) if manual else None
            if series is None:
                continue
            if series.optional or series.count.low < 1:
                yield Flag(
                    file=c.file("imaging", exam),
                    path=("series", role, "optional" if series.optional else "count"),
                    message=f"{key} needs {need}, but the manual lets a site leave it out",
                    expected="count: 1, not optional",
                    found="optional" if series.optional else str(series.count),
                )


@check(
    code="READ.OTHER_EXAM_NEEDED",
    subdomain="reading.methods",
    finds="A read design of one exam whose form needs none of its series, or that shows readers less than the form needs.",
    why="Readers are shown the exam of the design; what the score needs must be in it.",
    remedy="Correct `exam:` or `show:` of the design, or `needs:` of the form.",
)
def other_exam_needed(c: PlanUnderCheck) -> Iterator[Flag]:
    for endpoint, design in c.plan.reading.items():
        needs = c.plan.forms[design.form].needs if design.form in c.plan.forms else ()
        of_exam = [
            n.partition(".")[2] for n in needs if n.startswith(f"{design.exam}.")
        ]
        if needs and not of_exam:
            yield Flag(
                file=c.file("reading", endpoint),
                path=("exam",),
                message=f"{endpoint} reads {design.exam}, but {design.form} needs {', '.join(needs)}",
                expected="the exam that the form needs",
                found=design.exam,
            )
        hidden = [r for r in of_exam if design.show and r not in design.show]
        if hidden:
            yield Flag(
                file=c.file("reading", endpoint),
                path=("show",),
                message=f"{design.form} needs {', '.join(hidden)}, which readers of {endpoint} are not shown",
                expected=", ".join(of_exam),
                found=", ".join(design.show),
            )


@check(
    code="READ.NO_BASELINE_READ",
    subdomain="reading.methods",
    finds="A form that counts from the baseline, in a design that does not read the first visit, or an outcome of change at that visit.",
    why="A change has no value without what it changed from.",
    remedy="Read the first visit too, or analyse the outcome at a later one.",
)
def no_baseline_read(c: PlanUnderCheck) -> Iterator[Flag]:
    first = next(iter(c.plan.study.visits))
    for endpoint, design in c.plan.reading.items():
        form = c.plan.forms.get(design.form)
        if form is None or not any(
            "baseline(" in d.value for d in form.derive.values()
        ):
            continue
        if first not in design.visits:
            yield Flag(
                file=c.file("reading", endpoint),
                path=("visits",),
                key=True,
                message=f"{design.form} counts from the baseline, but {endpoint} does not read {first}",
                expected=f"{first} under visits",
                found=", ".join(design.visits),
            )
        outcome = c.plan.study.outcomes.get(endpoint)
        if outcome and outcome.at == first:
            yield Flag(
                file="study.yaml",
                path=("outcomes", endpoint, "at"),
                message=f"{endpoint} is a change and is analysed at {first}, where nothing has changed",
                expected="a later visit",
                found=first,
            )


@check(
    code="READ.SAME_ADJUDICATOR_TWO_EXAMS",
    subdomain="reading.methods",
    severity=Severity.WARNING,
    finds="One role that reads or adjudicates one exam and adjudicates another of the same participants.",
    why="The two arms of reading stay independent only if nobody sees both (PROVIDENT, example B).",
    remedy="Give each exam an adjudicator of its own, or waive this with the reason.",
)
def same_adjudicator_two_exams(c: PlanUnderCheck) -> Iterator[Flag]:
    for endpoint, design in c.plan.reading.items():
        role = design.readers.adjudicator_pool
        others = [
            (e, d)
            for e, d in c.plan.reading.items()
            if d.exam != design.exam
            and (
                role == d.readers.pool
                or (d.readers.adjudicator and role == d.readers.adjudicator_pool)
            )
        ]
        if design.readers.adjudicator and others:
            yield Flag(
                file=c.file("reading", endpoint),
                path=("readers", "adjudicator"),
                message=f"{role} adjudicates {design.exam} for {endpoint} and sees {others[0][1].exam} for {others[0][0]}",
                expected="a role of its own",
                found=role,
            )


@check(
    code="READ.OTHER_PATHWAY_SEEN",
    subdomain="reading.methods",
    finds="A study of accuracy or pathways whose readers could see the report or data of the other test.",
    why="Readers of one pathway were blind to the other (PROVIDENT, example C); a reader who knows the other result repeats it.",
    remedy="Hide clinical_data and clinical_report from the readers.",
)
def other_pathway_seen(c: PlanUnderCheck) -> Iterator[Flag]:
    if c.plan.study.kind not in ("diagnostic accuracy", "pathway", "reader study"):
        return
    for endpoint, design in c.plan.reading.items():
        form = c.plan.forms.get(design.form)
        if form and len({n.partition(".")[0] for n in form.needs}) > 1:
            continue  # who reads both tests together is the reference, not a reader of one
        lacking = [
            h
            for h in ("clinical_data", "clinical_report", "other_answers")
            if h not in design.hide
        ]
        if lacking:
            yield Flag(
                file=c.file("reading", endpoint),
                path=("hide",),
                message=f"readers of {endpoint} could see {' and '.join(lacking)} of the other test",
                expected=", ".join(lacking),
                found=", ".join(design.hide) or "nothing hidden",
            )


@check(
    code="READ.READER_KNOWS_PATIENT",
    subdomain="reading.methods",
    finds="An endpoint reader who also looks for unexpected findings, decides on recall, or works at a site.",
    why="Who has seen the patient, the name or the report does not read blind.",
    remedy="Give the endpoint a pool of readers of its own.",
)
def reader_knows_patient(c: PlanUnderCheck) -> Iterator[Flag]:
    policy = c.plan.consent.information.unexpected_findings if c.plan.consent else None
    for role_id in readers(c):
        role = c.plan.people.roles.get(role_id)
        if role is None:
            continue
        knows = [
            words
            for words, true in (
                ("works at a site", role.at == "site"),
                ("decides on recall", "recall" in role.decides),
                (
                    "looks for unexpected findings",
                    bool(policy and policy.looked_for and policy.who == role_id),
                ),
                (
                    "tells participants of findings",
                    bool(policy and policy.told_by == role_id),
                ),
            )
            if true
        ]
        if knows:
            yield Flag(
                file="people.yaml",
                path=("roles", role_id),
                key=True,
                message=f"{role_id} reads for an endpoint and {' and '.join(knows)}",
                expected="a role that does nothing but read",
                found=knows[0],
            )


@check(
    code="READ.SECOND_READ_IGNORED",
    subdomain="reading.methods",
    severity=Severity.WARNING,
    finds="Two readers of whom only the first counts when they agree.",
    why="The second read then costs its time and takes nothing of the first one's error away.",
    remedy="Write `final.agreed: mean of two` or `same value`.",
)
def second_read_ignored(c: PlanUnderCheck) -> Iterator[Flag]:
    for endpoint, design in c.plan.reading.items():
        if design.readers.primary == 2 and design.final.agreed == "first":
            yield Flag(
                file=c.file("reading", endpoint),
                path=("final", "agreed"),
                message=f"{endpoint} has two readers, but the first one's value stands",
                expected="mean of two, or same value",
                found="first",
            )
