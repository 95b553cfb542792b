"""Checks on ionising exposures."""

from __future__ import annotations

from collections.abc import Iterator

from provident.kernel import ProvidentError, Severity
from provident.plan.models.imaging import ImagingManual
from provident.plan.models.imaging_dose import DOSES, DoseLimit
from provident.plan.quantities import convert
from provident.programme.checks.registry import Flag, PlanUnderCheck, check
from provident.programme.ionising import exposes


def ionising(c: PlanUnderCheck) -> Iterator[tuple[str, ImagingManual]]:
    """The exams that use ionising radiation."""
    for exam, manual in c.plan.imaging.items():
        if exposes(manual):
            yield exam, manual


@check(
    code="DOSE.NOT_STATED",
    subdomain="acquisition.dose",
    finds="An exam with ionising radiation that does not say on what grounds it is made.",
    why="Each exposure is research or routine, approved and justified, or it may not be made.",
    remedy="Add `exposure:` with kind, approval, justified_by, expert and constraint.",
)
def not_stated(c: PlanUnderCheck) -> Iterator[Flag]:
    for exam, manual in ionising(c):
        if manual.exposure is None:
            yield Flag(
                file=c.file("imaging", exam),
                path=("modality",),
                message=f"{exam} uses ionising radiation and has no exposure",
                expected="exposure: kind, approval, constraint",
                found="none",
            )


@check(
    code="DOSE.NOT_JUSTIFIED",
    subdomain="acquisition.dose",
    finds="A research exposure without approval, practitioner, expert or constraint.",
    why="Research exposures need an approval, a practitioner who justifies, a medical physics expert and a constraint.",
    remedy="Add what is missing to `exposure:`.",
)
def not_justified(c: PlanUnderCheck) -> Iterator[Flag]:
    for exam, manual in ionising(c):
        exposure = manual.exposure
        if exposure is None or exposure.kind != "research":
            continue
        needed = ("approval", "justified_by", "expert", "constraint")
        lacking = [n for n in needed if getattr(exposure, n) is None]
        if lacking:
            yield Flag(
                file=c.file("imaging", exam),
                path=("exposure",),
                key=True,
                message=f"the research exposure of {exam} has no {', '.join(lacking)}",
                expected=", ".join(needed),
                found=", ".join(n for n in needed if n not in lacking) or "none",
            )


@check(
    code="DOSE.OVER_CONSTRAINT",
    subdomain="acquisition.dose",
    finds="Planned exposures that together are above the participant's constraint.",
    why="Every participant would pass the dose that the ethics committee approved.",
    remedy="Plan fewer exposures or repeats, lower the expected dose, or have a higher constraint approved.",
)
def over_constraint(c: PlanUnderCheck) -> Iterator[Flag]:
    for exam, manual in ionising(c):
        constraint = manual.exposure.constraint if manual.exposure else None
        if (
            manual.exposure is None
            or constraint is None
            or constraint.participant is None
        ):
            continue
        limit, file = constraint.participant, c.file("imaging", exam)
        visits = sum(exam in v.imaging for v in c.plan.study.visits.values())
        one = _comparable(limit, manual.exposure.expected, constraint.exam)
        path = ("exposure", "constraint", "participant")
        if one is None:
            yield Flag(
                file=file,
                path=path,
                severity=Severity.WARNING,
                message=f"the planned dose of {exam} cannot be held against the constraint ({limit.text}): no expected dose in the same quantity",
                expected=f"exposure.expected: {limit.name} <= ...",
                found="none",
                remedy=f"State the expected dose of one exam as {limit.name}.",
            )
            continue
        planned = visits * (1 + constraint.repeats) * _base(one)
        if planned > _base(limit) * (1 + 1e-9):
            unit = DOSES[limit.name]
            yield Flag(
                file=file,
                path=path,
                message=f"{visits} visits with {constraint.repeats} repeat(s) each of {one.text} make {planned:.4g} {unit}, above {limit.text}",
                expected=limit.text,
                found=f"{planned:.4g} {unit}",
            )


def _comparable(limit: DoseLimit, *stated: DoseLimit | None) -> DoseLimit | None:
    return next((d for d in stated if d and d.name == limit.name), None)


def _base(dose: DoseLimit) -> float:
    return convert(dose.limit.high, dose.limit.unit, DOSES[dose.name])


@check(
    code="DOSE.NO_PRACTITIONER",
    subdomain="acquisition.dose",
    finds="Ionising research exams in a study in which no role decides on justification.",
    why="A repeat exposure needs a practitioner's justification, whoever asks for it.",
    remedy="Add a role with `decides: [justification]` to people.yaml.",
)
def no_practitioner(c: PlanUnderCheck) -> Iterator[Flag]:
    research = [
        e for e, m in ionising(c) if m.exposure and m.exposure.kind == "research"
    ]
    decides = any("justification" in r.decides for r in c.plan.people.roles.values())
    if research and not decides:
        yield Flag(
            file="people.yaml",
            path=("roles",),
            key=True,
            message=f"no role decides on the justification of {', '.join(research)}",
            expected="a role with decides: [justification]",
            found="none",
        )


@check(
    code="DOSE.FACTORS",
    subdomain="acquisition.dose",
    finds="`k_factors` that name neither a set that ships nor a file of the plan, or a table that cannot be used.",
    why="Without the factors that the medical physics expert approved, the effective dose of every exam stays unknown.",
    remedy="Name a set that ships, or put a CSV of factors into the plan's folder and name it.",
)
def factors(c: PlanUnderCheck) -> Iterator[Flag]:
    from provident.programme.exposures import factors_of  # reads DICOM: only here

    for exam, manual in ionising(c):
        named = manual.exposure.k_factors if manual.exposure else None
        if named is None:
            continue
        try:
            factors_of(c.plan, exam)
        except ProvidentError as error:
            found = getattr(error, "findings", ())
            wrong = "; ".join(f.message for f in found) or str(error)
            # "user table" promises a table that is still to come; a wrong name is an error.
            promised = named.casefold() == "user table"
            yield Flag(
                file=c.file("imaging", exam),
                path=("exposure", "k_factors"),
                severity=Severity.WARNING if promised else None,
                message=f"the effective dose of {exam} cannot be reckoned: {wrong.rstrip('.')}",
                expected="a set that ships, or a CSV of the plan",
                found=named,
            )
