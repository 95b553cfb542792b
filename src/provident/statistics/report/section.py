"""One part of a report."""

from __future__ import annotations

from dataclasses import dataclass

from provident.statistics.figures import Figure, Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One heading and what stands under it."""

    heading: str
    words: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()
    tables: tuple[Table, ...] = ()
