"""Checks that duties, decisions, rights and courses of the roles fit together."""

from __future__ import annotations

from collections.abc import Iterator

from provident.kernel import Severity
from provident.plan.models.people import Course
from provident.plan.places import Path
from provident.programme.checks.journeys import readers
from provident.programme.checks.people import PEOPLE
from provident.programme.checks.registry import Flag, PlanUnderCheck, check


_RIGHTS = {
    "site": ("site",),
    "reading": ("reader", "adjudicator", "reading_lead", "qc"),
    "centre": (
        "trial_manager",
        "qc",
        "statistician",
        "monitor",
        "reader",
        "adjudicator",
        "reading_lead",
    ),
}


@check(
    code="PEOPLE.RIGHTS_CONTRADICT",
    subdomain="setup.team",
    finds="A role whose rights on the platform do not fit the place where it works.",
    why="A person at a site with the rights of the centre sees other sites, and scores; one at the centre with a site's rights sees names.",
    remedy="Correct `acts_as:` or `at:`.",
)
def rights_contradict(c: PlanUnderCheck) -> Iterator[Flag]:
    for name, role in c.plan.people.roles.items():
        rights = role.on_platform(name)
        if rights not in _RIGHTS[role.at]:
            yield Flag(
                file=PEOPLE,
                path=("roles", name, "acts_as" if role.acts_as else "at"),
                message=f"{name} works at {role.at} and acts as {rights}",
                expected=", ".join(_RIGHTS[role.at]),
                found=rights,
            )


@check(
    code="PEOPLE.DECIDES_ANOTHER",
    subdomain="conduct.engagement",
    severity=Severity.WARNING,
    finds="A task that one role answers for and another decides on, or a change of scanner told to a role that may not decide on it.",
    why="Each side waits for the other; the exam is neither accepted nor repeated.",
    remedy="Name the same role under `responsibilities:`, under `decides:`, and in the manual's recall.",
)
def decides_another(c: PlanUnderCheck) -> Iterator[Flag]:
    people = c.plan.people
    for task in ("image_quality", "recall", "justification"):
        who = people.responsibilities.get(task)
        deciders = [n for n, r in people.roles.items() if task in r.decides]
        if who in people.roles and deciders and who not in deciders:
            yield _differs(
                PEOPLE,
                ("responsibilities", task),
                f"{who} answers for {task}, and {', '.join(deciders)} decides on it",
                deciders,
                who,
            )
    policy = c.plan.consent.information.unexpected_findings if c.plan.consent else None
    who = people.responsibilities.get("unexpected_findings")
    if policy and policy.looked_for and who and who != policy.who:
        yield _differs(
            PEOPLE,
            ("responsibilities", "unexpected_findings"),
            f"{who} answers for unexpected findings, and {policy.who} looks for them",
            [policy.who],
            who,
        )
    for exam, manual in c.plan.imaging.items():
        for key, task in (("decided_by", "recall"), ("advised_by", "image_quality")):
            who = getattr(manual.recall, key) if manual.recall else None
            deciders = [n for n, r in people.roles.items() if task in r.decides]
            if manual.recall and deciders and who not in deciders:
                yield _differs(
                    c.file("imaging", exam),
                    ("recall", key) if who else ("recall",),
                    f"a recall for {exam} is {key.replace('_', ' ')} {who or 'nobody'}, and {', '.join(deciders)} decides on {task}",
                    deciders,
                    who or "nobody",
                )
    told = (
        c.plan.phantoms.change.on_change.tell
        if c.plan.phantoms and c.plan.phantoms.change
        else None
    )
    deciders = [n for n, r in people.roles.items() if "scanner_change" in r.decides]
    if told and told in people.roles and told not in deciders:
        yield _differs(
            PEOPLE,
            ("roles", told),
            f"{told} is told when a scanner changes and does not decide on it",
            ["decides: [scanner_change]"],
            ", ".join(deciders) or "nobody",
        )


def _differs(
    file: str, path: Path, message: str, expected: list[str], found: str
) -> Flag:
    return Flag(
        file=file,
        path=path,
        message=message,
        expected=" or ".join(expected),
        found=found,
    )


@check(
    code="SAFETY.TOLD_BY_STRANGER",
    subdomain="conduct.safety",
    finds="Unexpected findings that somebody outside the hospital looks for in named images, or tells participants.",
    why="Only the hospital knows who the participant is and can take care of what was found.",
    remedy="Name roles of the site under `who:` and `told_by:`.",
)
def told_by_stranger(c: PlanUnderCheck) -> Iterator[Flag]:
    policy = c.plan.consent.information.unexpected_findings if c.plan.consent else None
    for key in ("who", "told_by") if policy and policy.looked_for else ():
        name = getattr(policy, key)
        role = c.plan.people.roles.get(name)
        reads = (
            key == "who"
            and c.plan.flows
            and any(
                f.to == name and f.level != "identifiable"
                for f in c.plan.flows.flows.values()
            )
        )
        if role and role.at != "site" and not reads:
            yield Flag(
                file="consent.yaml",
                path=("information", "unexpected_findings", key),
                message=f"{name} does not work at a site and is to {'tell participants' if key == 'told_by' else 'look for unexpected findings'}",
                expected="a role at a site",
                found=role.at,
            )


@check(
    code="PEOPLE.SITE_STANDS_STILL",
    subdomain="conduct.engagement",
    severity=Severity.WARNING,
    finds="Sending of images that rests on one person at each site, without a deputy.",
    why="A holiday at one hospital is then a gap in its data.",
    remedy="Write `people: 2` or `deputy: required`.",
)
def site_stands_still(c: PlanUnderCheck) -> Iterator[Flag]:
    for name in (c.plan.people.responsibilities.get("transfer", ""),):
        role = c.plan.people.roles.get(name)
        if role and role.people < 2 and role.deputy != "required":
            yield Flag(
                file=PEOPLE,
                path=("roles", name),
                key=True,
                message=f"{name} sends images alone and has no deputy",
                expected="people: 2, or deputy: required",
                found="one person",
            )


# -- training ---------------------------------------------------------------------------

_GATES = {
    "safety": ("booking",),
    "technology": ("sending", "booking", "scoring"),
    "readers": ("reading", "scoring"),
}


def _kind(name: str, course: Course) -> str:
    """The subdomain a course serves: as stated, else by its name."""
    if course.kind:
        return course.kind
    parts = {
        "gcp": "clinical",
        "safety": "safety",
        "manual": "technology",
        "scoring": "interpretation",
        "form": "data_capture",
    }
    return next((k for part, k in parts.items() if part in name), "")


def _taught(c: PlanUnderCheck, *kinds: str) -> set[str]:
    return {
        r
        for n, t in c.plan.people.training.items()
        if _kind(n, t) in kinds
        for r in t.for_
    }


@check(
    code="TRAIN.NO_GATE",
    subdomain="training.technology",
    severity=Severity.WARNING,
    finds="A course on safety, the manual or a test of readers that stops nothing when it is missing.",
    why="A course that may be missed is missed; the first scan or read is then the exercise.",
    remedy="Write `gates: booking` for safety, `sending` for the manual, `reading` for qualifications.",
)
def no_gate(c: PlanUnderCheck) -> Iterator[Flag]:
    for name, course in c.plan.people.training.items():
        kind = "readers" if course.evidence == "qualification" else _kind(name, course)
        wanted = _GATES.get(kind)
        if wanted and course.gates not in wanted:
            yield _course(
                name,
                f"{name} stops nothing that it should: gates {course.gates or 'nothing'}",
                f"gates: {' or '.join(wanted)}",
                str(course.gates or "none"),
            )


def _course(name: str, message: str, expected: str, found: str) -> Flag:
    return Flag(
        file=PEOPLE,
        path=("training", name),
        key=True,
        message=message,
        expected=expected,
        found=found,
    )


@check(
    code="TRAIN.NOT_REPEATED",
    subdomain="training.technology",
    severity=Severity.WARNING,
    finds="A course that holds for ever, or longer than five years, and is not repeated at a new version either.",
    why="Rules, manuals and forms change; good clinical practice is renewed every two or three years.",
    remedy="Add `valid:`, or `again:` for courses on the manual or a form.",
)
def not_repeated(c: PlanUnderCheck) -> Iterator[Flag]:
    for name, course in c.plan.people.training.items():
        kind = _kind(name, course)
        if kind in ("clinical", "safety") and course.valid is None:
            yield _course(name, f"{name} holds for ever", "valid: 3 years", "no limit")
        elif (
            kind in ("technology", "interpretation", "readers")
            and course.valid is None
            and course.again is None
        ):
            yield _course(
                name,
                f"{name} is never repeated",
                "again: each manual version, or valid: 1 year",
                "neither",
            )
        if (
            kind in ("interpretation", "readers")
            and course.again == "each manual version"
        ):
            yield _course(
                name,
                f"{name} is repeated at a new manual, not at a new form",
                "again: each form version",
                course.again,
            )
        if course.valid and not 1 <= course.valid.to("month") <= 60:
            yield _course(
                name,
                f"{name} holds {course.valid}",
                "between 1 month and 5 years",
                str(course.valid),
            )


@check(
    code="TRAIN.NO_PASS",
    subdomain="training.data_capture",
    severity=Severity.WARNING,
    finds="A quiz without a score that passes, or with one that guessing reaches.",
    why="A quiz that nobody can fail shows nothing.",
    remedy="Add `pass: 80 %`.",
)
def no_pass(c: PlanUnderCheck) -> Iterator[Flag]:
    for name, course in c.plan.people.training.items():
        if course.evidence == "quiz" and (
            course.passing is None or course.passing.value < 50
        ):
            yield _course(
                name,
                f"{name} is passed with {course.passing or 'any score'}",
                "pass: 80 %",
                str(course.passing or "not stated"),
            )
        if course.evidence != "quiz" and course.passing is not None:
            yield _course(
                name,
                f"{name} has a score that passes, but its evidence is a {course.evidence}",
                "evidence: quiz",
                course.evidence,
            )
        if course.evidence == "record" and _kind(name, course) in (
            "clinical",
            "safety",
        ):
            yield _course(
                name,
                f"{name} is shown by a record alone",
                "evidence: certificate",
                "record",
            )


@check(
    code="TRAIN.DUTY_UNTAUGHT",
    subdomain="training.technology",
    severity=Severity.WARNING,
    finds="Who scans without a course on the manual or on safety, who looks at images or for findings without one on it, who decides or reads without clinical training.",
    why="Each responsibility in imaging has its own course (PROVIDENT, training).",
    remedy="Name the role under `for:` of a course of that kind.",
)
def duty_untaught(c: PlanUnderCheck) -> Iterator[Flag]:
    plan, roles = c.plan, c.plan.people.roles
    needed: list[tuple[str, str, tuple[str, ...]]] = []
    for exam, manual in plan.imaging.items():
        who = manual.read_at_scan.by if manual.read_at_scan else manual.owner
        needed.append((who, f"scans {exam}", ("technology",)))
        if set(manual.modality) & {
            "MR",
            "CT",
            "PT",
            "NM",
            "DX",
            "CR",
            "MG",
            "XA",
            "RF",
        }:
            needed.append((who, f"scans {exam}", ("safety",)))
    needed.append((plan.quality.human.by, "checks images", ("technology",)))
    policy = plan.consent.information.unexpected_findings if plan.consent else None
    if policy and policy.looked_for:
        needed.append(
            (policy.who, "looks for unexpected findings", ("interpretation",))
        )
    needed += [
        (n, "decides on recall", ("clinical",))
        for n, r in roles.items()
        if "recall" in r.decides
    ]
    needed += [(r, "reads for an endpoint", ("clinical",)) for r in readers(c)]
    needed += [
        (r, f"fills {k}", ("data_capture",))
        for k, f in plan.forms.items()
        for r in f.access.enter
    ]
    for role, duty, kinds in dict.fromkeys(needed):
        if role in roles and role not in _taught(c, *kinds):
            yield Flag(
                file=PEOPLE,
                path=("roles", role),
                key=True,
                message=f"{role} {duty} without a course of kind {' or '.join(kinds)}",
                expected=f"a course with kind: {kinds[0]} for {role}",
                found=", ".join(
                    n for n, t in plan.people.training.items() if role in t.for_
                )
                or "no course",
            )
