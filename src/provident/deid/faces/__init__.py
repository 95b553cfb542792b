"""Faces and ears in images of the head: found, replaced by air, measured, and shown to a person.

`deface_exam` takes all files of an exam and gives them back with nothing else changed. It needs numpy,
scipy and Pillow, which are imported when it is called.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from provident.deid.faces.model import OPTION as OPTION
from provident.deid.faces.model import REASONS as REASONS
from provident.deid.faces.model import Defaced as Defaced
from provident.deid.faces.model import FaceReport as FaceReport
from provident.deid.faces.model import Limits as Limits
from provident.deid.faces.model import SeriesReport as SeriesReport


def deface_exam(
    files: Sequence[bytes],
    *,
    limits: Limits | None = None,
    cleared: Collection[str] = (),
) -> Defaced:
    """Replaces face and ears in the CT, MR and PET images of one exam of the head.

    Args:
        files: all DICOM files of the exam, in any order; classic or enhanced images, of any
            orientation and transfer syntax that can be decoded. Other objects go through as they are.
        limits: when it counts as done (`faces.verify` of the profile).
        cleared: codes of `REASONS` that a person has looked at and let pass.

    Returns:
        The files in the same order. A file in which nothing had to change is the same bytes; in
        another only pixels inside the mask differ, and what says that it is derived. The same
        input gives the same output. Never raises for what is in the files: doubt is `hold`.
    """
    from provident.deid.faces.exam import deface

    return deface(files, limits=limits or Limits(), cleared=cleared)
