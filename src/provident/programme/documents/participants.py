"""Paragraphs on imaging for the participant information sheet."""

from __future__ import annotations

from collections.abc import Iterator

from provident.kernel import NotFound
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


@kind(
    "participant-information",
    title="Paragraphs on imaging for the participant information sheet",
    readers="participants, patient panels, ethics committees",
)
def participant_information(request: Request) -> Iterator[Section]:
    """What happens, why, the risks, what becomes of the pictures; drafted from the plan."""
    plan = request.plan
    consent = plan.consent
    if consent is None:
        raise NotFound(
            "The plan has no consent.yaml: write what participants are told first."
        )
    told = consent.information
    titles = {n: m.title or n for n, m in plan.imaging.items()}
    yield section(
        "Which pictures are made, and what for",
        bullets(
            f"{titles[e]}: {why}" for e, why in told.purpose.items() if e in titles
        ),
    )
    yield section("What happens at each visit", *_visits(request))
    yield section("Risks", *_risks(request))
    yield section("Benefits", told.benefits or Gap("what the participant gains"))
    yield section("If something unexpected is seen", *_unexpected(request))
    yield section("Being asked to come again", told.recall or Gap("whether a scan may be repeated, and that one can say no"))  # fmt: skip
    yield section(
        "Who sees the pictures, and where they are kept",
        told.identity or Gap("what is removed, where, and who keeps the code list"),
        told.storage or Gap("where the pictures lie and for how long"),
        told.diagnosis,
        *_retention(request),
    )
    options = [
        (o.words or n.replace("_", " "), "needed to take part" if o.required else "your choice", o.years)
        for n, o in consent.options.items()
    ]  # fmt: skip
    yield section("What you can choose", table(("You agree to", "", "Years"), options))
    kinds = [
        (n.replace("_", " "), w.images, w.derived, w.shared)
        for n, w in consent.withdrawal.items()
    ]
    columns = ("If you", "Pictures", "Scores", "Copies elsewhere")
    yield section("If you change your mind", table(columns, kinds))


def _visits(request: Request) -> Iterator[Block | Section | str | None]:
    plan = request.plan
    assert plan.consent is not None
    for name, visit in plan.study.visits.items():
        words = plan.consent.information.visit.get(name)
        rows = []
        for exam in visit.imaging:
            model = plan.imaging.get(exam)
            if model is None:
                continue
            rows.append(
                (model.title or exam, minutes(model.minutes), model.people.preparation)
            )
        burden = visit.burden
        travel = (
            f"Travel: {minutes(burden.travel)}; "
            f"{'costs are paid' if burden.paid else 'costs are not paid'}."
            if burden and burden.travel
            else None
        )
        yield section(
            visit.label or name,
            f"{words[0].upper()}{words[1:]}."
            if words
            else Gap(f"what happens at {name}"),
            table(("Examination", "Time in the room", "Before it"), rows),
            travel,
        )


def _risks(request: Request) -> Iterator[Block | Section | str | None]:
    plan = request.plan
    assert plan.consent is not None
    risks = plan.consent.information.risks
    for exam, model in plan.imaging.items():
        told = risks.get(exam)
        yield section(
            model.title or exam,
            bullets(told) if told else Gap(f"the risks of {exam}"),
            f"Contrast agent: {model.people.contrast.agent}, {model.people.contrast.dose}."
            if model.people.contrast and model.people.contrast.dose
            else None,
            f"Radiation expected: {said(model.exposure.expected)}."
            if model.exposure and model.exposure.expected
            else None,
        )


def _unexpected(request: Request) -> Iterator[Block | Section | str | None]:
    plan = request.plan
    assert plan.consent is not None
    policy = plan.consent.information.unexpected_findings
    if policy is None:
        yield Gap(
            "whether somebody looks for unexpected findings, and who tells the participant"
        )
    elif policy.looked_for:
        yield (
            f"The {policy.who.replace('_', ' ')} looks at the pictures within {said(policy.within)}; "
            f"the {policy.told_by.replace('_', ' ')} tells you what may matter for your health."
        )
    else:
        yield policy.why or Gap("why nobody looks for unexpected findings")


def _retention(request: Request) -> Iterator[Block | Section | str | None]:
    flows = request.plan.flows
    if flows:
        kept = [
            (n, d.retain)
            for n, d in flows.data.items()
            if d.retain and d.kind == "image"
        ]
        yield table(("Pictures", "Kept for"), kept)
