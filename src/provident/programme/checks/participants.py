"""Checks on what the study asks of participants, what they agree to, and how they leave."""

from __future__ import annotations

from collections.abc import Iterator

from provident.kernel import Severity
from provident.plan.models.consent import Consent
from provident.programme.checks.consent import CONSENT, covered
from provident.programme.checks.journeys import images
from provident.programme.checks.registry import Flag, PlanUnderCheck, check
from provident.programme.checks.visits import STUDY
from provident.programme.visits import window_days


@check(
    code="CONSENT.NOT_ASKED",
    subdomain="ethics.consent",
    finds="A study that does not ask for taking part, for keeping images after it, or for how many years.",
    why="Images are kept long after the last visit; that is a use of its own, with an end.",
    remedy="Add options with `required: true`, one of them with `covers: [archive]` and `years:`.",
)
def not_asked(c: PlanUnderCheck) -> Iterator[Flag]:
    consent = c.plan.consent
    if consent is None:
        return
    options = dict(consent.options)
    problems = []
    if not any(
        o.required and not o.covers and n not in ("store_images",)
        for n, o in options.items()
    ):
        problems.append(
            ("no required option is about taking part", "take_part: {required: true}")
        )
    if "archive" not in covered(options):
        problems.append(
            (
                "nobody is asked whether images may be kept",
                "an option that covers archive",
            )
        )
    elif not any("archive" in covered({n: o}) and o.years for n, o in options.items()):
        problems.append(
            ("nobody is told for how many years images are kept", "years: 25")
        )
    for words, expected in problems:
        yield Flag(
            file=CONSENT,
            path=("options",),
            key=True,
            message=words,
            expected=expected,
            found=", ".join(options),
        )


@check(
    code="CONSENT.NOT_MACHINE_READABLE",
    subdomain="ethics.consent",
    severity=Severity.WARNING,
    finds="Consent to sharing or later research without the terms by which a repository can filter, or not asked at all.",
    why="Funders and journals ask for sharing; images whose consent cannot be read by a machine are shared with nobody, or with everybody.",
    remedy="Add options that cover share and future_research, with terms of the Data Use Ontology: `duo: [GRU]`.",
)
def not_machine_readable(c: PlanUnderCheck) -> Iterator[Flag]:
    consent = c.plan.consent
    if consent is None:
        return
    for use in ("share", "future_research"):
        asking = {n: o for n, o in consent.options.items() if use in covered({n: o})}
        if not asking:
            yield Flag(
                file=CONSENT,
                path=("options",),
                key=True,
                message=f"participants are not asked about {use.replace('_', ' ')}",
                expected=f"an option that covers {use}",
                found=", ".join(consent.options),
            )
        for name, option in asking.items():
            if not option.duo or (
                use == "share" and len(option.duo) < 2 and option.duo != ("NRES",)
            ):
                yield Flag(
                    file=CONSENT,
                    path=("options", name),
                    key=True,
                    message=f"{name} has no terms that say for {'what and for whom' if use == 'share' else 'what'}",
                    expected="duo: [GRU, NPUNCU]" if use == "share" else "duo: [GRU]",
                    found=", ".join(option.duo) or "none",
                )


@check(
    code="CONSENT.COMPANY_UNCOVERED",
    subdomain="ethics.consent",
    finds="Images that go to a company which decides for itself what to do with them, without consent to commercial use.",
    why="A processor works on the study's instructions; a company that is controller or recipient does not.",
    remedy="Make it a processor, or ask participants.",
)
def company_uncovered(c: PlanUnderCheck) -> Iterator[Flag]:
    flows = c.plan.flows
    if flows is None or (
        c.plan.consent and "commercial" in covered(dict(c.plan.consent.options))
    ):
        return
    for name, organisation in flows.organisations.items():
        holds = [
            s for s in flows.stores.values() if s.at == name and images(flows, s.holds)
        ]
        if (
            organisation.kind == "company"
            and organisation.role != "processor"
            and (holds or organisation.people_of(name))
        ):
            yield Flag(
                file="flows.yaml",
                path=("organisations", name),
                key=True,
                message=f"{name} is a company and {organisation.role} of images, and no consent option covers commercial use",
                expected="role: processor, or an option that covers commercial",
                found=organisation.role,
            )


def _levels(consent: Consent) -> set[str]:
    return {w.images.split()[0] for w in consent.withdrawal.values()}


@check(
    code="CONSENT.WITHDRAWAL_PARTIAL",
    subdomain="ethics.consent",
    severity=Severity.WARNING,
    finds="Withdrawal without a level between staying and erasing, or an erasure that says nothing of backups, shared copies, or who decides.",
    why="Participants who want no more visits may still let their images be used; backups and copies outlive an erasure that forgot them.",
    remedy="Plan three levels (images: keep, quarantine, erase); give the last `backups:`, `shared:` and `decided_by:`.",
)
def withdrawal_partial(c: PlanUnderCheck) -> Iterator[Flag]:
    consent = c.plan.consent
    if consent is None or not consent.withdrawal:
        return  # CONSENT.NO_WITHDRAWAL
    lacking = [
        lv for lv in ("keep", "quarantine", "erase") if lv not in _levels(consent)
    ]
    if lacking:
        yield Flag(
            file=CONSENT,
            path=("withdrawal",),
            key=True,
            message=f"no level of withdrawal has images: {' or '.join(lacking)}",
            expected="keep, quarantine and erase",
            found=", ".join(consent.withdrawal),
        )
    for name, level in consent.withdrawal.items():
        if level.images.startswith("erase"):
            silent = [
                n for n in ("backups", "shared", "decided_by") if not getattr(level, n)
            ]
            if silent:
                yield Flag(
                    file=CONSENT,
                    path=("withdrawal", name),
                    key=True,
                    message=f"{name} erases images and does not say {', '.join(silent)}",
                    expected="backups, shared, decided_by",
                    found="not stated",
                )
        if level.new_reads and not level.images.startswith("keep"):
            yield Flag(
                file=CONSENT,
                path=("withdrawal", name, "new_reads"),
                message=f"{name} takes images out of use and still lets them be read",
                expected="no",
                found="yes",
                severity=Severity.ERROR,
            )


# -- burden and losses --------------------------------------------------------------------


@check(
    code="VISIT.BURDEN",
    subdomain="recruitment.barriers",
    severity=Severity.WARNING,
    finds="Visits of unknown burden, that are not combined with the clinic's, that cost participants money, or over a day of travel.",
    why="Fewer visits, shorter ways and payment keep people in a study (PROVIDENT, recruitment).",
    remedy="Add `burden: {with_clinic, travel, paid}`; combine the visit with a clinic visit, pay for the way, or waive this with the reason.",
)
def burden(c: PlanUnderCheck) -> Iterator[Flag]:
    for name, visit in c.plan.study.visits.items():
        asked = visit.burden
        minutes = sum(
            c.plan.imaging[e].minutes for e in visit.imaging if e in c.plan.imaging
        )
        if asked is None or asked.travel is None:
            problem = (
                "does not say what it asks of participants"
                if asked is None
                else "does not say how far participants travel"
            )
        elif not asked.with_clinic:
            problem = "is a way of its own, not combined with a clinic visit"
        elif not asked.paid:
            problem = "is paid by participants themselves"
        elif asked.travel + minutes > 8 * 60:
            problem = f"takes {(asked.travel + minutes) / 60:.0f} hours of travel and scanning"
        else:
            continue
        yield Flag(
            file=STUDY,
            path=("visits", name),
            key=True,
            message=f"{name} {problem}",
            expected="burden: with_clinic, travel, paid",
            found=str(asked.travel) if asked else "not stated",
        )


@check(
    code="RECRUIT.LOSSES",
    subdomain="recruitment.barriers",
    severity=Severity.WARNING,
    finds="Imaging that excludes a quarter of people or more, or losses that leave fewer than two thirds at the last visit.",
    why="What is then studied is another population than the one that was meant; outcomes at the last visit have no power.",
    remedy="Change the imaging, offer an alternative, recruit more, or correct the figure.",
)
def losses(c: PlanUnderCheck) -> Iterator[Flag]:
    study = c.plan.study
    excluded = sum(e.expected.value for e in study.population.exclude_by_imaging)
    if excluded >= 25:
        yield Flag(
            file=STUDY,
            path=("population", "exclude_by_imaging"),
            key=True,
            message=f"imaging excludes {excluded:.0f} % of people together",
            expected="less than 25 %",
            found=f"{excluded:.0f} %",
        )
    if study.recruitment is None:
        yield Flag(
            file=STUDY,
            path=("population",),
            key=True,
            message="nothing says how fast people will join, or what makes it easier for them",
            expected="recruitment: forecast, measures, involvement",
            found="none",
        )
        return
    if not study.recruitment.measures:
        yield Flag(
            file=STUDY,
            path=("recruitment",),
            key=True,
            message="nothing is done to make the imaging easier for participants",
            expected="measures",
            found="none",
        )
    forecast = study.recruitment.forecast
    years = (
        max(window_days(v)[1] for v in study.visits.values())
        - min(window_days(v)[0] for v in study.visits.values())
    ) / 365.25
    per = forecast.drop_out.per[0] if forecast.drop_out.per else "year"
    lost = forecast.drop_out.value * years * (12 if per.startswith("month") else 1)
    left = (100 - min(lost, 100)) * (100 - forecast.scan_missed.value) / 100
    if left < 200 / 3:
        yield Flag(
            file=STUDY,
            path=("recruitment", "forecast"),
            key=True,
            message=f"about {left:.0f} % of participants will have their last scan",
            expected="two thirds or more",
            found=f"{left:.0f} %",
        )


@check(
    code="STUDY.DESIGN_CONTRADICTS",
    subdomain="reading.methods",
    severity=Severity.WARNING,
    finds="A design that its arms, blinding or anchor contradict, such as a trial without arms or a cohort with some.",
    why="Blinding, unblinding and the day 0 of every window follow from the design.",
    remedy="Correct `kind:`, `arms:`, `blinded_to:` or `anchor:`.",
)
def design_contradicts(c: PlanUnderCheck) -> Iterator[Flag]:
    study = c.plan.study
    arms = len(study.arms)
    problems = [
        (study.kind == "trial" and arms < 2, ("kind",), f"a trial with {arms} arms"),
        (
            study.kind in ("cohort", "diagnostic accuracy", "reader study")
            and arms > 1,
            ("kind",),
            f"a {study.kind} with {arms} arms",
        ),
        (
            arms < 2 and bool(study.blinded_to.arm),
            ("blinded_to",),
            "roles are blind to an arm that does not exist",
        ),
        (
            arms < 2 and study.anchor == "randomisation",
            ("anchor",),
            "windows count from a randomisation that does not take place",
        ),
        (
            study.kind == "trial"
            and arms > 1
            and study.anchor == "enrolment"
            and any(window_days(v)[1] <= 0 for v in study.visits.values()),
            ("anchor",),
            "a visit lies before the day on which participants are enrolled",
        ),
    ]
    for wrong, path, words in problems:
        if wrong:
            there = path[0] in c.loaded.documents["study.yaml"]
            yield Flag(
                file=STUDY,
                path=path if there else ("title",),
                key=True,
                message=words,
                expected="a design, arms and anchor that fit",
                found=study.kind,
            )


@check(
    code="STUDY.SCANNING_ROLE_NOT_BLIND",
    subdomain="reading.methods",
    severity=Severity.WARNING,
    finds="A blinded trial in which participants, or those who scan, score or check images, may know the arm.",
    why="Who knows the arm positions, repeats and accepts in its light; participants drop out in its light.",
    remedy="Name them under blinded_to.arm, or waive this with the reason (an open trial).",
)
def scanning_role_not_blind(c: PlanUnderCheck) -> Iterator[Flag]:
    study = c.plan.study
    if len(study.arms) < 2 or not study.blinded_to.arm:
        return
    scans = {
        m.read_at_scan.by if m.read_at_scan else m.owner
        for m in c.plan.imaging.values()
    }
    seeing = sorted((scans | {"participant"}) - set(study.blinded_to.arm))
    if seeing:
        yield Flag(
            file=STUDY,
            path=("blinded_to", "arm"),
            key=True,
            message=f"{', '.join(seeing)} may know the arm",
            expected=f"{', '.join(seeing)} under blinded_to.arm",
            found=", ".join(study.blinded_to.arm),
        )
