"""Whether images may pass from the sites to the centre today: tests and agreements of the flows that carry them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from provident.plan import Plan
from provident.plan.models.flows import Agreement, Flow, Flows


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedFlow:
    """A flow over which nothing may pass today.

    Attributes:
        flow: its id in flows.yaml.
        words: why, as a sentence.
        remedy: what the trial manager does.
    """

    flow: str
    words: str
    remedy: str


def sending_flows(plan: Plan) -> Iterator[tuple[str, Flow]]:
    """The flows from a store that de-identifies to another organisation: what a gateway sends over."""
    flows = plan.flows
    if flows is None:
        return
    for name, flow in flows.flows.items():
        source, target = flows.stores.get(flow.from_), flows.stores.get(flow.to)
        if source is None or target is None:
            continue
        if source.does == "deidentify" and source.at != target.at:
            yield name, flow


def closed_flows(plan: Plan, on: date) -> tuple[ClosedFlow, ...]:
    """The sending flows that are closed on a day, each with its first reason; none for a plan without flows."""
    flows = plan.flows
    if flows is None:
        return ()
    found = []
    for name, flow in sending_flows(plan):
        closed = _untested(name, flow, on) or _not_agreed(name, flow, flows, on)
        if closed is not None:
            found.append(closed)
    return tuple(found)


def _untested(name: str, flow: Flow, on: date) -> ClosedFlow | None:
    if flow.tested is not None and flow.tested.on <= on:
        return None
    words = (
        f'The flow "{name}" has not been tested.'
        if flow.tested is None
        else f'The test of the flow "{name}" is planned for {_day(flow.tested.on)}; it has not taken place.'
    )
    return ClosedFlow(
        flow=name,
        words=words,
        remedy=f"Test the transfer with test data and write the day and the evidence under tested at flows.{name} in flows.yaml.",
    )


def _not_agreed(name: str, flow: Flow, flows: Flows, on: date) -> ClosedFlow | None:
    ends = {flows.stores[flow.from_].at, flows.stores[flow.to].at}
    between = {n: a for n, a in flows.agreements.items() if ends <= set(a.between)}
    if any(a.until >= on for a in between.values()):
        return None
    return ClosedFlow(
        flow=name,
        words=_agreement_words(name, between),
        remedy="Agree with the sites, and write the agreement with its new end under agreements in flows.yaml.",
    )


def _agreement_words(name: str, between: dict[str, Agreement]) -> str:
    if not between:
        return f'No agreement covers the flow "{name}".'
    last, agreement = max(between.items(), key=lambda pair: pair[1].until)
    return f'The agreement "{last}", which the flow "{name}" needs, ended on {_day(agreement.until)}.'


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
