"""The read design: who reads what, in which order, blind to what, and which value stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from provident.expressions import Expression
from provident.forms import Form
from provident.kernel import PlanError
from provident.reading.hanging import Hang


class Mode(StrEnum):
    """How time points are presented (FDA, Clinical Trial Imaging Endpoint Process Standards, 2018)."""

    SIMULTANEOUS = "simultaneous"
    RANDOM_TIME = "simultaneous_random_time"
    TIME_SEQUENTIAL = "time_sequential"
    TIME_POINT = "time_point"
    HYBRID = "hybrid"


class Agreed(StrEnum):
    """The rule for reads that agree."""

    MEAN = "mean of two"
    FIRST = "first"
    SAME = "same value"
    MEAN_OF_ALL = "mean of all"
    MEDIAN = "median"
    MAJORITY = "majority"


class Adjudicated(StrEnum):
    """The rule after an adjudication."""

    NEAREST = "mean of the two nearest"
    ADJUDICATOR = "adjudicator"
    MAJORITY = "majority"
    CONSENSUS = "consensus"


PANEL = frozenset({Agreed.MEAN_OF_ALL, Agreed.MEDIAN, Agreed.MAJORITY})
"""Rules for three primary readers or more."""


class NoMajority(StrEnum):
    """What stands when no value is given by more than half of a panel."""

    NOT_EVALUABLE = "not evaluable"
    MEDIAN = "median"


class Serves(StrEnum):
    """What the values of a design are for; those of the side channels never enter the analysis set."""

    ANALYSIS = "analysis"
    INTERIM = "interim_analysis"
    ANCILLARY = "ancillary"


class Tie(StrEnum):
    """What stands when the middle of three values is as near to both others."""

    HIGHER = "adjudicator and higher"
    LOWER = "adjudicator and lower"
    ADJUDICATOR = "adjudicator"


@dataclass(frozen=True, slots=True, kw_only=True)
class FinalRule:
    """How one value is made out of the reads."""

    agreed: Agreed
    adjudicated: Adjudicated | None = None
    tie: Tie | None = None
    no_majority: NoMajority | None = None
    the_other_stands: bool = False

    def __post_init__(self) -> None:
        if self.adjudicated is Adjudicated.NEAREST and self.tie is None:
            raise PlanError("the mean of the two nearest needs a rule for ties")
        if self.agreed is Agreed.MAJORITY and self.no_majority is None:
            raise PlanError("a majority needs a rule for when there is none")


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRule:
    """How the cases of a reader are put in order.

    Attributes:
        per_reader: each reader has an order of their own.
        block: at most so many cases in a block; strata are spread evenly over the blocks.
        gap: at least so many cases of others between two cases of one participant.
    """

    per_reader: bool = True
    block: int = 20
    strata: tuple[str, ...] = ()
    gap: int = 0

    def __post_init__(self) -> None:
        if self.block < 1 or self.gap < 0:
            raise PlanError("a block has at least 1 case, and a gap is not below 0")


# What a reader is told about what is hidden, in the order of the plan's words.
HIDDEN_WORDS: Mapping[str, str] = {
    "arm": "arm",
    "site": "site",
    "scanner": "scanner",
    "dates": "dates",
    "visit_order": "order of the time points",
    "participant_age": "age",
    "participant_sex": "sex",
    "clinical_data": "clinical data",
    "clinical_report": "clinical report",
    "other_answers": "other readers",
    "adjudication": "adjudication",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadDesign:
    """The read design of one endpoint, checked against its form.

    Attributes:
        per_participant: a case is all visits of a participant; else each visit is a case.
        visits: the visits that are read, the baseline first.
        show: series roles shown, top to bottom.
        hang: hanging protocols; None for a row of each series.
        value: the dotted name of the value that is compared and analysed (`week52.change`).
        primaries: independent reads of each case.
        everyone_reads: all of the pool read each case; else pairs get equal shares.
        conditions: what makes two reads discordant, by id.
        limits: figures used by conditions; None until they are fixed.
        global_may_change: items or groups of the form that the global read of a hybrid design may change.
        consensus: discordant readers read once more together.
        serves: whether its values enter the analysis, or belong to a side channel.
        apart_from: endpoints whose readers may never read this one, and the reverse.
        on_the_side: kinds of side reads that its readers stay blind to.
        hide: ids of what readers and adjudicators must not see.
        hidden_from: roles that must not see `arm`, `images` or `scores`, from the study.
    """

    endpoint: str
    form: Form
    exam: str
    per_participant: bool
    visits: tuple[str, ...]
    show: tuple[str, ...] = ()
    hang: Hang | None = None
    value: str
    mode: Mode
    hidden_time_order: bool
    own_prior_answers: bool = False
    global_may_change: tuple[str, ...] = ()
    primaries: int
    pool: str
    everyone_reads: bool = False
    adjudicator_pool: str | None = None
    adjudicator_chooses: bool = False
    consensus: bool = False
    technical_query_first: bool = True
    conditions: Mapping[str, Expression] = field(default_factory=dict)
    limits: Mapping[str, float | None] = field(default_factory=dict)
    final: FinalRule
    order: OrderRule = OrderRule()
    session_minutes: float | None = None
    session_reads: int | None = None
    serves: Serves = Serves.ANALYSIS
    apart_from: tuple[str, ...] = ()
    on_the_side: tuple[str, ...] = ()
    hide: tuple[str, ...] = ()
    hidden_from: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.visits:
            raise PlanError(f"{self.endpoint}: a read design needs a visit")
        if self.mode is Mode.TIME_SEQUENTIAL and self.hidden_time_order:
            raise PlanError(
                f"{self.endpoint}: visits shown one after the other cannot hide their order"
            )
        if self.mode is Mode.RANDOM_TIME and not self.hidden_time_order:
            raise PlanError(f"{self.endpoint}: a random order of visits is hidden")
        if bool(self.global_may_change) != (self.mode is Mode.HYBRID):
            raise PlanError(
                f"{self.endpoint}: a hybrid read, and no other, says what its global read may change"
            )
        self._check_third()
        self._check_panel()

    def _check_third(self) -> None:
        third = bool(self.adjudicator_pool) != self.consensus
        if self.conditions and (self.primaries != 2 or not third):
            raise PlanError(
                f"{self.endpoint}: an adjudication needs two primary reads and an adjudicator, or a consensus"
            )
        if self.adjudicator_pool == self.pool:
            raise PlanError(
                f"{self.endpoint}: adjudicators come from a role of their own"
            )

    def _check_panel(self) -> None:
        if (self.primaries > 2) != (self.final.agreed in PANEL):
            raise PlanError(
                f"{self.endpoint}: {self.primaries} primary reads do not fit the rule {self.final.agreed}"
            )

    @property
    def blind_to(self) -> tuple[str, ...]:
        """What readers are told that they cannot see, in words."""
        return tuple(HIDDEN_WORDS.get(h, h.replace("_", " ")) for h in self.hide)
