"""Checks that the parts of a de-identification profile agree: options, subject, words, times, pixels."""

from __future__ import annotations

import re
from collections.abc import Iterator

from provident.kernel import Severity
from provident.plan.places import Path
from provident.programme.checks.deidentification import FILE, OPTIONS, TOP
from provident.programme.checks.registry import Flag, PlanUnderCheck, check


CLEAN_PIXELS, CLEAN_GRAPHICS, CHARACTERISTICS, SAFE_PRIVATE = 113101, 113103, 113108, 113111  # PS3.16 CID 7050  # fmt: skip
_TIMED = ("time_after_injection", "uptake_time")
_WORDS = re.compile(r"(Description|Comments?|Name|History|Notes?|Label|Reason.*)$")
SLICES = frozenset({"MR", "CT", "PT", "NM"})


def _said(c: PlanUnderCheck, *path: str) -> bool:
    """Whether the file itself says something at a path below the profile."""
    at = c.loaded.documents[FILE][TOP]
    for step in path:
        if not isinstance(at, dict) or step not in at:
            return False
        at = at[step]
    return True


@check(
    code="DEID.OPTION_CONTRADICTS",
    subdomain="acquisition.deidentification",
    finds="A profile that says what becomes of something which its options remove, or keeps an option that nothing uses.",
    why="The software follows the options; the words were what the data protection officer agreed to.",
    remedy="Add the option of PS3.15, or take out what it is for.",
)
def option_contradicts(c: PlanUnderCheck) -> Iterator[Flag]:
    profile = c.plan.deidentification.deidentification
    options = set(profile.standard.options)
    needs = (
        (_said(c, "subject", "birth_date") or _said(c, "subject", "age"), CHARACTERISTICS, "ages and the year of birth are kept"),
        (_said(c, "documents", "presentation_states"), CLEAN_GRAPHICS, "presentation states are cleaned"),
        (_said(c, "pixels"), CLEAN_PIXELS, "pixels are looked at for text"),
        (SAFE_PRIVATE in options and not profile.private, SAFE_PRIVATE, ""),
        (_said(c, "text", "descriptors") and profile.text.descriptors == "clean", 113105, "descriptions are cleaned"),
    )  # fmt: skip
    for said, option, words in needs:
        if said and not words:
            yield Flag(
                file=FILE,
                path=OPTIONS,
                message="safe private elements are kept by the options, and the profile names none",
                expected=f"private: the elements, or no option {option}",
                found="none",
            )
        elif said and option not in options:
            yield Flag(
                file=FILE,
                path=OPTIONS,
                message=f"{words} by the profile, and removed by its options",
                expected=f"option {option}",
                found=", ".join(map(str, sorted(options))) or "no options",
            )


@check(
    code="DEID.TIME_REMOVED",
    subdomain="acquisition.deidentification",
    finds="Times of the day that are removed, while the manual asks for a time after injection, an uptake time or an order of series.",
    why="Minutes after contrast or tracer are computed from times; without them no scan can be judged.",
    remedy="Write `dates: {keep_time: true}`, or take the rule out.",
)
def time_removed(c: PlanUnderCheck) -> Iterator[Flag]:
    if c.plan.deidentification.deidentification.dates.keep_time:
        return
    asked = [
        f"{exam}.{role}"
        for exam, manual in c.plan.imaging.items()
        for role, series in manual.series.items()
        if set(_TIMED) & (set(series.require.rules()) | set(series.match.rules()))
    ] + [exam for exam, manual in c.plan.imaging.items() if manual.order]
    if asked:
        yield Flag(
            file=FILE,
            path=(TOP, "dates", "keep_time"),
            message=f"times are removed, and {', '.join(asked)} is judged by them",
            expected="keep_time: true",
            found="false",
        )


@check(
    code="DEID.AGE_TOLD",
    subdomain="acquisition.deidentification",
    severity=Severity.WARNING,
    finds="Ages that are told above 89, or changed below 70, a whole date of birth, or people whose age nobody knows afterwards.",
    why="The very old are few enough to be known by their age; a cap on common ages falsifies the analysis; the year of birth is enough for it.",
    remedy="Write `subject: {birth_date: {keep: year}, age: {cap: 89}}`.",
)
def age_told(c: PlanUnderCheck) -> Iterator[Flag]:
    subject = c.plan.deidentification.deidentification.subject
    problems: list[tuple[Path, str, str]] = []
    if not 70 <= subject.age.cap <= 89:
        problems.append(((TOP, "subject", "age"), f"ages are told up to {subject.age.cap}", "cap: 89"))  # fmt: skip
    if subject.birth_date and subject.birth_date.keep != "year":
        problems.append(((TOP, "subject", "birth_date"), "the whole date of birth is kept, if shifted", "keep: year"))  # fmt: skip
    if subject.birth_date is None and CHARACTERISTICS in c.plan.deidentification.deidentification.standard.options:  # fmt: skip
        problems.append(((TOP, "subject"), "the profile keeps what people are like and no year of birth", "birth_date: {keep: year}"))  # fmt: skip
    for path, words, expected in problems:
        yield Flag(
            file=FILE,
            path=path if _said(c, *map(str, path[1:])) else (TOP,),
            key=True,
            message=words,
            expected=expected,
            found="not so",
        )


@check(
    code="DEID.WORDS_KEPT",
    subdomain="acquisition.deidentification",
    severity=Severity.WARNING,
    finds="Free text that stays as it was typed: comments that are only cleaned, without a list of approved values, or a deviation that keeps words.",
    why="People type names, dates and numbers where a protocol's name should be.",
    remedy="Write `comments: remove` and `action: clean`, or list approved values under `text.approved:`.",
)
def words_kept(c: PlanUnderCheck) -> Iterator[Flag]:
    profile = c.plan.deidentification.deidentification
    if profile.text.comments == "clean" and profile.text.approved is None:
        yield Flag(
            file=FILE,
            path=(TOP, "text", "comments"),
            message="comments are kept and cleaned, and no list says which words may stay",
            expected="comments: remove, or approved: approved-values.csv",
            found="clean",
        )
    for i, deviation in enumerate(profile.overrides):
        if deviation.action == "keep" and _WORDS.search(deviation.tag):
            yield Flag(
                file=FILE,
                path=(TOP, "overrides", i, "action"),
                message=f"{deviation.tag} is kept as it was typed",
                expected="clean",
                found="keep",
            )
        if deviation.action in ("dummy", "hash") and "manual" in deviation.why:
            yield Flag(
                file=FILE,
                path=(TOP, "overrides", i, "action"),
                message=f"{deviation.tag} is wanted by the manual, and replaced",
                expected="clean",
                found=deviation.action,
            )


@check(
    code="DEID.PIXELS_UNSEEN",
    subdomain="acquisition.deidentification",
    severity=Severity.WARNING,
    finds="Images of a modality that burns in names, which the profile does not look at.",
    why="Ultrasound and secondary captures carry the patient's name in the picture; no header tells.",
    remedy="Name the modality, `derived` and `other` under `pixels.examine:`.",
)
def pixels_unseen(c: PlanUnderCheck) -> Iterator[Flag]:
    told = set(c.plan.deidentification.deidentification.pixels.examine)
    modalities = {m for x in c.plan.imaging.values() for m in x.modality}
    unseen = sorted(m for m in modalities - SLICES if not told & {m, "other"})
    lacking = unseen + [w for w in ("derived",) if w not in told]
    if lacking:
        yield Flag(
            file=FILE,
            path=(TOP, "pixels", "examine")
            if _said(c, "pixels", "examine")
            else (TOP,),
            key=True,
            message=f"nobody looks for text burned into images: {', '.join(lacking)}",
            expected="examine: [other, derived]",
            found=", ".join(sorted(told)) or "none",
        )
