"""Checks on read designs: needs, readers, burden, blinding."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from provident.kernel import Severity
from provident.plan.models.reading import ReadDesignFile
from provident.plan.quantities import quantity
from provident.programme.checks.registry import Flag, PlanUnderCheck, check
from provident.programme.checks.timing import days, first_case, per_week


@check(
    code="READ.SERIES_NOT_ACQUIRED",
    subdomain="reading.methods",
    finds="A scoring form that needs a series which a visit that is read does not acquire.",
    why="A trial found its sequences unfit for the score when reading began (PROVIDENT, example A).",
    remedy="Acquire the series at the visit (study.yaml, or `at:` in the manual), or read a form that does not need it.",
)
def series_not_acquired(c: PlanUnderCheck) -> Iterator[Flag]:
    for endpoint, design in c.plan.reading.items():
        form = c.plan.forms.get(design.form)
        for i, visit in enumerate(design.visits):
            for need in form.needs if form else ():
                problem = _not_acquired(c, need, visit)
                if problem:
                    yield Flag(
                        file=c.file("reading", endpoint),
                        path=("visits", i),
                        message=f"{design.form} needs {need} at {visit}, but {problem}",
                        expected=f"{need} acquired at {visit}",
                        found=problem,
                    )


def _not_acquired(c: PlanUnderCheck, need: str, visit: str) -> str | None:
    exam, _, role = need.partition(".")
    manual, planned = c.plan.imaging.get(exam), c.plan.study.visits.get(visit)
    if manual is None or planned is None or role not in manual.series:
        return None  # a reference that leads nowhere is a finding of its own
    if exam not in planned.imaging:
        return f"{visit} does not make {exam}"
    at = manual.series[role].at
    if at and visit not in at:
        return f"the manual acquires it at {', '.join(at)} only"
    return None


@check(
    code="READ.NOTHING_NEEDED",
    subdomain="reading.methods",
    severity=Severity.WARNING,
    finds="A scoring form that is read but does not say which series it needs.",
    why="Then nothing can check that the images are fit for the score (PROVIDENT, example A).",
    remedy="Add `needs:` to the form, each as exam.series.",
)
def nothing_needed(c: PlanUnderCheck) -> Iterator[Flag]:
    for key in dict.fromkeys(d.form for d in c.plan.reading.values()):
        form = c.plan.forms.get(key)
        if form and not form.needs:
            yield Flag(
                file=c.file("forms", key),
                path=("form",),
                message=f"{key} does not say which series it needs",
                expected="needs: [exam.series]",
                found="none",
            )


@check(
    code="READ.EXAM_NOT_MADE",
    subdomain="reading.methods",
    finds="A read design of an exam that one of its visits does not make.",
    why="The case can never be complete, so that it is never read.",
    remedy="Make the exam at the visit, or take the visit out of the design.",
)
def exam_not_made(c: PlanUnderCheck) -> Iterator[Flag]:
    for endpoint, design in c.plan.reading.items():
        for i, name in enumerate(design.visits):
            visit = c.plan.study.visits.get(name)
            if (
                visit
                and design.exam in c.plan.imaging
                and design.exam not in visit.imaging
            ):
                yield Flag(
                    file=c.file("reading", endpoint),
                    path=("visits", i),
                    message=f"{endpoint} reads {design.exam} at {name}, which does not make it",
                    expected=f"{design.exam} at {name}",
                    found=", ".join(visit.imaging) or "no imaging",
                )


@check(
    code="READ.OUTCOME_NOT_READ",
    subdomain="reading.methods",
    finds="An outcome that is analysed at a visit its read design does not read, or whose design serves another.",
    why="The value that the analysis needs would not exist.",
    remedy="Add the visit to the design, or correct the outcome.",
)
def outcome_not_read(c: PlanUnderCheck) -> Iterator[Flag]:
    designs = {c.file("reading", e): (e, d) for e, d in c.plan.reading.items()}
    for name, outcome in c.plan.study.outcomes.items():
        if outcome.source not in designs:
            continue
        endpoint, design = designs[outcome.source]
        if endpoint != name:
            yield Flag(
                file="study.yaml",
                path=("outcomes", name, "from"),
                message=f"{outcome.source} serves {endpoint}, not {name}",
                expected=f"endpoint: {name}",
                found=endpoint,
            )
        elif outcome.at not in design.visits:
            yield Flag(
                file="study.yaml",
                path=("outcomes", name, "at"),
                message=f"{name} is analysed at {outcome.at}, which {outcome.source} does not read",
                expected=f"one of: {', '.join(design.visits)}",
                found=outcome.at,
            )


@check(
    code="READ.TOO_FEW_READERS",
    subdomain="reading.personnel",
    finds="A design that needs more readers or adjudicators than the plan has people.",
    why="The second read, or the adjudication, would be done by whoever is at hand.",
    remedy="Plan more people for the role, or fewer reads.",
)
def too_few_readers(c: PlanUnderCheck) -> Iterator[Flag]:
    for endpoint, design in c.plan.reading.items():
        file, readers = c.file("reading", endpoint), design.readers
        pool = c.plan.people.roles.get(readers.pool)
        if pool and pool.people < readers.primary:
            yield Flag(
                file=file,
                path=("readers", "primary"),
                message=f"{endpoint} needs {readers.primary} readers, the role {readers.pool} has {pool.people}",
                expected=f"{readers.pool} with {readers.primary} people or more",
                found=str(pool.people),
            )
        if readers.adjudicator and readers.adjudicator_pool not in c.plan.people.roles:
            yield Flag(
                file=file,
                path=("readers", "adjudicator"),
                message=f"{endpoint} adjudicates, but people.yaml has no role {readers.adjudicator_pool}",
                expected=f"a role {readers.adjudicator_pool}",
                found=", ".join(c.plan.people.roles),
            )


@check(
    code="READ.ONE_READER",
    subdomain="reading.methods",
    severity=Severity.WARNING,
    finds="An outcome that a single person reads.",
    why="Nothing then shows how reliable it is; a trial that fell back to one reader lost its secondary outcome (PROVIDENT, example A).",
    remedy="Plan two readers, or hidden repeats, or waive this with the reason.",
)
def one_reader(c: PlanUnderCheck) -> Iterator[Flag]:
    for endpoint, design in c.plan.reading.items():
        if design.readers.primary == 1:
            yield Flag(
                file=c.file("reading", endpoint),
                path=("readers", "primary"),
                message=f"{endpoint} is read by one person",
                expected="2",
                found="1",
            )


@check(
    code="READ.NO_ADJUDICATION",
    subdomain="reading.methods",
    severity=Severity.WARNING,
    finds="Two readers and no rule for when they disagree.",
    why="Large disagreements are averaged away and never looked at.",
    remedy="Add `adjudicate:` and an adjudicator, or waive this with the reason.",
)
def no_adjudication(c: PlanUnderCheck) -> Iterator[Flag]:
    for endpoint, design in c.plan.reading.items():
        if design.readers.primary > 1 and design.adjudicate is None:
            yield Flag(
                file=c.file("reading", endpoint),
                path=("readers",),
                key=True,
                message=f"{endpoint} has two readers and no rule for when they disagree",
                expected="adjudicate: when, how",
                found="none",
            )


def _last_day(c: PlanUnderCheck, design: ReadDesignFile) -> date | None:
    if design.finish_by is None:
        return c.plan.study.milestones.data_lock
    return c.plan.study.milestones.dates().get(design.finish_by.milestone)


def hours_needed(c: PlanUnderCheck, design: ReadDesignFile) -> float | None:
    """Hours that each primary reader needs for all cases of a design, hidden repeats included."""
    if design.minutes is None:
        return None
    pool = c.plan.people.roles.get(design.readers.pool)
    people = pool.people if pool else design.readers.primary
    share = design.readers.primary / max(people, design.readers.primary)
    points = (
        len(design.visits)
        if design.minutes.per == "time point" or design.unit == "visit"
        else 1
    )
    repeats = design.repeats.share.value / 100 if design.repeats else 0.0
    minutes = c.plan.study.population.participants * points * design.minutes.mean
    return share * minutes * (1 + repeats) / 60


@check(
    code="READ.CANNOT_FINISH",
    subdomain="reading.burden",
    finds="Reads that cannot be done by their milestone at the hours the readers have.",
    why="Reads were not done by the milestone and a single reader finished them (PROVIDENT, example A).",
    remedy="Start reading earlier, give readers more hours, add readers, or move the milestone.",
)
def cannot_finish(c: PlanUnderCheck) -> Iterator[Flag]:
    for endpoint, design in c.plan.reading.items():
        end, needed = _last_day(c, design), hours_needed(c, design)
        rate = design.hours.get(design.readers.pool)
        weekly = per_week(rate) if rate else None
        if end is None or needed is None or weekly is None:
            yield Flag(
                file=c.file("reading", endpoint),
                path=("minutes",) if needed is None else ("hours",),
                key=True,
                severity=Severity.WARNING,
                message=f"nobody can say whether the reads of {endpoint} finish in time: minutes or hours are not stated",
                expected="minutes: per, mean; hours: 4 h per week",
                found="not stated",
            )
            continue
        start = c.plan.study.milestones.first_read or first_case(c.plan, design.visits)
        weeks = max(0.0, (end - start).days / 7)
        if needed > weekly * weeks:
            yield Flag(
                file=c.file("reading", endpoint),
                path=("hours",),
                message=f"each reader of {endpoint} needs {needed:.0f} h and has {weekly * weeks:.0f} h from {start} to {end}",
                expected=f"{needed:.0f} h or more",
                found=f"{weekly * weeks:.0f} h",
            )


@check(
    code="READ.NO_TIME_AFTER_LAST_VISIT",
    subdomain="reading.burden",
    finds="Too little time between the last visit and the milestone to read the cases that come last.",
    why="The last cases are complete only at the last visit; reading them cannot begin earlier.",
    remedy="Move the milestone, or give readers more hours at the end.",
)
def no_time_after_last_visit(c: PlanUnderCheck) -> Iterator[Flag]:
    stones = c.plan.study.milestones
    for endpoint, design in c.plan.reading.items():
        end, needed = _last_day(c, design), hours_needed(c, design)
        rate = design.hours.get(design.readers.pool)
        weekly = per_week(rate) if rate else None
        ends = [
            stones.last_participant + timedelta(days=_last_of(c, v))
            for v in design.visits
            if v in c.plan.study.visits
        ]
        if end is None or not needed or not weekly or not ends:
            continue
        one = needed / c.plan.study.population.participants
        left = (end - max(ends)).days
        if left * weekly / 7 < one:
            yield Flag(
                file=c.file("reading", endpoint),
                path=("finish_by",) if design.finish_by else ("endpoint",),
                message=f"the last case of {endpoint} is complete on {max(ends)}, {left} days before {end}; a reader has {max(0.0, left * weekly / 7):.1f} h for it",
                expected=f"{one:.1f} h or more",
                found=f"{max(0.0, left * weekly / 7):.1f} h",
            )


def _last_of(c: PlanUnderCheck, visit: str) -> int:
    window = c.plan.study.visits[visit].window
    return int(quantity(f"{window.high} {window.unit}").to("d"))


_BEFORE = re.compile(r"(.+?)\s+before\s+(\w+)")


@check(
    code="READ.WASHOUT_TOO_LONG",
    subdomain="reading.personnel",
    finds="Hidden repeats whose washout is longer than the time left after the last draw.",
    why="The last repeats would come due after the milestone, so that reliability is known for early reads only.",
    remedy="Draw the last repeats earlier, or shorten the washout.",
)
def washout_too_long(c: PlanUnderCheck) -> Iterator[Flag]:
    for endpoint, design in c.plan.reading.items():
        repeats = design.repeats
        match = _BEFORE.fullmatch(repeats.last_draw or "") if repeats else None
        if repeats is None or match is None:
            continue
        left = days(quantity(match[1]))
        if days(repeats.washout) > left:
            yield Flag(
                file=c.file("reading", endpoint),
                path=("repeats", "washout"),
                message=f"a repeat waits {repeats.washout}, the last are drawn {match[1]} before {match[2]}",
                expected=f"{match[1]} or less",
                found=str(repeats.washout),
            )


@check(
    code="READ.SESSION_TOO_SHORT",
    subdomain="reading.burden",
    finds="A sitting that is shorter than one case takes.",
    why="No case could ever be finished within the rules.",
    remedy="Allow longer sittings, or split the case.",
)
def session_too_short(c: PlanUnderCheck) -> Iterator[Flag]:
    for endpoint, design in c.plan.reading.items():
        if design.minutes is None or design.sessions.at_most is None:
            continue
        points = (
            len(design.visits)
            if design.minutes.per == "time point" and design.unit == "participant"
            else 1
        )
        needed = points * design.minutes.mean
        if needed > design.sessions.at_most:
            yield Flag(
                file=c.file("reading", endpoint),
                path=("sessions", "at_most"),
                message=f"a case of {endpoint} takes {needed:.0f} min, a sitting at most {design.sessions.at_most:.0f} min",
                expected=f"{needed:.0f} min or more",
                found=f"{design.sessions.at_most:.0f} min",
            )


@check(
    code="READ.BLINDING_LEAK",
    subdomain="reading.methods",
    finds="A read design that does not hide what its readers must be blind to.",
    why="A blind that is promised and not kept makes the outcome worthless.",
    remedy="Add it under `hide:`.",
)
def blinding_leak(c: PlanUnderCheck) -> Iterator[Flag]:
    blind = c.plan.study.blinded_to
    for endpoint, design in c.plan.reading.items():
        readers = {design.readers.pool}
        if design.readers.adjudicator:
            readers.add(design.readers.adjudicator_pool)
        needed = (
            [("arm", "arm"), ("arm", "clinical_data")]
            if readers & set(blind.arm)
            else []
        )
        for what, hidden in needed:
            if hidden not in design.hide:
                yield Flag(
                    file=c.file("reading", endpoint),
                    path=("hide",),
                    message=f"readers of {endpoint} are blind to {what}, but {hidden} is not hidden from them",
                    expected=f"{hidden} under hide",
                    found=", ".join(design.hide),
                )


@check(
    code="READ.READERS_NOT_BLIND",
    subdomain="reading.methods",
    severity=Severity.WARNING,
    finds="A trial with arms whose readers or adjudicators are not among those blind to the arm.",
    why="A reader who knows the arm reads what is expected.",
    remedy="Add the role under blinded_to.arm, or waive this with the reason.",
)
def readers_not_blind(c: PlanUnderCheck) -> Iterator[Flag]:
    if len(c.plan.study.arms) < 2:
        return
    for endpoint, design in c.plan.reading.items():
        roles = [design.readers.pool] + [design.readers.adjudicator_pool] * bool(
            design.readers.adjudicator
        )
        for role in roles:
            if role not in c.plan.study.blinded_to.arm:
                yield Flag(
                    file="study.yaml",
                    path=("blinded_to", "arm"),
                    message=f"{role} reads {endpoint} and is not blind to the arm",
                    expected=f"{role} under blinded_to.arm",
                    found=", ".join(c.plan.study.blinded_to.arm) or "nobody",
                )


@check(
    code="READ.UNBLINDED_EARLY",
    subdomain="reading.methods",
    finds="Arms that may be told while reads or adjudications are open, or a trial without a rule.",
    why="The blind was broken before reading ended (PROVIDENT, example A).",
    remedy="Write milestones.unblinding.after: [data_lock, reads_final, adjudications_closed].",
)
def unblinded_early(c: PlanUnderCheck) -> Iterator[Flag]:
    rule = c.plan.study.milestones.unblinding
    if len(c.plan.study.arms) < 2 or not c.plan.reading:
        return
    needed = ["reads_final"]
    if any(d.readers.adjudicator for d in c.plan.reading.values()):
        needed.append("adjudications_closed")
    lacking = [n for n in needed if rule is None or n not in rule.after]
    if lacking:
        yield Flag(
            file="study.yaml",
            path=("milestones", "unblinding") if rule else ("milestones",),
            key=True,
            message=f"the arms may be told before {' and '.join(lacking)}",
            expected=", ".join(needed),
            found=", ".join(rule.after) if rule else "no rule",
        )
