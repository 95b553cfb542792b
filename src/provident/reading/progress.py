"""What follows for a case from the reads that have been submitted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from provident.reading.design import ReadDesign
from provident.reading.discordance import discordance
from provident.reading.final import Chosen, FinalValue, final_value
from provident.reading.reads import Read
from provident.reading.states import CaseState


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a case stands: its state, why the reads are discordant, and its final value if any."""

    state: CaseState
    reasons: tuple[str, ...] = ()
    final: FinalValue | None = None


def standing(
    design: ReadDesign,
    reads: Sequence[Read],
    adjudication: Read | Chosen | None = None,
    limits: Mapping[str, float] | None = None,
) -> Standing:
    """The state of a case whose submitted primary reads are `reads`, in their latest versions.

    An adjudication is left aside where the reads agree, as they may after a signed correction.

    Raises:
        NotReady: the reads would be compared by a limit that is not fixed yet.
        Refused: as `final_value`.
    """
    if len(reads) < design.primaries:
        return Standing(state=CaseState.READING)
    reasons: tuple[str, ...] = ()
    if design.primaries == 2:
        first, second = sorted(reads, key=lambda r: r.seat)
        reasons = discordance(design, first, second, limits)
    if reasons and adjudication is None:
        return Standing(state=CaseState.DISCORDANT, reasons=reasons)
    used = adjudication if reasons else None
    return Standing(
        state=CaseState.FINAL, reasons=reasons, final=final_value(design, reads, used)
    )
