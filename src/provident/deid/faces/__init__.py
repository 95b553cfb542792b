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
from provident.deid.faces.model import SeriesReport as SeriesReport
from provident.deid.profile import FaceRemoval


def deface_exam(
    files: Sequence[bytes],
    *,
    removal: FaceRemoval | None = None,
    body_parts: Collection[str] = (),
    cleared: Collection[int] = (),
) -> Defaced:
    """Replaces face and ears in the CT, MR and PET images of one exam of the head.

    Args:
        files: all DICOM files of the exam, in any order; classic or enhanced images, of any
            orientation and transfer syntax that can be decoded. Other objects go through as they are.
        removal: what goes, and when it counts as done (`faces` of the plan's profile).
        body_parts: of which images (Body Part Examined); images that name none of theirs count too, and
            so does what shares their patient space. Without any, all do.
        cleared: places of files that a person has looked at and let pass.

    Returns:
        The files in the same order. Images that may pass say that no face can be recognised in them;
        only pixels inside the mask differ. The same input gives the same output. Never raises for what is
        in the files: doubt is a reason to wait.
    """
    wanted = removal or FaceRemoval()
    try:
        from provident.deid.faces.exam import deface
    except ImportError:
        return _not_installed(files)
    return deface(files, removal=wanted, body_parts=body_parts, cleared=cleared)


def _not_installed(files: Sequence[bytes]) -> Defaced:
    code = "face_not_installed"
    waiting = {code: tuple(range(len(files)))}
    return Defaced(
        files=tuple(files),
        held=(code,) * len(files),
        report=FaceReport(reasons=(code,), waiting=waiting),
        picture=None,
        verdict="hold",
    )
