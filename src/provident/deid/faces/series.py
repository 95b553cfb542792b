"""The images of one series in one patient space, and the volume that they make."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from provident.deid.faces.heads import Head, NoHead, head_of
from provident.deid.faces.model import SeriesReport
from provident.deid.faces.reading import Frame, Image
from provident.deid.faces.stacks import Volume, grouped, volume_of


_FEWEST_PLANES = 8
_LEAST_EXTENT_MM = 45.0
_THICKEST_MM = 12.0


@dataclass(slots=True)
class Series:
    """The images of one series in one patient space, by their place among the exam's files.

    `elsewhere` is a series that names another part of the body: it loses what its space says, and no head
    is looked for in it. `bare` is one that was found to show a brain alone.
    """

    uid: str
    modality: str
    elsewhere: bool = False
    bare: bool = False
    images: dict[int, Image] = field(default_factory=dict)

    @property
    def frames(self) -> list[Frame]:
        """All frames, in the order of the files."""
        return [f for image in self.images.values() for f in image.frames]

    def volume(self) -> Volume | None:
        """The series' best volume as its pixels are now, or None where it has none that a head can be found in."""
        volumes = [
            v for group in self._stacks() if (v := self._volume(group)) is not None
        ]
        return max(volumes, key=lambda v: v.worth, default=None)

    def head(self) -> Head | None:
        """The head in the series, where there is one."""
        volume = None if self.elsewhere else self.volume()
        if volume is None:
            return None
        try:
            return head_of(volume, self.modality)
        except NoHead:
            return None

    def notes(self) -> tuple[str, ...]:
        """What had to change in its files with the pixels."""
        return tuple(sorted({n for i in self.images.values() for n in i.notes}))

    def untouched(self) -> SeriesReport:
        """The report of a series that nothing was done with."""
        return SeriesReport(
            series_uid=self.uid,
            modality=self.modality,
            files=len(self.images),
            how="untouched",
        )

    def _stacks(self) -> Iterator[list[Frame]]:
        frames = [f for f in self.frames if not self.images[f.file].projection]
        for group in grouped([f.plane for f in frames]):
            yield _one_at_each_place([frames[i] for i in group])

    def _volume(self, frames: list[Frame]) -> Volume | None:
        if len(frames) < _FEWEST_PLANES:
            return None
        heights = np.array([f.plane.height for f in frames])
        if np.ptp(heights) < _LEAST_EXTENT_MM or np.diff(heights).max() > _THICKEST_MM:
            return None
        return volume_of(
            [f.plane for f in frames], (self.images[f.file].real(f) for f in frames)
        )


def _one_at_each_place(frames: list[Frame]) -> list[Frame]:
    """Of frames at one height the first, sorted by height."""
    found: dict[float, Frame] = {}
    for frame in frames:
        found.setdefault(round(frame.plane.height, 2), frame)
    return [found[h] for h in sorted(found)]
