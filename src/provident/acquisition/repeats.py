"""Which of several series of one role is used, when a scan was repeated."""

from __future__ import annotations

from collections.abc import Sequence

from provident.acquisition.manual import Role
from provident.dicom.facts import SeriesFacts


def used(role: Role, candidates: Sequence[SeriesFacts]) -> list[SeriesFacts]:
    """The series that count for a role: all, or the latest so many when repeats are foreseen."""
    most = role.count.high
    if role.on_repeat not in ("latest", "latest_complete") or len(candidates) <= most:
        return list(candidates)
    ordered = sorted(candidates, key=_when)
    if role.on_repeat == "latest_complete":
        size = max(_size(s) for s in ordered)
        ordered.sort(key=lambda s: _complete(s, size))
    kept = ordered[-int(most) :]
    return [s for s in candidates if any(s is k for k in kept)]


def _when(series: SeriesFacts) -> tuple[str, float]:
    at, number = series.value("acquired_at"), series.value("series_number")
    return str(at or ""), float(number) if isinstance(number, int | float) else 0.0


def _size(series: SeriesFacts) -> int:
    return max(series.files, series.frames)


def _complete(series: SeriesFacts, size: int) -> bool:
    """Whether nothing is missing, by positions and beside the largest of its siblings."""
    lacking = (series.value("missing_slices"), series.value("incomplete_volumes"))
    return _size(series) >= size and not any(lacking)
