"""How often a reader is overruled, among all cases that the reader read."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Any

from provident.kernel import InvalidInput
from provident.statistics.intervals import wilson_interval
from provident.statistics.values import Estimate, plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Overruling:
    """One case as one of its readers met it: did it go to the adjudicator, and was the
    reader's answer the one that the adjudicator did not take?"""

    reader: Hashable
    adjudicated: bool
    against: bool = False

    def __post_init__(self) -> None:
        if self.against and not self.adjudicated:
            raise InvalidInput(
                "An adjudicator can only decide against a reader in a case that was adjudicated."
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderRates:
    """One reader's rates: all shares of 0 to 1."""

    reader: Any
    disagreement: Estimate
    adjudication: float
    adjudicator_agreement: float

    def as_json(self) -> dict[str, Any]:
        """As a mapping of JSON values."""
        return {
            **self.disagreement.as_json(),
            "reader": plain(self.reader),
            "adjudication": self.adjudication,
            "adjudicator_agreement": plain(self.adjudicator_agreement),
        }


def reader_disagreement(
    reads: Iterable[Overruling], *, level: float = 0.95
) -> tuple[ReaderRates, ...]:
    """The reader disagreement index of each reader: cases in which the adjudicator decided
    against the reader, of all cases that the reader read; beside it the adjudication rate
    and the adjudicator's agreement, each of which alone misses some readers.

    Sharma et al., J Clin Oncol 2019;37(suppl):e18082 (index); the interval is Wilson's.
    Their rule "mean + 1 SD" is not used here: among equal readers it nearly always flags
    somebody (`charts.mean_plus_sd_false_alarm`). Raises `InvalidInput`.
    """
    tallies: dict[Hashable, tuple[int, int, int]] = {}
    for read in reads:
        n, adjudicated, against = tallies.get(read.reader, (0, 0, 0))
        tallies[read.reader] = (
            n + 1,
            adjudicated + read.adjudicated,
            against + read.against,
        )
    if not tallies:
        raise InvalidInput("There are no reads to count.")
    return tuple(_rates(reader, *tally, level) for reader, tally in tallies.items())


def _rates(
    reader: Hashable, read: int, adjudicated: int, against: int, level: float
) -> ReaderRates:
    share = against / read
    return ReaderRates(
        reader=reader,
        disagreement=Estimate(
            statistic="reader_disagreement_index",
            method="adjudicator against reader / cases read; Wilson's interval",
            estimate=share,
            se=math.sqrt(share * (1 - share) / read),
            ci=wilson_interval(share, read, level),
            level=level,
            n=read,
            details={"adjudicated": adjudicated, "against": against},
        ),
        adjudication=adjudicated / read,
        adjudicator_agreement=1 - against / adjudicated if adjudicated else math.nan,
    )
