"""Checks on phantoms, accreditation, the watch on scanner changes, and what opens a site."""

from __future__ import annotations

from collections.abc import Iterator

from provident.kernel import Severity
from provident.programme.checks.registry import Flag, PlanUnderCheck, check
from provident.programme.checks.scanners import SITES
from provident.programme.checks.timing import days


@check(
    code="PHANTOM.SHOWS_NOTHING",
    subdomain="qc.programme",
    severity=Severity.WARNING,
    finds="A phantom without limits, scanned less than once a year, or not after a change of the scanner.",
    why="Reproducibility must be on record at each change, and a figure without a limit accepts everything.",
    remedy="Add `accept:`, `every: 90 d` and `after: scanner change`.",
)
def phantom_shows_nothing(c: PlanUnderCheck) -> Iterator[Flag]:
    phantoms = c.plan.phantoms
    file = next(
        (
            f
            for f, d in c.loaded.documents.items()
            if f.startswith("imaging/") and isinstance(d, dict) and "phantoms" in d
        ),
        "",
    )
    for name, phantom in (phantoms.phantoms if phantoms else {}).items():
        problems = [
            (not phantom.accept, "has no limits", "accept: {ghosting: <= 2.5 %}"),
            (
                days(phantom.every) > 366,
                f"is scanned every {phantom.every}",
                "every: 90 d",
            ),
            (
                days(phantom.every) < 1,
                f"is scanned every {phantom.every}",
                "every: 90 d",
            ),
            (
                phantom.after is None,
                "is not scanned after a change of the scanner",
                "after: scanner change",
            ),
        ]
        for wrong, words, expected in problems:
            if wrong:
                yield Flag(
                    file=file,
                    path=("phantoms", name),
                    key=True,
                    message=f"{name} {words}",
                    expected=expected,
                    found="not stated",
                )
    change = phantoms.change if phantoms else None
    if change and (change.on_change.hold == "nothing") != (
        change.on_change.until is None
    ):
        yield Flag(
            file=file,
            path=("change", "on_change"),
            key=True,
            message="a changed scanner holds nothing until it is accepted, or holds reads for ever",
            expected="hold: reads, until: acr_mri accepted",
            found=change.on_change.hold,
        )


@check(
    code="SCANNER.CHANGE_UNSEEN",
    subdomain="conduct.data_monitoring",
    severity=Severity.WARNING,
    finds="A watch that leaves out model, software or serial number, or a scanner whose register lacks what is watched.",
    why="Software and coils change in the middle of a study without a word; the headers tell, if the register says what was there before.",
    remedy="Watch all of them, and register `software:`, `serial:` and, for MR, `field:`.",
)
def change_unseen(c: PlanUnderCheck) -> Iterator[Flag]:
    change = c.plan.phantoms.change if c.plan.phantoms else None
    if change is None:
        return  # QC.CHANGE_UNWATCHED
    file = next(
        f
        for f, d in c.loaded.documents.items()
        if f.startswith("imaging/") and isinstance(d, dict) and "change" in d
    )
    lacking = [w for w in ("model", "software", "serial") if w not in change.watch]
    if lacking:
        yield Flag(
            file=file,
            path=("change", "watch"),
            key=True,
            message=f"a new {', '.join(lacking)} of a scanner is not noticed",
            expected="model, software, serial",
            found=", ".join(change.watch),
        )
    for name, scanner in c.plan.sites.scanners.items():
        wanted = ["software", "serial", "field"] if scanner.modality == "MR" else []
        unsaid = [w for w in wanted if getattr(scanner, w) is None]
        if unsaid:
            yield Flag(
                file=SITES,
                path=("scanners", name),
                key=True,
                message=f"{name} does not say its {', '.join(unsaid)}, so that no change of it is seen",
                expected=", ".join(wanted),
                found="not stated",
            )
        if scanner.field and not 0.05 <= scanner.field.to("T") <= 12:
            yield Flag(
                file=SITES,
                path=("scanners", name),
                key=True,
                message=f"{name} has {scanner.field}, which no scanner of people has",
                expected="0.05 T to 12 T",
                found=str(scanner.field),
            )


@check(
    code="QC.ACCREDITED_LIGHTLY",
    subdomain="qc.programme",
    severity=Severity.WARNING,
    finds="An accreditation that needs no phantom or no volunteer, that nothing waits for, or that holds for over three years or less than a month.",
    why="It is to show that the scanner makes the study's images of people, before the first participant's.",
    remedy="Write `needs: [phantom, volunteer_scan]`, `valid: 2 years`, `gates: booking`.",
)
def accredited_lightly(c: PlanUnderCheck) -> Iterator[Flag]:
    accreditation = c.plan.quality.accreditation
    if accreditation is None:
        return  # QC.NO_ACCREDITATION
    mr = any("MR" in m.modality for m in c.plan.imaging.values())
    phantoms = bool(c.plan.phantoms and c.plan.phantoms.phantoms)
    many = any(
        len(
            {
                s
                for s in site.scanners
                if c.plan.sites.scanners.get(s)
                and c.plan.sites.scanners[s].modality in ("MR", "CT", "PT")
            }
        )
        > 0
        for site in c.plan.sites.sites.values()
    )
    problems = [
        (
            phantoms and "phantom" not in accreditation.needs,
            "needs no phantom, though there are some",
            "needs: phantom",
        ),
        (
            mr and "volunteer_scan" not in accreditation.needs,
            "needs no scan of a volunteer",
            "needs: volunteer_scan",
        ),
        (
            accreditation.gates != "booking",
            "is waited for by nothing",
            "gates: booking",
        ),
        (
            not 1 <= accreditation.valid.to("month") <= 36,
            f"holds {accreditation.valid}",
            "valid: 2 years",
        ),
        (
            many and phantoms and accreditation.per == "site",
            "is of sites, while phantoms are of scanners",
            "per: scanner",
        ),
    ]
    for wrong, words, expected in problems:
        if wrong:
            yield Flag(
                file="quality.yaml",
                path=("accreditation",),
                key=True,
                message=f"accreditation {words}",
                expected=expected,
                found=", ".join(accreditation.needs),
            )


@check(
    code="SITE.OPENS_UNPREPARED",
    subdomain="setup.initiation",
    severity=Severity.WARNING,
    finds="Sites that may open without survey, documents, delegation, register or phantom that the plan asks of them, or without a contact in imaging.",
    why="Imaging staff are engaged and prepared before the first participant, or they learn of the study from the participant.",
    remedy="Add the step to `activation:`; name a role of the site under `contacts:`.",
)
def opens_unprepared(c: PlanUnderCheck) -> Iterator[Flag]:
    sites, quality = c.plan.sites, c.plan.quality
    asked = {
        "survey_accepted": bool(sites.survey),
        "documents_acknowledged": True,
        "delegation_complete": any(r.delegated for r in c.plan.people.roles.values()),
        "scanners_registered": bool(sites.scanners),
        "phantom_accepted": bool(
            quality.accreditation and "phantom" in quality.accreditation.needs
        ),
    }
    lacking = [
        step
        for step, needed in asked.items()
        if needed and step not in sites.activation
    ]
    if lacking:
        yield Flag(
            file=SITES,
            path=("activation",) if sites.activation else ("sites",),
            key=True,
            message=f"a site may open without {', '.join(lacking)}",
            expected=", ".join(lacking),
            found=", ".join(sites.activation) or "nothing",
        )
    for name, site in sites.sites.items():
        strangers = [
            x.role
            for x in site.contacts.values()
            if x.role in c.plan.people.roles
            and c.plan.people.roles[x.role].at != "site"
        ]
        if "imaging" not in site.contacts or strangers:
            yield Flag(
                file=SITES,
                path=("sites", name),
                key=True,
                message=f"{name} has {'no contact in imaging' if 'imaging' not in site.contacts else 'a contact who does not work there: ' + ', '.join(strangers)}",
                expected="contacts: {imaging: {role, how}}",
                found=", ".join(site.contacts) or "none",
            )
