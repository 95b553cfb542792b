"""What a statistic answers with: one frozen value that says how it was made."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray


Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
Interval: TypeAlias = tuple[float, float]

NOT_KNOWN = math.nan
NO_INTERVAL: Interval = (math.nan, math.nan)


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """One figure with its uncertainty.

    `estimate` and `se` have the unit of the statistic; `ci` is the two-sided interval at
    `level`; `n` counts the units (cases, participants) that it rests on; `method` names
    the published formula. What is not defined is not a number (in JSON: null).
    """

    statistic: str
    method: str
    estimate: float
    se: float
    ci: Interval
    level: float
    n: int
    details: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The contract of `provident agreement` and `provident accuracy`."""
        own = {f.name: getattr(self, f.name) for f in fields(self)}
        details = own.pop("details")
        return {**plain(own), **plain(dict(details))}


def plain(value: Any) -> Any:
    """The same value in what JSON knows; what is not a finite number is null."""
    if is_dataclass(value) and not isinstance(value, type):
        return plain({f.name: getattr(value, f.name) for f in fields(value)})
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [plain(one) for one in value]
    return value
