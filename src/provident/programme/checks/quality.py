"""Checks on the quality programme."""

from __future__ import annotations

from collections.abc import Iterator

from provident.kernel import Severity
from provident.programme.checks.registry import Flag, PlanUnderCheck, check
from provident.programme.checks.timing import days


QUALITY = "quality.yaml"


def _exams_of_a_site(c: PlanUnderCheck) -> int:
    """The most exams that any site makes by its target."""
    exams = sum(len(v.imaging) for v in c.plan.study.visits.values())
    return max((s.target for s in c.plan.sites.sites.values()), default=0) * exams


@check(
    code="QC.NO_PILOT",
    subdomain="qc.programme",
    finds="No stage in which the first exams of each site are all looked at before it goes on.",
    why="Poor positioning was found when the trial was over (PROVIDENT, example A).",
    remedy="Add `pilot: {first: 10 exams per site}` and `human.share.pilot: 100 %`.",
)
def no_pilot(c: PlanUnderCheck) -> Iterator[Flag]:
    quality = c.plan.quality
    if quality.pilot is None or quality.pilot.first == 0:
        yield Flag(
            file=QUALITY,
            path=("pilot",) if quality.pilot else ("human",),
            key=True,
            message="no site's first exams are reviewed before it goes on",
            expected="pilot: first, review, before",
            found="none",
        )
    elif quality.pilot.first > _exams_of_a_site(c):
        yield Flag(
            file=QUALITY,
            path=("pilot",),
            key=True,
            message=f"the first {quality.pilot.first} exams of a site are its pilot, and no site makes as many",
            expected="pilot: {first: 10 exams per site}",
            found=str(quality.pilot.first),
        )
    elif quality.human.share.pilot.value < 100:
        yield Flag(
            file=QUALITY,
            path=("human", "share", "pilot"),
            severity=Severity.WARNING,
            message=f"only {quality.human.share.pilot} of the pilot exams are looked at",
            expected="100 %",
            found=str(quality.human.share.pilot),
        )


@check(
    code="QC.NOBODY_LOOKS",
    subdomain="qc.programme",
    finds="Exams that are read without anybody having looked at their quality.",
    why="Image quality was looked at only at the end (PROVIDENT, example A).",
    remedy="Judge every exam on arrival and look at a share after the pilot.",
)
def nobody_looks(c: PlanUnderCheck) -> Iterator[Flag]:
    quality = c.plan.quality
    if quality.human.share.then.value == 0:
        yield Flag(
            file=QUALITY,
            path=("human", "share", "then"),
            message="nobody looks at images after the pilot",
            expected="more than 0 %",
            found=str(quality.human.share.then),
        )
    if quality.arrival.judge == "none":
        yield Flag(
            file=QUALITY,
            path=("arrival", "judge"),
            message="no exam is judged when it arrives",
            expected="every exam",
            found="none",
        )


@check(
    code="QC.NOTHING_SCORED",
    subdomain="qc.programme",
    severity=Severity.WARNING,
    finds="Human quality control that scores nothing.",
    why="Without a score for each series there is no trend, and nothing to compare sites by.",
    remedy="Add `human.score:` with the quality of the sequence, artefacts, their effect, and coverage.",
)
def nothing_scored(c: PlanUnderCheck) -> Iterator[Flag]:
    if not c.plan.quality.human.score:
        yield Flag(
            file=QUALITY,
            path=("human",),
            key=True,
            message="quality control scores nothing",
            expected="score: sequence_quality, artefact, effect, coverage",
            found="none",
        )


@check(
    code="QC.ESCALATED_BEFORE_DUE",
    subdomain="qc.programme",
    finds="A query that is escalated before the site's time to answer is over.",
    why="Sites that answer in time are then reminded as if they were late.",
    remedy="Escalate after `answer_within`.",
)
def escalated_before_due(c: PlanUnderCheck) -> Iterator[Flag]:
    queries = c.plan.quality.queries
    if days(queries.escalate) < days(queries.answer_within):
        yield Flag(
            file=QUALITY,
            path=("queries", "escalate"),
            message=f"a query is escalated after {queries.escalate}, the site has {queries.answer_within}",
            expected=f"{queries.answer_within} or later",
            found=str(queries.escalate),
        )


@check(
    code="QC.NO_ACCREDITATION",
    subdomain="qc.programme",
    severity=Severity.WARNING,
    finds="No accreditation of scanners or sites.",
    why="The first participant's scan would be the site's first try.",
    remedy="Add `accreditation:` with what it needs and how long it holds.",
)
def no_accreditation(c: PlanUnderCheck) -> Iterator[Flag]:
    if c.plan.quality.accreditation is None:
        yield Flag(
            file=QUALITY,
            path=("human",),
            key=True,
            message="no scanner or site is accredited before its first participant",
            expected="accreditation: per, needs, valid",
            found="none",
        )


@check(
    code="QC.NOTHING_TRIGGERS",
    subdomain="conduct.monitoring",
    severity=Severity.WARNING,
    finds="Indicators that nothing follows from, or no indicators at all.",
    why="A figure that opens nothing is not monitoring.",
    remedy="Add `indicators:` with limits and `triggers:` that open a visit or an action.",
)
def nothing_triggers(c: PlanUnderCheck) -> Iterator[Flag]:
    quality = c.plan.quality
    if not quality.indicators or not quality.triggers:
        yield Flag(
            file=QUALITY,
            path=("indicators",) if quality.indicators else ("arrival",),
            key=True,
            message="no indicator opens anything"
            if quality.indicators
            else "nothing is watched over time",
            expected="indicators and triggers",
            found=", ".join(quality.indicators) or "none",
        )


@check(
    code="QC.CHANGE_UNWATCHED",
    subdomain="conduct.data_monitoring",
    severity=Severity.WARNING,
    finds="Scanner changes that nobody is told of.",
    why="Software and coils change in the middle of a study; data before and after may not be comparable.",
    remedy="Add `change: {watch, on_change}` to imaging/phantoms.yaml.",
)
def change_unwatched(c: PlanUnderCheck) -> Iterator[Flag]:
    if c.plan.phantoms is None or c.plan.phantoms.change is None:
        file = next(
            (
                f
                for f, d in c.loaded.documents.items()
                if isinstance(d, dict) and "phantoms" in d and f.startswith("imaging/")
            ),
            "sites.yaml",
        )
        yield Flag(
            file=file,
            path=("phantoms",) if file != "sites.yaml" else ("scanners",),
            key=True,
            message="nobody is told when a scanner changes",
            expected="change: watch, on_change",
            found="none",
        )
