"""Measuring the images of a stored series: read one at a time, so that memory stays small."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any, overload

from provident.acquisition.measures import measure_series
from provident.dicom import SeriesFacts
from provident.kernel.ports import ObjectStore


KEPT = ("name", "value", "because", "note", "details", "frames")


class StoredImages(Sequence[bytes]):
    """The instances of a series as bytes, each read from the store when it is asked for."""

    def __init__(self, store: ObjectStore, keys: Sequence[str]) -> None:
        self._store, self._keys = store, keys

    def __len__(self) -> int:
        return len(self._keys)

    @overload
    def __getitem__(self, at: int) -> bytes: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[bytes]: ...
    def __getitem__(self, at: int | slice) -> bytes | Sequence[bytes]:
        if isinstance(at, slice):
            return StoredImages(self._store, self._keys[at])
        return self._store.read(self._keys[at])


def measured(
    store: ObjectStore, keys: Sequence[str], facts: dict[str, Any]
) -> tuple[list[dict[str, Any]], float]:
    """The image measures of a series as they are kept, and the CPU seconds that they took.

    Method and citation are those of the registry and are not kept with each value.
    """
    began = time.process_time()
    found = measure_series(StoredImages(store, keys), SeriesFacts.from_json(facts))
    rows = [{name: one.as_json()[name] for name in KEPT} for one in found]
    return rows, time.process_time() - began
