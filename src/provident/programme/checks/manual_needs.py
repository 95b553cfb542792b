"""Checks on what a manual must say for its modality: preparation, rules, exposure, routine scans, phantoms."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from provident.kernel import Severity
from provident.plan.models.imaging import ImagingManual, RoutineScan
from provident.plan.models.imaging_rules import Equals, Within
from provident.plan.models.phantom_limits import PhantomLimit
from provident.plan.places import Path
from provident.programme.checks.registry import Flag, PlanUnderCheck, check
from provident.programme.visits import window_days


_PREPARED = frozenset({"MR", "CT", "PT", "NM"})
_STACKS = frozenset({"MR", "CT", "PT", "NM"})


def _flag(c: PlanUnderCheck, exam: str, path: Path, words: str, expected: str, found: str = "not stated") -> Flag:  # fmt: skip
    """A finding at a key of a manual, or at the exam's name where the key is not there."""
    file = c.file("imaging", exam)
    at = c.loaded.documents[file]
    for step in path:
        if not isinstance(at, dict) or step not in at:
            path = ("exam",)
            break
        at = at[step]
    return Flag(file=file, path=path, key=True, message=f"{exam}: {words}", expected=expected, found=found)  # fmt: skip


def _needed(c: PlanUnderCheck, exam: str) -> set[str]:
    """The series of an exam that a form which is read needs."""
    read = [c.plan.forms[d.form] for d in c.plan.reading.values() if d.form in c.plan.forms]  # fmt: skip
    pairs = (need.partition(".") for form in read for need in form.needs)
    return {role for of, _, role in pairs if of == exam}


@check(
    code="MANUAL.NO_PREPARATION",
    subdomain="acquisition.manual",
    severity=Severity.WARNING,
    finds="MR, CT or nuclear medicine without a word on how participants are prepared, or a contrast agent without its wait.",
    why="Implants, pregnancy and kidneys are asked about before the table, not on it; without the delay no two scans show the same phase.",
    remedy="Add `people: {preparation: [...]}` and, where there is contrast, `wait:`.",
)
def no_preparation(c: PlanUnderCheck) -> Iterator[Flag]:
    for exam, manual in c.plan.imaging.items():
        if set(manual.modality) & _PREPARED and not manual.people.preparation:
            yield _flag(c, exam, ("people",), "nothing says how participants are prepared", "people.preparation")  # fmt: skip
        given = manual.people.contrast is not None
        rules = [s.match.rules().get("contrast") for s in manual.series.values()]
        asked = any(isinstance(r, Equals) and r.value is True for r in rules)
        if asked and not given:
            yield _flag(c, exam, ("people",), "a series is made after contrast agent, and none is prescribed", "people.contrast: agent, dose, wait")  # fmt: skip
        if given and not any(rules) and manual.strictness == "research":
            yield _flag(c, exam, ("people", "contrast"), "a contrast agent is given, and no series is recognised by it", "match: {contrast: true}")  # fmt: skip


@check(
    code="MANUAL.GAPS_TOLERATED",
    subdomain="acquisition.manual",
    finds="A series that may lack slices, or that must have been compressed with loss.",
    why="What lay in the missing slice is scored as if it were healthy; what lossy compression smoothed away cannot be seen again.",
    remedy="Write `missing_slices: 0` and `lossy: false`.",
)
def gaps_tolerated(c: PlanUnderCheck) -> Iterator[Flag]:
    for exam, manual in c.plan.imaging.items():
        for role, series in manual.series.items():
            rules = series.require.rules()
            gaps, lossy = rules.get("missing_slices"), rules.get("lossy")
            if isinstance(gaps, Within) and gaps.allowed.high > 0:
                yield _flag(c, exam, ("series", role, "require", "missing_slices"), f"{role} may lack slices", "missing_slices: 0", gaps.text)  # fmt: skip
            if isinstance(lossy, Equals) and lossy.value is True:
                yield _flag(c, exam, ("series", role, "require", "lossy"), f"{role} must be compressed with loss", "lossy: false", "true")  # fmt: skip


@check(
    code="MANUAL.NOTHING_ASKED",
    subdomain="acquisition.manual",
    severity=Severity.WARNING,
    finds="A series of MR, CT or nuclear medicine that a score needs and of which nothing is asked, or not that no slice is missing.",
    why="Then a stack cut in half, or of any thickness, counts as acquired.",
    remedy="Add `require:` with thickness and `missing_slices: 0`.",
)
def nothing_asked(c: PlanUnderCheck) -> Iterator[Flag]:
    for exam, manual in c.plan.imaging.items():
        if not set(manual.modality) & _STACKS:
            continue
        for role in sorted(_needed(c, exam) & set(manual.series)):
            if not manual.series[role].require.rules():
                yield _flag(c, exam, ("series", role), f"nothing is asked of {role}, which is scored", "require: slice_thickness, missing_slices")  # fmt: skip


@check(
    code="DOSE.HALF_SAID",
    subdomain="acquisition.dose",
    severity=Severity.WARNING,
    finds="An exposure with a constraint that leaves out a part: expected dose, exam, participant, factors, a warning before the limit; or whose justifier decides on nothing.",
    why="A constraint holds only if every part of it can be reckoned, and if it warns before it stops.",
    remedy="State `expected:`, `constraint: {exam, participant}`, `k_factors:`, `warn_at: 80 %`, and `decides: [justification]` of the role.",
)
def half_said(c: PlanUnderCheck) -> Iterator[Flag]:
    for exam, manual in c.plan.imaging.items():
        for words, expected in _exposure_faults(c, manual):
            yield _flag(c, exam, ("exposure",), words, expected)


def _exposure_faults(c: PlanUnderCheck, manual: ImagingManual) -> Iterator[tuple[str, str]]:  # fmt: skip
    told = manual.exposure
    if told is None or told.constraint is None:
        return
    lacking = [k for k in ("exam", "participant") if getattr(told.constraint, k) is None]  # fmt: skip
    if lacking:
        yield f"no constraint for one {' and one '.join(lacking)}", "constraint: {exam, participant}"  # fmt: skip
    if told.expected is None:
        yield "nobody says what dose is expected", "expected"
    units = {d.name for d in (told.expected, told.constraint.exam, told.constraint.participant) if d}  # fmt: skip
    if "E" in units and units - {"E"} and told.k_factors is None:
        yield "effective dose and another are compared without factors", "k_factors"
    if told.warn_at is None or not 50 <= told.warn_at.value < 100:
        yield f"it warns at {told.warn_at or 'no share'} of the constraint", "warn_at: 80 %"  # fmt: skip
    role = c.plan.people.roles.get(told.justified_by or "")
    if role is None or "justification" not in role.decides:
        yield f"{told.justified_by or 'nobody'} justifies it and decides on nothing of the kind", "decides: [justification] of the role"  # fmt: skip
    elif c.plan.people.responsibilities.get("justification", told.justified_by) != told.justified_by:  # fmt: skip
        yield f"{told.justified_by} justifies it, and another answers for justification", "responsibilities.justification"  # fmt: skip
    elif "justification" not in c.plan.people.responsibilities:  # fmt: skip
        yield "nobody answers for justification", "responsibilities.justification"


def _routine(c: PlanUnderCheck, exam: str) -> Iterator[tuple[str, str]]:
    manual = c.plan.imaging[exam]
    may = manual.routine_scan_may_serve
    routine = manual.exposure is not None and manual.exposure.kind == "routine"
    if not isinstance(may, RoutineScan):
        if routine:
            yield "its exposure is routine, and no routine scan may serve", "routine_scan_may_serve: window, consent"  # fmt: skip
        return
    windows = [window_days(v) for v in c.plan.study.visits.values() if exam in v.imaging]  # fmt: skip
    low, high = may.window.low, may.window.high
    if windows and not any(low <= b and a <= high for a, b in windows):
        yield f"a routine scan may serve from day {low:g} to {high:g}, when no visit makes it", "a window that meets a visit's"  # fmt: skip
    elif windows and (low < min(a for a, _ in windows) - 60 or high > max(b for _, b in windows) + 60):  # fmt: skip
        yield f"a routine scan of day {low:g} to {high:g} may serve, months away from any visit", "a window near the visits'"  # fmt: skip
    option = c.plan.consent.options.get(may.consent) if c.plan.consent else None
    if option is not None and not option.required:
        yield f"a routine scan serves by the option {may.consent}, which may be declined", "a required option"  # fmt: skip
    elif option is not None and option.covers:
        yield f"the option {may.consent} is about {', '.join(option.covers)}, not about taking part", "the option to take part"  # fmt: skip


@check(
    code="MANUAL.ROUTINE_SCAN",
    subdomain="acquisition.availability",
    severity=Severity.WARNING,
    finds="Routine scans that may serve at no visit, by a consent that does not cover them, or that must serve and may not.",
    why="A scan made for care serves the study only in its window and with consent; otherwise it is made twice, or used without asking.",
    remedy="Correct `window:` and `consent:` of routine_scan_may_serve.",
)
def routine_scan(c: PlanUnderCheck) -> Iterator[Flag]:
    for exam in c.plan.imaging:
        for words, expected in _routine(c, exam):
            yield _flag(c, exam, ("routine_scan_may_serve",), words, expected)


# How far off a phantom may be and still show something: share, length, Hounsfield units.
_WIDEST = {"%": 30.0, "mm": 10.0, "cm": 1.0, "HU": 50.0}
_OF_KIND = {
    "acr_mri_large": {"uniformity", "ghosting", "geometry", "slice_thickness", "slice_position", "snr", "resolution", "low_contrast"},
    "acr_mri_medium": {"uniformity", "ghosting", "geometry", "slice_thickness", "slice_position", "snr", "resolution", "low_contrast"},
    "ct_water": {"water", "ct_uniformity", "noise"},
}  # fmt: skip


def _limit_faults(name: str, limit: PhantomLimit) -> Iterator[str]:
    for case in limit.cases:
        low, high, unit = case.within.low, case.within.high, case.within.unit
        symmetric = low == -high
        if low == high == 0:
            yield f"{name} may not differ at all"
        elif symmetric and high > _WIDEST.get(unit, 1e9):
            yield f"{name} may be {limit} off"
        elif unit == "%" and not symmetric and (0 < high < 1e6) and high > 100:
            yield f"{name} may be {limit}"
        elif unit == "%" and not symmetric and high > 1e6 and not 20 <= low <= 100:
            yield f"{name} must be {limit}"
        elif unit == "%" and not symmetric and high < 1e6 and not 0.1 <= high <= 30:
            yield f"{name} may be {limit}"


@check(
    code="PHANTOM.ACCEPTS_ALL",
    subdomain="qc.programme",
    severity=Severity.WARNING,
    finds="Limits of a phantom that every scan meets, or none; a kind of phantom without the measures it is made for; a phantom nobody scans or accepts.",
    why="A limit that is never broken is no quality control; one that nothing meets closes every scanner.",
    remedy="Take the limits from the phantom's guidance, and name who scans and who accepts.",
)
def accepts_all(c: PlanUnderCheck) -> Iterator[Flag]:
    phantoms = c.plan.phantoms
    file = next((f for f, d in c.loaded.documents.items() if isinstance(d, dict) and "phantoms" in d), "")  # fmt: skip
    for name, phantom in (phantoms.phantoms if phantoms else {}).items():
        faults = [(w, "a limit that a good scanner meets") for n, limit in phantom.accept.items() for w in _limit_faults(n, limit)]  # fmt: skip
        core = {"acr_mri_large": ("uniformity", "ghosting"), "ct_water": ("water",), "pet_uniform": ("calibration",)}.get(phantom.kind, ())  # fmt: skip
        faults += [(f"a phantom of kind {phantom.kind} is not held to its {m}", f"accept: {m}") for m in core if m not in phantom.accept]  # fmt: skip
        strange = set(phantom.accept) - _OF_KIND.get(phantom.kind, set(phantom.accept))
        faults += [(f"a phantom of kind {phantom.kind} has no {m}", "a measure of that phantom") for m in sorted(strange)]  # fmt: skip
        if "geometry" in phantom.accept and (phantom.diameter is None or not 50 <= phantom.diameter.to("mm") <= 400):  # fmt: skip
            faults.append((f"its geometry is measured against a diameter of {phantom.diameter or 'nobody knows what'}", "diameter: 190 mm"))  # fmt: skip
        for role, by in (("accepted", phantom.accepted_by), ("scanned", phantom.scanned_by)):  # fmt: skip
            told = c.plan.people.roles.get(by or "")
            if role == "accepted" and told is not None and told.on_platform(by or "") != "qc":  # fmt: skip
                faults.append((f"{by} accepts it, who does no quality control", "accepted_by: physicist"))  # fmt: skip
            if role == "scanned" and told is not None and told.at != "site":
                faults.append((f"{by} scans it, who works at no site", "scanned_by: radiographer"))  # fmt: skip
        for words, expected in faults:
            yield Flag(file=file, path=("phantoms", name), key=True, message=f"{name}: {words}", expected=expected, found="not so")  # fmt: skip


@check(
    code="MANUAL.SERIES_UNUSED",
    subdomain="acquisition.manual",
    severity=Severity.WARNING,
    finds="A series that every participant must have, of an exam that is read, and that no form, no layout and no processing uses.",
    why="Minutes in the scanner that serve nothing are a burden, and the first thing that a site leaves out.",
    remedy="Name it under `needs:` of the form, make it `optional: yes`, or take it out.",
)
def series_unused(c: PlanUnderCheck) -> Iterator[Flag]:
    for exam, manual in c.plan.imaging.items():
        designs = [d for d in c.plan.reading.values() if d.exam == exam]
        used = {n.partition(".")[2] for f in c.plan.forms.values() for n in f.needs if n.startswith(f"{exam}.")}  # fmt: skip
        used |= {u.partition(".")[2] for p in c.plan.processing.values() for s in p.steps.values() for u in s.uses}  # fmt: skip
        for role, series in manual.series.items():
            compared = any(f"same as {role}" in str(r.text) for s in manual.series.values() for r in s.require.rules().values())  # fmt: skip
            if designs and role not in used and not series.optional and not compared:
                yield _flag(c, exam, ("series", role), f"nothing uses {role}", "needs of a form, or optional: yes", "no use")  # fmt: skip


@check(
    code="MANUAL.ROLES_ALIKE",
    subdomain="acquisition.manual",
    finds="Two series of one exam that are recognised by the same conditions.",
    why="Each scan then fits both, and which one it is counted as is chance.",
    remedy="Tell them apart, by contrast, plane, echo time or description.",
)
def roles_alike(c: PlanUnderCheck) -> Iterator[Flag]:
    for exam, manual in c.plan.imaging.items():
        seen: dict[str, str] = {}
        for role, series in manual.series.items():
            told = repr(series.match)
            if told in seen:
                yield _flag(c, exam, ("series", role), f"{role} and {seen[told]} are recognised by the same", "conditions that differ", told)  # fmt: skip
            seen.setdefault(told, role)


@check(
    code="MANUAL.NO_RECALL",
    subdomain="reading.qc_responsibility",
    severity=Severity.WARNING,
    finds="An exam without a rule on when it may be asked for again, while participants are told that it may.",
    why="Somebody must decide within the window; without a rule nobody asks, and the image stays useless.",
    remedy="Add `recall: {within, advised_by, decided_by}` to the manual.",
)
def no_recall(c: PlanUnderCheck) -> Iterator[Flag]:
    told = c.plan.consent is not None and c.plan.consent.information.recall is not None
    for exam, manual in c.plan.imaging.items():
        if told and manual.recall is None:
            yield _flag(c, exam, ("recall",), "nothing says when it may be asked for again", "recall: within, advised_by, decided_by")  # fmt: skip


@check(
    code="PHANTOM.SCANNERS_DIFFER",
    subdomain="qc.programme",
    severity=Severity.WARNING,
    finds="A phantom that is scanned on some scanners of a modality and not on others, which another phantom of the same modality is.",
    why="What one phantom shows is then comparable between some sites and unknown at others.",
    remedy="Name the same scanners of the modality under each of its phantoms.",
)
def scanners_differ(c: PlanUnderCheck) -> Iterator[Flag]:
    phantoms = c.plan.phantoms.phantoms if c.plan.phantoms else {}
    file = next((f for f, d in c.loaded.documents.items() if isinstance(d, dict) and "phantoms" in d), "")  # fmt: skip
    register = c.plan.sites.scanners
    for name, phantom in phantoms.items():
        modalities = {register[s].modality for s in phantom.scanners if s in register}
        others = {s for n, p in phantoms.items() if n != name for s in p.scanners}
        lacking = sorted(s for s in others - set(phantom.scanners) if s in register and register[s].modality in modalities)  # fmt: skip
        if lacking:
            yield Flag(file=file, path=("phantoms", name, "scanners"), key=True, message=f"{name} is not scanned on {', '.join(lacking)}, as other phantoms are", expected=", ".join(sorted(others | set(phantom.scanners))), found=", ".join(phantom.scanners))  # fmt: skip


@check(
    code="SCANNER.NOT_YET_THERE",
    subdomain="acquisition.availability",
    severity=Severity.WARNING,
    finds="A site whose only scanner for an exam comes long after the first participant.",
    why="Whoever joins there before has visits that nobody can scan.",
    remedy="Correct `from:`, name the scanner that serves until then, or open the site later.",
)
def not_yet_there(c: PlanUnderCheck) -> Iterator[Flag]:
    latest = c.plan.study.milestones.first_participant + timedelta(days=182)
    modalities = {m.modality for m in c.plan.imaging.values()}
    for site, told in c.plan.sites.sites.items():
        there = {s: c.plan.sites.scanners[s] for s in told.scanners if s in c.plan.sites.scanners}  # fmt: skip
        for wanted in sorted(modalities):
            fitting = {n: s for n, s in there.items() if s.modality in wanted}
            late = [n for n, s in fitting.items() if s.from_ and s.from_.first > latest]  # fmt: skip
            if fitting and len(late) == len(fitting):
                yield Flag(file="sites.yaml", path=("scanners", late[0]), key=True, message=f"{late[0]} is the only {'/'.join(wanted)} scanner of {site} and comes after {latest}", expected=f"a scanner before {latest}", found=str(fitting[late[0]].from_))  # fmt: skip


@check(
    code="RECRUIT.ONE_TEAM",
    subdomain="recruitment.communication",
    severity=Severity.WARNING,
    finds="A site that names whom to ask in imaging, and nobody of the clinical team.",
    why="Who books and who knows the participant are two teams; a scan falls between them (PROVIDENT, recruitment).",
    remedy="Add `contacts: {clinical: {role, how}}`.",
)
def one_team(c: PlanUnderCheck) -> Iterator[Flag]:
    for site, told in c.plan.sites.sites.items():
        if "imaging" in told.contacts and "clinical" not in told.contacts:
            yield Flag(file="sites.yaml", path=("sites", site), key=True, message=f"{site} names nobody of the clinical team", expected="contacts: {clinical: {role, how}}", found=", ".join(told.contacts))  # fmt: skip
