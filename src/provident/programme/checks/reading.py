"""Checks on read designs: needs, readers, blinding."""

from __future__ import annotations

from collections.abc import Iterator

from provident.kernel import Severity
from provident.plan.models.reading import ReadDesignFile
from provident.programme.checks.registry import Flag, PlanUnderCheck, check


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
    at_scan = [m.read_at_scan.form for m in c.plan.imaging.values() if m.read_at_scan]
    for key in dict.fromkeys([*(d.form for d in c.plan.reading.values()), *at_scan]):
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
    # Without arms the rule is about the reference, or about the other test.
    if not c.plan.reading or (len(c.plan.study.arms) < 2 and rule is None):
        return
    needed = ["data_lock", "reads_final"]
    if any(d.readers.adjudicator for d in c.plan.reading.values()):
        needed.append("adjudications_closed")
    lacking = [n for n in needed if rule is None or n not in rule.after]
    if lacking:
        yield Flag(
            file="study.yaml",
            path=("milestones", "unblinding") if rule else ("milestones",),
            key=True,
            message=f"{'the arms' if len(c.plan.study.arms) > 1 else 'what readers are blind to'} may be told before {' and '.join(lacking)}",
            expected=", ".join(needed),
            found=", ".join(rule.after) if rule else "no rule",
        )


@check(
    code="READ.SAME_POOL_TWO_EXAMS",
    subdomain="reading.methods",
    severity=Severity.WARNING,
    finds="One pool of readers for two kinds of exam of the same participants.",
    why="Who has read one modality is no longer blind for the other (PROVIDENT, example B: independent blinded readers for each).",
    remedy="Read each exam with a pool of its own, or waive this with the reason.",
)
def same_pool_two_exams(c: PlanUnderCheck) -> Iterator[Flag]:
    seen: dict[str, tuple[str, str]] = {}
    for endpoint, design in c.plan.reading.items():
        pool, exam = design.readers.pool, design.exam
        first = seen.setdefault(pool, (exam, endpoint))
        if first[0] != exam:
            yield Flag(
                file=c.file("reading", endpoint),
                path=("readers", "pool"),
                message=f"{pool} reads {exam} for {endpoint} and {first[0]} for {first[1]}",
                expected="a pool of its own",
                found=pool,
            )


@check(
    code="READ.SCAN_SCORE_VISIBLE",
    subdomain="reading.methods",
    finds="A score given at the scan that readers of another exam could see.",
    why="A reader who knows the sonographer's score does not read blind.",
    remedy="Add the readers under access.hidden_from of the form.",
)
def scan_score_visible(c: PlanUnderCheck) -> Iterator[Flag]:
    # A panel that makes the reference standard reads with all answers before it: it is blind to none.
    pools = {
        d.readers.pool for d in c.plan.reading.values() if "other_answers" in d.hide
    }
    for exam, manual in c.plan.imaging.items():
        form = (
            c.plan.forms.get(manual.read_at_scan.form) if manual.read_at_scan else None
        )
        if form is None or manual.read_at_scan is None:
            continue
        visible = sorted(
            pools - set(form.access.hidden_from) - {manual.read_at_scan.by}
        )
        if visible:
            yield Flag(
                file=c.file("forms", form.key),
                path=("access",),
                key=True,
                message=f"{', '.join(visible)} could see the score of {exam} that is given at the scan",
                expected=f"hidden_from: {', '.join(visible)}",
                found=", ".join(form.access.hidden_from) or "hidden from nobody",
            )


@check(
    code="READ.APART_SAME_READERS",
    subdomain="reading.methods",
    finds="Arms of reading that are kept apart but share readers or adjudicators, or that name a design which is not there.",
    why="Two modalities were read by independent readers, each blind to the other (PROVIDENT, examples B and C).",
    remedy="Give each arm roles of its own, or correct the name under `apart_from:`.",
)
def apart_same_readers(c: PlanUnderCheck) -> Iterator[Flag]:
    for endpoint, design in c.plan.reading.items():
        for i, name in enumerate(design.apart_from):
            other = c.plan.reading.get(name)
            shared = sorted(_who_read(design) & _who_read(other)) if other else []
            if other is not None and not shared and name != endpoint:
                continue
            problem = (
                f"{', '.join(shared)} read both" if other else "there is no such design"
            )
            yield Flag(
                file=c.file("reading", endpoint),
                path=("apart_from", i),
                message=f"{endpoint} is kept apart from {name}, but {problem}",
                expected="another design, with roles of its own",
                found=name,
            )


def _who_read(design: ReadDesignFile) -> set[str]:
    third = {design.readers.adjudicator_pool} if design.readers.adjudicator else set()
    return {design.readers.pool} | third


@check(
    code="READ.SIDE_FEEDS_OUTCOME",
    subdomain="reading.methods",
    finds="A primary or secondary outcome that comes from an interim or ancillary read.",
    why="Values of a side channel never enter the analysis set: the outcome would have none (FDA, Imaging Endpoint Process Standards, 2018).",
    remedy="Take the outcome from a design with `serves: analysis`, or give the design that meaning.",
)
def side_feeds_outcome(c: PlanUnderCheck) -> Iterator[Flag]:
    designs = {c.file("reading", e): d for e, d in c.plan.reading.items()}
    for name, outcome in c.plan.study.outcomes.items():
        design = designs.get(str(outcome.source))
        if design is None or design.serves == "analysis":
            continue
        if outcome.role in ("primary", "secondary"):
            yield Flag(
                file="study.yaml",
                path=("outcomes", name, "from"),
                message=f"the {outcome.role} outcome {name} comes from a read that serves {design.serves.replace('_', ' ')}",
                expected="a design with serves: analysis",
                found=design.serves,
            )
