"""Which exams a person looks at: the plan's share, drawn so that anybody can draw it again."""

from __future__ import annotations

from dataclasses import dataclass

from provident.kernel import Outcome
from provident.kernel.ids import sha256
from provident.plan.models.quality import Quality


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """One exam's draw. `drawn` is uniform in [0, 1): below `share` a person looks."""

    looked_at: bool
    because: str
    share: float
    seed: str
    drawn: float


def uniform(seed: str, uid: str) -> float:
    """A number in [0, 1) from a seed and an exam's UID: the first 52 bits of SHA-256."""
    return int(sha256(f"{seed}\0{uid}".encode())[:13], 16) / 16**13


def draw(
    quality: Quality, *, seed: str, uid: str, outcome: str, in_pilot: bool
) -> Draw:
    """Whether a person looks at an exam.

    Every verdict that is not a pass is looked at, whatever was drawn: chance must never let one through.

    Args:
        seed: the hash of the plan that the exam was judged by.
        in_pilot: it is among its site's first exams.
    """
    share = quality.human.share.pilot if in_pilot else quality.human.share.then
    wanted, drawn = share.to("%") / 100, uniform(seed, uid)
    if outcome != Outcome.PASS:
        because = "verdict"
    elif drawn >= wanted:
        because = "not_drawn"
    else:
        because = "pilot" if in_pilot else "drawn"
    return Draw(
        looked_at=because != "not_drawn",
        because=because,
        share=wanted,
        seed=seed,
        drawn=drawn,
    )
