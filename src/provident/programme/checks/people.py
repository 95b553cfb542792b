"""Checks on roles, responsibilities and training."""

from __future__ import annotations

from collections.abc import Iterator

from provident.kernel import Severity
from provident.plan.models.people import Course
from provident.programme.checks.registry import Flag, PlanUnderCheck, check


PEOPLE = "people.yaml"


def _working(c: PlanUnderCheck) -> dict[str, str]:
    """Roles that acquire, send, check, score or read, and as what the plan uses them."""
    people, used = c.plan.people, {}
    for task in ("booking", "transfer"):
        if task in people.responsibilities:
            used[people.responsibilities[task]] = f"answers for {task}"
    used[c.plan.quality.human.by] = "checks images"
    for exam, manual in c.plan.imaging.items():
        if manual.read_at_scan:
            used[manual.read_at_scan.by] = f"scores {exam}"
    for key, form in c.plan.forms.items():
        used.update(dict.fromkeys(form.access.enter, f"fills {key}"))
    for endpoint, design in c.plan.reading.items():
        used[design.readers.pool] = f"reads {endpoint}"
        if design.readers.adjudicator:
            used[design.readers.adjudicator_pool] = f"adjudicates {endpoint}"
    return {r: why for r, why in used.items() if r in people.roles}


@check(
    code="TRAIN.ROLE_WITHOUT_COURSE",
    subdomain="training.technology",
    finds="A role that works on images or forms and has no course.",
    why="What nobody taught is done in as many ways as there are people.",
    remedy="Name the role under a course's `for:`.",
)
def role_without_course(c: PlanUnderCheck) -> Iterator[Flag]:
    taught = {r for course in c.plan.people.training.values() for r in course.for_}
    working = _working(c)
    for worker, why in working.items():
        if worker not in taught:
            yield _untaught(worker, why)
    for name, role in c.plan.people.roles.items():
        if (
            role.at in ("site", "reading")
            and name not in taught
            and name not in working
        ):
            yield _untaught(name, f"works at {role.at}", Severity.WARNING)


def _untaught(role: str, why: str, severity: Severity | None = None) -> Flag:
    return Flag(
        file=PEOPLE,
        path=("roles", role),
        key=True,
        severity=severity,
        message=f"{role} {why} but has no course",
        expected=f"a course for {role}",
        found="none",
    )


def _is_safety(name: str, course: Course) -> bool:
    return course.kind == "safety" or (course.kind is None and "safety" in name)


def _about(name: str, course: Course, modality: str) -> bool:
    if course.modality:
        return course.modality == modality
    return modality.lower() in name.split("_")


# The modality whose safety course covers it.
_SAFETY = {
    "MR": "MR",
    "CT": "CT",
    "DX": "DX",
    "CR": "DX",
    "PT": "PT",
    "NM": "NM",
    "MG": "DX",
    "XA": "DX",
    "RF": "DX",
}


@check(
    code="TRAIN.NO_SAFETY",
    subdomain="training.safety",
    finds="A modality that can harm, without a safety course (MR: one that is renewed every year).",
    why="MR safety is trained yearly; radiation protection is a legal duty.",
    remedy="Add a course with `kind: safety`, the modality, and for MR `valid: 1 year`.",
)
def no_safety(c: PlanUnderCheck) -> Iterator[Flag]:
    needed = dict.fromkeys(
        _SAFETY[m]
        for manual in c.plan.imaging.values()
        for m in manual.modality
        if m in _SAFETY
    )
    courses = [(n, t) for n, t in c.plan.people.training.items() if _is_safety(n, t)]
    for modality in needed:
        about = [(n, t) for n, t in courses if _about(n, t, modality)]
        if not about:
            yield Flag(
                file=PEOPLE,
                path=("training",),
                key=True,
                severity=None if modality == "MR" else Severity.WARNING,
                message=f"there is no safety course for {modality}",
                expected=f"a course with kind: safety, modality: {modality}",
                found=", ".join(n for n, _ in courses) or "none",
            )
        for name, course in about if modality == "MR" else ():
            if course.valid is None or course.valid.to("month") > 12:
                yield Flag(
                    file=PEOPLE,
                    path=("training", name),
                    key=True,
                    message=f"{name} is not renewed every year",
                    expected="valid: 1 year",
                    found=str(course.valid or "no limit"),
                )


@check(
    code="TRAIN.READER_UNQUALIFIED",
    subdomain="training.readers",
    finds="Readers who may begin without having shown that they agree with the reference and with those at work.",
    why="A reader who joins later and scores differently looks like an effect of treatment.",
    remedy="Add `qualify:` to the read design and a course with `evidence: qualification` for the pool.",
)
def reader_unqualified(c: PlanUnderCheck) -> Iterator[Flag]:
    qualified = {
        r
        for t in c.plan.people.training.values()
        if t.evidence == "qualification"
        for r in t.for_
    }
    for endpoint, design in c.plan.reading.items():
        file = c.file("reading", endpoint)
        if design.qualify is None:
            yield Flag(
                file=file,
                path=("readers",),
                key=True,
                message=f"readers of {endpoint} may begin without a qualification",
                expected="qualify: set, attempts, pass",
                found="none",
            )
        if design.readers.pool not in qualified:
            yield Flag(
                file=file,
                path=("readers", "pool"),
                message=f"{design.readers.pool} has no course that ends in a qualification",
                expected=f"a course for {design.readers.pool} with evidence: qualification",
                found="none",
            )


@check(
    code="TRAIN.NO_CLINICAL",
    subdomain="training.clinical",
    severity=Severity.WARNING,
    finds="Roles that meet participants or read their images without clinical training, such as good clinical practice.",
    why="Participants ask whoever is in the room; trials may be run only by those trained for it.",
    remedy="Add a course with `kind: clinical` for the role.",
)
def no_clinical(c: PlanUnderCheck) -> Iterator[Flag]:
    taught = {
        r
        for n, t in c.plan.people.training.items()
        if t.kind == "clinical" or (t.kind is None and n == "gcp")
        for r in t.for_
    }
    acquiring = {m.owner for m in c.plan.imaging.values()}
    for role in sorted(acquiring & set(c.plan.people.roles)):
        if role not in taught:
            yield Flag(
                file=PEOPLE,
                path=("roles", role),
                key=True,
                message=f"{role} meets participants without clinical training",
                expected=f"a course with kind: clinical for {role}",
                found=", ".join(sorted(taught)) or "nobody is trained",
            )


@check(
    code="TRAIN.SCORING_UNTAUGHT",
    subdomain="training.interpretation",
    finds="Readers or adjudicators without a course on the scoring.",
    why="Scores drift apart where each reader brings their own school.",
    remedy="Add a course with `kind: interpretation` for the role.",
)
def scoring_untaught(c: PlanUnderCheck) -> Iterator[Flag]:
    taught = {
        r
        for n, t in c.plan.people.training.items()
        if t.kind in ("interpretation", "readers")
        or (t.kind is None and "scoring" in n)
        for r in t.for_
    }
    for endpoint, design in c.plan.reading.items():
        roles = [("pool", design.readers.pool)]
        if design.readers.adjudicator:
            roles.append(("adjudicator", design.readers.adjudicator_pool))
        for key, role in roles:
            if role not in taught:
                yield Flag(
                    file=c.file("reading", endpoint),
                    path=("readers", key),
                    message=f"{role} reads {endpoint} without a course on its scoring",
                    expected=f"a course with kind: interpretation for {role}",
                    found=", ".join(sorted(taught)) or "none",
                )


@check(
    code="TRAIN.FORM_UNTAUGHT",
    subdomain="training.data_capture",
    severity=Severity.WARNING,
    finds="People who fill a form without a course on filling it.",
    why="Zero or blank, visible or not: conventions that are not taught are guessed.",
    remedy="Add a course with `kind: data_capture` (or interpretation) for those who enter the form.",
)
def form_untaught(c: PlanUnderCheck) -> Iterator[Flag]:
    taught = {
        r
        for n, t in c.plan.people.training.items()
        if t.kind in ("data_capture", "interpretation") or "form" in n.split("_")
        for r in t.for_
    }
    for key, form in c.plan.forms.items():
        lacking = [r for r in form.access.enter if r not in taught]
        if lacking:
            yield Flag(
                file=c.file("forms", key),
                path=("access", "enter"),
                message=f"{', '.join(lacking)} fill {key} without a course on it",
                expected="a course with kind: data_capture",
                found="none",
            )


@check(
    code="PEOPLE.NOBODY_ANSWERS",
    subdomain="conduct.engagement",
    finds="An imaging task that no role answers for.",
    why="Responsibilities tied to named roles are the first thing that a study at several sites loses.",
    remedy="Name a role under `responsibilities:`.",
)
def nobody_answers(c: PlanUnderCheck) -> Iterator[Flag]:
    for task in (
        "booking",
        "transfer",
        "image_quality",
        "recall",
        "unexpected_findings",
    ):
        if task not in c.plan.people.responsibilities:
            yield Flag(
                file=PEOPLE,
                path=("responsibilities",),
                key=True,
                message=f"no role answers for {task}",
                expected=f"{task}: a role",
                found=", ".join(c.plan.people.responsibilities) or "none",
            )


@check(
    code="PEOPLE.NOBODY_DECIDES",
    subdomain="reading.qc_responsibility",
    finds="No role decides on image quality, or on calling a participant back.",
    why="An image is then neither accepted nor repeated.",
    remedy="Add the decision under a role's `decides:`.",
)
def nobody_decides(c: PlanUnderCheck) -> Iterator[Flag]:
    for decision in ("image_quality", "recall"):
        if not any(decision in r.decides for r in c.plan.people.roles.values()):
            yield Flag(
                file=PEOPLE,
                path=("roles",),
                key=True,
                message=f"no role decides on {decision}",
                expected=f"a role with decides: [{decision}]",
                found="none",
            )


@check(
    code="PEOPLE.NO_DEPUTY",
    subdomain="conduct.engagement",
    severity=Severity.WARNING,
    finds="Quality control that rests on one person without a deputy.",
    why="Queues grow in the first holiday.",
    remedy="Write `deputy: required`, or plan more than one person.",
)
def no_deputy(c: PlanUnderCheck) -> Iterator[Flag]:
    role = c.plan.people.roles.get(c.plan.quality.human.by)
    if role and role.people < 2 and role.deputy != "required":
        name = c.plan.quality.human.by
        yield Flag(
            file=PEOPLE,
            path=("roles", name),
            key=True,
            message=f"{name} checks all images alone and has no deputy",
            expected="deputy: required, or people: 2",
            found="one person",
        )


@check(
    code="PEOPLE.PLATFORM_ROLE_MISSING",
    subdomain="setup.team",
    finds="No role of the plan can do what the platform needs somebody for.",
    why="Accounts get their rights from the plan's roles; without one nobody can manage, send, check or read.",
    remedy="Give a role `acts_as:`.",
)
def platform_role_missing(c: PlanUnderCheck) -> Iterator[Flag]:
    there = {r.on_platform(n) for n, r in c.plan.people.roles.items()}
    needed = ["trial_manager", "site", "qc", "statistician"]
    if c.plan.reading:
        needed.append("reader")
    if any(d.readers.adjudicator for d in c.plan.reading.values()):
        needed.append("adjudicator")
    for role in needed:
        if role not in there:
            yield Flag(
                file=PEOPLE,
                path=("roles",),
                key=True,
                message=f"no role acts as {role} on the platform",
                expected=f"a role with acts_as: {role}",
                found=", ".join(sorted(there)),
            )
