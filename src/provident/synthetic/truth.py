"""What is really there: the scores that a perfect reader would give to a hand that does not exist."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from provident.kernel import InvalidInput


# The 23 bones and 7 joints of RAMRIS with the metacarpophalangeal joints (Ostergaard 2003,
# J Rheumatol 30:1385). The ids are those of
# the row lists `ramris_bones` and `ramris_joints` that plans use; a test holds them together.
BONES: Final = (
    "radius", "ulna", "scaphoid", "lunate", "triquetrum", "pisiform", "trapezium", "trapezoid", "capitate", "hamate",
    "base1", "base2", "base3", "base4", "base5", "head2", "head3", "head4", "head5",
    "phalanx2", "phalanx3", "phalanx4", "phalanx5",
)  # fmt: skip
JOINTS: Final = (
    "druj",
    "radiocarpal",
    "intercarpal",
    "mcp2",
    "mcp3",
    "mcp4",
    "mcp5",
)
MOST_EROSION: Final = 10
MOST_OSTEITIS: Final = 3
MOST_SYNOVITIS: Final = 3


def _checked(
    what: str, scores: Mapping[str, int], sites: tuple[str, ...], most: int
) -> Mapping[str, int]:
    for site, score in scores.items():
        if site not in sites:
            raise InvalidInput(
                f"{what} of {site!r}: the known sites are {', '.join(sites)}"
            )
        if not 0 <= score <= most:
            raise InvalidInput(f"{what} of {site} must lie in 0 to {most}, got {score}")
    return MappingProxyType(dict(scores))


@dataclass(frozen=True, slots=True, kw_only=True)
class HandTruth:
    """True scores of one hand on one day; a site that is not named scores 0.

    `erosion` 0 to 10 and `osteitis` 0 to 3 by bone (`BONES`), `synovitis` 0 to 3 by joint (`JOINTS`).
    """

    erosion: Mapping[str, int] = field(default_factory=dict)
    osteitis: Mapping[str, int] = field(default_factory=dict)
    synovitis: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        put = object.__setattr__
        put(self, "erosion", _checked("erosion", self.erosion, BONES, MOST_EROSION))
        put(self, "osteitis", _checked("osteitis", self.osteitis, BONES, MOST_OSTEITIS))
        put(
            self,
            "synovitis",
            _checked("synovitis", self.synovitis, JOINTS, MOST_SYNOVITIS),
        )

    @property
    def erosion_total(self) -> int:
        """Sum over the bones, 0 to 230."""
        return sum(self.erosion.values())

    @property
    def osteitis_total(self) -> int:
        """Sum over the bones, 0 to 69."""
        return sum(self.osteitis.values())

    @property
    def synovitis_total(self) -> int:
        """Sum over the joints, 0 to 21."""
        return sum(self.synovitis.values())

    @property
    def normal(self) -> bool:
        """Whether nothing at all is wrong."""
        return not (self.erosion_total or self.osteitis_total or self.synovitis_total)

    def milder(self) -> HandTruth:
        """The other hand of the same person: the disease is symmetrical, but less on this side."""
        return HandTruth(
            erosion={s: v // 2 for s, v in self.erosion.items()},
            osteitis={s: v // 2 for s, v in self.osteitis.items()},
            synovitis={s: v - (v > 1) for s, v in self.synovitis.items()},
        )


HEALTHY: Final = HandTruth()
