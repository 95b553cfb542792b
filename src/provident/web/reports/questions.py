"""What may be asked of a study's reads, and what was asked: designs, visits, variables, arms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from provident import forms
from provident.kernel import InvalidInput
from provident.plan import Plan
from provident.plan.nearest import did_you_mean
from provident.reading import ReadDesign
from provident.web.people.access import Field, Thing, visible
from provident.web.people.models import Membership
from provident.web.reading.designs import designs
from provident.web.reports import selectors
from provident.web.studies.plans import plan_in_force


Choices = list[tuple[str, str]]
EVERY_VISIT = ("", "every visit")


class Asked(Protocol):
    """The parameters of an address (`request.GET`)."""

    def get(self, key: str, default: str) -> str:
        """One of them."""

    def getlist(self, key: str) -> list[str]:
        """All of them with that name."""

    def __contains__(self, key: object) -> bool:
        """Whether there is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """One value of a design's reads: at which visit (blank: each case's own), which column of its form."""

    design: ReadDesign
    label: str
    visit: str
    column: forms.Column

    @property
    def words(self) -> str:
        """Its name with its visit."""
        at = f" at {self.visit}" if self.visit else ""
        return f"{self.column.label}{at}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementPage:
    """What the agreement page asks, and what it may ask."""

    variable: Variable
    arm: str
    designs: Choices
    visits: Choices
    variables: Choices
    arms: Choices


@dataclass(frozen=True, slots=True, kw_only=True)
class AccuracyPage:
    """What the accuracy page asks, and what it may ask. `reference` is blank until one is chosen."""

    index: tuple[Variable, ...]
    reference: str
    truth: str
    diseased: str
    threshold: float | None
    arm: str
    designs: Choices
    chosen: tuple[str, ...]
    visits: Choices
    variables: Choices
    truths: Choices
    arms: Choices


def labels(plan: Plan) -> dict[str, str]:
    """The read designs of a plan as people call their outcomes."""
    outcomes = plan.study.outcomes
    return {
        name: (outcomes[name].label or name) if name in outcomes else name
        for name in plan.reading
    }


def agreement_asked(by: Membership, asked: Asked) -> AgreementPage:
    """Raises `InvalidInput` where something is asked that there is not."""
    known, named = designs(by.study), labels(plan_in_force(by.study))
    if not known:
        raise InvalidInput("The plan has no read design, so there are no reads.")
    endpoint = _one_of("design", asked.get("design", ""), list(known))
    design = known[endpoint]
    variable = _variable(design, named[endpoint], asked)
    return AgreementPage(
        variable=variable,
        arm=_arm(by, asked),
        designs=[(name, named[name]) for name in known],
        visits=_visits(design),
        variables=_variables(design),
        arms=_arms(by),
    )


def accuracy_asked(by: Membership, asked: Asked) -> AccuracyPage:
    """Raises `InvalidInput` where something is asked that there is not."""
    known, named = designs(by.study), labels(plan_in_force(by.study))
    if not known:
        raise InvalidInput("The plan has no read design, so there are no reads.")
    wanted = asked.getlist("index") or [next(iter(known))]
    chosen = tuple(_one_of("index", name, list(known)) for name in wanted)
    reference = asked.get("reference", "")
    if reference:
        _one_of("reference", reference, list(known))
    truths = selectors.final_variables(by.study, reference) if reference else []
    truth = _one_of("truth", asked.get("truth", ""), truths) if truths else ""
    return AccuracyPage(
        index=tuple(_variable(known[n], named[n], asked) for n in chosen),
        reference=reference,
        truth=truth,
        diseased=asked.get("diseased", "") or "1",
        threshold=_number(asked.get("threshold", "")),
        arm=_arm(by, asked),
        designs=[(name, named[name]) for name in known],
        chosen=chosen,
        visits=_visits(known[chosen[0]]),
        variables=_variables(known[chosen[0]]),
        truths=[(name, name.replace("_", " ")) for name in truths],
        arms=_arms(by),
    )


def _one_of(what: str, wanted: str, known: list[str]) -> str:
    """The one that was asked for, or the first."""
    if wanted and wanted not in known:
        raise InvalidInput(
            f'There is no {what} "{wanted[:60]}"{did_you_mean(wanted, known)}.'
        )
    return wanted or known[0]


def _number(text: str) -> float | None:
    if not text.strip():
        return None
    try:
        return float(text)
    except ValueError:
        raise InvalidInput("The threshold is a number.") from None


def _variable(design: ReadDesign, label: str, asked: Asked) -> Variable:
    visit, _, name = (
        design.value.rpartition(".")
        if design.per_participant
        else ("", "", design.value)
    )
    columns = _columns(design)
    name = _one_of("variable", asked.get("variable", "") or name, list(columns))
    places = [v for v, _ in _visits(design)]
    if "visit" in asked:
        visit = asked.get("visit", "")
    # "Every visit" is a choice only where each visit is a case of its own.
    visit = visit if visit in places else _one_of("visit", visit, places)
    return Variable(design=design, label=label, visit=visit, column=columns[name])


def _columns(design: ReadDesign) -> dict[str, forms.Column]:
    """What can be compared: computed values first, then items; not each cell of a grid, nor free text."""
    every = [c for c in forms.columns(design.form) if "." not in c.key]
    known = [c for c in every if c.derived] + [
        c for c in every if not c.derived and c.type != "text"
    ]
    return {c.key: c for c in known}


def _variables(design: ReadDesign) -> Choices:
    return [(key, column.label) for key, column in _columns(design).items()]


def _visits(design: ReadDesign) -> Choices:
    visits = [(v, v.replace("_", " ")) for v in design.visits]
    return visits if design.per_participant else [EVERY_VISIT, *visits]


def _arms(by: Membership) -> Choices:
    """The arms, for those who may know them; else none."""
    if Field.ARM not in visible(by, Thing.EXPORT):
        return []
    return [("", "all"), *((arm, arm) for arm in selectors.arms(by.study))]


def _arm(by: Membership, asked: Asked) -> str:
    wanted = asked.get("arm", "")
    if wanted and wanted not in [arm for arm, _ in _arms(by)]:
        raise InvalidInput("There is no such arm, or the study is not unblinded.")
    return wanted
