"""The platform's object store: de-identified images, manifests, thumbnails, exports."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings

from provident.adapters.storage import open_store
from provident.kernel.ports import ObjectStore


@lru_cache(maxsize=4)
def _store(address: str, data: str) -> ObjectStore:
    return open_store(address, settings.DATA_DIRECTORY)


def object_store() -> ObjectStore:
    """The store that PROVIDENT_STORE names, or `objects` in the data directory."""
    return _store(settings.OBJECT_STORE, str(settings.DATA_DIRECTORY))
