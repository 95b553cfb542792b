"""All measures of one series."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from provident.acquisition.measures.artefacts import (
    blur_measures,
    ghost_measures,
    motion_between_volumes,
    slice_jumps,
)
from provident.acquisition.measures.completeness import completeness
from provident.acquisition.measures.ct import ct_measures
from provident.acquisition.measures.field_of_view import field_of_view_cut
from provident.acquisition.measures.gathering import Gathered, gather
from provident.acquisition.measures.images import Image, Source
from provident.acquisition.measures.inhomogeneity import inhomogeneity
from provident.acquisition.measures.model import MEASURES, Measure, missing
from provident.acquisition.measures.noise import noise_measures
from provident.acquisition.measures.objects import find_objects
from provident.dicom.facts import SeriesFacts


_OF_NOISE = ("noise", "noise_immerkaer", "snr", "snr_background", "cnr")


def measure_series(
    sources: Sequence[Source | Image], facts: SeriesFacts
) -> tuple[Measure, ...]:
    """Measure the images of one series. It never raises for what the images hold.

    Args:
        sources: its instances as paths, bytes or data sets, or images that were made.
        facts: what its headers say; the modality decides what is measured.

    Returns:
        One measure for each row of the registry that fits the modality, in its order; one
        that cannot be had says why.
    """
    gathered = gather(sources)
    found = {one.name: one for one in _all(gathered, facts)}
    return tuple(
        found.get(
            spec.name, missing(spec.name, "no image of the series can be decoded")
        )
        for spec in MEASURES.values()
        if not spec.modalities or facts.modality in spec.modalities
    )


def _all(gathered: Gathered, facts: SeriesFacts) -> Iterator[Measure]:
    yield from completeness(gathered)
    if not gathered.glances or facts.modality not in ("MR", "CT", "PT"):
        return
    if "secondary capture" in str(facts.value("storage")).lower():
        yield from _none(
            facts.modality, "these are screens or other secondary captures"
        )
        return
    objects = find_objects(gathered, facts.modality)
    if objects is None:
        yield from _none(facts.modality, "nothing stands out from the background")
        return
    yield field_of_view_cut(gathered, objects, facts.modality)
    yield slice_jumps(gathered, objects, -1000.0 if facts.modality == "CT" else 0.0)
    if facts.modality == "CT":
        yield from ct_measures(gathered, objects)
    if facts.modality == "MR":
        for one in noise_measures(gathered, objects):
            yield _limited(one, facts)
        yield from ghost_measures(gathered, objects)
        yield from blur_measures(gathered, objects)
        yield motion_between_volumes(gathered, objects)
        yield inhomogeneity(gathered, objects)


def _none(modality: str, because: str) -> Iterator[Measure]:
    for spec in MEASURES.values():
        if modality in spec.modalities:
            yield missing(spec.name, because)


def _limited(measure: Measure, facts: SeriesFacts) -> Measure:
    """The measure with what the headers say against it."""
    if measure.value is None or measure.name not in _OF_NOISE:
        return measure
    notes = []
    lines, rows, columns = (facts.value(n) for n in ("phase_steps", "rows", "columns"))
    longest = max((n for n in (rows, columns) if isinstance(n, int | float)), default=0)
    if isinstance(lines, int | float) and 0 < lines < 0.75 * longest:
        notes.append("the images are interpolated, so the noise seems lower than it is")
    if 0 < longest < 128:
        notes.append("coarse images: fine structure counts as noise")
    acceleration = facts.value("acceleration")
    if isinstance(acceleration, int | float) and acceleration > 1:
        notes.append("parallel imaging: the noise differs from place to place")
    return replace(measure, note="; ".join(notes))
