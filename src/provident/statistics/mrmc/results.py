"""What an analysis of a multireader multicase study answers with."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from provident.statistics.intervals import f_p_value
from provident.statistics.values import Estimate, Floats, plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Test:
    """A test that all treatments are equal; `df2` is infinite for chi-squared."""

    f: float
    df1: float
    df2: float
    p: float


def f_test(f: float, df1: float, df2: float) -> Test:
    """The test of an F statistic."""
    known = math.isfinite(f) and df1 > 0 and df2 > 0
    return Test(f=f, df1=df1, df2=df2, p=f_p_value(f, df1, df2) if known else math.nan)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadersAndCases:
    """Result of an MRMC analysis: treatments, their differences, tests, variance parts.

    `figures` is treatments x readers (NaN where not read); `differences` holds every pair
    of treatments, the earlier less the later; `test` is None where the method has none.
    """

    metric: str
    method: str
    design: str
    treatments: tuple[Any, ...]
    readers: tuple[Any, ...]
    figures: Floats
    per_treatment: tuple[Estimate, ...]
    differences: tuple[Estimate, ...]
    test: Test | None
    components: Mapping[str, float]
    also: Mapping[str, Any] = field(default_factory=dict)

    @property
    def headline(self) -> Estimate:
        """The first difference, or the one treatment where there is but one."""
        return self.differences[0] if self.differences else self.per_treatment[0]

    def as_json(self) -> dict[str, Any]:
        """The contract of `provident accuracy`."""
        return {
            **self.headline.as_json(),
            "metric": self.metric,
            "method": self.method,
            "design": self.design,
            "treatments": plain(self.treatments),
            "readers": plain(self.readers),
            "figures": plain(self.figures.tolist()),
            "per_treatment": [one.as_json() for one in self.per_treatment],
            "differences": [one.as_json() for one in self.differences],
            "test": plain(self.test),
            "components": plain(dict(self.components)),
            **plain(dict(self.also)),
        }
