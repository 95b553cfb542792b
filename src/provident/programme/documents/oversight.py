"""Monitoring plan, costing summary, and the reporting items that the plan answers."""

from __future__ import annotations

from collections.abc import Iterator

from provident.kernel import NotFound
from provident.programme.checks.money import count
from provident.programme.documents.blocks import Gap, Section, said, section, table
from provident.programme.documents.registry import Request, kind


def _words(name: str) -> str:
    return name.replace("_", " ")


@kind(
    "monitoring-plan", title="Monitoring plan for imaging", readers="monitors, sponsors"
)
def monitoring_plan(request: Request) -> Iterator[Section]:
    """What is watched, by whom, with which limits, and what a limit opens."""
    plan, q = request.plan, request.plan.quality
    arrival = q.arrival
    yield section(
        "Every exam on arrival",
        table(("Judged", "Within", "Quiet time"), [(arrival.judge, arrival.within, arrival.quiet)]),
        table(("First exams", "Reviewed", "Before"), [(q.pilot.first, q.pilot.review, q.pilot.before)], "Pilot stage") if q.pilot else None,
    )  # fmt: skip
    human = q.human
    yield section(
        "By a person",
        table(
            ("By", "In the pilot stage", "Then", "Within"),
            [(_words(human.by), human.share.pilot, human.share.then, human.within)],
        ),
        table(
            ("Score", "Scale"), [(_words(n), said(s)) for n, s in human.score.items()]
        ),
    )
    yield section(
        "Queries",
        table(
            ("Answered within", "Reminder", "Escalated after", "Oldest"),
            [(q.queries.answer_within, q.queries.remind, q.queries.escalate, q.oldest)],
        ),
    )
    indicators = [
        (_words(n), i.warn, i.act, i.minimum) for n, i in q.indicators.items()
    ]
    triggers = [(_words(t.when), t.open) for t in q.triggers]
    yield section(
        "Indicators and triggers",
        table(("Indicator", "Warns", "Acts", "From"), indicators),
        table(("When", "Opens"), triggers),
        Gap("what is watched over sites") if not indicators else None,
    )
    if q.accreditation:
        a = q.accreditation
        yield section(
            "Accreditation",
            table(("Per", "Needs", "Holds for", "Waits for it"), [(a.per, a.needs, a.valid, a.gates)]),
        )  # fmt: skip
    phantoms = plan.phantoms
    if phantoms:
        rows = [
            (
                n,
                p.scanners,
                p.every,
                p.after,
                "; ".join(f"{k} {said(v)}" for k, v in p.accept.items()),
            )
            for n, p in phantoms.phantoms.items()
        ]
        yield section(
            "Phantoms",
            table(("Phantom", "Scanners", "Every", "After", "Accepted when"), rows),
        )
        change = phantoms.change
        if change:
            row = (change.watch, _words(change.on_change.tell), change.on_change.hold, change.on_change.until)  # fmt: skip
            yield section(
                "Changes of a scanner",
                table(("Watched", "Told", "Waits", "Until"), [row]),
            )
    yield from _people_watched(request)
    yield section(
        "Open findings of the plan's checks",
        table(("Severity", "What", "What to do"), [(f.severity, f.message, f.remedy) for f in request.findings])
        if request.findings
        else "The checks find nothing.",
    )  # fmt: skip


def _people_watched(request: Request) -> Iterator[Section]:
    """How readers are watched, who stands in, and by when reads must be final."""
    plan = request.plan
    reads = [
        (
            n,
            f"every {d.monitor.every} reads" if d.monitor else "-",
            [_words(c.of) for c in d.monitor.charts] if d.monitor else None,
            d.monitor.on_alarm if d.monitor else None,
            f"{_words(d.finish_by.milestone)}, {said(d.finish_by.probability)}" if d.finish_by else None,
        )
        for n, d in plan.reading.items()
    ]  # fmt: skip
    if reads:
        columns = ("Endpoint", "Looked at", "Charts of", "On an alarm", "Final by")
        yield section("Readers", table(columns, reads))
    cover = [
        (_words(n), r.people, "required" if r.deputy == "required" else "none planned")
        for n, r in plan.people.roles.items()
    ]
    yield section("Who stands in", table(("Role", "People", "Deputy"), cover))
    yield section(
        "Monitoring visits",
        Gap("routine visits: how often, by whom, what is looked at beside the figures"),
        "A visit is opened at once by each trigger above that says so; it ends with a signed report and its actions.",
    )


@kind(
    "costing-summary", title="Costing summary", readers="funders, hospitals, sponsors"
)
def costing_summary(request: Request) -> Iterator[Section]:
    """The cost items, how many the plan implies, who pays, on which basis, and what that makes."""
    costs = request.plan.costs
    if costs is None:
        raise NotFound("The plan has no costs.yaml: write the cost items first.")
    plan, sums = request.plan, dict[str, float]()
    lines: dict[str, list[tuple[object, ...]]] = {}
    for name, i in costs.items.items():
        attribution = (
            f"usual: {i.attribution.usual}, beyond: {i.attribution.beyond}"
            if i.attribution is not None and not isinstance(i.attribution, str)
            else i.attribution
        )
        note = i.waived or i.why or i.basis
        number = count(plan, i.per) if i.per else None
        total = number * i.price if number is not None and i.price is not None else None
        row = (
            _words(name), i.per, i.price, None if number is None else f"{number:,.0f}",
            None if total is None else f"{total:,.0f}", attribution, i.pays, i.usual_care, note,
        )  # fmt: skip
        if total is not None and isinstance(i.attribution, str):
            sums[i.attribution] = sums.get(i.attribution, 0.0) + total
        lines.setdefault(i.line, []).append(row)
    yield section(
        "Basis",
        f"Prices in {costs.currency} of {costs.price_year}. Attribution: {costs.attribution or 'as each item says'}.",
        table(
            ("Budget", "Amount"),
            [(_words(n), f"{v:g}") for n, v in costs.budget.items()],
        ),
    )
    yield section(
        "Totals of what can be counted from the plan",
        table(("Paid as", f"{costs.currency}"), [(n, f"{v:,.0f}") for n, v in sums.items()]),
        "An item without a number is counted by what only the study itself shows; one that is split between usual care and research is in neither total.",
    )  # fmt: skip
    columns = ("Item", "Per", "Price", "Number", "Total", "Attribution", "Pays", "Usual care", "Note")  # fmt: skip
    for line, rows in lines.items():
        yield section(line[0].upper() + line[1:], table(columns, rows))
