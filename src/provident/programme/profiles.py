"""From the plan to the value that de-identifies: one profile for every site of a study."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from pydicom._uid_dict import UID_dictionary

from provident.deid import Action, Override, PrivateRule, Profile, Trial
from provident.deid.identifiers import fold
from provident.deid.profile import (
    SHIPPED_OVERRIDES,
    DeviceRegion,
    FaceRemoval,
    PlainDevice,
)
from provident.deid.vrs import is_standard, keywords
from provident.kernel import InvalidInput, PlanError
from provident.plan import Plan
from provident.plan.models.deidentification import (
    DeidentificationProfile,
    Deviation,
    Faces,
    TrialIdentity,
)
from provident.plan.nearest import did_you_mean
from provident.plan.quantities import Interval, convert


FILE = "deidentification.yaml"
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_TAG = re.compile(r"\(([0-9a-fA-F]{4}),([0-9a-fA-F]{4})\)")
_UID = re.compile(r"\d+(\.\d+)+")


def deid_profile(plan: Plan, site_id: str) -> Profile:
    """The profile by which a site's files are de-identified.

    Raises:
        PlanError: attributes, SOP classes or the site are not known; all problems at once.
    """
    told = plan.deidentification.deidentification
    problems = list(profile_problems(plan))
    if site_id not in plan.sites.sites:
        problems.append(
            f'there is no site "{site_id}"{did_you_mean(site_id, plan.sites.sites)}'
        )
    if problems:
        raise PlanError(f"{FILE}: " + "; ".join(problems))
    shift = told.dates.shift
    return Profile(
        id=told.id,
        version=str(told.version),
        options=frozenset(told.standard.options),
        overrides=(*SHIPPED_OVERRIDES, *(_override(d) for d in told.overrides)),
        private=tuple(_private(told)),
        trial=_trial(told.trial, plan, site_id),
        date_shift=shift.days if shift else (-3650, -30),
        keep_time=told.dates.keep_time,
        birth_date=_birth_date(told),
        age_cap=told.subject.age.cap,
        comments=told.text.comments,
        text=told.text.unapproved,
        approved=_approved(plan, told.text.approved),
        documents=told.documents.encapsulated_pdf,
        examine=frozenset(told.pixels.examine),
        series_once=frozenset(told.pixels.series_once),
        keep_text=told.pixels.keep_text,
        burned_in=told.pixels.found,
        regions=tuple(_regions(plan, told.pixels.regions)),
        plain=tuple(
            PlainDevice(make=d.make, model=d.model, why=d.why)
            for d in told.pixels.plain
        ),
        faces=frozenset(told.faces.when.body_part) if told.faces else frozenset(),
        face_removal=_face_removal(plan, told.faces),
    )


def profile_problems(plan: Plan) -> Iterator[str]:
    """What the profile names that DICOM does not know, in words."""
    told = plan.deidentification.deidentification
    for deviation in told.overrides:
        if _tag(deviation.tag) is None:
            near = did_you_mean(deviation.tag, keywords())
            yield f'no attribute is called "{deviation.tag}"{near}'
        if deviation.sop_class and not _sop_class(deviation.sop_class):
            near = did_you_mean(deviation.sop_class, _sop_classes())
            yield f'no SOP class is called "{deviation.sop_class}"{near}'
    if told.faces:
        yield from _face_problems(plan, told.faces)
    approved = told.text.approved
    if approved and approved not in plan.files:
        yield f'the list of approved values "{approved}" is not in the plan\'s folder'


def timepoint_id(plan: Plan, visit_id: str) -> str:
    """What (0012,0050) says of a visit."""
    told = plan.deidentification.deidentification.trial.timepoint
    visit = plan.study.visits[visit_id]
    return _fill(told, {"visit.id": visit_id, "visit.label": visit.label or visit_id})


def _override(deviation: Deviation) -> Override:
    tag = _tag(deviation.tag)
    assert tag is not None  # profile_problems has looked
    return Override(
        tag=tag,
        action=Action(deviation.action),
        why=deviation.why,
        sop_class=_sop_class(deviation.sop_class) if deviation.sop_class else "",
    )


def _tag(name: str) -> int | None:
    match = _TAG.fullmatch(name)
    if match is None:
        return keywords().get(name)
    tag = int(match[1] + match[2], 16)
    return tag if is_standard(tag) else None


def _sop_classes() -> Mapping[str, str]:
    return {
        entry[0]: uid
        for uid, entry in UID_dictionary.items()
        if entry[1] == "SOP Class"
    }


def _sop_class(name: str) -> str:
    return name if _UID.fullmatch(name) else _sop_classes().get(name, "")


def _private(told: DeidentificationProfile) -> Iterator[PrivateRule]:
    for rule in told.private:
        for element in rule.elements:
            yield PrivateRule(
                rule.creator, rule.group, element, rule.vr or "", why=rule.why
            )


def _face_problems(plan: Plan, told: Faces) -> Iterator[str]:
    for name in ("left", "brain_lost") if told.verify else ():
        if not 0 <= _share(getattr(told.verify, name)) < 1:
            yield f"faces.verify.{name} is an upper bound below 100 %, such as <= 5 %"
    if told.template is None:
        return
    if told.template not in plan.files:
        yield f'the template head "{told.template}" is not in the plan\'s folder'
        return
    from provident.deid.faces.template import read

    try:
        read(plan.files[told.template])
    except InvalidInput as error:
        yield f"{told.template}: {error}"


def _face_removal(plan: Plan, told: Faces | None) -> FaceRemoval:
    if told is None:
        return FaceRemoval()
    limits = (
        FaceRemoval()
        if told.verify is None
        else FaceRemoval(
            left=_share(told.verify.left), brain_lost=_share(told.verify.brain_lost)
        )
    )
    own = plan.files[told.template] if told.template else b""
    return replace(limits, remove=told.remove, template=own)


def _share(limit: Interval) -> float:
    return convert(limit.high, limit.unit, "%") / 100


def _birth_date(told: DeidentificationProfile) -> str:
    keep = told.subject.birth_date
    if keep is None:
        return "remove"
    return "year" if keep.keep == "year" else "shift"


def _trial(told: TrialIdentity, plan: Plan, site_id: str) -> Trial:
    words = {
        "study.sponsor": plan.study.sponsor,
        "study.id": plan.study.id,
        "study.title": plan.study.title,
        "site.id": site_id,
    }
    return Trial(
        sponsor=_fill(told.sponsor, words),
        protocol=_fill(told.protocol, words),
        protocol_name=_fill(told.protocol_name or "", words),
        site=_fill(told.site, words),
        site_name=_fill(told.site_name or "", words),
    )


def _fill(text: str, words: Mapping[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda m: words.get(m[1], ""), text)


_REGION = ("rows", "columns", "left", "top", "right", "bottom")


def _regions(plan: Plan, name: str | None) -> Iterator[DeviceRegion]:
    """Where devices show their settings, from a CSV file of the plan's folder.

    Without the file no region is known, and all text makes an image wait.

    Raises:
        PlanError: a line of the file is no region.
    """
    file = next((f for f in (name, f"{name}.csv") if name and f in plan.files), None)
    if file is None:
        return
    text = plan.files[file].decode("utf-8-sig")
    for number, row in enumerate(csv.DictReader(io.StringIO(text)), 2):
        try:
            yield DeviceRegion(
                make=row["make"].strip(),
                model=row["model"].strip(),
                **{key: int(row[key]) for key in _REGION},
            )
        except (KeyError, ValueError, TypeError, AttributeError):
            columns = ", ".join(("make", "model", *_REGION))
            raise PlanError(
                f"{file}:{number}: this is no region; its columns are {columns}, in whole pixels inside the image"
            ) from None


def _approved(plan: Plan, name: str | None) -> frozenset[str]:
    """The values of the list, folded: of its column `value`, or of its first column."""
    if name is None:
        return frozenset()
    rows = list(csv.reader(io.StringIO(plan.files[name].decode("utf-8-sig"))))
    heading = [cell.strip().casefold() for cell in rows[0]] if rows else []
    column = heading.index("value") if "value" in heading else 0
    told = rows[1:] if "value" in heading else rows
    return frozenset(fold(row[column].strip()) for row in told if len(row) > column)
