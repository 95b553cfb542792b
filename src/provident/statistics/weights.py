"""Weights of agreement: 1 for the same category, less the further two categories lie apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, TypeAlias, get_args

import numpy as np

from provident.kernel import InvalidInput
from provident.statistics.values import Floats


Weighting: TypeAlias = Literal[
    "unweighted",
    "linear",
    "quadratic",
    "ordinal",
    "radical",
    "ratio",
    "circular",
    "bipolar",
]
Weights: TypeAlias = Weighting | Sequence[Sequence[float]] | Floats | None

_NONE = ("unweighted", "none", "identity")


def weight_matrix(
    weights: Weights, categories: Sequence[Any], *, ordered: bool = True
) -> Floats:
    """The q x q matrix of weights of a named kind, or a custom one, checked.

    Distances are those of the categories' values where they are numbers, else of their
    positions. Linear: Cicchetti & Allison 1971; quadratic: Fleiss & Cohen 1973; ordinal,
    radical, ratio, circular and bipolar: Gwet, Handbook of Inter-Rater Reliability, 4th ed.
    2014, ch. 3.
    Raises `InvalidInput`.
    """
    q = len(categories)
    if weights is None or (isinstance(weights, str) and weights in _NONE):
        return np.eye(q)
    if not isinstance(weights, str):
        return _custom(weights, q)
    if weights not in get_args(Weighting):
        raise InvalidInput(
            f'There are no "{weights}" weights; there are {", ".join(get_args(Weighting))}, or a matrix.'
        )
    if not ordered:
        raise InvalidInput(
            f"{weights.capitalize()} weights need the order of the scale: give `categories` from lowest to highest."
        )
    return _of_distance(weights, _values(categories))


def _values(categories: Sequence[Any]) -> Floats:
    if all(isinstance(one, (int, float, np.number)) for one in categories):
        return np.asarray(categories, dtype=np.float64)
    return np.arange(1.0, len(categories) + 1)


def _of_distance(kind: str, values: Floats) -> Floats:
    apart = np.abs(values[:, None] - values[None, :])
    reach = apart.max()
    if kind == "linear":
        return np.asarray(1 - apart / reach)
    if kind == "quadratic":
        return np.asarray(1 - (apart / reach) ** 2)
    if kind == "radical":
        return np.asarray(1 - np.sqrt(apart / reach))
    if kind in _OF_VALUES:
        return _OF_VALUES[kind](values)
    between = np.abs(np.subtract.outer(np.arange(len(values)), np.arange(len(values))))
    pairs = between * (between + 1) / 2
    return np.asarray(1 - pairs / pairs.max())


def _ratio(values: Floats) -> Floats:
    if (values < 0).any():
        raise InvalidInput("Ratio weights need values of 0 or more.")
    total = values[:, None] + values[None, :]
    share = np.divide(
        values[:, None] - values[None, :],
        total,
        out=np.zeros_like(total),
        where=total > 0,
    )
    worst = (values.max() - values.min()) / (values.max() + values.min())
    return np.asarray(1 - (share / worst) ** 2)


def _circular(values: Floats) -> Floats:
    """The last category is a neighbour of the first."""
    turn = np.pi * np.subtract.outer(values, values) / (np.ptp(values) + 1)
    apart = np.sin(turn) ** 2
    return np.asarray(1 - apart / apart.max())


def _bipolar(values: Floats) -> Floats:
    """A step near an end of the scale counts for more than one in its middle."""
    low, high = values.min(), values.max()
    total = values[:, None] + values[None, :]
    room = (total - 2 * low) * (2 * high - total)
    squared = np.subtract.outer(values, values) ** 2
    apart = np.divide(squared, room, out=np.zeros_like(total), where=room > 0)
    return np.asarray(1 - apart / apart.max())


_OF_VALUES = {"ratio": _ratio, "circular": _circular, "bipolar": _bipolar}


def _custom(weights: Any, q: int) -> Floats:
    matrix = np.asarray(weights, dtype=np.float64)
    if matrix.shape != (q, q):
        raise InvalidInput(
            f"The weights are {' x '.join(map(str, matrix.shape))}, but there are {q} categories."
        )
    if not np.allclose(matrix, matrix.T) or not np.allclose(np.diag(matrix), 1):
        raise InvalidInput(
            "Weights of agreement are symmetric with 1 on the diagonal; for costs of disagreement give 1 - cost."
        )
    if (matrix > 1).any() or (matrix < 0).any():
        raise InvalidInput("Weights of agreement lie between 0 and 1.")
    return matrix
