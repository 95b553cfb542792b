"""The image review charter, and the statistical section on reads.

The charter's headings follow FDA, Clinical Trial Imaging Endpoint Process Standards (guidance, April 2018), section V.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from provident.kernel import NotFound
from provident.plan.models.reading import ReadDesignFile
from provident.programme.checks import PlanUnderCheck
from provident.programme.checks.burden import hours_needed
from provident.programme.documents.blocks import (
    Block,
    Gap,
    Section,
    bullets,
    minutes,
    said,
    section,
    table,
)
from provident.programme.documents.registry import Request, kind


Parts = Iterator[Block | Section | str | None]


def _designs(request: Request) -> list[tuple[str, ReadDesignFile]]:
    designs = [
        (n, d)
        for n, d in request.plan.reading.items()
        if not request.exam or d.exam == request.exam
    ]
    if not designs:
        raise NotFound("The plan has no reads of this exam: reading/ holds none.")
    return designs


@kind(
    "review-charter",
    title="Image review charter",
    readers="readers, sponsors, regulators",
    takes=("exam",),
)
def review_charter(request: Request) -> Iterator[Section]:
    """Who reads what, blind to what, in which order, and how reads become one value."""
    for name, design in _designs(request):
        outcome = request.plan.study.outcomes.get(name)
        label = outcome.label if outcome and outcome.label else name
        yield section(
            label,
            _endpoint(request, name, design),
            section("Presentation", *_presentation(design)),
            section("Readers", *_readers(request, design)),
            section("Blinding", *_blinding(request, design)),
            section("Adjudication and the final value", *_final(design)),
            section("Order and sittings", *_order(design)),
            section("Quality of reading", *_quality(design)),
            section("Scoring form", *_form(request, design)),
        )
    yield section(
        "Records",
        "Each read is signed with its answers, times, form version and software version; a signed read is never "
        "changed: a correction is a new version with a reason. The order of reading is drawn once and stored with "
        "its seed. All of it stands in an append-only audit trail.",
        Gap(
            "names and affiliations of the readers, and where their curricula vitae and declarations of interest are"
        ),
    )


def _endpoint(request: Request, name: str, design: ReadDesignFile) -> Section:
    outcome = request.plan.study.outcomes.get(name)
    visits = request.plan.study.visits
    labels = [visits[v].label or v for v in design.visits if v in visits]
    rows = [
        ("Endpoint", name),
        ("Role in the study", outcome.role if outcome else None),
        ("Analysed at", outcome.at if outcome else None),
        ("Exam", design.exam),
        ("Time points", labels),
        ("Read together", f"per {design.unit}"),
        ("Scoring form", design.form),
    ]
    return section("Endpoint", table(("What", "Value"), rows))


def _presentation(design: ReadDesignFile) -> Parts:
    p = design.present
    yield table(
        ("Mode", "Order in time", "Earlier answers"),
        [(p.mode.replace("_", " "), p.time_order, p.prior_answers)],
    )
    if p.mode in ("time_sequential", "hybrid"):
        yield "Each time point is locked before the next is shown; later information never reopens it."
    if p.global_read:
        names = ", ".join(name.replace("_", " ") for name in p.global_read.may_change)
        yield f"At the end all time points are shown in their order, and only {names} may still change; what was changed is recorded."
    yield f"Shown beside: {', '.join(design.show)}." if design.show else None


def _readers(request: Request, design: ReadDesignFile) -> Parts:
    r = design.readers
    pool = request.plan.people.roles.get(r.pool)
    hours = {n: said(h) for n, h in design.hours.items()}
    rows = [
        ("Independent reads of each case", r.primary),
        ("From the role", r.pool),
        ("People in it", pool.people if pool else None),
        ("Assignment", r.assignment),
        ("Adjudicators", r.adjudicator),
        ("Hours", "; ".join(f"{n}: {h}" for n, h in hours.items())),
    ]
    yield table(("What", "Value"), rows)
    yield bullets(r.eligible)
    if not r.eligible:
        yield Gap(
            "who may become a reader: specialty, years, experience with the score"
        )


def _blinding(request: Request, design: ReadDesignFile) -> Parts:
    yield f"Readers do not see: {', '.join(h.replace('_', ' ') for h in design.hide)}."
    arm = request.plan.study.blinded_to.arm
    yield (
        f"Roles blind to the arm: {', '.join(r.replace('_', ' ') for r in arm)}."
        if arm
        else None
    )
    yield "An adjudicator is never a primary reader of the study."
    for other in design.apart_from:
        yield f"Nobody who reads this endpoint ever reads {other}, nor the reverse."
    if design.serves != "analysis":
        yield f"Its values serve the {design.serves.replace('_', ' ')} alone and never enter the analysis set."
    if design.unscheduled:
        kinds = ", ".join(u.replace("_", " ") for u in design.unscheduled)
        yield f"Kept apart from the endpoint's reads: {kinds}."


def _final(design: ReadDesignFile) -> Parts:
    a = design.adjudicate
    if a:
        yield table(("Goes to adjudication", "When"), list(a.when.items()))
        yield f"How: {a.how}."
        if a.technical_query_first:
            yield "Before adjudication somebody looks for a technical cause of the difference."
    f = design.final
    rows = [
        ("Reads agree", f.agreed),
        ("After adjudication", f.adjudicated),
        ("Tie", f.tie),
        ("One read not evaluable", f.one_not_evaluable),
    ]
    yield table(("Case", "The value that stands"), rows)
    limits = [(n, said(v)) for n, v in _items(design.limits)]
    yield table(("Limit", "Value"), limits)


def _items(model: object) -> Iterable[tuple[str, object]]:
    if isinstance(model, dict):
        return model.items()
    return [(n, getattr(model, n)) for n in type(model).model_fields]  # type: ignore[attr-defined]


def _order(design: ReadDesignFile) -> Parts:
    o, s = design.order, design.sessions
    rows = [
        ("Random order", o.random),
        ("Cases in a block", o.blocks),
        ("Strata", o.strata),
        ("Cases between two of one participant", o.same_participant_gap),
        ("A sitting lasts at most", minutes(s.at_most) or None),
        ("Reads in a sitting at most", s.reads),
    ]
    yield table(("What", "Value"), [r for r in rows if r[1] is not None])


def _quality(design: ReadDesignFile) -> Parts:
    q, r, m = design.qualify, design.repeats, design.monitor
    if q:
        row = (q.set, q.attempts, "; ".join(q.passing), q.feedback)
        yield table(
            ("Test set", "Attempts", "Passed when", "Feedback"), [row], "Qualification"
        )
    if r:
        drawn = said(r.last_draw)
        row2 = (r.share, r.washout, r.strata, drawn)
        yield table(
            ("Share", "Washout", "Strata", "Last draw"), [row2], "Hidden repeats"
        )
    if m:
        rows = [
            (c.of.replace("_", " "), c.kind, c.in_control, c.detect) for c in m.charts
        ]
        yield table(
            ("Chart of", "Kind", "In control", "Detects"),
            rows,
            f"Monitoring, every {said(m.every)} reads",
        )
        yield f"On an alarm: {', '.join(m.on_alarm)}."
    yield from _later(design)


def _later(design: ReadDesignFile) -> Parts:
    """What happens when readers pause, leave or join."""
    again, left = design.requalify, design.replace
    if again:
        row = (again.after_idle, ", ".join(again.on))
        yield table(("After a pause of", "After"), [row], "Tested again")
    if left:
        row2 = (left.reads, left.bridging)
        yield table(
            ("The new reader reads", "Cases that both read"), [row2], "A reader leaves"
        )
    else:
        yield Gap("what happens to cases and to agreement when a reader leaves")


def _form(request: Request, design: ReadDesignFile) -> Parts:
    form = request.plan.forms.get(design.form)
    if form is None:
        return
    yield f"{form.title}. Source: {form.source}." if form.source else form.title
    yield (
        f"Series without which it cannot be filled: {', '.join(form.needs)}."
        if form.needs
        else None
    )
    seen = [
        (exam, ", ".join(v.planes), ", ".join(r.replace("_", " ") for r in v.regions))
        for exam, v in form.views.items()
    ]
    yield table(("Exam", "Planes that are scored", "Parts of the body"), seen)
    yield table(("Code", "Why a value is missing"), list(form.missing.items()))
    derived = [(n, d.value) for n, d in form.derive.items()]
    yield table(("Derived value", "How"), derived)


@kind(
    "reads-statistics",
    title="Statistical section on image reads",
    readers="statisticians, ethics committees, journals",
    takes=("exam",),
)
def reads_statistics(request: Request) -> Iterator[Section]:
    """What a statistical analysis plan says about reads."""
    under = PlanUnderCheck.of(request.loaded)
    for name, design in _designs(request):
        outcome = request.plan.study.outcomes.get(name)
        cases = request.plan.study.population.participants
        needed = hours_needed(under, design)
        time = design.minutes
        rows = [
            ("Participants", cases),
            ("Time points read of each", len(design.visits)),
            ("Independent reads of each case", design.readers.primary),
            ("Hidden repeats", design.repeats.share if design.repeats else "none"),
            ("Minutes", f"{time.mean:g} per {time.per}" if time else None),
            ("Hours that each primary reader needs", f"{needed:.0f}" if needed else None),
            ("To be finished by", f"{design.finish_by.milestone}, with a probability of {said(design.finish_by.probability)}" if design.finish_by else None),
        ]  # fmt: skip
        yield section(
            outcome.label if outcome and outcome.label else name,
            section("Reads", table(("What", "Value"), rows)),
            section("From reads to one value", *_final(design)),
            section(
                "Missing and not evaluable",
                "A value that cannot be derived is not evaluable and is never replaced by zero. "
                f"When one of two reads is not evaluable, what stands is: {design.final.one_not_evaluable}.",
            ),
            section("Agreement", *_agreement(design)),
        )


def _agreement(design: ReadDesignFile) -> Parts:
    yield (
        "Agreement of the primary reads before adjudication is reported with 95 % intervals; the first read of a "
        "case is final, hidden repeats serve repeatability alone and never enter the analysis."
    )
    yield Gap(
        "which coefficient for which variable, and how missing reads are treated in it"
    )
