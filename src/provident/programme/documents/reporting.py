"""Items of reporting and appraisal guidelines that the plan answers, in own words, with the plan's answer.

Sources: SPIRIT 2013 (Chan et al., Ann Intern Med 2013;158:200; the 2025 edition counts otherwise), STARD 2015 (Bossuyt et al., BMJ 2015;351:h5527),
QUADAS-2 (Whiting et al., Ann Intern Med 2011;155:529). Only what concerns imaging is listed; STARD and QUADAS-2
where a read is compared with a reference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from provident.plan import Plan
from provident.programme.documents.blocks import (
    Gap,
    Section,
    minutes,
    said,
    section,
    table,
)
from provident.programme.documents.registry import Request, kind


@dataclass(frozen=True, slots=True)
class Item:
    """One item: its number in the guideline, what it asks, and how the plan answers ("" when it does not)."""

    number: str
    asks: str
    answer: Callable[[Plan], str]


def _visits(plan: Plan) -> str:
    return "; ".join(
        f"{v.label or n} ({said(v.window)}): {said(v.imaging)}"
        for n, v in plan.study.visits.items()
    )


def _outcomes(plan: Plan) -> str:
    return "; ".join(
        f"{o.label or n} ({o.role}, at {o.at})" for n, o in plan.study.outcomes.items()
    )


def _blind(plan: Plan) -> str:
    return said([r.replace("_", " ") for r in plan.study.blinded_to.arm])


def _unblinding(plan: Plan) -> str:
    rule = plan.study.milestones.unblinding
    if rule is None:
        return ""
    after = said([a.replace("_", " ") for a in rule.after])
    return f"after {after}; in an emergency: {rule.emergency}"


def _reads(plan: Plan) -> str:
    return "; ".join(
        f"{n}: {d.readers.primary} independent reads by {d.readers.pool}, blind to "
        f"{said([h.replace('_', ' ') for h in d.hide])}"
        for n, d in plan.reading.items()
    )


def _forms(plan: Plan) -> str:
    return "; ".join(
        f"{n}: {f.title}{f' ({f.source})' if f.source else ''}"
        for n, f in plan.forms.items()
    )


def _protocol(plan: Plan) -> str:
    return "; ".join(
        f"{n}: manual {m.manual}, {len(m.series)} series, {minutes(m.minutes)}"
        for n, m in plan.imaging.items()
    )


def _missing(plan: Plan) -> str:
    return said(list(plan.study.not_done.values()))


def _not_evaluable(plan: Plan) -> str:
    return "; ".join(
        f"{n}: one read not evaluable: {d.final.one_not_evaluable}"
        for n, d in plan.reading.items()
    )


def _size(plan: Plan) -> str:
    return f"{plan.study.population.participants} participants at {len(plan.sites.sites)} sites"


def _include(plan: Plan) -> str:
    return said(plan.study.population.include)


def _exclude(plan: Plan) -> str:
    return "; ".join(
        f"{e.reason} ({said(e.expected)})"
        for e in plan.study.population.exclude_by_imaging
    )


def _quality(plan: Plan) -> str:
    q = plan.quality
    return (
        f"{q.arrival.judge} judged within {said(q.arrival.within)}; by {q.human.by.replace('_', ' ')}: "
        f"{said(q.human.share.pilot)} in the pilot stage, then {said(q.human.share.then)}"
    )


def _training(plan: Plan) -> str:
    return said([n.replace("_", " ") for n in plan.people.training])


def _access(plan: Plan) -> str:
    flows = plan.flows
    if flows is None:
        return ""
    kept = {f"{n}: {said(d.retain)}" for n, d in flows.data.items() if d.retain}
    return "; ".join(sorted(kept))


def _consent(plan: Plan) -> str:
    return "" if plan.consent is None else said([o.words or n.replace("_", " ") for n, o in plan.consent.options.items()])  # fmt: skip


def _harms(plan: Plan) -> str:
    if plan.consent is None:
        return ""
    risks = plan.consent.information.risks
    return "; ".join(f"{n}: {said(r)}" for n, r in risks.items())


def _findings(plan: Plan) -> str:
    policy = plan.consent.information.unexpected_findings if plan.consent else None
    if policy is None:
        return ""
    return f"{policy.who.replace('_', ' ')} within {said(policy.within)}"


def _positivity(plan: Plan) -> str:
    return "; ".join(
        f"{n}: {said(list(f.derive))}" for n, f in plan.forms.items() if f.derive
    )


SPIRIT = (
    Item("1", "Title with design, population, intervention", lambda p: p.study.title),
    Item("2a", "Registration", lambda p: "; ".join(f"{k}: {v}" for k, v in p.study.registration.items())),
    Item("3", "Protocol version", lambda p: p.version),
    Item("5b", "Sponsor", lambda p: p.study.sponsor),
    Item("5d", "Who answers for what", lambda p: said([f"{w}: {r}" for w, r in p.people.responsibilities.items()]).replace("_", " ")),
    Item("10", "Eligibility, and who is excluded by imaging", lambda p: "; ".join(w for w in (_include(p), _exclude(p)) if w)),
    Item("12", "Outcomes from images, how and when", _outcomes),
    Item("13", "Schedule of visits and imaging", _visits),
    Item("14", "Sample size", _size),
    Item("17a", "Who is blinded", _blind),
    Item("17b", "When unblinding is allowed", _unblinding),
    Item("18a", "Collection of data: imaging manual, forms, training of those who measure", lambda p: "; ".join(w for w in (_protocol(p), _forms(p), _training(p)) if w)),
    Item("18b", "Examinations that were not done", _missing),
    Item("19", "Management and quality of data", _quality),
    Item("20c", "Missing and not evaluable values", _not_evaluable),
    Item("22", "Harms of the examinations", _harms),
    Item("26b", "Consent options for images and later use", _consent),
    Item("27", "Confidentiality and retention", _access),
    Item("30", "Unexpected findings and care", _findings),
)  # fmt: skip

STARD = (
    Item("6", "Eligibility", _include),
    Item("10a", "Index test so that it can be repeated: acquisition", _protocol),
    Item("10b", "Reference standard", lambda _: ""),
    Item("12a", "Cut-offs and derived values of the index test", _positivity),
    Item("13a", "What the readers of the index test knew", _reads),
    Item("13b", "What those who assessed the reference standard knew", lambda _: ""),
    Item("15", "Indeterminate results", _not_evaluable),
    Item("16", "Missing data", _missing),
    Item("18", "Sample size", _size),
    Item("25", "Adverse events of the tests", _harms),
)

QUADAS = (
    Item("1", "Patient selection: were exclusions avoidable?", _exclude),
    Item("2", "Index test: read without knowledge of the reference?", _reads),
    Item("2", "Index test: were cut-offs fixed before?", _positivity),
    Item("3", "Reference standard: correct, and read without knowledge of the index test?", lambda _: ""),
    Item("4", "Flow and timing: interval between the tests, all participants analysed?", _visits),
)  # fmt: skip


@kind(
    "reporting-items",
    title="Reporting items that the plan answers",
    readers="authors, journals, ethics committees",
)
def reporting_items(request: Request) -> Iterator[Section]:
    """SPIRIT, STARD and QUADAS-2 items with the plan's answers; what it does not answer is left to the team."""
    yield _guideline("SPIRIT 2013", SPIRIT, request.plan)
    yield _guideline("STARD 2015", STARD, request.plan)
    yield _guideline("QUADAS-2", QUADAS, request.plan)


def _guideline(name: str, items: tuple[Item, ...], plan: Plan) -> Section:
    told = [(i.number, i.asks, i.answer(plan)) for i in items]
    columns = ("Item", "Asks for", "The plan says")
    return section(
        name,
        table(columns, [row for row in told if row[2]]),
        *(
            Gap(f"{name}, item {number}: {asks}")
            for number, asks, answer in told
            if not answer
        ),
    )
