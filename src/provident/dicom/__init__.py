"""Read headers tolerantly, know what they say of a series, write strictly.

pydicom is imported when something here is used, so that the registry of facts can be
read without it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any


if TYPE_CHECKING:
    from provident.dicom.facts import Fact as Fact
    from provident.dicom.facts import SeriesFacts as SeriesFacts
    from provident.dicom.folder import CutShort as CutShort
    from provident.dicom.folder import Folder as Folder
    from provident.dicom.folder import Unread as Unread
    from provident.dicom.reading import NotReadable as NotReadable
    from provident.dicom.reading import read_header as read_header
    from provident.dicom.registry import FACTS as FACTS
    from provident.dicom.registry import FactSpec as FactSpec
    from provident.dicom.registry import nearest_fact as nearest_fact
    from provident.dicom.registry import reference_markdown as reference_markdown
    from provident.dicom.series import series_facts as series_facts
    from provident.dicom.tags import FACT_TAGS as FACT_TAGS
    from provident.dicom.vendors import maker as maker
    from provident.dicom.wholeness import Integrity as Integrity
    from provident.dicom.wholeness import integrity as integrity
    from provident.dicom.writing import write as write

_WHERE = {
    "CutShort": "folder",
    "FACTS": "registry",
    "FACT_TAGS": "tags",
    "Fact": "facts",
    "FactSpec": "registry",
    "Folder": "folder",
    "Integrity": "wholeness",
    "NotReadable": "reading",
    "SeriesFacts": "facts",
    "Unread": "folder",
    "integrity": "wholeness",
    "maker": "vendors",
    "nearest_fact": "registry",
    "read_header": "reading",
    "reference_markdown": "registry",
    "series_facts": "series",
    "write": "writing",
}


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
