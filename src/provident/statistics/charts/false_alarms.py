"""What a rule costs when nothing is wrong: the chance that it flags one of equal readers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from provident.kernel import InvalidInput
from provident.statistics.values import plain


@dataclass(frozen=True, slots=True, kw_only=True)
class FalseAlarms:
    """The false alarms of a rule, all readers being in control and independent.

    `per_reader` within `reads` reads (or points), `any_reader` of so many `readers`,
    `run_length` the mean number of reads of one reader until a false alarm.
    """

    per_reader: float
    any_reader: float
    run_length: float
    readers: int
    reads: int

    @property
    def words(self) -> str:
        """One sentence for the page that shows the chart."""
        return (
            f"With {self.readers} readers who are all as planned, this rule flags one of them in "
            f"{100 * self.any_reader:.0f} % of trials of {self.reads} reads each "
            f"(one reader: every {self.run_length:.0f} reads on average)."
        )

    def as_json(self) -> dict[str, Any]:
        """As a mapping of JSON values."""
        return {**plain(self), "words": self.words}


def false_alarms(
    per_reader: float, run_length: float, *, readers: int, reads: int
) -> FalseAlarms:
    """Put one reader's chance together for all of them. Raises `InvalidInput`."""
    if readers < 1 or reads < 1:
        raise InvalidInput("There is one reader at least, and one read.")
    return FalseAlarms(
        per_reader=per_reader,
        any_reader=1 - (1 - per_reader) ** readers,
        run_length=run_length,
        readers=readers,
        reads=reads,
    )


def mean_plus_sd_false_alarm(
    *,
    readers: int,
    reads: int,
    rate: float,
    rng: np.random.Generator,
    deviations: float = 1.0,
    samples: int = 20_000,
) -> float:
    """The chance that "mean + SD of the readers' rates" flags one of equal readers.

    The published rule (Sharma et al., J Clin Oncol 2019;37(suppl):e18082) compares
    readers with their own spread, so somebody is nearly always beyond it: it is shown
    beside the charts, not used. By simulation with the seeded generator. Raises
    `InvalidInput`.
    """
    if readers < 2 or reads < 1 or not 0 < rate < 1:
        raise InvalidInput(
            "The rule needs 2 readers, 1 read, and a rate between 0 and 1."
        )
    rates = rng.binomial(reads, rate, size=(samples, readers)) / reads
    limit = rates.mean(axis=1) + deviations * rates.std(axis=1, ddof=1)
    return float((rates > limit[:, None]).any(axis=1).mean())
