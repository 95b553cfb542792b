"""What the commands of statistics have in common: answers, names, seeds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from provident.kernel import InvalidInput
from provident.statistics.resampling import Bootstrap


class Answer(Protocol):
    """What every statistic answers with."""

    def as_json(self) -> dict[str, Any]:
        """The contract of the command line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WithMore:
    """An answer and what is shown beside it."""

    answer: Answer
    more: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        """The answer's document with more keys."""
        return {**self.answer.as_json(), **self.more}


def one_of(option: str, value: Any, allowed: tuple[Any, ...]) -> None:
    """Raise `InvalidInput` that names the option and what it takes."""
    if value not in allowed:
        words = ", ".join(str(one) for one in allowed if one is not None)
        raise InvalidInput(f'{option} "{value}" is not known; there are {words}.')


def seeded(samples: int, seed: int) -> Bootstrap:
    """The bootstrap of a command. Raises `InvalidInput`."""
    if seed < 0:
        raise InvalidInput("The seed is 0 or more.")
    return Bootstrap(rng=np.random.default_rng(seed), samples=samples)


# Other names under which the literature and other programs know the same statistics.
_SAME = {
    "cohen": "kappa",
    "cohen_kappa": "kappa",
    "fleiss_kappa": "fleiss",
    "scott_pi": "fleiss",
    "light_kappa": "light",
    "conger_kappa": "conger",
    "gwet_ac": "gwet",
    "gwet_ac1": "gwet",
    "gwet_ac2": "gwet",
    "ac1": "gwet",
    "ac2": "gwet",
    "krippendorff_alpha": "krippendorff",
    "alpha": "krippendorff",
    "percent_agreement": "percent",
    "smallest_detectable_change": "sdc",
    "limits_of_agreement": "bland_altman",
    "bland_altman_repeated": "bland_altman",
    "bland_altman_repeated_constant": "bland_altman",
    "obuchowski_rockette": "or",
    "obuchowski_rockette_auc": "or",
    "obuchowski_rockette_binary": "or",
    "dorfman_berbaum_metz": "dbm",
    "bdg": "u_statistic",
    "bdg_ustat": "u_statistic",
    "ustat": "u_statistic",
    "mrmc": "or",
}


def known(statistic: str, allowed: Iterable[str]) -> str:
    """Our own name of a statistic, or "auto". Raises `InvalidInput`."""
    names = tuple(allowed)
    name = statistic.strip().lower().replace("-", "_")
    name = _SAME.get(name, name)
    if name not in names and name != "auto":
        raise InvalidInput(
            f'There is no statistic "{statistic}"; there are auto, {", ".join(names)}.'
        )
    return name
