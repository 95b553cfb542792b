"""The platform's object store: the data directory's `objects`, or S3."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from provident.adapters.storage import open_store
from provident.kernel.ports import ObjectStore


@lru_cache(maxsize=1)
def _opened(address: str, data: Path) -> ObjectStore:
    return open_store(address, data)


def objects() -> ObjectStore:
    """The store that the settings name."""
    return _opened(settings.OBJECT_STORE, settings.DATA_DIRECTORY)
