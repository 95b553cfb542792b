"""The images of a series one after another, for the person who scores them: pictures, not the reading room."""

from __future__ import annotations

from functools import lru_cache

from provident.kernel import InvalidInput
from provident.web.exams.facts import headers
from provident.web.exams.objects import object_store
from provident.web.qc.selectors import Series, instance_keys


SIDE = 512  # pixels along the longer side


def _number(value: object) -> int:
    try:
        return int(str(value))
    except ValueError:
        return 0


@lru_cache(maxsize=64)
def _ordered(_sha256: str, keys: tuple[str, ...]) -> tuple[str, ...]:
    """The keys by instance number; read once for each version of a series."""
    read = headers(object_store(), keys)
    ordered = sorted((_number(h.get("InstanceNumber")), key) for key, h in read)
    return tuple(key for _, key in ordered)


def picture(series: Series, number: int) -> bytes:
    """The picture (PNG) of the image of that place in a series, from 1; empty where there is none."""
    from provident.dicom import pixels

    keys = _ordered(series.manifest_sha256, tuple(instance_keys(series)))
    if not 1 <= number <= len(keys):
        return b""
    try:
        return pixels.thumbnail(object_store().read(keys[number - 1]), SIDE)
    except InvalidInput:
        return b""
