"""The faces of one exam: read, find the head, replace, write, look again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from provident.deid.elements import Damaged
from provident.deid.faces.fitting import Fit, fit
from provident.deid.faces.heads import Head, NoHead, head_of
from provident.deid.faces.landmarks import Landmarks, landmarks_of, seen_from_front
from provident.deid.faces.model import Defaced, FaceReport, SeriesReport, Verdict
from provident.deid.faces.motion import Motion, motion_between
from provident.deid.faces.painting import only_the_face_differs, paint, written
from provident.deid.faces.reading import Unusable, image_of
from provident.deid.faces.regions import Region, region_of
from provident.deid.faces.rendering import picture
from provident.deid.faces.series import Series
from provident.deid.faces.stacks import Volume, resampled
from provident.deid.faces.stripped import brain_alone
from provident.deid.faces.template import Template, read, template
from provident.deid.faces.verifying import Measured, disagreeing, doubtful, verify
from provident.deid.profile import FaceRemoval


_WORST_MOTION_MM = 4.0
_TRIED = (
    3  # series of one space that the head is looked for in, until one is free of doubt
)
_SEEN_FACTOR = (
    2.0  # what is seen may stay as this many times the share that may be left
)
_UNMEASURED = Measured(left=None, ears_left=None, brain_lost=None, depth_change_mm=None)


@dataclass(frozen=True, slots=True)
class Found:
    """A head found in the series of that UID, and what must go of it."""

    series: str
    head: Head
    fit: Fit
    marks: Landmarks
    region: Region
    sure: bool


@dataclass(slots=True)
class Work:
    """What is known of an exam so far."""

    removal: FaceRemoval
    files: list[bytes]
    known: Template
    waiting: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    reports: list[SeriesReport] = field(default_factory=list)
    picture: bytes | None = None
    changed: int = 0

    def hold(self, code: str, series: Series) -> None:
        """The files of a series wait."""
        self.waiting[code].update(series.images)

    def held(self, cleared: Collection[int]) -> tuple[str | None, ...]:
        """For each file the reason why it waits."""
        found: list[str | None] = [None] * len(self.files)
        for code in sorted(self.waiting):
            for index in self.waiting[code] - set(cleared):
                found[index] = found[index] or code
        return tuple(found)


def deface(
    files: Sequence[bytes],
    *,
    removal: FaceRemoval,
    body_parts: Collection[str] = (),
    cleared: Collection[int] = (),
) -> Defaced:
    """See `provident.deid.faces.deface_exam`."""
    known = read(removal.template) if removal.template else template()
    work = Work(removal, list(files), known)
    for space in _spaces(work, {p.upper() for p in body_parts}):
        found = _find(space, work)
        for series in space:
            _series(series, found, work)
    held = work.held(cleared)
    reasons = tuple(sorted({code for code in held if code}))
    verdict: Verdict = (
        "hold" if reasons else "done" if work.changed else "nothing_to_do"
    )
    waiting = {code: tuple(sorted(work.waiting[code])) for code in sorted(work.waiting)}
    return Defaced(
        files=tuple(work.files),
        held=held,
        report=FaceReport(series=tuple(work.reports), reasons=reasons, waiting=waiting),
        picture=work.picture,
        verdict=verdict,
    )


def _spaces(work: Work, parts: Collection[str]) -> list[list[Series]]:
    """The series by the patient space they share, of those spaces in which a face may be."""
    series: dict[tuple[str, str], Series] = {}
    for index, data in enumerate(work.files):
        try:
            image = image_of(data, index, parts)
        except Unusable as why:
            work.waiting[why.code].add(index)
            continue
        if image is not None:
            key = (image.space, image.series_uid)
            elsewhere = bool(parts) and image.body_part not in {"", *parts}
            new = Series(image.series_uid, image.modality, elsewhere)
            series.setdefault(key, new).images[index] = image
    spaces: dict[str, list[Series]] = {}
    for (space, _), one in series.items():
        spaces.setdefault(space, []).append(one)
    return [s for s in spaces.values() if not all(one.elsewhere for one in s)]


def _find(space: list[Series], work: Work) -> Found | None:
    """Finds the head in the series that shows it best; what nothing is known of, and all where it is in doubt, waits."""
    able = [(v, s) for s in space if not s.elsewhere and (v := s.volume()) is not None]
    best: Found | None = None
    tried = 0
    for volume, series in sorted(able, key=lambda pair: -pair[0].worth):
        found = _looked_for(volume, series, work.known)
        tried += not series.bare
        if found is not None and (best is None or found.sure):
            best = found
        if (best is not None and best.sure) or tried == _TRIED:
            break
    if best is None or not best.sure:
        _wait(space, best, able=any(not s.bare for _, s in able), work=work)
    return best


def _wait(space: list[Series], best: Found | None, *, able: bool, work: Work) -> None:
    code = "face_doubtful" if best else "face_no_head" if able else "face_few_images"
    for series in space:
        if best is not None or not series.bare:
            work.hold(code, series)


def _looked_for(volume: Volume, series: Series, known: Template) -> Found | None:
    try:
        head = head_of(volume, series.modality)
    except NoHead:
        return None
    marks = landmarks_of(head)
    if brain_alone(head, marks, series.modality):
        series.bare = True
        return None
    laid = fit(head, series.modality, known)
    sure = not doubtful(laid) and not disagreeing(head, laid, marks, known)
    region = region_of(head, laid, series.modality, known)
    return Found(series.uid, head, laid, marks, region, sure)


def _left_alone(series: Series, work: Work) -> None:
    """A series that keeps all its voxels: it waits, or no face is in it and it says so."""
    note = "the brain is shown alone: no face is in this series"
    if series.bare:
        _written(series, work)
    notes = (note,) if series.bare else ()
    work.reports.append(replace(series.untouched(), notes=notes))


def _own_head(series: Series) -> Head | None:
    """The head that a series shows itself, None where it shows none or a brain alone."""
    head = series.head()
    if head is None or brain_alone(head, landmarks_of(head), series.modality):
        return None
    return head


def _series(series: Series, found: Found | None, work: Work) -> None:
    if found is None:
        _left_alone(series, work)
        return
    reference = series.uid == found.series
    head = found.head if reference else _own_head(series)
    motion = None
    if head is not None and not reference:
        motion = motion_between(head, found.head)
    if motion is not None and motion.error_mm > _WORST_MOTION_MM:
        work.hold("face_doubtful", series)
    before = series.volume() if head is not None else None
    voxels, notes = _painted(series, found, motion, work)
    measured, seen = _UNMEASURED, None
    if head is not None and before is not None:
        marks = found.marks if reference else landmarks_of(head)
        measured, seen = _look_again(series, head, marks, _moved(found.fit, motion), work)  # fmt: skip
    changed = _written(series, work)
    fit_mm = found.fit.error_mm if reference else motion.error_mm if motion else None
    work.reports.append(
        SeriesReport(
            series_uid=series.uid,
            modality=series.modality,
            files=len(series.images),
            how="fitted" if reference else "same_space" if motion is None else "moved",
            files_changed=changed,
            voxels_changed=voxels,
            fit_mm=fit_mm,
            turned=found.fit.degrees if reference else None,
            left=measured.left,
            ears_left=measured.ears_left,
            seen_left=seen,
            brain_lost=measured.brain_lost,
            depth_change_mm=measured.depth_change_mm,
            notes=(*notes, *series.notes()),
        )
    )


def _painted(
    series: Series, found: Found, motion: Motion | None, work: Work
) -> tuple[int, tuple[str, ...]]:
    """Paints a series' images in its own geometry: voxels that changed, and notes."""
    air = _air(series)
    values = found.region.field(work.removal.remove)
    voxels = 0
    for image in series.images.values():
        for frame in image.frames:
            mask = found.region.on(
                frame.plane, values, motion, through=image.projection
            )
            here = paint(image, frame, mask, air)
            image.painted = image.painted or here > 0
            voxels += here
    return voxels, () if voxels else ("no face was found in this series",)


def _written(series: Series, work: Work) -> int:
    """Writes a series' files: how many have other pixels."""
    changed = 0
    for index, image in series.images.items():
        before = work.files[index]
        try:
            data, notes = written(before, image.stored if image.painted else None)
        except Damaged:
            work.waiting["face_unreadable"].add(index)
            continue
        if not only_the_face_differs(before, data):
            work.waiting["face_unreadable"].add(index)
            continue
        image.notes.extend(notes)
        work.files[index] = data
        changed += image.painted
    work.changed += changed
    return changed


def _air(series: Series) -> float:
    """The level of air: fixed in CT and PET, else the darkest tenth of the series."""
    if series.modality == "CT":
        return -1000.0
    if series.modality == "PT":
        return 0.0
    few = series.frames[:: max(1, len(series.frames) // 24)]
    dark = [np.percentile(series.images[f.file].real(f)[::4, ::4], 10) for f in few]
    return float(np.median(dark))


def _look_again(
    series: Series, head: Head, marks: Landmarks, told: Fit, work: Work
) -> tuple[Measured, float | None]:
    volume = series.volume()
    if volume is None:
        return _UNMEASURED, None
    after, _ = resampled(volume, head.grid, head.air)
    limits = work.removal
    measured = verify(head, after, told, series.modality, limits.remove)
    seen = seen_from_front(head, after, marks) if "face" in limits.remove else None
    if (measured.left or 0.0) > limits.left:
        work.hold("face_left", series)
    if (seen or 0.0) > _SEEN_FACTOR * limits.left:
        work.hold("face_left", series)
    if (measured.brain_lost or 0.0) > limits.brain_lost:
        work.hold("face_brain_lost", series)
    if work.picture is None:
        work.picture = picture(head, after)
    return measured, seen


def _moved(found: Fit, motion: Motion | None) -> Fit:
    """A fit in the patient coordinates of a series that moved."""
    if motion is None:
        return found
    turn = found.turn @ motion.turn
    middle = motion.turn.T @ (found.middle - motion.shift)
    return Fit(turn, found.stretch, middle, found.error_mm, found.shared)
