"""UK National Diagnostic Reference Levels, as data with their date.

A level is compared with the median of a group of adults of usual size who had the same
examination for the same reason (ICRP 135); it is no limit for one person.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from provident.acquisition.dose.factors import shipped
from provident.kernel import NotFound


FEWEST = 20  # exams; ICRP 135 asks for 20 or more, better 30, for a median that can be compared


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceLevel:
    """The level of one adult CT examination; DLP of the whole exam, CTDIvol of each sequence."""

    examination: str
    indication: str
    adopted: int
    ctdivol_mgy: float | None
    dlp_mgycm: float
    source: str
    date: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A group's median DLP (mGy.cm) beside the level; `above` is None when there are too few exams."""

    level: ReferenceLevel
    exams: int
    median_dlp_mgycm: float | None
    above: bool | None


def levels() -> tuple[ReferenceLevel, ...]:
    """All levels that ship."""
    table = shipped("ndrl-uk.json")
    return tuple(
        ReferenceLevel(source=str(table["source"]), date=str(table["date"]), **row)
        for row in table["levels"]
    )


def level(examination: str) -> ReferenceLevel:
    """The level of an examination.

    Raises:
        NotFound: there is none; the message lists those that are.
    """
    found = {one.examination: one for one in levels()}
    if examination not in found:
        raise NotFound(
            f'There is no reference level for "{examination}"; there are: {"; ".join(found)}.'
        )
    return found[examination]


def compare(dlps_mgycm: Sequence[float], reference: ReferenceLevel) -> Comparison:
    """A group's median beside the level."""
    middle = median(dlps_mgycm) if dlps_mgycm else None
    enough = len(dlps_mgycm) >= FEWEST
    return Comparison(
        level=reference,
        exams=len(dlps_mgycm),
        median_dlp_mgycm=middle,
        above=middle > reference.dlp_mgycm if enough and middle is not None else None,
    )
