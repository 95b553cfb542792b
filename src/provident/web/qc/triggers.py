"""What the plan's triggers open when an indicator of a site passes its limit."""

from __future__ import annotations

from provident.kernel import Clock
from provident.plan import Plan
from provident.web.qc import actions, selectors
from provident.web.qc.indicators import Figure, figure
from provident.web.qc.selectors import Exam, Site


LEVELS = {"acts": frozenset({"act"}), "warns": frozenset({"warn", "act"})}


def said(name: str, found: Figure, limit: object) -> str:
    """An indicator past its limit, in words."""
    sure = (
        f"95 % interval {found.low:.3g} to {found.high:.3g} {found.unit}"
        if found.low is not None and found.high is not None
        else "too few for a 95 % interval"
    )
    return (
        f"{name.replace('_', ' ').capitalize()} is {found.value:.3g} {found.unit} of {found.n} exams "
        f"({sure}); the plan acts at {limit}."
    )


def open_what_they_say(site: Site, of: Plan, exam: Exam, clock: Clock) -> None:
    """Open what quality.yaml says for a site, once while it lasts; a query is about the exam that brought it on."""
    for trigger in of.quality.triggers:
        limits = of.quality.indicators.get(trigger.indicator)
        if limits is None:
            continue
        exams = selectors.arrived(selectors.site_exams(site, trigger.when))
        found = figure(trigger.indicator, limits, exams)
        if found is None or found.level not in LEVELS[trigger.when.split()[1]]:
            continue
        what = said(trigger.indicator, found, limits.act if found.level == "act" else limits.warn)  # fmt: skip
        if trigger.open == "query":
            actions.ask_about_indicator(exam=exam, code=trigger.indicator, text=what, clock=clock)  # fmt: skip
        else:
            actions.open_triggered(site=site, trigger=trigger.when, opens=trigger.open, what=what, clock=clock)  # fmt: skip
