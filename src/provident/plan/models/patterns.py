"""Regular expressions from a plan that cannot hang whoever runs them.

Time is bounded by what is allowed, not by a clock: a short pattern, the first `READ`
characters of the text alone (Series Description holds 64, PS3.5 6.2), no repetition of a
group that itself repeats or branches, no look-around, no back-reference, and a bound on
the number of ways in which what is left can be tried.
"""

from __future__ import annotations

import math
import re
import warnings
from dataclasses import dataclass, field

from provident.kernel import PlanError


LONGEST = 200
READ = 64
MOST_WAYS = 2e7

_ESCAPE = re.compile(r"\\(?P<what>.)", re.DOTALL)
_CLASS = re.compile(r"\[\^?\]?[^\]]*\]")
_QUANTIFIER = re.compile(r"[*+?]|\{\d*,?\d*\}")


def safe_pattern(text: str) -> str:
    """The pattern, if it is one that cannot run away.

    Raises:
        PlanError: it is not a regular expression, or could take for ever.
    """
    if not text:
        raise PlanError("the regular expression after ~ is empty")
    if len(text) > LONGEST:
        raise PlanError(
            f"a regular expression has at most {LONGEST} characters, this has {len(text)}"
        )
    try:
        with warnings.catch_warnings():
            # Python warns of what may mean another thing in a later version, such as "[[".
            warnings.simplefilter("error")
            re.compile(text)
    except (re.error, RecursionError, OverflowError, Warning) as error:
        raise PlanError(f'"~{text}" is not a regular expression: {error}') from None
    plain = _skeleton(text)
    if "(?" in plain:
        raise PlanError(
            f'"~{text}": look-around, flags and named groups are not allowed'
        )
    if _ways(text, plain) > MOST_WAYS:
        raise PlanError(f'"~{text}" could take too long: use fewer of * + ? {{}} and |')
    return text


def found_by(pattern: str, text: str) -> bool:
    """Whether a safe pattern is found in the first `READ` characters, in any case."""
    return re.search(pattern, text[:READ], re.IGNORECASE) is not None


def _skeleton(text: str) -> str:
    """The pattern with each escape and character class as one letter."""

    def replaced(match: re.Match[str]) -> str:
        if match["what"].isdigit() and match["what"] != "0":
            raise PlanError(f'"~{text}": back-references are not allowed')
        return "x"

    return _CLASS.sub("x", _ESCAPE.sub(replaced, text)).replace("(?:", "(")


@dataclass(slots=True)
class _Branch:
    """What can be tried in one alternative: repetitions, optional parts, choices of groups."""

    repeats: int = 0
    optional: int = 0
    choices: float = 1.0

    def ways(self) -> float:
        return (
            math.comb(READ + self.repeats, self.repeats)
            * 2.0**self.optional
            * self.choices
        )


@dataclass(slots=True)
class _Group:
    branches: list[_Branch] = field(default_factory=lambda: [_Branch()])

    @property
    def busy(self) -> bool:
        return len(self.branches) > 1 or self.ways() > 1

    def ways(self) -> float:
        return sum(branch.ways() for branch in self.branches)


def _ways(text: str, plain: str) -> float:
    """An upper bound of the ways to try the pattern from every start in the text."""
    groups, at, after_quantifier = [_Group()], 0, False
    while at < len(plain):
        sign, now = plain[at], groups[-1].branches[-1]
        quantifier = _QUANTIFIER.match(plain, at)
        if sign == "(":
            groups.append(_Group())
        elif sign == "|":
            groups[-1].branches.append(_Branch())
        elif sign == ")":
            closed, then = groups.pop(), plain[at + 1 : at + 2]
            if closed.busy and then != "?" and _QUANTIFIER.match(plain, at + 1):
                raise PlanError(
                    f'"~{text}": a group that repeats or branches is itself repeated; write it without the outer * + or {{}}'
                )
            groups[-1].branches[-1].choices *= closed.ways() + (then == "?")
        elif quantifier:
            if sign != "?":
                now.repeats += 1
            elif not after_quantifier:
                now.optional += 1
            at = quantifier.end() - 1
        after_quantifier = quantifier is not None
        at += 1
    return READ * groups[0].ways()
