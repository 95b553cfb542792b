"""What came of one exam, sorted, before anything is concluded from it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from provident.acquisition.dose.model import Event, Kind, Report
from provident.acquisition.dose.screens import Screen


_AGE = re.compile(r"(?P<number>\d{1,3})(?P<unit>[DWMY])")
_YEARS = {"D": 1 / 365.25, "W": 7 / 365.25, "M": 1 / 12, "Y": 1.0}


@dataclass(slots=True)
class Gathered:
    """Reports, image events, dose screens and entered events of one exam."""

    reports: list[Report] = field(default_factory=list)
    images: dict[str, tuple[Event, tuple[str, ...]]] = field(default_factory=dict)
    screens: dict[str, Screen] = field(default_factory=dict)
    entered: list[Event] = field(default_factory=list)
    kinds: set[Kind] = field(default_factory=set)
    ages: set[float] = field(default_factory=set)

    def add_image(self, sop_uid: str, event: Event, uids: tuple[str, ...]) -> None:
        """Keep what an image says; an image that comes twice counts once."""
        self.images[repr((sop_uid, event.as_json(), uids))] = (event, uids)

    def hear_age(self, age: str) -> None:
        """Keep Patient's Age (0010,1010), such as 045Y."""
        match = _AGE.fullmatch(age)
        if match:
            self.ages.add(int(match["number"]) * _YEARS[match["unit"]])

    @property
    def age(self) -> float | None:
        """The youngest age that a header states: it has the higher factors."""
        return min(self.ages, default=None)

    @property
    def says_something(self) -> bool:
        """Whether anything here is about dose; a file without a study need not be."""
        return bool(self.reports or self.kinds or self.screens or self.entered)
