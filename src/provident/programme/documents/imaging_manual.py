"""The imaging manual for people: of one exam or all, as one site's or one scanner's staff need it.

Its figures are those of the rules that judge every arriving series.
"""

from __future__ import annotations

from collections.abc import Iterator

from provident.acquisition import Manual
from provident.acquisition.manual import Role
from provident.dicom.registry import FACTS
from provident.kernel import NotFound
from provident.plan.models.imaging import ImagingManual
from provident.plan.models.imaging_rules import ByFact, Equals, Matches, Rule, Within
from provident.plan.models.sites import Scanner
from provident.plan.nearest import did_you_mean
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
from provident.programme.manuals import manual


@kind(
    "imaging-manual",
    title="Imaging manual",
    readers="radiographers, sonographers, physicists",
    takes=("exam", "site", "scanner"),
)
def imaging_manual(request: Request) -> Iterator[Section]:
    """What to prepare, how to scan, what will be checked, how to send."""
    scanners = _scanners(request)
    yield _visits(request)
    for name, model in request.plan.imaging.items():
        if request.exam and name != request.exam:
            continue
        theirs = {n: s for n, s in scanners.items() if s.modality in model.modality}
        if (request.scanner or request.site) and not theirs:
            continue
        compiled = manual(request.plan, name)
        yield section(
            f"{model.title or name}",
            f"Exam {name}, manual version {model.manual}. Time in the room: {minutes(model.minutes)}.",
            *_people(model),
            section("Series", *(_role(r, theirs, model) for r in compiled.roles)),
            _order(compiled),
            _same(compiled),
            _waived(compiled, request.site, theirs),
            _processing(request, name),
            *_after(model),
        )
    yield _equipment(request, scanners)


def _scanners(request: Request) -> dict[str, Scanner]:
    plan = request.plan
    register = plan.sites.scanners
    if request.scanner:
        if request.scanner not in register:
            raise NotFound(
                f'The plan has no scanner "{request.scanner}".{did_you_mean(request.scanner, register)} '
                f"It has: {', '.join(register)}."
            )
        return {request.scanner: register[request.scanner]}
    if request.site:
        return {n: register[n] for n in plan.sites.sites[request.site].scanners}
    return dict(register)


def _visits(request: Request) -> Section:
    rows = [
        (v.label or name, v.window, v.imaging)
        for name, v in request.plan.study.visits.items()
        if not request.exam or request.exam in v.imaging
    ]
    anchor = request.plan.study.anchor.replace("_", " ")
    return section(
        "When to scan",
        table(("Visit", f"Days from {anchor}", "Exams"), rows),
    )


def _people(model: ImagingManual) -> Iterator[Block | Section | str | None]:
    people = model.people
    yield (
        section("Preparation", bullets(people.preparation))
        if people.preparation
        else None
    )
    if people.positioning:
        picture = people.positioning.picture
        shown = f"Picture: {picture}, beside the plan's file." if picture else None
        yield section("Positioning", people.positioning.text, shown)
    else:
        yield section("Positioning", Gap(f"how the participant lies for {model.exam}"))
    if people.contrast:
        c = people.contrast
        row = (c.agent, c.dose, c.flow, c.wait, c.why)
        columns = ("Agent", "Dose", "Flow", "Wait", "Why")
        yield section("Contrast agent", table(columns, [row]))
    told = [people.operator, people.formats, people.naming, *people.notes]
    yield section("Notes", bullets(t for t in told if t)) if any(told) else None


def _role(role: Role, scanners: dict[str, Scanner], model: ImagingManual) -> Section:
    rows = [
        (FACTS[name].words, _rule(name, rule, scanners), role.severity(name))
        for name, rule in role.rules.items()
    ]
    seen = {name for name, _ in role.rules.items()}
    for make in dict.fromkeys(s.make for s in scanners.values()):
        for name, rule in role.rules_for(make).items():
            if rule != role.rules.get(name):
                rows.append((f"{FACTS[name].words}, {make}", _rule(name, rule, scanners), role.severity(name)))  # fmt: skip
                seen.add(name)
    told = [f"Count: {said(role.count)}{', optional' if role.optional else ''}."]
    if role.at:
        told.append(f"At: {', '.join(role.at)}.")
    if role.constant:
        same = ", ".join(FACTS[n].words.lower() for n in role.constant)
        told.append(f"The same on all images: {same}.")
    told += [f"{name}: {words}." for name, words in role.alternatives.items()]
    planned = model.series[role.id]
    if planned.regions:
        parts = ", ".join(r.replace("_", " ") for r in planned.regions)
        told.append(f"It covers: {parts}.")
    if planned.reformats:
        told.append(f"Looked at too in: {', '.join(planned.reformats)}.")
    why = planned.why
    return section(
        role.title,
        " ".join(told),
        f"Recognised by: {_recognised(role)}.",
        table(("What", "Asked for", "If not"), rows),
        why,
    )


def _order(compiled: Manual) -> Section | None:
    if not compiled.order:
        return None
    titles = [compiled.role(name).title for name in compiled.order]
    return section("Order", f"Acquired one after the other: {', then '.join(titles)}.")


def _waived(
    compiled: Manual, site: str | None, scanners: dict[str, Scanner]
) -> Section | None:
    """What is let go, at this site and on its scanners."""
    rows = [
        (
            f"{w.role}.{w.rule}" if w.role else w.rule,
            w.site or w.scanner or ", ".join(w.participants) or "everywhere",
            f"{w.first or ''} to {w.until or ''}" if w.first or w.until else "always",
            w.why,
            f"{w.by}, {w.on}",
        )
        for w in compiled.waivers
        if (not site or w.site in (None, site))
        and (w.scanner is None or w.scanner in scanners)
    ]
    columns = ("Rule", "Where", "When", "Why", "By")
    return section("Waived", table(columns, rows)) if rows else None


def _processing(request: Request, exam: str) -> Section | None:
    """How derived data is made from the exam's images."""
    files = [p for p in request.plan.processing.values() if p.exam == exam]
    columns = ("Step", "Software", "Who", "Minutes", "From", "Makes", "Looked at")
    parts = [
        section(
            made.title or made.processing.replace("_", " "),
            table(
                columns,
                [
                    (
                        step.title or name.replace("_", " "),
                        f"{step.software} {step.version}",
                        step.operator or "automatic",
                        minutes(step.minutes),
                        ", ".join(step.uses),
                        ", ".join(step.outputs),
                        step.qc.how if step.qc else Gap(f"quality control of {name}"),
                    )
                    for name, step in made.steps.items()
                ],
            ),
            made.why,
        )
        for made in files
    ]
    return section("Processing", *parts) if parts else None


def _recognised(role: Role) -> str:
    parts = [
        f"{FACTS[n].words.lower()} {r.text}" for n, r in role.match.criteria.items()
    ]
    if role.match.any_of or role.match.all_of or role.match.none_of:
        parts.append("further conditions of the plan's file")
    return ", ".join(parts)


def _rule(name: str, rule: Rule, scanners: dict[str, Scanner]) -> str:
    """A rule in words; one that depends on the field strength, only for the fields that are there."""
    if isinstance(rule, Within) and rule.tolerated is not None:
        return f"{_spoken(rule.text)}; a warning within {_spoken(str(rule.tolerated))}"
    if not isinstance(rule, ByFact):
        return _spoken(rule.text)
    fields = {s.field.to("T") for s in scanners.values() if s.field is not None}
    cases = [
        f"{case.text}: {_spoken(then.text)}"
        for case, then in rule.cases
        if rule.fact != "field" or not fields or any(_holds(case, f) for f in fields)
    ]
    if rule.otherwise is not None:
        cases.append(f"otherwise: {_spoken(rule.otherwise.text)}")
    return f"by {FACTS[rule.fact].words.lower()}: {'; '.join(cases)}"


def _spoken(text: str) -> str:
    return text.replace("..", " to ")


def _holds(case: Within | Equals | Matches, field: float) -> bool:
    return not isinstance(case, Within) or case.allowed.contains(field, "T")


def _same(compiled: Manual) -> Section | None:
    pairs = [
        f"{FACTS[fact].words}{f' of {compiled.role(role).title}' if role else ''}"
        for role, fact in compiled.same_as_baseline
    ]
    return section("The same as at baseline", bullets(pairs)) if pairs else None


def _after(model: ImagingManual) -> Iterator[Block | Section | str | None]:
    send = model.people.send
    if send:
        row = (send.format, send.within, send.by)
        yield section("Sending", table(("Format", "Within", "By"), [row]))
    if model.exposure:
        e = model.exposure
        rows: list[tuple[str, object]] = [
            ("Kind", e.kind), ("Approval", e.approval), ("Justified by", e.justified_by),
            ("Medical physics expert", e.expert), ("Expected", e.expected),
            ("Warns at", e.warn_at), ("Effective dose by", e.k_factors),
        ]  # fmt: skip
        if e.constraint:
            limits = e.constraint
            rows += [("Constraint per exam", limits.exam), ("Constraint per participant", limits.participant), ("Repeats at most", limits.repeats)]  # fmt: skip
        yield section(
            "Radiation", table(("What", "Value"), [r for r in rows if r[1] is not None])
        )
    if model.recall:
        r = model.recall
        columns = ("Within", "Advised by", "Decided by")
        again = (r.within, r.advised_by, r.decided_by)
        yield section("Scanning again", table(columns, [again]))


def _equipment(request: Request, scanners: dict[str, Scanner]) -> Section:
    rows = [
        (n, s.modality, s.make, s.model, s.field, s.software, s.serial, s.end_of_life)
        for n, s in scanners.items()
    ]
    columns = (
        "Scanner",
        "Modality",
        "Make",
        "Model",
        "Field",
        "Software",
        "Serial",
        "End of life",
    )
    phantoms = request.plan.phantoms
    change = phantoms.change if phantoms else None
    checks = [
        (
            name,
            p.every,
            p.after,
            "; ".join(f"{n} {said(v)}" for n, v in p.accept.items()),
        )
        for name, p in (phantoms.phantoms.items() if phantoms else ())
        if set(p.scanners) & set(scanners)
    ]
    return section(
        "Scanners and phantoms",
        table(columns, rows),
        table(("Phantom", "Every", "Also after", "Accepted when"), checks),
        f"Tell the {change.on_change.tell.replace('_', ' ')} before {', '.join(change.watch)} change."
        if change
        else None,
    )
