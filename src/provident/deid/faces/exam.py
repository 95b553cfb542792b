"""The faces of one exam: read, find the head, replace, write, look again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from provident.deid.faces.fitting import Fit, fit
from provident.deid.faces.heads import Head, NoHead, head_of
from provident.deid.faces.model import (
    Defaced,
    FaceReport,
    Limits,
    SeriesReport,
    Verdict,
)
from provident.deid.faces.motion import Motion, motion_between
from provident.deid.faces.painting import paint, written
from provident.deid.faces.reading import Frame, Image, Unusable, image_of
from provident.deid.faces.regions import Region, region_of
from provident.deid.faces.rendering import picture
from provident.deid.faces.stacks import Volume, grouped, resampled, volume_of
from provident.deid.faces.verifying import Measured, doubtful, verify


_FEWEST_PLANES = 8
_LEAST_EXTENT_MM = 45.0
_THICKEST_MM = 12.0
_WORST_MOTION_MM = 4.0
_UNMEASURED = Measured(left=None, ears_left=None, brain_lost=None, depth_change_mm=None)


@dataclass(slots=True)
class Series:
    """The images of one series in one patient space."""

    uid: str
    modality: str
    images: dict[int, Image]

    @property
    def frames(self) -> list[Frame]:
        """All frames, in the order of the files."""
        return [f for image in self.images.values() for f in image.frames]

    def volume(self) -> Volume | None:
        """The series' best volume, or None where it has none that a head can be found in."""
        volumes = [
            v for group in self._stacks() if (v := self._volume(group)) is not None
        ]
        return max(volumes, key=_worth, default=None)

    def _stacks(self) -> Iterable[list[Frame]]:
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


@dataclass(slots=True)
class Space:
    """Series that share a patient space, and the head found in the best of them."""

    series: list[Series]
    reference: str = ""
    head: Head | None = None
    fit: Fit | None = None
    region: Region | None = None


@dataclass(slots=True)
class Work:
    """What is known of an exam so far."""

    limits: Limits
    files: list[bytes]
    waiting: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    reports: list[SeriesReport] = field(default_factory=list)
    picture: bytes | None = None
    changed: int = 0

    def hold(self, code: str, series: Series) -> None:
        """The files of a series wait."""
        self.waiting[code].update(series.images)


def deface(
    files: Sequence[bytes], *, limits: Limits, cleared: Collection[str]
) -> Defaced:
    """See `provident.deid.faces.deface_exam`."""
    work = Work(limits, list(files))
    for space in _spaces(work):
        _find(space, work)
        for series in space.series:
            _series(series, space, work)
    reasons = tuple(sorted(code for code in work.waiting if code not in cleared))
    verdict: Verdict = (
        "hold" if reasons else "done" if work.changed else "nothing_to_do"
    )
    waiting = {code: tuple(sorted(work.waiting[code])) for code in sorted(work.waiting)}
    return Defaced(
        files=tuple(work.files),
        report=FaceReport(series=tuple(work.reports), reasons=reasons, waiting=waiting),
        picture=work.picture,
        verdict=verdict,
    )


def _spaces(work: Work) -> list[Space]:
    series: dict[tuple[str, str], Series] = {}
    for index, data in enumerate(work.files):
        try:
            image = image_of(data, index)
        except Unusable as why:
            work.waiting[why.code].add(index)
            continue
        if image is not None:
            key = (image.space, image.series_uid)
            found = series.setdefault(key, Series(image.series_uid, image.modality, {}))
            found.images[index] = image
    spaces: dict[str, Space] = {}
    for (space, _), one in series.items():
        spaces.setdefault(space, Space([])).series.append(one)
    return list(spaces.values())


def _find(space: Space, work: Work) -> None:
    """Finds the head in the series that shows it best."""
    able = [(v, s) for s in space.series if (v := s.volume()) is not None]
    for volume, series in sorted(able, key=lambda pair: -_worth(pair[0])):
        try:
            head = head_of(volume, series.modality)
        except NoHead:
            continue
        space.reference, space.head, space.fit = (
            series.uid,
            head,
            fit(head, series.modality),
        )
        space.region = region_of(head, space.fit, series.modality)
        if doubtful(space.fit):
            work.hold("face_doubtful", series)
        return
    code = "face_no_head" if able else "face_few_images"
    for series in space.series:
        work.hold(code, series)


def _series(series: Series, space: Space, work: Work) -> None:
    if space.region is None or space.head is None or space.fit is None:
        work.reports.append(
            SeriesReport(
                series_uid=series.uid,
                modality=series.modality,
                files=len(series.images),
                how="untouched",
            )
        )
        return
    head = space.head if series.uid == space.reference else _own_head(series)
    motion = None
    if head is not None and head is not space.head:
        motion = motion_between(head, space.head)
    if motion is not None and motion.error_mm > _WORST_MOTION_MM:
        work.hold("face_doubtful", series)
    voxels, changed, notes = _replace(series, space.region, motion, space.head, work)
    measured = _UNMEASURED
    if head is not None:
        measured = _look_again(series, head, _moved(space.fit, motion), work)
    reference = series.uid == space.reference
    work.reports.append(
        SeriesReport(
            series_uid=series.uid,
            modality=series.modality,
            files=len(series.images),
            how="fitted" if reference else "same_space" if motion is None else "moved",
            files_changed=changed,
            voxels_changed=voxels,
            fit_mm=space.fit.error_mm
            if reference
            else motion.error_mm
            if motion
            else None,
            turned=space.fit.degrees if reference else None,
            left=measured.left,
            ears_left=measured.ears_left,
            brain_lost=measured.brain_lost,
            depth_change_mm=measured.depth_change_mm,
            notes=notes,
        )
    )


def _own_head(series: Series) -> Head | None:
    volume = series.volume()
    if volume is None:
        return None
    try:
        return head_of(volume, series.modality)
    except NoHead:
        return None


def _replace(
    series: Series, region: Region, motion: Motion | None, reference: Head, work: Work
) -> tuple[int, int, tuple[str, ...]]:
    """Paints and writes a series' files: voxels and files that changed, and notes."""
    air = _air(series, reference)
    values = region.field
    voxels, files = 0, 0
    notes: set[str] = set()
    for index, image in series.images.items():
        here = 0
        for frame in image.frames:
            mask = region.on(frame.plane, values, motion, through=image.projection)
            here += paint(image, frame, mask, air)
        if here:
            work.files[index], more = written(image)
            notes.update(more)
            voxels, files = voxels + here, files + 1
    work.changed += files
    return voxels, files, tuple(sorted(notes))


def _air(series: Series, reference: Head) -> float:
    """The level of air: fixed in CT and PET, else the darkest tenth of the series."""
    if series.modality == "CT":
        return -1000.0
    if series.modality == "PT":
        return 0.0
    few = series.frames[:: max(1, len(series.frames) // 24)]
    return float(
        np.median(
            [np.percentile(series.images[f.file].real(f)[::4, ::4], 10) for f in few]
        )
    )


def _look_again(series: Series, head: Head, told: Fit, work: Work) -> Measured:
    volume = series.volume()
    if volume is None:
        return _UNMEASURED
    after, _ = resampled(volume, head.grid, head.air)
    measured = verify(head, after, told, series.modality)
    if measured.left is not None and measured.left > work.limits.left:
        work.hold("face_left", series)
    if measured.brain_lost is not None and measured.brain_lost > work.limits.brain_lost:
        work.hold("face_brain_lost", series)
    if work.picture is None:
        work.picture = picture(head, after)
    return measured


def _moved(found: Fit, motion: Motion | None) -> Fit:
    """A fit in the patient coordinates of a series that moved."""
    if motion is None:
        return found
    turn = found.turn @ motion.turn
    middle = motion.turn.T @ (found.middle - motion.shift)
    return Fit(turn, found.stretch, middle, found.error_mm, found.shared)


def _one_at_each_place(frames: list[Frame]) -> list[Frame]:
    """Of frames at one height the first, sorted by height."""
    found: dict[float, Frame] = {}
    for frame in frames:
        found.setdefault(round(frame.plane.height, 2), frame)
    return [found[h] for h in sorted(found)]


def _worth(volume: Volume) -> float:
    """How well a volume shows a head: far and thin."""
    return min(volume.extent, 180.0) / float(np.sqrt(max(volume.thickness, 1.5)))
