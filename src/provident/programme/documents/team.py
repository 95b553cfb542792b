"""Training matrix, delegation log, and the survey that a site answers before it is chosen."""

from __future__ import annotations

from collections.abc import Iterator

from provident.programme.checks.timing import first_scan, last_scan
from provident.programme.documents.blocks import (
    Gap,
    Section,
    minutes,
    said,
    section,
    table,
)
from provident.programme.documents.registry import Request, kind


def _words(name: str) -> str:
    return name.replace("_", " ")


@kind("training-matrix", title="Training matrix", readers="sites, monitors")
def training_matrix(request: Request) -> Iterator[Section]:
    """Who needs which course, how long it holds, and what waits for it."""
    people = request.plan.people
    courses = list(people.training)
    rows = [
        (
            _words(role),
            *("yes" if role in people.training[c].for_ else "" for c in courses),
        )
        for role in people.roles
    ]
    yield section("Who needs what", table(("Role", *map(_words, courses)), rows))
    details = [
        (
            _words(n),
            c.kind,
            c.modality,
            c.valid,
            c.again,
            c.evidence,
            c.passing,
            c.gates,
        )
        for n, c in people.training.items()
    ]
    columns = (
        "Course",
        "Kind",
        "Modality",
        "Holds for",
        "Again at",
        "Evidence",
        "Passed at",
        "Waits for it",
    )
    yield section("Courses", table(columns, details))


@kind(
    "delegation-log", title="Delegation log", readers="sites, monitors", takes=("site",)
)
def delegation_log(request: Request) -> Iterator[Section]:
    """The tasks of each role, with lines for names, dates and signatures."""
    people = request.plan.people
    yield section(
        "Responsibilities",
        table(
            ("What", "Role"),
            [(_words(w), _words(r)) for w, r in people.responsibilities.items()],
        ),
    )
    for name, role in people.roles.items():
        if not role.delegated or (request.site and role.at != "site"):
            continue
        tasks = [_words(w) for w, r in people.responsibilities.items() if r == name]
        tasks += [f"decides on {_words(d)}" for d in role.decides]
        courses = [_words(n) for n, c in people.training.items() if name in c.for_]
        lines = [("", "", "", "", "")] * max(role.people, 1)
        yield section(
            _words(name),
            f"Works at the {role.at}. Tasks: {', '.join(tasks) or 'as the study manual says'}.",
            f"Needs the courses: {', '.join(courses)}." if courses else None,
            f"A deputy is {role.deputy}." if role.deputy == "required" else None,
            table(
                ("Name", "Signature", "From", "Until", "Investigator's signature"),
                lines,
            ),
        )


@kind(
    "site-survey",
    title="Site feasibility survey for imaging",
    readers="sites that wish to take part",
    takes=("site",),
)
def site_survey(request: Request) -> Iterator[Section]:
    """What the study needs of a site, and the questions it answers."""
    plan = request.plan
    visits = [(v.label or n, v.window, v.imaging) for n, v in plan.study.visits.items()]
    exams = [
        (m.title or n, m.modality, minutes(m.minutes), m.strictness)
        for n, m in plan.imaging.items()
    ]
    yield section(
        "What the study needs",
        table(("Visit", "Window", "Exams"), visits),
        table(("Exam", "Modality", "Time in the room", "Strictness"), exams),
    )
    weeks = max(1.0, (last_scan(plan) - first_scan(plan)).days / 7)
    asked = [
        (
            site.name or name, site.target, m.title or exam,
            f"{site.target * sum(exam in v.imaging for v in plan.study.visits.values()) / weeks:.1f}",
            "; ".join(f"{_words(r)}: {said(h)}" for r, h in site.hours.items()),
        )
        for name, site in plan.sites.sites.items()
        if not request.site or name == request.site
        for exam, m in plan.imaging.items()
    ]  # fmt: skip
    yield section(
        "What it asks of the site",
        table(
            ("Site", "Participants", "Exam", "Slots a week", "Hours of staff"), asked
        ),
        "Slots a week are those of all planned visits, spread evenly from the first scan to the last.",
    )
    questions = [
        (q.ask, q.accept, "yes" if q.required else "no", "") for q in plan.sites.survey
    ]
    yield section(
        "Questions",
        table(("Question", "Accepted answer", "Must be met", "Your answer"), questions),
        Gap("questions of this study that are not in the plan")
        if not questions
        else None,
    )
    scanner = (
        "Modality",
        "Make",
        "Model",
        "Field",
        "Software",
        "Serial",
        "Slots for research",
        "End of life",
    )
    yield section("Your scanners", table(scanner, [("",) * len(scanner)] * 4))
    yield section(
        "Before the first participant",
        table(
            ("Step", "Done on", "By"),
            [(_words(step), "", "") for step in plan.sites.activation],
        ),
    )
