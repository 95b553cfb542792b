"""What a received transfer says of its exam: values that intake hands to the exams' writer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedSeries:
    """A series with its newest manifest, written and immutable. `before` is the version that it follows."""

    uid: str
    modality: str
    instances: int
    size: int
    before: int
    manifest_key: str
    manifest_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivedExam:
    """An exam of a transfer; `acquired_on` is the true date."""

    uid: str
    visit: str
    acquired_on: date | None
    day: int | None
    announced: int
    series: tuple[SealedSeries, ...]
    deidentified_before: bool = False  # by another program, before the site's gateway


def kind_by_modality(
    modalities: Iterable[str], kinds: Sequence[tuple[str, tuple[str, ...]]]
) -> str:
    """The one kind of exam that these modalities can be, or blank where several or none can.

    A guess until the series are judged; structured reports and the like do not count.
    """
    images = set(modalities) - {"SR", "PR", "KO", "OT", "SEG", "REG", "DOC"}
    found = [kind for kind, allowed in kinds if images and images <= set(allowed)]
    return found[0] if len(found) == 1 else ""
