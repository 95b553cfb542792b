"""Checks on sites, scanners, capacity and phantoms."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from provident.kernel import Severity
from provident.plan.models.sites import Scanner
from provident.programme.checks.registry import Flag, PlanUnderCheck, check
from provident.programme.checks.timing import first_scan, last_scan, per_week


SITES = "sites.yaml"


def _modalities(c: PlanUnderCheck, exam: str) -> tuple[str, ...]:
    manual = c.plan.imaging.get(exam)
    return tuple(manual.modality) if manual else ()


def _used(c: PlanUnderCheck) -> list[tuple[str, str, Scanner]]:
    """Scanners that stand at a site and serve an exam of the study: site, id, scanner."""
    needed = {m for e in c.plan.imaging for m in _modalities(c, e)}
    return [
        (site_id, scanner_id, c.plan.sites.scanners[scanner_id])
        for site_id, site in c.plan.sites.sites.items()
        for scanner_id in site.scanners
        if scanner_id in c.plan.sites.scanners
        and c.plan.sites.scanners[scanner_id].modality in needed
    ]


@check(
    code="SCANNER.END_OF_LIFE",
    subdomain="acquisition.availability",
    finds="A scanner that leaves service before the last visit, with none at the site to take over in time.",
    why="A scanner decommissioned midway cost a trial its imaging outcome (PROVIDENT, example A).",
    remedy="Name a scanner under `then:` that is in use before this one leaves, and bridge the two.",
)
def end_of_life(c: PlanUnderCheck) -> Iterator[Flag]:
    last = last_scan(c.plan)
    for site_id, scanner_id, scanner in _used(c):
        if scanner.end_of_life is None or scanner.end_of_life.last >= last:
            continue
        problem = _no_heir(c, site_id, scanner_id, last)
        if problem is None:
            continue
        yield Flag(
            file=SITES,
            path=("scanners", scanner_id, "end_of_life"),
            message=f"{scanner_id} ({site_id}) leaves service in {scanner.end_of_life}, the last visit may be on {last}; {problem}",
            expected=f"service until {last}, or a scanner that takes over",
            found=str(scanner.end_of_life),
        )


def _no_heir(
    c: PlanUnderCheck, site_id: str, scanner_id: str, last: date
) -> str | None:
    """Why the scanners that take over do not serve the site until the last visit; None when they do."""
    register, seen = c.plan.sites.scanners, [scanner_id]
    while True:
        leaving = register[seen[-1]]
        if leaving.end_of_life is None or leaving.end_of_life.last >= last:
            return None
        heir_id = leaving.then or ""
        problem = _misfit(c, site_id, seen, heir_id)
        if problem:
            return problem
        seen.append(heir_id)


def _misfit(
    c: PlanUnderCheck, site_id: str, seen: list[str], heir_id: str
) -> str | None:
    leaving, heir = (
        c.plan.sites.scanners[seen[-1]],
        c.plan.sites.scanners.get(heir_id),
    )
    if heir is None:
        return (
            "no scanner takes over"
            if len(seen) == 1
            else f"{seen[-1]} leaves service in {leaving.end_of_life} itself"
        )
    if heir_id in seen:
        return f"{heir_id} takes over from itself"
    if heir.modality != leaving.modality:
        return f"{heir_id} is {heir.modality}, not {leaving.modality}"
    end = leaving.end_of_life
    if end and heir.from_ and heir.from_.first > end.last:
        return f"{heir_id} takes over only from {heir.from_}"
    if heir_id not in c.plan.sites.sites[site_id].scanners:
        return f"{heir_id} does not stand at {site_id}"
    return None


@check(
    code="SCANNER.NO_BRIDGING",
    subdomain="acquisition.availability",
    finds="A scanner that takes over from another without having been compared with it.",
    why="A change of scanner looks like a change of disease; reproducibility must be on record at each change.",
    remedy="Add `bridging:` with phantoms or volunteers, and the scanner it is compared with.",
)
def no_bridging(c: PlanUnderCheck) -> Iterator[Flag]:
    for scanner_id, scanner in c.plan.sites.scanners.items():
        heir = c.plan.sites.scanners.get(scanner.then or "")
        if heir is None:
            continue
        bridging = heir.bridging
        if (
            bridging
            and bridging.with_ == scanner_id
            and (bridging.phantoms or bridging.volunteers)
        ):
            continue
        yield Flag(
            file=SITES,
            path=("scanners", str(scanner.then)),
            key=True,
            message=f"{scanner.then} takes over from {scanner_id} without bridging to it",
            expected=f"bridging with: {scanner_id}, phantoms or volunteers",
            found=f"bridging with {bridging.with_}" if bridging else "none",
        )


@check(
    code="SCANNER.BREAKS_BASELINE",
    subdomain="acquisition.availability",
    finds="A contingency that breaks what the manual wants the same as at baseline.",
    why="Every exam on it would be off protocol by the manual itself.",
    remedy="Name a scanner of the same field strength, or take `field` out of same_as_baseline with the statistician's agreement.",
)
def breaks_baseline(c: PlanUnderCheck) -> Iterator[Flag]:
    same_field = any("field" in m.same_as_baseline for m in c.plan.imaging.values())
    for scanner_id, scanner in c.plan.sites.scanners.items():
        heir = c.plan.sites.scanners.get(scanner.then or "")
        if not (same_field and heir and heir.field and scanner.field):
            continue
        if heir.field.to("T") != scanner.field.to("T"):
            yield Flag(
                file=SITES,
                path=("scanners", scanner_id, "then"),
                message=f"{scanner.then} has {heir.field}, {scanner_id} has {scanner.field}; the manual wants the field of the baseline",
                expected=str(scanner.field),
                found=str(heir.field),
            )


@check(
    code="SCANNER.NONE_FOR_EXAM",
    subdomain="setup.site_selection",
    finds="A site without a scanner for an exam that the visits need.",
    why="The site would recruit participants whose scans cannot be made.",
    remedy="Add a scanner of the modality to the site, or remove the exam.",
)
def none_for_exam(c: PlanUnderCheck) -> Iterator[Flag]:
    exams = dict.fromkeys(e for v in c.plan.study.visits.values() for e in v.imaging)
    for site_id, site in c.plan.sites.sites.items():
        there = {
            c.plan.sites.scanners[s].modality
            for s in site.scanners
            if s in c.plan.sites.scanners
        }
        for exam in exams:
            needs = _modalities(c, exam)
            if needs and not there & set(needs):
                yield Flag(
                    file=SITES,
                    path=("sites", site_id, "scanners"),
                    message=f"{site_id} has no scanner for {exam}",
                    expected=" or ".join(needs),
                    found=", ".join(sorted(there)) or "none",
                )


@check(
    code="SCANNER.CAPACITY",
    subdomain="acquisition.availability",
    finds="A site whose planned scans of a modality need more slots a week than it keeps.",
    why="Visits fall out of their windows when no slot is free.",
    remedy="Keep more slots, add a scanner, or lower the site's target.",
)
def capacity(c: PlanUnderCheck) -> Iterator[Flag]:
    weeks = max(1.0, (last_scan(c.plan) - first_scan(c.plan)).days / 7)
    for site_id, site in c.plan.sites.sites.items():
        demand: dict[tuple[str, ...], float] = {}
        for visit in c.plan.study.visits.values():
            for exam in visit.imaging:
                key = _modalities(c, exam)
                demand[key] = demand.get(key, 0.0) + site.target / weeks
        for modalities, needed in demand.items():
            scanners = [
                c.plan.sites.scanners[s]
                for s in site.scanners
                if s in c.plan.sites.scanners
            ]
            kept = [_slots(s) for s in scanners if s.modality in modalities]
            if not kept or None in kept:
                continue
            offered = sum(k for k in kept if k is not None)
            if needed > offered:
                yield Flag(
                    file=SITES,
                    path=("sites", site_id, "scanners"),
                    message=f"{site_id} needs {needed:.1f} slots a week for {'/'.join(modalities)} and keeps {offered:.1f}",
                    expected=f"{needed:.1f} slots a week or more",
                    found=f"{offered:.1f}",
                )


def _slots(scanner: Scanner) -> float | None:
    return per_week(scanner.slots) if scanner.slots else None


@check(
    code="SCANNER.SLOTS_UNKNOWN",
    subdomain="acquisition.availability",
    severity=Severity.WARNING,
    finds="A scanner whose slots per week, or whose end of life, are not stated.",
    why="Demand cannot be held against capacity, and nobody has asked how long the scanner stays.",
    remedy="Ask the department and add `slots:` and `end_of_life:`.",
)
def slots_unknown(c: PlanUnderCheck) -> Iterator[Flag]:
    for site_id, scanner_id, scanner in _used(c):
        lacking = [n for n in ("slots", "end_of_life") if getattr(scanner, n) is None]
        if lacking:
            yield Flag(
                file=SITES,
                path=("scanners", scanner_id),
                key=True,
                message=f"{scanner_id} ({site_id}) does not say {' and '.join(lacking)}",
                expected="slots: 6 per week, end_of_life: 2031-12",
                found="not stated",
            )


@check(
    code="SCANNER.AT_NO_SITE",
    subdomain="acquisition.availability",
    severity=Severity.WARNING,
    finds="A registered scanner that stands at no site, or at more than one.",
    why="Its images could not be told to be expected from a site.",
    remedy="Name it under exactly one site's `scanners:`.",
)
def at_no_site(c: PlanUnderCheck) -> Iterator[Flag]:
    for scanner_id in c.plan.sites.scanners:
        at = [
            s for s, site in c.plan.sites.sites.items() if scanner_id in site.scanners
        ]
        if len(at) != 1:
            yield Flag(
                file=SITES,
                path=("scanners", scanner_id),
                key=True,
                message=f"{scanner_id} stands at {' and '.join(at) if at else 'no site'}",
                expected="one site",
                found=", ".join(at) or "none",
            )


@check(
    code="SITE.IDENTITY_TWICE",
    subdomain="setup.initiation",
    finds="Two sites with the same AE title or the same participant number prefix.",
    why="Images and participants of one site would be taken for the other's.",
    remedy="Give each site its own `aet:` and `prefix:`.",
)
def identity_twice(c: PlanUnderCheck) -> Iterator[Flag]:
    for name in ("aet", "prefix"):
        seen: dict[str, str] = {}
        for site_id, site in c.plan.sites.sites.items():
            value = getattr(site, name)
            if value in seen:
                yield Flag(
                    file=SITES,
                    path=("sites", site_id, name),
                    message=f"{site_id} and {seen[value]} have the same {name}: {value}",
                    expected="one for each site",
                    found=value,
                )
            seen.setdefault(value, site_id)


@check(
    code="SITE.OPENS_UNTESTED",
    subdomain="setup.initiation",
    finds="Sites that may open without a transfer test, training or an agreement.",
    why="De-identification and transfer fail on the first participant instead of on a test (PROVIDENT: test before opening).",
    remedy="Add the step to `activation:`.",
)
def opens_untested(c: PlanUnderCheck) -> Iterator[Flag]:
    needed = ("agreement_signed", "training_complete", "transfer_test_passed")
    lacking = [s for s in needed if s not in c.plan.sites.activation]
    if lacking:
        yield Flag(
            file=SITES,
            path=("activation",),
            message=f"a site may open without {', '.join(lacking)}",
            expected=", ".join(needed),
            found=", ".join(c.plan.sites.activation) or "nothing",
        )


@check(
    code="PHANTOM.SCANNER_UNCOVERED",
    subdomain="qc.programme",
    severity=Severity.WARNING,
    finds="An MR, CT or PET scanner without a phantom where accreditation needs one.",
    why="It can never be accredited, and drift on it is never seen.",
    remedy="Name the scanner under a phantom in imaging/phantoms.yaml.",
)
def phantom_uncovered(c: PlanUnderCheck) -> Iterator[Flag]:
    accreditation = c.plan.quality.accreditation
    if accreditation is None or "phantom" not in accreditation.needs:
        return
    covered = {
        s
        for p in (c.plan.phantoms.phantoms.values() if c.plan.phantoms else ())
        for s in p.scanners
    }
    for site_id, scanner_id, scanner in _used(c):
        if scanner.modality in ("MR", "CT", "PT") and scanner_id not in covered:
            yield Flag(
                file=SITES,
                path=("scanners", scanner_id),
                key=True,
                message=f"{scanner_id} ({site_id}) needs a phantom for its accreditation and has none",
                expected="a phantom that names it",
                found="none",
            )


@check(
    code="SITE.STAFF_HOURS",
    subdomain="acquisition.availability",
    finds="A site whose staff have fewer hours than its planned exams take, or no stated hours.",
    why="A free scanner without a radiographer or sonographer scans nobody.",
    remedy="Agree more hours, or lower the site's target.",
)
def staff_hours(c: PlanUnderCheck) -> Iterator[Flag]:
    weeks = max(1.0, (last_scan(c.plan) - first_scan(c.plan)).days / 7)
    for site_id, site in c.plan.sites.sites.items():
        needed: dict[str, float] = {}
        for visit in c.plan.study.visits.values():
            for exam in visit.imaging:
                manual = c.plan.imaging.get(exam)
                if manual:
                    who = (
                        manual.read_at_scan.by if manual.read_at_scan else manual.owner
                    )
                    hours = site.target * manual.minutes / 60 / weeks
                    needed[who] = needed.get(who, 0.0) + hours
        for who, hours in needed.items():
            stated = site.hours.get(who)
            offered = per_week(stated) if stated else None
            if offered is None or offered < hours:
                yield Flag(
                    file=SITES,
                    path=("sites", site_id, "hours", who)
                    if stated
                    else ("sites", site_id),
                    key=stated is None,
                    severity=None if stated else Severity.WARNING,
                    message=f"{who} at {site_id} need {hours:.1f} h a week and have {offered if offered is not None else 'no stated hours'}",
                    expected=f"{hours:.1f} h per week or more",
                    found=f"{stated.value:g} {stated.unit} per {' and '.join(stated.per)}"
                    if stated
                    else "not stated",
                )
