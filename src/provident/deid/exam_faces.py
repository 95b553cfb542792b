"""Faces in the de-identified files of one exam: removed and verified, or a reason why the files wait.

Between the cleaning of headers and the verification of files, for whoever has a whole exam at hand: the
command line and the gateway. Nothing here needs an imaging library until it is called.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from provident.deid.outcomes import written
from provident.deid.profile import Profile
from provident.deid.report import Deidentified


if TYPE_CHECKING:
    from provident.deid.faces import Defaced

NEEDS_REMOVAL = "face_needs_removal"
CLEARED = frozenset({NEEDS_REMOVAL})
"""What to clear when files are de-identified whose faces are removed next."""
REMOVED = "face and ears removed and verified"


def without_faces(
    done: Sequence[Deidentified],
    profile: Profile,
    cleared: Collection[int] = (),
) -> tuple[list[Deidentified], Defaced]:
    """The results of one exam's files without faces; what could not be verified waits.

    Args:
        done: all files of the exam, de-identified with `CLEARED`; those without data stay as they are.
        profile: says which body parts, what goes and within which limits.
        cleared: places of files that a person has looked at and let pass.

    Returns:
        The results in the same order, and what was done with the files that had data: in their order, with a
        picture that stays at the site.
    """
    from provident.deid.faces import deface_exam

    there = [i for i, one in enumerate(done) if one.data is not None]
    found = deface_exam(
        [one.data for one in done if one.data is not None],
        removal=profile.face_removal,
        body_parts=profile.faces,
        cleared=[place for place, i in enumerate(there) if i in set(cleared)],
    )
    results = list(done)
    for place, i in enumerate(there):
        results[i] = _result(done[i], found, place)
    return results, found


def _result(one: Deidentified, found: Defaced, place: int) -> Deidentified:
    from provident.deid.faces import REASONS

    reason, data = found.held[place], found.files[place]
    if reason is not None:
        told = replace(one.report, notes=(*one.report.notes, REASONS[reason]))
        return replace(one, data=None, reason=NEEDS_REMOVAL, report=told)
    if data == one.data:
        return one
    return replace(
        one, data=data, report=replace(one.report, notes=(*one.report.notes, REMOVED))
    )


def keep(found: Defaced, folder: Path, name: str) -> None:
    """Write the report and the picture of before and after for a person of the site. The picture shows a face."""
    text = json.dumps({"verdict": found.verdict} | found.report.as_json(), indent=1)
    written(folder / f"{name}.json", text.encode(), private=True)
    if found.picture is not None:
        written(folder / f"{name}.png", found.picture, private=True)
