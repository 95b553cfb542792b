"""Checks on the de-identification profile against what the study needs."""

from __future__ import annotations

from collections.abc import Iterator

from provident.kernel import Severity
from provident.plan.places import Path
from provident.programme.checks.dose import ionising
from provident.programme.checks.registry import Flag, PlanUnderCheck, check


FILE = "deidentification.yaml"
TOP = "deidentification"
OPTIONS = (TOP, "standard", "options")

CLEAN_STRUCTURED_CONTENT = 113104  # PS3.15 Table E.1-1, options of the Basic Profile
CLEAN_DESCRIPTORS = 113105
FULL_DATES = 113106


def _options(c: PlanUnderCheck) -> tuple[int, ...]:
    return tuple(c.plan.deidentification.deidentification.standard.options)


def _listed(c: PlanUnderCheck) -> str:
    return ", ".join(map(str, _options(c))) or "no options"


@check(
    code="DEID.DOSE_REMOVED",
    subdomain="acquisition.deidentification",
    finds="A profile that removes the dose reports which the dose constraint is watched by.",
    why="The constraint could then never be held against what was given.",
    remedy="Use option 113104 (clean structured content) or an override that cleans ContentSequence of dose reports.",
)
def dose_removed(c: PlanUnderCheck) -> Iterator[Flag]:
    watched = [e for e, m in ionising(c) if m.exposure and m.exposure.constraint]
    kept = any(
        "Dose" in (o.sop_class or "") and o.action in ("clean", "keep")
        for o in c.plan.deidentification.deidentification.overrides
    )
    if watched and not kept and CLEAN_STRUCTURED_CONTENT not in _options(c):
        yield Flag(
            file=FILE,
            path=OPTIONS,
            message=f"dose reports of {', '.join(watched)} are removed, but their dose is held against a constraint",
            expected="option 113104, or an override for dose reports",
            found=_listed(c),
        )


@check(
    code="DEID.DATES_TOLD",
    subdomain="reading.methods",
    severity=Severity.WARNING,
    finds="A profile that keeps full dates where readers are blind to them.",
    why="Reading copies carry no dates, but everyone else with the images sees the order.",
    remedy="Use option 113107 (modified dates) with a shift for each participant.",
)
def dates_told(c: PlanUnderCheck) -> Iterator[Flag]:
    blind = [e for e, d in c.plan.reading.items() if "dates" in d.hide]
    if blind and FULL_DATES in _options(c):
        yield Flag(
            file=FILE,
            path=OPTIONS,
            message=f"the images keep their dates, but readers of {', '.join(blind)} must not know them",
            expected="option 113107",
            found="option 113106",
        )


@check(
    code="DEID.DESCRIPTION_REMOVED",
    subdomain="acquisition.deidentification",
    finds="A profile that removes the descriptions by which the manual recognises series.",
    why="Every series would arrive unrecognised.",
    remedy="Use option 113105 and `text.descriptors: clean`, or match by other facts.",
)
def description_removed(c: PlanUnderCheck) -> Iterator[Flag]:
    by_words = [
        f"{exam}.{role}"
        for exam, manual in c.plan.imaging.items()
        for role, series in manual.series.items()
        if "description" in series.match.rules()
    ]
    descriptors = c.plan.deidentification.deidentification.text.descriptors
    if by_words and (CLEAN_DESCRIPTORS not in _options(c) or descriptors == "remove"):
        yield Flag(
            file=FILE,
            path=(TOP, "text", "descriptors"),
            message=f"descriptions are removed, but {', '.join(by_words)} are recognised by them",
            expected="option 113105 and descriptors: clean",
            found=f"{_listed(c)}; descriptors: {descriptors}",
        )


@check(
    code="DEID.UNKNOWN_NAME",
    subdomain="acquisition.deidentification",
    finds="A profile that names an attribute or a SOP class that does not exist.",
    why="The deviation would never apply, and nobody would notice.",
    remedy="Correct the name; attributes and SOP classes are called as in PS3.6.",
)
def unknown_name(c: PlanUnderCheck) -> Iterator[Flag]:
    from provident.programme.profiles import profile_problems

    overrides = c.plan.deidentification.deidentification.overrides
    for words in profile_problems(c.plan):
        for i, deviation in enumerate(overrides):
            for key in ("tag", "sop_class"):
                if f'called "{getattr(deviation, key)}"' in words:
                    at: Path = (TOP, "overrides", i, key)
                    yield Flag(
                        file=FILE, path=at, message=words, expected="a name of PS3.6"
                    )


_NAMES = ("PatientName", "PatientID", "OtherPatientIDs", "OtherPatientNames", "PatientBirthName", "PatientBirthDate", "PatientAddress", "PatientTelephoneNumbers", "PatientComments", "AccessionNumber", "StudyID", "IssuerOfPatientID", "InstitutionName", "ReferringPhysicianName", "PerformingPhysicianName", "OperatorsName", "ImageComments", "AdditionalPatientHistory", "AdmissionID", "MedicalRecordLocator")  # fmt: skip


@check(
    code="DEID.NAME_KEPT",
    subdomain="acquisition.deidentification",
    finds="A deviation that keeps an attribute which names the person, the staff or the hospital's record.",
    why="Readers of a pathway were shown images under study numbers only (PROVIDENT, example C).",
    remedy="Take the deviation out; what the study needs of it has a study number.",
)
def name_kept(c: PlanUnderCheck) -> Iterator[Flag]:
    for i, deviation in enumerate(c.plan.deidentification.deidentification.overrides):
        if deviation.tag in _NAMES and deviation.action == "keep":
            yield Flag(
                file=FILE,
                path=(TOP, "overrides", i, "action"),
                message=f"{deviation.tag} is kept, which names somebody",
                expected="remove, or no deviation",
                found="keep",
            )
