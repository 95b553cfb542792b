"""Checks that images are looked at early: positions, sending, judging, scores of quality, monitoring."""

from __future__ import annotations

from collections.abc import Iterator

from provident.kernel import Severity
from provident.plan.models.imaging import SeriesRole
from provident.plan.models.imaging_rules import Rule, Within
from provident.programme.checks.quality import QUALITY
from provident.programme.checks.registry import Flag, PlanUnderCheck, check
from provident.programme.checks.timing import days
from provident.programme.visits import window_days


@check(
    code="MANUAL.NO_POSITIONING",
    subdomain="acquisition.manual",
    severity=Severity.WARNING,
    finds="An imaging manual that does not say how the participant is positioned or prepared.",
    why="Poor positioning was found when the trial was over (PROVIDENT, example A).",
    remedy="Add `people: {positioning: {text: ...}}`, with a picture.",
)
def no_positioning(c: PlanUnderCheck) -> Iterator[Flag]:
    for exam, manual in c.plan.imaging.items():
        if manual.people.positioning is None:
            yield Flag(
                file=c.file("imaging", exam),
                path=("exam",),
                message=f"the manual of {exam} does not say how participants are positioned",
                expected="people.positioning.text",
                found="not stated",
            )


@check(
    code="MANUAL.SENT_LATE",
    subdomain="acquisition.manual",
    finds="An exam that the manual lets a site send so late that it cannot be repeated in its window, or with no time at all.",
    why="What arrives at the end is looked at at the end (PROVIDENT, example A).",
    remedy="Write `people: {send: {within: 1 d}}`.",
)
def sent_late(c: PlanUnderCheck) -> Iterator[Flag]:
    for exam, manual in c.plan.imaging.items():
        widths = [
            high - low
            for low, high in (
                window_days(v)
                for v in c.plan.study.visits.values()
                if exam in v.imaging
            )
        ]
        within = manual.people.send.within if manual.people.send else None
        limit = max(3.0, min(widths, default=0) / 2)
        if within is None or days(within) > limit:
            yield Flag(
                file=c.file("imaging", exam),
                path=("people", "send") if manual.people.send else ("exam",),
                key=manual.people.send is not None,
                severity=None if within else Severity.WARNING,
                message=f"{exam} may be sent {f'within {within}' if within else 'at any time'}, its window leaves {limit:.0f} days",
                expected="people.send.within: 1 d",
                found=str(within or "not stated"),
            )


@check(
    code="QC.TOO_LATE",
    subdomain="qc.programme",
    finds="Images that are judged, looked at or asked about later than a participant can be called back for.",
    why="Image quality was looked at only at the end (PROVIDENT, example A).",
    remedy="Shorten arrival.within, human.within, queries and `oldest:`.",
)
def too_late(c: PlanUnderCheck) -> Iterator[Flag]:
    quality, widest = (
        c.plan.quality,
        max(h - low for low, h in map(window_days, c.plan.study.visits.values())),
    )
    limits = (
        (("arrival", "within"), quality.arrival.within, 3.0, "judged"),
        (("human", "within"), quality.human.within, max(7.0, widest / 2), "looked at"),
        (
            ("queries", "answer_within"),
            quality.queries.answer_within,
            max(14.0, widest),
            "answered for",
        ),
        (
            ("queries", "escalate"),
            quality.queries.escalate,
            max(28.0, 2 * widest),
            "taken up by the trial manager",
        ),
    )
    for path, within, limit, words in limits:
        if days(within) > limit:
            yield Flag(
                file=QUALITY,
                path=path,
                message=f"an image may be {words} {within} after it came",
                expected=f"{limit:.0f} d or less",
                found=str(within),
            )


@check(
    code="QC.NO_AGE_ALARM",
    subdomain="qc.programme",
    severity=Severity.WARNING,
    finds="No alarm when quality control is left undone, or one that sounds before the work is due or long after.",
    why="A queue that nobody sees grow is cleared at the end of the trial (PROVIDENT, example A).",
    remedy="Add `oldest:`, a little longer than human.within.",
)
def no_age_alarm(c: PlanUnderCheck) -> Iterator[Flag]:
    quality = c.plan.quality
    due = days(quality.human.within)
    if quality.oldest is None:
        problem = "nothing says when open quality control is too old"
    elif days(quality.oldest) < due:
        problem = f"quality control is too old after {quality.oldest}, but due after {quality.human.within}"
    elif days(quality.oldest) > max(4 * due, 14):
        problem = f"quality control may be {quality.oldest} old before anybody is told"
    else:
        return
    yield Flag(
        file=QUALITY,
        path=("oldest",) if quality.oldest else ("human",),
        key=True,
        message=problem,
        expected=f"oldest: between {quality.human.within} and {max(4 * due, 14):.0f} d",
        found=str(quality.oldest or "not stated"),
    )


_SCORED = {
    "the quality of each sequence": ("quality",),
    "artefacts": ("artefact", "artifact"),
    "their effect on the reading": ("effect", "interpret", "readab"),
    "the anatomy covered": ("cover", "complete"),
}


@check(
    code="QC.SCORE_INCOMPLETE",
    subdomain="qc.programme",
    severity=Severity.WARNING,
    finds="Human quality control that leaves out the quality of a sequence, artefacts, their effect, or the anatomy covered.",
    why="Central quality control scored each of them for every sequence (PROVIDENT, example B); one figure hides which one failed.",
    remedy="Add the missing ones under `human.score:`, each with at least two words or steps.",
)
def score_incomplete(c: PlanUnderCheck) -> Iterator[Flag]:
    score = c.plan.quality.human.score
    if not score:
        return  # QC.NOTHING_SCORED
    lacking = [
        words
        for words, parts in _SCORED.items()
        if not any(p in name for name in score for p in parts)
    ]
    lacking += [
        f"two words for {name}" for name, scale in score.items() if len(set(scale)) < 2
    ]
    if lacking:
        yield Flag(
            file=QUALITY,
            path=("human", "score"),
            key=True,
            message=f"quality control does not score {' and '.join(lacking)}",
            expected="sequence_quality, artefact, effect, coverage",
            found=", ".join(score),
        )


def _frames(series: SeriesRole) -> Rule | None:
    return series.match.rules().get("frames") or series.require.rules().get("frames")


def _moves(series: SeriesRole) -> bool:
    """Whether something is asked of the number of frames."""
    return _frames(series) is not None


def _still_only(series: SeriesRole) -> bool:
    """Whether only single frames are taken, so that a clip is none of this series."""
    rule = _frames(series)
    return isinstance(rule, Within) and rule.allowed.high <= 1


@check(
    code="QC.NO_CLIP",
    subdomain="qc.programme",
    finds="An ultrasound exam that need leave no clip and no still with its reason.",
    why="A cine clip showed that and how an ultrasound scan was made (PROVIDENT, example B); without it there is nothing to control.",
    remedy='Add a series with `match: {frames: "> 1"}`, `count: ">= 1"` and `or: {still: with reason}`.',
)
def no_clip(c: PlanUnderCheck) -> Iterator[Flag]:
    for exam, manual in c.plan.imaging.items():
        if "US" not in manual.modality:
            continue
        kept = [
            s for s in manual.series.values() if not s.optional and s.count.low >= 1
        ]
        clips = [
            s
            for s in kept
            if (_moves(s) or "still" in s.alternatives) and not _still_only(s)
        ]
        if not clips:
            yield Flag(
                file=c.file("imaging", exam),
                path=("series",),
                key=True,
                message=f"{exam} asks for no clip, and for no still with a reason",
                expected="a series of clips, one or more, not optional",
                found=", ".join(manual.series),
            )


@check(
    code="QC.LOCAL_PILOT",
    subdomain="qc.programme",
    severity=Severity.WARNING,
    finds="First exams that each site reviews itself, or that stop the study instead of the site.",
    why="A site that positions wrongly does not see that it does.",
    remedy="Write `review: central` and `before: site continues`.",
)
def local_pilot(c: PlanUnderCheck) -> Iterator[Flag]:
    pilot = c.plan.quality.pilot
    if pilot is None:
        return
    for key, good in (("review", "central"), ("before", "site continues")):
        if getattr(pilot, key) != good:
            yield Flag(
                file=QUALITY,
                path=("pilot", key),
                message=f"the pilot's {key} is `{getattr(pilot, key)}`",
                expected=good,
                found=getattr(pilot, key),
            )


# -- monitoring ------------------------------------------------------------------------


@check(
    code="MONITOR.NO_TRIGGERED_VISIT",
    subdomain="conduct.monitoring",
    severity=Severity.WARNING,
    finds="A plan in which no figure opens a monitoring visit, or nobody can make one.",
    why="Routine and triggered visits kept sites on protocol (PROVIDENT, example B); each ends in a report that somebody signs.",
    remedy="Add a trigger with `open: monitoring visit`, and a role with `acts_as: monitor`.",
)
def no_triggered_visit(c: PlanUnderCheck) -> Iterator[Flag]:
    triggers = c.plan.quality.triggers
    monitors = any(
        r.on_platform(n) == "monitor" for n, r in c.plan.people.roles.items()
    )
    if triggers and not any(t.open == "monitoring visit" for t in triggers):
        yield Flag(
            file=QUALITY,
            path=("triggers",),
            key=True,
            message="no figure opens a monitoring visit",
            expected="open: monitoring visit",
            found=", ".join(t.open for t in triggers),
        )
    if not monitors:
        yield Flag(
            file="people.yaml",
            path=("roles",),
            key=True,
            message="no role makes monitoring visits",
            expected="a role with acts_as: monitor",
            found=", ".join(c.plan.people.roles),
        )


@check(
    code="MONITOR.OPENS_NOTHING",
    subdomain="conduct.monitoring",
    severity=Severity.WARNING,
    finds="A figure that is watched and whose limit opens nothing, or one that cries on too few exams.",
    why="A figure that opens nothing is not monitoring; one bad exam of two is no trend.",
    remedy="Add a trigger for each indicator, and `minimum: 10 exams` to shares.",
)
def opens_nothing(c: PlanUnderCheck) -> Iterator[Flag]:
    quality = c.plan.quality
    opened = {t.indicator for t in quality.triggers}
    for name, indicator in quality.indicators.items():
        problems = []
        if quality.triggers and name not in opened:
            problems.append(("opens nothing", "a trigger in `triggers:`"))
        if indicator.act.unit in ("%", "") and indicator.minimum < 5:
            problems.append(
                (f"speaks from {indicator.minimum} exams on", "minimum: 10 exams")
            )
        if indicator.minimum > 4 * c.plan.study.population.participants:
            problems.append(
                (f"speaks only from {indicator.minimum} exams on", "minimum: 10 exams")
            )
        for words, expected in problems:
            yield Flag(
                file=QUALITY,
                path=("indicators", name),
                key=True,
                message=f"{name} {words}",
                expected=expected,
                found="none",
            )


@check(
    code="MONITOR.LIMITS_REVERSED",
    subdomain="conduct.monitoring",
    finds="A figure whose limit for action is milder than its limit for warning.",
    why="The action would come before the warning, or never.",
    remedy="Swap `warn:` and `act:`, or correct the figure.",
)
def limits_reversed(c: PlanUnderCheck) -> Iterator[Flag]:
    for name, indicator in c.plan.quality.indicators.items():
        act, warn = indicator.act, indicator.warn
        inside = (
            act.unit == warn.unit
            and act.low >= warn.low
            and act.high <= warn.high
            and (act.low, act.high) != (warn.low, warn.high)
        )
        if not inside:
            yield Flag(
                file=QUALITY,
                path=("indicators", name, "act"),
                message=f"{name} warns at {warn.text or warn} and acts at {act.text or act}",
                expected="a limit for action that lies within the limit for warning",
                found=str(act.text or act),
            )


@check(
    code="MONITOR.NEVER_REMINDED",
    subdomain="conduct.data_monitoring",
    severity=Severity.WARNING,
    finds="Queries of which sites are never reminded, or which wait longer for completeness than for an answer.",
    why="An unanswered query about an image is an image that nobody may read.",
    remedy="Write `remind: daily` or `weekly`, and a shorter `quiet:`.",
)
def never_reminded(c: PlanUnderCheck) -> Iterator[Flag]:
    quality = c.plan.quality
    if quality.queries.remind == "never":
        yield Flag(
            file=QUALITY,
            path=("queries", "remind"),
            message="sites are never reminded of a query",
            expected="daily or weekly",
            found="never",
        )
    if quality.arrival.quiet and days(quality.arrival.quiet) > days(
        quality.arrival.within
    ):
        yield Flag(
            file=QUALITY,
            path=("arrival", "quiet"),
            message=f"an exam counts as complete {quality.arrival.quiet} after its last image, but is judged within {quality.arrival.within}",
            expected=f"{quality.arrival.within} or less",
            found=str(quality.arrival.quiet),
        )
